#include "data/shards.h"

#include <algorithm>
#include <limits>

#include "data/load.h"
#include "data/safetensors_files.h"

namespace ksweep {
namespace {

using testing::Contains;
using testing::ElementsAre;

/// A shard of `rows` x 2 float32 numbers that count from `first`.
std::string counting(std::size_t rows, float first) {
  std::string numbers;
  for (std::size_t i = 0; i < 2 * rows; ++i) numbers += native({first + static_cast<float>(i) + 0.5f});
  return safetensors(one_tensor("F32", "[" + std::to_string(rows) + ",2]", 8 * rows), numbers);
}

std::string npy_of(const std::string& descr, const std::string& shape, const std::string& content) {
  return npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n", content);
}

Dataset load(const std::string& set, Preparation how = {}) {
  how.test_part = TestPart::last;
  return load_dataset({set, {}, 0, 0, how});
}

TEST(Shards, AreSortedAsPeopleNumberThem) {
  std::vector<std::string> names{"s10", "s9", "s2b", "s02a", "t1", "s1", "s"};
  std::ranges::sort(names, in_natural_order);
  EXPECT_THAT(names, ElementsAre("s", "s1", "s02a", "s2b", "s9", "s10", "t1"));
}

TEST(Shards, OfAFolderAreJoinedInTheirOrder) {
  const TemporaryFolder folder;
  folder.write("s10.safetensors", counting(4, 16));
  folder.write("s9.safetensors", counting(8, 0));
  folder.write("metadata.json", "{}");
  const Dataset set = load(folder.path());
  EXPECT_EQ(set.n_train, 10u);
  EXPECT_EQ(set.n_test, 2u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(set.train_samples[i], float(i) + 0.5f);
  EXPECT_EQ(set.test_samples[3], 23.5f);
  EXPECT_THAT(set.notes,
              Contains("2 shards in this order: s9.safetensors … s10.safetensors; 12 samples in all"));
  EXPECT_THAT(set.notes, Contains("not used: metadata.json"));
}

TEST(Shards, OfUnlikeTypesAreJoinedExactly) {
  const TemporaryFolder folder;
  folder.write("1.safetensors",
               safetensors(one_tensor("BF16", "[3,1]", 6), native<std::uint16_t>({0x3f80, 0xbf80, 0x4049})));
  folder.write("2.safetensors", safetensors(one_tensor("F32", "[2,1]", 8), native({0.1f, 0.2f})));
  folder.write("3.safetensors",
               safetensors(one_tensor("F16", "[2,1]", 4), native<std::uint16_t>({0x3c00, 0x8001})));
  const Dataset set = load(folder.path());
  EXPECT_THAT(std::vector(set.train_samples, set.train_samples + 6),
              ElementsAre(1, -1, 3.140625f, 0.1f, 0.2f, 1));
  EXPECT_EQ(set.test_samples[0], -0x1p-24f);
}

TEST(Shards, OfAPatternAreOnlyThoseThatFitIt) {
  const TemporaryFolder folder;
  folder.write("a1.safetensors", counting(6, 0));
  folder.write("a2.safetensors", counting(6, 12));
  folder.write("b.npy", npy_of("<f4", "(1, 3)", native({1.f, 2.f, 3.f})));
  EXPECT_EQ(load(folder.path() / "a*.safetensors").n_train, 10u);
  EXPECT_EQ(load((folder.path() / "a[12].safetensors").string() + ":acts").n_train, 10u);
  EXPECT_USER_ERROR(load(folder.path()), HasSubstr("b.npy: is of another format than"));
  EXPECT_USER_ERROR(load(folder.path() / "c*"), HasSubstr("there is no such data set"));
}

TEST(Shards, AreReadAsTheIndexListsThem) {
  const TemporaryFolder folder;
  folder.write("model-1.safetensors",
               safetensors(R"({"x.10":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]},)"
                           R"("x.9":{"dtype":"F32","shape":[3,1],"data_offsets":[12,24]}})",
                           native({4.f, 5.f, 6.f, 1.5f, 2.f, 3.f})));
  folder.write("model-2.safetensors", counting(4, 16));
  const auto load_with = [&](const std::string& map) {
    folder.write("model.safetensors.index.json", R"({"metadata":{},"weight_map":)" + map + "}");
    return load(folder.path());
  };
  const Dataset set = load_with(R"({"x.10":"model-1.safetensors","x.9":"model-1.safetensors"})");
  EXPECT_THAT(std::vector(set.train_samples, set.train_samples + 5), ElementsAre(1.5f, 2, 3, 4, 5));
  EXPECT_THAT(set.notes, Contains("not used: model-2.safetensors"));
  EXPECT_USER_ERROR(load_with(R"({"x.9":"model-7.safetensors"})"),
                    HasSubstr("model-7.safetensors, which is not there"));
  EXPECT_USER_ERROR(load_with(R"({"y":"model-1.safetensors"})"), HasSubstr("names y in model-1.safetensors"));
  EXPECT_USER_ERROR(load_with(R"({"y":"../model-1.safetensors"})"),
                    HasSubstr("names no file in this folder for y"));
  EXPECT_USER_ERROR(load_with("[]"), HasSubstr("is no JSON with a weight_map"));
}

TEST(Shards, OfNumpyMayHoldHalvesAndLabels) {
  const TemporaryFolder folder;
  folder.write("1.npy", npy_of("<f2", "(3, 1)", native<std::uint16_t>({0x3c00, 0x8001, 0x7bff})));
  folder.write("2.npy", npy_of("<f2", "(3, 1)", native<std::uint16_t>({1, 2, 3})));
  const Dataset set = load(folder.path());
  EXPECT_EQ(set.train_samples[2], 65504.f);
  EXPECT_EQ(set.train_labels, nullptr);
}

TEST(Shards, OfUnlikeWidthAreRefusedWithBothNamesAndShapes) {
  const TemporaryFolder folder;
  folder.write("1.safetensors", counting(4, 0));
  folder.write("2.safetensors", safetensors(one_tensor("F32", "[1,3]", 12), native({1.f, 2.f, 3.f})));
  EXPECT_USER_ERROR(load(folder.path()),
                    AllOf(HasSubstr("2.safetensors: acts: its size is 1 x 3, but that of"),
                          HasSubstr("1.safetensors: acts is 4 x 2")));
}

TEST(Shards, NameTheShardAndRowOfANumberThatIsNotFinite) {
  const TemporaryFolder folder;
  folder.write("1.safetensors", counting(4, 0));
  folder.write("2.safetensors",
               safetensors(one_tensor("BF16", "[3,2]", 12), native<std::uint16_t>({0, 0, 0, 0x7f80, 0, 0})));
  EXPECT_USER_ERROR(load(folder.path()),
                    HasSubstr("2.safetensors: acts: row 1 (counted from 0), number 1 is infinite"));
}

TEST(Shards, WithALyingHeaderAreRefusedBeforeAnyNumbersAreRead) {
  const TemporaryFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  folder.write("1.npy", npy_of("<f4", "(1, 1)", native({nan})));
  folder.write("2.npy", npy_of("<f4", "(2, 1)", native({1.f})));
  EXPECT_USER_ERROR(load(folder.path()), AllOf(HasSubstr("2.npy"), HasSubstr("but its header claims")));
}

TEST(Shards, HaveTheirPositionsFlattened) {
  const TemporaryFolder folder;
  folder.write("1.safetensors",
               safetensors(one_tensor("F32", "[2,3,1]", 24), native({.5f, 1.f, 2.f, 3.f, 4.f, 5.f})));
  folder.write("2.safetensors", safetensors(one_tensor("F32", "[2,2,1]", 16), native({6.f, 7.5f, 8.f, 9.f})));
  EXPECT_EQ(load(folder.path()).n_train, 9u);
  const Dataset set = load(folder.path(), {.skipped_positions = "0"});
  EXPECT_EQ(set.n_train + set.n_test, 6u);
  EXPECT_EQ(set.train_samples[0], 1);
  EXPECT_EQ(set.train_samples[4], 7.5f);
}

TEST(Load, RefusesPicklesAndTellsHowToConvertThem) {
  const TemporaryFolder folder;
  folder.write("acts.pt", "PK");
  const auto refused = AllOf(HasSubstr("acts.pt: is a pickle of Python"),
                             HasSubstr("numpy.save('x.npy', torch.load('acts.pt'"));
  EXPECT_USER_ERROR(load(folder.path() / "acts.pt"), refused);
  EXPECT_USER_ERROR(load(folder.path()), refused);
}

TEST(Load, FlattensPositionsOfASingleFile) {
  const TemporaryFolder folder;
  std::string numbers;
  for (int i = 0; i < 24; ++i) numbers += native({float(i) + 0.5f});
  const auto file = folder.write("a.npy", npy_of("<f4", "(6, 2, 2)", numbers));
  EXPECT_EQ(load(file).n_inputs(), 4) << "images";
  const Dataset set = load(file, {.skipped_positions = "0"});
  EXPECT_EQ(set.n_inputs(), 2);
  EXPECT_EQ(set.train_samples[0], 2.5f);
}

}  // namespace
}  // namespace ksweep
