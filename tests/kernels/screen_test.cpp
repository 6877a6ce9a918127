#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <thread>

#include "base/denormals.h"
#include "emulated_amx.h"
#include "random_numbers.h"

namespace ksweep {
namespace {

/// Weights (n_units x count) and up to `lanes` samples (n_samples x count), rounded and multiplied; samples around the centre, unless
/// that is 0, less it.
struct Screened {
  const Kernels& kernels;
  int n_units, n_samples, count;
  AlignedFloats weights, bias, samples, centre, unit_pairs, sample_pairs, z;
  AlignedArray<UnitBound> units;
  AlignedArray<SampleBounds> bounds{1};

  Screened(const Kernels& its_kernels, int its_n_units, int its_n_samples, int its_count, float scale = 1,
           float its_centre = 0)
      : kernels(its_kernels),
        n_units(its_n_units),
        n_samples(its_n_samples),
        count(its_count),
        weights(random_numbers(std::size_t(n_units) * count, 1)),
        bias(random_numbers(std::size_t(n_units), 2)),
        samples(random_numbers(std::size_t(n_samples) * count, 3)),
        centre(std::size_t(count)),
        unit_pairs(std::size_t(padded(n_units)) * pairs_of(count)),
        sample_pairs(std::size_t(lanes) * pairs_of(count)),
        z(std::size_t(padded(n_units)) * lanes),
        units(std::size_t(n_units)) {
    for (float& weight : weights.span()) weight *= scale;
    for (float& b : bias.span()) b *= scale;
    for (float& x : samples.span()) x += its_centre;
    std::ranges::fill(centre.span(), its_centre);
    AlignedFloats scratch(std::size_t(lanes * pairs_of(count) + count));
    const Screening& s = *kernels.screening;
    s.round_units(weights.data(), bias.data(), n_units, count, unit_pairs.data(), units.data());
    s.round_samples(samples.data(), n_samples, count, its_centre == 0 ? nullptr : centre.data(),
                    sample_pairs.data(), bounds.data(), scratch.data());
    s.product(product());
  }

  Product product() {
    return {.n_rows = padded(n_units),
            .n_groups = 1,
            .n_inner = pairs_of(count),
            .a = unit_pairs.data(),
            .a_row = pairs_of(count),
            .a_inner = 1,
            .b = sample_pairs.data(),
            .b_inner = lanes,
            .b_group = std::ptrdiff_t{pairs_of(count)} * lanes,
            .c = z.data(),
            .c_row = lanes,
            .c_group = std::ptrdiff_t{padded(n_units)} * lanes,
            .row_start = nullptr,
            .accumulate = false};
  }
};

float low_half(float pair) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(pair) << 16); }
float high_half(float pair) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(pair) & 0xffff0000u); }

/// Number of column c of a row of pairs.
float number_of(const float* pairs, int c) {
  const float pair = pairs[c / (2 * lanes) * lanes + c % lanes];
  return c % (2 * lanes) < lanes ? low_half(pair) : high_half(pair);
}

TEST(Screening, RoundsToTheNearestBf16) {
  for (const Kernels* kernels : screening_kernels()) {
    const Screened s(*kernels, 3, 1, 48);
    for (int unit = 0; unit < 3; ++unit)
      for (int c = 0; c < 48; ++c) {
        const float exact = s.weights[unit * 48 + c], rounded = number_of(s.unit_pairs.data() + unit * 32, c);
        EXPECT_LE(std::abs(exact - rounded), std::ldexp(1.0f, std::ilogb(exact) - 8))
            << kernels->isa << " " << c;
        EXPECT_EQ(std::bit_cast<std::uint32_t>(rounded) & 0xffffu, 0u);
      }
  }
}

TEST(Screening, PadsPairsWithZeros) {
  for (const Kernels* kernels : screening_kernels()) {
    const Screened s(*kernels, 1, 3, 48);
    for (int c = 48; c < 64; ++c) EXPECT_EQ(number_of(s.unit_pairs.data(), c), 0);
    for (int pair = 0; pair < 32; ++pair)
      for (int lane = 3; lane < lanes; ++lane) EXPECT_EQ(s.sample_pairs[pair * lanes + lane], 0);
  }
}

