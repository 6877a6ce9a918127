#include "measure/decoder_cosines.h"

#include <gtest/gtest.h>

#include <cmath>

#include "directions.h"
#include "kernels/isa.h"

namespace ksweep {
namespace {

DecoderCosines measured(const Matrix<float>& rows, Sign sign = Sign::matters, const Team& team = one_thread) {
  return decoder_cosines(best_kernels(), unit_rows(view_of(rows)), team, sign);
}

TEST(DecoderCosines, AreThoseOfAllOtherColumns) {
  const Matrix<float> rows = some_directions(131, 21, 1);  // no multiples of blocks and lanes
  Matrix<double> cosines = cosines_of(rows, rows);
  cosines.diagonal().setZero();
  const double mean_absolute = cosines.cwiseAbs().sum() / (131 * 130);
  const double of_absolute = cosines.cwiseAbs().rowwise().maxCoeff().mean();
  cosines.diagonal().setConstant(-1);
  EXPECT_NEAR(measured(rows).mean_of_largest, cosines.rowwise().maxCoeff().mean(), 1e-6);
  EXPECT_NEAR(measured(rows).mean_absolute, mean_absolute, 1e-6);
  EXPECT_NEAR(measured(rows, Sign::ignored).mean_of_largest, of_absolute, 1e-6);
}

TEST(DecoderCosines, OfRandomDirectionsAreThoseOfChance) {
  const DecoderCosines found =
      decoder_cosines(best_kernels(), random_directions(400, 256, 0), one_thread, Sign::matters);
  EXPECT_NEAR(found.mean_absolute, std::sqrt(2 / (M_PI * 256)), 0.001);
}

TEST(DecoderCosines, OfADirectionOfLengthZeroAreZero) {
  Matrix<float> rows = Matrix<float>::Zero(3, 2);
  rows.row(0) << 2, 0;
  rows.row(1) << 5, 0;
  EXPECT_NEAR(measured(rows).mean_of_largest, 2.0 / 3, 1e-7);
  EXPECT_NEAR(measured(rows).mean_absolute, 1.0 / 3, 1e-7);
}

TEST(DecoderCosines, AreTheSameBitsForAnyNumberOfThreads) {
  const Matrix<float> rows = some_directions(131, 21, 1);
  EXPECT_EQ(measured(rows).mean_of_largest, measured(rows, Sign::matters, three_threads).mean_of_largest);
  EXPECT_EQ(measured(rows).mean_absolute, measured(rows, Sign::matters, three_threads).mean_absolute);
}

TEST(DecoderCosines, NeedTwoDirections) {
  EXPECT_TRUE(std::isnan(measured(some_directions(1, 5, 1)).mean_absolute));
}

TEST(UnitRows, LeaveOutWhatIsNotWanted) {
  const Matrix<float> rows = some_directions(3, 5, 1);
  const UnitRows found = unit_rows(view_of(rows), std::vector<std::uint8_t>{1, 0, 1});
  ASSERT_EQ(found.n, 2);
  for (int c = 0; c < 5; ++c) EXPECT_NEAR(found.row(1)[c], rows.row(2).normalized()[c], 1e-6);
  for (int c = 5; c < found.stride; ++c) EXPECT_EQ(found.row(1)[c], 0);
}

}  // namespace
}  // namespace ksweep
