#include "train/labelled_samples.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/errors.h"

namespace ksweep {

Samples::Samples(const float* its_rows, std::vector<std::uint32_t> its, std::vector<std::int32_t> its_labels,
                 const Layer& first)
    : file_rows(its_rows), rows(std::move(its)), labels(std::move(its_labels)) {
  if (LayersBatch::suits(first)) sparse = quantised_rows(file_rows, rows, first.n_inputs);
}

void MiniBatch::choose(const Samples& samples, std::span<const std::uint32_t> its_positions) {
  positions = its_positions;
  rows.clear();
  labels.clear();
  for (const std::uint32_t position : positions) {
    rows.push_back(samples.rows[position]);
    labels.push_back(samples.labels[position]);
  }
}

void load(LayersBatch& batch, const Samples& samples, const MiniBatch& chosen) {
  if (samples.sparse)
    batch.load(*samples.sparse, chosen.positions);
  else
    batch.load(samples.file_rows, chosen.rows);
}

Accuracy accuracy(LayersBatch& batch, const Layers& layers, const Gates& gates, const Samples& samples,
                  int n_classes, int batch_size, const KeepGoing& keep_going) {
  std::vector<std::int32_t> predicted;
  predicted.reserve(samples.rows.size());
  std::vector<std::uint32_t> positions(samples.rows.size());
  std::iota(positions.begin(), positions.end(), 0u);
  const auto at_once = static_cast<std::size_t>(batch_size);
  MiniBatch chosen;
  for (std::size_t first = 0; first < positions.size(); first += at_once) {
    if (!keep_going()) throw Interrupted();
    chosen.choose(samples, std::span(positions).subspan(first, std::min(at_once, positions.size() - first)));
    load(batch, samples, chosen);
    batch.forward(layers, gates);
    for (int i = 0; i < batch.n_samples(); ++i) predicted.push_back(batch.predicted(i, n_classes));
  }
  return accuracy_of(predicted, samples.labels, n_classes);
}

}  // namespace ksweep
