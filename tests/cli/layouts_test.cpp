#include "cli/layouts.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using ::testing::HasSubstr;

Demand demand_of(std::size_t n_jobs, double core_s = 100) {
  return {std::vector<double>(n_jobs, core_s), 1e8, 1e8};
}

RankLayout best_of(const Demand& demand, const Machine& machine) {
  return possible_layouts(demand, machine).at(0);
}

TEST(Layouts, ManyTrialsRunSideBySide) {
  const Machine machine{16, 64e9};
  const Demand demand = demand_of(1000);
  EXPECT_EQ(layout_text(best_of(demand, machine)), "16 ranks x 1 thread");
  EXPECT_NEAR(best_of(demand, machine).wall_s, 6300, 1);
  EXPECT_THAT(reason_for(best_of(demand, machine), demand, machine), HasSubstr("side by side"));
}

TEST(Layouts, FewTrialsGetThreads) {
  const Machine machine{16, 64e9};
  const Demand demand = demand_of(4);
  EXPECT_EQ(layout_text(best_of(demand, machine)), "4 ranks x 4 threads");
  EXPECT_THAT(reason_for(best_of(demand, machine), demand, machine),
              HasSubstr("only 4 trainings for 16 cores"));
}

TEST(Layouts, OneLongTrialAmongManyGetsThreads) {
  const Machine machine{8, 64e9};
  Demand demand = demand_of(40, 10);
  demand.core_s[0] = 300;
  const RankLayout best = best_of(demand, machine);
  EXPECT_GT(best.n_threads, 1);
  EXPECT_LT(best.wall_s, 300);
  EXPECT_THAT(reason_for(best, demand, machine), HasSubstr("stand idle while the last trials end"));
}

TEST(Layouts, NeverNeedMoreMemoryThanThereIs) {
  const Machine machine{16, 0.45e9};  // the data and three ranks
  const Demand demand = demand_of(100);
  for (const RankLayout& layout : possible_layouts(demand, machine)) EXPECT_LE(layout.n_ranks, 3);
  EXPECT_EQ(layout_text(best_of(demand, machine)), "3 ranks x 5 threads");
  EXPECT_EQ(reason_for(best_of(demand, machine), demand, machine), "there is memory for 3 ranks only");
  EXPECT_TRUE(possible_layouts(demand, {16, 0.15e9}).empty());
}

TEST(Layouts, ThatNothingTellsApartAreOrderedByFewerThreads) {
  // Two ranks of two threads would be faster by less than a prediction can tell.
  Demand demand = demand_of(4, 100);
  EXPECT_EQ(best_of(demand, {4, 64e9}).n_threads, 1);
}

TEST(Layouts, OfTimesThatPredictionsCannotTellApartAreAlike) {
  EXPECT_TRUE(are_alike(9.6, 9.5));
  EXPECT_TRUE(are_alike(9.5, 9.6));
  EXPECT_FALSE(are_alike(9.5, 9.8));
}

TEST(Layouts, ThatAreSlowerThanTheBestComeAfterThoseThatAreAlike) {
  Demand demand = demand_of(4, 100);
  const auto layouts = possible_layouts(demand, {4, 64e9});
  for (std::size_t i = 1; i < layouts.size(); ++i)
    EXPECT_TRUE(layouts[i].wall_s >= layouts[0].wall_s || are_alike(layouts[i].wall_s, layouts[0].wall_s))
        << i;
}

TEST(NoteOnIdleRanks, SaysHowManyHaveNothingToDoAndHowManyAreEnough) {
  EXPECT_EQ(note_on_idle_ranks(128, 32),
            "96 of 128 ranks will have nothing to do: there are 32 trainings, for which 32 ranks are enough");
  EXPECT_EQ(note_on_idle_ranks(2, 1),
            "1 of 2 ranks will have nothing to do: there is 1 training, for which 1 rank is enough");
  EXPECT_EQ(note_on_idle_ranks(32, 32), "");
}

TEST(Layouts, NeverUseMoreCoresThanThereAre) {
  for (int cores = 1; cores <= 40; ++cores)
    for (const RankLayout& layout : possible_layouts(demand_of(7), {cores, 64e9}))
      EXPECT_LE(layout.n_ranks * layout.n_threads, cores);
}

}  // namespace
}  // namespace ksweep
