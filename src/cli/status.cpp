#include "cli/status.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "cli/text.h"
#include "core/errors.h"
#include "core/host.h"

namespace ksweep {
namespace {

// The coordinator writes every few seconds; silence beyond this means trouble.
constexpr double silence_s = 60;

std::string line(const std::string& title, const std::string& value) {
  return title + std::string(11 - title.size(), ' ') + value + "\n";
}

std::string counts(const SweepStatus& status) {
  std::string text = whole_text(status.n_done) + " of " + count_text(status.n_trials, "trial") + " done";
  if (status.n_running > 0) text += ", " + whole_text(status.n_running) + " running";
  if (status.n_failed > 0) text += ", " + whole_text(status.n_failed) + " failed";
  return text + ", " + whole_text(status.n_left()) + " left";
}

std::string place(const SweepStatus& status) { return status.host + ", process " + whole_text(status.pid); }

std::string outlook(const SweepStatus& status) {
  std::string text;
  if (status.trials_per_s > 0)
    text += line("rate", count_text(std::round(status.trials_per_s * 3600), "trial") + " an hour");
  if (std::isfinite(status.left_s)) text += line("time left", "about " + duration_text(status.left_s));
  return text;
}

}  // namespace

std::string status_text(const SweepStatus& status, double now_unix_s) {
  const double age_s = std::max(0.0, now_unix_s - status.updated_unix_s);
  const bool running = status.state == "running";
  const bool silent = running && age_s > silence_s;
  std::string text = status.title + "\n" +
                     line("state", status.state + (running ? " on " + place(status) : "")) +
                     line("trials", counts(status));
  if (running && !silent) text += outlook(status);
  if (status.state == "stopped" && status.left_s > 0)
    text +=
        line("time left", "about " + duration_text(status.left_s) + " once it runs again on as many ranks");
  if (std::isfinite(status.best_accuracy))
    text += line("best", percent_text(status.best_accuracy) + " on the validation part" +
                             (status.best_trial.empty() ? "" : ": " + status.best_trial));
  text += line("started", iso_time(status.started_unix_s)) +
          line("updated", iso_time(status.updated_unix_s) + ", " + duration_text(age_s) + " ago");
  if (silent)
    text += "No sign of life for " + duration_text(age_s) +
            ": it may have been killed, or its machine is unreachable. If it no " +
            "longer runs,\nrun the same command again: finished trials are kept.\n";
  if (status.state == "stopped")
    text += "Stopped in good order with work left: run the same command again.\n";
  return text;
}

int status_command(const StatusOptions& options) {
  std::cout << status_text(read_status(options.folder), unix_time_s());
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
