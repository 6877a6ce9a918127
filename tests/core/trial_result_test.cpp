#include "core/trial_result.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ksweep {
namespace {

TEST(TrialResult, KnowsNothingAtFirst) {
  const TrialResult result;
  for (const ScalarQuantity& quantity : scalar_quantities())
    EXPECT_TRUE(std::isnan(result.*quantity.member)) << quantity.name;
  for (const VectorQuantity& quantity : vector_quantities())
    EXPECT_TRUE((result.*quantity.member).empty()) << quantity.name;
}

TEST(TrialResult, EveryQuantityHasItsOwnNameAndMember) {
  TrialResult result;
  std::set<std::string> names;
  double mark = 0;
  for (const ScalarQuantity& quantity : scalar_quantities()) {
    EXPECT_TRUE(names.insert(quantity.name).second) << quantity.name;
    EXPECT_TRUE(std::isnan(result.*quantity.member)) << quantity.name << " shares a member";
    result.*quantity.member = ++mark;
  }
  for (const VectorQuantity& quantity : vector_quantities()) {
    EXPECT_TRUE(names.insert(quantity.name).second) << quantity.name;
    EXPECT_TRUE((result.*quantity.member).empty()) << quantity.name << " shares a member";
    (result.*quantity.member).push_back(1);
  }
}

TEST(TrialResult, TimesAndPlacesAreNotReproducible) {
  for (const ScalarQuantity& quantity : scalar_quantities()) {
    const std::string name = quantity.name;
    const bool of_other_seeds = name.starts_with("consistency") || name == "reappearing_units";
    const bool varies = name.ends_with("_s") || name == "resumed_epoch" || name == "rank" ||
                        name == "threads" || of_other_seeds;
    EXPECT_EQ(quantity.reproducible, !varies) << name;
  }
}

}  // namespace
}  // namespace ksweep
