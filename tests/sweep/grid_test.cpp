#include "sweep/grid.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "sweep_texts.h"

namespace ksweep {
namespace {

const std::vector<Axis> two_axes{{"model.k", {"10", "25"}}, {"model.hidden", {"100", "200"}}};

std::string points(const std::vector<Axis>& axes, const std::vector<Entry>& entries = {}) {
  std::string all;
  const Grid grid = make_grid(axes, default_trial(), entries);
  for_each_point(grid, [&](const std::vector<std::size_t>& values) {
    for (const std::size_t value : values) all += std::to_string(value);
    all += " ";
  });
  return all;
}

std::string refusal_of_grid(const std::vector<Entry>& entries) {
  return refusal([&] { points(two_axes, entries); });
}

TEST(Grid, WithoutAxesItIsOnePoint) { EXPECT_EQ(points({}), " "); }

TEST(Grid, TheLastAxisIsFastest) { EXPECT_EQ(points(two_axes), "00 01 10 11 "); }

TEST(Grid, ZippedAxesAdvanceTogether) {
  EXPECT_EQ(points(two_axes, {{"grid.zip", "model.k, model.hidden", "x.cfg:9"}}), "00 11 ");
}

TEST(Grid, AZippedAxisMayRepeatAValueAnotherMayNot) {
  const std::vector<Axis> axes{{"model.k", {"10", "25", "25"}}, {"model.hidden", {"100", "100", "200"}}};
  const Entry zip{"grid.zip", "model.k, model.hidden", "x.cfg:9"};
  EXPECT_EQ(points(axes, {zip}), "00 11 22 ");
  EXPECT_EQ(points(axes, {zip, {"grid.exclude", "model.k=25", "x.cfg:10"}}), "00 ");
  EXPECT_EQ(
      refusal([&] {
        points(axes, {{"model.k", "10, 25, 2.5e1", "x.cfg:7"}});
      }),
      "x.cfg:7: model.k = 10, 25, 2.5e1 names 25 twice: each trial is trained once. Remove one of them.");
}

TEST(Grid, AZipStandsWhereItsFirstAxisStands) {
  const std::vector<Axis> axes{
      {"model.k", {"10", "25"}}, {"train.seed", {"0", "1"}}, {"model.hidden", {"100", "200"}}};
  EXPECT_EQ(points(axes, {{"grid.zip", "model.hidden, model.k", "x.cfg:9"}}), "000 010 101 111 ");
}

TEST(Grid, SeveralZipsAreMultiplied) {
  const std::vector<Axis> axes{{"model.k", {"1", "2"}},
                               {"model.hidden", {"3", "4"}},
                               {"train.seed", {"0", "1"}},
                               {"train.batch", {"5", "6"}}};
  EXPECT_EQ(points(axes, {{"grid.zip", "model.k, model.hidden", "x.cfg:8"},
                          {"grid.zip", "train.seed, train.batch", "x.cfg:9"}}),
            "0000 0011 1100 1111 ");
}

TEST(Grid, AnExclusionLeavesOutWhatMeetsAllItsTerms) {
  EXPECT_EQ(points(two_axes, {{"grid.exclude", "model.k=25 & model.hidden=1e2", "x.cfg:9"}}), "00 01 11 ");
}

TEST(Grid, SeveralExclusionsAdd) {
  EXPECT_EQ(points(two_axes, {{"grid.exclude", "model.k=25 & model.hidden=100", "x.cfg:8"},
                              {"grid.exclude", "model.hidden=200", "x.cfg:9"}}),
            "00 ");
}

TEST(Grid, AnExclusionMayNameAKeyOfOneValue) {
  EXPECT_EQ(points(two_axes, {{"grid.exclude", "model.k=25 & train.seed=0", "x.cfg:9"}}), "00 01 ");
}

TEST(Grid, CountsPointsWithoutVisitingThem) {
  EXPECT_EQ(count_points(make_grid(two_axes, default_trial(), {})), 4);
}

TEST(Grid, AZipOfUnequalAxesIsRefused) {
  const std::vector<Axis> axes{{"model.k", {"10", "25", "40"}}, {"model.hidden", {"100", "200"}}};
  EXPECT_EQ(refusal([&] {
              points(axes, {{"grid.zip", "model.k, model.hidden", "x.cfg:9"}});
            }),
            "x.cfg:9: grid.zip pairs model.k (3 values) with model.hidden (2 values): they could not "
            "advance together. Give both the same number of values.");
}

TEST(Grid, AZipOfAKeyWithOneValueIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.zip", "model.k, train.seed", "x.cfg:9"}}),
            "x.cfg:9: grid.zip names train.seed, which has only one value: it cannot advance. Give it "
            "several values or take it out of the zip.");
}

TEST(Grid, AZipOfOneKeyIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.zip", "model.k", "x.cfg:9"}}),
            "x.cfg:9: grid.zip = model.k names one key: a zip needs two or more. Write zip = key, key.");
}

TEST(Grid, AnAxisInTwoZipsIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.zip", "model.k, model.hidden", "x.cfg:8"},
                             {"grid.zip", "model.hidden, model.k", "x.cfg:9"}}),
            "x.cfg:9: grid.zip names model.hidden a second time: it can advance with one group only. Write "
            "all axes of the group on one zip line.");
}

TEST(Grid, AZipOfAnUnknownKeyIsRefused) {
  EXPECT_EQ(
      refusal_of_grid({{"grid.zip", "model.k, model.hiden", "x.cfg:9"}}),
      "x.cfg:9: model.hiden is no key of a sweep file: it would do nothing. Did you mean model.hidden?");
}

TEST(Grid, AnExclusionOfAValueThatNoTrialHasIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.exclude", "model.k=70 & model.hidden=100", "x.cfg:9"}}),
            "x.cfg:9: grid.exclude names model.k = 70, which no trial has (10, 25): it would leave out "
            "nothing. Correct the value or remove the rule.");
}

TEST(Grid, AnExclusionOfAnUnknownKeyIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.exclude", "modle.k=10", "x.cfg:9"}}),
            "x.cfg:9: modle.k is no key of a sweep file: it would do nothing. Did you mean model.k?");
}

TEST(Grid, AnExclusionWithoutAConditionIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.exclude", "model.k=10 & model.hidden", "x.cfg:9"}}),
            "x.cfg:9: grid.exclude = model.k=10 & model.hidden: \"model.hidden\" is no condition. Write "
            "key=value, several joined by &.");
}

TEST(Grid, AnExclusionOfEverythingIsRefused) {
  EXPECT_EQ(refusal_of_grid({{"grid.exclude", "train.seed=0", "x.cfg:9"}}),
            "x.cfg:9: grid.exclude = train.seed=0 leaves out every trial: none of its keys has several "
            "values. Remove the rule.");
}

}  // namespace
}  // namespace ksweep
