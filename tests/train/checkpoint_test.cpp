#include "train/checkpoint.h"

#include <chrono>
#include <random>
#include <thread>

#include "base/errors.h"
#include "base/host.h"
#include "base/sha256.h"
#include "small_data.h"

namespace ksweep {
namespace {

using Keys = std::vector<std::pair<const char*, const char*>>;

Trial trial_of(const Keys& keys) {
  Trial trial = small_trial();
  trial.probe_l2 = trial.probe_tolerance = 1e-3;
  trial.epochs = 3;
  for (const auto& [key, value] : keys)
    EXPECT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt) << key;
  return normalised(trial);
}

/// A checkpoint in memory.
struct Memory {
  std::optional<std::string> bytes;
  int n_saves = 0;
  std::function<bool()> due = [] { return false; };

  Checkpoints checkpoints() {
    return {.load = [this] { return bytes; },
            .save =
                [this](std::string_view state) {
                  bytes = std::string(state);
                  ++n_saves;
                },
            .due = due,
            .worth_s = 0};
  }
};

using Trials = std::vector<Trial>;

/// Trains until the calls to keep_going() are used up.  Empty: stopped.
std::vector<TrialResult> trained_for(const Trials& trials, Memory& memory, int n_calls, int n_threads) {
  static const Dataset data = small_dataset();
  const Team team(n_threads);
  TrainSettings its_settings = settings(team);
  its_settings.checkpoints = memory.checkpoints();
  its_settings.keep_going = [&] { return --n_calls >= 0; };
  try {
    return train(trials, data, its_settings);
  } catch (const Interrupted&) {
    return {};
  }
}

constexpr int endless = 1'000'000'000;

int calls_of(const Trials& trials) {
  Memory memory;
  int n_calls = 0;
  TrainSettings counting = settings();
  counting.keep_going = [&] { return ++n_calls; };
  train(trials, small_dataset(), counting);
  return n_calls;
}

void expect_equal(const std::vector<TrialResult>& found, const std::vector<TrialResult>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) expect_equal_bits(found[i], expected[i]);
}

/// Stopped again and again, after a few mini-batches each time, on another number of threads each time.
void expect_same_bits_when_stopped_often(const Trials& trials, unsigned seed) {
  Memory undisturbed, memory;
  const auto expected = trained_for(trials, undisturbed, endless, 1);
  const int n_calls = calls_of(trials);
  std::mt19937 chance(seed);
  std::vector<TrialResult> found;
  int n_stops = 0;
  for (; found.empty(); ++n_stops) {
    ASSERT_LT(n_stops, 100) << "it does not get on";
    // What follows the training is done again each time: long enough for it sooner or later.
    const int calls = static_cast<int>(chance() % static_cast<unsigned>(n_calls)) + n_stops * n_calls / 30;
    found = trained_for(trials, memory, calls, 1 + n_stops % 3);
  }
  EXPECT_GT(n_stops, 1);
  expect_equal(found, expected);
}

class CheckpointOfKinds : public testing::TestWithParam<Keys> {};

TEST_P(CheckpointOfKinds, GoesOnFromTheMiniBatchInWhichItWasStopped) {
  const Trials trials{trial_of(GetParam())};
  Memory undisturbed;
  const auto expected = trained_for(trials, undisturbed, endless, 1);
  for (const int n_calls : {4, 8, 13}) {  // of 15 mini-batches
    Memory memory;
    ASSERT_TRUE(trained_for(trials, memory, n_calls, 1).empty());
    expect_equal(trained_for(trials, memory, endless, 1), expected);
  }
}

TEST_P(CheckpointOfKinds, GoesOnWithTheBitsOfAnUndisturbedTraining) {
  for (const unsigned seed : {1u, 2u, 3u}) expect_same_bits_when_stopped_often({trial_of(GetParam())}, seed);
}

