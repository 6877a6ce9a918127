#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "base/errors.h"
#include "data/digits.h"
#include "data/load.h"
#include "data/node_shared.h"

namespace ksweep {
namespace {

constexpr int n_ranks = 3;

int rank() {
  int number = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &number);
  return number;
}

using Nodes = std::array<int, n_ranks>;

/// The node of each rank, as far as the program can tell.
Nodes emulated_nodes{};

constexpr Nodes placements[] = {{0, 0, 1}, {0, 1, 1}, {0, 1, 0}, {0, 1, 2}};

/// No room for more than 1 MiB of shared memory on some node while this lives.
class NoRoom {
 public:
  explicit NoRoom(int node) {
    getrlimit(RLIMIT_FSIZE, &before_);
    if (emulated_nodes[std::size_t(rank())] != node) return;
    const rlimit small{rlim_t{1} << 20, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~NoRoom() { setrlimit(RLIMIT_FSIZE, &before_); }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
};

const Dataset& digits() {
  static const Dataset made = make_digits(40, 7);
  return made;
}

void expect_digits(const Dataset& shared) {
  const Dataset& own = digits();
  EXPECT_EQ(shared.train(), own.train());
  EXPECT_EQ(shared.test(), own.test());
  EXPECT_TRUE(std::equal(own.train_labels, own.train_labels + 40, shared.train_labels));
  EXPECT_TRUE(std::equal(own.test_labels, own.test_labels + 7, shared.test_labels));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(shared.train_samples) % 64, 0u);
}

/// What each rank sees in the place of the first number after each has written its own number there, one after the other.
std::array<float, n_ranks> seen_after_all_wrote(const Dataset& shared) {
  for (int writer = 0; writer < n_ranks; ++writer) {
    if (rank() == writer) const_cast<float*>(shared.train_samples)[0] = static_cast<float>(writer);
    MPI_Barrier(MPI_COMM_WORLD);
  }
  std::array<float, n_ranks> seen{};
  MPI_Allgather(shared.train_samples, 1, MPI_FLOAT, seen.data(), 1, MPI_FLOAT, MPI_COMM_WORLD);
  return seen;
}

/// The last to write is the last rank of the node, or where every rank has a copy of its own each itself.
std::array<float, n_ranks> expected_writers(int node_without_room) {
  std::array<float, n_ranks> expected{};
  for (std::size_t i = 0; i < n_ranks; ++i)
    for (std::size_t other = 0; other < n_ranks; ++other)
      if (other == i ||
          (emulated_nodes[other] == emulated_nodes[i] && emulated_nodes[i] != node_without_room))
        expected[i] = static_cast<float>(other);
  return expected;
}

Dataset digits_on_nodes() { return load_once_per_node(MPI_COMM_WORLD, digits); }

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

TEST(NodeShared, IsOneCopyOfTheMemoryOnEachNode) {
  for (const Nodes& nodes : placements) {
    emulated_nodes = nodes;
    const Dataset shared = digits_on_nodes();
    expect_digits(shared);
    EXPECT_EQ(seen_after_all_wrote(shared), expected_writers(-1));
  }
  emulated_nodes = {};
}

TEST(NodeShared, IsACopyForEachRankOfANodeWhoseSharedMemoryHasNoRoom) {
  struct Case {
    Nodes nodes;
    int without_room;
  };
  for (const Case& each : {Case{{0, 0, 0}, 0}, Case{{0, 0, 1}, 0}, Case{{0, 1, 1}, 0}, Case{{0, 1, 1}, 1}}) {
    emulated_nodes = each.nodes;
    const NoRoom no_room(each.without_room);
    const Dataset copies = digits_on_nodes();
    expect_digits(copies);
    EXPECT_EQ(seen_after_all_wrote(copies), expected_writers(each.without_room));
  }
  emulated_nodes = {};
}

TEST(NodeShared, CarriesADataSetWithoutLabels) {
  const Dataset shared = load_once_per_node(MPI_COMM_WORLD, [] {
    Dataset dataset = make_digits(3, 3);
    dataset.n_classes = 0;
    dataset.scale = 255;
    dataset.train_labels = dataset.test_labels = nullptr;
    return dataset;
  });
  EXPECT_EQ(shared.train_labels, nullptr);
  EXPECT_EQ(shared.test_labels, nullptr);
  EXPECT_EQ(shared.true_directions, nullptr);
  EXPECT_EQ(shared.mean, nullptr);
  EXPECT_EQ(shared.scale, 255);
}

TEST(NodeShared, CarriesTrueDirectionsAndWhatScaleDid) {
  const DataRequest request{superposition_name, {}, 40, 7, {.normalise = Normalise::scale}};
  const Dataset own = load_dataset(request),
                shared = load_once_per_node(MPI_COMM_WORLD, [&] { return load_dataset(request); });
  EXPECT_EQ(shared.n_true, 1024);
  EXPECT_TRUE(std::equal(own.true_directions, own.true_directions + 1024 * 64, shared.true_directions));
  EXPECT_TRUE(std::equal(own.mean, own.mean + 64, shared.mean));
  EXPECT_EQ(shared.factor, own.factor);
  EXPECT_EQ(shared.train(), own.train());
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

/// In place of MPI's, which would find all ranks on one node.
extern "C" int MPI_Comm_split_type(MPI_Comm comm, int, int key, MPI_Info, MPI_Comm* part) {
  return MPI_Comm_split(comm, ksweep::emulated_nodes[std::size_t(ksweep::rank())], key, part);
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  MPI_Init(&argc, &argv);
  int n_started = 0, failed = RUN_ALL_TESTS();
  MPI_Comm_size(MPI_COMM_WORLD, &n_started);
  if (n_started != ksweep::n_ranks) {
    std::fprintf(stderr, "this test runs on %d ranks, not %d\n", ksweep::n_ranks, n_started);
    failed = 1;
  }
  MPI_Finalize();
  return failed;
}
