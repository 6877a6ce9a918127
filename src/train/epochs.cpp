#include "train/epochs.h"

#include "base/errors.h"

namespace ksweep {

void run_epochs(EpochLoop& loop, const std::string& name, const Epochs& epochs, const TrainingHooks& hooks) {
  std::int32_t epoch = 0;
  std::int64_t step = 0;  // number of finished mini-batches of this epoch
  const Checkpointer::Part part(hooks.checkpointer, name, [&](Archive& archive) {
    archive.number(epoch);
    archive.number(step);
    archive.require(epoch >= 0 && epoch < epochs.count && step >= 0);
    loop.transfer(archive);
  });
  const auto share_done = [&](std::int64_t n_steps) {
    const double of_epoch = static_cast<double>(step) / static_cast<double>(n_steps);
    return (epoch + of_epoch * std::min(1.0, epochs.passes - epoch)) / epochs.passes;
  };
  const auto tell_losses = [&] {
    if (hooks.tell_losses && loop.losses()) hooks.tell_losses(*loop.losses());
  };
  tell_losses();
  for (; epoch < epochs.count; ++epoch, step = 0) {
    const std::int64_t n_steps = loop.begin(epoch, step);
    if (step > n_steps) throw UnfitCheckpoint();
    for (; step < n_steps; ++step) {
      if (hooks.tell_progress) hooks.tell_progress(share_done(n_steps));
      if (!hooks.keep_going()) throw Interrupted();
      loop.step(epoch, step, n_steps);
    }
    loop.end(epoch);
    tell_losses();
  }
}

}  // namespace ksweep
