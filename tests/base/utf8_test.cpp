#include "base/utf8.h"

#include <gtest/gtest.h>

namespace ksweep {
namespace {

TEST(Utf8, CharactersOfOneToFourBytesAreTakenAsTheyAre) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  EXPECT_EQ(first_foreign_byte(text), std::nullopt);
  EXPECT_EQ(as_utf8(text), text);
}

TEST(Utf8, AByteOfLatin1IsFoundAndEscaped) {
  EXPECT_EQ(first_foreign_byte("Gr\xF6\xDF"
                               "e"),
            2u);
  EXPECT_EQ(as_utf8("r\xE9sultats"), "r\\xe9sultats");
}

// Unicode 15, section 3.9: overlong forms, surrogates and what lies beyond U+10FFFF are none.
TEST(Utf8, FormsThatUnicodeForbidsAreForeign) {
  for (const char* text :
       {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\x80"})
    EXPECT_EQ(first_foreign_byte(text), 0u) << as_utf8(text);
}

TEST(Utf8, ACharacterThatIsCutShortIsForeign) {
  EXPECT_EQ(first_foreign_byte("a\xE2\x82"), 1u);
  EXPECT_EQ(as_utf8("a\xE2\x82"), "a\\xe2\\x82");
}

}  // namespace
}  // namespace ksweep
