#include "core/metrics.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/errors.h"

namespace ksweep {
namespace {

const ReportMetric& of(const char* name) { return *find_metric(name); }

TrialResult done_with(double TrialResult::*member, double value) {
  TrialResult result;
  result.status = Status::done;
  result.*member = value;
  return result;
}

TEST(Metrics, AnyValueIsBetterThanNoneAndTheDirectionDecides) {
  EXPECT_TRUE(of("accuracy").is_better(0.9, 0.8));
  EXPECT_FALSE(of("fvu").is_better(0.9, 0.8));
  EXPECT_TRUE(of("fvu").is_better(0.8, 0.9));
  EXPECT_FALSE(of("fvu").is_better(0.8, 0.8));
  EXPECT_TRUE(of("fvu").is_better(0.8, not_measured));
  EXPECT_FALSE(of("accuracy").is_better(not_measured, not_measured));
}

TEST(Metrics, TheDefaultIsAccuracyThenVarianceUnexplainedThenTheError) {
  std::array trials{done_with(&TrialResult::validation_mse, 0.1), TrialResult{}, TrialResult{}};
  EXPECT_STREQ(metric_of("", trials).name, "mse");
  trials[1] = done_with(&TrialResult::validation_fvu, 0.1);
  EXPECT_STREQ(metric_of("", trials).name, "fvu");
  trials[2] = done_with(&TrialResult::test_accuracy, 0.9);
  EXPECT_STREQ(metric_of("", trials).name, "accuracy");
}

TEST(Metrics, WithoutAnyResultTheDefaultIsAccuracy) {
  EXPECT_STREQ(metric_of("", std::array<TrialResult, 1>{}).name, "accuracy");
}

TEST(Metrics, ANameDecidesUnlessItIsOfALaterVersion) {
  const std::array trials{done_with(&TrialResult::test_fvu, 0.1)};
  EXPECT_STREQ(metric_of("true_mcc", trials).name, "true_mcc");
  EXPECT_STREQ(metric_of("recall", trials).name, "fvu");
}

TEST(Metrics, RecordsOfEarlierVersionsTellVarianceUnexplainedByWhatIsExplained) {
  const TrialResult old = done_with(&TrialResult::test_fraction_of_variance_explained, 0.75);
  EXPECT_DOUBLE_EQ(of("fvu").judged(old), 0.25);
  EXPECT_TRUE(std::isnan(of("mse").judged(old)));
}

TEST(Metrics, ValuesHaveTheirUnit) {
  EXPECT_EQ(value_text(of("accuracy"), 0.98306), "98.31 %");
  EXPECT_EQ(value_text(of("fvu"), 0.045312), "4.531 %");
  EXPECT_EQ(value_text(of("mse"), 0.0123456), "0.01235");
  EXPECT_EQ(value_text(of("mse"), not_measured), "-");
}

TEST(Metrics, AnUnknownNameIsAnsweredWithTheNearestOrAll) {
  const auto message_of = [](const char* name) -> std::string {
    try {
      metric_named("--metric", name);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message_of("acuracy"), "--metric: acuracy is no metric to choose by. Did you mean accuracy?");
  EXPECT_EQ(
      message_of("recall"),
      "--metric: recall is no metric to choose by. Give one of accuracy, fvu, fvu_by_rule, fvu_by_threshold, mse, nmi, "
      "true_mcc, mean_decoder_cosine.");
}

}  // namespace
}  // namespace ksweep
