// Prints the description of a data set, for test_read_python_files.py.
#include <cstdio>

#include "base/errors.h"
#include "data/describe.h"
#include "data/load.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const ksweep::Dataset dataset = ksweep::load_dataset({argv[1], {}});
    std::fputs(ksweep::describe(dataset).c_str(), stdout);
    std::printf("sum           %.6f\n",
                dataset.train().cast<double>().sum() + dataset.test().cast<double>().sum());
    return 0;
  } catch (const ksweep::UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
