#include "store/columns.h"

#include <gtest/gtest.h>

#include <set>

namespace ksweep {
namespace {

TEST(ColumnName, IsUniqueAmongKeysAndQuantities) {
  std::set<std::string> names;
  for (const Key& key : trial_keys()) EXPECT_TRUE(names.insert(column_name(key)).second) << column_name(key);
  for (const auto& quantity : scalar_quantities())
    EXPECT_TRUE(names.insert(quantity.name).second) << quantity.name;
}

TEST(ColumnName, CarriesTheSectionOnlyWhereTheBareNameWouldBeUnclear) {
  EXPECT_EQ(column_name(*find_key("model.k")), "k");
  EXPECT_EQ(column_name(*find_key("data.train")), "data_train");
  EXPECT_EQ(column_name(*find_key("probe.l2")), "probe_l2_requested");
}

TEST(TrialFromSpecification, IsTheInverseOfSpecification) {
  Trial trial = default_trial();
  trial.kind = ModelKind::random;
  trial.learning_rate = 0.1;
  trial.seed = 9007199254740991;
  trial.data_set = "/path with = sign/data";
  EXPECT_EQ(specification(trial_from_specification(specification(trial))), specification(trial));
}

TEST(TrialFromSpecification, PassesOverKeysOfAnotherVersion) {
  EXPECT_EQ(specification(trial_from_specification("model.future = 3\nmodel.k = 7\n")),
            specification(trial_from_specification("model.k = 7\n")));
}

TEST(TrialFromSpecification, RefusesImpossibleValues) {
  for (const char* line : {"model.k = many\n", "model.k = -1\n", "model.k = 1e300\n", "model.k\n",
                           "model.kind = x\n", "train.learning_rate = nan\n"})
    EXPECT_THROW(trial_from_specification(line), std::runtime_error) << line;
}

}  // namespace
}  // namespace ksweep
