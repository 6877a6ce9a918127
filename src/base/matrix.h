#pragma once

#include <Eigen/Core>

namespace ksweep {

/// Dense matrix with one sample (or one hidden unit) per row.
template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Real>
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

template <class Real>
using MatrixView = Eigen::Map<const Matrix<Real>>;

}  // namespace ksweep
