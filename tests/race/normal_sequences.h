#pragma once

#include <cmath>
#include <functional>

#include "base/portable_math.h"
#include "group_sequential.h"

namespace ksweep {

/// Returns the share of sequences of normal differences with this mean, any of whose t statistics exceeds its critical value.
inline double share_exceeding(const std::function<double(std::size_t n)>& critical_value, Looks looks,
                              int n_sequences, double mean = 0) {
  RandomStream random(1, Purpose::split);
  PortableNormals normals(random);
  int n_exceeding = 0;
  for (int i = 0; i < n_sequences; ++i) {
    double sum = 0, squares = 0;
    bool exceeds = false;
    for (std::size_t n = 1; n <= looks.last; ++n) {
      const double x = mean + normals.next(), number = static_cast<double>(n);
      sum += x;
      squares += x * x;
      const double of_mean = std::sqrt((squares - sum * sum / number) / (number - 1) / number);
      exceeds |= n >= looks.first && sum / number > critical_value(n) * of_mean;
    }
    n_exceeding += exceeds;
  }
  return static_cast<double>(n_exceeding) / n_sequences;
}

}  // namespace ksweep