TEST(Screening, MeasuresNormsAndRoundingLossesFromAbove) {
  for (const Kernels* kernels : screening_kernels())
    for (float scale : {1.0f, 1e-30f, 1e15f}) {
      const Screened s(*kernels, 5, 1, 784, scale);
      for (int unit = 0; unit < 5; ++unit) {
        double norm = 0, loss = 0;
        for (int c = 0; c < 784; ++c) {
          const double exact = s.weights[unit * 784 + c];
          norm += exact * exact;
          loss += std::pow(exact - number_of(s.unit_pairs.data() + unit * 400, c), 2);
        }
        EXPECT_GE(s.units[unit].norm, std::sqrt(norm)) << kernels->isa << scale;
        EXPECT_GE(s.units[unit].slack, std::sqrt(loss)) << kernels->isa << scale;
        if (scale >= 1) {
          EXPECT_LE(s.units[unit].norm, 1.01 * std::sqrt(norm));
          EXPECT_LE(s.units[unit].slack, 1.2 * std::sqrt(loss));
        }
      }
    }
}

TEST(Screening, ProductIsThatOfTheRoundedNumbers) {
  for (const Kernels* kernels : screening_kernels())
    for (const auto& [n_units, count] : {std::pair{1, 16}, {16, 32}, {48, 784}, {37, 48}, {100, 96}}) {
      const Screened s(*kernels, n_units, 11, count);
      for (int unit = 0; unit < n_units; ++unit)
        for (int lane = 0; lane < lanes; ++lane) {
          double exact = 0, size = 0;
          for (int p = 0; p < pairs_of(count); ++p) {
            const float a = s.unit_pairs[unit * pairs_of(count) + p], b = s.sample_pairs[p * lanes + lane];
            exact += double(low_half(a)) * low_half(b) + double(high_half(a)) * high_half(b);
            size +=
                std::abs(double(low_half(a)) * low_half(b)) + std::abs(double(high_half(a)) * high_half(b));
          }
          ASSERT_NEAR(s.z[unit * lanes + lane], exact, 1e-6 * size)
              << kernels->isa << n_units << " " << count;
        }
    }
}

TEST(Screening, ProductOfManyGroupsIsThatOfEach) {
  constexpr int n_units = 80, n_groups = 5, n_pairs = 48;  // odd numbers of AMX tiles both ways
  for (const Kernels* kernels : screening_kernels()) {
    Screened s(*kernels, n_units, lanes, 2 * n_pairs);
    AlignedFloats pairs(std::size_t(n_groups) * n_pairs * lanes), z(std::size_t(n_groups) * n_units * lanes);
    for (int group = 0; group < n_groups; ++group)
      for (int i = 0; i < n_pairs * lanes; ++i)
        pairs[group * n_pairs * lanes + i] = s.sample_pairs[(i + group * lanes) % (n_pairs * lanes)];
    Product all = s.product();
    all.n_groups = n_groups;
    all.b = pairs.data();
    all.c = z.data();
    kernels->screening->product(all);
    for (int group = 0; group < n_groups; ++group) {
      Product one = s.product();
      one.b = pairs.data() + group * one.b_group;
      kernels->screening->product(one);
      for (int i = 0; i < n_units * lanes; ++i)
        ASSERT_EQ(z[group * n_units * lanes + i], s.z[i]) << kernels->isa << " group " << group;
    }
  }
}

/// Bounds of the pre-activations of all units for the first n_samples lanes, from lists that leave nothing out.
struct Bounds {
  AlignedFloats lower, upper;  // (lanes x room)

  explicit Bounds(Screened& s) {
    const auto room = std::size_t(padded(s.n_units));
    lower = AlignedFloats(lanes * room);
    upper = AlignedFloats(lanes * room);
    std::vector<std::int32_t> unit(lanes * room), count(lanes);
    alignas(64) float limits[lanes];
    std::ranges::fill(limits, -std::numeric_limits<float>::infinity());
    s.kernels.screening->list_possible(
        s.z.data(), s.units.data(), s.n_units, 0, s.bounds[0], (1u << s.n_samples) - 1, limits,
        {upper.data(), lower.data(), unit.data(), count.data(), static_cast<std::ptrdiff_t>(room)});
    for (int lane = 0; lane < lanes; ++lane) EXPECT_EQ(count[lane], lane < s.n_samples ? s.n_units : 0);
    for (int u = 0; u < s.n_units; ++u) EXPECT_EQ(unit[u], u);
  }
};

