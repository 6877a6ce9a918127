#include "base/pace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ksweep {
namespace {

constexpr int n_threads = 8;

/// A job on a machine that is played: what a piece takes with one thread and with all.
struct Machine {
  double one_s, all_s;
  double of(int threads) const { return threads == 1 ? one_s : all_s; }
  /// Threads that wait for each other sleep, after some spinning.
  double cpu_of(int threads) const { return std::min(of(threads) * threads, 1.5 * one_s); }
};

class Played {
 public:
  /// Seconds that so many pieces take.
  double run(const Machine& machine, int n_pieces) {
    const double begin_s = now_s_;
    for (int i = 0; i < n_pieces; ++i) {
      const double took_s = machine.of(threads_);
      now_s_ += took_s;
      cpu_s_ += machine.cpu_of(threads_);
      (threads_ == 1 ? one_s_ : all_s_) += took_s;
      threads_ = pace_.next(most_, Pace::Clock::time_point(std::chrono::duration_cast<Pace::Clock::duration>(
                                       std::chrono::duration<double>(now_s_))));
    }
    return now_s_ - begin_s;
  }
  void lend(int most) { most_ = most; }
  int threads() const { return threads_; }
  double share_of_one() const { return one_s_ / (one_s_ + all_s_); }

 private:
  double now_s_ = 1, cpu_s_ = 0, one_s_ = 0, all_s_ = 0;
  int most_ = n_threads, threads_ = n_threads;
  Pace pace_{[this] { return cpu_s_; }};
};

TEST(Pace, ThreadsNeverLoseAgainstOneByMoreThanAFifth) {
  for (const double one_s : {1e-5, 1e-4, 1e-3, 5e-3})
    for (const double slower : {1.3, 2.0, 10.0, 20.0}) {
      const int n_pieces = static_cast<int>(2 / one_s);
      EXPECT_LT(Played().run({one_s, slower * one_s}, n_pieces), 1.2 * 2)
          << one_s << " s with one, " << slower << " times that with all";
    }
}

TEST(Pace, ThreadsThatPayAreKept) {
  for (const double one_s : {1e-5, 1e-3, 0.1, 5.0})
    for (const double faster : {1.3, 1.9, 7.0}) {
      const int n_pieces = static_cast<int>(std::max(100.0, 20 / one_s));
      const double ideal_s = n_pieces * one_s / faster;
      EXPECT_LT(Played().run({one_s, one_s / faster}, n_pieces), 1.05 * ideal_s) << one_s << " s, " << faster;
    }
}

TEST(Pace, AGainWithinTheNoiseIsNotTaken) {
  for (const double slower : {1.01, 1.04}) {
    Played job;
    job.run({1e-3, slower * 1e-3}, 20'000);
    EXPECT_LT(job.share_of_one(), 0.05) << slower;
  }
}

TEST(Pace, AGainThatASecondMeasurementDoesNotConfirmIsNotTaken) {
  Played job;
  while (job.threads() != 1) job.run({1e-3, 1.2e-3}, 1);
  while (job.threads() == 1) job.run({1e-3, 1.2e-3}, 1);
  job.run({1e-3, 1.02e-3}, 100);  // with all threads again, and now hardly slower
  EXPECT_EQ(job.threads(), n_threads);
}

TEST(Pace, LongPiecesAreNotTriedWithOneThreadSoon) {
  Played job;
  job.run({64, 1}, 150);
  EXPECT_EQ(job.share_of_one(), 0);
}

TEST(Pace, FollowsTheMachineAsItGetsBusyAndFreeAgain) {
  const Machine is_free{2e-3, 1e-3}, is_busy{4e-3, 40e-3};
  Played job;
  job.run(is_free, 5000);
  EXPECT_EQ(job.threads(), n_threads);
  EXPECT_LT(job.run(is_busy, 1000), 1.2 * 4);
  job.run(is_free, 10'000);
  EXPECT_LT(job.run(is_free, 1000), 1.2);
}

TEST(Pace, LentCpusAreTriedAtOnce) {
  Played job;
  job.run({1e-3, 10e-3}, 3000);
  EXPECT_EQ(job.threads(), 1);
  job.lend(2 * n_threads);
  job.run({1e-3, 1e-3}, 1);
  EXPECT_EQ(job.threads(), 2 * n_threads);
}

TEST(PacedTeam, OfOneThreadNeverAsks) {
  PacedTeam team(1);
  team.begin_job();
  for (int i = 0; i < 1000; ++i) team.keep_pace();
  EXPECT_EQ(team.team().n_threads(), 1);
}

}  // namespace
}  // namespace ksweep
