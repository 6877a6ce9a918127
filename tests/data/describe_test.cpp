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

}  // namespace
}  // namespace ksweep
