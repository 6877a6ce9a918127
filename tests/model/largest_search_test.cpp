// The code is, bit for bit, the one that computing everything in float32 gives, whatever threads and screening
// (kernels/screening.h).
#include "model/largest_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <span>
#include <thread>

#include "base/denormals.h"
#include "search_case.h"

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

struct Code {
  std::vector<std::int32_t> units;
  std::vector<std::uint32_t> bits;  // of the values
  bool operator==(const Code&) const = default;
};

/// All of it by Kernels::product; NaN is never kept, ties go to the lower unit.
std::vector<Code> full_codes(const Kernels& kernels, Case& c, int k) {
  const AlignedFloats z = product_of(kernels, c);
  const int n_hidden = c.network.n_hidden, row = padded(c.n_samples);
  std::vector<Code> codes;
  for (int i = 0; i < c.n_samples; ++i) {
    const auto at = [&](int unit) { return z[std::size_t(unit * row + i)]; };
    std::vector<std::int32_t> order(static_cast<std::size_t>(n_hidden));
    std::iota(order.begin(), order.end(), 0);
    std::erase_if(order, [&](int unit) { return at(unit) != at(unit); });
    std::ranges::stable_sort(order, std::ranges::greater{}, at);
    order.resize(std::min<std::size_t>(order.size(), std::size_t(k)));
    std::ranges::sort(order);
    Code code{order, {}};
    for (int unit : order) code.bits.push_back(std::bit_cast<std::uint32_t>(at(unit)));
    codes.push_back(code);
  }
  return codes;
}

std::vector<Code> found_by(LargestSearch& search, const Kernels& kernels, Case& c, int k, int n_threads) {
  const LoadedSamples samples = load(kernels, c);
  const AlignedFloats starts = starts_of(kernels, c);
  LargestCode largest(padded(c.n_samples));
  search.find({c.network, starts.data(), c.centred ? c.network.visible_bias.data() : nullptr}, samples,
              c.n_samples, k, n_threads, largest);
  std::vector<Code> codes;
  for (int i = 0; i < c.n_samples; ++i) {
    Code code;
    for (int e = 0; e < largest.n_kept(i); ++e) {
      code.units.push_back(largest.units(i)[e]);
      code.bits.push_back(std::bit_cast<std::uint32_t>(largest.values(i)[e]));
    }
    codes.push_back(code);
  }
  return codes;
}

std::vector<Code> search(const Kernels& kernels, Case& c, int k, int n_threads) {
  LargestSearch search(kernels, c.network, c.n_samples);
  return found_by(search, kernels, c, k, n_threads);
}

void expect_full_codes(Case& c, int k) {
  for (const bool centred : {false, true})
    for (const Kernels* kernels : all_kernels()) {
      c.centred = centred;
      const auto expected = full_codes(*kernels, c, k);
      for (const int n_threads : {1, 2, 3}) {
        const auto found = search(*kernels, c, k, n_threads);
        for (int i = 0; i < c.n_samples; ++i)
          ASSERT_EQ(found[std::size_t(i)], expected[std::size_t(i)])
              << kernels->isa << " sample " << i << " threads " << n_threads << " k " << k;
      }
    }
}

/// Counts the float32 pre-activations that a screening leaves.
struct Counting {
  static inline std::size_t n_rows = 0;
  static inline const Kernels* real = nullptr;
  static void product_of_rows(const float* const* rows, const float* start, int n, int n_inner,
                              const float* packed, float* c) {
    n_rows += std::size_t(n);
    real->product_of_rows(rows, start, n, n_inner, packed, c);
  }
};

