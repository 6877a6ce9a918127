/// What a killed run leaves to go on from: the state of a training, whose checksum is right whatever it holds, and the
/// crash book.  The first byte says which.

#include <array>
#include <fstream>
#include <string>

#include "base/sha256.h"
#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "memory_folder.h"
#include "probe/features.h"
#include "store/crash_book.h"
#include "target.h"
#include "train/train.h"

namespace {

using namespace ksweep;

constexpr int n_inputs = 4, n_samples = 12;

Dataset tiny_data() {
  static const std::array<float, n_inputs* n_samples> samples = [] {
    std::array<float, n_inputs * n_samples> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 5) / 5;
    return values;
  }();
  static const std::array<std::int32_t, n_samples> labels{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  Dataset data;
  data.name = "tiny";
  data.shape = {1, 2, 2};
  data.n_train = n_samples;
  data.n_test = n_samples;
  data.n_classes = 2;
  data.train_samples = data.test_samples = samples.data();
  data.train_labels = data.test_labels = labels.data();
  return data;
}

Trial tiny_trial(bool classifier) {
  Trial trial = default_trial();
  trial.data_set = "tiny";
  trial.n_validation = 2;
  trial.n_hidden = 3;
  trial.k = 1;
  trial.epochs = 3;
  trial.batch = 5;
  trial.probe_every = 1;
  if (classifier) {
    trial.kind = ModelKind::classifier;
    trial.layers = "3";
  } else {
    trial.probe_kind = ProbeKind::fine_tune;
    trial.probe_epochs = 2;
  }
  return normalised(trial);
}

/// Asked to stop after so many mini-batches.  Returns the last state saved.
std::string trained(const Trial& trial, std::string state, int n_calls) {
  static const Team team(1);
  std::string saved;
  TrainSettings settings{.kernels = best_kernels(), .team = team};
  settings.keep_going = [&] { return --n_calls >= 0; };
  settings.checkpoints = {.load = [&] { return state.empty() ? std::nullopt : std::optional(state); },
                          .save = [&](std::string_view bytes) { saved = bytes; },
                          .worth_s = 0};
  try {
    train(std::span(&trial, 1), tiny_data(), settings);
  } catch (const Interrupted&) {
  }
  return saved;
}

/// The first line of a training's state, before its checksum.
const std::string& first_line() {
  static const std::string line = [] {
    const std::string saved = trained(tiny_trial(false), "", 4);
    return saved.substr(0, saved.find('\n') + 1);
  }();
  return line;
}

void use_crash_book(std::string_view text) {
  const auto folder = memory_folder();
  for (const char* name : {"counts", "active-0"}) std::ofstream(folder / name, std::ios::binary) << text;
  CrashBook book(folder, [](std::uint64_t) { return "none"; });
  book.open();
  book.is_suspect(1);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string body(bytes_of(data + 1, size - 1));
  if (data[0] % 3 == 2)
    use_crash_book(body);
  else
    trained(tiny_trial(data[0] % 3 == 1), first_line() + sha256_hex(body) + body, 40);
  return 0;
}
