#include "probe/whitening.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

constexpr int largest_group = 1024;      // features; bounds memory and the cube of the work
constexpr std::size_t samples_each = 4;  // per feature, for estimating correlations
constexpr int row_block = 48;            // rows of a matrix that one thread takes at a time

/// Every each-th sample: 0, each, 2 each...
struct Chosen {
  std::size_t each;
  std::size_t before(std::size_t sample) const { return (sample + each - 1) / each; }
};

/// Writes (s f, 1) of a block's chosen samples, features [begin, begin + size), into rows of zeros.
void fill_rows(const Features& features, std::size_t block, Chosen chosen, float scale, int begin, int size,
               int stride, float* rows) {
  const std::size_t first = block * Features::block_size;
  const std::size_t end = std::min(first + Features::block_size, features.n_samples);
  const int n = std::min(size, features.n_features - begin);
  const auto row_of = [&](std::size_t sample) {
    return rows + static_cast<std::ptrdiff_t>(sample / chosen.each - chosen.before(first)) * stride;
  };
  for (std::size_t sample = chosen.before(first) * chosen.each; sample < end; sample += chosen.each) {
    if (features.dense())
      for (int i = 0; i < n; ++i) row_of(sample)[i] = scale * features.dense_row(sample)[begin + i];
    if (n < size) row_of(sample)[n] = 1;
  }
  if (features.dense()) return;
  const SparseBlock entries = features.block(block);
  for (int i = 0; i < n; ++i)
    for (int e = entries.begin[begin + i]; e < entries.begin[begin + i + 1]; ++e)
      if (const std::size_t sample = first + entries.sample[e]; sample % chosen.each == 0)
        row_of(sample)[i] = scale * entries.value[e];
}

}  // namespace

Whitening::Whitening(const Kernels& kernels, const Features& features, double scale, const Team& team)
    : kernels_(kernels), team_(team) {
  const int n_rows = features.n_features + 1, n_groups = (n_rows + largest_group - 1) / largest_group;
  for (int g = 0; g < n_groups; ++g) {
    const int begin = static_cast<int>(std::int64_t{n_rows} * g / n_groups);
    const int size = static_cast<int>(std::int64_t{n_rows} * (g + 1) / n_groups) - begin;
    const int stride = padded(size);
    Group group{begin, size, stride, AlignedFloats(static_cast<std::size_t>(size) * stride)};
    correlate(features, static_cast<float>(scale), group);
    // The regulariser keeps features nearly unchanged that contribute less than the mean one.
    for (int i = 0; i < size; ++i) group.inverse[std::ptrdiff_t{i} * stride + i] += 1.0f / n_rows;
    invert(group);
    groups_.push_back(std::move(group));
  }
}

/// Sets inverse to the mean products of features, lower triangle.
void Whitening::correlate(const Features& features, float scale, Group& group) const {
  const std::size_t wanted = samples_each * static_cast<std::size_t>(group.size);
  const Chosen chosen{std::max<std::size_t>(features.n_samples / wanted, 1)};
  AlignedFloats rows(chosen.before(Features::block_size) * static_cast<std::size_t>(group.stride));
  for (std::size_t first = 0; first < features.n_samples; first += Features::block_size) {
    const std::size_t end = std::min(first + Features::block_size, features.n_samples);
    std::ranges::fill(rows.span(), 0.0f);
    fill_rows(features, first / Features::block_size, chosen, scale, group.begin, group.size, group.stride,
              rows.data());
    add_products(rows, static_cast<int>(chosen.before(end) - chosen.before(first)), group);
  }
  const auto n_used = static_cast<float>(std::max<std::size_t>(chosen.before(features.n_samples), 1));
  for (float& sum : group.inverse.span()) sum /= n_used;
}

/// Adds rows^T rows to inverse, in blocks of the lower triangle.
void Whitening::add_products(const AlignedFloats& rows, int n_rows, Group& group) const {
#pragma omp parallel for num_threads(team_.n_threads()) schedule(dynamic)
  for (int begin = 0; begin < group.size; begin += row_block) {
    const int end = std::min(begin + row_block, group.size);
    kernels_.product(
        added_product({end - begin, padded(end) / lanes, n_rows},
                      columns_of(rows.data() + begin, group.stride), by_row(rows.data(), group.stride),
                      group.inverse.data() + std::ptrdiff_t{begin} * group.stride, group.stride));
  }
}

/// The correlations' lower triangle becomes the inverse of its Cholesky factor, block after block of rows:
/// M_ij = -M_ii sum over q < i of L_iq M_qj.
void Whitening::invert(Group& group) const {
  using ColumnMajor = Eigen::Map<Eigen::MatrixXf, 0, Eigen::OuterStride<>>;
  const std::ptrdiff_t stride = group.stride;
  ColumnMajor transposed(group.inverse.data(), group.size, group.size, Eigen::OuterStride<>(stride));
  Eigen::LLT<Eigen::Ref<Eigen::MatrixXf, 0, Eigen::OuterStride<>>, Eigen::Upper> factorised(transposed);
  transposed.triangularView<Eigen::StrictlyLower>().setZero();
  AlignedFloats sums(static_cast<std::size_t>(row_block * stride));
  for (int begin = 0; begin < group.size; begin += row_block) {
    const int size = std::min(row_block, group.size - begin);
    float* const row = group.inverse.data() + begin * stride;
    Eigen::MatrixXf own = transposed.block(begin, begin, size, size);
    Eigen::MatrixXf own_inverse = Eigen::MatrixXf::Identity(size, size);
    own.triangularView<Eigen::Upper>().solveInPlace(own_inverse);
    transposed.block(begin, begin, size, size) = own_inverse;
    if (begin == 0) continue;
    kernels_.product(matrix_product({size, begin / lanes, begin}, rows_of(row, stride),
                                    by_row(group.inverse.data(), stride), sums.data(), stride));
    own_inverse *= -1;
    kernels_.product(matrix_product({size, begin / lanes, size}, rows_of(own_inverse.data(), size),
                                    by_row(sums.data(), stride), row, stride));
  }
}

void Whitening::to_weights(const float* steps, int n_columns, float* weights) const {
  apply(true, steps, n_columns, weights);
}

void Whitening::to_steps(const float* gradient, int n_columns, float* steps) const {
  apply(false, gradient, n_columns, steps);
}

/// to = M from, or M^T from.
void Whitening::apply(bool transposed, const float* from, int n_columns, float* to) const {
  for (const Group& group : groups_) {
#pragma omp parallel for num_threads(team_.n_threads()) schedule(dynamic)
    for (int begin = 0; begin < group.size; begin += row_block) {
      const int end = std::min(begin + row_block, group.size);
      const int first = transposed ? begin : 0,
                last = transposed ? group.size : end;  // beyond them M is zero
      const auto factor =
          transposed
              ? columns_of(group.inverse.data() + std::ptrdiff_t{first} * group.stride + begin, group.stride)
              : rows_of(group.inverse.data() + std::ptrdiff_t{begin} * group.stride + first, group.stride);
      kernels_.product(
          matrix_product({end - begin, n_columns / lanes, last - first}, factor,
                         by_row(from + std::ptrdiff_t{group.begin + first} * n_columns, n_columns),
                         to + std::ptrdiff_t{group.begin + begin} * n_columns, n_columns));
    }
  }
}

}  // namespace ksweep
