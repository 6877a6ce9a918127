#include "cli/data.h"

#include <filesystem>
#include <iostream>

#include "base/control_groups.h"
#include "base/errors.h"
#include "data/describe.h"
#include "data/digits.h"
#include "data/idx.h"
#include "data/load.h"

namespace ksweep {

int data_info_command(const DataInfoOptions& options) {
  allow_memory_given(options.memory_gb);
  std::cout << describe(load_dataset({options.set, options.data_dir}));
  return static_cast<int>(ExitCode::done);
}

int data_digits_command(const DataDigitsOptions& options) {
  if (std::filesystem::exists(options.output) && !std::filesystem::is_directory(options.output))
    throw UserError("{}: is no folder: the files of the set go into one. Give another name.",
                    options.output.string());
  const Dataset dataset = make_digits(options.n_train, options.n_test);
  write_idx(dataset, options.output);
  std::cout << options.output.string() << ": " << dataset.n_train << " training and " << dataset.n_test
            << " test images of synthetic digits\nUse it with: ksweep run SWEEP --set data.set="
            << options.output.string() << '\n';
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
