#pragma once

#include <string>

namespace ksweep {

/// "3.1 MB", "2.4 GB": powers of ten.
std::string bytes_text(double bytes);

}  // namespace ksweep
