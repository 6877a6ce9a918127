#pragma once

#include <string>
#include <vector>

namespace ksweep {

/// Prints what races to which values of k are added come to, for the laws of these names or for all.
void print_refined(const std::vector<std::string>& names_of_laws);

}  // namespace ksweep
