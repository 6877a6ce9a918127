#include "schedule/coordinator.h"

#include <chrono>
#include <exception>

#include "schedule/attempt.h"
#include "schedule/policy.h"
#include "schedule/wait.h"

namespace ksweep {
namespace {

/// How long a message may lie while rank 0 trains, beside the length of a mini-batch.
constexpr std::chrono::microseconds look_interval{50};
/// Messages taken at a time, so that rank 0 trains on under a flood of them.
constexpr int most_at_once = 256;

class Coordinator {
 public:
  Coordinator(Post& post, std::span<const int> node_of_rank, std::span<const Job> jobs,
              const Callbacks& callbacks, const std::atomic<bool>& stop_requested)
      : post_(post),
        callbacks_(callbacks),
        stop_requested_(stop_requested),
        policy_(job_costs_s(jobs), node_of_rank) {}

  Message run() {
    hand_out_first();
    end_if_complete();
    while (!ending_ || n_left_ < post_.n_ranks() - 1) {
      if (own_job_ && !ending_)
        run_own_job();
      else if (serve())
        back_off_.reset();
      else
        back_off_.pause();
    }
    return *ending_;
  }

 private:
  void hand_out_first() {
    for (int rank = 1; rank < post_.n_ranks(); ++rank) give(rank);
    own_job_ = policy_.next(0);
    for (int rank = 1; rank < post_.n_ranks(); ++rank) give(rank);
    for (int rank = 0; rank < post_.n_ranks(); ++rank) lend(rank);
  }

  bool give(int rank) {
    const auto job = policy_.next(rank);
    if (job) post_.send(rank, {.say = Say::run, .job = *job});
    return job.has_value();
  }

  /// Where nothing was left to give.
  void lend(int rank) {
    if (!callbacks_.on_loan) return;
    const auto loan = policy_.lend(rank);
    if (!loan) return;
    for (const int lender : loan->of_ranks)
      if (loan->borrower == 0)
        callbacks_.on_loan(lender);
      else
        post_.send(loan->borrower, {.say = Say::lend, .lender = lender});
  }

  void run_own_job() {
    const auto report = attempt(callbacks_, *own_job_, 0, [this]() noexcept { return heartbeat(); });
    own_job_.reset();
    if (report)
      account(*report);
    else if (!ending_)
      end({.stopped = 1});
    if (look_.due(Every::Clock::now())) serve();
    if (ending_) return;
    own_job_ = policy_.next(0);
    lend(0);
  }

  bool heartbeat() noexcept {
    if (look_.due(Every::Clock::now())) serve();
    return !ending_;
  }

  /// Answers what has come in.  Returns false if there was nothing.
  bool serve() {
    int n_messages = 0;
    for (; n_messages < most_at_once; ++n_messages) {
      const auto message = post_.receive();
      if (!message) break;
      answer(*message);
    }
    if (stop_requested_) end({.stopped = 1});
    if (tick_.due(Every::Clock::now())) guarded(callbacks_.on_tick);
    return n_messages > 0;
  }

  void answer(const Message& message) {
    if (message.say == Say::left) ++n_left_;
    if (message.say == Say::stop) end({.stopped = 1});
    if (message.say != Say::ended) return;
    account({message.job, message.from, message.n_done, message.n_failed, message.seconds,
             message.best_accuracy, message.fault});
    if (ending_) return;
    while (give(message.from)) continue;
    lend(message.from);
  }

  void account(const JobReport& report) {
    policy_.end(report.rank, report.job, report.n_failed > 0);
    if (report.error.empty())
      guarded([&] { callbacks_.on_report(report); });
    else
      end({.fault = report.error});
    end_if_complete();
  }

  /// An exception must not travel through the running job, from which these calls may come.
  template <class Call>
  void guarded(const Call& call) {
    try {
      call();
    } catch (const std::exception& error) {
      end({.fault = error.what()});
    }
  }

  void end_if_complete() {
    if (policy_.n_left() == 0) end({});
  }

  /// The first reason to end is the one that counts.
  void end(Message leave) {
    if (ending_) return;
    leave.say = Say::leave;
    if (leave.fault.size() > longest_fault) leave.fault.resize(longest_fault);
    ending_ = leave;
    for (int rank = 1; rank < post_.n_ranks(); ++rank) post_.send(rank, leave);
  }

  Post& post_;
  const Callbacks& callbacks_;
  const std::atomic<bool>& stop_requested_;
  Policy policy_;
  std::optional<std::uint32_t> own_job_;
  std::optional<Message> ending_;
  int n_left_ = 0;  ///< workers that have said their last word
  BackOff back_off_;
  Every look_{look_interval}, tick_{tick_interval};
};

}  // namespace

Message coordinate(Post& post, std::span<const int> node_of_rank, std::span<const Job> jobs,
                   const Callbacks& callbacks, const std::atomic<bool>& stop_requested) {
  return Coordinator(post, node_of_rank, jobs, callbacks, stop_requested).run();
}

}  // namespace ksweep
