#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/trial.h"

namespace ksweep {

/// What a trial's data set is to those who plan and reckon.
struct DataFacts {
  std::string content_hash;
  int n_inputs = 0, n_classes = 0;
  std::size_t n_train = 0, n_validation = 0, n_test = 0;  ///< as this trial's keys ask for
};

using FactsOf = std::function<DataFacts(const Trial&)>;

}  // namespace ksweep
