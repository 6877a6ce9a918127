#include "data/sample_storage.h"

namespace ksweep {

void keep(Dataset& dataset, SampleStorage samples) {
  const auto kept = std::make_shared<const SampleStorage>(std::move(samples));
  dataset.train_samples = kept->train.data();
  dataset.test_samples = kept->test.data();
  dataset.train_labels = kept->train_labels.empty() ? nullptr : kept->train_labels.data();
  dataset.test_labels = kept->test_labels.empty() ? nullptr : kept->test_labels.data();
  dataset.true_directions = kept->true_directions.empty() ? nullptr : kept->true_directions.data();
  dataset.mean = kept->mean.empty() ? nullptr : kept->mean.data();
  dataset.factor = kept->factor;
  dataset.owner = kept;
}

}  // namespace ksweep
