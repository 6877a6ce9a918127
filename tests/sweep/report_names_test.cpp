#include "sweep/report_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"

namespace ksweep {
namespace {

std::string names_of(const std::string& value) {
  return parse_report_names({"report.names", value, "x.cfg:4"});
}

std::string refusal_of(const std::string& value) {
  try {
    names_of(value);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ReportNames, KeysMayLackTheirSectionWhichIsAdded) {
  EXPECT_EQ(names_of("hidden: latents; model.alpha:λ ;learning_rate: step size"),
            "model.hidden: latents; model.alpha: λ; train.learning_rate: step size");
  EXPECT_EQ(names_of("k: k: units kept"), "model.k: k: units kept");
  EXPECT_EQ(names_of("\"k: #units\""), "model.k: #units");
}

TEST(ReportNames, WhatIsNoKeyIsRefusedWithTheMostSimilarOne) {
  EXPECT_EQ(
      refusal_of("hiden: latents"),
      "x.cfg:4: report.names: hiden is no key of a sweep: its name would be used nowhere. Did you mean hidden?");
  EXPECT_THAT(refusal_of("latents: z"), ::testing::EndsWith("`ksweep plan --keys` lists all keys."));
}

TEST(ReportNames, APartWithoutAColonIsRefused) {
  EXPECT_EQ(
      refusal_of("hidden = latents"),
      "x.cfg:4: report.names: \"hidden = latents\" is not KEY: NAME, so that nothing tells what is named. Write for "
      "example names = hidden: latents; alpha: α.");
  EXPECT_THAT(refusal_of("hidden: latents;"), ::testing::HasSubstr("\"\" is not KEY: NAME"));
}

TEST(ReportNames, EmptyLongAndDoubleNamesAreRefused) {
  EXPECT_THAT(refusal_of("hidden: "), ::testing::HasSubstr("model.hidden has no name"));
  EXPECT_EQ(names_of("k: " + std::string(40, 'x')), "model.k: " + std::string(40, 'x'));
  EXPECT_THAT(refusal_of("k: " + std::string(41, 'x')), ::testing::HasSubstr("has 41 letters, more than 40"));
  EXPECT_THAT(refusal_of("k: a; model.k: b"), ::testing::HasSubstr("model.k is named twice"));
  EXPECT_THAT(refusal_of("k: a; hidden: a"),
              ::testing::HasSubstr("model.k and model.hidden are both called a"));
  EXPECT_THAT(refusal_of("hidden: k"), ::testing::HasSubstr("model.hidden would be called k, as model.k is"));
  EXPECT_EQ(names_of("hidden: k; k: kept"), "model.hidden: k; model.k: kept");
}

}  // namespace
}  // namespace ksweep
