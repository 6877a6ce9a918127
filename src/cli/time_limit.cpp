#include "cli/time_limit.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <regex>

#include "core/host.h"
#include "core/process.h"

namespace ksweep {
namespace {

/// Kept to save what runs and to write the last sweep.h5: a tenth of the time, but no more than this.
constexpr double longest_margin_s = 60;
constexpr double margin_share = 0.1;

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

TimeLimit::TimeLimit(std::optional<double> given_s, Lookup environment, AskSlurm ask)
    : environment_(std::move(environment)), ask_(std::move(ask)), given_(given_s.has_value()) {
  set(given_ ? given_s : slurm_seconds());
}

void TimeLimit::set(std::optional<double> seconds) {
  end_.reset();
  if (!seconds) return;
  const double useful_s = *seconds - std::min(longest_margin_s, margin_share * *seconds);
  end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(useful_s));
}

std::optional<double> TimeLimit::slurm_seconds() const {
  if (const char* end = environment_("SLURM_JOB_END_TIME")) return std::atof(end) - unix_time_s();
  const char* job = environment_("SLURM_JOB_ID");
  return job ? seconds_of_duration(ask_(job)) : std::nullopt;
}

double TimeLimit::seconds_left() {
  if (!end_) return std::numeric_limits<double>::infinity();
  const auto left = [this] { return std::chrono::duration<double>(*end_ - Clock::now()).count(); };
  if (left() > 0 || given_ || expired_ || !environment_("SLURM_JOB_ID")) return left();
  const auto now = seconds_of_duration(ask_(environment_("SLURM_JOB_ID")));
  if (now && *now > 2 * longest_margin_s) set(now);  // somebody has extended it
  expired_ = left() <= 0;
  return left();
}

std::string time_left_by_squeue(const std::string& job) {
  if (job.find_first_not_of("0123456789_") != job.npos) return "";
  const std::string lines =
      output_of("timeout 10 squeue --noheader --jobs=" + job + " --format=%L 2>/dev/null");
  return lines.substr(0, lines.find('\n'));
}

}  // namespace ksweep
