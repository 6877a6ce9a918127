#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "base/errors.h"
#include "schedule/run_jobs.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

std::vector<Job> jobs_of(std::vector<double> costs_s) {
  std::vector<Job> jobs;
  for (double cost : costs_s) jobs.push_back({0, {}, cost});
  return jobs;
}

struct Alone {
  std::atomic<bool> stop = false;
  std::vector<std::uint32_t> reported;
  int n_ticks = 0;
  Callbacks callbacks{[](std::uint32_t, const KeepGoing&) { return JobReport{.n_done = 1}; },
                      [this](const JobReport& report) { reported.push_back(report.job); },
                      [this] { ++n_ticks; }};
  RunEnd run(std::vector<double> costs_s) { return run_alone(jobs_of(costs_s), callbacks, stop); }
};

TEST(RunAlone, RunsEveryJobOnceTheLongestFirst) {
  Alone alone;
  EXPECT_EQ(alone.run({1, 3, 2}), RunEnd::complete);
  EXPECT_THAT(alone.reported, ElementsAre(1, 2, 0));
}

TEST(RunAlone, HasNothingToDoForAnEmptyList) {
  Alone alone;
  EXPECT_EQ(alone.run({}), RunEnd::complete);
}

TEST(RunAlone, TellsHowMuchOfTheJobIsDone) {
  Alone alone;
  std::vector<double> told;
  alone.callbacks.progress_of_job = [] { return 0.25; };
  alone.callbacks.on_progress = [&](int rank, double share) {
    EXPECT_EQ(rank, 0);
    told.push_back(share);
  };
  alone.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) {
    while (told.empty() && heartbeat()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return JobReport{.n_done = 1};
  };
  EXPECT_EQ(alone.run({1}), RunEnd::complete);
  EXPECT_THAT(told, ElementsAre(0.25));
}

TEST(RunAlone, AStopAbandonsTheRunningJob) {
  Alone alone;
  alone.callbacks.run_job = [&](std::uint32_t job, const KeepGoing& heartbeat) -> JobReport {
    if (job == 1) alone.stop = true;
    if (!heartbeat()) throw Interrupted();
    return {};
  };
  EXPECT_EQ(alone.run({3, 2, 1}), RunEnd::stopped);
  EXPECT_THAT(alone.reported, ElementsAre(0));
}

TEST(RunAlone, AnExceptionOfAJobEndsTheRunAndStaysWhoseFaultItWas) {
  Alone alone;
  alone.callbacks.run_job = [](std::uint32_t, const KeepGoing&) -> JobReport { throw std::bad_alloc(); };
  EXPECT_THROW(alone.run({1}), EnvironmentError);
  alone.callbacks.run_job = [](std::uint32_t, const KeepGoing&) -> JobReport {
    throw UserError("disk full");
  };
  EXPECT_THROW(alone.run({1}), UserError);
  alone.callbacks.run_job = [](std::uint32_t, const KeepGoing&) -> JobReport {
    throw std::logic_error("at");
  };
  EXPECT_THROW(alone.run({1}), std::runtime_error);
}

TEST(RunAlone, AnErrorOfATickEndsTheRunAlthoughTheJobCatchesEverything) {
  Alone alone;
  alone.callbacks.on_tick = [] { throw UserError("disk full"); };
  alone.callbacks.run_job = [](std::uint32_t, const KeepGoing& heartbeat) -> JobReport {
    while (heartbeat()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    throw Interrupted();
  };
  EXPECT_THROW(alone.run({1}), UserError);
}

TEST(RunAlone, TicksAboutOnceASecondDuringAJob) {
  using Clock = std::chrono::steady_clock;
  Alone alone;
  const auto start = Clock::now();
  alone.callbacks.run_job = [&](std::uint32_t, const KeepGoing& heartbeat) -> JobReport {
    // A machine that stood still may not have ticked by then.
    while ((Clock::now() - start < std::chrono::milliseconds(1300) || alone.n_ticks == 0) && heartbeat())
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return {};
  };
  EXPECT_EQ(alone.run({1}), RunEnd::complete);
  EXPECT_GE(alone.n_ticks, 1);
  EXPECT_LE(alone.n_ticks, std::chrono::duration<double>(Clock::now() - start).count());
}

}  // namespace
}  // namespace ksweep