INSTANTIATE_TEST_SUITE_P(
    All, CheckpointOfKinds,
    testing::Values(
        Keys{{"train.momentum", "0.9"}, {"train.weight_decay", "0.01"}, {"train.k_start", "10"}},
        Keys{{"train.optimizer", "adam"}, {"train.learning_rate_schedule", "cosine"}, {"model.tied", "no"}},
        Keys{{"model.penalty", "kl"}, {"model.sparsity_weight", "0.01"}, {"model.activation", "sigmoid"}},
        Keys{{"model.kind", "plain"}, {"model.penalty", "l1"}, {"model.sparsity_weight", "0.01"}},
        Keys{{"model.dropout", "0.3"}, {"model.input_noise", "0.3"}},
        Keys{{"model.activation", "relu"},
             {"model.k", "1"},
             {"model.hidden", "40"},
             {"model.aux_weight", "1"},
             {"model.aux_units", "5"},
             {"train.optimizer", "adam"}},
        Keys{{"model.pre_bias", "yes"}, {"model.unit_norm", "yes"}, {"model.tied", "no"}},
        Keys{{"model.kind", "batch-topk"}, {"model.activation", "relu"}},
        Keys{{"model.kind", "matryoshka-batch-topk"}, {"model.activation", "relu"}, {"model.prefixes", "3"}},
        Keys{{"model.kind", "jump-relu"},
             {"model.activation", "relu"},
             {"model.penalty", "l0"},
             {"model.sparsity_weight", "0.1"},
             {"model.bandwidth", "0.1"},
             {"train.optimizer", "adam"}},
        Keys{{"model.multi_topk", "0.125"}, {"train.samples", "250"}},
        Keys{{"model.kind", "wta"}, {"model.activation", "relu"}, {"train.optimizer", "adam"}},
        Keys{{"model.kind", "rbm"}, {"train.momentum", "0.5"}}, Keys{{"model.kind", "random"}},
        Keys{{"model.kind", "rbm"},
             {"model.persistent", "yes"},
             {"model.dropout", "0.3"},
             {"train.weight_average", "0.8"}},
        Keys{{"model.kind", "rbm"}, {"model.penalty", "kl"}, {"model.sparsity_weight", "1"}},
        Keys{{"train.weight_average", "0.8"}, {"probe.every", "2"}, {"train.momentum_schedule", "0.5"}},
        Keys{{"train.weight_average", "0.8"}, {"model.layers", "20-12"}},
        Keys{{"train.weight_average", "0.8"}, {"model.layers", "12-6"}, {"model.training", "joint"}},
        Keys{{"train.weight_average", "0.8"},
             {"model.kind", "classifier"},
             {"model.layers", "12"},
             {"model.activation", "relu"},
             {"probe.every", "2"}},
        Keys{{"model.targets", "classes"}}, Keys{{"model.targets", "clusters"}, {"model.clusters", "4"}},
        Keys{{"model.activation", "relu"},
             {"model.k", "1"},
             {"model.hidden", "40"},
             {"model.aux_weight", "1"},
             {"model.aux_loss", "normalised"},
             {"model.dead_after", "40"},
             {"train.cooldown", "0.3"},
             {"model.visible_bias", "mean"}},
        Keys{{"train.samples", "320"}, {"train.k_start", "10"}, {"train.optimizer", "adam"}},
        Keys{{"train.samples", "90"},
             {"model.kind", "batch-topk"},
             {"train.learning_rate_schedule", "linear"}},
        Keys{{"train.samples", "200"},
             {"model.layers", "20-12"},
             {"model.targets", "clusters"},
             {"model.clusters", "4"}},
        Keys{{"train.samples", "200"}, {"model.kind", "rbm"}},
        Keys{{"train.samples", "200"}, {"model.layers", "12-6"}, {"model.training", "joint"}},
        Keys{{"model.layers", "20-16-12"}, {"probe.every", "2"}},
        Keys{{"model.kind", "rbm"}, {"model.layers", "20-12"}},
        Keys{{"model.layers", "12-6"},
             {"model.training", "joint"},
             {"train.optimizer", "adam"},
             {"model.dropout", "0.2"}},
        Keys{{"model.kind", "classifier"},
             {"model.layers", "12"},
             {"probe.every", "1"},
             {"train.optimizer", "adam"}},
        Keys{{"model.kind", "classifier"}, {"model.layers", "12"}, {"train.steps_per_epoch", "7"}},
        Keys{{"model.layers", "20-12"},
             {"probe.kind", "fine-tune"},
             {"probe.epochs", "4"},
             {"probe.dropout", "0.2"}},
        Keys{{"probe.kind", "fine-tune"}, {"probe.epochs", "4"}, {"probe.refit", "yes"}}));

