#include "run/plan_run.h"

#include <fmt/core.h>

#include <set>

#include "base/errors.h"
#include "base/host.h"
#include "cost/jobs.h"
#include "kernels/isa.h"
#include "run/foreign_folder.h"
#include "run/memory_check.h"
#include "run/provenance.h"
#include "schedule/collect.h"

namespace ksweep {
namespace {

std::vector<PlannedTrial> common_plan(const OpenRun& run) {
  std::vector<PlannedTrial> plan;
  together(run.world(), [&] { plan = plan_trials(run.sweep(), run.facts()); });
  return plan;
}

/// Returns the host names of all ranks, each once.
std::string all_hosts(MPI_Comm world) {
  const auto of_ranks = texts_of_all(world, host_name());
  std::string text;
  for (const std::string& host : std::set<std::string>(of_ranks.begin(), of_ranks.end()))
    text += (text.empty() ? "" : ",") + host;
  return text;
}

/// Warns if the results in one folder will come from different instruction sets.
void warn_of_mixture(const std::string& stored, const std::string& isa, const Store& store) {
  if (stored.empty() || stored == isa) return;
  fmt::print(
      stderr,
      "ksweep: the trials stored in {} were computed with {} kernels, new ones are with {}: their last "
      "bits may differ from those of one run. {}\n",
      store.folder().string(), stored, isa,
      reproduces(stored) || !runs_here(stored)
          ? fmt::format("Use --isa {} on machines that have it, or another --output.", stored)
          : fmt::format(
                "This version has no kernels with the bits of {} any more. Use another --output to keep them apart.",
                stored));
}

}  // namespace

PlanRun::PlanRun(const OpenRun& run, bool retry_failed, std::optional<std::size_t> n_failed_before)
    : plan_(common_plan(run)),
      pairs_(plan_pairs(run.sweep(), plan_, run.facts())),
      store_(run.options().output),
      crashes_(run.options().output / ("crashes" + run.options().shard.suffix()),
               [this](std::uint64_t training) { return store_.checkpoint_mark(training); }) {
  for (const PlannedPair& pair : pairs_)
    for (const std::uint32_t position : {pair.first, pair.second})
      paired_.insert(plan_[position].training_id);
  together(run.world(), [&] {
    if (run.is_first()) open_folder(run, retry_failed, n_failed_before);
  });
  if (book_ && !book_->results().others().empty())
    fmt::print(stderr, "ksweep: {}\n", book_->publisher().note_on_others());
  kernels_ = &common_kernels(run);
  const RunFacts facts{kernels_->bits, run.n_ranks(), run.threads().threads, all_hosts(run.world())};
  begin_jobs(run);
  together(run.world(), [&] {
    if (book_)
      book_->start(run.data().of(run.sweep().trials.front()).shape,
                   provenance(run.sweep(), run.data(), facts));
  });
}

void PlanRun::begin_jobs(const OpenRun& run) {
  std::vector<std::uint32_t> next;
  together(run.world(), [&] {
    if (book_) next = book_->next_trials();
  });
  next = list_of_first(run.world(), next);
  const Rates rates = *rates_from_text(first_text(run.world(), book_ ? rates_text(book_->rates()) : ""));
  jobs_ = make_jobs(plan_, next, run.facts(), rates);
  together(run.world(), [&] {
    require_memory(run);
    if (book_) book_->begin(jobs_, run.threads().threads);
  });
}

bool PlanRun::begin_next_round(const OpenRun& run) {
  if (!run.sweep().race) return false;
  begin_jobs(run);
  return !jobs_.empty();
}

void PlanRun::open_folder(const OpenRun& run, bool retry_failed, std::optional<std::size_t> n_failed_before) {
  const RunOptions& options = run.options();
  store_.prepare();
  wait_for_orphans(store_.folder(), options.shard, run.stop_requested());
  lock_.emplace(store_.folder(), options.shard);
  refuse_foreign_folder(store_.folder(), run.sweep(), plan_);
  crashes_.open();
  book_.emplace(RunBook::Subject{.sweep = run.sweep(),
                                 .plan = plan_,
                                 .pairs = pairs_,
                                 .store = store_,
                                 .crashes = crashes_,
                                 .facts = run.facts(),
                                 .options = options,
                                 .stop = run.stop_requested(),
                                 .n_ranks = run.n_ranks(),
                                 .retry_failed = retry_failed,
                                 .n_failed_before = n_failed_before});
  remove_checkpoints_of_ended();
}

void PlanRun::remove_checkpoints_of_ended() const {
  std::set<std::uint64_t> ended;
  for (const PlannedTrial& planned : plan_) ended.insert(planned.training_id);
  for (const std::uint32_t position : book_->results().without_result())
    ended.erase(plan_[position].training_id);
  store_.remove_checkpoints_of(ended);
}

/// Returns kernels of the best instruction set that every rank has: all numbers of a sweep come from one.  Stored trials
/// determine it, unless another one is requested or some rank lacks theirs.
const Kernels& PlanRun::common_kernels(const OpenRun& run) const {
  MPI_Comm world = run.world();
  const std::string stored = first_text(world, book_ ? book_->results().instruction_set() : "");
  const Kernels& chosen = [&]() -> const Kernels& {
    if (const auto& asked = run.options().isa) {
      together(world, [&] { kernels_for(*asked); });
      return kernels_for(*asked);
    }
    const auto isas = available_isas();
    if (least_of_all(world, reproduces(stored)) != 0) return fastest_alike(stored);
    return fastest_alike(
        isas[static_cast<std::size_t>(least_of_all(world, static_cast<int>(isas.size()) - 1))]);
  }();
  if (run.is_first()) warn_of_mixture(stored, chosen.bits, store_);
  return chosen;
}

void PlanRun::require_memory(const OpenRun& run) const {
  const int n_ranks = static_cast<int>(run.threads().node_ranks.size());
  const std::string fault = memory_fault(memory_demand(plan_, jobs_, run.facts(), n_ranks), allowed_memory());
  if (!fault.empty()) throw UserError("{}: {}", run.options().sweep.string(), fault);
}

}  // namespace ksweep
