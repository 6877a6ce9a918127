#include "train/record.h"

namespace ksweep {

void record(const Accuracy& train, const Accuracy& validation, const Accuracy& test, TrialResult& result) {
  result.train_accuracy = train.overall;
  result.validation_accuracy = validation.overall;
  result.test_accuracy = test.overall;
  result.validation_accuracy_per_class = validation.per_class;
  result.test_accuracy_per_class = test.per_class;
  result.test_confusion = test.confusion;
}

}  // namespace ksweep
