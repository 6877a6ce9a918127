#include "base/distributions.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>

namespace ksweep {

double normal_tail(double value) { return std::erfc(value / std::numbers::sqrt2) / 2; }

double student_t_quantile(double freedom, double tail) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(freedom), tail));
}

}  // namespace ksweep