TEST(Checkpoint, SavedAtEveryMiniBatchChangesNothing) {
  const Trials trials{trial_of({{"probe.every", "1"}})};
  Memory undisturbed, memory;
  memory.due = [] { return true; };
  expect_equal(trained_for(trials, memory, endless, 1), trained_for(trials, undisturbed, endless, 1));
  EXPECT_EQ(undisturbed.n_saves, 0);
  EXPECT_GT(memory.n_saves, 15);  // as many mini-batches
}

TEST(Checkpoint, RepeatsNoMiniBatchThatWasSaved) {
  const Trials trials{trial_of({{"train.epochs", "50"}})};
  Memory memory;
  const int n_calls = calls_of(trials);
  EXPECT_TRUE(trained_for(trials, memory, n_calls / 2, 1).empty());
  EXPECT_FALSE(trained_for(trials, memory, n_calls - n_calls / 2 + 1, 1).empty());
}

TEST(Checkpoint, OfATrainedNetworkKeepsTheProbesThatAreRead) {
  Trials trials(3, trial_of({{"probe.kind", "fine-tune"}, {"probe.epochs", "4"}}));
  for (int i = 0; i < 3; ++i) trials[std::size_t(i)].probe_k = i + 1;
  expect_same_bits_when_stopped_often(trials, 4);
  // Enough for the training or one of the probes, never for all: it still comes to its end.
  const int n_calls = calls_of(trials);
  Memory memory;
  int n_attempts = 0;
  while (trained_for(trials, memory, n_calls / 3, 1).empty()) ASSERT_LT(++n_attempts, 10);
  EXPECT_GE(n_attempts, 2);
}

TEST(Checkpoint, OfATrainedNetworkOutlivesAStopWhileTheMeanIsComputedAgain) {
  const Trials trials{trial_of({{"model.visible_bias", "mean"}})};
  Memory undisturbed, memory;
  const auto expected = trained_for(trials, undisturbed, endless, 1);
  ASSERT_TRUE(trained_for(trials, memory, calls_of(trials) - 1, 1).empty());  // stopped after the training
  const std::string of_trained = memory.bytes.value();
  ASSERT_TRUE(trained_for(trials, memory, 0, 1).empty());  // its first question is that of the mean
  EXPECT_EQ(memory.bytes->size(), of_trained.size());
  expect_equal(trained_for(trials, memory, endless, 1), expected);
}

TEST(Checkpoint, TellsFromHowManyEpochsItWentOn) {
  const Trials trials{trial_of({{"train.epochs", "50"}})};
  Memory memory;
  EXPECT_TRUE(std::isnan(trained_for(trials, memory, endless, 1).at(0).resumed_epoch));
  trained_for(trials, memory, calls_of(trials) / 2, 1);
  const TrialResult result = trained_for(trials, memory, endless, 1).at(0);
  EXPECT_GT(result.resumed_epoch, 15);
  EXPECT_LT(result.resumed_epoch, 35);
}

/// Trains with a pause of at least so long in the midst of an epoch, until the calls to keep_going() are used up.
std::vector<TrialResult> trained_slowly(const Trials& trials, Memory& memory, int n_calls,
                                        std::chrono::milliseconds pause) {
  TrainSettings slow = settings();
  slow.checkpoints = memory.checkpoints();
  slow.keep_going = [&, n = 0]() mutable {
    if (n++ == 5) std::this_thread::sleep_for(pause);
    return n <= n_calls;
  };
  try {
    return train(trials, small_dataset(), slow);
  } catch (const Interrupted&) {
    return {};
  }
}

