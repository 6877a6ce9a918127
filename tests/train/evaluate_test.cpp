#include "train/evaluate.h"

#include <cmath>
#include <numeric>

#include "data/split.h"
#include "small_data.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

TEST(Reconstruction, OfAllZeroWeightsIsTheSquareOfTheInputs) {
  Trial trial = small_trial();
  trial.initial_scale = 0;
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  double squares = 0;
  for (int pixel = 0; pixel < 2 * 25; ++pixel) squares += std::pow(data.test_samples[pixel], 2);

  const std::uint32_t rows[] = {0, 1};
  const Reconstruction result =
      reconstruction(training, data.test_samples, rows, Kept::of_sample, never_stop);
  EXPECT_NEAR(result.squared_error, squares, 1e-5 * squares);
  EXPECT_NEAR(result.mse, squares / 50, 1e-5 * squares);
  EXPECT_EQ(result.l0, 0);
}

Reconstruction reconstructed(const Trial& trial, Kept kept, std::size_t n_rows = 40) {
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  std::vector<std::uint32_t> rows(n_rows);
  std::iota(rows.begin(), rows.end(), 0u);
  return reconstruction(training, data.test_samples, rows, kept, never_stop);
}

Trial trial_of(ModelKind kind, double dropout) {
  Trial trial = small_trial();
  trial.kind = kind;
  trial.dropout = dropout;
  trial.initial_scale = 0.5;
  return trial;
}

TEST(Reconstruction, IsWeakerByDropoutOnlyWhereNoOtherUnitsFillUp) {
  for (const ModelKind kind : {ModelKind::k_sparse, ModelKind::batch_topk, ModelKind::wta})
    EXPECT_EQ(reconstructed(trial_of(kind, 0.5), Kept::of_sample).squared_error,
              reconstructed(trial_of(kind, 0), Kept::of_sample).squared_error)
        << int(kind);
  Trial all = trial_of(ModelKind::k_sparse, 0.5);
  all.k = 20;
  EXPECT_NEAR(reconstructed(all, Kept::of_sample).squared_error,
              reconstructed(trial_of(ModelKind::plain, 0.5), Kept::of_sample).squared_error, 1e-2);
  EXPECT_NE(reconstructed(all, Kept::of_sample).squared_error,
            reconstructed(trial_of(ModelKind::plain, 0), Kept::of_sample).squared_error);
}

/// Squared error of one mini-batch of test samples from all units, or for each unit from its `n_kept` largest.
double naive_error(const Trial& trial, std::size_t n_rows, std::size_t n_kept) {
  const Dataset data = small_dataset();
  const Network net = initial_network(trial, 25);
  std::vector<std::vector<double>> code(20, std::vector<double>(n_rows));
  for (int unit = 0; unit < 20; ++unit) {
    std::vector<double>& of_unit = code[static_cast<std::size_t>(unit)];
    for (std::size_t i = 0; i < n_rows; ++i) {
      of_unit[i] = net.hidden_bias[static_cast<std::size_t>(unit)];
      for (std::size_t c = 0; c < 25; ++c)
        of_unit[i] += net.encoder_row(unit)[c] * data.test_samples[i * 25 + c];
    }
    std::vector<double> sorted = of_unit;
    std::ranges::sort(sorted, std::greater<>{});
    for (double& value : of_unit)
      if (value < sorted[n_kept - 1]) value = 0;
  }
  double sum = 0;
  for (std::size_t i = 0; i < n_rows; ++i)
    for (std::size_t c = 0; c < 25; ++c) {
      double output = net.visible_bias[c];
      for (int unit = 0; unit < 20; ++unit)
        output += code[static_cast<std::size_t>(unit)][i] * net.decoder_row(unit)[c];
      sum += std::pow(output - data.test_samples[i * 25 + c], 2);
    }
  return sum;
}

TEST(Reconstruction, OfWtaIsFromAllUnitsOrFromWhatTheRuleKeepsOfAMiniBatch) {
  Trial trial = trial_of(ModelKind::wta, 0);
  trial.lifetime = 0.25;  // 7 of 28 samples
  const Reconstruction all = reconstructed(trial, Kept::of_sample, 28);
  const Reconstruction by_rule = reconstructed(trial, Kept::by_rule, 28);
  EXPECT_EQ(all.l0, 20);
  EXPECT_EQ(by_rule.l0, 20 * 0.25);
  EXPECT_NEAR(all.squared_error, naive_error(trial, 28, 28), 1e-4 * all.squared_error);
  EXPECT_NEAR(by_rule.squared_error, naive_error(trial, 28, 7), 1e-4 * by_rule.squared_error);
}

