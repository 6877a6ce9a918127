// The naive kernels as a table, `--isa naive`: the formulas as one would write them, compiled once without
// special options.  They serve to check what the fast kernels learn, not for speed.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "kernels/reference.h"

namespace ksweep::naive {

extern const Kernels kernels;

namespace {

void pack(const float* rows, int n_rows, std::ptrdiff_t stride, int n_columns, float* packed) {
  for (int row = 0; row < padded(n_rows); ++row)
    for (int column = 0; column < n_columns; ++column)
      packed[(std::ptrdiff_t{row / lanes} * n_columns + column) * lanes + row % lanes] =
          row < n_rows ? rows[row * stride + column] : 0.0f;
}

void product_of_group(const Product& p, int row, int group) {
  float* const c = p.c + row * p.c_row + group * p.c_group;
  if (!p.accumulate) std::fill_n(c, lanes, p.row_start ? p.row_start[row] : 0.0f);
  for (int q = 0; q < p.n_inner; ++q)
    for (int lane = 0; lane < lanes; ++lane)
      c[lane] += p.a[row * p.a_row + q * p.a_inner] * p.b[q * p.b_inner + group * p.b_group + lane];
}

void product(const Product& p) {
  for (int row = 0; row < p.n_rows; ++row)
    for (int group = 0; group < p.n_groups; ++group) product_of_group(p, row, group);
}

void select(const float* z, std::ptrdiff_t z_row, int n_units, int n_samples, int k, std::int32_t* units,
            float* values, std::int32_t* kept, float*, std::int32_t*) {
  for (int lane = 0; lane < n_samples; ++lane, units += k, values += k) {
    std::vector<float> numbers;
    std::vector<std::int32_t> their_units;
    for (int unit = 0; unit < n_units; ++unit) {
      const float value = z[unit * z_row + lane];
      if (std::isnan(value)) continue;
      numbers.push_back(value);
      their_units.push_back(unit);
    }
    kept[lane] = std::min(k, static_cast<int>(numbers.size()));
    int entry = 0;
    for (const int place : reference::largest<float>(numbers, kept[lane])) {
      units[entry] = their_units[static_cast<std::size_t>(place)];
      values[entry++] = numbers[static_cast<std::size_t>(place)];
    }
  }
}

void list_reaching(const float* z, int n_units, int first_unit, const float* limits,
                   const CandidateLists& lists) {
  for (int lane = 0; lane < lanes; ++lane)
    for (int unit = 0; unit < n_units; ++unit) {
      if (!(z[unit * lanes + lane] >= limits[lane])) continue;
      const std::ptrdiff_t place = lane * lists.room + lists.count[lane]++;
      lists.value[place] = z[unit * lanes + lane];
      lists.unit[place] = first_unit + unit;
    }
}

int keep_largest(float* values, std::int32_t* units, int n, int k, float* limit) {
  int n_numbers = 0;
  for (int i = 0; i < n; ++i) {
    if (std::isnan(values[i])) continue;
    values[n_numbers] = values[i];
    units[n_numbers++] = units[i];
  }
  if (n_numbers < k) return n_numbers;
  int kept = 0;
  float least = std::numeric_limits<float>::infinity();
  for (const int place :
       reference::largest<float>(std::span(values, static_cast<std::size_t>(n_numbers)), k)) {
    least = std::min(least, values[place]);
    values[kept] = values[place];
    units[kept++] = units[place];
  }
  *limit = std::nextafter(least, std::numeric_limits<float>::infinity());
  return kept;
}

void product_of_rows(const float* const* rows, const float* start, int n_rows, int n_inner,
                     const float* packed, float* c) {
  for (int r = 0; r < n_rows; ++r)
    for (int lane = 0; lane < lanes; ++lane) {
      c[r * lanes + lane] = start[r];
      for (int q = 0; q < n_inner; ++q) c[r * lanes + lane] += rows[r][q] * packed[q * lanes + lane];
    }
}

void activate(Activation shape, float* values, std::ptrdiff_t count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) values[i] = reference::activation(shape, values[i]);
}

void multiply_by_slope(Activation shape, const float* values, float* deltas, std::ptrdiff_t count) {
  for (std::ptrdiff_t i = 0; i < count; ++i) deltas[i] *= reference::slope(shape, values[i]);
}

void add_scaled(float* row, const float* source, float factor, int count) {
  for (int i = 0; i < count; ++i) row[i] += factor * source[i];
}

float dot(const float* left, const float* right, int count) {
  float sum = 0;
  for (int i = 0; i < count; ++i) sum += left[i] * right[i];
  return sum;
}

float squared_norm(const float* row, int count) { return dot(row, row, count); }

void column_sums(const float* rows, int n_rows, std::ptrdiff_t stride, int begin, int end, float factor,
                 float* sum) {
  for (int column = begin; column < end; ++column) {
    float total = 0;
    for (int row = 0; row < n_rows; ++row) total += rows[row * stride + column];
    sum[column] = factor * total;
  }
}

void update(const UpdateRule& rule, ParameterRow row, const float* gradient, int count) {
  float unused = 0;
  for (int i = 0; i < count; ++i)
    reference::update(rule, row.value[i], row.first[i], row.second ? row.second[i] : unused, gradient[i]);
}

void entry_products(const float* image, const CodeEntry* entries, int n_entries, const float* rows,
                    std::ptrdiff_t stride, int count, float* products) {
  for (int e = 0; e < n_entries; ++e) products[e] = dot(image, rows + entries[e].sample * stride, count);
}

void apply_terms(const UpdateRule& rule, ParameterRow row, const GradientTerm* terms, int n_terms,
                 int count) {
  std::vector<float> gradient(static_cast<std::size_t>(count));
  for (int i = 0; i < n_terms; ++i) add_scaled(gradient.data(), terms[i].row, terms[i].scale, count);
  update(rule, row, gradient.data(), count);
}

float delta_row(Activation shape, PenaltySlope penalty, float scale, int n_samples, float* code,
                float* slope) {
  float sum = 0;
  for (int i = 0; i < n_samples; ++i) {
    const float value = code[i], sign = value > 0 ? 1.0f : value < 0 ? -1.0f : 0.0f;
    slope[i] = scale * (slope[i] + penalty.l1 * sign + penalty.unit) * reference::slope(shape, value);
    sum += slope[i];
    code[i] = scale * value;
  }
  return sum;
}

void sparse_product(const SparseBlock& block, const float* right, int n_columns, float* out) {
  for (int feature = 0; feature < block.n_features; ++feature)
    for (int e = block.begin[feature]; e < block.begin[feature + 1]; ++e)
      add_scaled(out + std::ptrdiff_t{block.sample[e]} * n_columns,
                 right + std::ptrdiff_t{feature} * n_columns, block.value[e], n_columns);
}

void transposed_sparse_product(const SparseBlock& block, const float* right, int n_columns, float* out) {
  for (int feature = 0; feature < block.n_features; ++feature)
    for (int e = block.begin[feature]; e < block.begin[feature + 1]; ++e)
      add_scaled(out + std::ptrdiff_t{feature} * n_columns,
                 right + std::ptrdiff_t{block.sample[e]} * n_columns, block.value[e], n_columns);
}

void gather_levels(const LevelEntries& entries, const float* rows, int n_columns, const float* start,
                   float* out) {
  std::copy_n(start, n_columns, out);
  for (int e = 0; e < entries.count; ++e)
    add_scaled(out, rows + std::ptrdiff_t{entries.index[e]} * n_columns, entries.values[entries.level[e]],
               n_columns);
}

void scatter_levels(const LevelEntries& entries, const float* row, int n_columns, float* rows) {
  for (int e = 0; e < entries.count; ++e)
    add_scaled(rows + std::ptrdiff_t{entries.index[e]} * n_columns, row, entries.values[entries.level[e]],
               n_columns);
}

void softmax(float* logits, int n_rows, int n_columns, int n_classes) {
  for (int row = 0; row < n_rows; ++row, logits += n_columns) {
    const float highest = *std::max_element(logits, logits + n_classes);
    float sum = 0;
    for (int c = 0; c < n_classes; ++c) sum += logits[c] = std::exp(std::max(logits[c] - highest, -87.0f));
    for (int c = 0; c < n_columns; ++c) logits[c] = c < n_classes ? logits[c] / sum : 0.0f;
  }
}

}  // namespace

const Kernels kernels = {
    .isa = "naive",
    .bits = "naive",
    .pack = naive::pack,
    .product = naive::product,
    .select = naive::select,
    .list_reaching = naive::list_reaching,
    .keep_largest = naive::keep_largest,
    .product_of_rows = naive::product_of_rows,
    .activate = naive::activate,
    .multiply_by_slope = naive::multiply_by_slope,
    .add_scaled = naive::add_scaled,
    .squared_norm = naive::squared_norm,
    .dot = naive::dot,
    .column_sums = naive::column_sums,
    .update = naive::update,
    .entry_products = naive::entry_products,
    .apply_terms = naive::apply_terms,
    .delta_row = naive::delta_row,
    .sparse_product = naive::sparse_product,
    .transposed_sparse_product = naive::transposed_sparse_product,
    .gather_levels = naive::gather_levels,
    .scatter_levels = naive::scatter_levels,
    .softmax = naive::softmax,
    .screening = nullptr,
};

}  // namespace ksweep::naive
