// Runs under mpirun with any number of ranks: every rank runs every test.

#include "schedule/run_jobs.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/fault.h"
#include "schedule/collect.h"
#include "schedule/mpi.h"
#include "schedule/threads.h"
#include "schedule/worker.h"

namespace ksweep {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

int my_rank = 0, n_ranks = 1;
bool last_rank() { return my_rank == n_ranks - 1; }

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

rusage usage() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double cpu_time_s() {
  const auto seconds = [](const timeval& time) { return time.tv_sec + 1e-6 * time.tv_usec; };
  return seconds(usage().ru_utime) + seconds(usage().ru_stime);
}

/// Trains until it is told to stop.
JobReport run_until_stopped(const KeepGoing& heartbeat) {
  while (heartbeat()) std::this_thread::sleep_for(1ms);
  throw Interrupted();
}

/// One call of run_jobs and what became of it on this rank.
struct SweepRun {
  std::vector<Job> jobs;
  std::vector<int> n_times;    ///< (job) how often it was run to its end here
  std::vector<int> n_reports;  ///< (job) on rank 0
  std::atomic<bool> stop = false;
  Callbacks callbacks;
  RunRules rules;

  explicit SweepRun(std::size_t n_jobs) : jobs(n_jobs), n_times(n_jobs), n_reports(n_jobs) {
    for (std::size_t i = 0; i < n_jobs; ++i) jobs[i].predicted_s = 1 + i % 10;
    callbacks.run_job = [this](std::uint32_t job, const KeepGoing& heartbeat) {
      heartbeat();
      ++n_times[job];
      return JobReport{.n_done = 1, .seconds = 0.5 + job};
    };
    callbacks.on_report = [this](const JobReport& report) {
      EXPECT_EQ(my_rank, 0);
      EXPECT_EQ(report.seconds, 0.5 + report.job);
      ++n_reports[report.job];
    };
    callbacks.on_tick = [] { EXPECT_EQ(my_rank, 0); };
  }

  RunEnd operator()() { return run_jobs(MPI_COMM_WORLD, jobs, callbacks, stop, rules).end; }

  Fault fault() {
    try {
      (*this)();
    } catch (...) {
      return fault_of(std::current_exception());
    }
    return {};
  }

  void expect_fault(ExitCode code, const std::string& words) {
    const Fault found = fault();
    EXPECT_EQ(found.code, code);
    EXPECT_THAT(found.text, HasSubstr(words));
  }

