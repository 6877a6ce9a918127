#include "run/starting_weights.h"

#include <algorithm>
#include <map>

#include "base/errors.h"
#include "core/starting_file.h"
#include "train/unfold_scaling.h"

namespace ksweep {
namespace {

/// The trials that start from one file.
void settle(const std::string& value, const std::vector<Trial*>& trials, const WeightPlaces& places,
            const std::function<const Dataset&(const Trial&)>& dataset_of, std::vector<std::string>& notes) {
  const WeightsFile file = read_weights_file(value, places);
  const std::string settled = StartingFile{starting_file(value).path, file.content}.text();
  for (Trial* const trial : trials) {
    const Dataset& data = dataset_of(*trial);
    (void)unfold_scaling(file, *trial, data.scaling(), data.n_inputs());
    for (std::string& note : unused_of_file(file, *trial))
      if (std::ranges::count(notes, note) == 0) notes.push_back(std::move(note));
    trial->start_from = settled;
  }
}

}  // namespace

std::vector<std::string> settle_starts(Sweep& sweep, const WeightPlaces& places,
                                       const std::function<const Dataset&(const Trial&)>& dataset_of) {
  std::map<std::string, std::vector<Trial*>> of_file;
  for (Trial& trial : sweep.trials)
    if (starts_from_file(trial.start_from)) of_file[trial.start_from].push_back(&trial);
  std::vector<std::string> notes;
  for (const auto& [value, trials] : of_file) try {
      settle(value, trials, places, dataset_of, notes);
    } catch (const UserError& error) {
      throw UserError("{}: model.start_from: {}", sweep.where.at("model.start_from"), error.what());
    }
  return notes;
}

}  // namespace ksweep
