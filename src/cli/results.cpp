#include "cli/results.h"

#include <algorithm>
#include <iostream>

#include "cli/text.h"
#include "core/atomic_file.h"
#include "core/errors.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

std::string summary(const SweepRecord& record) {
  const auto count = [&](Status status) {
    return std::ranges::count(record.trials, status, &TrialResult::status);
  };
  return count_text(static_cast<double>(record.trials.size()), "trial") + ": " +
         std::to_string(count(Status::done)) + " done, " + std::to_string(count(Status::failed)) +
         " failed, " + std::to_string(count(Status::missing)) + " missing" +
         (record.others.empty() ? "" : ", and " + std::to_string(record.others.size()) + " of other grids");
}

void check_writable_place(const fs::path& path) {
  if (fs::is_directory(path))
    throw UserError(path.string() +
                    ": is a folder: a file cannot be written over it. Give the name of a file.");
}

}  // namespace

fs::path sweep_file_at(const fs::path& path) {
  if (!fs::exists(path))
    throw UserError(path.string() + ": is not there: it cannot be read. Give a result folder or a sweep.h5.");
  if (!fs::is_directory(path)) return path;
  if (!fs::exists(path / "sweep.h5"))
    throw UserError(path.string() +
                    ": holds no sweep.h5: there is no result in it. Give the --output of `ksweep run`.");
  return path / "sweep.h5";
}

int merge_command(const MergeOptions& options) {
  check_writable_place(options.output);
  std::vector<fs::path> files;
  std::ranges::transform(options.inputs, std::back_inserter(files), sweep_file_at);
  const SweepRecord record = merge(files);
  write_output(options.output, sweep_file_bytes(record));
  std::cout << options.output.string() << ": " << summary(record) << '\n';
  return static_cast<int>(ExitCode::done);
}

int export_command(const ExportOptions& options) {
  check_writable_place(options.csv);
  const SweepRecord record = read_sweep_file(sweep_file_at(options.file));
  write_output(options.csv, csv_table(record, options.all));
  (is_standard_output(options.csv) ? std::cerr : std::cout)
      << options.csv.string() << ": " << summary(record) << '\n';
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
