#include "run/time_limit.h"

#include <fmt/core.h>
#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <regex>

#include "base/host.h"
#include "base/process.h"
#include "run/text.h"

namespace ksweep {
namespace {

/// Time reserved to save running jobs and to write the last sweep.h5: a tenth of the limit, but no more than
/// this.
constexpr double longest_margin_s = 60;
constexpr double margin_share = 0.1;
/// Longer limits count as none, and exceed the range of clocks.
constexpr double longest_limit_s = 1e9;

double number(const std::csub_match& text) { return text.matched ? std::atof(text.str().c_str()) : 0; }

}  // namespace

std::optional<double> seconds_of_duration(const std::string& text) {
  static const std::regex with_days(R"(\s*(\d+)-(\d+)(?::(\d+))?(?::(\d+))?\s*)"),
      hours(R"(\s*(\d+):(\d+):(\d+)\s*)"), minutes(R"(\s*(\d+)(?::(\d+))?\s*)");
  std::cmatch part;
  if (std::regex_match(text.c_str(), part, with_days))
    return 86400 * number(part[1]) + 3600 * number(part[2]) + 60 * number(part[3]) + number(part[4]);
  if (std::regex_match(text.c_str(), part, hours))
    return 3600 * number(part[1]) + 60 * number(part[2]) + number(part[3]);
  if (std::regex_match(text.c_str(), part, minutes)) return 60 * number(part[1]) + number(part[2]);
  return std::nullopt;
}

std::optional<double> limit_given(const std::string& text) {
  for (const char* none : {"unlimited", "infinite"})
    if (::strcasecmp(text.c_str(), none) == 0) return std::numeric_limits<double>::infinity();
  const auto seconds = seconds_of_duration(text);
  return seconds == 0 ? std::numeric_limits<double>::infinity() : seconds;
}

TimeLimit::TimeLimit(std::optional<double> given_s, Lookup environment, AskSlurm ask)
    : environment_(std::move(environment)), ask_(std::move(ask)), given_(given_s.has_value()) {
  if (given_)
    set(*given_s, fmt::format("the time limit of {} (--time-limit)", duration_text(*given_s)));
  else
    ask_environment();
}

void TimeLimit::set(double seconds, const std::string& cause) {
  if (!(seconds < longest_limit_s)) return;
  const double useful_s = seconds - std::min(longest_margin_s, margin_share * seconds);
  end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(useful_s));
  cause_ = cause;
}

/// An end in the past belongs to an earlier job, or the limit was extended.
void TimeLimit::ask_environment() {
  const char *end = environment_("SLURM_JOB_END_TIME"), *job = environment_("SLURM_JOB_ID");
  const std::string name = job ? "the Slurm job " + std::string(job) : "the Slurm job";
  const double left_s = end ? std::atof(end) - unix_time_s() : 0;
  if (left_s > 0) return set(left_s, fmt::format("the end of {} (SLURM_JOB_END_TIME)", name));
  const auto now_s = job ? seconds_of_duration(ask_(job)) : std::nullopt;
  if (now_s) return set(*now_s, fmt::format("the end of {} (squeue)", name));
  if (end)
    note_ = fmt::format(
        "SLURM_JOB_END_TIME = {} is no time to come, and squeue knows no end of {}: no time limit is heeded. "
        "Unset it if this is no such job, or give --time-limit.",
        end, name);
}

double TimeLimit::seconds_left() {
  if (!end_) return std::numeric_limits<double>::infinity();
  const auto left = [this] { return std::chrono::duration<double>(*end_ - Clock::now()).count(); };
  if (left() > 0 || given_ || expired_ || !environment_("SLURM_JOB_ID")) return left();
  const auto now = seconds_of_duration(ask_(environment_("SLURM_JOB_ID")));
  if (now && *now > 2 * longest_margin_s) set(*now, cause_);  // the limit was extended
  expired_ = left() <= 0;
  return left();
}

std::string time_left_by_squeue(const std::string& job) {
  if (job.find_first_not_of("0123456789_") != job.npos) return "";
  const std::string lines =
      output_of(fmt::format("timeout 10 squeue --noheader --jobs={} --format=%L 2>/dev/null", job));
  return lines.substr(0, lines.find('\n'));
}

}  // namespace ksweep
