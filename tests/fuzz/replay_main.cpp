/// Hands every file of the folders given to the target: the corpus as a test, for any compiler.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "target.h"

std::string ksweep::replayed_name;

int main(int argc, char** argv) {
  std::size_t n_inputs = 0;
  for (const std::string& folder : std::vector<std::string>(argv + 1, argv + argc))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string input = ksweep::read_file(entry.path());
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);
      ksweep::replayed_name = entry.path().filename().string();
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++n_inputs;
    }
  std::printf("%zu inputs survived\n", n_inputs);
  return n_inputs > 0 ? 0 : 1;
}
