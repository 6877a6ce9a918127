#pragma once

#include "base/random.h"

namespace ksweep {

/// Functions whose bits are the same on every machine, which those of the C library do not promise: only + - * / and
/// sqrt, which IEEE 754 rounds correctly.  Their relative error is below 1e-14.

/// Natural logarithm of a positive, normal number.
double portable_log(double number);

/// Exponential function; 0 below -700.  Requires exponent <= 700.
double portable_exp(double exponent);

/// Normal random numbers with mean 0 and standard deviation 1 (polar method, Marsaglia & Bray 1964).
class PortableNormals {
 public:
  explicit PortableNormals(RandomStream& random) : random_(random) {}
  double next();

 private:
  RandomStream& random_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace ksweep
