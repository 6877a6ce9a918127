// The sweep files that come with ksweep, and the README's.
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>

#include "base/atomic_file.h"
#include "sweep/read_sweep.h"
#include "sweep_texts.h"

namespace ksweep {
namespace {

const std::filesystem::path source = KSWEEP_SOURCE_DIR;

TEST(SweepFiles, AreReadAndHaveAsManyTrialsAsTheySay) {
  int n_files = 0;
  for (const char* folder : {"jobs", "tests/benchmark"})
    for (const auto& entry : std::filesystem::directory_iterator(source / folder)) {
      if (entry.path().extension() != ".cfg") continue;
      SCOPED_TRACE(entry.path());
      ++n_files;
      const Sweep sweep = read_sweep(entry.path(), {});
      std::smatch said;
      ASSERT_TRUE(std::regex_search(sweep.text, said, std::regex("([0-9]+) trials")));
      EXPECT_EQ(std::to_string(sweep.trials.size()), said[1]);
    }
  EXPECT_GT(n_files, 10);
}

TEST(SweepFiles, OfTheReadmeIsRead) {
  const std::string readme = read_file(source / "README.md");
  const auto begin = readme.find("title = ");
  ASSERT_NE(begin, readme.npos);
  EXPECT_EQ(sweep_of(readme.substr(begin, readme.find("```", begin) - begin)).trials.size(), 20u);
}

}  // namespace
}  // namespace ksweep
