#include "cli/data_export.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "base/atomic_file.h"
#include "base/control_groups.h"
#include "data/safetensors_files.h"
#include "refusal.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class DataExport : public ::testing::Test {
 protected:
  DataExport() { options_.output = folder_.path() / "arrays"; }
  ~DataExport() override { allow_memory_given(1e9); }  // more than any machine has

  /// Makes the set of three training and two test samples of two numbers, with these labels.
  void use_file(std::int32_t first, std::int32_t second) {
    const std::string header = R"({"x_train":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},)"
                               R"("x_test":{"dtype":"F32","shape":[2,2],"data_offsets":[24,40]},)"
                               R"("y_train":{"dtype":"I32","shape":[3],"data_offsets":[40,52]},)"
                               R"("y_test":{"dtype":"I32","shape":[2],"data_offsets":[52,60]}})";
    options_.set = folder_.write(
        "set.safetensors",
        safetensors(header, native({0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f}) + native({6.5f, 7.5f, 8.5f, 9.5f}) +
                                native({first, second, first, second, second})));
  }
  void use_digits() {
    options_.set = "digits";
    options_.overrides = {"data.train=20", "data.validation=5", "data.test=7"};
  }
  std::string printed() const {
    ::testing::internal::CaptureStdout();
    const std::string refused = refusal([&] { EXPECT_EQ(data_export_command(options_), 0); });
    const std::string text = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(refused, "accepted");
    return text;
  }
  std::string refused() const {
    return refusal([&] { data_export_command(options_); });
  }
  std::set<std::string> written() const {
    std::set<std::string> names;
    if (fs::exists(options_.output))
      for (const auto& entry : fs::directory_iterator(options_.output)) names.insert(entry.path().filename());
    return names;
  }
  std::string line(const std::string& what) const { return options_.output.string() + ": " + what + "\n"; }
  std::string bytes_in(const char* name) const { return read_file(options_.output / name); }

  const TemporaryFolder folder_;
  DataExportOptions options_;
};

TEST_F(DataExport, WritesBothPartsAndTheirLabels) {
  use_file(0, 1);
  EXPECT_EQ(printed(), line("3 train samples of 2 numbers, with labels") +
                           line("2 test samples of 2 numbers, with labels"));
  EXPECT_THAT(written(), ElementsAre("x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"));
  EXPECT_THAT(bytes_in("x_train.npy"), EndsWith("\n" + native({0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f})));
  EXPECT_THAT(bytes_in("x_test.npy"), EndsWith("\n" + native({6.5f, 7.5f, 8.5f, 9.5f})));
  EXPECT_THAT(bytes_in("y_train.npy"), EndsWith("\n" + native<std::int32_t>({0, 1, 0})));
  EXPECT_THAT(bytes_in("y_test.npy"), EndsWith("\n" + native<std::int32_t>({1, 1})));
}

TEST_F(DataExport, NamesTheClassesWhereLabelsAreNotTheirNumbers) {
  use_file(7, 3);
  printed();
  EXPECT_EQ(bytes_in("classes.json"), "[\"3\", \"7\"]\n");
  EXPECT_THAT(bytes_in("y_train.npy"), EndsWith("\n" + native<std::int32_t>({1, 0, 1})));
}

TEST_F(DataExport, WritesOnePartIfAsked) {
  use_file(0, 1);
  options_.part = "train";
  EXPECT_EQ(printed(), line("3 train samples of 2 numbers, with labels"));
  EXPECT_THAT(written(), ElementsAre("x_train.npy", "y_train.npy"));
  options_.part = "test";
  EXPECT_EQ(printed(), line("2 test samples of 2 numbers, with labels"));
  EXPECT_THAT(written(), ElementsAre("x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"));
}

TEST_F(DataExport, WritesSamplesWithoutLabels) {
  options_.set = folder_.write("set.safetensors", safetensors(one_tensor("F32", "[6,1]", 24),
                                                              native({1.5f, 2.f, 3.f, 4.f, 5.f, 6.f})));
  EXPECT_EQ(printed(), line("5 train samples of 1 numbers") + line("1 test samples of 1 numbers"));
  EXPECT_THAT(written(), ElementsAre("x_test.npy", "x_train.npy"));
}

TEST_F(DataExport, PreparesSamplesAsTheKeysOfDataSay) {
  use_file(0, 1);
  options_.overrides = {"data.scale=2", "data.test=1"};
  EXPECT_EQ(printed(), line("3 train samples of 2 numbers, with labels") +
                           line("1 test samples of 2 numbers, with labels"));
  EXPECT_THAT(bytes_in("x_train.npy"), EndsWith("\n" + native({0.25f, 0.75f, 1.25f, 1.75f, 2.25f, 2.75f})));
  EXPECT_THAT(bytes_in("x_test.npy"), EndsWith("\n" + native({3.25f, 3.75f})));
  EXPECT_THAT(bytes_in("y_test.npy"), EndsWith("\n" + native<std::int32_t>({1})));
}

TEST_F(DataExport, MakesAsManySamplesAsATrialWouldUse) {
  use_digits();
  EXPECT_EQ(printed(), line("25 train samples of 784 numbers, with labels") +
                           line("7 test samples of 784 numbers, with labels"));
}

TEST_F(DataExport, MakesThePartThatIsAskedFor) {
  use_digits();
  options_.part = "train";
  EXPECT_EQ(printed(), line("25 train samples of 784 numbers, with labels"));
  options_.part = "test";
  EXPECT_EQ(printed(), line("7 test samples of 784 numbers, with labels"));
}

TEST_F(DataExport, RefusesKeysThatPrepareNoSamples) {
  for (const char* key : {"model.k", "data.set", "grid.search"}) {
    options_.overrides = {std::string(key) + "=race"};
    EXPECT_EQ(refused(),
              "--set " + std::string(key) +
                  ": only keys of [data] prepare samples, and the set is the word after `export`: this one "
                  "would change nothing. Leave it out.");
  }
}

TEST_F(DataExport, RefusesSeveralValues) {
  options_.overrides = {"data.test=1, 2"};
  EXPECT_EQ(
      refused(),
      "--set data.test has several values: which samples to write is unclear. Give one, and export once for "
      "each.");
}

TEST_F(DataExport, ReplacesNothing) {
  use_file(0, 1);
  for (const char* name : {"classes.json", "x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"}) {
    const fs::path file = folder_.write(std::string("arrays/") + name, "old");
    EXPECT_EQ(refused(),
              file.string() + ": is there already: it would be lost. Give another name, or remove it.");
    fs::remove(file);
  }
  EXPECT_THAT(written(), IsEmpty());
}

TEST_F(DataExport, OfMoreThanTheMemoryHoldsIsRefused) {
  options_.set = "superposition";
  options_.overrides = {"data.train=1000", "data.validation=0", "data.test=1000"};
  options_.memory_gb = 0.001;
  EXPECT_EQ(
      refused(),
      "superposition: its samples would take more than a quarter of the memory that may be used here: they are "
      "not written as one array. Ask for more memory.");
  EXPECT_FALSE(fs::exists(options_.output));
}

}  // namespace
}  // namespace ksweep