TEST(Checkpoint, KeepsTheStartAndAddsUpTheTimesOfAllAttempts) {
  const Trials trials{trial_of({{"train.epochs", "50"}})};
  const int n_calls = calls_of(trials);
  Memory memory;
  const double before_s = unix_time_s();
  EXPECT_TRUE(trained_slowly(trials, memory, n_calls / 3, std::chrono::milliseconds(80)).empty());
  const double after_first_s = unix_time_s();
  EXPECT_TRUE(trained_slowly(trials, memory, n_calls / 3, std::chrono::milliseconds(80)).empty());
  const TrialResult result = trained_slowly(trials, memory, endless, std::chrono::milliseconds(80)).at(0);
  EXPECT_GE(result.started_unix_s, before_s);
  EXPECT_LE(result.started_unix_s, after_first_s);
  EXPECT_GE(result.train_time_s, 0.24);
  EXPECT_GE(result.wall_time_s, result.train_time_s);
}

TEST(Checkpoint, IsNotSavedOnAStopThatComesSoon) {
  Memory memory;
  TrainSettings stopping = settings();
  stopping.checkpoints = memory.checkpoints();
  stopping.checkpoints.worth_s = 60;
  stopping.keep_going = [n = 0]() mutable { return ++n < 9; };
  const Trial trial = small_trial();
  EXPECT_THROW(train(std::span(&trial, 1), small_dataset(), stopping), Interrupted);
  EXPECT_EQ(memory.n_saves, 0);
}

/// What a training stopped half-way leaves.
std::string half_way(const Trials& trials) {
  Memory memory;
  trained_for(trials, memory, calls_of(trials) / 2, 1);
  return memory.bytes.value();
}

void expect_begun_anew(const Trials& trials, std::string bytes) {
  Memory memory, undisturbed;
  memory.bytes = std::move(bytes);
  const auto found = trained_for(trials, memory, endless, 1);
  EXPECT_TRUE(std::isnan(found.at(0).resumed_epoch));
  EXPECT_EQ(found.at(0).weights_sha256, trained_for(trials, undisturbed, endless, 1).at(0).weights_sha256);
}

TEST(Checkpoint, CutShortOrWithAFlippedBitCountsAsNone) {
  const Trials trials{trial_of({{"train.epochs", "2"}})};
  const std::string whole = half_way(trials);
  std::mt19937 chance(5);
  expect_begun_anew(trials, "");
  expect_begun_anew(trials, whole + "x");
  for (int i = 0; i < 10; ++i) {
    expect_begun_anew(trials, whole.substr(0, chance() % whole.size()));
    std::string flipped = whole;
    flipped[chance() % whole.size()] ^= static_cast<char>(1 << chance() % 8);
    expect_begun_anew(trials, flipped);
  }
}

TEST(Checkpoint, OfANetworkOfAnotherShapeCountsAsNone) {
  const Trials trials{trial_of({})};
  for (const Keys& keys : {Keys{{"model.hidden", "21"}}, Keys{{"train.optimizer", "adam"}},
                           Keys{{"model.tied", "no"}}, Keys{{"model.kind", "rbm"}}})
    expect_begun_anew(trials, half_way({trial_of(keys)}));
}

/// The same bytes with some changed and the checksum made right again.
std::string forged(std::string bytes, std::mt19937& chance) {
  const std::size_t body = bytes.find('\n') + 1 + 64;
  for (int i = 0; i < 3; ++i) {
    // Lengths and positions stand among many weights: beginnings of parts are hit more often.
    const std::size_t at = body + (i == 0 ? chance() % 400 : chance() % (bytes.size() - body));
    bytes[at] = static_cast<char>(chance());
  }
  return bytes.replace(body - 64, 64, sha256_hex(std::string_view(bytes).substr(body)));
}

TEST(Checkpoint, ThatIsForgedNeverBreaksTheProgram) {
  std::mt19937 chance(6);
  for (const Keys& keys :
       {Keys{}, Keys{{"model.targets", "clusters"}, {"model.clusters", "4"}}, Keys{{"model.layers", "20-12"}},
        Keys{{"model.kind", "classifier"}, {"model.layers", "12"}}}) {
    const Trials trials{trial_of(keys)};
    const std::string whole = half_way(trials);
    for (int i = 0; i < 100; ++i) {
      Memory memory;
      memory.bytes = forged(whole, chance);
      EXPECT_EQ(trained_for(trials, memory, endless, 1).size(), 1u);
    }
  }
}

}  // namespace
}  // namespace ksweep
