#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/layers_batch.h"
#include "probe/accuracy.h"
#include "probe/features.h"

namespace ksweep {

/// The samples of one part of the data; positions in the part identify them.
struct Samples {
  const float* file_rows;
  std::vector<std::uint32_t> rows;  ///< rows in the file
  std::vector<std::int32_t> labels;
  std::optional<QuantisedRows> sparse;  ///< quantised rows, if they suit the first layer

  Samples(const float* file_rows, std::vector<std::uint32_t> rows, std::vector<std::int32_t> labels,
          const Layer& first);
};

/// A mini-batch: positions, rows and labels of its samples.
struct MiniBatch {
  std::span<const std::uint32_t> positions;
  std::vector<std::uint32_t> rows;
  std::vector<std::int32_t> labels;

  void choose(const Samples& samples, std::span<const std::uint32_t> positions);
};

void load(LayersBatch& batch, const Samples& samples, const MiniBatch& chosen);

struct Accuracies {
  Accuracy train, validation, test;
};

/// Returns the accuracy of predictions for all samples of a part.
Accuracy accuracy(LayersBatch& batch, const Layers& layers, const Gates& gates, const Samples& samples,
                  int n_classes, int batch_size, const KeepGoing& keep_going);

}  // namespace ksweep
