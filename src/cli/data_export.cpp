#include "cli/data_export.h"

#include <fmt/core.h>

#include <iostream>

#include "base/control_groups.h"
#include "base/errors.h"
#include "cli/export_folder.h"
#include "core/trial_keys.h"
#include "data/load.h"
#include "data/split.h"
#include "data/write_npy.h"
#include "sweep/entries.h"
#include "sweep/values.h"

namespace ksweep {
namespace {

std::string samples_file(const std::string& part) { return "x_" + part + ".npy"; }
std::string labels_file(const std::string& part) { return "y_" + part + ".npy"; }

/// Returns a trial on this set with these keys of [data].
Trial trial_on(const DataExportOptions& options) {
  Trial trial = default_trial();
  trial.data_set = options.set;
  for (const Entry& entry : read_entries("", "ksweep data export", options.overrides)) {
    const Key* key = find_key(entry.key);
    if (!key || key->section != "data" || key->name == "set")
      throw UserError(
          "--set {}: only keys of [data] prepare samples, and the set is the word after `export`: this one "
          "would change nothing. Leave it out.",
          entry.key);
    const auto values = expand_values(*key, entry);
    if (values.size() > 1)
      throw UserError(
          "--set {} has several values: which samples to write is unclear. Give one, and export once for "
          "each.",
          entry.key);
    set_from_text(*key, trial, values.front());
  }
  return trial;
}

bool writes(const DataExportOptions& options, const std::string& part) {
  return options.part.empty() || options.part == part;
}

/// Reads as many samples as a generator has to make for this trial; files give all that they have.
Dataset load_for(const Trial& trial, const DataExportOptions& options) {
  DataRequest request = request_for(trial, options.data_dir, {});
  const PartSizes sizes = part_sizes(trial, true, 0, 0);
  request.n_train = writes(options, "train") ? sizes.train + sizes.validation : 1;
  request.n_test = writes(options, "test") ? sizes.test : 1;
  return load_dataset(request);
}

/// Returns the names of the files that may be written.
std::vector<std::string> file_names(const DataExportOptions& options) {
  std::vector<std::string> names{classes_file};
  for (const std::string part : {"train", "test"})
    if (writes(options, part)) names.insert(names.end(), {samples_file(part), labels_file(part)});
  return names;
}

void write_part(const DataExportOptions& options, const std::string& part, const MatrixView<float>& samples,
                const std::int32_t* labels) {
  if (!writes(options, part)) return;
  const auto count = static_cast<std::size_t>(samples.rows());
  write_npy(options.output / samples_file(part), samples);
  if (labels) write_npy(options.output / labels_file(part), std::span(labels, count));
  std::cout << fmt::format("{}: {} {} samples of {} numbers{}\n", options.output.string(), count, part,
                           samples.cols(), labels ? ", with labels" : "");
}

}  // namespace

int data_export_command(const DataExportOptions& options) {
  allow_memory_given(options.memory_gb);
  check_no_such_files(options.output, file_names(options));
  const Trial trial = trial_on(options);
  const Dataset dataset = load_for(trial, options);
  const auto n_test = static_cast<Eigen::Index>(
      writes(options, "test") ? part_sizes(trial, dataset.endless, dataset.n_train, dataset.n_test).test : 0);
  if (dataset.is_streamed)
    throw UserError(
        "{}: its samples would take more than a quarter of the memory that may be used here: they are not "
        "written as one array. Ask for more memory.",
        options.set);
  make_export_folder(options.output);
  write_part(options, "train", dataset.train(), dataset.train_labels);
  write_part(options, "test", {dataset.test_samples, n_test, dataset.n_inputs()}, dataset.test_labels);
  write_classes(options.output, dataset);
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
