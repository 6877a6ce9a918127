#include "cli/race_rules.h"

#include <gmock/gmock.h>

#include "store/samples.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using ::testing::IsEmpty;

constexpr const char* race_by_fvu =
    "[model]\nk = 5, 20\n[train]\nseed = 0..7\n[grid]\nsearch = race\nrace_start = 3\nrace_error = 0.1\n"
    "race_tolerance = 0.02\n[report]\nmetric = fvu\n";

class RaceRulesTest : public ::testing::Test {
 protected:
  RaceRulesTest() {
    RaceRecord race{.rules = {}, .metric = "fvu", .first_trials = {}, .state = {}, .budget = {}};
    race.rules.start = 3;
    race.rules.error = 0.1;
    race.rules.tolerance = 0.02;
    found_.race = race;
  }
  /// Checks the race beside this sweep text.
  void check(const std::string& sweep_text, const std::string& overrides = "") {
    SweepRecord record;
    record.provenance = {{"sweep_text", sweep_text}, {"overrides", overrides}};
    write_sweep_file(file_, record);
    found_.faults.clear();
    found_.notes.clear();
    check_race_rules(file_, found_);
  }
  /// The only fault.
  std::string fault() const {
    EXPECT_THAT(found_.notes, IsEmpty());
    if (found_.faults.size() != 1) return std::to_string(found_.faults.size()) + " faults";
    EXPECT_EQ(found_.faults[0].file, file_);
    return found_.faults[0].what;
  }
  void expect_nothing() const {
    EXPECT_THAT(found_.faults, IsEmpty());
    EXPECT_THAT(found_.notes, IsEmpty());
  }

  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "sweep.h5";
  Audit found_;
};

TEST_F(RaceRulesTest, ThatAreThoseOfTheSweepTextAreNoFault) {
  check(race_by_fvu);
  expect_nothing();
}

TEST_F(RaceRulesTest, ThatAreOthersAreAFaultOfTheSweepFile) {
  found_.race->rules.start = 4;
  found_.race->rules.refine = true;
  check(race_by_fvu);
  EXPECT_EQ(
      fault(),
      "its race is by fvu, race_start = 4, race_error = 0.1, race_tolerance = 0.02, race_refine = yes here, but "
      "its sweep text asks for by fvu, race_start = 3, race_error = 0.1, race_tolerance = 0.02");
}

TEST_F(RaceRulesTest, AreThoseOfAllOverridesToo) {
  check(race_by_fvu, "grid.race_start=4\ngrid.race_refine=yes\nreport.metric=mse");
  EXPECT_EQ(
      fault(),
      "its race is by fvu, race_start = 3, race_error = 0.1, race_tolerance = 0.02 here, but its sweep text asks "
      "for by mse, race_start = 4, race_error = 0.1, race_tolerance = 0.02, race_refine = yes");
}

TEST_F(RaceRulesTest, OfASweepThatDoesNotRaceAreAFault) {
  check("[model]\nk = 5, 20\n");
  EXPECT_EQ(
      fault(),
      "its race is by fvu, race_start = 3, race_error = 0.1, race_tolerance = 0.02 here, but its sweep text asks "
      "for no race");
}

TEST_F(RaceRulesTest, OfASweepWithoutARaceAreNotAsked) {
  found_.race.reset();
  check(race_by_fvu);
  expect_nothing();
}

TEST_F(RaceRulesTest, OfATextThatCannotBeReadAreANote) {
  check("[model]\nk = many\n");
  EXPECT_THAT(found_.faults, IsEmpty());
  ASSERT_EQ(found_.notes.size(), 1u);
  EXPECT_EQ(found_.notes[0].file, file_);
  EXPECT_THAT(found_.notes[0].what,
              ::testing::StartsWith(
                  "the rules of its race are not compared with its sweep text: " + file_.string() + ":2"));
}

// Trials of other grids may have been measured otherwise.
TEST_F(RaceRulesTest, WithoutAMetricRaceByTheDefaultOfTheTrialsOfTheGrid) {
  TrialResult unlabelled = sample_result(0), other = sample_result(1);
  unlabelled.validation_accuracy = unlabelled.test_accuracy = not_measured;
  found_.records = {other, unlabelled};
  found_.others = {other.id};
  std::string text = race_by_fvu;
  text.resize(text.find("[report]"));
  check(text);
  expect_nothing();
  found_.others.clear();
  check(text);
  EXPECT_EQ(
      fault(),
      "its race is by fvu, race_start = 3, race_error = 0.1, race_tolerance = 0.02 here, but its sweep text asks "
      "for by accuracy, race_start = 3, race_error = 0.1, race_tolerance = 0.02");
}

}  // namespace
}  // namespace ksweep
