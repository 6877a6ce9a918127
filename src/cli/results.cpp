#include "cli/results.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <string_view>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "core/trial_keys.h"
#include "run/text.h"
#include "store/store.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

std::string summary(const SweepRecord& record) {
  const auto count = [&](Status status) {
    return std::ranges::count(record.trials, status, &TrialResult::status);
  };
  return fmt::format(
      "{}: {} done, {} failed, {} missing{}", count_text(static_cast<double>(record.trials.size()), "trial"),
      count(Status::done), count(Status::failed), count(Status::missing),
      record.others.empty() ? "" : fmt::format(", and {} of other grids", record.others.size()));
}

/// Throws UserError for a folder, and if the output would overwrite an input.
void check_writable_place(const fs::path& path, const std::vector<fs::path>& inputs) {
  if (fs::is_directory(path))
    throw UserError("{}: is a folder: a file cannot be written over it. Give the name of a file.",
                    path.string());
  std::error_code none;
  for (const fs::path& input : inputs)
    if (fs::equivalent(path, input, none))
      throw UserError("{}: is read by this command: its results would be lost. Give another name.",
                      path.string());
}

/// Throws UserError for a file that holds results, which a table would overwrite.
void check_no_results(const fs::path& path) {
  if (!fs::is_regular_file(path)) return;
  char start[8] = {};
  std::ifstream(path, std::ios::binary).read(start, sizeof start);
  const std::string_view read(start, sizeof start);
  if (read == "\x89HDF\r\n\x1a\n" || read.starts_with("ksweep t"))
    throw UserError("{}: holds results, which a table would replace. Give another name.", path.string());
}

}  // namespace

fs::path sweep_file_at(const fs::path& path) {
  if (!fs::exists(path))
    throw UserError("{}: is not there: it cannot be read. Give a result folder or a sweep.h5.",
                    path.string());
  if (!fs::is_directory(path)) return path;
  if (!fs::exists(path / "sweep.h5"))
    throw UserError("{}: holds no sweep.h5: there is no result in it. Give the --output of `ksweep run`.",
                    path.string());
  return path / "sweep.h5";
}

SweepRecord newest_record(const fs::path& path) {
  if (fs::is_regular_file(path)) return read_sweep_file(path);
  const Store store(path);
  SweepRecord record;
  if (!fs::exists(path / "sweep.h5")) {
    record.others = store.others({});
    return with_others(std::move(record));
  }
  record = read_sweep_file(path / "sweep.h5");
  for (TrialResult& result : record.trials) {
    if (result.status != Status::missing || !store.has(result.id, identity(result.trial))) continue;
    if (auto finished = store.read(result.id, identity(result.trial))) result = std::move(*finished);
  }
  return record;
}

int merge_command(const MergeOptions& options) {
  std::vector<fs::path> files;
  std::ranges::transform(options.inputs, std::back_inserter(files), sweep_file_at);
  check_writable_place(options.output, files);
  const SweepRecord record = merge(files);
  write_output(options.output, sweep_file_bytes(record));
  std::cout << options.output.string() << ": " << summary(record) << '\n';
  const auto compared = [](const TrialResult& result) { return !std::isnan(result.consistency); };
  if (files.size() > 1 && std::ranges::any_of(record.trials, compared))
    std::cout << "consistency is that of each file by itself: seeds of different files are not compared\n";
  return static_cast<int>(ExitCode::done);
}

int export_command(const ExportOptions& options) {
  const fs::path file = sweep_file_at(options.file);
  check_writable_place(options.csv, {file});
  check_no_results(options.csv);
  const SweepRecord record = read_sweep_file(file);
  write_output(options.csv, csv_table(record, options.all));
  (is_standard_output(options.csv) ? std::cerr : std::cout)
      << options.csv.string() << ": " << summary(record) << '\n';
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
