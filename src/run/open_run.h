#pragma once

#include <atomic>

#include "data/weights_file.h"
#include "run/run_data.h"
#include "run/run_options.h"
#include "schedule/mpi.h"
#include "schedule/threads.h"
#include "sweep/sweep.h"

namespace ksweep {

/// The first phase of a run: the ranks and their threads, the sweep, and its data.
class OpenRun {
 public:
  /// Prints notes on ranks, sweep and data.  Collective; throws on every rank what any rank throws.  The
  /// options must outlive the object.
  explicit OpenRun(const RunOptions& options);
  OpenRun(const OpenRun&) = delete;
  OpenRun& operator=(const OpenRun&) = delete;

  const RunOptions& options() const { return options_; }
  MPI_Comm world() const { return session_.world(); }
  int rank() const { return session_.rank(); }
  int n_ranks() const { return session_.n_ranks(); }
  bool is_first() const { return rank() == 0; }

  /// True once a signal has requested a stop.
  const std::atomic<bool>& stop_requested() const { return stop_requested_; }

  const Sweep& sweep() const { return sweep_; }

  /// Adds to the sweep the values of k that the stored results of its race ask for.  Returns whether there were any.
  /// with_failed: failed trials count, else they are still to be trained.  Collective.
  bool add_values_of_k(bool with_failed);

  const ThreadPlan& threads() const { return threads_; }
  const RunData& data() const { return data_; }
  WeightPlaces weight_places() const { return {sweep_.folder, options_.data_dir}; }
  FactsOf facts() const {
    return [this](const Trial& trial) { return data_.facts(trial); };
  }

 private:
  const RunOptions& options_;
  const std::atomic<bool>& stop_requested_;
  const MpiSession session_;  // destroyed last
  Sweep sweep_;
  const ThreadPlan threads_;
  const RunData data_;

  /// Puts into the sweep what its initial weights are, the same on all ranks.
  void settle_starts();
};

}  // namespace ksweep
