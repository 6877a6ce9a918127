#include "data/load.h"

#include <cstdlib>

#include "base/control_groups.h"
#include "data/endless.h"
#include "data/safetensors_files.h"
#include "refusal.h"

namespace ksweep {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;

std::string npy_of(const std::string& shape, const std::string& content) {
  return npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n", content);
}

/// A set of 12 numbers 0.5, 1.5, ... in rows of one.
std::string counting() {
  std::string numbers;
  for (int i = 0; i < 12; ++i) numbers += native({static_cast<float>(i) + 0.5f});
  return safetensors(one_tensor("F32", "[12,1]", 48), numbers);
}

/// The message with which a file of these bytes is refused, after its name and ": ".
std::string refused(const std::string& name, const std::string& bytes, const std::string& object = "") {
  const TemporaryFolder folder;
  const std::string file = folder.write(name, bytes);
  const std::string text = refusal([&] { load_dataset({file + object, {}}); });
  return text.starts_with(file + ": ") ? text.substr(file.size() + 2) : "another refusal: " + text;
}

TEST(Load, RefusesFilesThatItCannotRead) {
  EXPECT_EQ(
      refused("x.mat", "MATLAB 5.0 MAT-file"),
      "is a MATLAB file of an older version than 7.3: its samples cannot be read. Save it again in MATLAB with "
      "save(..., '-v7.3').");
  EXPECT_EQ(refused("x.csv", ""), "is empty: there is nothing to learn from. Get the file again.");
  for (const char* bytes : {"1.5,2.5\n", "P", "\x93NUMP"})
    EXPECT_EQ(
        refused("x.csv", bytes),
        "is none of IDX, NPY, NPZ, HDF5 and safetensors (its first bytes fit none): its samples cannot be read. "
        "Convert it, for instance with numpy.save.");
}

TEST(Load, RefusesPicklesByTheirNames) {
  for (const char* name : {"x.pt", "x.pth", "x.pkl"})
    EXPECT_THAT(refused(name, counting()), StartsWith("is a pickle of Python, which can run any program"))
        << name;
}

TEST(Load, RefusesANameInAFileThatHasNone) {
  EXPECT_EQ(
      refused("x.npy", npy_of("(2, 1)", native({1.f, 2.f})), ":/a"),
      "is no HDF5 or safetensors file, so there is no /a in it: the samples cannot be found. Name the file alone.");
}

TEST(Load, KnowsAFormatByTheFirstBytes) {
  const TemporaryFolder folder;
  std::string numbers;
  for (int i = 0; i < 12; ++i) numbers += native({static_cast<float>(i) + 0.5f});
  EXPECT_EQ(load_dataset({folder.write("a.dat", npy_of("(12, 1)", numbers)), {}}).train_samples[1], 1.5f);
  EXPECT_EQ(load_dataset({folder.write("b.dat", idx(0x08, {12, 1}, "\1\1\2\3\1\1\1\1\1\1\1\1")), {}}).scale,
            3);
  EXPECT_EQ(load_dataset({folder.write("c.dat", counting()), {}}).n_inputs(), 1);
}

TEST(Load, SaysWhatItReadAndFromWhere) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.safetensors", counting());
  EXPECT_EQ(load_dataset({file, {}}).source, file);
  EXPECT_EQ(load_dataset({file + ":acts", {}}).source, file + ":acts");
}

TEST(Load, SaysThatAnotherSetOfTheNameWasPassedOver) {
  const TemporaryFolder folder;
  folder.write("one/acts.safetensors", counting());
  const std::string other = folder.write("two/acts.safetensors", counting());
  setenv("KSWEEP_DATA", (folder.path() / "two").c_str(), 1);
  EXPECT_THAT(load_dataset({"acts.safetensors", folder.path() / "one"}).notes,
              Contains("also found, and not used: " + other));
  EXPECT_THAT(load_dataset({"acts.safetensors", folder.path() / "two"}).notes,
              testing::Each(testing::Not(StartsWith("also found"))));
  unsetenv("KSWEEP_DATA");
}

TEST(Load, ReadsTheTestPartOfTheOnlyFileOfAFolder) {
  const TemporaryFolder folder;
  folder.write("a.safetensors",
               safetensors(R"({"x_train":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                           R"("x_test":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}})",
                           native({0.5f, 1.5f, 2.5f})));
  folder.write("metadata.json", "{}");
  const Dataset set = load_dataset({folder.path(), {}});
  EXPECT_EQ(set.n_train, 2u);
  EXPECT_EQ(set.n_test, 1u);
  EXPECT_EQ(set.test_samples[0], 2.5f);
  EXPECT_THAT(set.notes, Contains("not used: metadata.json"));
}

TEST(Load, TakesAPatternForShardsEvenIfOneFileFits) {
  const TemporaryFolder folder;
  folder.write("a1.safetensors", counting());
  EXPECT_THAT(load_dataset({folder.path() / "a*", {}}).notes, Contains(StartsWith("1 shard: a")));
}

TEST(Load, RefusesAFolderOfNothing) {
  const TemporaryFolder folder;
  EXPECT_THAT(refusal([&] { load_dataset({folder.path(), {}}); }), StartsWith(folder.path().string() + ": "));
}

