#include "run/data_facts_reader.h"

#include "data/load.h"
#include "data/sample_storage.h"
#include "data/split.h"
#include "data/streaming.h"

namespace ksweep {

DataFacts facts_of(const Trial& trial, const Dataset& dataset) {
  const PartSizes parts = part_sizes(trial, dataset.endless, dataset.n_train, dataset.n_test);
  const auto n_samples = static_cast<double>(parts.train + parts.validation + parts.test);
  const bool is_streamed =
      dataset.is_streamed || (dataset.n_true > 0 && too_many_for_memory(n_samples * dataset.n_inputs()));
  return {dataset.content_hash, dataset.n_inputs(), dataset.n_classes, parts.train,
          parts.validation,     parts.test,         is_streamed};
}

const Dataset& DataFactsReader::of(const Trial& trial) {
  const auto known = known_.find(prepared_name(trial));
  if (known != known_.end()) return known->second;
  // One sample of a generator is as informative as all.
  DataRequest request = request_for(trial, data_dir_, sweep_folder_);
  request.n_train = request.n_test = 1;
  Dataset dataset = load_dataset(request);
  SampleStorage labels;
  if (dataset.train_labels) {
    labels.train_labels.assign(dataset.train_labels, dataset.train_labels + dataset.n_train);
    labels.test_labels.assign(dataset.test_labels, dataset.test_labels + dataset.n_test);
  }
  dataset.streamed = nullptr;  // the files need not stay open
  keep(dataset, std::move(labels));
  return known_.emplace(prepared_name(trial), std::move(dataset)).first->second;
}

}  // namespace ksweep