  void expect_every_job_once() {
    MPI_Allreduce(MPI_IN_PLACE, n_times.data(), static_cast<int>(n_times.size()), MPI_INT, MPI_SUM,
                  MPI_COMM_WORLD);
    EXPECT_THAT(n_times, Each(1));
    if (my_rank == 0) {
      EXPECT_THAT(n_reports, Each(1));
    }
  }
};

/// Runs jobs without the last rank, which takes no part, as one that hangs, and has no outcome.
std::optional<RunOutcome> outcome_without_last_rank(SweepRun& run) {
  MPI_Comm own;  // whose messages are no other test's
  MPI_Comm_dup(MPI_COMM_WORLD, &own);
  if (last_rank()) {
    places_of_all(own);
    return {};
  }
  run.rules.patience_s = 2;
  return run_jobs(own, run.jobs, run.callbacks, run.stop, run.rules);
}

/// Rank 0 listens between its jobs alone, so that the loss is noticed there.
TEST(RunJobs, JobsOfALostRankAreRunAlsoIfItIsLostBetweenTwoJobsOfRank0) {
  if (n_ranks == 1) GTEST_SKIP() << "too few ranks for it";
  SweepRun run(static_cast<std::size_t>(n_ranks) * 4);
  run.rules.outlive_lost_ranks = true;
  run.callbacks.run_job = [](std::uint32_t job, const KeepGoing& heartbeat) {
    for (const auto end = Clock::now() + 1050ms; Clock::now() < end; std::this_thread::sleep_for(10ms))
      if (my_rank != 0) heartbeat();
    return JobReport{.n_done = 1, .seconds = 0.5 + job};
  };
  const auto outcome = outcome_without_last_rank(run);
  if (last_rank()) return;
  EXPECT_EQ(outcome->end, RunEnd::complete);
  EXPECT_TRUE(outcome->ranks_lost);
  if (my_rank != 0) return;
  EXPECT_THAT(run.n_reports, Each(1));
}

TEST(RunJobs, TheJobOfALostRankGoesToAWorkerWithoutOne) {
  if (n_ranks < 3) GTEST_SKIP() << "too few ranks for it";
  SweepRun run(static_cast<std::size_t>(n_ranks) - 1);  // one for each worker
  run.rules.outlive_lost_ranks = true;
  const auto outcome = outcome_without_last_rank(run);
  if (last_rank()) return;
  EXPECT_EQ(outcome->end, RunEnd::complete);
  if (my_rank != 0) return;
  EXPECT_THAT(run.n_reports, Each(1));
  EXPECT_THAT(run.n_times, Each(0)) << "rank 0 ran it, while others waited";
}

TEST(RunJobs, ALostRankEndsTheRunUnlessItIsToOutliveThem) {
  if (n_ranks == 1) GTEST_SKIP() << "too few ranks for it";
  SweepRun run(static_cast<std::size_t>(n_ranks) - 1);
  const auto outcome = outcome_without_last_rank(run);
  if (last_rank()) return;
  EXPECT_EQ(outcome->end, RunEnd::stopped);
  EXPECT_TRUE(outcome->ranks_lost);
}

TEST(RunJobs, WhatTakesLongerThanTheTimeThatIsLeftIsStopped) {
  SweepRun run(static_cast<std::size_t>(n_ranks));
  MPI_Barrier(MPI_COMM_WORLD);  // so that all have the same start
  const auto start = Clock::now();
  run.rules.seconds_left = [start] { return 1.5 - seconds_since(start); };
  run.callbacks.run_job = [&](std::uint32_t job, const KeepGoing& heartbeat) -> JobReport {
    for (; seconds_since(start) < 60; std::this_thread::sleep_for(1ms))
      if (!heartbeat()) throw Interrupted();
    return {.seconds = 0.5 + job};
  };
  EXPECT_EQ(run(), RunEnd::stopped);
  EXPECT_THAT(run.n_reports, Each(0));
}

TEST(Work, EndsByItselfWhenTheCoordinatorHasDied) {
  constexpr long nobody = 1 << 30;  // above all numbers of processes
  Post post(MPI_COMM_SELF);
  std::atomic<bool> stop = false, has_ended = false;
  std::thread in_the_end([&] {
    for (const auto start = Clock::now(); seconds_since(start) < 60 && !has_ended;)
      std::this_thread::sleep_for(10ms);
    if (!has_ended) stop = true;
  });
  const Message end = work(post, {{0, nobody}}, {}, stop);
  has_ended = true;
  in_the_end.join();
  EXPECT_FALSE(stop) << "it had to be told";
  EXPECT_TRUE(end.stopped);
  EXPECT_TRUE(end.ranks_lost);
}

/// Each rank runs one job until rank 0 has heard of all how far they are.
TEST(RunJobs, Rank0HearsHowMuchOfEachJobIsDone) {
  SweepRun run(static_cast<std::size_t>(n_ranks));
  std::map<int, double> heard;  // (rank)
  bool is_enough = false;
  run.callbacks.progress_of_job = [] { return 0.25 + my_rank; };
  run.callbacks.on_progress = [&](int rank, double share) {
    EXPECT_EQ(my_rank, 0);
    heard[rank] = share;
    if (static_cast<int>(heard.size()) == n_ranks) is_enough = run.stop = true;
  };
  run.callbacks.run_job = [](std::uint32_t, const KeepGoing& heartbeat) {
    return run_until_stopped(heartbeat);
  };
  EXPECT_EQ(run(), RunEnd::stopped);
  if (my_rank != 0) return;
  EXPECT_TRUE(is_enough);
  for (const auto& [rank, share] : heard) EXPECT_EQ(share, 0.25 + rank);
}

TEST(RunJobs, Rank0HearsWhatEachRankSaysOfItsJob) {
  SweepRun run(static_cast<std::size_t>(n_ranks));
  std::map<int, std::string> heard;  // (rank)
  run.callbacks.detail_of_job = [] { return "epoch 3 on rank " + std::to_string(my_rank); };
  run.callbacks.on_detail = [&](int rank, std::uint32_t job, const std::string& detail) {
    EXPECT_EQ(my_rank, 0);
    EXPECT_LT(job, static_cast<std::uint32_t>(n_ranks));
    heard[rank] = detail;
    if (static_cast<int>(heard.size()) == n_ranks) run.stop = true;
  };
  run.callbacks.run_job = [](std::uint32_t, const KeepGoing& heartbeat) {
    return run_until_stopped(heartbeat);
  };
  EXPECT_EQ(run(), RunEnd::stopped);
  for (const auto& [rank, detail] : heard) EXPECT_EQ(detail, "epoch 3 on rank " + std::to_string(rank));
}

TEST(RunJobs, EveryJobRunsExactlyOnceAndIsReported) {
  SweepRun run(500);
  EXPECT_EQ(run(), RunEnd::complete);
  run.expect_every_job_once();
}

TEST(RunJobs, JobsSpreadOverAllRanks) {
  SweepRun run(20 * n_ranks);
  run.callbacks.run_job = [&](std::uint32_t job, const KeepGoing& heartbeat) {
    heartbeat();
    std::this_thread::sleep_for(5ms);
    ++run.n_times[job];
    return JobReport{.n_done = 1, .seconds = 0.5 + job};
  };
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_THAT(run.n_times, ::testing::Contains(1));
  run.expect_every_job_once();
}

TEST(RunJobs, MoreRanksThanJobsOneJobAndNoJobWork) {
  for (const int n_jobs : {n_ranks - 1, 1, 0}) {
    SweepRun run(n_jobs);
    EXPECT_EQ(run(), RunEnd::complete);
    run.expect_every_job_once();
  }
}

TEST(RunJobs, AStopOnTheLastRankStopsAllAndAbandonsWhatRuns) {
  SweepRun run(1000);
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    if (last_rank()) run.stop = true;
    return run_until_stopped(heartbeat);
  };
  const auto start = Clock::now();
  EXPECT_EQ(run(), RunEnd::stopped);
  if (my_rank == 0) std::printf("stopped after %.2f s\n", seconds_since(start));
  EXPECT_THAT(run.n_reports, Each(0));
}

