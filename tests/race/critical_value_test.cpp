#include "race/critical_value.h"

#include <gmock/gmock.h>

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>

#include "normal_sequences.h"

namespace ksweep {
namespace {

/// The likelihood ratio of t between normally distributed effect sizes of variance 10 and none, by numerical integration.
double likelihood_ratio(double t, std::size_t n) {
  const auto number = static_cast<double>(n);
  const auto weighted = [&](double effect) {
    const double prior = std::exp(-effect * effect / 20) / std::sqrt(20 * std::numbers::pi);
    return prior * boost::math::pdf(boost::math::non_central_t(number - 1, effect * std::sqrt(number)), t);
  };
  const double of_all =
      boost::math::quadrature::gauss_kronrod<double, 61>::integrate(weighted, -8.0, 8.0, 15, 1e-9);
  return of_all / boost::math::pdf(boost::math::students_t(number - 1), t);
}

TEST(CriticalValue, IsWhereTheLikelihoodRatioReachesTheBoundOfOneSide) {
  for (const double error : {0.05, 0.01})
    for (const std::size_t n : {5u, 12u})
      EXPECT_NEAR(likelihood_ratio(critical_value(error, n), n) / ((1 / error + 1) / 2), 1, 0.01)
          << error << " " << n;
}

double of_five_percent(std::size_t n) { return critical_value(0.05, n); }

TEST(CriticalValue, IsExceededAtMostAsOftenAsTheErrorSaysHoweverLongOneLooks) {
  const int n = 4000;
  for (const double mean : {0.0, -0.2})
    for (const std::size_t last : {20u, 400u})
      EXPECT_LE(share_exceeding(of_five_percent, {2, last}, n, mean), 0.05 + 3 * std::sqrt(0.05 * 0.95 / n))
          << mean << " " << last;
}

TEST(CriticalValue, IsExceededInTheEndWhereThereIsADifference) {
  EXPECT_GT(share_exceeding(of_five_percent, {2, 40}, 500, 1), 0.99);
}

TEST(CriticalValue, OfFewDifferencesIsOutOfReachForASmallError) {
  EXPECT_EQ(critical_value(0.001, 2), INFINITY);
  EXPECT_LT(critical_value(0.001, 6), INFINITY);
}

TEST(CriticalValue, GrowsWithASmallerError) { EXPECT_GT(critical_value(0.01, 8), critical_value(0.05, 8)); }

}  // namespace
}  // namespace ksweep
