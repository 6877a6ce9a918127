#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/assemble.h"

namespace ksweep {

/// Content of an array in a file, according to its name.
struct ArrayMeaning {
  enum class Part { whole, train, validation, test };
  enum class Role { unknown, samples, labels };
  Part part = Part::whole;
  Role role = Role::unknown;
  bool operator==(const ArrayMeaning&) const = default;
};

/// Returns "a, b", or "(none)".
std::string list_of(const std::vector<std::string>& names);

/// Interprets a name or a path of groups word by word, ignoring case: x, data, samples, images, features,
/// inputs … are samples; y, labels, targets, class … are labels; train, test (t10k), val … name the part.  A
/// part alone means its samples.  A name that contains any other word is unknown.
ArrayMeaning meaning_of(const std::string& name);

/// Finds the parts among named arrays, as NPZ and HDF5 files hold them, by the meaning of their names; a
/// single array is the samples.  `where` names the file in messages.  Arrays that are not used are listed in
/// Parts::unused.  Throws UserError if two arrays have the same meaning, or if there are no samples.
Parts parts_by_name(const std::string& where, const std::vector<std::string>& names,
                    const std::function<RawArray(const std::string& name)>& read);

/// The same if the user named the array of samples; its labels are the array of the same part among `names`,
/// its neighbours.
Parts parts_of_named(const std::string& where, const std::string& samples,
                     const std::vector<std::string>& names,
                     const std::function<RawArray(const std::string& name)>& read);

}  // namespace ksweep
