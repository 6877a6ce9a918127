#include "run/data_facts_reader.h"

#include "data/load.h"
#include "data/sample_storage.h"
#include "data/split.h"

namespace ksweep {

DataFacts facts_of(const Trial& trial, const Dataset& dataset) {
  const PartSizes parts = part_sizes(trial, dataset.endless, dataset.n_train, dataset.n_test);
  return {dataset.content_hash, dataset.n_inputs(), dataset.n_classes, parts.train,
          parts.validation,     parts.test,         dataset.in_files};
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
  dataset.stored = nullptr;  // the files need not stay open
  keep(dataset, std::move(labels));
  return known_.emplace(prepared_name(trial), std::move(dataset)).first->second;
}

}  // namespace ksweep
