#include "cli/report.h"

#include <gmock/gmock.h>

#include <string>

#include "base/errors.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ReportProgram, OfAnInstallationIsInItsShare) {
  const TemporaryFolder prefix;
  const fs::path program = prefix.write("share/ksweep/analysis/report", "report\n");
  EXPECT_EQ(report_program(prefix.path() / "bin/ksweep"), program);
}

TEST(ReportProgram, OfABuildIsInTheSourcesAroundIt) {
  const TemporaryFolder sources;
  const fs::path program = sources.write("analysis/report", "report\n");
  EXPECT_EQ(report_program(sources.path() / "build/release/ksweep"), program);
  EXPECT_EQ(report_program(sources.path() / "build/ksweep"), program);
}

TEST(ReportProgram, ThatIsMissingIsLookedForWhereTheMessageTells) {
  const TemporaryFolder prefix;
  try {
    report_program(prefix.path() / "bin/ksweep");
    FAIL() << "found a report where there is none";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr((prefix.path() / "share/ksweep/analysis/report").string()),
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
