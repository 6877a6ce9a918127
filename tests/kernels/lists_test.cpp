#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/isa.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

constexpr float infinity = std::numeric_limits<float>::infinity();

float next(float number) { return std::nextafter(number, infinity); }

/// A list of one sample.
struct List {
  AlignedFloats values{lanes};
  AlignedArray<std::int32_t> units{lanes};
  int n = 0;
  float limit = -infinity;

  List(std::initializer_list<float> numbers) {
    for (const float number : numbers) {
      values[std::size_t(n)] = number;
      units[std::size_t(n)] = 100 + n;
      ++n;
    }
  }
  void keep_largest(const std::string& isa, int k) {
    n = kernels_for(isa).keep_largest(values.data(), units.data(), n, k, &limit);
  }
  std::vector<std::int32_t> kept() const { return {units.data(), units.data() + n}; }
};

TEST(KeepLargest, KeepsThemInTheirOrderTiesToTheFirst) {
  for (const std::string& isa : all_isas()) {
    List list{1, 5, 3, 4, 3};
    list.keep_largest(isa, 3);
    EXPECT_THAT(list.kept(), ElementsAre(101, 102, 103)) << isa;
    EXPECT_THAT(std::vector(list.values.data(), list.values.data() + 3), ElementsAre(5, 3, 4)) << isa;
  }
}

TEST(KeepLargest, LetsInTheVeryNextNumberAboveTheLeastThatItKeeps) {
  for (const std::string& isa : all_isas()) {
    List list{4, next(4), 5, 1};
    list.keep_largest(isa, 2);
    EXPECT_THAT(list.kept(), ElementsAre(101, 102)) << isa;
    EXPECT_EQ(list.limit, next(next(4))) << isa;
  }
}

TEST(KeepLargest, LetsInEverythingWhileItKeepsFewer) {
  for (const std::string& isa : all_isas()) {
    List list{4, std::numeric_limits<float>::quiet_NaN(), 5};
    list.keep_largest(isa, 3);
    EXPECT_THAT(list.kept(), ElementsAre(100, 102)) << isa;
    EXPECT_EQ(list.limit, -infinity) << isa;
  }
}

TEST(ListReaching, AppendsWhatReachesTheLimitOfItsSample) {
  constexpr int n_units = 5;
  for (const std::string& isa : all_isas()) {
    AlignedFloats z(n_units * lanes), values(lanes * lanes), limits(lanes);
    AlignedArray<std::int32_t> units(lanes * lanes), counts(lanes);
    std::fill_n(counts.data(), lanes, 0);
    std::fill_n(limits.data(), lanes, std::numeric_limits<float>::quiet_NaN());
    limits[2] = 3;
    limits[7] = 1;
    for (int unit = 0; unit < n_units; ++unit)
      for (int lane = 0; lane < lanes; ++lane) z[std::size_t(unit * lanes + lane)] = static_cast<float>(unit);
    kernels_for(isa).list_reaching(z.data(), n_units, 100, limits.data(),
                                   {values.data(), nullptr, units.data(), counts.data(), lanes});
    for (int lane = 0; lane < lanes; ++lane)
      EXPECT_EQ(counts[std::size_t(lane)], lane == 2 ? 2 : lane == 7 ? 4 : 0) << isa;
    EXPECT_THAT(std::vector(units.data() + 2 * lanes, units.data() + 2 * lanes + 2), ElementsAre(103, 104));
    EXPECT_THAT(std::vector(values.data() + 7 * lanes, values.data() + 7 * lanes + 4),
                ElementsAre(1, 2, 3, 4));
  }
}

}  // namespace
}  // namespace ksweep
