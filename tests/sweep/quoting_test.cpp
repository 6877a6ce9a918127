#include "sweep/quoting.h"

#include <gmock/gmock.h>

#include "refusal.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

TEST(Quoting, SeparatorsWithinQuotesDoNotSeparate) {
  EXPECT_THAT(split_at(R"("/d/with,comma.npz", mnist)", ','), ElementsAre(R"("/d/with,comma.npz")", "mnist"));
  EXPECT_THAT(split_at(R"(data.set="a&b" & model.k=3)", '&'), ElementsAre(R"(data.set="a&b")", "model.k=3"));
}

TEST(Quoting, SeparatorsOutsideOfQuotesDo) {
  EXPECT_THAT(split_at("10 ,25,", ','), ElementsAre("10", "25", ""));
  EXPECT_THAT(split_at("", ','), ElementsAre(""));
}

TEST(Quoting, ACommentBeginsOutsideOfQuotes) {
  EXPECT_EQ(find_comment("10 # ten"), 3u);
  EXPECT_EQ(find_comment(R"("/d/C#/a.npz" # mine)"), 14u);
  EXPECT_EQ(find_comment(R"(a, "b#c")"), std::string::npos);
}

TEST(Quoting, AQuoteThatBeginsNoPartIsALetter) {
  EXPECT_THAT(split_at(R"(5" disk, 8" disk)", ','), ElementsAre(R"(5" disk)", R"(8" disk)"));
  EXPECT_EQ(unquoted(R"(the "best" k)", ""), R"(the "best" k)");
}

TEST(Quoting, WhatIsQuotedReadsBackAsItWas) {
  for (const std::string text : {"plain", "/d/C#/a.npz", "/d/with,comma.npz", " blanks ", "Run #3",
                                 R"(say "k")", "\"", "a&b", "", "a=b", "0..4", "50 %; 2 * 3", "C:\\new"}) {
    EXPECT_EQ(unquoted(quoted(text), ""), text);
    EXPECT_THAT(split_at(quoted(text), ','), ElementsAre(quoted(text)));
    EXPECT_EQ(find_comment(quoted(text)), std::string::npos) << text;
  }
}

TEST(Quoting, OnlyWhatMustBeIsPutInQuotes) {
  EXPECT_EQ(quoted("/d/a b.npz"), "/d/a b.npz");
  EXPECT_EQ(quoted("a,b"), "\"a,b\"");
  EXPECT_EQ(quoted("say \"k\""), "\"say \"\"k\"\"\"");
}

TEST(Quoting, AQuoteThatIsNotClosedIsRefused) {
  EXPECT_EQ(refusal([] { unquoted("\"a, b", "x.cfg:3"); }),
            "x.cfg:3: \"a, b opens a quote that nothing closes: where the value ends is unclear. Write \" "
            "behind it.");
}

TEST(Quoting, WordsBehindAClosingQuoteAreRefused) {
  EXPECT_EQ(
      refusal([] { unquoted(R"("best" k)", "x.cfg:3"); }),
      R"(x.cfg:3: "best" k goes on behind its closing quote: it is unclear what was meant. Put all of it into quotes, and )"
      R"(write a quote within them twice: """best"" k".)");
}

}  // namespace
}  // namespace ksweep
