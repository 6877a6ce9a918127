#include "base/errors.h"

#include <gtest/gtest.h>

namespace ksweep {
namespace {

TEST(ErrorTexts, WhatIsBetweenBracesIsPutIn) {
  const std::string where = "x.cfg:7";
  EXPECT_STREQ(UserError("{}: k = {} exceeds {}.", where, 64, "hidden").what(),
               "x.cfg:7: k = 64 exceeds hidden.");
  EXPECT_STREQ(EnvironmentError("{:.1f} GB are missing", 2.44).what(), "2.4 GB are missing");
}

TEST(ErrorTexts, ATextAloneMayHoldBraces) {
  EXPECT_STREQ(UserError("{ opens no section").what(), "{ opens no section");
  EXPECT_STREQ(UserError(std::string("x.json: }{ {} {0")).what(), "x.json: }{ {} {0");
}

TEST(ErrorTexts, WhatIsPutInMayHoldBraces) {
  EXPECT_STREQ(UserError("there is no key {}", "{k}").what(), "there is no key {k}");
}

}  // namespace
}  // namespace ksweep
