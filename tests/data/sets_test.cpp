#include "data/sets.h"

#include <cstdlib>

#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

/// KSWEEP_DATA and the cache directory lie in a folder of the test's own.
class Sets : public testing::Test {
 protected:
  Sets() {
    setenv("KSWEEP_DATA", (folder.path() / "named").c_str(), 1);
    setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1);
  }
  TemporaryFolder folder;
};

TEST_F(Sets, SearchesTheOptionThenTheVariableThenTheCache) {
  folder.write("cache/ksweep/mnist/file", "");
  EXPECT_EQ(find_set("mnist", folder.path() / "option").path, folder.path() / "cache/ksweep/mnist");
  folder.write("named/mnist/file", "");
  EXPECT_EQ(find_set("mnist", folder.path() / "option").path, folder.path() / "named/mnist");
  folder.write("option/mnist/file", "");
  EXPECT_EQ(find_set("mnist", folder.path() / "option").path, folder.path() / "option/mnist");
}

TEST_F(Sets, UsesTheHomeFolderWithoutACacheVariable) {
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/someone", 1);
  EXPECT_EQ(data_folders("").back(), "/home/someone/.cache/ksweep");
}

TEST_F(Sets, TellsAllPlacesAndTheDownloadIfMnistIsAbsent) {
  EXPECT_USER_ERROR(
      find_set("mnist", folder.path() / "option"),
      AllOf(HasSubstr((folder.path() / "option/mnist").string()),
            HasSubstr((folder.path() / "named/mnist").string()),
            HasSubstr((folder.path() / "cache/ksweep/mnist").string()), HasSubstr("jobs/fetch-data mnist")));
}

TEST_F(Sets, TellsTheDownloadOfEverySetThatHasOne) {
  for (const char* set : {"fashion", "cifar10", "norb"})
    EXPECT_USER_ERROR(find_set(set, ""), HasSubstr(std::string("jobs/fetch-data ") + set + "\n"));
}

TEST_F(Sets, SuggestsTheNearestName) {
  EXPECT_USER_ERROR(find_set("digit", ""), HasSubstr("Did you mean digits?"));
}

TEST_F(Sets, FindsAPathAndAnObjectInIt) {
  const auto file = folder.write("a.h5", "");
  EXPECT_EQ(find_set(file.string(), "").object, "/");
  const SetPlace place = find_set(file.string() + ":/group/images", "");
  EXPECT_EQ(place.path, file);
  EXPECT_EQ(place.object, "/group/images");
}

TEST_F(Sets, FindsASetOfAnyNameInADataFolder) {
  folder.write("named/cats/file", "");
  EXPECT_EQ(find_set("cats", "").path, folder.path() / "named/cats");
}

TEST_F(Sets, KnowsAFileByItsContent) {
  EXPECT_EQ(load_dataset({folder.write("images.dat", idx(8, {6, 1}, "abcdef")).string(), {}}).n_train, 5u);
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 1), }\n";
  EXPECT_EQ(load_dataset({folder.write("x.dat", npy(header, "abcdef")).string(), {}}).n_train, 5u);
}

TEST_F(Sets, RefusesFilesOfOtherKinds) {
  EXPECT_USER_ERROR(load_dataset({folder.write("a.png", "\x89PNG....").string(), {}}),
                    HasSubstr("a.png: is none of IDX, NPY, NPZ, HDF5 and safetensors"));
  EXPECT_USER_ERROR(load_dataset({folder.write("empty", "").string(), {}}), HasSubstr("empty: is empty"));
  EXPECT_USER_ERROR(load_dataset({folder.write("a.dat", "\x93NUMPY").string() + ":/x", {}}),
                    HasSubstr("is no HDF5 or safetensors file, so there is no /x in it"));
}

}  // namespace
}  // namespace ksweep
