#include "run/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ksweep {
namespace {

constexpr std::size_t wide = 200;

ProgressState state_at(double elapsed_s, double n_done, double n_left) {
  ProgressState state;
  state.elapsed_s = elapsed_s;
  state.n_done = n_done;
  state.n_left = n_left;
  return state;
}

TEST(ProgressText, SaysCountsRateTimeLeftAndTheBest) {
  ProgressState state = state_at(60, 30, 29);
  state.n_failed = 1;
  state.n_running = 2;
  state.progress_of_running = 0.379;
  state.left_s = 250;
  state.best = {find_metric("accuracy"), 0.9831, "k=25 seed=3"};
  EXPECT_EQ(progress_text(state, wide),
            "30/60 done, 1 failed, 2 running (37 %) | 31/min | 4 min 10 s left | best validation 98.31 % "
            "k=25 seed=3");
}

TEST(ProgressText, NamesAnyMetricButAccuracy) {
  ProgressState state = state_at(0, 30, 30);
  state.best = {find_metric("fvu"), 0.045312, "k=64 seed=3"};
  EXPECT_EQ(progress_text(state, wide),
            "30/60 done | best validation variance unexplained 4.531 % k=64 seed=3");
  state.best = {find_metric("true_mcc"), 0.9, "k=64 seed=3"};
  EXPECT_EQ(progress_text(state, wide), "30/60 done | best GT-MCC 0.9 k=64 seed=3");
}

TEST(ProgressText, LeavesOutWhatIsNotKnownYet) {
  EXPECT_EQ(progress_text(state_at(0, 0, 60), wide), "0/60 done");
}

TEST(ProgressText, WithoutGroundForATimeItSaysSo) {
  ProgressState state = state_at(3, 0, 60);
  state.n_running = 2;
  EXPECT_EQ(progress_text(state, wide), "0/60 done, 2 running | estimating the time left");
}

TEST(ProgressText, TheRateCountsOnlyWhatThisRunHasDone) {
  ProgressState state = state_at(10, 50, 10);
  state.n_before = 49;
  EXPECT_EQ(progress_text(state, wide), "50/60 done | 360/h");
  state.n_before = 50;
  EXPECT_EQ(progress_text(state, wide), "50/60 done");
}

TEST(ProgressText, OfARaceItCountsWhatIsStillPossible) {
  ProgressState state = state_at(10, 41, 55);
  state.n_running = 2;
  state.left_s = 50;
  state.race = {.n_settings = 12, .n_out = 7, .n_rounds = 5};
  EXPECT_EQ(
      progress_text(state, wide),
      "41 of at most 96 done, 2 running | 246/min | 50 s left of this round | 7 of 12 settings left the race after 5 "
      "seeds");
  state = state_at(60, 41, 0);
  state.n_before = 41;
  state.race = {.n_settings = 12, .n_out = 11, .n_rounds = 1};
  EXPECT_EQ(progress_text(state, wide),
            "41/41 done | 11 of 12 settings left the race after 1 seed | took 1 min 0 s");
  state.race->spent = 1.5;
  state.race->may_grow = true;
  EXPECT_THAT(
      progress_text(state, wide),
      testing::HasSubstr("after 1 seed; the budget of 1.5 core-hours is spent; values of k may be added |"));
}

TEST(ProgressText, AFastSweepIsCountedBySeconds) {
  EXPECT_EQ(progress_text(state_at(10, 5000, 5000), wide), "5000/10000 done | 500/s");
}

TEST(ProgressText, LargeCountsAreWrittenOut) {
  EXPECT_EQ(progress_text(state_at(0, 100000, 900000), wide), "100000/1000000 done");
}

TEST(ProgressText, AtTheEndItSaysWhatItTook) {
  EXPECT_EQ(progress_text(state_at(60, 60, 0), wide), "60/60 done | 60/min | took 1 min 0 s");
}

TEST(ProgressText, IsCutToTheWidth) { EXPECT_EQ(progress_text(state_at(0, 0, 60), 5), "0/60 "); }

TEST(ProgressLines, ComeNotWithinTenSecondsThenAtEachTenthOrMinute) {
  const ProgressState last = state_at(1000, 20, 80);
  EXPECT_FALSE(is_line_due(last, state_at(1009, 90, 10)));
  EXPECT_FALSE(is_line_due(last, state_at(1015, 29, 71)));
  EXPECT_TRUE(is_line_due(last, state_at(1015, 30, 70)));
  EXPECT_FALSE(is_line_due(last, state_at(1059, 20, 80)));
  EXPECT_TRUE(is_line_due(last, state_at(1060, 20, 80)));
}

TEST(ProgressLines, ComeSoonerAtTheStart) {
  EXPECT_TRUE(is_line_due(state_at(0, 0, 80), state_at(10, 0, 80)));
  EXPECT_FALSE(is_line_due(state_at(100, 0, 80), state_at(120, 0, 80)));
  EXPECT_TRUE(is_line_due(state_at(100, 0, 80), state_at(134, 0, 80)));
}

TEST(Progress, OnAFileWritesWholeLinesAndTheLastWord) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  {
    Progress progress(file);
    progress.show(state_at(0, 0, 60));
    progress.show(state_at(1, 1, 59));
    progress.show(state_at(12, 10, 50));
    progress.clear();
    progress.show(state_at(60, 60, 0));
    progress.finish(state_at(60, 60, 0));
  }
  std::rewind(file);
  std::string text(1000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  EXPECT_EQ(text, "0/60 done\n10/60 done | 50/min\n60/60 done | 60/min | took 1 min 0 s\n");
}

TEST(ProgressText, CountsThePairsOfSeedsThatAreCompared) {
  ProgressState state = state_at(0, 30, 30);
  state.n_pairs = 6;
  state.n_pairs_done = 2;
  EXPECT_EQ(progress_text(state, wide), "30/60 done | 2/6 pairs of seeds compared");
}

}  // namespace
}  // namespace ksweep
