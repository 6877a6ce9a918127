#include "base/portable_math.h"

#include <cmath>
#include <numbers>

namespace ksweep {

// number = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh s = 2 (s + s^3 / 3 + …), s = (m - 1) / (m + 1), so that
// |s| < 0.172 and 11 terms are enough.
double portable_log(double number) {
  int exponent = 0;
  double m = std::frexp(number, &exponent);
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int power = 21; power > 0; power -= 2) sum = sum * square + 1.0 / power;
  return exponent * std::numbers::ln2 + 2 * s * sum;
}

// exponent = n ln 2 + r with |r| <= ln(2) / 2, and the series of exp r to r^15 / 15!.
double portable_exp(double exponent) {
  if (exponent < -700) return 0;
  const double n = std::floor(exponent / std::numbers::ln2 + 0.5);
  const double r = exponent - n * std::numbers::ln2;
  double sum = 1;
  for (int term = 15; term > 0; --term) sum = 1 + sum * r / term;
  return std::ldexp(sum, static_cast<int>(n));
}

double PortableNormals::next() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0, y = 0, square = 0;
  do {
    x = random_.uniform(-1, 1);
    y = random_.uniform(-1, 1);
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  const double factor = std::sqrt(-2 * portable_log(square) / square);
  spare_ = y * factor;
  has_spare_ = true;
  return x * factor;
}

}  // namespace ksweep
