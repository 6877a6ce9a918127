#include "measure/truth.h"

#include <gtest/gtest.h>

#include <cmath>

#include "directions.h"
#include "kernels/isa.h"

namespace ksweep {
namespace {

AgreementWithTruth agreement(const Matrix<float>& units, const Matrix<float>& truth,
                             std::vector<std::uint8_t> is_live = {}, Sign sign = Sign::matters) {
  return agreement_with_truth(best_kernels(), view_of(units), view_of(truth), is_live, one_thread, sign);
}

TEST(Truth, OfTheTrueDirectionsIsPerfect) {
  const Matrix<float> truth = some_directions(20, 8, 1), units = 2 * truth.colwise().reverse();
  const AgreementWithTruth found = agreement(units, truth);
  EXPECT_NEAR(found.mcc, 1, 1e-6);
  EXPECT_EQ(found.uniqueness, 1);
  EXPECT_EQ(found.found, 1);
  EXPECT_TRUE(found.mcc_is_best);
}

TEST(Truth, IsJudgedByEachMeasure) {
  // Units: the first true direction twice, one halfway between the last two.  True directions: the axes.
  const Matrix<float> truth = Matrix<float>::Identity(4, 4);
  Matrix<float> units = Matrix<float>::Zero(3, 4);
  units(0, 0) = units(1, 0) = 1;
  units(2, 2) = 1.001f, units(2, 3) = 1;
  const AgreementWithTruth found = agreement(units, truth);
  EXPECT_NEAR(found.mcc, (1 + 0 + 1.001 / std::sqrt(1.001 * 1.001 + 1)) / 3, 1e-6);  // over min(3, 4) pairs
  EXPECT_DOUBLE_EQ(found.uniqueness, 1.0 / 3);
  EXPECT_DOUBLE_EQ(found.found, 1.0 / 4);
}

TEST(Truth, CountsWhatLiveUnitsFind) {
  const Matrix<float> truth = Matrix<float>::Identity(4, 4);
  const AgreementWithTruth found = agreement(truth, truth, {1, 0, 0, 1});
  EXPECT_NEAR(found.mcc, 1, 1e-6);  // of all units
  EXPECT_EQ(found.uniqueness, 1);
  EXPECT_EQ(found.found, 0.5);
  EXPECT_TRUE(std::isnan(agreement(truth, truth, {0, 0, 0, 0}).uniqueness));
  EXPECT_EQ(agreement(truth, truth, {0, 0, 0, 0}).found, 0);
}

TEST(Truth, FoundIsAboveNineTenths) {
  Matrix<float> truth = Matrix<float>::Identity(2, 2), units(2, 2);
  units << std::sqrt(1 - 0.89f * 0.89f), 0.89f, 0.91f, std::sqrt(1 - 0.91f * 0.91f);
  EXPECT_EQ(agreement(units, truth).found, 0.5);
  EXPECT_EQ(agreement(-units, truth).found, 0);
  EXPECT_EQ(agreement(-units, truth, {}, Sign::ignored).found, 0.5);
}

}  // namespace
}  // namespace ksweep