TEST(RunJobs, AStopOnRank0StopsAll) {
  SweepRun run(1000);
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    if (my_rank == 0) run.stop = true;
    return run_until_stopped(heartbeat);
  };
  EXPECT_EQ(run(), RunEnd::stopped);
}

TEST(RunJobs, AStopOnAnIdleRankStopsTheOneThatTrains) {
  SweepRun run(1);
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    return run_until_stopped(heartbeat);
  };
  std::thread later([&] {
    std::this_thread::sleep_for(100ms);
    if (last_rank()) run.stop = true;
  });
  EXPECT_EQ(run(), RunEnd::stopped);
  later.join();
}

TEST(RunJobs, AStopBeforeTheStartRunsNothingToItsEnd) {
  SweepRun run(50);
  run.stop = true;
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    return run_until_stopped(heartbeat);
  };
  EXPECT_EQ(run(), RunEnd::stopped);
}

TEST(RunJobs, AnExceptionOnTheLastRankIsThrownOnEveryRank) {
  SweepRun run(1000);
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) -> JobReport {
    if (last_rank()) throw UserError("trials/ab.h5: No space left on device");
    return run_until_stopped(heartbeat);
  };
  run.expect_fault(ExitCode::usage, "trials/ab.h5: No space left on device");
}

TEST(RunJobs, AMistakeOfOursOnTheLastRankIsOneOnEveryRank) {
  SweepRun run(1000);
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) -> JobReport {
    if (last_rank()) throw std::logic_error("vector::at");
    return run_until_stopped(heartbeat);
  };
  run.expect_fault(ExitCode::our_mistake, "vector::at");
}

TEST(RunJobs, AMistakeOfOursInTheCoordinatorsReportHandlerIsOneOnEveryRank) {
  SweepRun run(1000);
  run.callbacks.on_report = [](const JobReport&) { throw std::logic_error("vector::at"); };
  run.expect_fault(ExitCode::our_mistake, "vector::at");
}

