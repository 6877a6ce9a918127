#include "core/key_use.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string kinds_of(const char* key) { return " " + kinds_that_look_at(*find_key(key)) + " "; }

TEST(KeyUse, BaselinesLookAtFewKeys) {
  EXPECT_TRUE(looks_at(ModelKind::random, *find_key("model.k")));
  EXPECT_FALSE(looks_at(ModelKind::random, *find_key("model.sparsity_weight")));
  EXPECT_FALSE(looks_at(ModelKind::random, *find_key("train.learning_rate")));
  EXPECT_FALSE(looks_at(ModelKind::raw, *find_key("model.k")));
  EXPECT_TRUE(looks_at(ModelKind::raw, *find_key("probe.c")));
  EXPECT_TRUE(looks_at(ModelKind::raw, *find_key("data.grey")));
}

TEST(KeyUse, KindsAreNamedAsInSweepFiles) {
  EXPECT_THAT(kinds_of("model.k"), HasSubstr(" k-sparse "));
  EXPECT_THAT(kinds_of("model.k"), Not(HasSubstr(" plain ")));
  EXPECT_EQ(kinds_of("model.cd_steps"), " rbm ");
  EXPECT_EQ(kinds_of("train.seed"), kinds_of("model.kind"));
}

TEST(KeyUse, AProbesKeysNameTheirProbes) {
  EXPECT_EQ(probes_that_look_at(*find_key("probe.c")), "svm");
  EXPECT_EQ(probes_that_look_at(*find_key("probe.metric")), "knn centroid kmeans");
  EXPECT_EQ(probes_that_look_at(*find_key("model.k")), "");
}

}  // namespace
}  // namespace ksweep
