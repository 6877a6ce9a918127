#include "schedule/worker.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <queue>

#include "base/host.h"
#include "base/process.h"
#include "schedule/attempt.h"
#include "schedule/wait.h"

namespace ksweep {
namespace {

/// Longest time until a busy worker notices a stop, apart from the length of a mini-batch.
constexpr std::chrono::microseconds look_interval{1000};

/// How long after a stop the coordinator may stay silent before it is given up.
constexpr std::chrono::seconds patience_with_coordinator{6};

class Worker {
 public:
  Worker(Post& post, const std::vector<Place>& places, const Callbacks& callbacks,
         const std::atomic<bool>& stop_requested)
      : post_(post),
        callbacks_(callbacks),
        stop_requested_(stop_requested),
        coordinator_pid_(places[0].pid),
        alive_(interval_of_signs(post.n_ranks())) {}

  Message run() {
    while (!leave_) {
      if (!jobs_.empty() && !wants_end_) {
        run_next_job();
        back_off_.reset();
      } else if (!listen()) {
        back_off_.pause();
      }
    }
    if (!coordinator_lost_) post_.send(0, {.say = Say::left});
    return *leave_;
  }

 private:
  void run_next_job() {
    const std::uint32_t job = jobs_.front();
    jobs_.pop();
    const auto report = attempt(callbacks_, job, post_.rank(), [this]() noexcept { return heartbeat(); });
    if (report)
      send(*report);
    else if (!leave_)
      tell_to_stop();
    listen();
  }

  void send(const JobReport& report) {
    Message message{.say = Say::ended,
                    .job = report.job,
                    .n_done = report.n_done,
                    .n_failed = report.n_failed,
                    .seconds = report.seconds};
    if (report.fault) {
      message.fault = {report.fault.code,
                       fmt::format("{} (rank {} on {})", report.fault.text, report.rank, host_name())};
      want_end();
    }
    post_.send(0, message);
  }

  bool heartbeat() noexcept {
    if (look_.due(Every::Clock::now())) listen();
    return !leave_ && !wants_end_;
  }

  /// Handles received messages.  Returns false if there were none.
  bool listen() {
    if (stop_requested_) tell_to_stop();
    if (alive_.due(Every::Clock::now())) give_sign_of_life();
    bool heard = false;
    while (const auto message = post_.receive()) {
      heard = true;
      if (message->say == Say::run) jobs_.push(message->job);
      if (message->say == Say::lend && callbacks_.on_loan) callbacks_.on_loan(message->lender);
      if (message->say == Say::leave) leave_ = message;
    }
    return heard;
  }

  void tell_to_stop() {
    if (wants_end_ || leave_) return;
    want_end();
    post_.send(0, {.say = Say::stop});
  }

  void want_end() {
    wants_end_ = true;
    end_of_waiting_ = Every::Clock::now() + patience_with_coordinator;
  }

  void give_sign_of_life() {
    const bool is_dead = coordinator_pid_ > 0 && !process_lives(coordinator_pid_);
    if (is_dead || (wants_end_ && Every::Clock::now() > end_of_waiting_)) {
      coordinator_lost_ = true;
      leave_ = Message{.say = Say::leave, .stopped = 1, .ranks_lost = 1};
    } else {
      post_.send(
          0,
          {.say = Say::alive, .progress = progress_of_job(callbacks_), .detail = detail_of_job(callbacks_)});
    }
  }

  Post& post_;
  const Callbacks& callbacks_;
  const std::atomic<bool>& stop_requested_;
  std::queue<std::uint32_t> jobs_;  ///< jobs received and not begun
  std::optional<Message> leave_;
  long coordinator_pid_;
  bool coordinator_lost_ = false;
  Every::Clock::time_point end_of_waiting_ = Every::Clock::time_point::max();
  bool wants_end_ = false;  ///< reported a stop or a fault to the coordinator, so no job may begin
  BackOff back_off_;
  Every look_{look_interval}, alive_;
};

}  // namespace

std::chrono::microseconds interval_of_signs(int n_ranks) {
  constexpr int signs_per_second = 2000;
  return std::max<std::chrono::microseconds>(tick_interval, std::chrono::seconds(n_ranks / signs_per_second));
}

Message work(Post& post, const std::vector<Place>& places, const Callbacks& callbacks,
             const std::atomic<bool>& stop_requested) {
  return Worker(post, places, callbacks, stop_requested).run();
}

}  // namespace ksweep
