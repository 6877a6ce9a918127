#pragma once

#include <Eigen/Dense>

#include "base/matrix.h"
#include "base/random.h"
#include "base/team.h"
#include "measure/unit_rows.h"

namespace ksweep {

inline const Team one_thread(1), three_threads(3);

/// Random directions of different lengths, one a row.
inline Matrix<float> some_directions(int n, int n_inputs, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::digits);
  Matrix<float> rows(n, n_inputs);
  for (int i = 0; i < n; ++i)
    for (int c = 0; c < n_inputs; ++c) rows(i, c) = static_cast<float>((1 + i % 3) * stream.normal());
  return rows;
}

inline DirectionsView view_of(const Matrix<float>& rows) {
  return {rows.data(), static_cast<int>(rows.rows()), static_cast<int>(rows.cols()), rows.cols()};
}

/// Cosines in double.
inline Matrix<double> cosines_of(const Matrix<float>& left, const Matrix<float>& right) {
  return left.cast<double>().rowwise().normalized() * right.cast<double>().rowwise().normalized().transpose();
}

}  // namespace ksweep
