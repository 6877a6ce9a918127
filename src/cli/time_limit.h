#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace ksweep {

/// Seconds of a duration as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours,
/// days-hours:minutes or days-hours:minutes:seconds.  Nothing if the text is none (UNLIMITED, INVALID).
std::optional<double> seconds_of_duration(const std::string& text);

/// When a run must have ended: what --time-limit says, else the end of the Slurm job that it runs in.
class TimeLimit {
 public:
  using Lookup = std::function<const char*(const char*)>;
  /// What `squeue` tells of a job's time left.
  using AskSlurm = std::function<std::string(const std::string& job)>;

  /// given_s: --time-limit, from now on.
  TimeLimit(std::optional<double> given_s, Lookup environment, AskSlurm ask);

  /// Until work must stop, so that there is time to save it; infinite without a limit.  A limit of Slurm's that was
  /// extended in the meantime is asked for again before it counts.
  double seconds_left();

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<double> slurm_seconds() const;
  void set(std::optional<double> seconds);

  Lookup environment_;
  AskSlurm ask_;
  bool given_ = false, expired_ = false;
  std::optional<Clock::time_point> end_;
};

/// Runs `squeue`; gives up after seconds.
std::string time_left_by_squeue(const std::string& job);

}  // namespace ksweep
