#include <cstdio>
#include <string>
#include <vector>

#include "base/random.h"
#include "benchmark.h"
#include "kernels/aligned.h"

namespace ksweep::benchmark {
namespace {

constexpr int n_inputs = 784, n_hidden = 1000, k = 25, n_samples = 100, z_row = padded(n_samples);
constexpr int n_groups = z_row / lanes, n_entries = n_samples * k;
constexpr int n_classes = 10, class_row = padded(n_classes);

AlignedFloats random_numbers(std::size_t size) {
  RandomStream stream(3, Purpose::hidden_weights);
  AlignedFloats numbers(size);
  for (float& number : numbers.span()) number = static_cast<float>(0.1 * stream.normal());
  return numbers;
}

/// Arrays of one training step, by what they are there.
struct Arrays {
  AlignedFloats weights = random_numbers(n_hidden * n_inputs), velocity = random_numbers(n_hidden * n_inputs);
  AlignedFloats squares = AlignedFloats(n_hidden * n_inputs);
  AlignedFloats inputs = random_numbers(z_row * n_inputs), residuals = random_numbers(z_row * n_inputs);
  AlignedFloats packed = random_numbers(z_row * n_inputs), code = random_numbers(n_hidden * z_row);
  AlignedFloats delta = random_numbers(n_hidden * z_row), gradient = random_numbers(n_hidden * n_inputs);
  AlignedFloats scratch = AlignedFloats(std::size_t{select_scratch(n_hidden)}),
                logits = random_numbers(n_samples * class_row);
  AlignedArray<std::int32_t> candidates{std::size_t{select_candidates(n_hidden)}},
      units{std::size_t{n_entries}}, kept{n_samples};
  std::vector<float> products = std::vector<float>(n_entries);
  std::vector<Pull> pulls;  // by the residual and the input of each entry
  AlignedFloats values = random_numbers(n_entries);
  std::vector<CodeEntry> entries;  // by unit, n_samples * k / n_hidden each

  Arrays() {
    RandomStream stream(4, Purpose::batch_order);
    for (int i = 0; i < n_entries; ++i) {
      entries.push_back(
          {static_cast<std::int32_t>(stream.below(n_samples)), values[static_cast<std::size_t>(i)]});
      units[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(stream.below(n_hidden));
    }
    for (const CodeEntry& entry : entries)
      for (const AlignedFloats& rows : {std::cref(residuals), std::cref(inputs)})
        pulls.push_back({rows.data() + std::ptrdiff_t{entry.sample} * n_inputs, 1e-3f});
  }
};

/// Codes as the softmax regression sees them: 512 samples, 75 of 1000 units each.
struct Codes {
  static constexpr int n_samples = 512, n_entries = n_samples * 75;
  static constexpr double flops = 2.0 * n_entries * class_row, bytes = 6.0 * n_entries;
  std::vector<std::int32_t> begin;
  std::vector<std::uint16_t> sample;
  AlignedFloats values = random_numbers(n_entries), errors = random_numbers(n_samples * class_row);

