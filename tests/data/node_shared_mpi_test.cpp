#include <gtest/gtest.h>

#include <cstdio>

#include "core/errors.h"
#include "data/digits.h"
#include "data/node_shared.h"

namespace ksweep {
namespace {

int rank() {
  int number = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &number);
  return number;
}

TEST(NodeShared, GivesEveryRankTheDataThatRankZeroLoaded) {
  int n_loads = 0;
  const Dataset shared = load_once_per_node(MPI_COMM_WORLD, [&] {
    ++n_loads;
    return make_digits(40, 7);
  });
  EXPECT_EQ(n_loads, rank() == 0 ? 1 : 0);
  const Dataset own = make_digits(40, 7);
  EXPECT_EQ(shared.name, own.name);
  EXPECT_EQ(shared.source, own.source);
  EXPECT_EQ(shared.content_hash, own.content_hash);
  EXPECT_EQ(shared.n_inputs(), 784);
  EXPECT_EQ(shared.n_classes, 10);
  EXPECT_TRUE(shared.endless);
  EXPECT_EQ(shared.train(), own.train());
  EXPECT_EQ(shared.test(), own.test());
  EXPECT_TRUE(std::equal(own.train_labels, own.train_labels + 40, shared.train_labels));
  EXPECT_TRUE(std::equal(own.test_labels, own.test_labels + 7, shared.test_labels));
}

TEST(NodeShared, AlignsTheSamplesToCacheLines) {
  const Dataset shared = load_once_per_node(MPI_COMM_WORLD, [] { return make_digits(3, 3); });
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(shared.train_samples) % 64, 0u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(shared.test_samples) % 64, 0u);
}

TEST(NodeShared, IsOneCopyOfTheMemory) {
  const Dataset shared = load_once_per_node(MPI_COMM_WORLD, [] { return make_digits(3, 3); });
  if (rank() == 0) const_cast<float*>(shared.train_samples)[0] = 42;
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_EQ(shared.train_samples[0], 42);
}

TEST(NodeShared, CarriesADataSetWithoutLabels) {
  const Dataset shared = load_once_per_node(MPI_COMM_WORLD, [] {
    Dataset dataset = make_digits(3, 3);
    dataset.n_classes = 0;
    dataset.train_labels = dataset.test_labels = nullptr;
    return dataset;
  });
  EXPECT_EQ(shared.train_labels, nullptr);
  EXPECT_EQ(shared.test_labels, nullptr);
}

TEST(NodeShared, ThrowsAnErrorOfRankZeroOnEveryRank) {
  const auto load = [] {
    return load_once_per_node(MPI_COMM_WORLD, []() -> Dataset { throw UserError("no data"); });
  };
  EXPECT_THROW(load(), UserError);
}

TEST(NodeShared, OutlivesADatasetThatOneRankDropsEarly) {
  Dataset shared = load_once_per_node(MPI_COMM_WORLD, [] { return make_digits(3, 3); });
  if (rank() == 1) shared = {};
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_EQ(shared.n_train, rank() == 1 ? 0u : 3u);
}

}  // namespace
}  // namespace ksweep

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  MPI_Init(&argc, &argv);
  int n_ranks = 0, failed = RUN_ALL_TESTS();
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  if (n_ranks != 3) {
    std::fprintf(stderr, "this test runs on 3 ranks, not %d\n", n_ranks);
    failed = 1;
  }
  MPI_Finalize();
  return failed;
}
