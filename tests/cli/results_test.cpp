#include "cli/results.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/atomic_file.h"
#include "core/trial_keys.h"
#include "refusal.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Results : public ::testing::Test {
 protected:
  /// A result folder of one finished trial.
  fs::path results(const std::string& name, std::uint64_t id, double accuracy) const {
    fs::create_directories(folder_ / name);
    SweepRecord record;
    TrialResult result;
    result.trial = default_trial();
    result.trial.seed = static_cast<std::int64_t>(id);
    result.id = id;
    result.status = Status::done;
    result.test_accuracy = accuracy;
    record.trials.push_back(result);
    write_sweep_file(folder_ / name / "sweep.h5", record);
    return folder_ / name;
  }

  template <class Command, class Options>
  static std::string output(Command command, const Options& options) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(command(options), 0);
    return ::testing::internal::GetCapturedStdout();
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

TEST_F(Results, OfTwoMachinesAreMergedFromFoldersAndFiles) {
  const MergeOptions options{{results("a", 1, 0.5), results("b", 2, 0.6) / "sweep.h5"}, folder_ / "all.h5"};
  EXPECT_EQ(output(merge_command, options),
            options.output.string() + ": 2 trials: 2 done, 0 failed, 0 missing\n");
  EXPECT_EQ(read_sweep_file(options.output).trials.size(), 2u);
}

TEST_F(Results, ThatConflictAreRefusedAndNothingIsWritten) {
  const MergeOptions options{{results("a", 1, 0.5), results("b", 1, 0.6)}, folder_ / "all.h5"};
  EXPECT_THAT(refusal([&] { merge_command(options); }), HasSubstr("test_accuracy"));
  EXPECT_FALSE(fs::exists(options.output));
}

TEST_F(Results, AreExportedAsATable) {
  const ExportOptions options{results("a", 1, 0.5), folder_ / "a.csv"};
  EXPECT_EQ(output(export_command, options),
            options.csv.string() + ": 1 trial: 1 done, 0 failed, 0 missing\n");
  EXPECT_THAT(read_file(options.csv), HasSubstr("test_accuracy"));
}

TEST_F(Results, AreNotReplacedByWhatIsMadeOfThem) {
  const fs::path a = results("a", 1, 0.5), b = results("b", 2, 0.6);
  EXPECT_THAT(refusal([&] { export_command({a, a / "sweep.h5"}); }), HasSubstr("its results would be lost"));
  EXPECT_THAT(refusal([&] {
                export_command({a, b / "sweep.h5"});
              }),
              HasSubstr("which a table would replace"));
  EXPECT_THAT(refusal([&] {
                merge_command({{a, b}, b / "sweep.h5"});
              }),
              HasSubstr("its results would be lost"));
  EXPECT_EQ(read_sweep_file(a / "sweep.h5").trials.size(), 1u);
}

TEST_F(Results, WithoutASweepFileAreRefused) {
  EXPECT_EQ(
      refusal([&] {
        export_command({folder_, folder_ / "a.csv"});
      }),
      folder_.string() + ": holds no sweep.h5: there is no result in it. Give the --output of `ksweep run`.");
  EXPECT_EQ(refusal([&] {
              export_command({folder_ / "absent", folder_ / "a.csv"});
            }),
            (folder_ / "absent").string() +
                ": is not there: it cannot be read. Give a result folder or a sweep.h5.");
}

TEST_F(Results, AreNotWrittenOverAFolder) {
  EXPECT_EQ(refusal([&] {
              merge_command({{results("a", 1, 0.5)}, folder_});
            }),
            folder_.string() + ": is a folder: a file cannot be written over it. Give the name of a file.");
}

}  // namespace
}  // namespace ksweep
