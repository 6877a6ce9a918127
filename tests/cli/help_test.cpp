#include "cli/help.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <sstream>

#include "cli/options.h"
#include "core/trial_keys.h"
#include "refusal.h"
#include "sweep/entries.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// What `parse` prints for --help; checks that it gives no options.
template <class Parse>
std::string help_of(Parse parse) {
  ::testing::internal::CaptureStdout();
  EXPECT_FALSE(parse({"--help"}));
  return ::testing::internal::GetCapturedStdout();
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(Help, OfRunNamesItsOptionsExamplesAndExitCodes) {
  EXPECT_THAT(help_of(parse_run), AllOf(HasSubstr("Usage: ksweep run SWEEP [options]"), HasSubstr("--output"),
                                        HasSubstr("--set"), HasSubstr("--data-dir"), HasSubstr("--threads"),
                                        HasSubstr("ksweep run jobs/mnist-k.cfg --ranks 8"),
                                        HasSubstr("75 stopped in good order")));
}

TEST(Help, OfEveryCommandSaysHowToUseItAndFitsTheScreen) {
  for (const std::string& page :
       {help_of(parse_run), help_of(parse_plan), help_of(parse_status), help_of(parse_merge),
        help_of(parse_verify), help_of(parse_export), help_of(parse_data_info), help_of(parse_data_digits),
        help_of(parse_data_export), help_of(parse_data_activations), help_of(parse_weights),
        help_of(parse_prune)}) {
    EXPECT_THAT(page,
                AllOf(::testing::StartsWith("Usage: ksweep "), HasSubstr("Options:"), HasSubstr("Example"),
                      HasSubstr("--help"), ::testing::ContainsRegex("Exit codes: 0 [^;]+; 1 wrong usage")));
    EXPECT_LE(longest_line(page), 86u) << page;
  }
}

TEST(Help, NamesSweepFilesThatExist) {
  const std::regex sweep_file("jobs/[^ \n]*\\.cfg");
  int n_named = 0;
  for (const HelpPage& page :
       {run_page, plan_page, status_page, merge_page, verify_page, export_page, data_info_page,
        data_digits_page, data_export_page, data_activations_page, weights_page, prune_page}) {
    const std::string text = std::string(page.purpose) + std::string(page.ending);
    for (std::sregex_iterator name(text.begin(), text.end(), sweep_file), end; name != end; ++name, ++n_named)
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(KSWEEP_SOURCE_DIR) / name->str()))
          << name->str();
  }
  EXPECT_GT(n_named, 0);
}

TEST(Help, IsGivenEvenIfTheRestIsWrong) {
  EXPECT_THAT(help_of([](const Arguments&) {
                return parse_run({"--wrong", "--help"});
              }),
              HasSubstr("Usage:"));
}

TEST(Keys, AreAllExplainedAndFitTheScreen) {
  const std::string text = keys_text();
  for (const Key& key : trial_keys())
    EXPECT_THAT(text, HasSubstr("\n  " + key.name + " ")) << key.full_name();
  for (const FileKey& key : file_keys())
    EXPECT_THAT(text, HasSubstr("\n  " + key.name.substr(key.name.find('.') + 1) + " ")) << key.name;
  for (const char* section : {"data", "model", "train", "probe", "grid", "report"})
    EXPECT_THAT(text, HasSubstr("\n\n[" + std::string(section) + "]\n"));
  EXPECT_THAT(text, HasSubstr("default softmax; softmax, svm, knn, centroid, kmeans,"));
  EXPECT_LE(longest_line(text), 86u);
}

TEST(Keys, ThatMostSweepsSetComeFirst) {
  const std::string text = keys_text(), first = text.substr(0, text.find("All keys, by section"));
  for (const char* name : {"data.set", "model.kind", "model.hidden", "model.k", "model.alpha", "train.epochs",
                           "train.batch", "train.learning_rate", "train.seed", "probe.kind"})
    EXPECT_THAT(first, HasSubstr(std::string("\n  ") + name + " ")) << name;
}

TEST(Keys, OneIsExplainedAlone) {
  EXPECT_THAT(key_text("model.k"), AllOf(::testing::StartsWith("  model.k "), HasSubstr("default 25"),
                                         ::testing::Not(HasSubstr("model.alpha"))));
  EXPECT_EQ(key_text("hidden"), key_text("model.hidden"));
}

TEST(Keys, ABareNameMayBeThatOfSeveral) {
  EXPECT_THAT(key_text("epochs"), AllOf(HasSubstr("  train.epochs "), HasSubstr("  probe.epochs ")));
}

TEST(Keys, ASectionIsExplainedWhole) {
  EXPECT_THAT(key_text("grid"), AllOf(HasSubstr("  grid.zip "), HasSubstr("  grid.exclude ")));
}

TEST(Keys, AMistypedOneIsAnsweredWithTheNearest) {
  EXPECT_EQ(refusal([] { key_text("model.hiden"); }),
            "--keys: model.hiden is no key of a sweep file: it would do nothing. Did you mean model.hidden?");
}

TEST(Version, TellsHowTheProgramWasBuilt) {
  EXPECT_THAT(version_text(), AllOf(::testing::StartsWith("ksweep "), HasSubstr("commit"),
                                    HasSubstr("compiler"), HasSubstr("flags")));
}

}  // namespace
}  // namespace ksweep
