#include "sweep/values.h"

#include <gmock/gmock.h>

#include "sweep_texts.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> values_of(const std::string& key, const std::string& text) {
  return expand_values(*find_key(key), {key, text, "x.cfg:7"});
}

std::string refusal_of_values(const std::string& key, const std::string& text) {
  return refusal([&] { values_of(key, text); });
}

TEST(Values, AListIsTakenInTheOrderWritten) {
  EXPECT_THAT(values_of("model.k", "25, 10 ,70"), ElementsAre("25", "10", "70"));
}

TEST(Values, ACommaWithinANumberIsRefused) {
  EXPECT_EQ(refusal_of_values("train.learning_rate", "0,001"),
            "x.cfg:7: train.learning_rate = 0,001 looks like a decimal comma: a comma separates values, "
            "here 0 and 1. Write 0.001, or with a blank 0, 1 for two values.");
  EXPECT_EQ(refusal_of_values("model.hidden", "1,000"),
            "x.cfg:7: model.hidden = 1,000 looks like a comma between thousands: a comma separates values, "
            "here 1 and 0. Write 1000, or with a blank 1, 0 for two values.");
  for (const char* text :
       {"0,5", "-0,5", "0,1..1", "1,5e-3", "0,01, 0,1", "0.5, 0,25", "1,05,1,1", "0,001 ,1", "0,5, 1"})
    EXPECT_THAT(refusal_of_values("model.sparsity_weight", text),
                ::testing::HasSubstr("looks like a decimal comma"))
        << text;
}

TEST(Values, AListNeedsNoBlanks) {
  EXPECT_THAT(values_of("train.seed", "0,1"), ElementsAre("0", "1"));
  EXPECT_THAT(values_of("model.k", "10,25"), ElementsAre("10", "25"));
  EXPECT_THAT(values_of("model.sparsity_weight", "1,5"), ElementsAre("1", "5"));
  EXPECT_THAT(values_of("model.sparsity_weight", "0,1,2"), ElementsAre("0", "1", "2"));
  EXPECT_THAT(values_of("model.sparsity_weight", "0,0.1"), ElementsAre("0", "0.1"));
  EXPECT_THAT(values_of("model.sparsity_weight", "0.5,1e-3"), ElementsAre("0.5", "0.001"));
  EXPECT_THAT(values_of("model.sparsity_weight", "0, 1"), ElementsAre("0", "1"));
}

TEST(Values, ARangeIncludesBothEnds) {
  EXPECT_THAT(values_of("train.seed", "0..4"), ElementsAre("0", "1", "2", "3", "4"));
}

TEST(Values, ARangeTakesAStep) {
  EXPECT_THAT(values_of("model.k", "10..100:30"), ElementsAre("10", "40", "70", "100"));
}

TEST(Values, ARangeEndsBelowAnEndThatItDoesNotMeet) {
  EXPECT_THAT(values_of("model.k", "10..99:30"), ElementsAre("10", "40", "70"));
}

TEST(Values, AStepOfATenthGivesTenthsAndMeetsItsEnd) {
  EXPECT_THAT(values_of("train.momentum", "0.1..0.7:0.1"),
              ElementsAre("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"));
}

TEST(Values, AGeometricRangeGivesTheDecimalsThatAPersonWouldWrite) {
  EXPECT_THAT(values_of("model.sparsity_weight", "1e-4..1e-1*10"),
              ElementsAre("1e-4", "0.001", "0.01", "0.1"));
  EXPECT_THAT(values_of("model.sparsity_weight", "1e-9..1e-6*10"),
              ElementsAre("1e-9", "1e-8", "1e-7", "1e-6"));
  EXPECT_THAT(values_of("model.hidden", "10..100000*10"),
              ElementsAre("10", "100", "1000", "10000", "100000"));
}

TEST(Values, ListsAndRangesMix) {
  EXPECT_THAT(values_of("model.sparsity_weight", "0, 1e-3..1e-1*10, 2..3"),
              ElementsAre("0", "0.001", "0.01", "0.1", "2", "3"));
}

TEST(Values, ChoicesAndTextsMayBeSeveral) {
  EXPECT_THAT(values_of("model.kind", "k-sparse, raw"), ElementsAre("k-sparse", "raw"));
  EXPECT_THAT(values_of("data.set", "mnist, ../my/set"), ElementsAre("mnist", "../my/set"));
}

