#include "data/stored_set.h"

#include <filesystem>
#include <limits>

#include "base/errors.h"
#include "data/load.h"
#include "data/safetensors_files.h"

namespace ksweep {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

std::string floats(std::size_t count, float first, float step = 0.37f) {
  std::string numbers;
  for (std::size_t i = 0; i < count; ++i) numbers += native({first + step * static_cast<float>(i)});
  return numbers;
}

std::string halves(std::size_t count) {
  std::string numbers;
  for (std::size_t i = 0; i < count; ++i)
    numbers += native<std::uint16_t>({static_cast<std::uint16_t>(0x3c00 + 7 * i)});
  return numbers;
}

std::string npy_of(const std::string& descr, const std::string& shape, const std::string& content) {
  return npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n", content);
}

/// Loads the samples of a folder's shards where they are.
Dataset load_in_files(const TemporaryFolder& folder, const Preparation& how = {}) {
  const ShardList list = shards_in(folder.path(), "/");
  const auto arrays = located_shards(list, how.skipped_positions);
  if (!arrays) throw std::logic_error("the shards cannot be read row by row");
  return load_stored({folder.path().string(), {}, 0, 0, how}, folder.path().string(), *arrays, list);
}

/// Expects the same numbers, facts and hash as in memory.
void expect_as_in_memory(const TemporaryFolder& folder, const Preparation& how = {}) {
  const Dataset memory = load_dataset({folder.path().string(), {}, 0, 0, how}),
                files = load_in_files(folder, how);
  EXPECT_FALSE(memory.is_streamed);
  EXPECT_TRUE(files.is_streamed);
  EXPECT_EQ(files.content_hash, memory.content_hash);
  EXPECT_EQ(files.name, memory.name);
  ASSERT_EQ(files.n_train, memory.n_train);
  ASSERT_EQ(files.n_test, memory.n_test);
  EXPECT_EQ(files.scale, memory.scale);
  EXPECT_EQ(files.factor, memory.factor);
  EXPECT_EQ(files.mean == nullptr, memory.mean == nullptr);
  const auto expect_rows = [&](const SampleRows& rows, const SampleRows& expected, std::size_t count) {
    std::vector<float> row(static_cast<std::size_t>(memory.n_inputs())), other = row;
    for (std::uint32_t i = 0; i < count; ++i) {
      rows.copy(i, memory.n_inputs(), row.data());
      expected.copy(i, memory.n_inputs(), other.data());
      EXPECT_EQ(row, other) << "row " << i;
    }
  };
  expect_rows(files.train_rows(), memory.train_rows(), memory.n_train);
  expect_rows(files.test_rows(), memory.test_rows(), memory.n_test);
}

/// Writes shards of three types, one of them of documents with positions.
void write_mixed(const TemporaryFolder& folder) {
  folder.write("1.safetensors", safetensors(one_tensor("F32", "[5,3]", 60), floats(15, -2)));
  folder.write("2.safetensors", safetensors(one_tensor("BF16", "[2,4,3]", 48), halves(24)));
  folder.write("3.safetensors", safetensors(one_tensor("F16", "[6,3]", 36), halves(18)));
}

TEST(StoredSet, HasTheNumbersAndTheHashOfOneInMemory) {
  const TemporaryFolder folder;
  write_mixed(folder);
  expect_as_in_memory(folder);
  expect_as_in_memory(folder, {.test_part = TestPart::last});
  expect_as_in_memory(folder, {.normalise = Normalise::scale});
  expect_as_in_memory(folder, {.normalise = Normalise::scale, .scale = 3});
}

TEST(StoredSet, LeavesPositionsOut) {
  const TemporaryFolder folder;
  folder.write("1.safetensors", safetensors(one_tensor("F32", "[8,3,2]", 192), floats(48, 1)));
  expect_as_in_memory(folder, {.skipped_positions = "0,2"});
  EXPECT_EQ(load_in_files(folder, {.skipped_positions = "0"}).n_train +
                load_in_files(folder, {.skipped_positions = "0"}).n_test,
            16u);
}

TEST(StoredSet, DividesWholeNumbersByTheLargest) {
  const TemporaryFolder folder;
  folder.write("1.npy", npy_of("<f4", "(4, 2)", floats(8, 0, 1)));
  folder.write("2.npy", npy_of("|u1", "(4, 2)", std::string("\0\1\2\3\4\5\6\xc8", 8)));
  expect_as_in_memory(folder);
  EXPECT_EQ(load_in_files(folder).scale, 200);
}

TEST(StoredSet, SaysInWhichOrderItsShardsStandIfThereAreSeveral) {
  const TemporaryFolder folder;
  folder.write("1.npy", npy_of("<f4", "(8, 1)", floats(8, 0, 1)));
  EXPECT_THAT(load_in_files(folder).notes, testing::Not(Contains(HasSubstr("shard"))));
  folder.write("2.npy", npy_of("<f4", "(8, 1)", floats(8, 0, 1)));
  EXPECT_THAT(load_in_files(folder).notes,
              Contains(HasSubstr("2 shards in this order: 1.npy … 2.npy; 16 samples in all")));
}

TEST(StoredSet, ReadsNumbersOfEitherByteOrder) {
  const TemporaryFolder folder;
  folder.write(
      "1.npy",
      npy_of(">f4", "(6, 1)",
             std::string("\x3f\xc0\0\0\x40\0\0\0\x40\x40\0\0\x40\x80\0\0\x40\xa0\0\0\xbf\x80\0\0", 24)));
  expect_as_in_memory(folder);
}

TEST(StoredSet, IsOpenedFromItsDescription) {
  const TemporaryFolder folder;
  write_mixed(folder);
  const Dataset set = load_in_files(folder, {.normalise = Normalise::scale});
  Dataset other = set;
  other.streamed = open_parts(std::get<StoredSet>(described_set(set.streamed->description)));
  std::vector<float> row(3), same(3);
  for (std::uint32_t i = 0; i < set.n_train; ++i) {
    set.train_rows().copy(i, 3, row.data());
    other.train_rows().copy(i, 3, same.data());
    EXPECT_EQ(row, same);
  }
}

TEST(StoredSet, NamesShardAndRowOfANumberThatIsNotFinite) {
  const TemporaryFolder folder;
  folder.write("1.safetensors", safetensors(one_tensor("F32", "[8,1]", 32), floats(8, 1)));
  folder.write("2.safetensors", safetensors(one_tensor("F32", "[3,1]", 12),
                                            native({1.f, 2.f, std::numeric_limits<float>::quiet_NaN()})));
  EXPECT_USER_ERROR(load_in_files(folder),
                    AllOf(HasSubstr("2.safetensors"), HasSubstr("row 2"), HasSubstr("is NaN")));
  folder.write("2.safetensors", safetensors(one_tensor("F32", "[2,2,1]", 16),
                                            native({1.f, 2.f, std::numeric_limits<float>::infinity(), 3.f})));
  EXPECT_USER_ERROR(load_in_files(folder), AllOf(HasSubstr("document 1, position 0"), HasSubstr("infinite")));
}

TEST(StoredSet, SaysThatItsSamplesStayInTheirFiles) {
  const TemporaryFolder folder;
  write_mixed(folder);
  EXPECT_THAT(load_in_files(folder).notes,
              Contains(HasSubstr("stay in their files and are read while training")));
  EXPECT_THAT(load_in_files(folder).notes,
              Contains(HasSubstr("no test part in the files: 3 of the 19 samples")));
}

TEST(StoredSet, RefusesPreparationsThatNeedAllSamplesAtOnce) {
  const TemporaryFolder folder;
  write_mixed(folder);
  EXPECT_USER_ERROR(load_in_files(folder, {.normalise = Normalise::whiten}),
                    HasSubstr("stay in their files"));
  EXPECT_USER_ERROR(load_in_files(folder, {.patch = 1}), HasSubstr("stay in their files"));
}

TEST(StoredSet, SaysThatAFileHasBecomeShorter) {
  const TemporaryFolder folder;
  write_mixed(folder);
  const Dataset set = load_in_files(folder);
  std::filesystem::resize_file(folder.path() / "1.safetensors", 80);
  std::vector<float> row(3);
  const auto read_all = [&] {
    for (std::uint32_t i = 0; i < set.n_train; ++i) set.train_rows().copy(i, 3, row.data());
  };
  EXPECT_THROW(read_all(), EnvironmentError);
}

}  // namespace
}  // namespace ksweep
