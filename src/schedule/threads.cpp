#include "schedule/threads.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "base/errors.h"
#include "base/host.h"
#include "schedule/mpi.h"

namespace ksweep {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

bool share_any(const std::vector<int>& a, const std::vector<int>& b) {
  return std::ranges::any_of(a, [&](int cpu) { return std::ranges::find(b, cpu) != b.end(); });
}

/// Returns the number of threads that a quota of CPU time keeps busy.
int worth_of(double quota) {
  return static_cast<int>(std::clamp(quota, 1.0, double(std::numeric_limits<int>::max())));
}

int threads_of(const Node& node, std::size_t rank, const ThreadRequest& request) {
  if (request.threads) return *request.threads;
  const auto& mine = node.allowed_cpus[rank];
  const auto sharers =
      std::ranges::count_if(node.allowed_cpus, [&](auto& cpus) { return share_any(cpus, mine); });
  const int share = static_cast<int>(mine.size()) / std::max<int>(1, static_cast<int>(sharers));
  const int granted = worth_of(node.cpu_quota.amount / static_cast<double>(node.allowed_cpus.size()));
  return std::clamp(share, 1, granted);
}

std::size_t distinct_cpus(const Node& node) {
  std::set<int> cpus;
  for (const auto& allowed : node.allowed_cpus) cpus.insert(allowed.begin(), allowed.end());
  return cpus.size();
}

std::string how_to_get(int threads, const Node& node) {
  if (threads > node.n_cpus)
    return fmt::format("Ask for {} or fewer: this machine has no more.", node.n_cpus);
  if (node.launcher == Launcher::mpirun)
    return fmt::format(
        "mpirun ties ranks to cores unless told otherwise: start with `mpirun --bind-to none -n {} ksweep "
        "…`, or `mpirun --map-by slot:PE={} -n {} ksweep …`.",
        node.n_ranks, threads, node.n_ranks);
  if (node.launcher == Launcher::srun)
    return fmt::format(
        "Start with `srun --mpi=pmix -n {} -c {} ksweep …`, in a job with `--cpus-per-task={}`.",
        node.n_ranks, threads, threads);
  return "Ask for fewer threads, or start ksweep where more CPUs are allowed (`taskset -p $$` shows which "
         "are).";
}

std::string fault_of(const Node& node, std::size_t rank, const ThreadRequest& request) {
  if (!request.threads) return {};
  const std::size_t n_allowed = node.allowed_cpus[rank].size();
  if (*request.threads < 1) return request.source + ": a rank needs at least 1 thread.";
  if (static_cast<std::size_t>(*request.threads) <= n_allowed) return {};
  return fmt::format(
      "{} asks for {} in each rank, but a rank on {} may use only {}: the threads would wait for each other, "
      "and be slower than one. {}",
      request.source, counted(*request.threads, "thread"), host_name(), counted(n_allowed, "CPU"),
      how_to_get(*request.threads, node));
}

std::string idle_cpus_warning(const Node& node) {
  const std::size_t n_local = node.allowed_cpus.size();
  return fmt::format(
      "mpirun tied each rank to one CPU: {} on {} use {} of its {} CPUs. For all of them use `mpirun -n {} "
      "ksweep …`, or `mpirun --bind-to none -n {} ksweep …` for more threads in each rank.",
      counted(n_local, "rank"), host_name(), n_local, node.n_cpus, node.n_cpus, node.n_ranks);
}

std::string crowded_warning(const Node& node, int threads, std::size_t n_threads, const std::string& source) {
  const int n_cpus = static_cast<int>(distinct_cpus(node));
  const std::size_t n_local = node.allowed_cpus.size();
  const std::string cause = fmt::format("{}{}{} on {} of {}, so they take turns. ", counted(n_local, "rank"),
                                        n_local == 1 ? " runs " : " run ", counted(n_threads, "thread"),
                                        counted(n_cpus, "CPU"), host_name());
  if (static_cast<int>(n_threads) <= node.n_cpus) return cause + how_to_get(threads, node);
  return fmt::format("{}For full speed use {} on each such node{}", cause,
                     counted(std::max(1, n_cpus / threads), "rank"),
                     threads > 1 ? fmt::format(", or fewer threads ({}).", source) : ".");
}

std::string quota_warning(const Node& node, std::size_t n_threads) {
  const std::size_t n_local = node.allowed_cpus.size();
  const int worth = worth_of(node.cpu_quota.amount);
  return fmt::format(
      "{}{}{} on {}, but {} grants the time of {:.3g}{}, so they take turns. Use no more than {} of one "
      "thread, or ask for a larger quota (of a container: --cpus).",
      counted(n_local, "rank"), n_local == 1 ? " runs " : " run ", counted(n_threads, "thread"), host_name(),
      node.cpu_quota.source, node.cpu_quota.amount, node.cpu_quota.amount == 1 ? " CPU" : " CPUs",
      counted(worth, "rank"));
}

std::string warning_of(const Node& node, const ThreadRequest& request) {
  std::size_t n_threads = 0;
  for (std::size_t rank = 0; rank < node.allowed_cpus.size(); ++rank)
    n_threads += threads_of(node, rank, request);
  const std::size_t n_cpus = distinct_cpus(node), n_local = node.allowed_cpus.size();
  if (static_cast<double>(n_threads) > node.cpu_quota.amount && n_threads > 1)
    return quota_warning(node, n_threads);
  if (n_threads > n_cpus)
    return crowded_warning(node, std::max(1, request.threads.value_or(1)), n_threads, request.source);
  // mpirun's default binding for one or two ranks.
  const bool tied = n_local <= 2 && n_cpus == n_local && static_cast<int>(n_cpus) < node.n_cpus;
  return tied && node.launcher == Launcher::mpirun && !request.threads ? idle_cpus_warning(node) : "";
}

std::vector<std::vector<int>> gathered(MPI_Comm comm, const std::vector<int>& mine) {
  int n_ranks = 1;
  MPI_Comm_size(comm, &n_ranks);
  const int count = static_cast<int>(mine.size());
  std::vector<int> counts(n_ranks), starts(n_ranks);
  MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
  std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
  std::vector<int> all(starts.back() + counts.back());
  MPI_Allgatherv(mine.data(), count, MPI_INT, all.data(), counts.data(), starts.data(), MPI_INT, comm);
  std::vector<std::vector<int>> split;
  for (int rank = 0; rank < n_ranks; ++rank)
    split.emplace_back(all.begin() + starts[rank], all.begin() + starts[rank] + counts[rank]);
  return split;
}

}  // namespace

