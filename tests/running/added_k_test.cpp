#include "run/added_k.h"

#include <gmock/gmock.h>

#include <string>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

/// Two values of k in this order, two numbers of units, two seeds.
Sweep sweep_of_k(int one, int other) {
  Sweep sweep;
  sweep.axes = {{"model.k", {std::to_string(one), std::to_string(other)}},
                {"model.hidden", {"100", "200"}},
                {"train.seed", {"0", "1"}}};
  for (const int k : {one, other})
    for (const int n_hidden : {100, 200})
      for (const int seed : {0, 1}) {
        sweep.trials.push_back(default_trial());
        sweep.trials.back().k = k;
        sweep.trials.back().n_hidden = n_hidden;
        sweep.trials.back().seed = seed;
      }
  return sweep;
}

TEST(AddedK, IsTrainedWithAllSeedsOfTheSettingThatItIsLike) {
  Sweep sweep = sweep_of_k(5, 20);
  add_value_of_k(sweep, {2, 10});  // like the first of 200 units
  ASSERT_EQ(sweep.trials.size(), 10u);
  for (const std::size_t i : {8, 9}) {
    EXPECT_EQ(sweep.trials[i].k, 10);
    EXPECT_EQ(sweep.trials[i].n_hidden, 200);
    EXPECT_EQ(sweep.trials[i].seed, static_cast<int>(i) - 8);
  }
}

TEST(AddedK, StandsOnceInItsAxisWhereItBelongs) {
  Sweep sweep = sweep_of_k(5, 20);
  add_value_of_k(sweep, {0, 10});
  add_value_of_k(sweep, {2, 10});
  EXPECT_EQ(sweep.trials.size(), 12u);
  EXPECT_THAT(sweep.axes[0].values, ElementsAre("5", "10", "20"));
  Sweep falling = sweep_of_k(20, 5);
  add_value_of_k(falling, {0, 10});
  EXPECT_THAT(falling.axes[0].values, ElementsAre("20", "5", "10"));
}

}  // namespace
}  // namespace ksweep
