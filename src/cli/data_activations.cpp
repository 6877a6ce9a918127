#include "cli/data_activations.h"

#include <fmt/core.h>

#include <iostream>
#include <span>

#include "base/control_groups.h"
#include "base/denormals.h"
#include "base/errors.h"
#include "base/pace.h"
#include "base/sha256.h"
#include "cli/export_folder.h"
#include "data/write_safetensors.h"
#include "kernels/isa.h"
#include "run/recorded_data.h"
#include "store/find_trial.h"
#include "train/activations.h"

namespace ksweep {
namespace {

constexpr const char* activations_file = "activations.safetensors";

/// Returns the layer that was asked for, or the last hidden one.
int layer_of(const DataActivationsOptions& options, const TrialResult& record, int n_inputs) {
  const int n_layers = count_layers(record.trial, record.weights, n_inputs);
  const int layer = options.layer.value_or(last_hidden_layer(record.trial, record.weights));
  if (layer < 1)
    throw UserError(
        "{}: trial {} has no hidden layer: which activations to write is unclear. --layer 1 takes its outputs.",
        options.folder.string(), id_text(record.id));
  if (layer > n_layers)
    throw UserError(
        "--layer {} is out of range: trial {} has activations of {} layer{}. Give a number from 1 to {}.",
        layer, id_text(record.id), n_layers, n_layers == 1 ? "" : "s", n_layers);
  return layer;
}

std::string_view bytes_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

NewTensor labels(const char* name, const std::int32_t* numbers, std::size_t count) {
  return {name, "I32", {count}, [=](const TakeBytes& take) {
            take(bytes_of(std::as_bytes(std::span(numbers, count))));
          }};
}

/// Writes the activations of both parts, each computed while it is written.
void write_activations(const DataActivationsOptions& options, const TrialResult& record,
                       const Dataset& dataset, int number) {
  PacedTeam team(options.threads.value_or(usable_cpus()));
  const Kernels& kernels =
      fastest_alike(reproduces(record.instruction_set) ? record.instruction_set : available_isas().back());
  TrainedLayer layer(record.trial, record.weights, number, kernels, team.team());
  const auto samples = [&](const char* name, const SampleRows& rows, std::size_t count) -> NewTensor {
    const auto n_units = static_cast<std::size_t>(layer.n_units());
    return {name, "F32", {count, n_units}, [&layer, &team, rows, count](const TakeBytes& take) {
              each_activation(
                  layer, rows, count, [&] { team.keep_pace(); },
                  [&](std::span<const float> activations) { take(bytes_of(std::as_bytes(activations))); });
            }};
  };
  std::vector<NewTensor> tensors{samples("x_train", dataset.train_rows(), dataset.n_train),
                                 samples("x_test", dataset.test_rows(), dataset.n_test)};
  if (dataset.train_labels) {
    tensors.push_back(labels("y_train", dataset.train_labels, dataset.n_train));
    tensors.push_back(labels("y_test", dataset.test_labels, dataset.n_test));
  }
  write_safetensors(options.output / activations_file, tensors,
                    {{"trial", id_text(record.id)}, {"layer", std::to_string(number)}});
  std::cout << fmt::format("{}: {} activations of layer {} for {} training and {} test samples{}\n",
                           (options.output / activations_file).string(), layer.n_units(), number,
                           dataset.n_train, dataset.n_test, dataset.train_labels ? ", with labels" : "")
            << "Use it with: ksweep run SWEEP --set data.set=" << options.output.string() << '\n';
}

}  // namespace

int data_activations_command(const DataActivationsOptions& options) {
  flush_denormals();
  allow_memory_given(options.memory_gb);
  check_no_such_files(options.output, {activations_file, classes_file});
  const TrialResult record = find_trial(options.folder, options.trial);
  require_weights(record, options.folder, "compute activations from");
  const Dataset dataset =
      recorded_dataset(record.trial, options.data_dir,
                       "their activations would be others. Give their folder with --data-dir.");
  const int layer = layer_of(options, record, dataset.n_inputs());
  make_export_folder(options.output);
  write_activations(options, record, dataset, layer);
  write_classes(options.output, dataset);
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
