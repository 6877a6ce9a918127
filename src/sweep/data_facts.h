#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/trial.h"

namespace ksweep {

/// Facts about a trial's data set, as far as planning and the cost model need them.
struct DataFacts {
  std::string content_hash;
  int n_inputs = 0, n_classes = 0;
  std::size_t n_train = 0, n_validation = 0, n_test = 0;  ///< as this trial's keys request
  bool is_streamed = false;  ///< the samples are read or made as they are needed and take no memory
};

using FactsOf = std::function<DataFacts(const Trial&)>;

}  // namespace ksweep