TEST(LargestSearch, ScreeningLeavesFewUnitsToFloat32) {
  for (const bool centred : {false, true})
    for (const Kernels* kernels : screening_kernels()) {
      Case c = make_case(2000, 32, 784);
      c.centred = centred;
      if (centred)
        for (float& x : c.samples.span()) x += 2;  // a mean that the centre takes away
      std::ranges::fill(c.network.visible_bias.span(), 2.0f);
      Kernels counting = *kernels;
      counting.product_of_rows = Counting::product_of_rows;
      Counting::real = kernels;
      Counting::n_rows = 0;
      EXPECT_EQ(search(counting, c, 5, 1), full_codes(*kernels, c, 5));
      EXPECT_GT(Counting::n_rows, 5u);
      EXPECT_LT(Counting::n_rows, 2u * 16 * 5 * 3) << kernels->isa << centred;
    }
}

/// Counts the units that are rounded.
struct CountingRounds {
  static inline int n_units = 0;
  static inline const Screening* real = nullptr;
  static void round_units(const float* rows, const float* bias, int n_rows, int count, float* pairs,
                          UnitBound* bounds) {
    n_units += n_rows;
    real->round_units(rows, bias, n_rows, count, pairs, bounds);
  }
};

TEST(LargestSearch, UnitsAreRoundedOnceAheadIfAllFit) {
  constexpr int k = 7;
  for (const Kernels* kernels : screening_kernels()) {
    Screening screening = *kernels->screening;
    screening.round_units = CountingRounds::round_units;
    CountingRounds::real = kernels->screening;
    Kernels counting = *kernels;
    counting.screening = &screening;
    for (const int n_hidden : {1500, 1600}) {
      Case c = make_case(n_hidden, 17, 40);
      LargestSearch search(counting, c.network, c.n_samples);
      const auto round_all_ahead = [&] {
        CountingRounds::n_units = 0;
        search.start_rounding(k);
        parallel_slices(n_hidden, slice_size, 1, [&](Range units) { search.round_ahead(c.network, units); });
        return CountingRounds::n_units;
      };
      EXPECT_EQ(round_all_ahead(), n_hidden == 1500 ? 1500 : 0) << kernels->isa;
      EXPECT_EQ(found_by(search, counting, c, k, 1), full_codes(*kernels, c, k)) << kernels->isa;
      EXPECT_EQ(CountingRounds::n_units, n_hidden) << kernels->isa;
      // What was rounded serves one search only.
      for (float& weight : c.network.encoder.span()) weight = -weight;
      EXPECT_EQ(found_by(search, counting, c, k, 1), full_codes(*kernels, c, k)) << kernels->isa;
    }
  }
}

TEST(LargestSearch, NumbersOfAnySizeAreKeptRight) {
  for (float scale : {1e-44f, 1e-38f, 1e-30f, 1e-10f, 1e10f, 1e17f, 1e20f, 1e37f}) {
    Case c = make_case(90, 17, 40, scale);
    expect_full_codes(c, 7);
  }
}

TEST(LargestSearch, NumbersOfAnySizeAreKeptRightWhereDenormalsAreZero) {
  std::thread([] {  // the mode is a thread's own
    flush_denormals();
    for (float scale : {1e-44f, 1e-38f, 1e-30f, 1e-25f, 1e-20f, 1e-15f}) {
      Case c = make_case(90, 17, 40, scale);
      expect_full_codes(c, 7);
      for (float& x : c.samples.span()) x *= 1e-18f;
      expect_full_codes(c, 7);
    }
  })
      .join();
}

TEST(LargestSearch, SamplesFarFromZeroAreKeptRight) {
  for (const float mean : {1e2f, 1e4f, 1e6f}) {  // their differences from the visible bias stay small
    Case c = make_case(200, 17, 784);
    for (float& x : c.samples.span()) x += mean;
    std::ranges::fill(c.network.visible_bias.span(), mean);
    expect_full_codes(c, 5);
  }
}

