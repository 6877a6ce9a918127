#include "data/streaming.h"

#include "base/control_groups.h"
#include "base/errors.h"

namespace ksweep {
namespace {

// Of the allowed memory, for samples: while they are loaded and prepared there are three copies of them.
constexpr double share_of_samples = 0.25;

}  // namespace

bool too_many_for_memory(double n_numbers) {
  return n_numbers * sizeof(float) > share_of_samples * allowed_memory().amount;
}

void refuse_to_stream(const Preparation& how, const std::string& where, double n_numbers,
                      const char* instead) {
  const bool unfit =
      how.grey || how.patch > 0 || (how.normalise != Normalise::none && how.normalise != Normalise::scale);
  if (!unfit) return;
  const Limit memory = allowed_memory();
  throw UserError(
      "{}: its samples take {:.1f} GB, more than a quarter of the {:.1f} GB that {} allows, and {}: of what "
      "prepares samples, only data.scale and data.normalise = scale work on them. Leave data.grey, data.patch and other values "
      "of data.normalise out, or allow more memory.",
      where, n_numbers * sizeof(float) / 1e9, memory.amount / 1e9, memory.source, instead);
}

}  // namespace ksweep
