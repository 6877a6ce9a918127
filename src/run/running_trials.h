#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/trial.h"

namespace ksweep {

/// How many running trainings status.json shows, and points of each curve.
inline constexpr std::size_t most_running_shown = 32, most_points_shown = 32;

/// What one rank is training.
struct RunningTrial {
  std::string name;    ///< "k=25 seed=3"
  double n_more = 0;   ///< further trials that are read from the same training
  double share = 0;    ///< of the training and its probes that is done
  std::string detail;  ///< detail_text() of the rank
};

/// Returns the epochs of the training of a trial, all layers of a stack together; 0 without a length in epochs.
double epochs_of(const Trial& trial);

/// Returns `"epochs_done": 3, "epochs": 10, "loss_epochs": [1, 2, 3], "losses": [9.1, 5, 4.2]`: the epochs that a training has ended,
/// of how many (null: unknown), and the training loss of at most most_points_shown of them, evenly chosen, the last one included.
std::string detail_text(double n_epochs, const std::vector<double>& losses);

/// Returns a JSON array with an object for each of the first most_running_shown ranks.
std::string running_json(const std::map<int, RunningTrial>& running);

}  // namespace ksweep
