#include "cli/export_weights.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/atomic_file.h"
#include "base/sha256.h"
#include "refusal.h"
#include "store/store.h"
#include "store/stored_race.h"
#include "store/sweep_file.h"
#include "sweep/planned_trials.h"
#include "temporary_folder.h"
#include "train/scaled_record.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;

class ExportWeights : public ::testing::Test {
 protected:
  ExportWeights() { store_.prepare(); }

  /// A finished trial of two units on two inputs, with weights.
  static TrialResult finished(int seed, double accuracy, double fvu, int k = 1) {
    TrialResult result = scaled_record(true);
    result.trial.seed = seed;
    result.trial.k = k;
    result.id = trial_id(result.trial);
    result.status = Status::done;
    result.validation_accuracy = result.test_accuracy = accuracy;
    result.validation_fvu = result.test_fvu = fvu;
    result.weights_sha256 = weights_sha256(result.weights);
    return result;
  }
  void store(const std::vector<TrialResult>& trials, const std::string& metric = "",
             bool race = false) const {
    SweepRecord record;
    record.provenance = {{"title", "What is k?"}, {report_metric_attribute, metric}};
    record.axes = {"train.seed"};
    record.trials = trials;
    if (race) {
      const RaceField field = race_field(trials);
      RaceRules rules;
      rules.start = 2;
      const ReportMetric& accuracy = *find_metric("accuracy");
      record.race = judge_stored(field, trials, accuracy, complete_rules(rules, field, accuracy));
    }
    for (const TrialResult& result : trials) store_.write(result);
    write_sweep_file(folder_ / "sweep.h5", record);
  }
  WeightsOptions options(const TrialResult* trial = nullptr) const {
    return {.folder = folder_,
            .trial = trial ? id_text(trial->id) : "",
            .best = !trial,
            .format = "safetensors",
            .output = output_};
  }
  static std::string printed(const WeightsOptions& options) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(weights_command(options), 0);
    return ::testing::internal::GetCapturedStdout();
  }
  /// The beginning of what is printed of a trial.
  std::string announced(const TrialResult& result) const {
    return output_.string() + ": trial " + id_text(result.id) + ", ";
  }

  const TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path() / "results", output_ = temporary_.path() / "exported";
  const Store store_{folder_};
};

TEST_F(ExportWeights, SaysWhatItWroteAndHowToLoadIt) {
  const TrialResult trial = finished(0, 0.9, 0.2);
  store({trial, finished(1, 0.95, 0.1)});
  EXPECT_EQ(printed(options(&trial)),
            announced(trial) +
                "2 units on 2 inputs, for samples as their files hold them\n"
                "Codes are in the unit of the samples: times 2 they are those of the sweep.\n"
                "Load it in Python with: safetensors.numpy.load_file(\"" +
                output_.string() + "/weights.safetensors\")\n");
  EXPECT_TRUE(fs::exists(output_ / "weights.safetensors"));
  EXPECT_THAT(read_file(output_ / "config.json"), HasSubstr("\"sweep\": \"What is k?\""));
}

TEST_F(ExportWeights, SaysNothingOfUnitsThatStay) {
  TrialResult trial = finished(0, 0.9, 0.2);
  trial.trial.normalise = Normalise::none;
  trial.id = trial_id(trial.trial);
  trial.weights.inputs = {1};
  store({trial});
  EXPECT_THAT(printed(options(&trial)),
              HasSubstr("as their files hold them\nLoad it in Python with: safetensors"));
}

TEST_F(ExportWeights, OfTheBestAreThoseThatAreBestByTheMetricOfTheSweep) {
  const TrialResult accurate = finished(0, 0.9, 0.2), faithful = finished(1, 0.8, 0.1);
  store({accurate, faithful});
  EXPECT_THAT(printed(options()), StartsWith(announced(accurate)));
  fs::remove_all(output_);
  store({accurate, faithful}, "fvu");
  EXPECT_THAT(printed(options()), StartsWith(announced(faithful)));
}

// Its rival was lucky with one seed.
TEST_F(ExportWeights, OfTheBestOfARaceAreTheLeaders) {
  const std::vector<TrialResult> trials{finished(0, 0.9, 1, 1), finished(1, 0.2, 1, 1),
                                        finished(0, 0.6, 1, 2), finished(1, 0.7, 1, 2)};
  store(trials);
  EXPECT_THAT(printed(options()), StartsWith(announced(trials[0])));
  fs::remove_all(output_);
  store(trials, "", true);
  EXPECT_THAT(printed(options()), StartsWith(announced(trials[3])));
}

TEST_F(ExportWeights, OfTheBestNeedOneThatHasTheMetric) {
  store({finished(0, 0.9, not_measured)}, "fvu");
  EXPECT_EQ(
      refusal([&] { weights_command(options()); }),
      folder_.string() +
          ": no finished trial has a value of variance unexplained: none of them is the best. Name one with --trial, or wait "
          "until some have finished.");
}

TEST_F(ExportWeights, ReplaceNothing) {
  const TrialResult trial = finished(0, 0.9, 0.2);
  store({trial});
  fs::create_directory(output_);
  EXPECT_EQ(refusal([&] { weights_command(options(&trial)); }),
            output_.string() + ": is there already: it would be lost. Give another name, or remove it.");
}

// So that nothing is read for naught.
TEST_F(ExportWeights, LookAtTheNameOfTheOutputFirst) {
  fs::create_directory(output_);
  WeightsOptions of_none = options();
  of_none.folder = temporary_.path() / "nowhere";
  EXPECT_THAT(refusal([&] { weights_command(of_none); }), StartsWith(output_.string()));
}

TEST_F(ExportWeights, ThatAreNotStoredAreMissed) {
  TrialResult trial = finished(0, 0.9, 0.2);
  trial.weights = {};
  store({trial});
  EXPECT_THAT(refusal([&] { weights_command(options(&trial)); }),
              StartsWith(folder_.string() + ": the weights of trial " + id_text(trial.id) +
                         " are not stored: there is nothing to export."));
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(ExportWeights, ThatTheFormatCannotExpressAreRefused) {
  TrialResult trial = finished(0, 0.9, 0.2);
  trial.trial.activation = Activation::linear;
  trial.id = trial_id(trial.trial);
  store({trial});
  WeightsOptions for_others = options(&trial);
  for_others.format = "sae-lens";
  EXPECT_THAT(
      refusal([&] { weights_command(for_others); }),
      StartsWith(folder_.string() + ": trial " + id_text(trial.id) + ": model.activation = linear: "));
  EXPECT_FALSE(fs::exists(output_));
}

}  // namespace
}  // namespace ksweep
