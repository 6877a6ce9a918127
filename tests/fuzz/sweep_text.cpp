/// A sweep file and its overrides, which follow it, each after a zero byte.

#include <string>
#include <vector>

#include "core/trial_keys.h"
#include "memory_file.h"
#include "sweep/entries.h"
#include "sweep/grid.h"
#include "sweep/read_sweep.h"
#include "sweep/values.h"
#include "target.h"

namespace {

using namespace ksweep;

/// Trials of the grid: large ones are right, but would take all the time there is.
double n_trials(const std::string& text, const std::vector<std::string>& overrides) {
  const auto entries = read_entries(text, "input.cfg", overrides);
  std::vector<Axis> axes;
  for (const Entry& entry : entries)
    if (const Key* key = find_key(entry.key))
      if (auto values = expand_values(*key, entry); values.size() > 1) axes.push_back({entry.key, values});
  return count_points(make_grid(axes, default_trial(), entries));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> parts(1);
  for (const char letter : bytes_of(data, size))
    if (letter == '\0')
      parts.emplace_back();
    else
      parts.back() += letter;
  const std::vector<std::string> overrides(parts.begin() + 1, parts.end());
  expect_no_fault([&] {
    if (n_trials(parts.front(), overrides) > 200) return;
    const MemoryFile file(parts.front());
    read_sweep(file.path(), overrides);
  });
  return 0;
}
