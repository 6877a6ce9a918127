#include "data/describe.h"

#include "data/assemble.h"
#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

TEST(Describe, TellsShapeCountsClassesRangeAndHash) {
  const TemporaryFolder folder;
  folder.write("train-images-idx3-ubyte", idx(8, {3, 2, 1}, bytes_of({0, 255, 0, 0, 0, 0})));
  folder.write("train-labels-idx1-ubyte", idx(8, {3}, bytes_of({1, 1, 1})));
  folder.write("t10k-images-idx3-ubyte", idx(8, {1, 2, 1}, bytes_of({102, 0})));
  folder.write("t10k-labels-idx1-ubyte", idx(8, {1}, bytes_of({0})));
  const Dataset dataset = load_dataset({folder.path().string(), {}});
  EXPECT_EQ(describe(dataset),
            "data set      " + folder.path().string() + "\nsource        " + folder.path().string() +
                "\nsample        2 numbers: 1 channel(s) of 2 x 1\ntrain         3 samples; by class: 0 "
                "3\ntest          1 samples; by class: 1 0\nclasses       2\nvalues        0 to "
                "1\nscale         divided by 255\nnote          2 of 3 training samples are zero "
                "throughout, the first of them number 1 (counted from 0): were they ever written?\ncontent "
                "hash  " +
                dataset.content_hash + "\n");
}

TEST(Describe, SaysThatThereAreNoLabels) {
  const TemporaryFolder folder;
  const auto file = folder.write("rows", idx(8, {6, 2}, "abcdefghijkl"));
  EXPECT_THAT(describe(load_dataset({file.string(), {}})),
              AllOf(HasSubstr("sample        2 numbers\n"), HasSubstr("none: the samples have no labels")));
}

TEST(Describe, AdvisesAboutALargeMeanAndOutliers) {
  const TemporaryFolder folder;
  std::string numbers;
  for (int i = 0; i < 60; ++i)
    numbers += native({i == 7 ? 1000.5f : 10.f + float(i % 3), i == 7 ? -900.f : 10.f});
  const auto file =
      folder.write("a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (60, 2), }\n", numbers));
  const std::string text = describe(load_dataset({file.string(), {}, 0, 0, {.test_part = TestPart::last}}));
  EXPECT_THAT(
      text,
      HasSubstr(
          "outliers      1 of 50 samples, above 10 times the median norm, have 98 % of the variance\n"));
  EXPECT_THAT(text, HasSubstr("advice        leave the outliers out"));
  EXPECT_THAT(text, testing::Not(HasSubstr("subtract the mean")));
}

TEST(Describe, TellsTheRecipeOfTheGeneratorAndItsNorms) {
  const std::string text = describe(load_dataset({superposition_name, {}, 500, 100}));
  EXPECT_THAT(text, HasSubstr("1024 features, L0 10, exponent 0.5, noise 0 in 64 dimensions"));
  EXPECT_THAT(text, HasSubstr("norms  "));
  EXPECT_THAT(text, testing::Not(HasSubstr("outliers out")));
}

}  // namespace
}  // namespace ksweep
