#include "cli/status.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <sstream>
#include <thread>

#include "base/errors.h"
#include "base/host.h"
#include "base/process.h"
#include "cli/metric_table.h"
#include "cli/results.h"
#include "core/trial_keys.h"
#include "run/text.h"
#include "store/store.h"

namespace ksweep {
namespace {

std::string line(const std::string& title, const std::string& value) {
  return fmt::format("{}{}{}\n", title, std::string(11 - title.size(), ' '), value);
}

std::string counts(const SweepStatus& status, bool running) {
  const double n_asked = status.n_trials - status.n_not_needed;
  std::string text = fmt::format("{} of {}{} done", whole_text(status.n_done),
                                 !status.race.empty() && status.n_left() > 0 ? "at most " : "",
                                 count_text(n_asked, "trial"));
  if (status.n_running > 0 && running) text += ", " + whole_text(status.n_running) + " running";
  if (status.n_failed > 0) text += ", " + whole_text(status.n_failed) + " failed";
  return fmt::format("{}, {} left", text, whole_text(status.n_left()));
}

std::string place(const SweepStatus& status) { return status.host + ", process " + whole_text(status.pid); }

std::string outlook(const SweepStatus& status) {
  std::string text;
  if (status.trials_per_s > 0)
    text += line("rate", count_text(std::round(status.trials_per_s * 3600), "trial") + " an hour");
  if (std::isfinite(status.left_s))
    text += line("time left",
                 "about " + duration_text(status.left_s) + (status.race.empty() ? "" : " of this round"));
  return text;
}

/// Empty if nothing is known yet, or only of a metric that this version does not know.
std::string best_line(const SweepStatus& status) {
  const ReportMetric* metric = find_metric(status.best_metric.empty() ? "accuracy" : status.best_metric);
  if (!metric) return "";
  const double best = metric->is_accuracy() ? status.best_accuracy : status.best;
  if (!std::isfinite(best)) return "";
  const std::string of = metric->is_accuracy() ? ""
                         : metric->in_percent  ? " of " + std::string(metric->noun)
                                               : std::string(" ") + metric->noun;
  return line("best", fmt::format("{}{}{}{}", value_text(*metric, best), of,
                                  metric->has_parts() ? " on the validation part" : "",
                                  status.best_trial.empty() ? "" : ": " + status.best_trial));
}

std::size_t terminal_width() {
  constexpr std::size_t narrow = 80;
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? std::max<std::size_t>(narrow, size.ws_col) : narrow;
}

std::string table_of(const StatusOptions& options) {
  const SweepRecord record = newest_record(options.folder);
  if (record.trials.empty()) return "No trial has finished yet: there is nothing to show in a table.\n";
  const ReportMetric& metric = metric_of(
      options.metric.empty() ? attribute(record, report_metric_attribute) : options.metric, record.trials);
  return metric_table(options.all ? with_others(record) : record, metric, terminal_width());
}

}  // namespace

std::string status_text(const SweepStatus& status, double now_unix_s, Life life) {
  const double age_s = std::max(0.0, now_unix_s - status.updated_unix_s);
  const bool claims_to_run = status.state == "running", silent = claims_to_run && life != Life::alive;
  const std::string state = !claims_to_run       ? status.state
                            : life == Life::dead ? fmt::format("dead: {} no longer runs", place(status))
                            : silent             ? "no sign of life of " + place(status)
                                                 : "running on " + place(status);
  const std::string shard = status.shard.empty() ? "" : ", shard " + status.shard;
  std::string text = fmt::format("{}{}\n{}{}", status.title, shard, line("state", state),
                                 line("trials", counts(status, !silent)));
  if (!status.race.empty()) text += line("race", status.race);
  if (claims_to_run && !silent) text += outlook(status);
  if (status.state == "stopped" && status.left_s > 0)
    text += line("time left",
                 fmt::format("about {} once it runs again on as many ranks", duration_text(status.left_s)));
  text += best_line(status);
  std::istringstream notes(status.notes);
  for (std::string note; std::getline(notes, note);) text += line("note", note);
  text += line("started", iso_time(status.started_unix_s)) +
          line("updated", fmt::format("{}, {} ago", iso_time(status.updated_unix_s), duration_text(age_s)));
  if (silent && life == Life::silent)
    text +=
        "It may have been killed, or its machine is unreachable. If it no longer runs,\n"
        "run the same command again: finished trials are kept.\n";
  if (life == Life::dead && claims_to_run)
    text += "It was killed. Run the same command again: finished trials are kept.\n";
  if (status.state == "fault")
    text += "A fault ended it; its messages say which. Finished trials are kept.\n";
  if (status.state == "stopped")
    text += "Stopped in good order with work left: run the same command again.\n";
  return text;
}

Life life_of(const SweepStatus& status, const std::function<SweepStatus()>& look_again,
             std::chrono::milliseconds patience) {
  if (status.state != "running") return Life::alive;
  const bool is_here = status.host == host_name();
  const auto pid = static_cast<long>(status.pid);
  if (is_here && process_lives(pid) && process_start(pid) == static_cast<long long>(status.pid_start))
    return Life::alive;
  // Containers may share a host name but not their processes, and the clocks of two machines may differ, so
  // the test is whether the file still changes.
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    const SweepStatus now = look_again();
    if (now.updated_unix_s != status.updated_unix_s || now.state != status.state) return Life::alive;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return is_here ? Life::dead : Life::silent;
}

int status_command(const StatusOptions& options) {
  if (!options.metric.empty()) metric_named("--metric", options.metric);
  const bool is_file = std::filesystem::is_regular_file(options.folder);
  std::string between;
  if (is_file)
    std::cout << sweep_attribute(options.folder, "title").value_or(options.folder.string()) << "\n\n";
  for (const auto& path : is_file ? std::vector<std::filesystem::path>() : status_paths(options.folder)) {
    const SweepStatus status = read_status(path);
    const Life life = life_of(status, [&] { return read_status(path); });
    std::cout << between << status_text(status, unix_time_s(), life) << std::flush;
    between = "\n";
  }
  if (options.table || is_file || !options.metric.empty()) std::cout << between << table_of(options);
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
