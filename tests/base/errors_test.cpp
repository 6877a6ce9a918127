#include "base/errors.h"

#include <gtest/gtest.h>

namespace ksweep {
namespace {

TEST(ErrorTexts, what_is_between_braces_is_put_in) {
  const std::string where = "x.cfg:7";
  EXPECT_STREQ(UserError("{}: k = {} exceeds {}.", where, 64, "hidden").what(),
               "x.cfg:7: k = 64 exceeds hidden.");
  EXPECT_STREQ(EnvironmentError("{:.1f} GB are missing", 2.44).what(), "2.4 GB are missing");
}

TEST(ErrorTexts, a_text_alone_may_hold_braces) {
  EXPECT_STREQ(UserError("{ opens no section").what(), "{ opens no section");
  EXPECT_STREQ(UserError(std::string("x.json: }{ {} {0")).what(), "x.json: }{ {} {0");
}

TEST(ErrorTexts, what_is_put_in_may_hold_braces) {
  EXPECT_STREQ(UserError("there is no key {}", "{k}").what(), "there is no key {k}");
}

}  // namespace
}  // namespace ksweep
