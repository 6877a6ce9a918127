#include "core/trial_layers.h"

#include <algorithm>
#include <utility>

#include "core/layer_sizes.h"

namespace ksweep {

std::vector<Trial> trials_of_layers(const Trial& trial) {
  if (trial.layers == "none") return {trial};
  std::vector<Trial> trials;
  for (const int size : layer_sizes(trial.layers)) {
    Trial layer = trial;
    layer.layers = "none";
    layer.n_hidden = size;
    layer.k = std::min(trial.k, size);
    // A bounded output could not cover the range of codes.
    if (!trials.empty()) layer.decoder = Activation::linear;
    trials.push_back(std::move(layer));
  }
  return trials;
}

}  // namespace ksweep
