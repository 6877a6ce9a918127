// The fast kernels learn what the naive ones do, but for the rounding of float32.
#include <tuple>

#include "small_data.h"

namespace ksweep {
namespace {

using Case = std::tuple<std::string, Optimizer, int, bool>;
class TrainOnEveryIsa : public testing::TestWithParam<Case> {};

TrialResult trained_with(const std::string& isa, const Trial& trial) {
  const Team team(1);
  const TrainSettings with{.kernels = kernels_for(isa), .team = team};
  return train(std::span(&trial, 1), small_dataset(), with).at(0);
}

/// The largest difference, relative to the larger number.
double difference(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]) / std::max(std::abs(a[i]), std::abs(b[i])));
  return largest;
}

TEST_P(TrainOnEveryIsa, LearnsWhatTheNaiveKernelsLearn) {
  const auto [isa, optimizer, k, tied] = GetParam();
  Trial trial = small_trial();
  trial.optimizer = optimizer;
  trial.k = k;
  trial.tied = tied;
  trial.penalty = Penalty::l1;
  trial.sparsity_weight = 0.01;
  const TrialResult naive = trained_with("naive", trial), fast = trained_with(isa, trial);
  ASSERT_EQ(naive.status, Status::done) << naive.reason;
  EXPECT_EQ(naive.instruction_set, "naive");
  ASSERT_EQ(naive.train_loss_curve.size(), 4u);
  // 1e-6: about 16 roundings of one operation (6e-8); the differences found are up to 2e-7.
  EXPECT_LT(difference(naive.train_loss_curve, fast.train_loss_curve), 1e-6);
  EXPECT_LT(difference(naive.validation_mse_curve, fast.validation_mse_curve), 1e-6);
  EXPECT_EQ(naive.dead_units_curve, fast.dead_units_curve);  // the same units are kept
  EXPECT_NEAR(naive.test_mse, fast.test_mse, 1e-6 * naive.test_mse);
  EXPECT_EQ(naive.test_confusion, fast.test_confusion);
}

INSTANTIATE_TEST_SUITE_P(AllPaths, TrainOnEveryIsa,
                         testing::Combine(testing::ValuesIn(available_isas()),
                                          testing::Values(Optimizer::sgd, Optimizer::adam),
                                          testing::Values(4, 20),  // 20: nothing is dropped
                                          testing::Bool()));

}  // namespace
}  // namespace ksweep
