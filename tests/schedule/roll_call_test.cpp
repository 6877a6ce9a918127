#include "schedule/roll_call.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ksweep {
namespace {

using ::testing::IsEmpty;

std::vector<Place> elsewhere(int n_ranks) { return std::vector<Place>(static_cast<std::size_t>(n_ranks)); }

TEST(RollCall, MissesNobodyWhoIsHeardInTime) {
  RollCall roll(elsewhere(3), 10);
  for (int second = 0; second < 100; ++second) {
    roll.heard(1);
    roll.heard(2);
    EXPECT_THAT(roll.missing(1), IsEmpty());
  }
}

TEST(RollCall, MissesASilentRankOnceAfterItsPatience) {
  RollCall roll(elsewhere(3), 2);
  int n_missing = 0;
  for (int second = 1; second <= 10; ++second) {
    roll.heard(2);
    for (const auto& [rank, why] : roll.missing(1)) {
      EXPECT_EQ(second, 3);
      EXPECT_EQ(rank, 1);
      EXPECT_EQ(why, RankLoss::silent);
      ++n_missing;
    }
  }
  EXPECT_EQ(n_missing, 1);
  EXPECT_TRUE(roll.lost(1));
  EXPECT_FALSE(roll.lost(2));
}

TEST(RollCall, IsPatientForEverWhereToldSo) {
  RollCall roll(elsewhere(2), 0);
  EXPECT_THAT(roll.missing(1e9), IsEmpty());
}

TEST(RollCall, NeverMissesTheOneWhoAsks) {
  RollCall roll(elsewhere(1), 1);
  EXPECT_THAT(roll.missing(100), IsEmpty());
}

TEST(RollCall, SeesAtOnceThatAProcessOfItsNodeHasDied) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  auto places = elsewhere(2);
  places[1].pid = child;
  RollCall roll(places, 100);
  const auto missing = roll.missing(0);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].why, RankLoss::died);
}

}  // namespace
}  // namespace ksweep
