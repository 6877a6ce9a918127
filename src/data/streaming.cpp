#include "data/streaming.h"

#include "base/control_groups.h"
#include "base/errors.h"

namespace ksweep {
namespace {

constexpr double most_of_memory = 0.5;  // of the allowed memory, for samples

}  // namespace

bool too_many_for_memory(double n_numbers) {
  return n_numbers * sizeof(float) > most_of_memory * allowed_memory().amount;
}

void refuse_to_stream(const Preparation& how, const std::string& where, double n_numbers,
                      const char* instead) {
  const bool unfit =
      how.grey || how.patch > 0 || (how.normalise != Normalise::none && how.normalise != Normalise::scale);
  if (!unfit) return;
  const Limit memory = allowed_memory();
  throw UserError(
      "{}: its samples take {:.1f} GB, more than half of the {:.1f} GB that {} allows, and {}: of what "
      "prepares samples, only data.scale and data.normalise = scale work on them. Leave data.grey, data.patch and other values "
      "of data.normalise out, or allow more memory.",
      where, n_numbers * sizeof(float) / 1e9, memory.amount / 1e9, memory.source, instead);
}

}  // namespace ksweep
