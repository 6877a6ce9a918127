#include "train/evaluate.h"

#include <cmath>

#include "small_data.h"

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
  const Reconstruction result = reconstruction(training, data.test_samples, rows, trial.k, never_stop);
  EXPECT_NEAR(result.squared_error, squares, 1e-5 * squares);
  EXPECT_NEAR(result.mse, squares / 50, 1e-5 * squares);
  EXPECT_EQ(result.l0, 0);
}

TEST(SquaredDistanceToTrainingMean, OfALiteralCase) {
  const float train[] = {0, 0, 2, 4, 100, 100}, test[] = {1, 2, 3, 2};
  Dataset data;
  data.shape = {1, 1, 2};
  data.train_samples = train;
  data.test_samples = test;
  const Split parts{{0, 1}, {2}, 2};  // mean (1, 2): the validation row does not count
  const std::uint32_t rows[] = {0, 1};
  EXPECT_EQ(squared_distance_to_training_mean(data, parts, rows), 4);
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
