#include "core/code_search.h"

#include <gtest/gtest.h>

namespace ksweep {
namespace {

TEST(CodeSearch, KeepsFewUpToAQuarterOfTheUnitsAndScreensUpToASixteenth) {
  EXPECT_TRUE(few_are_kept(250, 1000));
  EXPECT_FALSE(few_are_kept(251, 1000));
  EXPECT_TRUE(screening_pays(62, 1000));
  EXPECT_FALSE(screening_pays(63, 1000));
}

TEST(CodeSearch, StoresAllPreActivationsWhereTheyFitIntoTheCache) {
  constexpr int n_samples = 512, n_hidden = 1024;  // 2 MB
  EXPECT_FALSE(searches_largest(25, n_hidden, n_samples));
  EXPECT_TRUE(searches_largest(25, n_hidden + 1, n_samples));
  EXPECT_FALSE(searches_largest(1000, n_hidden + 1, n_samples));
}

TEST(CodeSearch, OfASecondReconstructionKeepsFourTimesAsManyUpToAll) {
  EXPECT_EQ(multi_topk_k(25, 1000), 100);
  EXPECT_EQ(multi_topk_k(250, 1000), 1000);
  EXPECT_EQ(multi_topk_k(251, 1000), 1000);
  EXPECT_EQ(multi_topk_k(2'000'000'000, 2'100'000'000), 2'100'000'000);
}

}  // namespace
}  // namespace ksweep
