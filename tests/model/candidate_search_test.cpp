// The guarantee of kernels/screening.h: the code is, bit for bit, the one that computing everything in float32 gives.
#include "model/candidate_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <span>
#include <thread>

#include "base/denormals.h"
#include "emulated_amx.h"
#include "random_numbers.h"

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

struct Case {
  Network network;
  int n_samples;
  AlignedFloats samples;  // (n_samples x stride)

  float* weights(int unit) { return network.encoder.data() + std::ptrdiff_t{unit} * network.stride; }
  float* sample(int i) { return samples.data() + std::ptrdiff_t{i} * network.stride; }
};

Case make_case(int n_hidden, int n_samples, int n_inputs, float scale = 1) {
  const int stride = padded(n_inputs);
  Case made{{}, n_samples, random_numbers(std::size_t(n_samples) * stride, 5)};
  made.network.n_inputs = n_inputs;
  made.network.n_hidden = n_hidden;
  made.network.stride = stride;
  made.network.encoder = random_numbers(std::size_t(n_hidden) * stride, 6);
  made.network.hidden_bias = random_numbers(std::size_t(n_hidden), 7);
  for (float& weight : made.network.encoder.span()) weight *= scale;
  for (float& bias : made.network.hidden_bias.span()) bias *= scale;
  for (int c = n_inputs; c < stride; ++c) {
    for (int unit = 0; unit < n_hidden; ++unit) made.weights(unit)[c] = 0;
    for (int i = 0; i < n_samples; ++i) made.sample(i)[c] = 0;
  }
  return made;
}

struct Code {
  std::vector<std::int32_t> units;
  std::vector<std::uint32_t> bits;  // of the values
  bool operator==(const Code&) const = default;
};

/// All of it in float32; NaN is never kept, ties go to the lower unit.
std::vector<Code> full_codes(const Kernels& kernels, Case& c, int k) {
  std::vector<Code> codes;
  for (int i = 0; i < c.n_samples; ++i) {
    std::vector<float> z;
    for (int unit = 0; unit < c.network.n_hidden; ++unit)
      z.push_back(kernels.dot(c.weights(unit), c.sample(i), c.network.stride) +
                  c.network.hidden_bias[std::size_t(unit)]);
    std::vector<std::int32_t> order(z.size());
    std::iota(order.begin(), order.end(), 0);
    std::erase_if(order, [&](int unit) { return z[std::size_t(unit)] != z[std::size_t(unit)]; });
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](int unit) { return z[std::size_t(unit)]; });
    order.resize(std::min<std::size_t>(order.size(), std::size_t(k)));
    std::ranges::sort(order);
    Code code{order, {}};
    for (int unit : order) code.bits.push_back(std::bit_cast<std::uint32_t>(z[std::size_t(unit)]));
    codes.push_back(code);
  }
  return codes;
}

struct Screened {
  std::vector<Code> codes;
  std::size_t n_candidates = 0;
};

Screened screen_in_slices(const Kernels& kernels, Case& c, int k, int slice) {
  const int n_hidden = c.network.n_hidden, n_groups = padded(c.n_samples) / lanes;
  CandidateSearch screen(kernels, c.network, c.n_samples);
  const std::ptrdiff_t z_group = std::ptrdiff_t{padded(n_hidden)} * lanes;
  AlignedFloats z(std::size_t(n_groups) * std::size_t(z_group));
  AlignedFloats scratch(
      std::size_t(std::max<std::ptrdiff_t>(select_scratch(n_hidden), slice * screen.n_pairs())));
  AlignedArray<std::int32_t> candidates{std::size_t(select_candidates(n_hidden))};
  AlignedFloats values(std::size_t(c.n_samples) * k);
  std::vector<std::int32_t> units(values.size()), kept(std::size_t(c.n_samples));
  const auto here = [&](int group) { return std::min(lanes, c.n_samples - group * lanes); };
  for (int group = 0; group < n_groups; ++group)
    screen.round_samples(c.sample(group * lanes), here(group), group, scratch.data());
  for (int begin = 0; begin < n_hidden; begin += slice) {
    Product product{};
    product.n_groups = n_groups;
    product.c = z.data() + std::ptrdiff_t{begin} * lanes;
    product.c_row = lanes;
    product.c_group = z_group;
    screen.pre_activate(c.network, {begin, std::min(begin + slice, n_hidden)}, product, scratch.data());
  }
  const auto at = [&](int group) { return std::ptrdiff_t{group} * lanes * k; };
  for (int group = 0; group < n_groups; ++group)
    screen.find_candidates(group, here(group), k, z.data() + group * z_group, units.data() + at(group),
                           values.data() + at(group), kept.data() + group * lanes, scratch.data(),
                           candidates.data());
  for (int begin = 0; begin < n_hidden; begin += slice)
    screen.settle(c.network, {begin, std::min(begin + slice, n_hidden)}, n_groups, c.samples.data());
  Screened result;
  for (int group = 0; group < n_groups; ++group) {
    screen.keep_largest(group, here(group), k, units.data() + at(group), values.data() + at(group),
                        kept.data() + group * lanes, scratch.data(), candidates.data());
    result.n_candidates += screen.n_candidates(group);
  }
  for (int i = 0; i < c.n_samples; ++i) {
    Code code;
    for (int e = 0; e < kept[std::size_t(i)]; ++e) {
      code.units.push_back(units[std::size_t(i * k + e)]);
      code.bits.push_back(std::bit_cast<std::uint32_t>(values[std::size_t(i * k + e)]));
    }
    result.codes.push_back(code);
  }
  return result;
}