  Codes() {
    for (int unit = 0; unit <= n_hidden; ++unit) begin.push_back(unit * n_entries / n_hidden);
    for (int e = 0; e < n_entries; ++e) sample.push_back(static_cast<std::uint16_t>(e * 13 % n_samples));
  }
  SparseBlock block() const { return {n_hidden, begin.data(), sample.data(), values.data()}; }
};

/// One measurement.  flops and bytes are those of the definition: every operand moved once.
struct Row {
  const char *kernel, *work;
  double flops, bytes;
  std::function<void()> run;
};

/// Calls `one` for each of a batch's groups, samples or units.
template <class Call>
std::function<void()> each(int count, Call one) {
  return [=] {
    for (int i = 0; i < count; ++i) one(i);
  };
}

constexpr double weights_count = double{n_hidden} * n_inputs, batch_count = double{n_samples} * n_inputs;
constexpr double code_count = double{n_hidden} * n_samples, entries_count = double{n_entries} * n_inputs;
constexpr double dense_flops = 2 * weights_count * n_samples, number = sizeof(float);
constexpr UpdateRule sgd{Optimizer::sgd, 1e-9f, 0.9f, 0, 0, 0, 1, 1},
    adam{Optimizer::adam, 1e-9f, 0.9f, 0, 0.999f, 1e-8f, 0.5f, 0.5f};

/// As where the largest are kept: the result lies group after group of samples.
Product encoding(Arrays& a) {
  return {n_hidden,        n_groups, n_inputs,         a.weights.data(), n_inputs, 1,
          a.packed.data(), lanes,    lanes * n_inputs, a.code.data(),    lanes,    lanes * n_hidden,
          a.values.data(), false};
}

Product decoding(Arrays& a) {
  return {n_samples, n_inputs / lanes,   n_hidden, a.code.data(), 1,       z_row, a.weights.data(), n_inputs,
          lanes,     a.residuals.data(), n_inputs, lanes,         nullptr, true};
}

Product weight_gradient(Arrays& a) {
  return {n_hidden, n_inputs / lanes,  n_samples, a.code.data(), z_row,   1,    a.residuals.data(), n_inputs,
          lanes,    a.gradient.data(), n_inputs,  lanes,         nullptr, false};
}

std::vector<Row> product_rows(const Kernels& ks, Arrays& a) {
  const double traffic = number * (weights_count + batch_count + code_count);
  return {
      {"product", "480 x 256 x 256", 2.0 * 480 * 256 * 256, number * (480 * 256 + 256 * 256 + 480 * 256),
       [&] {
         ks.product({480, 256 / lanes, 256, a.weights.data(), 256, 1, a.packed.data(), lanes, lanes * 256,
                     a.gradient.data(), 256, lanes, nullptr, false});
       }},
      {"product", "encode 1000 x 100 x 784", dense_flops, traffic, [&] { ks.product(encoding(a)); }},
      {"product", "decode 100 x 784 x 1000", dense_flops, traffic, [&] { ks.product(decoding(a)); }},
      {"product", "gradient 1000 x 784 x 100", dense_flops, traffic, [&] { ks.product(weight_gradient(a)); }},
  };
}

std::vector<Row> row_rows(const Kernels& ks, Arrays& a) {
  const auto weight_row = [&a](int i) { return a.weights.data() + i % n_hidden * n_inputs; };
  const auto residual_row = [&a](int i) { return a.residuals.data() + i % n_samples * n_inputs; };
  return {
      {"pack", "100 x 784", 0, number * 2 * batch_count,
       [&] { ks.pack(a.inputs.data(), n_samples, n_inputs, n_inputs, a.packed.data()); }},
      {"activate", "sigmoid, 1000 x 112", 0, number * 2 * n_hidden * z_row,
       [&] { ks.activate(Shape::sigmoid, a.delta.data(), n_hidden * z_row); }},
      {"add_scaled", "2500 rows of 784", 2 * entries_count, number * 3 * entries_count,
       each(
           n_entries,
           [=, &ks](int i) { ks.add_scaled(residual_row(i * 37), weight_row(i * 2 / 5), 1e-9f, n_inputs); })},
      {"squared_norm", "100 rows of 784", 2 * batch_count, number * batch_count,
       each(n_samples, [=, &ks, &a](int i) { a.scratch[0] = ks.squared_norm(residual_row(i), n_inputs); })},
      {"dot", "1000 rows of 784", 2 * weights_count, number * 2 * weights_count,
       each(n_hidden,
            [=, &ks, &a](int i) { a.scratch[0] = ks.dot(weight_row(i), residual_row(i), n_inputs); })},
      {"column_sums", "100 x 784", batch_count, number * batch_count,
       [&] {
         ks.column_sums(a.residuals.data(), n_samples, n_inputs, 0, n_inputs, 0.01f, a.gradient.data());
       }},
      {"softmax", "100 x 10", 0, number * 2 * n_samples * class_row,
       [&] { ks.softmax(a.logits.data(), n_samples, class_row, n_classes); }},
  };
}

std::vector<Row> code_rows(const Kernels& ks, Arrays& a, Codes& codes) {
  return {
      {"sparse_product", "512 x 1000 (75) x 10", Codes::flops, Codes::bytes,
       [&] { ks.sparse_product(codes.block(), a.weights.data(), class_row, codes.errors.data()); }},
      {"transposed_sparse_product", "1000 x 512 (75) x 10", Codes::flops, Codes::bytes,
       [&] {
         ks.transposed_sparse_product(codes.block(), codes.errors.data(), class_row, a.gradient.data());
       }},
  };
}

ParameterRow row_of(Arrays& a, int unit, bool with_squares) {
  const std::ptrdiff_t at = std::ptrdiff_t{unit} * n_inputs;
  return {a.weights.data() + at, a.velocity.data() + at, with_squares ? a.squares.data() + at : nullptr};
}

std::vector<Row> unit_rows(const Kernels& ks, Arrays& a) {
  const auto entries_of = [](int unit) {  // 2.5 entries a unit: 2 and 3 in turn
    constexpr int of_two_units = n_entries / n_hidden * 2 + 1;
    return std::pair{unit / 2 * of_two_units + unit % 2 * 2, 2 + unit % 2};
  };
  const auto pull = [&](const UpdateRule& rule) {
    return each(n_hidden, [&ks, &a, &rule, entries_of](int unit) {
      const auto [begin, count] = entries_of(unit);
      ks.pull(rule, row_of(a, unit, n_moments(rule.optimizer) > 1), a.pulls.data() + 2 * begin, 2 * count,
              n_inputs);
    });
  };
  const auto update = [&](const UpdateRule& rule) {
    return each(n_hidden, [&ks, &a, &rule](int unit) {
      ks.update(rule, row_of(a, unit, n_moments(rule.optimizer) > 1), a.gradient.data(), n_inputs);
    });
  };
  return {
      {"select", "25 of 1000, 100 samples", 0, number * code_count,
       each(n_groups,
            [&ks, &a](int group) {
              const int first = group * lanes, here = std::min(lanes, n_samples - first);
              ks.select(a.code.data() + std::ptrdiff_t{group} * n_hidden * lanes, lanes, n_hidden, here, k,
                        a.units.data() + first * k, a.values.data() + first * k, a.kept.data() + first,
                        a.scratch.data(), a.candidates.data());
            })},
      {"delta_row", "1000 rows of 100", 3 * code_count, number * 4 * code_count,
       each(n_hidden,
            [&ks, &a](int unit) {
              a.scratch[0] = ks.delta_row(Shape::linear, {0, 0}, 1, n_samples, a.code.data() + unit * z_row,
                                          a.delta.data() + unit * z_row);
            })},
      {"update", "SGD, 1000 rows of 784", 4 * weights_count, number * 4 * weights_count, update(sgd)},
      {"update", "Adam, 1000 rows of 784", 12 * weights_count, number * 6 * weights_count, update(adam)},
      {"entry_products", "1000 units, 2.5 samples each", 2 * entries_count,
       number * (weights_count + batch_count),
       each(n_hidden,
            [&ks, &a, entries_of](int unit) {
              const auto [begin, count] = entries_of(unit);
              ks.entry_products(a.weights.data() + std::ptrdiff_t{unit} * n_inputs, a.entries.data() + begin,
                                count, a.residuals.data(), n_inputs, n_inputs, a.products.data() + begin);
            })},
      {"pull", "SGD, 1000 units, 2.5 samples each", 4 * entries_count + 4 * weights_count,
       number * (4 * weights_count + 2 * batch_count), pull(sgd)},
      {"pull", "Adam, 1000 units, 2.5 samples each", 4 * entries_count + 12 * weights_count,
       number * (6 * weights_count + 2 * batch_count), pull(adam)},
  };
}

}  // namespace

void measure_kernels(const Kernels& kernels) {
  constexpr std::size_t mega = 1 << 20;
  std::printf(
      "{\"isa\": \"%s\", \"peak_flops\": %.6g, \"memory_bandwidth\": %.6g, \"cache_bandwidth\": %.6g}\n",
      kernels.isa, peak_flops(kernels.isa), triad_bandwidth(384 * mega), triad_bandwidth(6 * mega));
  Arrays arrays;
  Codes codes;
  for (const auto& rows : {product_rows(kernels, arrays), row_rows(kernels, arrays),
                           code_rows(kernels, arrays, codes), unit_rows(kernels, arrays)})
    for (const Row& row : rows)
      std::printf(
          "{\"kernel\": \"%s\", \"work\": \"%s\", \"seconds\": %.6g, \"flops\": %.6g, \"bytes\": %.6g}\n",
          row.kernel, row.work, median_seconds(row.run, 15, 0.01), row.flops, row.bytes);
}

}  // namespace ksweep::benchmark
