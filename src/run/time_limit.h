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

  /// given_s: --time-limit, from now on; infinite: none, not even that of the job.
  TimeLimit(std::optional<double> given_s, Lookup environment, AskSlurm ask);

  /// Until work must stop, so that there is time to save it; infinite without a limit.  A limit of Slurm's that was
  /// extended in the meantime is asked for again before it counts.
  double seconds_left();

  bool is_given() const { return given_; }

  /// What sets the limit, and whence that is known: the end of "stopped by"; empty without a limit.
  const std::string& cause() const { return cause_; }

  /// What is wrong with what Slurm's variables tell; empty if nothing is.
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

/// What --time-limit says; infinite for 0, UNLIMITED and INFINITE, by which Slurm means that there is none.  Nothing if the
/// text is no time.
std::optional<double> limit_given(const std::string& text);

/// Runs `squeue`; gives up after seconds.
std::string time_left_by_squeue(const std::string& job);

}  // namespace ksweep
