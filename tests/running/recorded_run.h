#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "planned.h"
#include "run/run_book.h"
#include "temporary_folder.h"

namespace ksweep {

/// The record of rank 0 of a run of four trials, each of which is a job.
class RecordedRun : public testing::Test {
 protected:
  RecordedRun() {
    for (const PlannedTrial& planned : plan_) sweep_.trials.push_back(planned.trial);
    options_.output = folder_.path();
    options_.quiet = true;
    crashes_.open();
  }
  void write(std::uint32_t trial, Status status,
             const std::string& reason = "the loss is not a number") const {
    TrialResult result = done(plan_[trial]);
    result.status = status;
    if (status == Status::failed) result.reason = reason;
    store_.write(result);
  }
  /// The record when a run begins with what is stored.
  RunBook& begun(std::optional<std::size_t> n_failed_before = {}) {
    RunBook& book = book_.emplace(
        RunBook::Subject{.sweep = sweep_,
                         .plan = plan_,
                         .pairs = no_pairs_,
                         .store = store_,
                         .crashes = crashes_,
                         .facts = [](const Trial&) { return DataFacts{"", 784, 10, 1000, 1000, 1000}; },
                         .options = options_,
                         .stop = stop_,
                         .n_failed_before = n_failed_before});
    std::vector<Job> jobs;
    for (std::uint32_t trial = 0; trial < plan_.size(); ++trial)
      jobs.push_back({plan_[trial].training_id, {trial}, 1, true, 1});
    book.begin(jobs, 1);
    return book;
  }
  void end(RunBook& book, std::uint32_t trial, Status status) const {
    write(trial, status);
    book.take({.job = trial, .seconds = 1});
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
  const std::vector<PlannedTrial> plan_ = {planned(10), planned(25), planned(40), planned(70)};
  const std::vector<PlannedPair> no_pairs_;
  CrashBook crashes_{folder_.path() / "crashes", [](std::uint64_t) { return "no further"; }};
  const std::atomic<bool> stop_ = false;
  Sweep sweep_;
  RunOptions options_;
  std::optional<RunBook> book_;
};

}  // namespace ksweep