TEST(RunJobs, AnErrorInAReportOfAnyLengthIsThrownOnEveryRank) {
  SweepRun run(1000);
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) -> JobReport {
    if (last_rank()) return {.fault = {ExitCode::environment, "broken: " + std::string(100'000, 'x')}};
    return run_until_stopped(heartbeat);
  };
  run.expect_fault(ExitCode::environment, "broken: xxx");
}

TEST(RunJobs, AnErrorOfTheCoordinatorsReportHandlerIsThrownOnEveryRank) {
  SweepRun run(1000);
  run.callbacks.on_report = [](const JobReport&) { throw UserError("sweep.h5: No space left on device"); };
  run.expect_fault(ExitCode::usage, "sweep.h5: No space left on device");
}

TEST(RunJobs, TicksWhileRank0HasNothingToTrain) {
  int n_ticks = 0;
  SweepRun run(1);
  run.callbacks.on_tick = [&] { ++n_ticks; };
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    // A rank 0 that trains ticks in its heartbeats alone, and the machine may have stood still.
    const auto has_to_tick = [&] { return n_ranks == 1 && n_ticks == 0; };
    for (const auto start = Clock::now(); (seconds_since(start) < 1.3 || has_to_tick()) && heartbeat();)
      std::this_thread::sleep_for(1ms);
    return JobReport{.seconds = 0.5};
  };
  const auto start = Clock::now();
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_GE(n_ticks, my_rank == 0 ? 1 : 0);
  EXPECT_LE(n_ticks, my_rank == 0 ? seconds_since(start) : 0);
}

TEST(RunJobs, HandsOutTrivialJobsByMessageWhileRank0Trains) {
  if (n_ranks == 1) GTEST_SKIP() << "too few ranks for it";
  const std::size_t n_jobs = 250 * n_ranks;
  SweepRun run(n_jobs);
  std::size_t n_reported = 0;
  run.callbacks.on_report = [&](const JobReport&) { ++n_reported; };
  run.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    while (my_rank == 0 && n_reported < n_jobs - 1 && heartbeat()) continue;
    return JobReport{};
  };
  const auto start = Clock::now();
  const double cpu_before_s = cpu_time_s();
  EXPECT_EQ(run(), RunEnd::complete);
  const double wall_s = seconds_since(start), cpu_s = cpu_time_s() - cpu_before_s;
  if (my_rank == 0)
    std::printf("%zu jobs handed to %d workers: %.0f a second (%.1f us of rank 0's CPU time each)\n", n_jobs,
                n_ranks - 1, n_jobs / wall_s, 1e6 * cpu_s / n_jobs);
  EXPECT_EQ(n_reported, my_rank == 0 ? n_jobs : 0);
}

/// What this process uses while a thread of its own looks on: medians over parts of the time, which neither its beginning nor its
/// end moves.
class Usage {
 public:
  void end() {
    watch_.request_stop();
    watch_.join();
  }
  double share_of_a_core() const { return median_of(shares_); }
  double wakes_per_s() const { return median_of(wakes_per_s_); }  ///< without those of the thread that looks
  double n_threads() const { return median_of(n_threads_); }      ///< without it

  static std::ptrdiff_t n_threads_now() {
    return std::ranges::distance(std::filesystem::directory_iterator("/proc/self/task"));
  }

 private:
  static double median_of(std::vector<double> values) {
    if (values.empty()) return std::nan("");
    std::ranges::sort(values);
    return values[values.size() / 2];
  }

  void look(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto start = Clock::now();
      const double cpu_before_s = cpu_time_s();
      const long wakes_before = usage().ru_nvcsw;
      std::this_thread::sleep_for(200ms);
      shares_.push_back((cpu_time_s() - cpu_before_s) / seconds_since(start));
      wakes_per_s_.push_back(static_cast<double>(usage().ru_nvcsw - wakes_before - 1) / seconds_since(start));
      n_threads_.push_back(static_cast<double>(n_threads_now() - 1));
    }
  }

  std::vector<double> shares_, wakes_per_s_, n_threads_;
  std::jthread watch_{[this](const std::stop_token& stop) { look(stop); }};
};

TEST(RunJobs, WaitingRanksSleep) {
  SweepRun run(n_ranks);
  std::optional<Usage> waiting;
  std::ptrdiff_t n_threads_before = 0;
  run.callbacks.run_job = [&](std::uint32_t job, const KeepGoing& heartbeat) {
    // The last job is the longest.  The others leave a pool of threads, which spins by OMP_WAIT_POLICY=active.
    const bool is_last = static_cast<int>(job) == n_ranks - 1;
    waiting.reset();
    n_threads_before = Usage::n_threads_now();
    for (const auto start = Clock::now(); is_last && seconds_since(start) < 2; heartbeat())
      std::this_thread::sleep_for(5ms);
    int n_threads = 0;
#pragma omp parallel num_threads(2) reduction(+ : n_threads)
    ++n_threads;
    EXPECT_EQ(n_threads, 2);
    EXPECT_GT(Usage::n_threads_now(), n_threads_before);
    if (!is_last) waiting.emplace();
    return JobReport{.seconds = 0.5 + job};
  };
  EXPECT_EQ(run(), RunEnd::complete);
  if (!waiting) return;
  waiting->end();
  std::printf("rank %d woke %.0f times a second while it waited, and used %.2f %% of a core\n", my_rank,
              waiting->wakes_per_s(), 100 * waiting->share_of_a_core());
  EXPECT_EQ(waiting->n_threads(), n_threads_before);  // none of the pool is left
  EXPECT_LT(waiting->wakes_per_s(), 100);      // by BackOff::longest 20, and those of Open MPI's threads
  EXPECT_LT(waiting->share_of_a_core(), 0.1);  // a wake costs up to a millisecond where nothing else is awake
}

