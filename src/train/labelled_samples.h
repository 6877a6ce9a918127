#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/layers_batch.h"
#include "probe/accuracy.h"
#include "probe/features.h"

namespace ksweep {

/// The samples of one part of the data, which are also named by their position in it.
struct Samples {
  const float* file_rows;
  std::vector<std::uint32_t> rows;  ///< of the file
  std::vector<std::int32_t> labels;
  std::optional<LevelRows> sparse;  ///< where it suits the first layer

  Samples(const float* file_rows, std::vector<std::uint32_t> rows, std::vector<std::int32_t> labels,
          const Layer& first);
};

/// A mini-batch: positions of samples in a part, and their rows and labels.
struct Chosen {
  std::span<const std::uint32_t> positions;
  std::vector<std::uint32_t> rows;
  std::vector<std::int32_t> labels;

  void choose(const Samples& samples, std::span<const std::uint32_t> positions);
};

void load(LayersBatch& batch, const Samples& samples, const Chosen& chosen);

struct Accuracies {
  Accuracy train, validation, test;
};

/// Predictions for all samples of a part against their labels.
Accuracy accuracy(LayersBatch& batch, const Layers& layers, const Gates& gates, const Samples& samples,
                  int n_classes, int batch_size, const KeepGoing& keep_going);

}  // namespace ksweep