TEST(Reconstruction, ByTheRuleTakesTheSamplesInRandomOrder) {
  const std::vector<std::uint32_t> rows{5, 6, 7, 8, 9, 10, 11, 12};
  const Trial trial = trial_of(ModelKind::wta, 0);
  EXPECT_EQ(in_order_of(Kept::of_sample, trial, rows), rows);
  const auto ordered = in_order_of(Kept::by_rule, trial, rows);
  EXPECT_NE(ordered, rows);
  EXPECT_THAT(ordered, testing::UnorderedElementsAreArray(rows));
}

TEST(Threshold, IsTheMeanOfTheSmallestPositiveActivationsThatTheRuleKeepsOfMiniBatches) {
  Trial trial = trial_of(ModelKind::batch_topk, 0);
  trial.activation = Activation::relu;
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  const double found = calibrate_threshold(training, never_stop);

  // The same from all activations: of each of 5 mini-batches the (4 * samples)-th largest.
  const Network& net = training.network;
  const std::vector<std::uint32_t> order = order_of_epoch(trial.seed, parts.train.size(), 0);
  double sum = 0;
  for (std::size_t first = 0; first < order.size(); first += 28) {
    std::vector<double> all;
    const std::size_t end = std::min(first + 28, order.size());
    for (std::size_t i = first; i < end; ++i)
      for (int unit = 0; unit < 20; ++unit) {
        double z = net.hidden_bias[static_cast<std::size_t>(unit)];
        for (std::size_t c = 0; c < 25; ++c)
          z += double{net.encoder_row(unit)[c]} * double{data.train_samples[parts.train[order[i]] * 25 + c]};
        all.push_back(std::max(0.0, z));
      }
    std::ranges::sort(all, std::greater<>{});
    sum += all[4 * (end - first) - 1];
  }
  EXPECT_NEAR(found, sum / 5, 1e-5);

  const Reconstruction by_threshold =
      reconstruction(training, data.train_samples, parts.train, Kept::by_threshold, never_stop);
  EXPECT_NEAR(by_threshold.l0, 4, 0.5);
  EXPECT_NE(by_threshold.l0, 4);
}

TEST(Threshold, IsZeroWhereNothingIsActive) {
  Trial trial = trial_of(ModelKind::batch_topk, 0);
  trial.activation = Activation::relu;
  trial.initial_scale = 0;
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  EXPECT_EQ(calibrate_threshold(training, never_stop), 0);
  EXPECT_EQ(reconstruction(training, data.train_samples, parts.train, Kept::by_threshold, never_stop).l0, 0);
}

TEST(SquaredDistanceToTrainingMean, OfALiteralCase) {
  const float train[] = {0, 0, 2, 4, 100, 100}, test[] = {1, 2, 3, 2};
  Dataset data;
  data.shape = {1, 1, 2};
  data.train_samples = train;
  data.test_samples = test;
  const Split parts{{0, 1}, {2}, 2};  // mean (1, 2): the validation row does not count
  const std::uint32_t rows[] = {0, 1};
  EXPECT_EQ(squared_distance_to_training_mean(data, parts, rows, Team(2), [] { return true; }), 4);
}

Network three_units() {
  Trial trial = small_trial();
  trial.n_hidden = 3;
  return initial_network(trial, 25);
}

TEST(MostActiveFilters, ComeInTheOrderOfActivityWithTiesToTheLowerUnit) {
  EXPECT_EQ(most_active_filters(three_units(), {5, 9, 5}).units, (std::vector<std::int32_t>{1, 0, 2}));
}

TEST(MostActiveFilters, AreRoundedToEightBits) {
  const Network network = three_units();
  const Filters filters = most_active_filters(network, {0, 0, 1});
  ASSERT_EQ(filters.units.front(), 2);
  for (std::size_t pixel = 0; pixel < 25; ++pixel)
    EXPECT_NEAR(filters.scale[0] * filters.levels[pixel], network.decoder_row(2)[pixel],
                0.501f * filters.scale[0]);
  EXPECT_EQ(
      std::abs(*std::ranges::max_element(filters.levels, {}, [](int level) { return std::abs(level); })),
      127);
}

TEST(MostActiveFilters, AreAtMostAHundred) {
  Trial trial = small_trial();
  trial.n_hidden = 130;
  const Filters filters = most_active_filters(initial_network(trial, 25), std::vector<std::uint32_t>(130));
  EXPECT_EQ(filters.n_filters, 100);
  EXPECT_EQ(filters.levels.size(), 2500u);
}

}  // namespace
}  // namespace ksweep