ThreadRequest thread_request(std::optional<int> option, const Lookup& environment) {
  if (option) return {option, "--threads"};
  const char* text = environment("OMP_NUM_THREADS");
  const int threads = text ? std::atoi(text) : 0;
  if (threads < 1) return {};
  return {threads, "OMP_NUM_THREADS"};
}

ThreadPlan plan_threads(const Node& node, std::size_t rank, const ThreadRequest& request) {
  return {.threads = threads_of(node, rank, request),
          .fault = fault_of(node, rank, request),
          .warning = warning_of(node, request),
          .most_threads = worth_of(node.cpu_quota.amount)};
}

ThreadPlan check_threads(MPI_Comm world, const ThreadRequest& request) {
  Node node;
  MPI_Comm_size(world, &node.n_ranks);
  node.n_cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  node.launcher = launcher(::getenv);
  node.cpu_quota = group_limits().cpus;
  MPI_Comm local;
  MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &local);
  int local_rank = 0;
  MPI_Comm_rank(local, &local_rank);
  node.allowed_cpus = gathered(local, allowed_cpus());
  ThreadPlan plan = plan_threads(node, local_rank, request);
  MPI_Comm_rank(world, &plan.rank);
  const auto ranks = gathered(local, {plan.rank, plan.threads});
  for (std::size_t i = 0; i < ranks.size(); ++i)
    plan.node_ranks.push_back({ranks[i][0], ranks[i][1], node.allowed_cpus[i]});
  MPI_Comm_free(&local);
  plan.fault = first_text(world, plan.fault);
  plan.warning = first_text(world, plan.warning);
  if (!plan.fault.empty()) throw EnvironmentError(plan.fault);
  return plan;
}

}  // namespace ksweep
