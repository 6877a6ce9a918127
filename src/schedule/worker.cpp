#include "schedule/worker.h"

#include <chrono>
#include <queue>

#include "core/host.h"
#include "schedule/attempt.h"
#include "schedule/wait.h"

namespace ksweep {
namespace {

/// How soon a busy worker hears that it must stop, beside the length of a mini-batch.
constexpr std::chrono::microseconds look_interval{1000};

class Worker {
 public:
  Worker(Post& post, const Callbacks& callbacks, const std::atomic<bool>& stop_requested)
      : post_(post), callbacks_(callbacks), stop_requested_(stop_requested) {}

  Message run() {
    while (!leave_) {
      if (!jobs_.empty() && !wants_end_) {
        run_next_job();
        back_off_.reset();
      } else if (!listen()) {
        back_off_.pause();
      }
    }
    post_.send(0, {.say = Say::left});
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
                    .seconds = report.seconds,
                    .best_accuracy = report.best_accuracy};
    if (!report.error.empty()) {
      message.fault = report.error + " (rank " + std::to_string(report.rank) + " on " + host_name() + ")";
      wants_end_ = true;
    }
    post_.send(0, message);
  }

  bool heartbeat() noexcept {
    if (stop_requested_) tell_to_stop();
    if (look_.due(Every::Clock::now())) listen();
    return !leave_ && !wants_end_;
  }

  /// Takes in what has come.  Returns false if there was nothing.
  bool listen() {
    if (stop_requested_) tell_to_stop();
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
    wants_end_ = true;
    post_.send(0, {.say = Say::stop});
  }

  Post& post_;
  const Callbacks& callbacks_;
  const std::atomic<bool>& stop_requested_;
  std::queue<std::uint32_t> jobs_;  ///< sent here and not begun
  std::optional<Message> leave_;
  bool wants_end_ = false;  ///< the coordinator was told of a stop or a fault: begin nothing more
  BackOff back_off_;
  Every look_{look_interval};
};

}  // namespace

Message work(Post& post, const Callbacks& callbacks, const std::atomic<bool>& stop_requested) {
  return Worker(post, callbacks, stop_requested).run();
}

}  // namespace ksweep
