#include "run/running_trials.h"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "core/trial_keys.h"
#include "schedule/post.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DetailText, SaysHowFarATrainingIsAndItsCurve) {
  EXPECT_EQ(detail_text(10, {9.125, 5, 4.25}),
            R"("epochs_done": 3, "epochs": 10, "loss_epochs": [1, 2, 3], "losses": [9.125, 5, 4.25])");
  EXPECT_EQ(detail_text(0, {}), R"("epochs_done": 0, "epochs": null, "loss_epochs": [], "losses": [])");
}

TEST(DetailText, OfALongCurveFitsIntoAMessageAndHasItsEnd) {
  std::vector<double> losses(1'000'000);
  std::iota(losses.begin(), losses.end(), -1.23456e-100);
  const std::string text = detail_text(1e6, losses);
  EXPECT_LE(text.size(), longest_detail);
  EXPECT_THAT(text, HasSubstr(", 1000000], \"losses\": ["));
}

TEST(DetailText, OfALossThatIsNoNumberIsNull) {
  EXPECT_THAT(detail_text(2, {std::numeric_limits<double>::quiet_NaN()}), HasSubstr("\"losses\": [null]"));
}

TEST(RunningJson, HasAnObjectForEachRank) {
  EXPECT_EQ(running_json({{3, {"k=25 \"x\"", 1, 0.5, detail_text(2, {7})}}, {4, {"", 0, 0, ""}}}),
            R"([{"rank": 3, "trial": "k=25 \"x\"", "more_trials": 1, "share": 0.5, )"
            R"("epochs_done": 1, "epochs": 2, "loss_epochs": [1], "losses": [7]}, )"
            R"({"rank": 4, "trial": "", "more_trials": 0, "share": 0}])");
  EXPECT_EQ(running_json({}), "[]");
}

TEST(RunningJson, ShowsTheFirstRanksOfMany) {
  std::map<int, RunningTrial> running;
  for (int rank = 0; rank < 500; ++rank) running[rank].name = "k=1";
  const std::string json = running_json(running);
  EXPECT_THAT(json, HasSubstr("\"rank\": 31,"));
  EXPECT_THAT(json, Not(HasSubstr("\"rank\": 32,")));
}

TEST(EpochsOf, CountsThoseOfAllLayersThatAreTrainedOneAfterAnother) {
  Trial trial = default_trial();
  trial.epochs = 7;
  EXPECT_EQ(epochs_of(trial), 7);
  trial.samples = 1000;
  EXPECT_EQ(epochs_of(trial), 0);
}

}  // namespace
}  // namespace ksweep
