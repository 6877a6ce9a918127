#include "core/trial_layers.h"

#include <gtest/gtest.h>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

TEST(TrialsOfLayers, IsTheTrialItselfIfItHasOneLayer) {
  const std::vector<Trial> trials = trials_of_layers(default_trial());
  ASSERT_EQ(trials.size(), 1u);
  EXPECT_EQ(specification(trials[0]), specification(default_trial()));
}

TEST(TrialsOfLayers, HaveTheirOwnSizesAndNoMoreKeptThanThat) {
  Trial trial = default_trial();
  trial.layers = "300-20";
  trial.k = 25;
  trial.decoder = Activation::sigmoid;
  const std::vector<Trial> trials = trials_of_layers(trial);
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_EQ(trials[0].n_hidden, 300);
  EXPECT_EQ(trials[0].k, 25);
  EXPECT_EQ(trials[0].decoder, Activation::sigmoid);
  EXPECT_EQ(trials[0].layers, "none");
  EXPECT_EQ(trials[1].n_hidden, 20);
  EXPECT_EQ(trials[1].k, 20);
  EXPECT_EQ(trials[1].decoder, Activation::linear);
}

}  // namespace
}  // namespace ksweep
