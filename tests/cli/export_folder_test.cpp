#include "cli/export_folder.h"

#include <gtest/gtest.h>

#include "base/atomic_file.h"
#include "refusal.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

class ExportFolder : public ::testing::Test {
 protected:
  /// What is written of classes of these names; empty: nothing.
  std::string written(const std::vector<std::string>& names) const {
    Dataset dataset;
    dataset.class_names = names;
    dataset.n_classes = static_cast<int>(names.size());
    write_classes(folder_, dataset);
    return fs::exists(folder_ / "classes.json") ? read_file(folder_ / "classes.json") : "";
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

TEST_F(ExportFolder, KeepsEachFileThatIsThere) {
  temporary_.write("b", "old");
  EXPECT_EQ(refusal([&] { check_no_such_files(folder_, {"a", "c"}); }), "accepted");
  EXPECT_EQ(
      refusal([&] {
        check_no_such_files(folder_, {"a", "b"});
      }),
      (folder_ / "b").string() + ": is there already: it would be lost. Give another name, or remove it.");
}

TEST_F(ExportFolder, IsMadeWithThoseAboveItUnlessItIsThere) {
  make_export_folder(folder_ / "above/arrays");
  EXPECT_TRUE(fs::is_directory(folder_ / "above/arrays"));
  EXPECT_EQ(refusal([&] { make_export_folder(folder_ / "above/arrays"); }), "accepted");
}

TEST_F(ExportFolder, ThatCannotBeMadeIsRefused) {
  const fs::path file = temporary_.write("file", "");
  EXPECT_EQ(refusal([&] { make_export_folder(file / "arrays"); }),
            (file / "arrays").string() +
                ": cannot be made (Not a directory): the arrays go there. Choose a folder you may write.");
}

TEST_F(ExportFolder, ListsTheNamesOfClassesInTheOrderOfTheirNumbers) {
  EXPECT_EQ(written({"truck", "air plane"}), "[\"truck\", \"air plane\"]\n");
}

TEST_F(ExportFolder, ListsNamesOfAnyBytesAsJson) {
  EXPECT_EQ(written({"a \"b\"", "caf\xE9"}), "[\"a \\\"b\\\"\", \"caf\\\\xe9\"]\n");
}

TEST_F(ExportFolder, ListsNoNamesThatAreTheNumbers) {
  EXPECT_EQ(written({"0", "1"}), "");
  EXPECT_EQ(written({}), "");
  EXPECT_EQ(written({"1", "2"}), "[\"1\", \"2\"]\n");
}

}  // namespace
}  // namespace ksweep
