#include "schedule/coordinator.h"

#include <chrono>
#include <exception>

#include "schedule/attempt.h"
#include "schedule/policy.h"
#include "schedule/wait.h"

namespace ksweep {
namespace {

/// Longest time that a message waits while rank 0 trains, apart from the length of a mini-batch.
constexpr std::chrono::microseconds look_interval{50};
/// How long other ranks may take to leave, including a checkpoint, before they are given up.
constexpr std::chrono::seconds patience_at_the_end{6};

std::vector<int> nodes_of(const std::vector<Place>& places) {
  std::vector<int> nodes;
  for (const Place& place : places) nodes.push_back(place.node);
  return nodes;
}

class Coordinator {
 public:
  Coordinator(Post& post, const std::vector<Place>& places, std::span<const Job> jobs,
              const Callbacks& callbacks, const std::atomic<bool>& stop_requested, const RunRules& rules)
      : post_(post),
        callbacks_(callbacks),
        stop_requested_(stop_requested),
        rules_(rules),
        roll_call_(places, rules.patience_s),
        policy_(policy_for(jobs, nodes_of(places))) {}

  Message run() {
    hand_out_first();
    end_if_complete();
    for (bool is_last_look = false; !ending_ || (others_left() > 0 && !is_last_look);) {
      is_last_look = ending_ && tired_of_waiting();  // what came while this process stood still is heard
      if (own_job_ && !ending_)
        run_own_job();
      else if (serve())
        back_off_.reset();
      else
        back_off_.pause();
    }
    ending_->ranks_lost = roll_call_.n_lost() > 0 || others_left() > 0;
    return *ending_;
  }

 private:
  int others_left() const { return post_.n_ranks() - 1 - roll_call_.n_lost() - n_left_; }

  bool tired_of_waiting() const { return Every::Clock::now() > end_of_waiting_; }

  void hand_out_first() {
    for (int rank = 1; rank < post_.n_ranks(); ++rank) give(rank);
    own_job_ = next_for(0);
    for (int rank = 1; rank < post_.n_ranks(); ++rank) give(rank);
    for (int rank = 0; rank < post_.n_ranks(); ++rank) lend(rank);
  }

  std::optional<std::uint32_t> next_for(int rank) { return policy_.next(rank, seconds_left(rules_)); }

  bool give(int rank) {
    const auto job = next_for(rank);
    if (job) post_.send(rank, {.say = Say::run, .job = *job});
    return job.has_value();
  }

  /// Lends this idle rank's CPUs to a busy rank of its node; does nothing while jobs are left.
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
    if (!own_job_) own_job_ = next_for(0);  // a job of a lost rank may already be here
    lend(0);
  }

  bool heartbeat() noexcept {
    if (look_.due(Every::Clock::now())) serve();
    return !ending_;
  }

  /// Serves received messages.  Returns false if there were none.
  bool serve() {
    int n_messages = 0;
    for (; n_messages < most_messages_at_once; ++n_messages) {
      const auto message = post_.receive();
      if (!message) break;
      answer(*message);
    }
    if (stop_requested_ || seconds_left(rules_) <= 0) end({.stopped = 1});
    if (tick_.due(Every::Clock::now())) tick();
    return n_messages > 0;
  }

  void tell_progress(int rank, double share, const std::string& detail) {
    const auto job = policy_.running(rank);
    if (job && callbacks_.on_progress) guarded([&] { callbacks_.on_progress(rank, share); });
    if (job && callbacks_.on_detail) guarded([&] { callbacks_.on_detail(rank, *job, detail); });
  }

  void tick() {
    if (own_job_) tell_progress(0, progress_of_job(callbacks_), detail_of_job(callbacks_));
    guarded(callbacks_.on_tick);
    call_roll();
    // The remaining jobs cannot end in time.
    if (!ending_ && policy_.idle()) end({.stopped = 1});
  }

  void call_roll() {
    using Seconds = std::chrono::duration<double>;
    for (const auto& [rank, why] : roll_call_.missing(Seconds(tick_interval).count())) {
      const auto job = policy_.running(rank);
      policy_.lose(rank);
      guarded([&, lost = rank, reason = why] {
        if (callbacks_.on_loss && !callbacks_.on_loss(lost, reason, job) && job) policy_.give_up(*job);
      });
      if (!rules_.outlive_lost_ranks) end({.stopped = 1});
    }
    end_if_complete();
    if (!ending_ && roll_call_.n_lost() > 0) give_to_idle_ranks();
  }

  /// Gives idle ranks work that a lost rank held, which may be the last of the run.
  void give_to_idle_ranks() {
    for (int rank = 1; rank < post_.n_ranks(); ++rank)
      if (!roll_call_.lost(rank) && !policy_.running(rank)) give(rank);
    if (!own_job_ && !policy_.running(0)) own_job_ = next_for(0);
  }

  void answer(const Message& message) {
    if (roll_call_.lost(message.from)) {
      // A rank that was thought to be lost is alive.  Others have its work by now, and its finished results
      // are stored.
      if (message.say != Say::left)
        post_.send(message.from, {.say = Say::leave, .stopped = 1, .ranks_lost = 1});
      return;
    }
    roll_call_.heard(message.from);
    if (message.say == Say::left) ++n_left_;
    if (message.say == Say::stop) end({.stopped = 1});
    if (message.say == Say::alive) tell_progress(message.from, message.progress, message.detail);
    if (message.say != Say::ended) return;
    account({message.job, message.from, message.n_done, message.n_failed, message.seconds, message.fault});
    if (ending_) return;
    while (give(message.from)) continue;
    lend(message.from);
  }

  void account(const JobReport& report) {
    policy_.end(report.rank, report.job, report.n_failed > 0);
    if (report.fault)
      end({.fault = report.fault});
    else
      guarded([&] { callbacks_.on_report(report); });
    end_if_complete();
  }

  /// Catches exceptions, since such a call may come from inside a running job, which they must not unwind.
  template <class Call>
  void guarded(const Call& call) {
    try {
      call();
    } catch (...) {
      end({.fault = fault_of(std::current_exception())});
    }
  }

  void end_if_complete() {
    if (policy_.n_left() == 0) end({});
  }

  /// Ends the run.  Only the first reason counts.
  void end(Message leave) {
    if (ending_) return;
    leave.say = Say::leave;
    if (leave.fault.text.size() > longest_fault) leave.fault.text.resize(longest_fault);
    leave.ranks_lost = roll_call_.n_lost() > 0;
    ending_ = leave;
    end_of_waiting_ = Every::Clock::now() + patience_at_the_end;
    for (int rank = 1; rank < post_.n_ranks(); ++rank)
      if (!roll_call_.lost(rank)) post_.send(rank, leave);
  }

  Post& post_;
  const Callbacks& callbacks_;
  const std::atomic<bool>& stop_requested_;
  const RunRules& rules_;
  RollCall roll_call_;
  Policy policy_;
  std::optional<std::uint32_t> own_job_;
  std::optional<Message> ending_;
  int n_left_ = 0;  ///< workers that have sent `left`
  Every::Clock::time_point end_of_waiting_;
  BackOff back_off_;
  Every look_{look_interval}, tick_{tick_interval};
};

}  // namespace

Message coordinate(Post& post, const std::vector<Place>& places, std::span<const Job> jobs,
                   const Callbacks& callbacks, const std::atomic<bool>& stop_requested,
                   const RunRules& rules) {
  return Coordinator(post, places, jobs, callbacks, stop_requested, rules).run();
}

}  // namespace ksweep
