#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace ksweep {

/// Returns the seconds of a duration in Slurm's format: minutes, minutes:seconds, hours:minutes:seconds,
/// days-hours, days-hours:minutes or days-hours:minutes:seconds.  Returns nothing for other text (UNLIMITED,
/// INVALID).
std::optional<double> seconds_of_duration(const std::string& text);

/// When a run must have ended: the limit of --time-limit, otherwise the end of its Slurm job.
class TimeLimit {
 public:
  using Lookup = std::function<const char*(const char*)>;
  /// Returns the remaining time of a job as `squeue` prints it.
  using AskSlurm = std::function<std::string(const std::string& job)>;

  /// given_s: --time-limit, from now on; infinite: no limit, not even that of the job.
  TimeLimit(std::optional<double> given_s, Lookup environment, AskSlurm ask);

  /// Returns the seconds until work must stop, so that there is time to save it; infinite without a limit.
  /// Asks Slurm again before its limit takes effect, since it may have been extended.
  double seconds_left();

  bool is_given() const { return given_; }

  /// The limit and its source, which end the sentence "stopped by"; empty without a limit.
  const std::string& cause() const { return cause_; }

  /// What is wrong with Slurm's variables; empty if nothing is.
  const std::string& note() const { return note_; }

 private:
  using Clock = std::chrono::steady_clock;
  void set(double seconds, const std::string& cause);
  void ask_environment();

  Lookup environment_;
  AskSlurm ask_;
  bool given_ = false, expired_ = false;
  std::optional<Clock::time_point> end_;
  std::string cause_, note_;
};

/// Parses --time-limit.  Returns infinity for 0, UNLIMITED and INFINITE, Slurm's texts for no limit; nothing
/// if the text is no duration.
std::optional<double> limit_given(const std::string& text);

/// Runs `squeue`, for at most a few seconds.
std::string time_left_by_squeue(const std::string& job);

}  // namespace ksweep
