#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/isa.h"
#include "kernels/reference.h"
#include "random_numbers.h"

namespace ksweep {
namespace {

constexpr int n = 48;                               // inputs
const UpdateRule rule{false, 1, 0, 0, 0, 0, 1, 1};  // value -= gradient: the update shows the gradient

struct Unit {
  AlignedFloats encoder = random_numbers(n, 1), decoder = random_numbers(n, 2),
                residuals = random_numbers(5 * n, 3), inputs = random_numbers(5 * n, 4),
                velocity = AlignedFloats(n), velocity2 = AlignedFloats(n), gradient = AlignedFloats(2 * n);
  std::vector<CodeEntry> entries{{0, 0.5f}, {2, 0.25f}, {4, 0.75f}};
};

void expect_naive_gradient(Shape shape, bool tied, PenaltySlope slope) {
  for (const std::string& isa : available_isas()) {
    Unit unit;
    const AlignedFloats before = random_numbers(n, 1), image_before = random_numbers(n, tied ? 1 : 2);
    const float bias = kernels_for(isa).update_unit(
        rule, {unit.encoder.data(), unit.velocity.data(), nullptr},
        tied ? ParameterRow{} : ParameterRow{unit.decoder.data(), unit.velocity2.data(), nullptr},
        unit.entries.data(), 3, unit.residuals.data(), unit.inputs.data(), n, n, 0.2f, slope, shape,
        unit.gradient.data());
    std::vector<double> encoder(n), decoder(n);
    double bias_expected = 0;
    for (const CodeEntry& e : unit.entries) {
      double dot = slope.l1 + slope.unit;
      for (int i = 0; i < n; ++i) dot += double(unit.residuals[e.sample * n + i]) * image_before[i];
      const double delta = 0.2 * dot * reference::slope<double>(shape, e.value);
      bias_expected += delta;
      for (int i = 0; i < n; ++i) {
        encoder[i] += delta * unit.inputs[e.sample * n + i];
        decoder[i] += 0.2 * e.value * unit.residuals[e.sample * n + i];
      }
    }
    EXPECT_NEAR(bias, bias_expected, 1e-5);
    for (int i = 0; i < n; ++i) {
      ASSERT_NEAR(before[i] - unit.encoder[i], encoder[i] + (tied ? decoder[i] : 0), 2e-5) << isa;
      ASSERT_NEAR(image_before[i] - (tied ? image_before : unit.decoder)[i], tied ? 0 : decoder[i], 2e-5)
          << isa;
    }
  }
}

TEST(UpdateUnit, GradientEqualsTheFormula) {
  for (Shape shape : {Shape::linear, Shape::relu, Shape::sigmoid})
    for (bool tied : {true, false})
      for (PenaltySlope slope : {PenaltySlope{0, 0}, {0.3f, 0}, {0, -0.7f}})
        expect_naive_gradient(shape, tied, slope);
}

TEST(UpdateUnit, AUnitWithoutEntriesStillCoasts) {
  const UpdateRule coasting{false, 1, 0.5f, 0, 0, 0, 1, 1};
  Unit unit;
  unit.velocity = random_numbers(n, 7);
  kernels_for("portable")
      .update_unit(coasting, {unit.encoder.data(), unit.velocity.data(), nullptr}, {}, nullptr, 0, nullptr,
                   nullptr, n, n, 1, {0, 0}, Shape::linear, unit.gradient.data());
  const AlignedFloats before = random_numbers(n, 1), velocity = random_numbers(n, 7);
  for (int i = 0; i < n; ++i) EXPECT_FLOAT_EQ(unit.encoder[i], before[i] - 0.5f * velocity[i]);
}

TEST(DeltaRow, EqualsTheFormula) {
  for (const std::string& isa : available_isas()) {
    AlignedFloats code(16), slope(16);
    code[0] = 0.5f, code[1] = 0.25f;
    slope[0] = 2, slope[1] = -1;
    const float sum =
        kernels_for(isa).delta_row(Shape::sigmoid, {0.5f, 0}, 0.1f, 2, code.data(), slope.data());
    EXPECT_FLOAT_EQ(slope[0], 0.1f * 2.5f * 0.25f);
    EXPECT_FLOAT_EQ(slope[1], 0.1f * -0.5f * 0.1875f);
    EXPECT_FLOAT_EQ(sum, slope[0] + slope[1]);
    EXPECT_FLOAT_EQ(code[0], 0.05f);
  }
}

}  // namespace
}  // namespace ksweep
