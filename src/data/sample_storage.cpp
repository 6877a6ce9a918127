#include "data/sample_storage.h"

namespace ksweep {

void keep(Dataset& dataset, SampleStorage samples) {
  const auto kept = std::make_shared<const SampleStorage>(std::move(samples));
  dataset.train_samples = kept->train.data();
  dataset.test_samples = kept->test.data();
  dataset.train_labels = kept->train_labels.empty() ? nullptr : kept->train_labels.data();
  dataset.test_labels = kept->test_labels.empty() ? nullptr : kept->test_labels.data();
  dataset.owner = kept;
}

}  // namespace ksweep