TEST(LargestSearch, NearTiesWithinTheBoundAreSettledInFloat32) {
  Case c = make_case(200, 16, 784);
  for (int unit = 1; unit < 200; ++unit) {  // all alike, but for the last bits of some weights
    std::copy_n(c.weights(0), 784, c.weights(unit));
    for (int i = 0; i < unit % 7; ++i) c.weights(unit)[(unit * 31 + i * 17) % 784] *= 1 + 0x1p-22f;
    c.network.hidden_bias[std::size_t(unit)] = c.network.hidden_bias[0];
  }
  expect_full_codes(c, 9);
}

TEST(LargestSearch, ExactTiesGoToTheLowerUnit) {
  Case c = make_case(120, 16, 48);
  for (int unit = 40; unit < 120; ++unit) {
    std::copy_n(c.weights(unit % 40), 48, c.weights(unit));
    c.network.hidden_bias[std::size_t(unit)] = c.network.hidden_bias[std::size_t(unit % 40)];
  }
  for (int k : {1, 10, 31}) expect_full_codes(c, k);
  std::ranges::fill(c.network.encoder.span(), 0.0f);
  std::ranges::fill(c.network.hidden_bias.span(), 0.0f);
  expect_full_codes(c, 10);
}

TEST(LargestSearch, FlawedWeightsDoNotHideTheOthers) {
  for (float flaw : {not_a_number, infinity, -infinity, std::numeric_limits<float>::max(), 3.4e38f, 1e25f}) {
    Case c = make_case(90, 20, 40);
    c.weights(0)[0] = c.weights(17)[3] = c.weights(88)[39] = flaw;
    expect_full_codes(c, 7);
    c.network.hidden_bias[5] = flaw;
    expect_full_codes(c, 89);
  }
}

TEST(LargestSearch, FlawedSamplesDoNotHideTheOthers) {
  for (float flaw : {not_a_number, infinity, -infinity, std::numeric_limits<float>::max(), 3.4e38f, 1e25f}) {
    Case c = make_case(90, 20, 40);
    c.sample(3)[11] = c.sample(18)[0] = flaw;
    expect_full_codes(c, 7);
    expect_full_codes(c, 5);  // few enough to be screened
  }
}

TEST(LargestSearch, ANotANumberInASampleLeavesItNoCode) {
  Case c = make_case(90, 2, 40);
  c.sample(1)[11] = not_a_number;
  for (const Kernels* kernels : all_kernels())
    EXPECT_TRUE(search(*kernels, c, 5, 1)[1].units.empty()) << kernels->isa;
}

TEST(LargestSearch, ManyTiesOverflowNoList) {
  for (const int n_hidden : {600, 3000}) {
    Case c = make_case(n_hidden, 17, 32);
    std::fill_n(c.sample(3), 32, 0.0f);
    std::ranges::fill(c.network.hidden_bias.span(), 0.5f);
    for (const int k : {1, 30, 37}) expect_full_codes(c, k);
  }
}

TEST(LargestSearch, PreActivationsThatRiseFromUnitToUnitOverflowNoList) {
  Case c = make_case(2000, 17, 32);
  for (int unit = 0; unit < 2000; ++unit) c.network.hidden_bias[std::size_t(unit)] = static_cast<float>(unit);
  for (const int k : {1, 90, 500}) expect_full_codes(c, k);
}

TEST(LargestSearch, ServesWhereFewAreKeptOfMore) {
  const Case c = make_case(1024, 1, 16);
  for (const Kernels* kernels : {&kernels_for("portable"), &emulated_amx_kernels()}) {
    const LargestSearch search(*kernels, c.network, 2048);
    EXPECT_FALSE(search.serves(256, 512));
    EXPECT_TRUE(search.serves(256, 528));
    EXPECT_FALSE(search.serves(257, 2048));
    EXPECT_EQ(search.serves(64, 16), kernels->screening != nullptr);
    EXPECT_EQ(search.screens(64), kernels->screening != nullptr);
    EXPECT_FALSE(search.screens(65));
  }
}

}  // namespace
}  // namespace ksweep
