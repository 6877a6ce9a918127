#include "sweep/checks.h"

#include <gmock/gmock.h>

#include "sweep_texts.h"

namespace ksweep {
namespace {

TEST(Checks, MoreKThanUnitsIsRefusedAtTheLineOfK) {
  EXPECT_EQ(refusal_of("[model]\nhidden = 32\nk = 64\n"),
            "x.cfg:3: model.k = 64 exceeds model.hidden = 32: there are not that many units to keep. Lower "
            "k or widen the layer.");
}

TEST(Checks, OfTwoAxesThePairToLeaveOutIsNamed) {
  EXPECT_EQ(refusal_of("[model]\nhidden = 32, 100\nk = 10, 64\n"),
            "x.cfg:3: model.k = 64 exceeds model.hidden = 32: there are not that many units to keep. Lower "
            "k or widen the layer. Or leave such pairs out: [grid] exclude = model.k=64 & model.hidden=32.");
  EXPECT_EQ(
      sweep_of("[model]\nhidden = 32, 100\nk = 10, 64\n[grid]\nexclude = model.k=64 & model.hidden=32\n")
          .trials.size(),
      3u);
}

TEST(Checks, ADefaultIsCalledOne) {
  EXPECT_EQ(refusal_of("[model]\nhidden = 20\n"),
            "x.cfg:2: model.k = 25 (the default) exceeds model.hidden = 20: there are not that many units "
            "to keep. Lower k or widen the layer.");
}

TEST(Checks, AnOverrideIsBlamedForWhatItDoes) {
  EXPECT_THAT(refusal_of("[model]\nhidden = 32\nk = 10\n", {"model.k=64"}),
              ::testing::StartsWith("--set: model.k = 64 exceeds"));
}

TEST(Checks, KEqualToTheUnitsKeepsAllAndIsAllowed) {
  EXPECT_EQ(sweep_of("[model]\nhidden = 32\nk = 32\n").trials.size(), 1u);
}

TEST(Checks, KOfOneMoreThanTheUnitsIsRefused) {
  EXPECT_THAT(refusal_of("[model]\nhidden = 32\nk = 33\n"),
              ::testing::StartsWith("x.cfg:3: model.k = 33 exceeds model.hidden = 32"));
}

TEST(Checks, RawPixelsHaveNoK) {
  EXPECT_EQ(sweep_of("[model]\nkind = raw\nhidden = 32\nk = 64\n").trials.size(), 1u);
}

TEST(Checks, OnlyAClassifierDoesWithoutValidation) {
  EXPECT_EQ(
      refusal_of("[data]\nvalidation = -1\n"),
      "x.cfg:2: data.validation = -1 with model.kind = k-sparse (the default): the probe chooses its L2 "
      "strength on the validation part. Leave data.validation out, or use model.kind = classifier.");
  EXPECT_EQ(sweep_of("[data]\nvalidation = -1\n[model]\nkind = classifier\n").trials.size(), 1u);
}

TEST(Checks, AClassifierNeedsLabels) {
  const Sweep sweep = sweep_of("[model]\nkind = classifier\n");
  EXPECT_EQ(refusal([&] { check_labels(sweep.trials[0], 10, sweep); }), "accepted");
  EXPECT_EQ(refusal([&] { check_labels(sweep.trials[0], 0, sweep); }),
            "x.cfg:2: model.kind = classifier with data.set = digits (the default): it has no labels: there "
            "is nothing to learn. Use a labelled set.");
}

TEST(Checks, TargetsThatAreClassesNeedLabels) {
  const Sweep sweep = sweep_of("[model]\ntargets = classes\n");
  EXPECT_EQ(refusal([&] { check_labels(sweep.trials[0], 10, sweep); }), "accepted");
  EXPECT_EQ(
      refusal([&] { check_labels(sweep.trials[0], 0, sweep); }),
      "x.cfg:2: model.targets = classes with data.set = digits (the default): it has no labels, and so no "
      "classes. Use a labelled set, or model.targets = clusters.");
  const Sweep clusters = sweep_of("[model]\ntargets = clusters\n");
  EXPECT_EQ(refusal([&] { check_labels(clusters.trials[0], 0, clusters); }), "accepted");
}

TEST(Checks, OnlyAnEncoderWithItsDecoderStartsFromAFile) {
  const auto with = [](const std::string& model) {
    return refusal_of("[model]\nstart_from = some/file\n" + model);
  };
  for (const char* model : {"", "layers = 64\n", "kind = plain\n", "kind = raw\n", "kind = random\n"})
    EXPECT_EQ(with(model), "accepted") << model;
  EXPECT_EQ(
      with("layers = 64-32\n"),
      "x.cfg:2: model.start_from = some/file with model.layers = 64-32: such a file holds one encoder with its "
      "decoder, which is no such network. Leave model.start_from out, or train an autoencoder of one layer.");
  EXPECT_THAT(
      with("training = joint\n"),
      ::testing::StartsWith("x.cfg:2: model.start_from = some/file with model.training = joint: such"));
  for (const char* kind : {"classifier", "rbm"})
    EXPECT_THAT(with(std::string("kind = ") + kind + "\n"),
                ::testing::HasSubstr(std::string("with model.kind = ") + kind + ": such a file holds"));
}

TEST(Checks, TheWeightsOfEveryKindCanBeKept) {
  for (const char* model : {"kind = classifier", "kind = rbm", "training = joint", "layers = 100-50",
                            "layers = 100-50\ntraining = joint", "kind = raw"})
    EXPECT_EQ(refusal_of("[model]\n" + std::string(model) + "\n[results]\nsave = weights\n"), "accepted")
        << model;
}

TEST(Checks, LayersInOneNetworkHaveNotAllThatOneLayerHas) {
  EXPECT_EQ(
      refusal_of("[model]\ntraining = joint\npre_bias = yes\n"),
      "x.cfg:3: model.pre_bias = yes with model.training = joint: layers trained as one network have no "
      "such thing. Leave model.pre_bias out, or use model.training = greedy.");
  for (const char* line : {"unit_norm = yes", "aux_weight = 0.1", "targets = classes", "visible_bias = mean"})
    EXPECT_THAT(refusal_of(std::string("[model]\ntraining = joint\n") + line + "\n"),
                ::testing::HasSubstr("have no such thing"))
        << line;
  EXPECT_THAT(refusal_of("[model]\ntraining = joint\nmulti_topk = 0.125\n"),
              ::testing::HasSubstr("have no such thing"));
  EXPECT_THAT(refusal_of("[model]\ntraining = joint\nkind = matryoshka-batch-topk\n"),
              ::testing::HasSubstr("have neither prefixes nor thresholds"));
  EXPECT_EQ(sweep_of("[model]\nlayers = 64-32\ntraining = joint\n").trials.size(), 1u);
}

TEST(Checks, KlNeedsSigmoidUnits) {
  EXPECT_EQ(
      refusal_of("[model]\npenalty = kl\nsparsity_weight = 0.1\n"),
      "x.cfg:2: model.penalty = kl with model.kind = k-sparse (the default) and model.activation = linear (the "
      "default): kl compares mean activations with a target between 0 and 1, and only sigmoid units stay there. "
      "Set model.activation = sigmoid, or use penalty = l1.");
  EXPECT_THAT(refusal_of("[model]\nkind = rbm, plain\npenalty = none, kl\nsparsity_weight = 0.1\n"),
              testing::HasSubstr("with model.kind = plain and model.activation = linear (the default): kl "));
  EXPECT_THAT(
      refusal_of("[model]\nkind = rbm, plain\npenalty = none, kl\nsparsity_weight = 0.1\n"),
      testing::EndsWith("Or leave such pairs out: [grid] exclude = model.penalty=kl & model.kind=plain."));
  EXPECT_EQ(sweep_of("[model]\npenalty = kl\nsparsity_weight = 0.1\nactivation = sigmoid\n").trials.size(),
            1u);
}

TEST(Checks, AWeightWithoutAPenaltyIsRefused) {
  EXPECT_EQ(
      refusal_of("[model]\nk = 10\nsparsity_weight = 0, 0.1\n"),
      "x.cfg:3: model.sparsity_weight is above 0, but model.penalty = none: there is nothing to weigh. Set "
      "model.penalty to l1, kl or l0, or the weight to 0.");
}

TEST(Checks, AnAxisOfPenaltiesMayBeginWithNone) {
  EXPECT_EQ(sweep_of("[model]\npenalty = none, l1\nsparsity_weight = 0.1\n").trials.size(), 2u);
}

TEST(Checks, APenaltyThatNobodyWeighedIsRefused) {
  EXPECT_EQ(refusal_of("[model]\npenalty = l1\n"),
            "x.cfg:2: model.penalty is given, but model.sparsity_weight = 0 (the default): the penalty "
            "would count nothing. Set model.sparsity_weight, for example to 1e-3.");
  EXPECT_EQ(sweep_of("[model]\npenalty = l1\nsparsity_weight = 0\n").trials.size(), 1u);
}

TEST(Checks, ABatchLargerThanTheTrainingPartIsRefused) {
  EXPECT_EQ(refusal_of("[data]\ntrain = 50\n"),
            "x.cfg:2: train.batch = 100 (the default) exceeds the 50 training samples (data.train): no "
            "mini-batch could be filled. Lower the batch or use more samples.");
}

TEST(Checks, ATrainingThatEndsWithinItsFirstMiniBatchIsRefused) {
  EXPECT_EQ(
      refusal_of("[data]\ntrain = 500\n[train]\nsamples = 99\n"),
      "x.cfg:4: train.samples = 99 with train.batch = 100 (the default): the training would end within its first "
      "mini-batch. Raise the samples or lower the batch.");
  EXPECT_EQ(refusal_of("[data]\ntrain = 500\n[train]\nsamples = 100\n"), "accepted");
  EXPECT_EQ(refusal_of("[data]\ntrain = 500\n[model]\nkind = classifier\n[train]\nsamples = 99\n"),
            "accepted");
}

TEST(Checks, MorePassesThanEpochsMayBeAreRefused) {
  EXPECT_EQ(
      refusal_of("[data]\ntrain = 500\n[train]\nsamples = 500000001\n"),
      "x.cfg:4: train.samples = 500000001 are more than 1e6 passes over the 500 training samples (data.train). "
      "Lower it.");
  EXPECT_EQ(refusal_of("[data]\ntrain = 500\n[train]\nsamples = 5e8\n"), "accepted");
}

TEST(Checks, ALearningRateThatFallsBeforeItHasRisenIsRefused) {
  EXPECT_EQ(
      refusal_of("[train]\nwarmup = 0.5\ncooldown = 0.6\n"),
      "x.cfg:3: train.cooldown = 0.6 with train.warmup = 0.5: the learning rate would fall before it has risen. "
      "Lower one of them: together they are at most 1.");
  EXPECT_EQ(refusal_of("[train]\nwarmup = 0.5\ncooldown = 0.5\n"), "accepted");
}

TEST(Checks, ABiasThatStartsAtTheMeanNeedsOutputsThatCanBeIt) {
  EXPECT_EQ(
      refusal_of("[model]\nvisible_bias = mean\ndecoder = relu\n"),
      "x.cfg:2: model.visible_bias = mean with model.decoder = relu: such outputs of the mean are not the mean. "
      "Set model.decoder = linear or sigmoid, or model.visible_bias = drawn.");
  EXPECT_EQ(refusal_of("[model]\nvisible_bias = mean\ndecoder = sigmoid\n"), "accepted");
  EXPECT_EQ(refusal_of("[model]\nkind = rbm\nvisible_bias = mean\n"), "accepted");
}

TEST(Checks, ABiasThatIsSubtractedIsAPointAmongTheInputs) {
  for (const char* decoder : {"sigmoid", "relu"})
    EXPECT_THAT(refusal_of(std::string("[model]\npre_bias = yes\ndecoder = ") + decoder + "\n"),
                ::testing::StartsWith(std::string("x.cfg:2: model.pre_bias = yes with model.decoder = ") +
                                      decoder + ": the bias of such outputs is no point among the inputs"));
  EXPECT_EQ(refusal_of("[model]\npre_bias = yes\n"), "accepted");
}

TEST(Checks, DeadUnitsAreThoseOfReLUs) {
  EXPECT_EQ(
      refusal_of("[model]\naux_weight = 0.1\nactivation = sigmoid\n"),
      "x.cfg:2: model.aux_weight = 0.1 with model.activation = sigmoid: dead units are those that a ReLU "
      "switches off. Set model.activation = relu.");
  EXPECT_EQ(refusal_of("[model]\naux_weight = 0.1\nactivation = relu\n"), "accepted");
}

TEST(Checks, PixelsAreNotFineTuned) {
  EXPECT_EQ(
      refusal_of("[model]\nkind = raw\n[probe]\nkind = fine-tune\n"),
      "x.cfg:2: model.kind = raw with probe.kind = fine-tune: pixels have no encoder that could be trained. "
      "Use model.kind = classifier, or random.");
}

TEST(Checks, OnlyTheMomentumOfSgdHasASchedule) {
  EXPECT_EQ(
      refusal_of("[train]\nmomentum_schedule = 0.5\n"),
      "x.cfg:2: train.momentum_schedule = 0.5 with train.optimizer = adam (the default): only the momentum of sgd "
      "has a schedule. Set train.optimizer = sgd, or leave train.momentum_schedule out.");
  EXPECT_EQ(refusal_of("[train]\nmomentum_schedule = 0.5\noptimizer = sgd\n"), "accepted");
}

TEST(Checks, WeightsOfLengthOneHaveNoAverage) {
  EXPECT_EQ(
      refusal_of("[model]\nunit_norm = yes\n[train]\nweight_average = 0.99\n"),
      "x.cfg:4: train.weight_average = 0.99 with model.unit_norm = yes: the average of weights of length 1 is "
      "shorter. Leave one of them out.");
}

TEST(Checks, LayersOfDifferentSizesHaveNoRateOfTheirUnits) {
  EXPECT_THAT(refusal_of("[model]\ntraining = joint\n[train]\nlearning_rate_scaling = units\n"),
              ::testing::HasSubstr("layers of different sizes have one learning rate"));
}

TEST(Checks, OnlyThresholdsLearnByTheNumberOfActiveUnits) {
  EXPECT_EQ(
      refusal_of("[model]\npenalty = l0\nsparsity_weight = 1\n"),
      "x.cfg:2: model.penalty = l0 with model.kind = k-sparse (the default): only the thresholds of jump-relu learn "
      "by the number of active units. Set model.kind = jump-relu, or use penalty = l1.");
  EXPECT_EQ(refusal_of("[model]\nkind = jump-relu\nactivation = relu\npenalty = l0\nsparsity_weight = 1\n"),
            "accepted");
}

TEST(Checks, ThresholdsAreOfReLUs) {
  EXPECT_EQ(
      refusal_of("[model]\nkind = jump-relu\n"),
      "x.cfg:2: model.kind = jump-relu with model.activation = linear (the default): its units are ReLUs with "
      "thresholds. Set model.activation = relu.");
}

TEST(Checks, APrefixWithoutUnitsIsRefused) {
  EXPECT_EQ(
      refusal_of("[model]\nkind = matryoshka-batch-topk\nhidden = 60\nprefixes = 7\n"),
      "x.cfg:4: model.prefixes = 7 with model.hidden = 60: the first prefix would have no unit. Lower the prefixes "
      "or widen the layer.");
  EXPECT_EQ(refusal_of("[model]\nkind = matryoshka-batch-topk\nhidden = 60\nprefixes = 6\n"), "accepted");
}

TEST(Checks, FourTimesKMayBeAllUnitsButNotMore) {
  EXPECT_EQ(
      refusal_of("[model]\nhidden = 60\nk = 16\nmulti_topk = 0.125\n"),
      "x.cfg:4: model.multi_topk = 0.125 with model.k = 16: its second reconstruction is from the 4 k largest, and "
      "there are 60 units. Lower k or widen the layer.");
  EXPECT_EQ(refusal_of("[model]\nhidden = 60\nk = 15\nmulti_topk = 0.125\n"), "accepted");
  EXPECT_THAT(refusal_of("[model]\nmulti_topk = 0.125\npenalty = l1\nsparsity_weight = 1\n"),
              ::testing::HasSubstr("a penalty is on one code, and here are two"));
}

TEST(Checks, PrefixesAndSecondReconstructionsAreOfTheSmallestLayer) {
  const std::string stack = "[model]\nkind = matryoshka-batch-topk\nlayers = 100-20\nprefixes = ";
  EXPECT_EQ(
      refusal_of(stack + "6\n"),
      "x.cfg:4: model.prefixes = 6 with model.layers = 100-20: the first prefix would have no unit. Lower the "
      "prefixes or widen the layer.");
  EXPECT_EQ(refusal_of(stack + "5\n"), "accepted");
  EXPECT_THAT(refusal_of("[model]\nlayers = 100-20\nk = 6\nmulti_topk = 0.125\n"),
              ::testing::HasSubstr("and there are 20 units"));
  EXPECT_EQ(refusal_of("[model]\nlayers = 100-20\nk = 5\nmulti_topk = 0.125\n"), "accepted");
}

TEST(Checks, WhatATrialDoesNotLookAtContradictsNothing) {
  for (const char* text :
       {"[model]\nkind = raw\n[train]\nwarmup = 0.5\ncooldown = 0.6\n",
        "[model]\nkind = random\n[train]\nmomentum_schedule = 0.5\n",
        "[model]\nkind = rbm\nunit_norm = yes\n[train]\nweight_average = 0.99\n",
        "[model]\npenalty = kl\nsparsity_weight = 0\n", "[model]\npenalty = l0\nsparsity_weight = 0\n",
        "[model]\nkind = raw\nsparsity_weight = 0.1\n"})
    EXPECT_EQ(refusal_of(text), "accepted") << text;
}

TEST(Checks, AnUntrainedSparseNetIsAllowed) {
  EXPECT_EQ(sweep_of("[data]\ntrain = 50\n[train]\nepochs = 0\n").trials.size(), 1u);
}

TEST(Checks, AffineNetworksThatLookLikeMoreAreRefused) {
  EXPECT_EQ(refusal_of("[model]\nlayers = 100-50\n[probe]\nkind = fine-tune\n"),
            "x.cfg:4: probe.kind = fine-tune with model.activation = linear (the default): what is "
            "fine-tuned keeps all activations and so is affine: whatever its layers, it could learn no "
            "more than one softmax layer on the inputs. Set model.activation = relu or sigmoid, or "
            "probe.k, of the largest activations to keep, below the number of units.");
  EXPECT_EQ(
      refusal_of("[model]\nkind = classifier\nlayers = 30-10\nactivation = linear\n"),
      "x.cfg:4: model.activation = linear with model.kind = classifier: this network is affine: whatever its "
      "layers, it could learn no more than one softmax layer on the inputs. Set model.activation = relu or "
      "sigmoid, or model.layers = none.");
  for (const char* kind : {"k-sparse", "batch-topk", "wta", "plain", "random"})
    EXPECT_THAT(refusal_of(std::string("[model]\nkind = ") + kind + "\n[probe]\nkind = softmax, fine-tune\n"),
                ::testing::HasSubstr("so is affine"))
        << kind;
  EXPECT_THAT(refusal_of("[model]\nhidden = 40\n[probe]\nkind = fine-tune\nk = 40\n"),
              ::testing::HasSubstr("so is affine"));
}

TEST(Checks, NetworksThatAreNotAffineAreFineTuned) {
  for (const char* text :
       {"[model]\nactivation = relu\n[probe]\nkind = fine-tune\n", "[probe]\nkind = fine-tune\nk = 25\n",
        "[model]\nlayers = 100-20\nk = 10\n[probe]\nkind = fine-tune\nk = 20\n",
        "[model]\nkind = rbm\n[probe]\nkind = fine-tune\n", "[model]\nkind = classifier\n",
        "[model]\nkind = classifier\nlayers = 30\nactivation = relu\n"})
    EXPECT_EQ(refusal_of(text), "accepted") << text;
}

TEST(Checks, AKeyThatNoTrialLooksAtIsNoted) {
  EXPECT_THAT(
      sweep_of("[model]\naux_units = 64\n").notes,
      testing::ElementsAre(
          "x.cfg:2: model.aux_units = 64 is ignored: no model of this sweep, as its other keys are, looks at it. "
          "Leave it out, or see what it goes with (ksweep plan --keys model.aux_units)."));
  for (const char* text : {"[model]\nkind = rbm\nsparsity_decay = 0.5\n", "[train]\nmomentum_start = 0.1\n",
                           "[model]\nclusters = 7\n", "[model]\nkind = rbm, raw\nsparsity_target = 0.3\n",
                           "[model]\nsparsity_target = 0.3\n", "[train]\nsamples = 5000\nepochs = 3\n"})
    EXPECT_EQ(sweep_of(text).notes.size(), 1u) << text;
  for (const char* text :
       {"[model]\nlayers = 100\n", "[train]\noptimizer = adamw\nweight_decay = 0\n",
        "[model]\nkind = raw, k-sparse\n", "[model]\nkind = k-sparse, wta\nlifetime = 0.2\n",
        "[model]\nkind = rbm\ndropout = 0.2\n",
        "[model]\naux_units = 64\naux_weight = 0, 0.03\nactivation = relu\n",
        "[model]\nkind = rbm, plain\npenalty = kl\nsparsity_weight = 0.1\nactivation = sigmoid\n"})
    EXPECT_EQ(sweep_of(text).notes.size(), 0u) << text;
}

TEST(Checks, APenaltyThatAKindDoesNotKnowIsNoted) {
  const auto notes = sweep_of("[model]\nkind = plain, rbm\npenalty = l1\nsparsity_weight = 0.1\n").notes;
  EXPECT_THAT(
      notes,
      testing::UnorderedElementsAre(
          "x.cfg:3: model.penalty = l1 is ignored: no model with model.kind = rbm looks at it. Leave it out, "
          "or see what it goes with (ksweep plan --keys model.penalty).",
          testing::HasSubstr("model.sparsity_weight = 0.1 is ignored: no model with model.kind = rbm")));
}

TEST(Checks, AKeyOfTheProbeThatNoTrialLooksAtIsNoted) {
  EXPECT_THAT(
      sweep_of("[probe]\nkind = softmax\nmetric = cosine\n").notes,
      testing::ElementsAre("x.cfg:3: probe.metric = cosine is ignored: no probe or model of this sweep looks "
                           "at it. Leave it out, or use a probe.kind that does (ksweep plan --keys shows "
                           "which)."));
  for (const char* text :
       {"[probe]\nkind = svm\nl2 = 1e-4\n", "[probe]\nc = 1, 10\n",
        "[probe]\nkind = centroid\nneighbours = 3\n", "[probe]\nkind = kmeans\nrefit = yes\n",
        "[probe]\nepochs = 3\n", "[model]\nactivation = relu\n[probe]\nkind = fine-tune\nevery = 1\n",
        "[model]\nkind = classifier\n[probe]\nkind = knn\n"})
    EXPECT_EQ(sweep_of(text).notes.size(), 1u) << text;
  for (const char* text :
       {"[probe]\nkind = softmax, svm\nc = 1\nl2 = 1e-4\n",
        "[probe]\nkind = kmeans, centroid\nmetric = cosine\n", "[probe]\nkind = svm\nl2 = 0\n",
        "[model]\nkind = classifier\n[probe]\nevery = 1\n",
        "[model]\nkind = classifier, raw\n[probe]\nkind = knn\nneighbours = 3\n"})
    EXPECT_EQ(sweep_of(text).notes.size(), 0u) << text;
}

}  // namespace
}  // namespace ksweep
