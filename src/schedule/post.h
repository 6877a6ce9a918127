#pragma once

#include <mpi.h>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"

namespace ksweep {

/// What the coordinator and the workers tell each other.
enum class Say : std::int32_t {
  run,    ///< to a worker: this job, after those it already has
  lend,   ///< to a worker: use the CPUs of the rank `lender` too, which has nothing left to run
  leave,  ///< to a worker: abandon what you have, say `left`, and end as told
  ended,  ///< to the coordinator: this job is over
  stop,   ///< to the coordinator: a stop was requested here
  left,   ///< to the coordinator: my last word
  alive,  ///< to the coordinator: nothing new, but so much of the running job is done
};

struct Message {
  Say say = Say::run;
  std::int32_t from = 0;  ///< rank; filled in on receipt
  std::uint32_t job = 0, n_done = 0, n_failed = 0;
  std::uint32_t stopped = 0;     ///< with `leave`: the run was stopped
  std::uint32_t ranks_lost = 0;  ///< with `leave`: do nothing collective any more
  std::int32_t lender = 0;       ///< with `lend`
  double seconds = 0, best_accuracy = 0;
  double progress = 0;  ///< with `alive`: share of the running job
  Fault fault = {};     ///< with `ended` and `leave`; its text is cut to `longest_fault` bytes on the way
};

inline constexpr std::size_t longest_fault = 2000;

/// Carries messages between ranks.  Nothing here ever waits, but `close`, which sleeps.
class Post {
 public:
  explicit Post(MPI_Comm world);
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  void send(int to, const Message& message);
  /// The next message from anyone, in order from each sender; nothing if there is none.
  std::optional<Message> receive();
  /// Waits until all that was sent is gone and every rank has come here.  Collective.
  void close();
  /// Instead of `close`, if ranks are gone: forgets what they have not taken, and never calls MPI again.  The process
  /// must end without MPI_Finalize.
  void abandon();

  int rank() const { return rank_; }
  int n_ranks() const { return n_ranks_; }

 private:
  struct Sending {
    std::vector<char> bytes;
    MPI_Request request;
  };
  void forget_sent();

  MPI_Comm world_;
  int rank_ = 0, n_ranks_ = 1;
  std::list<Sending> sending_;
};

}  // namespace ksweep
