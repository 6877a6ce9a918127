#include <gtest/gtest.h>

#include <cmath>

#include "kernels/isa.h"
#include "kernels/reference.h"
#include "random_numbers.h"
#include "update_rules.h"

namespace ksweep {
namespace {

TEST(Rows, PackPutsSamplesSideBySideAndZeroesTheRest) {
  const AlignedFloats rows = random_numbers(19 * 32, 1);
  for (const std::string& isa : all_isas()) {
    AlignedFloats packed(2 * 32 * lanes);
    kernels_for(isa).pack(rows.data(), 19, 32, 32, packed.data());
    for (int sample = 0; sample < 2 * lanes; ++sample)
      for (int column = 0; column < 32; ++column)
        ASSERT_EQ(packed[(sample / lanes * 32 + column) * lanes + sample % lanes],
                  sample < 19 ? rows[sample * 32 + column] : 0);
  }
}

TEST(Rows, DotAndNormEqualTheNaiveSums) {
  for (int count : {16, 32, 48, 64, 80, 784, 1008}) {
    const AlignedFloats a = random_numbers(count, 1), b = random_numbers(count, 2);
    double dot = 0, norm = 0;
    for (int i = 0; i < count; ++i) dot += double(a[i]) * b[i], norm += double(a[i]) * a[i];
    for (const std::string& isa : all_isas()) {
      EXPECT_NEAR(kernels_for(isa).dot(a.data(), b.data(), count), dot, 1e-4) << isa;
      EXPECT_NEAR(kernels_for(isa).squared_norm(a.data(), count), norm, 1e-6 * norm) << isa;
    }
  }
}

TEST(Rows, ActivationsEqualTheFormulas) {
  AlignedFloats inputs(256);
  for (int i = 0; i < 256; ++i) inputs[i] = 0.9f * static_cast<float>(i - 128);
  for (const std::string& isa : all_isas())
    for (Activation shape : {Activation::linear, Activation::relu, Activation::sigmoid}) {
      AlignedFloats values(256);
      std::copy_n(inputs.data(), 256, values.data());
      kernels_for(isa).activate(shape, values.data(), 256);
      for (int i = 0; i < 256; ++i) {
        const double expected = reference::activation<double>(shape, inputs[i]);
        ASSERT_NEAR(values[i], expected, 3e-7 * std::abs(expected) + 1e-37) << isa << " at " << inputs[i];
      }
    }
}

TEST(Rows, SoftmaxEqualsTheFormulaAndZeroesThePadding) {
  for (const int n_classes : {1, 10, 16, 17, 40}) {
    const int n_columns = (n_classes + lanes - 1) / lanes * lanes;
    const AlignedFloats logits = random_numbers(3 * n_columns, 1);  // the padding too
    for (const std::string& isa : all_isas()) {
      AlignedFloats found(3 * n_columns);
      std::copy_n(logits.data(), 3 * n_columns, found.data());
      kernels_for(isa).softmax(found.data(), 3, n_columns, n_classes);
      for (int row = 0; row < 3; ++row) {
        const float* const of_row = logits.data() + row * n_columns;
        double sum = 0;
        for (int c = 0; c < n_classes; ++c) sum += std::exp(double(of_row[c]));
        for (int c = 0; c < n_columns; ++c) {
          const double expected = c < n_classes ? std::exp(double(of_row[c])) / sum : 0;
          EXPECT_NEAR(found[row * n_columns + c], expected, 1e-6 * expected) << isa << " class " << c;
        }
      }
    }
  }
}

TEST(Rows, SlopesEqualTheFormulas) {
  const AlignedFloats values = random_numbers(48, 1), before = random_numbers(48, 2);
  for (const std::string& isa : available_isas())
    for (Activation shape : {Activation::linear, Activation::relu, Activation::sigmoid}) {
      AlignedFloats deltas(48);
      std::copy_n(before.data(), 48, deltas.data());
      kernels_for(isa).multiply_by_slope(shape, values.data(), deltas.data(), 48);
      for (int i = 0; i < 48; ++i)
        ASSERT_NEAR(deltas[i], before[i] * reference::slope<double>(shape, values[i]), 1e-5) << isa;
    }
}

TEST(Levels, GatherAndScatterEqualTheNaiveSums) {
  float values[256] = {};
  std::uint16_t index[11];
  std::uint8_t level[11];
  for (int e = 0; e < 11; ++e) {
    index[e] = static_cast<std::uint16_t>(3 * e + 1);
    level[e] = static_cast<std::uint8_t>(7 * e % 5 + 250);
    values[level[e]] = 0.5f * static_cast<float>(7 * e % 5) - 0.7f;
  }
  for (int n_columns : {16, 32, 48, 80})
    for (int count : {0, 1, 4, 11}) {
      const LevelEntries entries{index, level, count, values};
      const AlignedFloats rows = random_numbers(40 * n_columns, 1), start = random_numbers(n_columns, 2);
      for (const std::string& isa : available_isas()) {
        AlignedFloats out(n_columns), sums(40 * n_columns);
        kernels_for(isa).gather_levels(entries, rows.data(), n_columns, start.data(), out.data());
        kernels_for(isa).scatter_levels(entries, start.data(), n_columns, sums.data());
        for (int c = 0; c < n_columns; ++c) {
          double gathered = start[c];
          for (int e = 0; e < count; ++e)
            gathered += double(values[level[e]]) * rows[index[e] * n_columns + c];
          ASSERT_NEAR(out[c], gathered, 1e-5) << isa;
          for (int row = 0, e = 0; row < 40; ++row) {
            const bool named = e < count && index[e] == row;
            ASSERT_FLOAT_EQ(sums[row * n_columns + c], named ? values[level[e]] * start[c] : 0) << isa;
            e += named;
          }
        }
      }
    }
}

TEST(Rows, SigmoidOfNotANumberIsNotANumber) {
  for (const std::string& isa : all_isas()) {
    AlignedFloats values(16);
    values[3] = NAN;
    kernels_for(isa).activate(Activation::sigmoid, values.data(), 16);
    EXPECT_TRUE(std::isnan(values[3])) << isa;  // so that a training that diverged is noticed
    EXPECT_EQ(values[4], 0.5f) << isa;
  }
}

TEST(Rows, ColumnSumsEqualTheNaiveSums) {
  const AlignedFloats rows = random_numbers(11 * 48, 1);
  for (const std::string& isa : all_isas()) {
    AlignedFloats sums(48);
    kernels_for(isa).column_sums(rows.data(), 11, 48, 16, 48, 0.5f, sums.data());
    for (int column = 0; column < 48; ++column) {
      double sum = 0;
      for (int row = 0; row < 11; ++row) sum += 0.5 * rows[row * 48 + column];
      EXPECT_NEAR(sums[column], column < 16 ? 0 : sum, 1e-5) << isa;
    }
  }
}

TEST(Rows, UpdateEqualsTheFormulaOfEachOptimiser) {
  for (const UpdateRule& rule : all_update_rules())
    for (const std::string& isa : all_isas()) {
      AlignedFloats value = random_numbers(32, 1), first = random_numbers(32, 2),
                    second = random_numbers(32, 3);
      for (float& s : second.span()) s = std::abs(s);
      const AlignedFloats gradient = random_numbers(32, 4);
      std::vector<double> v(value.span().begin(), value.span().end()),
          m(first.span().begin(), first.span().end()), s(second.span().begin(), second.span().end());
      kernels_for(isa).update(rule, {value.data(), first.data(), second.data()}, gradient.data(), 32);
      for (std::size_t i = 0; i < 32; ++i) {
        reference::update<double>(rule, v[i], m[i], s[i], gradient[i]);
        EXPECT_NEAR(value[i], v[i], 1e-5) << isa;
        EXPECT_NEAR(first[i], m[i], 1e-6) << isa;
        EXPECT_NEAR(second[i], s[i], 1e-6) << isa;
      }
    }
}

}  // namespace
}  // namespace ksweep
