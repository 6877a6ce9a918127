#include "schedule/policy.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

namespace ksweep {
namespace {

// A job that begins less than this before the end would be stopped before it has done anything.
constexpr double least_useful_s = 1;

}  // namespace

Policy::Policy(std::span<const double> costs_s, int n_ranks)
    : Policy(costs_s, std::vector<int>(static_cast<std::size_t>(n_ranks), 0)) {}

Policy::Policy(std::span<const double> costs_s, std::span<const int> node_of_rank)
    : costs_s_(costs_s.begin(), costs_s.end()),
      queue_(costs_s.size()),
      held_(node_of_rank.size()),
      node_of_rank_(node_of_rank.begin(), node_of_rank.end()),
      n_ranks_(static_cast<int>(node_of_rank.size())),
      n_jobs_(costs_s.size()) {
  assert(n_ranks_ >= 1);
  ranks_of_node_.resize(static_cast<std::size_t>(std::ranges::max(node_of_rank_)) + 1);
  for (int rank = 0; rank < n_ranks_; ++rank) {
    ranks_of_node_[static_cast<std::size_t>(node_of_rank_[rank])].push_back(rank);
    held_[rank].cpus_of = {rank};
  }
  assert(std::ranges::all_of(costs_s_, [](double cost) { return std::isfinite(cost) && cost >= 0; }));
  std::iota(queue_.begin(), queue_.end(), 0u);
  std::ranges::sort(queue_, [this](auto a, auto b) { return longer(b, a); });
  queued_s_ = std::accumulate(costs_s_.begin(), costs_s_.end(), 0.0);
}

bool Policy::longer(std::uint32_t a, std::uint32_t b) const {
  return costs_s_[a] != costs_s_[b] ? costs_s_[a] > costs_s_[b] : a < b;
}

void Policy::keep_whole(std::uint32_t job) {
  whole_.resize(n_jobs_);
  whole_[job] = true;
}

std::optional<std::uint32_t> Policy::next(int rank, double seconds_left) {
  Held& held = held_[rank];
  if (held.count == 2) return {};
  const auto place = longest_that_fits(seconds_left);
  if (!place || (held.count == 1 && !may_take_ahead(held, queue_[*place]))) return {};
  return take(held, *place);
}

std::optional<std::size_t> Policy::longest_that_fits(double seconds_left) const {
  if (seconds_left < least_useful_s) return {};
  for (std::size_t place = queue_.size(); place-- > 0;)
    if (whole_.empty() || !whole_[queue_[place]] || costs_s_[queue_[place]] <= seconds_left) return place;
  return {};
}

bool Policy::may_take_ahead(const Held& held, std::uint32_t job) const {
  // The count guards against costs that are not yet known and all zero.
  const double would_hold_s = costs_s_[held.jobs[0]] + costs_s_[job];
  return queue_.size() >= 2u * n_ranks_ && would_hold_s <= ahead_share * queued_s_ / n_ranks_;
}

std::uint32_t Policy::take(Held& held, std::size_t place) {
  const std::uint32_t job = queue_[place];
  queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(place));
  queued_s_ = queue_.empty() ? 0 : queued_s_ - costs_s_[job];
  held.end_s = std::max(now_s_, held.count > 0 ? held.end_s : now_s_) + held.time_for(costs_s_[job]);
  held.jobs[held.count++] = job;
  return job;
}

void Policy::end(int rank, [[maybe_unused]] std::uint32_t job, bool failed) {
  Held& held = held_[rank];
  assert(held.count > 0 && held.jobs[0] == job);
  const double ahead_s = held.count == 2 ? held.time_for(costs_s_[held.jobs[1]]) : 0;
  if (!failed) now_s_ = std::max(now_s_, held.end_s - ahead_s);  // failed jobs may end at any time
  held.end_s = now_s_ + ahead_s;
  held.jobs[0] = held.jobs[1];
  --held.count;
  ++(failed ? n_failed_ : n_done_);
}

std::optional<Policy::Loan> Policy::lend(int rank) {
  Held& lender = held_[rank];
  if (!queue_.empty() || lender.count > 0 || lender.cpus_of.empty()) return {};
  const auto borrower = neediest(node_of_rank_[rank]);
  if (!borrower) return {};
  Held& held = held_[*borrower];
  const double left_on_one_s = left_s(held) / held.time_for(1);
  held.cpus_of.insert(held.cpus_of.end(), lender.cpus_of.begin(), lender.cpus_of.end());
  held.end_s = now_s_ + held.time_for(left_on_one_s);
  return Loan{*borrower, std::exchange(lender.cpus_of, {})};
}

std::optional<int> Policy::neediest(int node) const {
  std::optional<int> found;
  const auto more_needy = [this](const Held& a, const Held& b) {
    return left_s(a) != left_s(b) ? left_s(a) > left_s(b) : a.cpus_of.size() < b.cpus_of.size();
  };
  for (const int rank : ranks_of_node_[static_cast<std::size_t>(node)])
    if (held_[rank].count > 0 && (!found || more_needy(held_[rank], held_[*found]))) found = rank;
  return found;
}

void Policy::lose(int rank) {
  Held& held = held_[rank];
  for (int i = 0; i < held.count; ++i) put_back(held.jobs[i]);
  held.count = 0;
  held.cpus_of.clear();
  --n_ranks_;
}

void Policy::give_up(std::uint32_t job) {
  queued_s_ -= costs_s_[job] * static_cast<double>(std::erase(queue_, job));
  ++n_failed_;
}

std::optional<std::uint32_t> Policy::running(int rank) const {
  return held_[rank].count > 0 ? std::optional(held_[rank].jobs[0]) : std::nullopt;
}

bool Policy::idle() const {
  return std::ranges::all_of(held_, [](const Held& held) { return held.count == 0; });
}

void Policy::put_back(std::uint32_t job) {
  const auto place = std::ranges::upper_bound(queue_, job, [this](auto a, auto b) { return longer(b, a); });
  queue_.insert(place, job);
  queued_s_ += costs_s_[job];
  ++n_lost_;
}

std::vector<double> job_costs_s(std::span<const Job> jobs) {
  std::vector<double> costs_s;
  for (const Job& job : jobs) costs_s.push_back(job.predicted_s);
  return costs_s;
}

Policy policy_for(std::span<const Job> jobs, const std::vector<int>& node_of_rank) {
  Policy policy(job_costs_s(jobs), node_of_rank);
  for (std::uint32_t job = 0; job < jobs.size(); ++job)
    if (!jobs[job].resumable) policy.keep_whole(job);
  return policy;
}

}  // namespace ksweep
