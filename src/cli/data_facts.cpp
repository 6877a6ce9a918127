#include "cli/data_facts.h"

#include "data/load.h"
#include "data/split.h"

namespace ksweep {

DataFacts facts_of(const Trial& trial, const Dataset& dataset) {
  const PartSizes parts = part_sizes(trial, dataset.endless, dataset.n_train, dataset.n_test);
  return {dataset.content_hash, dataset.n_inputs(), dataset.n_classes,
          parts.train,          parts.validation,   parts.test};
}

DataFacts DataFactsReader::operator()(const Trial& trial) {
  auto known = known_.find(prepared_name(trial));
  if (known == known_.end()) {
    // Of a generator one sample tells as much as all.
    DataRequest request = request_for(trial, data_dir_);
    request.n_train = request.n_test = 1;
    Dataset dataset = load_dataset(request);
    dataset.owner.reset();
    dataset.train_samples = dataset.test_samples = nullptr;
    dataset.train_labels = dataset.test_labels = nullptr;
    known = known_.emplace(prepared_name(trial), std::move(dataset)).first;
  }
  return facts_of(trial, known->second);
}

}  // namespace ksweep