TEST(RunJobs, RanksWithoutJobsLendTheirCpusToTheOneThatRuns) {
  for (const bool on_rank_0 : {true, false}) {  // the borrower: rank 0 runs the last of the first jobs
    SweepRun run(on_rank_0 ? n_ranks : 1);
    int n_loans = 0, n_loans_in_job = -1;
    run.callbacks.on_loan = [&](int lender) {
      EXPECT_NE(lender, my_rank);
      ++n_loans;
    };
    run.callbacks.run_job = [&](std::uint32_t job, const KeepGoing& heartbeat) {
      const bool is_borrower = (my_rank == 0) == on_rank_0 || n_ranks == 1;
      const auto start = Clock::now();
      while (is_borrower && n_loans < n_ranks - 1 && seconds_since(start) < 60 && heartbeat())
        std::this_thread::sleep_for(1ms);
      if (is_borrower) n_loans_in_job = n_loans;
      return JobReport{.seconds = 0.5 + job};
    };
    EXPECT_EQ(run(), RunEnd::complete);
    int most = 0;
    MPI_Allreduce(&n_loans_in_job, &most, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    EXPECT_EQ(most, n_ranks - 1);
  }
}

TEST(Together, AnErrorOfOneRankIsThrownOnAll) {
  const auto fail = [] {
    if (last_rank()) throw EnvironmentError("no threads");
  };
  EXPECT_THROW(together(MPI_COMM_WORLD, fail), EnvironmentError);
  EXPECT_NO_THROW(together(MPI_COMM_WORLD, [] {}));
}

TEST(Together, AMistakeOfOursOnOneRankIsNotBlamedOnTheUser) {
  const auto fail = [] {
    if (last_rank()) throw std::logic_error("vector::at");
  };
  EXPECT_THROW(together(MPI_COMM_WORLD, fail), std::runtime_error);
  EXPECT_THROW(together(MPI_COMM_WORLD, [] { throw UserError("wrong"); }), UserError);
}

TEST(Together, TheTextOfTheLowestRankThatHasOneCounts) {
  EXPECT_EQ(first_text(MPI_COMM_WORLD, ""), "");
  EXPECT_EQ(first_text(MPI_COMM_WORLD, "rank " + std::to_string(my_rank)), "rank 0");
  EXPECT_EQ(first_text(MPI_COMM_WORLD, last_rank() ? "last" : ""), "last");
}

TEST(Collect, TellsEveryRankTheSmallestNumberTheTextsAndTheFirstRanksList) {
  EXPECT_EQ(least_of_all(MPI_COMM_WORLD, 7 - my_rank), 8 - n_ranks);
  const auto texts = texts_of_all(MPI_COMM_WORLD, "rank " + std::to_string(my_rank));
  ASSERT_EQ(texts.size(), static_cast<std::size_t>(n_ranks));
  EXPECT_EQ(texts.back(), "rank " + std::to_string(n_ranks - 1));
  EXPECT_THAT(texts_of_all(MPI_COMM_WORLD, std::string(300, 'x')), Each(std::string(255, 'x')));
  EXPECT_THAT(node_of_each(MPI_COMM_WORLD), Each(0));  // all ranks of a test are on one node
  const auto own = static_cast<std::uint32_t>(my_rank);
  EXPECT_THAT(list_of_first(MPI_COMM_WORLD, {own + 5, own}), ::testing::ElementsAre(5, 0));
  EXPECT_THAT(list_of_first(MPI_COMM_WORLD, my_rank == 0 ? std::vector<std::uint32_t>{} : std::vector{own}),
              ::testing::IsEmpty());
}

TEST(CheckThreads, FindsAtLeastOneThreadForEveryRank) {
  EXPECT_GE(check_threads(MPI_COMM_WORLD, {}).threads, 1);
}

TEST(CheckThreads, RefusesThreadsWithoutCpusOnEveryRank) {
  EXPECT_THROW(check_threads(MPI_COMM_WORLD, {100'000, "--threads"}), EnvironmentError);
}

}  // namespace
}  // namespace ksweep

int main(int argc, char** argv) {
  ksweep::MpiSession mpi(argc, argv);
  ksweep::my_rank = mpi.rank();
  ksweep::n_ranks = mpi.n_ranks();
  if (mpi.rank() > 0) GTEST_FLAG_SET(brief, true);  // failures only
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
