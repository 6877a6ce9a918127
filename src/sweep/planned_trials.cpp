#include "sweep/planned_trials.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "base/errors.h"
#include "base/sha256.h"
#include "core/starting_file.h"
#include "core/trial_keys.h"
#include "sweep/checks.h"

namespace ksweep {
namespace {

bool measures_angles_to_means(const Trial& trial) {
  return trial.probe_metric == Metric::cosine &&
         (trial.probe_kind == ProbeKind::centroid || trial.probe_kind == ProbeKind::kmeans);
}

/// Whether the rule chooses other units in place of those that dropout removes.
bool fills_up_after_dropout(const Trial& trial) {
  if (trial.dropout == 0 || trial.training == LayerTraining::joint) return false;
  if (trial.kind == ModelKind::wta) return trial.lifetime < 1;
  const bool keeps_k = concerns(*find_key("model.k"), trial.kind) && trains_codes(trial.kind);
  return keeps_k && (trial.k < trial.n_hidden || trial.layers != "none");
}

/// Returns a line for each past change of the program that altered the results of this trial but not of all;
/// the lines enter only the ids of such trials.
std::string revisions(const Trial& trial) {
  std::string lines;
  if (fills_up_after_dropout(trial)) lines += "decoded_share = 1\n";
  if (measures_angles_to_means(trial)) lines += "metric_of_means = 1\n";
  if (trial.kind == ModelKind::classifier && trial.output == Output::softmax) lines += "output_error = 1\n";
  return lines;
}

/// The same for changes that altered weights; these lines enter training ids, too.
std::string revisions_of_weights(const Trial& trial) {
  const bool has_negative_codes = trial.activation == Activation::linear;
  std::string lines;
  if (fills_up_after_dropout(trial) && has_negative_codes) lines += "dropped_units = 1\n";
  // 0 once meant that no dead unit takes part.
  if (trial.aux_weight > 0 && trial.aux_units == 0) lines += "aux_units = half of the inputs\n";
  return lines;
}

/// Returns the text whose hash is the id.
std::string signature(const Trial& trial, bool training_only) {
  return fmt::format("{}results_version = {}\n{}{}", identity(trial, training_only), results_version,
                     training_only ? "" : revisions(trial), revisions_of_weights(trial));
}

std::uint64_t hash_of(const std::string& text) { return first_64_bits(sha256_hex(text)); }

/// Returns why two trials of a grid are one although their values differ; empty if they do not.
std::string why_same(const Trial& one, const Trial& other) {
  std::string why;
  if (one.data_set != other.data_set)
    why =
        fmt::format(": data.set = {} and data.set = {} hold the same samples", one.data_set, other.data_set);
  if (one.start_from != other.start_from)
    why += fmt::format("{} model.start_from = {} and model.start_from = {} hold the same weights",
                       why.empty() ? ":" : ", and", starting_file(one.start_from).path,
                       starting_file(other.start_from).path);
  return why;
}

/// Throws UserError if two different trials have the same id.  That is so unlikely that changing a seed
/// resolves it.
void refuse_collisions(const std::vector<PlannedTrial>& plan, std::uint64_t PlannedTrial::*id,
                       bool training_only) {
  std::unordered_map<std::uint64_t, const PlannedTrial*> first;
  for (const PlannedTrial& planned : plan) {
    const auto [place, is_new] = first.try_emplace(planned.*id, &planned);
    if (is_new) continue;
    const PlannedTrial& other = *place->second;
    const bool same = identity(planned.trial, training_only) == identity(other.trial, training_only);
    if (training_only && same) continue;
    throw UserError(
        "trial {}{}: one result would stand for both. {}.\nOne is\n{}the other\n{}", id_text(planned.*id),
        same ? " is planned twice" + why_same(other.trial, planned.trial) : " has the id of another trial",
        same ? "Leave one of them out" : "Change a value of the grid, for example a seed",
        specification(other.trial, training_only), specification(planned.trial, training_only));
  }
}

/// Returns the facts of a trial's data.  Adds the key's place to a UserError that begins with a key.
DataFacts located_facts(const Sweep& sweep, const Trial& trial, const FactsOf& facts) {
  try {
    return facts(trial);
  } catch (const UserError& error) {
    const std::string message = error.what();
    const auto where = sweep.where.find(message.substr(0, message.find(' ')));
    if (where == sweep.where.end()) throw;
    throw UserError("{}: {}", where->second, message);
  }
}

}  // namespace

std::uint64_t trial_id(const Trial& trial) { return hash_of(signature(trial, false)); }

std::uint64_t training_id(const Trial& trial) { return hash_of(signature(trial, true)); }

std::vector<PlannedTrial> plan_trials(const Sweep& sweep, const FactsOf& facts) {
  std::vector<PlannedTrial> plan;
  for (Trial trial : sweep.trials) {
    const DataFacts data = located_facts(sweep, trial, facts);
    check_batch(trial, data.n_train, sweep);
    check_labels(trial, data.n_classes, sweep);
    trial.data_hash = data.content_hash;
    plan.push_back({trial, trial_id(trial), training_id(trial)});
  }
  refuse_collisions(plan, &PlannedTrial::id, false);
  refuse_collisions(plan, &PlannedTrial::training_id, true);
  return plan;
}

}  // namespace ksweep
