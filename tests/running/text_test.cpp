#include "run/text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

TEST(Text, DurationsAreWrittenInTheTwoUnitsThatMatter) {
  EXPECT_EQ(duration_text(0), "0.0 s");
  EXPECT_EQ(duration_text(9.94), "9.9 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(59.6), "1 min 0 s");
  EXPECT_EQ(duration_text(250), "4 min 10 s");
  EXPECT_EQ(duration_text(3 * 3600 + 12 * 60 + 59), "3 h 12 min");
  EXPECT_EQ(duration_text(51 * 3600), "2 d 3 h");
  EXPECT_EQ(duration_text(NAN), "-");
}

TEST(Text, BytesAreWrittenInPowersOfTen) {
  EXPECT_EQ(bytes_text(3.14e6), "3.1 MB");
  EXPECT_EQ(bytes_text(219.5e6), "220 MB");
  EXPECT_EQ(bytes_text(2.44e9), "2.4 GB");
}

TEST(Text, AFractionIsAPercentageUnlessUnknown) {
  EXPECT_EQ(percent_text(0.98314), "98.31 %");
  EXPECT_EQ(percent_text(NAN), "-");
}

TEST(Text, OneIsSingular) {
  EXPECT_EQ(count_text(1, "trial"), "1 trial");
  EXPECT_EQ(count_text(0, "trial"), "0 trials");
}

TEST(Text, ATrialIsNamedByTheAxesThatMeanSomethingToIt) {
  const std::vector<Axis> axes{
      {"model.kind", {"k-sparse", "raw"}}, {"model.k", {"10", "25"}}, {"train.seed", {"0", "1"}}};
  Trial trial = default_trial();
  EXPECT_EQ(trial_text(axes, trial), "kind=k-sparse k=25 seed=0");
  trial.kind = ModelKind::raw;
  EXPECT_EQ(trial_text(axes, normalised(trial)), "kind=raw seed=0");
}

// bash, "QUOTING": $'...' takes \xHH; so a stored or printed command is text, and still names the very file.
TEST(Text, BytesThatAreNoTextAreWrittenAsTheShellReadsThem) {
  EXPECT_EQ(shell_command({"ksweep", "run", "caf\xE9's.cfg"}), R"(ksweep run $'caf\xe9\'s.cfg')");
  EXPECT_EQ(shell_command({"a\nb", "\\\xFF"}), R"($'a\x0ab' $'\\\xff')");
  EXPECT_EQ(shell_command({"caf\xC3\xA9"}), "'caf\xC3\xA9'");
  EXPECT_EQ(shell_command({"--set", "data.set=\"/d/C#,/a.npz\""}), "--set 'data.set=\"/d/C#,/a.npz\"'");
}

TEST(Text, ACommandWithoutItsTimeLimitIsTheSameElse) {
  EXPECT_EQ(without_time_limit("ksweep run a.cfg --time-limit 0:02 --quiet"), "ksweep run a.cfg --quiet");
  EXPECT_EQ(without_time_limit("mpirun -n 2 ksweep run a.cfg --time-limit=5"),
            "mpirun -n 2 ksweep run a.cfg");
  EXPECT_EQ(without_time_limit("ksweep run a.cfg"), "ksweep run a.cfg");
}

TEST(Text, AStopNamesWhatStoppedIt) {
  EXPECT_EQ(
      stopped_text("go", "SIGTERM from process 7 (bash)"),
      "stopped by SIGTERM from process 7 (bash), with work left; nothing finished is lost. To go on:\ngo\n");
  EXPECT_EQ(stopped_text("go"), "stopped with work left; nothing finished is lost. To go on:\ngo\n");
}

}  // namespace
}  // namespace ksweep
