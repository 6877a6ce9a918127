#pragma once

#include <mpi.h>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"

namespace ksweep {

/// Kinds of messages between coordinator and workers.
enum class Say : std::int32_t {
  run,    ///< to a worker: run this job after those that it already has
  lend,   ///< to a worker: also use the CPUs of the rank `lender`, which is idle
  leave,  ///< to a worker: abandon your jobs, send `left`, and end as requested
  ended,  ///< to the coordinator: this job has ended
  stop,   ///< to the coordinator: a stop was requested here
  left,   ///< to the coordinator: the last message of a worker
  alive,  ///< to the coordinator: sign of life, with the progress of the running job
};

struct Message {
  Say say = Say::run;
  std::int32_t from = 0;  ///< rank; filled in on receipt
  std::uint32_t job = 0, n_done = 0, n_failed = 0;
  std::uint32_t stopped = 0;     ///< with `leave`: the run was stopped
  std::uint32_t ranks_lost = 0;  ///< with `leave`: nothing collective is possible any more
  std::int32_t lender = 0;       ///< with `lend`
  double seconds = 0;
  double progress = 0;  ///< with `alive`: share of the running job
  Fault fault = {};     ///< with `ended` and `leave`; the text is cut to `longest_fault` bytes on the way
  std::string detail =
      {};  ///< with `alive`: of the running job; dropped if it is longer than `longest_detail`
};

inline constexpr std::size_t longest_fault = 2000, longest_detail = 1000;

/// Sends and receives messages between ranks.  Only `close` waits, sleeping.
class Post {
 public:
  explicit Post(MPI_Comm world);
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  void send(int to, const Message& message);
  /// Returns the next message from any rank, or nothing.  Messages of one sender stay in order.
  std::optional<Message> receive();
  /// Waits until all messages are delivered and every rank has called this.  Collective.
  void close();
  /// Replaces `close` if ranks are lost: drops undelivered messages and never calls MPI again.  The process
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