TEST(Values, ATextMayBeQuoted) {
  EXPECT_THAT(values_of("data.set", R"("/d/with,comma.npz", "/d/C#/a.npz", /d/a..b*2;c=d.npz)"),
              ElementsAre("/d/with,comma.npz", "/d/C#/a.npz", "/d/a..b*2;c=d.npz"));
  EXPECT_THAT(values_of("data.set", R"(" blanks ")"), ElementsAre(" blanks "));
  EXPECT_THAT(refusal_of_values("data.set", "\"\""), ::testing::HasSubstr("is empty"));
}

TEST(Values, OneNumberWrittenInTwoWaysIsOneValue) {
  EXPECT_THAT(values_of("train.learning_rate", "0.01, 1e-2"), ElementsAre("0.01", "0.01"));
}

TEST(Values, WhatIsNoNumberIsRefusedWithWhatTheKeyMeans) {
  EXPECT_EQ(refusal_of_values("train.batch", "many"),
            "x.cfg:7: train.batch = many is not a number: it is `samples in a mini-batch`. "
            "Give whole numbers from 1 to 1000000.");
}

TEST(Values, AFractionOfAWholeNumberIsRefused) {
  EXPECT_EQ(refusal_of_values("train.batch", "2.5"),
            "x.cfg:7: train.batch = 2.5 is not a whole number: it is `samples in a mini-batch`. "
            "Give whole numbers from 1 to 1000000.");
  EXPECT_THAT(refusal_of_values("model.k", "10..100*1.5"),
              ::testing::HasSubstr("model.k = 22.5 is not a whole number"));
}

TEST(Values, ANumberOutOfRangeIsRefused) {
  EXPECT_EQ(refusal_of_values("train.batch", "0"),
            "x.cfg:7: train.batch = 0 is below the least allowed value, 1: it is `samples in a mini-batch`. "
            "Give whole numbers from 1 to 1000000.");
  EXPECT_THAT(refusal_of_values("train.momentum", "1"),
              ::testing::HasSubstr("Give numbers from 0 to 0.9999."));
  EXPECT_THAT(refusal_of_values("train.learning_rate", "-1"),
              ::testing::HasSubstr("Give numbers from 0 up."));
}

TEST(Values, AMistypedChoiceIsAnsweredWithTheNearest) {
  EXPECT_THAT(
      refusal_of_values("model.activation", "sigmoit"),
      ::testing::AllOf(::testing::HasSubstr("model.activation = sigmoit is none of linear, relu, sigmoid"),
                       ::testing::EndsWith("Did you mean sigmoid?")));
  EXPECT_THAT(refusal_of_values("model.activation", "tanh"),
              ::testing::EndsWith("Give linear, relu or sigmoid."));
}

TEST(Values, AnEmptyPlaceInAListIsRefused) {
  const std::string end =
      " has an empty value between its commas: it is unclear what was meant. "
      "Remove the comma or write the value.";
  EXPECT_EQ(refusal_of_values("model.k", "10,,25"), "x.cfg:7: model.k = 10,,25" + end);
  EXPECT_EQ(refusal_of_values("model.k", "10, 25,"), "x.cfg:7: model.k = 10, 25," + end);
}

TEST(Values, ABackwardRangeIsRefused) {
  EXPECT_EQ(refusal_of_values("train.seed", "4..0"),
            "x.cfg:7: train.seed = 4..0 runs backwards: it holds no value. Write the smaller end first.");
}

TEST(Values, ARangeOfFractionsNeedsAStep) {
  EXPECT_EQ(refusal_of_values("model.sparsity_weight", "1e-4..1e-1"),
            "x.cfg:7: model.sparsity_weight = 1e-4..1e-1 has no step: between fractions 1 is hardly meant. "
            "Add :step, or *factor for a geometric range.");
}

TEST(Values, ARangeThatWouldNeverEndIsRefused) {
  EXPECT_EQ(refusal_of_values("model.k", "1..9:0"),
            "x.cfg:7: model.k = 1..9:0 has no step above 0: it would never end. Write first..last:step with "
            "step > 0.");
  const std::string end =
      " never reaches its end: a geometric range starts above 0 with a factor above 1. "
      "Write for example 1e-4..1e-1*10.";
  EXPECT_EQ(refusal_of_values("model.k", "0..9*10"), "x.cfg:7: model.k = 0..9*10" + end);
  EXPECT_EQ(refusal_of_values("model.k", "1..9*1"), "x.cfg:7: model.k = 1..9*1" + end);
}

TEST(Values, ARangeOfNoNumbersIsRefused) {
  EXPECT_EQ(refusal_of_values("model.k", "1..x"),
            "x.cfg:7: model.k = 1..x is no range: \"x\" is not a number. Write first..last, "
            "first..last:step or first..last*factor.");
}

TEST(Values, AnAbsurdlyLongRangeIsRefusedAtOnce) {
  EXPECT_EQ(refusal_of_values("train.seed", "0..200000"),
            "x.cfg:7: train.seed = 0..200000 has 200001 values: no sweep has so many trials. "
            "Check the ends and the step.");
  EXPECT_THAT(refusal_of_values("train.seed", "0..60000, 0..60000"),
              ::testing::HasSubstr("0..60000, 0..60000 has 120002 values: no sweep has so many trials"));
  EXPECT_THAT(refusal_of_values("train.seed", "0..1e300"),
              ::testing::HasSubstr("no sweep has so many trials"));
  EXPECT_THAT(refusal_of_values("train.momentum", "0..0.5:1e-320"),
              ::testing::HasSubstr("no sweep has so many trials"));
}

}  // namespace
}  // namespace ksweep
