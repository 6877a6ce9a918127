#include "train/shifted_targets.h"

#include "small_data.h"
#include "train/fit.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

/// A training with all that must outlive it.
Trial trial_with(Targets targets, int epochs) {
  Trial trial = small_trial();
  trial.targets = targets;
  trial.clusters = 4;
  trial.attraction = 0.5;
  trial.repulsion = 0.25;
  trial.epochs = epochs;
  return trial;
}

struct Trained {
  Trial trial;
  Dataset data = small_dataset();
  Split parts = split(trial, data);
  Training training{trial, data, parts, best_kernels(), one_thread};

  explicit Trained(Targets targets, int epochs = 4) : trial(trial_with(targets, epochs)) {}
};

/// Means of the groups that samples are said to be of, and the nearest of the others, as doubles.
void expect_means_and_nearest_others(const ShiftedTargets& targets, const Trained& t, std::size_t n_groups) {
  std::vector<double> means(n_groups * 25);
  std::vector<int> counts(n_groups);
  const auto own = [&](std::uint32_t row) { return static_cast<std::size_t>(targets.own[row]); };
  const auto pixel = [&](std::uint32_t row, std::size_t c) -> double {
    return t.data.train_samples[row * 25 + c];
  };
  for (const std::uint32_t row : t.parts.train) {
    ++counts[own(row)];
    for (std::size_t c = 0; c < 25; ++c) means[own(row) * 25 + c] += pixel(row, c);
  }
  ASSERT_EQ(targets.means.size(), means.size());
  for (std::size_t i = 0; i < means.size(); ++i)
    EXPECT_NEAR(targets.means[i], means[i] /= std::max(1, counts[i / 25]), 1e-6);
  for (const std::uint32_t row : t.parts.train) {
    const auto distance = [&](std::size_t group) {
      double sum = 0;
      for (std::size_t c = 0; c < 25; ++c) sum += std::pow(pixel(row, c) - means[group * 25 + c], 2);
      return sum;
    };
    const auto other = static_cast<std::size_t>(targets.other[row]);
    ASSERT_NE(other, own(row));
    for (std::size_t group = 0; group < n_groups; ++group)
      if (group != own(row) && counts[group] > 0) {
        EXPECT_LE(distance(other), distance(group) + 1e-6);
      }
  }
}

TEST(Shifting, OfInputsIsNone) {
  Trained t(Targets::inputs);
  Shifting shifting(t.training);
  shifting.after_epoch(0, never_stop);
  EXPECT_EQ(shifting.targets(), nullptr);
}

TEST(Shifting, OfClassesIsTowardsTheirMeansInTheTrainingPart) {
  Trained t(Targets::classes);
  Shifting shifting(t.training);
  const ShiftedTargets* targets = shifting.targets();
  ASSERT_NE(targets, nullptr);
  EXPECT_EQ(targets->attraction, 0.5f);
  EXPECT_EQ(targets->repulsion, 0.25f);
  EXPECT_EQ(targets->n_inputs, 25);
  for (const std::uint32_t row : t.parts.train) ASSERT_EQ(targets->own[row], t.data.train_labels[row]);
  expect_means_and_nearest_others(*targets, t, 3);
}

TEST(Shifting, OfClassesStaysAsItIs) {
  Trained t(Targets::classes);
  Shifting shifting(t.training);
  const std::vector<float> means = shifting.targets()->means;
  shifting.after_epoch(0, never_stop);
  EXPECT_EQ(shifting.targets()->means, means);
}

TEST(Shifting, OfClustersIsFoundAfterTheFirstEpochAndRenewedAfterEachButTheLast) {
  Trained t(Targets::clusters);
  Shifting shifting(t.training);
  EXPECT_EQ(shifting.targets(), nullptr);
  std::vector<std::vector<std::int32_t>> groups;
  for (const int epoch : {0, 1, 2, 3}) {
    Trial other = t.trial;
    other.seed = epoch;
    t.training.network = initial_network(other, 25);  // as if it had learned something
    shifting.after_epoch(epoch, never_stop);
    ASSERT_NE(shifting.targets(), nullptr);
    expect_means_and_nearest_others(*shifting.targets(), t, 4);
    groups.push_back(shifting.targets()->own);
  }
  EXPECT_NE(groups[1], groups[0]);
  EXPECT_NE(groups[2], groups[1]);
  EXPECT_EQ(groups[3], groups[2]);  // which nobody would learn from
}

TEST(Shifting, GoesOnWithTheGroupsOfACheckpointUnlessTheyCannotBe) {
  Trained t(Targets::clusters);
  const auto goes_on = [&](std::vector<std::int32_t> groups) {
    Archive archive;
    archive.list(groups);
    const std::string bytes = archive.written();
    Archive reading(bytes);
    Shifting shifting(t.training);
    try {
      shifting.transfer(reading);
    } catch (const UnfitCheckpoint&) {
      return false;
    }
    if (groups.empty()) return shifting.targets() == nullptr;
    expect_means_and_nearest_others(*shifting.targets(), t, 4);
    for (std::size_t i = 0; i < groups.size(); ++i)
      EXPECT_EQ(shifting.targets()->own[t.parts.train[i]], groups[i]);
    return true;
  };
  const auto n_train = t.parts.train.size();
  std::vector<std::int32_t> groups(n_train);
  for (std::size_t i = 0; i < n_train; ++i) groups[i] = static_cast<std::int32_t>(i % 4);
  EXPECT_TRUE(goes_on(groups));
  EXPECT_TRUE(goes_on({}));
  for (const std::int32_t wrong : {-1, 4}) {
    std::vector<std::int32_t> changed = groups;
    changed.back() = wrong;
    EXPECT_FALSE(goes_on(changed)) << wrong;
  }
  groups.pop_back();
  EXPECT_FALSE(goes_on(groups));
}

std::string weights_after(Targets targets, int epochs) {
  Trained t(targets, epochs);
  Curves curves;
  fit(t.training, curves, {}, [](int) {});
  return weights_sha256(t.training.network);
}

TEST(Shifting, OfClustersChangesTrainingFromTheSecondEpochOn) {
  EXPECT_EQ(weights_after(Targets::clusters, 1), weights_after(Targets::inputs, 1));
  EXPECT_NE(weights_after(Targets::clusters, 2), weights_after(Targets::inputs, 2));
  EXPECT_NE(weights_after(Targets::classes, 1), weights_after(Targets::inputs, 1));
}

}  // namespace
}  // namespace ksweep
