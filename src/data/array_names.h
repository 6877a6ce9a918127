#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/assemble.h"

namespace ksweep {

/// What the name of an array in a file says that it holds.
struct ArrayMeaning {
  enum class Part { whole, train, validation, test };
  enum class Role { unknown, samples, labels };
  Part part = Part::whole;
  Role role = Role::unknown;
  bool operator==(const ArrayMeaning&) const = default;
};

/// Reads a name or a path of groups word by word, in capitals or not: x, data, samples, images, features, inputs … are
/// samples, y, labels, targets, class … labels; train, test (t10k), val … say of which part.  A part alone means its
/// samples.  A name with any other word is not known.
ArrayMeaning meaning_of(const std::string& name);

/// Finds the parts among arrays with names, as NPZ and HDF5 files hold them: by what the names mean, or the only array
/// there is.  `where` is for messages: the file.  What is not used is listed in Parts::unused.  Throws UserError where two
/// arrays claim to be the same, and where there are no samples.
Parts parts_by_name(const std::string& where, const std::vector<std::string>& names,
                    const std::function<RawArray(const std::string& name)>& read);

/// The samples are the array `samples`; its labels those among `names`, the arrays beside it, that are of its part.
Parts parts_of_named(const std::string& where, const std::string& samples,
                     const std::vector<std::string>& names,
                     const std::function<RawArray(const std::string& name)>& read);

}  // namespace ksweep
