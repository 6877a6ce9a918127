#include "run/stored_rates.h"

#include "store/sweep_file.h"

namespace ksweep {

Rates stored_rates(const std::filesystem::path& folder) {
  const auto text = sweep_attribute(folder / "sweep.h5", rates_attribute);
  const auto rates = text ? rates_from_text(*text) : std::nullopt;
  return rates.value_or(default_rates());
}

}  // namespace ksweep
