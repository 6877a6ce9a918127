#include <algorithm>
#include <cstdlib>

#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

/// KSWEEP_DATA, or the folder beside the repository; empty if neither holds MNIST.
std::filesystem::path real_data() {
  const char* named = std::getenv("KSWEEP_DATA");
  for (const std::filesystem::path folder : {named ? named : "", KSWEEP_SHARED_DATA})
    if (!folder.empty() && std::filesystem::exists(folder / "mnist")) return folder;
  return {};
}

// Counts and hash: MNIST as published (class counts of yann.lecun.com/exdb/mnist); the hash was recorded from
// them.
TEST(Mnist, IsReadAsPublished) {
  if (real_data().empty())
    GTEST_SKIP()
        << "SKIPPED: MNIST IS NOT HERE, its reader is not tested on it. Run: jobs/fetch-data mnist --to DIR, "
           "then set KSWEEP_DATA=DIR";
  const Dataset mnist = load_dataset({"mnist", real_data()});
  EXPECT_EQ(mnist.n_train, 60000u);
  EXPECT_EQ(mnist.n_test, 10000u);
  EXPECT_EQ(mnist.shape.height, 28);
  EXPECT_EQ(std::count(mnist.train_labels, mnist.train_labels + 60000, 0), 5923);
  EXPECT_EQ(std::count(mnist.test_labels, mnist.test_labels + 10000, 9), 1009);
  EXPECT_EQ(mnist.train_labels[0], 5);
  EXPECT_NEAR(mnist.train().cast<double>().mean(), 0.1307,
              5e-5);  // the mean that MNIST is commonly normalised by
  EXPECT_EQ(mnist.content_hash, "a42cd0ee22d14d8beba40e097e4b90b8404e40203a2a27ca564e8ddaf5f900d4");
}

}  // namespace
}  // namespace ksweep
