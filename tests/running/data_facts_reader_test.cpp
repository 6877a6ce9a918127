#include "run/data_facts_reader.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "refusal.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

TEST(DataFacts, OfTheGeneratorAreWhatTheTrialAsksFor) {
  DataFactsReader facts("");
  Trial trial = default_trial();
  trial.n_train = 200;
  trial.n_validation = 30;
  trial.n_test = 40;
  const DataFacts found = facts(trial);
  EXPECT_EQ(found.n_inputs, 784);
  EXPECT_EQ(found.n_classes, 10);
  EXPECT_EQ(found.n_train, 200u);
  EXPECT_EQ(found.n_validation, 30u);
  EXPECT_EQ(found.n_test, 40u);
  EXPECT_EQ(found.content_hash.size(), 64u);
}

TEST(DataFacts, OfASetAreLimitedByIt) {
  Dataset small;
  small.name = "small";
  small.n_train = 100;
  small.n_test = 10;
  Trial trial = default_trial();
  trial.n_train = 101;
  EXPECT_THAT(refusal([&] { facts_of(trial, small); }), HasSubstr("data.train = 101"));
}

TEST(DataFacts, OfAnAbsentSetAreRefused) {
  Trial trial = default_trial();
  trial.data_set = "no such set";
  EXPECT_THAT(refusal([&] { DataFactsReader("")(trial); }), HasSubstr("data.set = no such set"));
}

}  // namespace
}  // namespace ksweep
