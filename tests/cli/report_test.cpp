#include "cli/report.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A folder that goes with the test.
struct Folder {
  fs::path path = fs::path(::testing::TempDir()) / ("report_test-" + std::to_string(::getpid()));
  Folder() { fs::remove_all(path); }
  ~Folder() { fs::remove_all(path); }
};

fs::path made(const fs::path& file) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "report\n";
  return file;
}

TEST(ReportProgram, OfAnInstallationIsInItsShare) {
  const Folder prefix;
  const fs::path program = made(prefix.path / "share/ksweep/analysis/report");
  EXPECT_EQ(report_program(prefix.path / "bin/ksweep"), program);
}

TEST(ReportProgram, OfABuildIsInTheSourcesAroundIt) {
  const Folder sources;
  const fs::path program = made(sources.path / "analysis/report");
  EXPECT_EQ(report_program(sources.path / "build/release/ksweep"), program);
  EXPECT_EQ(report_program(sources.path / "build/ksweep"), program);
}

TEST(ReportProgram, ThatIsMissingIsLookedForWhereTheMessageTells) {
  const Folder prefix;
  try {
    report_program(prefix.path / "bin/ksweep");
    FAIL() << "found a report where there is none";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr((prefix.path / "share/ksweep/analysis/report").string()),
                                    HasSubstr("cmake --install")));
  }
}

TEST(ReportPython, IsTheChosenOneOrElseTheSystems) {
  EXPECT_EQ(report_python("/opt/python/bin/python3"), "/opt/python/bin/python3");
  EXPECT_THAT(report_python(nullptr), ::testing::EndsWith("python3"));
  EXPECT_EQ(report_python(""), report_python(nullptr));
}

}  // namespace
}  // namespace ksweep
