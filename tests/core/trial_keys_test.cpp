#include "core/trial_keys.h"

#include <gmock/gmock.h>

#include <array>
#include <set>

#include "trial_with.h"

namespace ksweep {
namespace {

std::string fault(const std::string& key, const std::string& text) {
  Trial trial = default_trial();
  return set_from_text(*find_key(key), trial, text).value_or("accepted");
}

/// The first kind of model that the key means something to.
ModelKind a_kind_with(const Key& key) {
  for (int kind = 0; kind <= static_cast<int>(ModelKind::classifier); ++kind)
    if (concerns(key, static_cast<ModelKind>(kind))) return static_cast<ModelKind>(kind);
  ADD_FAILURE() << key.full_name() << " concerns nothing";
  return {};
}

TEST(TrialKeys, AreNamedOnceExplainedAndHaveAValidDefault) {
  std::set<std::string> names;
  for (const Key& key : trial_keys()) {
    EXPECT_TRUE(names.insert(key.full_name()).second) << key.full_name();
    EXPECT_FALSE(key.help.empty()) << key.full_name();
    EXPECT_EQ(fault(key.full_name(), key.fallback), "accepted") << key.full_name();
  }
}

TEST(TrialKeys, EachChangesItsOwnLineOfTheSpecification) {
  for (const Key& key : trial_keys()) {
    Trial trial = default_trial();
    trial.kind = a_kind_with(key);
    const Trial base = trial;
    const std::string value = key.kind == Key::Kind::text     ? "other"
                              : key.kind == Key::Kind::choice ? key.choices[key.get(base) == 0 ? 1 : 0]
                              : key.kind == Key::Kind::real && key.highest < 2 ? "0.25"
                                                                               : "7";
    ASSERT_EQ(set_from_text(key, trial, value), std::nullopt) << key.full_name();
    EXPECT_EQ(value_text(key, trial), value);
    EXPECT_THAT(specification(trial), ::testing::HasSubstr(key.full_name() + " = " + value + "\n"));
    for (const Key& other : trial_keys()) {
      if (other.full_name() == key.full_name()) continue;
      EXPECT_EQ(value_text(other, trial), value_text(other, base))
          << key.full_name() << " moves " << other.full_name();
    }
  }
}

TEST(TrialKeys, ThoseOfLaterVersionsAreNoPartOfTheIdentityWhereTheyAreNeutral) {
  int n_later = 0;
  for (const Key& key : trial_keys()) {
    EXPECT_EQ(key.since == "0.1", key.neutral.empty()) << key.full_name();
    if (key.neutral.empty() || key.affects == Key::Affects::data)
      continue;  // of these tells the content hash
    ++n_later;
    Trial trial = first_default_trial();
    trial.kind = a_kind_with(key);
    const auto line = ::testing::HasSubstr(key.full_name() + " = ");
    EXPECT_THAT(identity(trial), ::testing::Not(line));
    EXPECT_THAT(specification(trial), line);
    const std::string other = key.kind == Key::Kind::choice ? key.choices.back()
                              : key.kind == Key::Kind::real ? "0.25"
                                                            : "1";
    ASSERT_EQ(set_from_text(key, trial, other), std::nullopt);
    EXPECT_THAT(identity(trial), line);
  }
  EXPECT_GT(n_later, 0);
}

// What they do, the content hash tells: a set that they leave as it is keeps its trials.
TEST(TrialKeys, ThoseThatPrepareTheSamplesAreNoPartOfTheIdentity) {
  Trial trial = default_trial();
  trial.data_hash = "abc";
  const std::string before = identity(trial);
  trial.patch = 8;
  trial.grey = true;
  trial.normalise = Normalise::whiten;
  EXPECT_EQ(identity(trial), before);
  EXPECT_THAT(specification(trial, true), ::testing::HasSubstr("data.grey = yes\n"));
}

TEST(TrialKeys, OfOptimisersTheHelpExplainsEachFromTheFirstToTheLast) {
  const Key& key = *find_key("train.optimizer");
  EXPECT_THAT(key.help, ::testing::StartsWith(key.choices.front() + ": "));
  for (const std::string& choice : key.choices) EXPECT_THAT(key.help, ::testing::HasSubstr(choice + ": "));
  EXPECT_THAT(key.help.back(), ::testing::AllOf(::testing::Ne(' '), ::testing::Ne(';')));
}

TEST(TrialKeys, AreFoundByTheirFullName) {
  EXPECT_EQ(find_key("model.k")->name, "k");
  EXPECT_EQ(find_key("k"), nullptr);
}

TEST(TrialKeys, ATextThatDoesNotFitIsToldWhy) {
  EXPECT_EQ(fault("model.k", "many"), "is not a number");
  EXPECT_EQ(fault("model.k", "10x"), "is not a number");
  EXPECT_EQ(fault("model.k", ""), "is not a number");
  EXPECT_EQ(fault("model.k", "2.5"), "is not a whole number");
  EXPECT_EQ(fault("model.k", "0"), "is below the least allowed value, 1");
  EXPECT_EQ(fault("model.k", "1000001"), "is above the largest allowed value, 1e6");
  EXPECT_EQ(fault("train.learning_rate", "nan"), "is not a number");
  EXPECT_EQ(fault("train.learning_rate", "inf"), "is not a number");
  EXPECT_EQ(
      fault("model.kind", "sparse"),
      "is none of k-sparse, batch-topk, matryoshka-batch-topk, wta, jump-relu, plain, rbm, random, raw, "
      "classifier");
  EXPECT_EQ(fault("model.layers", "30,10"), "is no list of layer sizes");
  EXPECT_EQ(fault("data.set", ""), "is empty");
}

TEST(TrialKeys, OneNumberHasOneTextHoweverWritten) {
  for (const char* text : {"0.001", "1e-3", "1.0E-3", ".001"})
    EXPECT_EQ(value_text(*find_key("train.learning_rate"), trial_with({{"train.learning_rate", text}})),
              "0.001");
  EXPECT_EQ(value_text(*find_key("model.k"), trial_with({{"model.k", "1e1"}})), "10");
  EXPECT_EQ(value_text(*find_key("train.learning_rate"), trial_with({{"train.learning_rate", "-0"}})), "0");
}

TEST(TrialKeys, TheLargestSeedIsExact) {
  EXPECT_EQ(trial_with({{"train.seed", "9007199254740991"}}).seed, 9007199254740991);
  EXPECT_EQ(value_text(*find_key("train.seed"), trial_with({{"train.seed", "9007199254740991"}})),
            "9007199254740991");
}

TEST(TrialKeys, ASeedThatWouldReachIntoAnotherStreamIsRefused) {
  EXPECT_EQ(fault("train.seed", "9007199254740992"), "is above the largest allowed value, 9007199254740991");
}

TEST(ShortestText, IsWhatAPersonWouldWrite) {
  EXPECT_EQ(shortest_text(0), "0");
  EXPECT_EQ(shortest_text(0.1), "0.1");
  EXPECT_EQ(shortest_text(1e-4), "1e-4");
  EXPECT_EQ(shortest_text(1e-10), "1e-10");
  EXPECT_EQ(shortest_text(2.5e20), "2.5e20");
  EXPECT_EQ(shortest_text(1e300), "1e300");
  EXPECT_EQ(shortest_text(-1e-5), "-1e-5");
}

TEST(Normalised, AZeroWeightIsNoPenaltyAndNoPenaltyHasNoWeight) {
  const Trial plain = normalised(default_trial());
  EXPECT_EQ(specification(normalised(trial_with({{"model.penalty", "l1"}}))), specification(plain));
  EXPECT_EQ(specification(normalised(trial_with({{"model.sparsity_weight", "1"}}))), specification(plain));
  EXPECT_EQ(specification(normalised(trial_with({{"model.sparsity_target", "0.2"}}))), specification(plain));
}

TEST(Normalised, OnlyKlHasATarget) {
  const auto l1 =
      trial_with({{"model.penalty", "l1"}, {"model.sparsity_weight", "1"}, {"model.sparsity_target", "0.2"}});
  EXPECT_EQ(normalised(l1).sparsity_target, 0.05);
  const auto kl =
      trial_with({{"model.penalty", "kl"}, {"model.sparsity_weight", "1"}, {"model.sparsity_target", "0.2"}});
  EXPECT_EQ(normalised(kl).sparsity_target, 0.2);
}

TEST(Normalised, RandomWeightsForgetTrainingButNotTheNet) {
  const Trial trial = normalised(trial_with({{"model.kind", "random"},
                                             {"model.k", "10"},
                                             {"train.epochs", "7"},
                                             {"train.learning_rate", "1"},
                                             {"train.seed", "3"},
                                             {"train.initial_scale", "2"}}));
  EXPECT_EQ(trial.epochs, 0);
  EXPECT_EQ(trial.learning_rate, 0.01);  // what ids have held since the first version, whatever the default
  EXPECT_EQ(trial.optimizer, Optimizer::sgd);
  EXPECT_EQ(trial.rate_schedule, RateSchedule::constant);
  EXPECT_EQ(trial.k, 10);
  EXPECT_EQ(trial.seed, 3);
  EXPECT_EQ(trial.initial_scale, 2);
}

TEST(Normalised, RawPixelsForgetAllButDataSeedAndProbe) {
  const auto raw = [](const char* k, const char* seed) {
    return specification(normalised(
        trial_with({{"model.kind", "raw"}, {"model.k", k}, {"model.alpha", k}, {"train.seed", seed}})));
  };
  EXPECT_EQ(raw("10", "0"), raw("20", "0"));
  EXPECT_NE(raw("10", "0"), raw("10", "1"));
}

TEST(Normalised, AClassifierForgetsWhatOnlyAutoencodersHave) {
  const auto text = [](const char* k, const char* layers) {
    return specification(normalised(trial_with({{"model.kind", "classifier"},
                                                {"model.k", k},
                                                {"model.hidden", k},
                                                {"train.k_start", k},
                                                {"probe.l2", k},
                                                {"model.layers", layers}})));
  };
  EXPECT_EQ(text("10", "30-10"), text("20", "30-10"));
  EXPECT_NE(text("10", "30-10"), text("10", "30"));
  EXPECT_THAT(text("10", "30"), ::testing::Not(::testing::HasSubstr("model.k ")));
}

TEST(Normalised, AnAutoencoderForgetsWhatOnlyClassifiersHave) {
  const Trial trial = normalised(trial_with({{"model.output", "sigmoid"}, {"train.steps_per_epoch", "9"}}));
  EXPECT_EQ(trial.steps_per_epoch, 0);
  EXPECT_EQ(specification(trial), specification(normalised(default_trial())));
}

TEST(Normalised, AStackOfOneLayerIsThatLayer) {
  EXPECT_EQ(specification(normalised(trial_with({{"model.layers", "30"}}))),
            specification(normalised(trial_with({{"model.hidden", "30"}}))));
  EXPECT_EQ(normalised(trial_with({{"model.layers", "30-20"}})).n_hidden, 20);
}

TEST(Normalised, ARuleForgetsTheCountsOfOthers) {
  const auto text = [](const char* k, const char* lifetime) {
    return specification(normalised(trial_with(
        {{"model.kind", "wta"}, {"model.k", k}, {"train.k_start", k}, {"model.lifetime", lifetime}})));
  };
  EXPECT_EQ(text("10", "0.1"), text("20", "0.1"));
  EXPECT_NE(text("10", "0.1"), text("10", "0.2"));
}

TEST(Normalised, AdamwWithoutWeightDecayIsAdam) {
  for (const char* kind : {"k-sparse", "classifier"}) {
    const auto optimizer = [&](const char* decay) {
      return normalised(
                 trial_with(
                     {{"model.kind", kind}, {"train.optimizer", "adamw"}, {"train.weight_decay", decay}}))
          .optimizer;
    };
    EXPECT_EQ(optimizer("0"), Optimizer::adam) << kind;
    EXPECT_EQ(optimizer("0.01"), Optimizer::adamw) << kind;
  }
}

TEST(Specification, AlphaTrainsOnlyWhereLayersAreStacked) {
  const auto of_training = [](const char* alpha, const char* layers) {
    return specification(normalised(trial_with({{"model.alpha", alpha}, {"model.layers", layers}})), true);
  };
  EXPECT_EQ(of_training("1", "none"), of_training("3", "none"));
  EXPECT_NE(of_training("1", "30-20"), of_training("3", "30-20"));
}

TEST(Normalised, EachKindOfProbeForgetsTheKeysOfTheOthers) {
  const auto with_all = [](const char* kind) {
    return normalised(trial_with({{"probe.kind", kind},
                                  {"probe.l2", "1"},
                                  {"probe.tolerance", "0.5"},
                                  {"probe.c", "2"},
                                  {"probe.neighbours", "3"},
                                  {"probe.metric", "cosine"}}));
  };
  const auto kept = [](const Trial& trial) {
    return std::vector<bool>{trial.probe_l2 == 1, trial.probe_tolerance == 0.5, trial.probe_c == 2,
                             trial.probe_neighbours == 3, trial.probe_metric == Metric::cosine};
  };
  EXPECT_EQ(kept(with_all("softmax")), (std::vector<bool>{true, true, false, false, false}));
  EXPECT_EQ(kept(with_all("svm")), (std::vector<bool>{false, false, true, false, false}));
  EXPECT_EQ(kept(with_all("knn")), (std::vector<bool>{false, false, false, true, true}));
  EXPECT_EQ(kept(with_all("centroid")), (std::vector<bool>{false, false, false, false, true}));
  EXPECT_EQ(kept(with_all("kmeans")), (std::vector<bool>{false, false, false, false, true}));
  EXPECT_EQ(kept(with_all("sparse")), (std::vector<bool>(5)));
}

TEST(Normalised, EveryProbeButThatOfClustersMayBeRefitted) {
  for (const std::string& kind : find_key("probe.kind")->choices)
    EXPECT_EQ(normalised(trial_with({{"probe.kind", kind}, {"probe.refit", "yes"}})).probe_refit,
              kind != "kmeans")
        << kind;
}

TEST(Normalised, LayersInOneNetworkAreNotTiedAndEndInTheHiddenOne) {
  const Trial several = normalised(trial_with({{"model.layers", "64-32"}, {"model.training", "joint"}}));
  EXPECT_EQ(several.n_hidden, 32);
  EXPECT_FALSE(several.tied);
  const Trial one = normalised(trial_with({{"model.hidden", "64"}, {"model.training", "joint"}}));
  EXPECT_EQ(one.layers, "64");
  EXPECT_EQ(one.training, LayerTraining::joint);
  const Key& alpha = *find_key("model.alpha");
  EXPECT_FALSE(affects_training(alpha, several));
  EXPECT_TRUE(affects_training(alpha, normalised(trial_with({{"model.layers", "64-32"}}))));
}

TEST(Normalised, WhatOfSparseAutoencodersHasNoEffectIsNeutral) {
  EXPECT_EQ(identity(normalised(trial_with({{"model.aux_loss", "normalised"}, {"model.dead_after", "10"}}))),
            identity(normalised(default_trial())));
  EXPECT_EQ(identity(normalised(trial_with({{"train.samples", "1e5"}, {"train.epochs", "7"}}))),
            identity(normalised(trial_with({{"train.samples", "1e5"}, {"train.epochs", "9"}}))));
  EXPECT_NE(identity(normalised(trial_with({{"train.samples", "1e5"}}))),
            identity(normalised(default_trial())));
  EXPECT_EQ(
      normalised(trial_with({{"model.kind", "random"}, {"train.samples", "1e5"}, {"train.cooldown", "0.5"}}))
          .samples,
      0);
  const auto jump = [](const char* k, const char* penalty) {
    return identity(normalised(trial_with({{"model.kind", "jump-relu"},
                                           {"model.activation", "relu"},
                                           {"model.penalty", penalty},
                                           {"model.sparsity_weight", "1"},
                                           {"model.k", k}})));
  };
  EXPECT_EQ(jump("10", "l1"), jump("20", "l1"));
  EXPECT_NE(jump("10", "l0"), jump("20", "l0"));
}

TEST(Normalised, ATrialThatStartsFromAFileDrawsNoWeights) {
  EXPECT_EQ(identity(normalised(trial_with({{"model.start_from", "w"},
                                            {"train.initial_scale", "2"},
                                            {"train.initial_weights", "uniform"},
                                            {"model.visible_bias", "mean"}}))),
            identity(normalised(trial_with({{"model.start_from", "w"}}))));
}

TEST(Identity, HoldsTheContentOfAStartingFileAndNotItsPath) {
  const auto starting_from = [](const char* value) {
    return identity(trial_with({{"model.start_from", value}}));
  };
  EXPECT_EQ(starting_from("a@0123456789abcdef"), starting_from("b/c@0123456789abcdef"));
  EXPECT_NE(starting_from("a@0123456789abcdef"), starting_from("a@0123456789abcdee"));
  EXPECT_EQ(starting_from("none"), identity(default_trial()));
}

TEST(Normalised, TwiceIsOnce) {
  for (const char* kind : {"k-sparse", "batch-topk", "matryoshka-batch-topk", "wta", "jump-relu", "plain",
                           "rbm", "random", "raw", "classifier"}) {
    const Trial once = normalised(trial_with({{"model.kind", kind}, {"model.sparsity_weight", "1"}}));
    EXPECT_EQ(specification(normalised(once)), specification(once));
  }
}

TEST(Identity, OfAKindThatAKeyCameToConcernLaterIsAsBeforeUnlessItIsUsed) {
  const std::string before = identity(normalised(trial_with({{"model.kind", "rbm"}})), false);
  EXPECT_THAT(before, ::testing::Not(::testing::HasSubstr("model.penalty")));
  EXPECT_THAT(before, ::testing::Not(::testing::HasSubstr("model.sparsity_")));
  EXPECT_THAT(before, ::testing::Not(::testing::HasSubstr("model.dropout")));
  for (const auto& given : {std::array{"none", "1"}, std::array{"l1", "1"}, std::array{"kl", "0"}})
    EXPECT_EQ(identity(normalised(trial_with({{"model.kind", "rbm"},
                                              {"model.penalty", given[0]},
                                              {"model.sparsity_weight", given[1]},
                                              {"model.sparsity_target", "0.1"},
                                              {"model.sparsity_decay", "0.5"}})),
                       false),
              before)
        << given[0];
  const std::string used = identity(
      normalised(
          trial_with({{"model.kind", "rbm"}, {"model.penalty", "kl"}, {"model.sparsity_weight", "1"}})),
      false);
  EXPECT_THAT(used, ::testing::HasSubstr("model.penalty = kl\nmodel.sparsity_weight = 1\n"));
  EXPECT_THAT(identity(normalised(trial_with({{"model.kind", "rbm"}, {"model.dropout", "0.5"}})), true),
              ::testing::HasSubstr("model.dropout = 0.5\n"));
}

TEST(Specification, OfTheTrainingLeavesOutWhatOnlyReadsFeatures) {
  const std::string text = specification(default_trial(), true);
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("model.alpha")));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("probe.")));
  EXPECT_THAT(text, ::testing::HasSubstr("model.k = 25\n"));
}

}  // namespace
}  // namespace ksweep