/// Screens with all kernels, and returns the number of candidates that the last needed.
std::size_t expect_full_codes(Case& c, int k) {
  std::size_t n_candidates = 0;
  for (const Kernels* kernels : screening_kernels()) {
    const auto expected = full_codes(*kernels, c, k);
    for (int slice : {16, 48}) {
      const Screened screened = screen_in_slices(*kernels, c, k, slice);
      for (int i = 0; i < c.n_samples; ++i)
        EXPECT_EQ(screened.codes[std::size_t(i)], expected[std::size_t(i)])
            << kernels->isa << " sample " << i;
      n_candidates = screened.n_candidates;
    }
  }
  return n_candidates;
}

TEST(CandidateSearch, KeepsWhatFloat32Keeps) {
  for (const auto& [n_hidden, n_samples, n_inputs] :
       {std::tuple{2, 1, 1}, {53, 19, 21}, {100, 16, 64}, {333, 37, 100}})
    for (int k : {1, n_hidden / 4 + 1, n_hidden - 1}) {
      Case c = make_case(n_hidden, n_samples, n_inputs);
      expect_full_codes(c, k);
    }
}

TEST(CandidateSearch, NeedsFewCandidates) {
  Case c = make_case(1000, 32, 784);
  EXPECT_LT(expect_full_codes(c, 25), 32u * 25 * 7 / 4);
}

TEST(CandidateSearch, NumbersOfAnySizeAreKeptRight) {
  for (float scale : {1e-44f, 1e-38f, 1e-30f, 1e-10f, 1e10f, 1e17f, 1e20f, 1e37f}) {
    Case c = make_case(90, 17, 40, scale);
    expect_full_codes(c, 7);
  }
}

TEST(CandidateSearch, NumbersOfAnySizeAreKeptRightWhereDenormalsAreZero) {
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

TEST(CandidateSearch, NearTiesWithinTheBoundAreSettledInFloat32) {
  Case c = make_case(200, 16, 784);
  for (int unit = 1; unit < 200; ++unit) {  // all alike, but for the last bits of some weights
    std::copy_n(c.weights(0), 784, c.weights(unit));
    for (int i = 0; i < unit % 7; ++i) c.weights(unit)[(unit * 31 + i * 17) % 784] *= 1 + 0x1p-22f;
    c.network.hidden_bias[std::size_t(unit)] = c.network.hidden_bias[0];
  }
  EXPECT_EQ(expect_full_codes(c, 9), 200u * 16);
}

TEST(CandidateSearch, ExactTiesGoToTheLowerUnit) {
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

TEST(CandidateSearch, FlawedWeightsDoNotHideTheOthers) {
  for (float flaw : {not_a_number, infinity, -infinity, std::numeric_limits<float>::max(), 3.4e38f, 1e25f}) {
    Case c = make_case(90, 20, 40);
    c.weights(0)[0] = c.weights(17)[3] = c.weights(88)[39] = flaw;
    expect_full_codes(c, 7);
    c.network.hidden_bias[5] = flaw;
    expect_full_codes(c, 89);
  }
}

TEST(CandidateSearch, FlawedSamplesAreComputedInFloat32) {
  for (float flaw : {not_a_number, infinity, -infinity, std::numeric_limits<float>::max(), 3.4e38f, 1e25f}) {
    Case c = make_case(90, 20, 40);
    c.sample(3)[11] = c.sample(18)[0] = flaw;
    const std::size_t n_candidates = expect_full_codes(c, 7);
    EXPECT_GE(n_candidates, 2u * 90);
    EXPECT_LT(n_candidates, 2u * 90 + 18 * 30);
  }
}

TEST(CandidateSearch, ANotANumberInASampleLeavesItNoCode) {
  Case c = make_case(90, 2, 40);
  c.sample(1)[11] = not_a_number;
  for (const Kernels* kernels : screening_kernels())
    EXPECT_TRUE(screen_in_slices(*kernels, c, 7, 48).codes[1].units.empty()) << kernels->isa;
}

TEST(CandidateSearch, WhateverScreensTheCodeHasTheSameBits) {
  if (!runs_here("avx512bf16")) GTEST_SKIP() << "this CPU lacks bf16 products";  // and so AMX, too
  for (const std::string isa : {"avx512bf16", "amx"}) {
    if (!runs_here(isa)) continue;
    // The emulated product and bounds, with the CPU's float32 sums.
    Kernels mixed = emulated_amx_kernels();
    Screening screening = *mixed.screening;
    screening.settle = kernels_for(isa).screening->settle;
    mixed.screening = &screening;
    Case c = make_case(500, 40, 300);
    EXPECT_EQ(screen_in_slices(mixed, c, 20, 48).codes, screen_in_slices(kernels_for(isa), c, 20, 48).codes)
        << isa;
  }
}

TEST(CandidateSearch, ServesWhereFewAreKept) {
  const Case c = make_case(100, 1, 16);
  EXPECT_TRUE(CandidateSearch(emulated_amx_kernels(), c.network, 1).serves(6));
  EXPECT_FALSE(CandidateSearch(emulated_amx_kernels(), c.network, 1).serves(7));
  EXPECT_FALSE(CandidateSearch(kernels_for("portable"), c.network, 1).serves(1));
}

}  // namespace
}  // namespace ksweep
