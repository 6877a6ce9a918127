#include "run/running_trials.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/trial_layers.h"
#include "store/status_file.h"

namespace ksweep {
namespace {

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "null"; }

std::string joined(const std::string& list, const std::string& item) {
  return list + (list.empty() ? "" : ", ") + item;
}

}  // namespace

double epochs_of(const Trial& trial) {
  if (trial.samples > 0) return 0;
  const bool is_stack = trial.kind != ModelKind::classifier && trial.training == LayerTraining::greedy;
  return trial.epochs * (is_stack ? static_cast<double>(trials_of_layers(trial).size()) : 1);
}

std::string detail_text(double n_epochs, const std::vector<double>& losses) {
  std::string epochs, values;
  const std::size_t n_points = std::min(losses.size(), most_points_shown);
  for (std::size_t i = 0; i < n_points; ++i) {
    const std::size_t epoch = (i + 1) * losses.size() / n_points;
    epochs = joined(epochs, std::to_string(epoch));
    values = joined(values, number(losses[epoch - 1]));
  }
  return fmt::format(R"("epochs_done": {}, "epochs": {}, "loss_epochs": [{}], "losses": [{}])", losses.size(),
                     n_epochs > 0 ? number(n_epochs) : "null", epochs, values);
}

std::string running_json(const std::map<int, RunningTrial>& running) {
  std::string list;
  std::size_t n_shown = 0;
  for (const auto& [rank, trial] : running) {
    if (++n_shown > most_running_shown) break;
    const std::string rest = trial.detail.empty() ? "" : ", " + trial.detail;
    list = joined(list, fmt::format(R"({{"rank": {}, "trial": {}, "more_trials": {}, "share": {}{}}})", rank,
                                    json_quoted(trial.name), trial.n_more, number(trial.share), rest));
  }
  return "[" + list + "]";
}

}  // namespace ksweep