void expect_bounds_to_hold(Screened& s, const std::string& which) {
  const Bounds bounds(s);
  AlignedFloats packed(std::size_t(s.count) * lanes), exact(64 * lanes);
  s.kernels.pack(s.samples.data(), s.n_samples, s.count, s.count, packed.data());
  std::vector<const float*> rows;
  std::vector<float> starts;
  for (int unit = 0; unit < 64; ++unit) {
    rows.push_back(s.weights.data() + unit * s.count);
    starts.push_back(s.bias[unit] - s.kernels.dot(rows.back(), s.centre.data(), s.count));
  }
  s.kernels.product_of_rows(rows.data(), starts.data(), 64, s.count, packed.data(), exact.data());
  for (int unit = 0; unit < 64; ++unit)
    for (int lane = 0; lane < s.n_samples; ++lane) {
      ASSERT_LE(bounds.lower[lane * 64 + unit], exact[unit * lanes + lane]) << which;
      ASSERT_GE(bounds.upper[lane * 64 + unit], exact[unit * lanes + lane]) << which;
    }
}

void expect_bound_to_hold() {
  for (const Kernels* kernels : screening_kernels())
    for (int count : {16, 48, 784, 3072})
      for (float scale : {1.0f, 1e-17f, 1e-20f, 1e-36f, 1e-42f, 1e15f})
        for (int n_samples :
             {lanes, lanes - 3}) {  // a whole group is listed in another way than a part of one
          Screened s(*kernels, 64, n_samples, count, scale);
          expect_bounds_to_hold(s, kernels->isa + std::to_string(count) + " " + std::to_string(scale));
        }
}

TEST(Screening, BoundHoldsForTheFloat32Value) { expect_bound_to_hold(); }

TEST(Screening, BoundHoldsForSamplesFarFromZeroThatLoseTheirCentre) {
  for (const Kernels* kernels : screening_kernels())
    for (float centre : {1e2f, 1e4f, 1e6f}) {
      Screened s(*kernels, 64, lanes, 784, 1, centre);
      expect_bounds_to_hold(s, kernels->isa + std::to_string(centre));
    }
}

TEST(Screening, BoundHoldsWhereDenormalsAreZero) {
  std::thread([] {  // the mode is a thread's own
    flush_denormals();
    expect_bound_to_hold();
  })
      .join();
}

TEST(Screening, NothingIsBoundedWhereSumsCouldOverflow) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const Kernels* kernels : screening_kernels())
    for (float value :
         {infinity, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::max(), 1e19f}) {
      Screened s(*kernels, 4, 2, 32);
      s.weights[2 * 32 + 5] = value;
      kernels->screening->round_units(s.weights.data(), s.bias.data(), 4, 32, s.unit_pairs.data(),
                                      s.units.data());
      kernels->screening->product(s.product());
      const Bounds bounds(s);
      EXPECT_EQ(bounds.lower[2], -infinity) << kernels->isa << value;
      EXPECT_EQ(bounds.upper[2], infinity) << kernels->isa << value;
      EXPECT_GT(bounds.lower[1], -100) << kernels->isa << value;
    }
}

TEST(Screening, KeepsWhatMayReachTheKthLargestLowerBound) {
  for (const Kernels* kernels : screening_kernels()) {
    AlignedFloats upper(32), lower(32);
    AlignedArray<std::int32_t> unit(32);
    std::int32_t count = 20;
    for (int i = 0; i < 20; ++i) {
      lower[i] = static_cast<float>(i * 7 % 20);  // each number once
      upper[i] = lower[i] + 1;
      unit[i] = 100 + i;
    }
    float limit = -std::numeric_limits<float>::infinity();
    const CandidateLists lists{upper.data(), lower.data(), unit.data(), &count, 32};
    EXPECT_EQ(kernels->screening->keep_possible(lists, 0, 4, &limit), 5) << kernels->isa;  // 19 .. 16, and 15
    EXPECT_GT(limit, 15);
    EXPECT_LE(limit, 16);
    for (int i = 1; i < 5; ++i) EXPECT_LT(unit[i - 1], unit[i]);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(lower[i], static_cast<float>((unit[i] - 100) * 7 % 20));
  }
}

TEST(Screening, RunsOnTheTilesOfThisCpu) {
  if (!runs_here("amx")) GTEST_SKIP() << "no AMX here: its kernels were tested in emulated tiles only";
  const Screened real(kernels_for("amx"), 100, lanes, 784), emulated(emulated_amx_kernels(), 100, lanes, 784);
  for (std::size_t i = 0; i < real.z.size(); ++i) ASSERT_NEAR(real.z[i], emulated.z[i], 1e-3) << i;
}

}  // namespace
}  // namespace ksweep