TEST(Load, FlattensPositionsOfBothParts) {
  const TemporaryFolder folder;
  const std::string file = folder.write(
      "a.safetensors", safetensors(R"({"x_train":{"dtype":"F32","shape":[2,3,1],"data_offsets":[0,24]},)"
                                   R"("x_test":{"dtype":"F32","shape":[1,3,1],"data_offsets":[24,36]}})",
                                   native({.5f, 1.5f, 2.f, 3.f, 4.f, 5.f, 6.f, 7.f, 8.f})));
  const Dataset set = load_dataset({file, {}, 0, 0, {.skipped_positions = "0"}});
  EXPECT_EQ(set.n_inputs(), 1);
  EXPECT_THAT(std::vector(set.train_samples, set.train_samples + set.n_train), ElementsAre(1.5f, 2, 4, 5));
  EXPECT_THAT(std::vector(set.test_samples, set.test_samples + set.n_test), ElementsAre(7, 8));
  EXPECT_THAT(set.notes, Contains(testing::HasSubstr("2 x 3 x 1")));
}

TEST(Load, TellsAFaultyListOfPositionsBeforeItReadsAFile) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.npy", "damaged");
  EXPECT_THAT(refusal([&] {
                load_dataset({file, {}, 0, 0, {.skipped_positions = "first"}});
              }),
              StartsWith("data.skip_positions"));
}

TEST(Load, RefusesKeysOfFilesBesideGenerators) {
  for (const char* set : {"digits", "superposition"}) {
    const auto expect = [&](const Preparation& how, const std::string& key) {
      EXPECT_EQ(refusal([&] {
                  load_dataset({set, {}, 10, 10, how});
                }),
                "data." + key + ": data.set = " + set +
                    " is made, not read from files, and needs none: it would change nothing. Leave it out.");
    };
    expect({.scale = 2}, "scale");
    expect({.test_part = TestPart::last}, "test_part");
    expect({.skipped_positions = "0"}, "skip_positions");
  }
}

TEST(Load, RefusesKeysOfTheGeneratorBesideOtherSets) {
  const auto expect = [&](const SuperpositionRecipe& recipe, const std::string& key) {
    EXPECT_EQ(
        refusal([&] {
          load_dataset({"digits", {}, 10, 10, {.recipe = recipe}});
        }),
        "data." + key +
            ": concerns data.set = superposition only, not digits: it would change nothing. Leave it out.");
  };
  expect({.n_features = 1023}, "features");
  expect({.n_inputs = 65}, "dimensions");
  expect({.true_l0 = 11}, "true_l0");
  expect({.frequency_exponent = 0.25}, "frequency_exponent");
  expect({.noise = 0.5}, "noise");
}

TEST(Load, MakesAsManyDigitsAsAskedForAndPatchesOfAll) {
  const Dataset digits = load_dataset({"digits", {}, 7, 3});
  EXPECT_EQ(digits.n_train, 7u);
  EXPECT_EQ(digits.n_test, 3u);
  EXPECT_EQ(load_dataset({"digits", {}, 7, 3, {.patch = 4}}).content_hash,
            load_dataset({"digits", {}, 70, 3, {.patch = 4}}).content_hash);
}

/// A recipe of samples of ten numbers.
const SuperpositionRecipe small{.n_features = 20, .n_inputs = 10, .true_l0 = 3};

TEST(Load, MakesAsManySamplesOfSuperpositionAsAskedFor) {
  const Dataset set = load_dataset({"superposition", {}, 7, 3, {.recipe = small}});
  EXPECT_EQ(set.n_train, 7u);
  EXPECT_EQ(set.n_test, 3u);
}

TEST(Load, PreparesSamplesOfSuperpositionByMoreThanAreAskedFor) {
  const auto load = [](std::size_t n_train, std::size_t n_test) {
    return load_dataset(
        {"superposition", {}, n_train, n_test, {.normalise = Normalise::scale, .recipe = small}});
  };
  const Dataset few = load(7, 3), usual = load(0, 0),
                many = load(default_train_count + 1, default_test_count + 1);
  EXPECT_EQ(few.n_train, 7u);
  EXPECT_EQ(few.n_test, 3u);
  EXPECT_EQ(usual.n_train, default_train_count);
  EXPECT_EQ(usual.n_test, default_test_count);
  EXPECT_EQ(many.n_train, default_train_count + 1);
  EXPECT_EQ(many.n_test, default_test_count + 1);
  for (const Dataset* set : {&few, &many}) {
    EXPECT_EQ(set->factor, usual.factor);
    EXPECT_EQ(set->content_hash, usual.content_hash);
  }
}

/// A megabyte of memory, of which a quarter may hold samples: 62,500 numbers.
class LoadInAMegabyte : public testing::Test {
 protected:
  LoadInAMegabyte() { allow_memory_given(0.001); }
  ~LoadInAMegabyte() override { allow_memory_given(1e9); }  // more than any machine has
};

TEST_F(LoadInAMegabyte, MakesSamplesOfSuperpositionAsTheyAreNeeded) {
  EXPECT_FALSE(load_dataset({"superposition", {}, 6000, 250, {.recipe = small}}).is_streamed);
  EXPECT_TRUE(load_dataset({"superposition", {}, 6000, 251, {.recipe = small}}).is_streamed);
  EXPECT_TRUE(load_dataset({"superposition", {}, 6001, 250, {.recipe = small}}).is_streamed);
}

TEST_F(LoadInAMegabyte, LeavesSamplesInTheirFilesIfTheyCanBeReadFromThere) {
  const TemporaryFolder folder;
  const std::string numbers = std::string(62'501 * 4, '\1');
  const std::string fits = folder.write(
                        "a", safetensors(one_tensor("F32", "[62500,1]", 250'000), numbers.substr(4))),
                    too_large = folder.write("b.safetensors",
                                             safetensors(one_tensor("F32", "[62501,1]", 250'004), numbers));
  EXPECT_TRUE(load_dataset({too_large, {}}).is_streamed);
  EXPECT_FALSE(load_dataset({fits, {}}).is_streamed);
}

}  // namespace
}  // namespace ksweep
