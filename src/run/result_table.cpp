#include "run/result_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/build_info.h"
#include "base/host.h"
#include "core/trial_keys.h"
#include "run/text.h"

namespace ksweep {
namespace {

/// Returns the reason without the parts that differ between trials with the same fault: numbers, and the
/// remedy.
std::string kind_of_reason(const std::string& reason) {
  std::string kind = reason.substr(0, reason.find(": "));
  std::erase_if(kind, [](char letter) { return letter >= '0' && letter <= '9'; });
  return kind;
}

}  // namespace

ResultTable::ResultTable(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const Store& store,
                         std::vector<bool> mine, std::vector<bool> needs_weights, bool retry_failed)
    : sweep_(sweep),
      plan_(plan),
      store_(store),
      mine_(std::move(mine)),
      needs_weights_(std::move(needs_weights)),
      trials_(plan.size()),
      best_(metrics().size()) {
  for (std::uint32_t i = 0; i < plan.size(); ++i) load(i, retry_failed && mine_[i]);
  std::set<std::uint64_t> ids;
  for (const PlannedTrial& planned : plan) ids.insert(planned.id);
  others_ = store.others(ids);
}

void ResultTable::load(std::uint32_t position, bool retry_failed) {
  const PlannedTrial& planned = plan_[position];
  TrialResult& result = trials_[position];
  result.trial = planned.trial;
  result.id = planned.id;
  const bool needs_weights = needs_weights_[position];
  auto stored =
      store_.read(planned.id, identity(planned.trial), needs_weights ? Detail::everything : Detail::numbers);
  if (!stored || (stored->status == Status::failed && retry_failed)) return;
  if (needs_weights && stored->status == Status::done && stored->weights.empty()) return;
  stored->weights = {};
  stored->filters = {};
  result = std::move(*stored);
  result.trial = planned.trial;  // the same trial, but its data may have had another name
  if (result.status == Status::done && trains_codes(planned.trial.kind)) note_best(position);
}

void ResultTable::note_best(std::uint32_t position) {
  for (std::size_t i = 0; i < metrics().size(); ++i) {
    const ReportMetric& metric = metrics()[i];
    const double value = trials_[position].*metric.choosing;
    const double best = best_[i] ? trials_[*best_[i]].*metric.choosing : not_measured;
    if (metric.is_better(value, best)) best_[i] = position;
  }
}

BestTrial ResultTable::best() const {
  const auto position_of = [&](const ReportMetric& metric) { return best_[&metric - metrics().data()]; };
  const ReportMetric& metric =
      metric_among(sweep_.report_metric, [&](const ReportMetric& m) { return position_of(m).has_value(); });
  const auto position = position_of(metric);
  if (!position) return {&metric, not_measured, ""};
  return {&metric, trials_[*position].*metric.choosing, name_of(*position)};
}

std::size_t ResultTable::n_trials() const {
  return static_cast<std::size_t>(std::ranges::count(mine_, true));
}

std::size_t ResultTable::count(Status status) const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < mine_.size(); ++i) n += mine_[i] && trials_[i].status == status;
  return n;
}

std::vector<std::uint32_t> ResultTable::without_result() const {
  std::vector<std::uint32_t> positions;
  for (std::uint32_t i = 0; i < plan_.size(); ++i)
    if (trials_[i].status == Status::missing) positions.push_back(i);
  return positions;
}

std::vector<std::uint32_t> ResultTable::missing() const {
  std::vector<std::uint32_t> positions = without_result();
  std::erase_if(positions, [this](std::uint32_t position) { return !mine_[position]; });
  return positions;
}

void ResultTable::report(const std::vector<std::uint32_t>& positions) {
  unread_.insert(unread_.end(), positions.begin(), positions.end());
}

std::size_t ResultTable::read_reported() {
  for (const std::uint32_t position : unread_) load(position, false);
  return std::erase_if(unread_, [&](std::uint32_t p) { return trials_[p].status != Status::missing; });
}

void ResultTable::read_other_shards() {
  for (std::uint32_t i = 0; i < plan_.size(); ++i)
    if (!mine_[i] && trials_[i].status == Status::missing) load(i, false);
}

void ResultTable::fail(std::uint32_t position, const std::string& reason) {
  TrialResult& result = trials_[position];
  result.status = Status::failed;
  result.reason = reason;
  result.started_unix_s = unix_time_s();
  result.host = host_name();
  result.program_version = program_version();
  store_.write(result);
}

ResultTable::Failures ResultTable::failures() const {
  Failures failures;
  std::map<std::string, std::size_t> n_of;
  for (std::size_t i = 0; i < mine_.size(); ++i) {
    const TrialResult& result = trials_[i];
    if (!mine_[i] || result.status != Status::failed) continue;
    failures.may_succeed = failures.may_succeed || failed_by_circumstance(result);
    const std::size_t n = ++n_of[kind_of_reason(result.reason)];
    if (n <= failures.n_of_it) continue;
    failures.n_of_it = n;
    failures.commonest_reason = result.reason;
  }
  return failures;
}

std::string ResultTable::instruction_set() const {
  for (const TrialResult& result : trials_)
    if (result.status != Status::missing && !result.instruction_set.empty()) return result.instruction_set;
  return "";
}

std::string ResultTable::name_of(std::uint32_t position) const {
  return trial_text(sweep_.axes, plan_[position].trial);
}

}  // namespace ksweep
