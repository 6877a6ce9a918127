#include "train/fill_result.h"

namespace ksweep {

void record(const Accuracy& train, const Accuracy& validation, const Accuracy& test, TrialResult& result) {
  result.train_accuracy = train.overall;
  result.validation_accuracy = validation.overall;
  result.test_accuracy = test.overall;
  result.validation_accuracy_per_class = validation.per_class;
  result.test_accuracy_per_class = test.per_class;
  result.test_confusion = test.confusion;
  result.test_samples_per_class = test.samples_per_class;
  for (const Confusion& each : test.confusions) {
    result.confused_class.push_back(each.true_class);
    result.confused_with.push_back(each.predicted);
    result.confused_samples.push_back(each.n_samples);
  }
}

void note_resumed(std::span<TrialResult> results, std::size_t epochs_done) {
  for (TrialResult& result : results) result.resumed_epoch = static_cast<double>(epochs_done);
}

void record(const Curves& curves, std::size_t n_train, TrialResult& result) {
  result.train_loss_curve = curves.train_loss;
  result.validation_mse_curve = curves.validation_mse;
  result.validation_fvu_curve = curves.validation_fvu;
  result.l0_curve = curves.l0;
  result.dead_units_curve = curves.dead_units;
  result.k_curve = curves.k;
  result.samples_curve = curves.samples;
  result.epochs_done = curves.samples.empty() ? 0 : curves.samples.back() / static_cast<double>(n_train);
  if (curves.k.empty()) return;
  result.train_loss = curves.train_loss.back();
  result.dead_units = curves.dead_units.back();
}

}  // namespace ksweep
