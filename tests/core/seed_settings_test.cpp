#include "core/seed_settings.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

Trial trial_of(int k, std::int64_t seed) {
  Trial trial = default_trial();
  trial.k = k;
  trial.seed = seed;
  return trial;
}

TEST(SeedSettings, TrialsThatDifferInTheSeedAloneAreOneSetting) {
  EXPECT_EQ(setting_of(trial_of(5, 1)), setting_of(trial_of(5, 2)));
  EXPECT_NE(setting_of(trial_of(5, 1)), setting_of(trial_of(6, 1)));
}

TEST(SeedSettings, SettingsAndSeedsKeepTheOrderOfTheTrials) {
  const std::vector<Trial> trials{trial_of(9, 7), trial_of(9, 2), trial_of(5, 7), trial_of(5, 2)};
  const auto settings =
      trials_of_settings(trials.size(), [&](std::size_t i) -> const Trial& { return trials[i]; });
  EXPECT_THAT(settings, ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
}

}  // namespace
}  // namespace ksweep
