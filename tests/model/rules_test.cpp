#include "model/rules.h"

#include <gtest/gtest.h>

#include <limits>

namespace ksweep {
namespace {

constexpr int n_units = 5, n_samples = 4;
// (sample x unit)
const std::vector<float> activations = {1, 9, 3, 4, 5,  //
                                        2, 8, 2, 2, 2,  //
                                        7, 7, 7, 7, 7,  //
                                        0, 1, 0, 6, 0};

std::vector<int> kept_by(ModelKind kind, const RuleSettings& settings, bool unit_major = false) {
  const Team team(2);
  RuleApplier keeper(team);
  std::vector<float> values = activations;
  if (unit_major)
    for (int s = 0; s < n_samples; ++s)
      for (int u = 0; u < n_units; ++u)
        values[static_cast<std::size_t>(u * n_samples + s)] =
            activations[static_cast<std::size_t>(s * n_units + u)];
  std::vector<std::uint8_t> marks(values.size());
  const Activations all{values.data(), unit_major ? n_samples : 1, unit_major ? 1 : n_units, n_units,
                        n_samples};
  keeper.keep(*sparsity_rule(kind), settings, all, marks.data());
  std::vector<int> kept;
  for (int s = 0; s < n_samples; ++s)
    for (int u = 0; u < n_units; ++u)
      if (marks[static_cast<std::size_t>(s * all.sample_step + u * all.unit_step)])
        kept.push_back(s * n_units + u);
  return kept;
}

TEST(Rules, KSparseKeepsTheLargestOfEachSampleTiesToTheFirst) {
  EXPECT_EQ(kept_by(ModelKind::k_sparse, {.k = 2}), (std::vector{1, 4, 5, 6, 10, 11, 16, 18}));
}

TEST(Rules, BatchTopKKeepsTheLargestOfTheMiniBatch) {
  EXPECT_EQ(kept_by(ModelKind::batch_topk, {.k = 1}), (std::vector{1, 6, 10, 11}));
}

TEST(Rules, WtaKeepsAShareOfSamplesForEachUnit) {
  EXPECT_EQ(kept_by(ModelKind::wta, {.lifetime = 0.25}), (std::vector{1, 10, 12, 13, 14}));
  EXPECT_EQ(kept_by(ModelKind::wta, {.lifetime = 0.01}), (std::vector{1, 10, 12, 13, 14})) << "at least one";
}

TEST(Rules, MatryoshkaKeepsWhatBatchTopKDoes) {
  EXPECT_EQ(kept_by(ModelKind::matryoshka, {.k = 2}), kept_by(ModelKind::batch_topk, {.k = 2}));
}

TEST(Rules, JumpReluKeepsWhatIsStrictlyAboveTheThresholdOfItsUnit) {
  const std::vector<float> thresholds{1, 8, 2.5f, 3, 7};
  for (const bool unit_major : {false, true})
    EXPECT_EQ(kept_by(ModelKind::jump_relu, {.thresholds = thresholds}, unit_major),
              (std::vector{1, 2, 3, 5, 10, 12, 13, 18}));
}

TEST(Rules, OfAThresholdKeepWhatIsStrictlyAboveItAndNoNaN) {
  const std::vector<float> thresholds(3, 2), values{2, 3, std::numeric_limits<float>::quiet_NaN()};
  std::vector<std::uint8_t> kept(3);
  threshold_rule()->keep(values, {.thresholds = thresholds}, kept);
  EXPECT_EQ(kept, (std::vector<std::uint8_t>{0, 1, 0}));
}

TEST(Rules, KeepTheSameInAnyLayout) {
  for (const ModelKind kind :
       {ModelKind::k_sparse, ModelKind::batch_topk, ModelKind::matryoshka, ModelKind::wta})
    for (const int k : {1, 2, 3})
      EXPECT_EQ(kept_by(kind, {.k = k, .lifetime = 0.5}, true), kept_by(kind, {.k = k, .lifetime = 0.5}));
}

TEST(Rules, PlainKeepsAllAndOtherKindsHaveNone) {
  for (const ModelKind kind : {ModelKind::plain, ModelKind::rbm, ModelKind::raw, ModelKind::classifier})
    EXPECT_EQ(sparsity_rule(kind), nullptr);
}

TEST(ShareKept, IsThatOfAMiniBatch) {
  const auto share = [](ModelKind kind) {
    return share_kept(sparsity_rule(kind), {.k = 3, .lifetime = 0.26, .n_samples = 10}, 12);
  };
  EXPECT_EQ(share(ModelKind::k_sparse), 0.25);
  EXPECT_EQ(share(ModelKind::batch_topk), 0.25);
  EXPECT_EQ(share(ModelKind::wta), 0.3);  // of 10 samples
  EXPECT_EQ(share(ModelKind::plain), 1);
}

TEST(ShareLeft, IsAllWhereARuleFillsUpAndWhatDropoutLeavesWhereAllAreKept) {
  const auto left = [](ModelKind kind, int k, double lifetime, double dropout) {
    return share_left(dropout, sparsity_rule(kind), {.k = k, .lifetime = lifetime, .n_samples = 10}, 20);
  };
  for (const ModelKind kind : {ModelKind::k_sparse, ModelKind::batch_topk}) {
    EXPECT_EQ(left(kind, 4, 1, 0.5), 1);
    EXPECT_EQ(left(kind, 10, 1, 0.5), 1);
    EXPECT_EQ(left(kind, 16, 1, 0.5), 0.5 / 0.8) << "10 are left of 20, for 16 places";
    EXPECT_EQ(left(kind, 20, 1, 0.5), 0.5);
  }
  EXPECT_EQ(left(ModelKind::wta, 0, 0.3, 0.5), 1);
  EXPECT_EQ(left(ModelKind::wta, 0, 0.8, 0.5), 0.5 / 0.8);
  EXPECT_EQ(left(ModelKind::plain, 0, 1, 0.3), 1 - 0.3);
  EXPECT_EQ(left(ModelKind::plain, 0, 1, 0), 1);
}

TEST(KeepLargest, NeverKeepsNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::uint8_t> kept(4);
  keep_largest(std::vector{nan, 1.0f, nan, -2.0f}, 3, kept);
  EXPECT_EQ(kept, (std::vector<std::uint8_t>{0, 1, 0, 1}));
}

}  // namespace
}  // namespace ksweep
