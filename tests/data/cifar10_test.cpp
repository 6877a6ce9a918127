#include "data/cifar10.h"

#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

using testing::Each;
using testing::ElementsAre;

/// A record of the binary version: class, then a red, a green and a blue plane of one value each.
std::string record(int label, int red, int green, int blue) {
  std::string bytes = bytes_of({label});
  for (const int plane : {red, green, blue}) bytes += std::string(1024, static_cast<char>(plane));
  return bytes;
}

TEST(Cifar10, ReadsRecordsOfAClassAndThreePlanes) {
  const TemporaryFolder folder;
  folder.write("data_batch_1.bin", record(3, 255, 0, 51) + record(9, 0, 255, 0));
  const Parts parts = read_cifar10_folder(folder.path());
  EXPECT_THAT(parts.train.dims, ElementsAre(2, 3, 32, 32));
  EXPECT_THAT(doubles_of(*parts.train_labels), ElementsAre(3, 9));
  const auto samples = to_samples(parts.train, 255);
  EXPECT_EQ(samples[1023], 1.0f);
  EXPECT_EQ(samples[1024], 0.0f);
  EXPECT_EQ(samples[2048], 0.2f);
  EXPECT_EQ(samples[3072 + 1024], 1.0f);
}

TEST(Cifar10, ReadsTheBatchesThatAreThereInTheirOrder) {
  const TemporaryFolder folder;
  folder.write("data_batch_4.bin", record(4, 0, 0, 0));
  folder.write("data_batch_2.bin.gz", gzip(record(2, 0, 0, 0)));
  folder.write("test_batch.bin", record(7, 0, 0, 0));
  folder.write("batches.meta.txt", "airplane\n");
  const Parts parts = read_cifar10_folder(folder.path());
  EXPECT_THAT(doubles_of(*parts.train_labels), ElementsAre(2, 4));
  EXPECT_THAT(doubles_of(*parts.test_labels), ElementsAre(7));
  EXPECT_THAT(parts.notes, ElementsAre("only 2 of CIFAR-10's 5 training batches are there"));
}

TEST(Cifar10, IsFoundInTheFolderThatItsArchiveUnpacksTo) {
  const TemporaryFolder folder;
  folder.write("cifar10/cifar-10-batches-bin/data_batch_1.bin", record(1, 255, 255, 255));
  folder.write("cifar10/cifar-10-batches-bin/test_batch.bin", record(0, 0, 0, 0));
  const Dataset dataset = load_dataset({"cifar10", folder.path()});
  EXPECT_EQ(dataset.n_train, 1u);
  EXPECT_EQ(dataset.n_test, 1u);
  EXPECT_EQ(dataset.n_inputs(), 3072);
  EXPECT_THAT(std::vector(dataset.train_samples, dataset.train_samples + 3072), Each(1.0f));
}

TEST(Cifar10, RefusesHostileFiles) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    folder.write("data_batch_1.bin", bytes);
    EXPECT_USER_ERROR(load_dataset({folder.path().string(), {}}),
                      AllOf(HasSubstr("data_batch_1.bin"), HasSubstr(text)));
  };
  expect("", "holds nothing");
  expect(record(0, 1, 2, 3) + "abc", "image 1 (counted from 0) is cut short after 3 of its 3073 bytes");
  expect(record(10, 1, 2, 3), "has class 10, but CIFAR-10's classes are 0 to 9");
  const std::string packed = gzip(record(0, 1, 2, 3));
  expect(packed.substr(0, packed.size() - 12), "cut short");
}

}  // namespace
}  // namespace ksweep
