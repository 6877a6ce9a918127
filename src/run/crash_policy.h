#pragma once

#include <cstdint>
#include <optional>

#include "core/job.h"
#include "run/result_table.h"
#include "schedule/callbacks.h"
#include "store/crash_book.h"

namespace ksweep {

/// Decides which trials are not tried again since the program crashed repeatedly while it trained them.
/// These count as failed.
class CrashPolicy {
 public:
  /// Both arguments must outlive the object.
  CrashPolicy(CrashBook& crashes, ResultTable& table) : crashes_(crashes), table_(table) {}

  /// Marks as failed the shard's trials without a result that crashed too often in earlier runs.
  void fail_missing();

  /// Handles the loss of a rank that was running this job, if any, and reports it on standard error.  Returns
  /// false if the job must not be tried again; its trials then count as failed.
  bool may_try_again(int rank, RankLoss why, const Job* job);

 private:
  bool crashed_too_often(std::uint64_t training) const;
  void give_up(std::uint32_t position);

  CrashBook& crashes_;
  ResultTable& table_;
};

}  // namespace ksweep
