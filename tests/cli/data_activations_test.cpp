#include "cli/data_activations.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/atomic_file.h"
#include "base/sha256.h"
#include "data/load.h"
#include "refusal.h"
#include "store/store.h"
#include "temporary_folder.h"
#include "trained_on_digits.h"

namespace ksweep {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;

class DataActivations : public ::testing::Test {
 protected:
  DataActivations() {
    store_.prepare();
    use(trained_on_digits(trial_of_digits()));
  }
  void use(const TrialResult& record) {
    store_.write(record);
    options_ = {.folder = folder_,
                .trial = id_text(record.id),
                .layer = {},
                .data_dir = {},
                .output = output_,
                .threads = 1,
                .memory_gb = {}};
    name_ = "trial " + id_text(record.id);
  }
  void use_two_layers() {
    Trial trial = trial_of_digits();
    trial.layers = "8-4";
    use(trained_on_digits(normalised(trial)));
  }
  std::string printed() const {
    ::testing::internal::CaptureStdout();
    const std::string refused = refusal([&] { EXPECT_EQ(data_activations_command(options_), 0); });
    const std::string text = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(refused, "accepted");
    return text;
  }
  std::string refused() const {
    return refusal([&] { data_activations_command(options_); });
  }

  const TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path() / "results", output_ = temporary_.path() / "activations",
                 file_ = output_ / "activations.safetensors";
  const Store store_{folder_};
  DataActivationsOptions options_;
  std::string name_;
};

TEST_F(DataActivations, OfBothPartsAreWrittenWithTheirLabels) {
  EXPECT_EQ(printed(), file_.string() +
                           ": 8 activations of layer 1 for 60 training and 20 test samples, with labels\n"
                           "Use it with: ksweep run SWEEP --set data.set=" +
                           output_.string() + "\n");
  const Dataset written = load_dataset({output_, {}}), digits = make_digits(60, 20);
  ASSERT_EQ(written.n_train, 60u);
  ASSERT_EQ(written.n_test, 20u);
  EXPECT_EQ(written.n_inputs(), 8);
  EXPECT_EQ(std::vector(written.train_labels, written.train_labels + 60),
            std::vector(digits.train_labels, digits.train_labels + 60));
  EXPECT_EQ(std::vector(written.test_labels, written.test_labels + 20),
            std::vector(digits.test_labels, digits.test_labels + 20));
  EXPECT_NE(written.train().row(0), written.train().row(1));
  EXPECT_NE(written.train().topRows(20), written.test());
  EXPECT_FALSE(fs::exists(output_ / "classes.json"));  // labels are the numbers of the classes
}

TEST_F(DataActivations, AreOfTheLastHiddenLayerOrOfTheOneAskedFor) {
  use_two_layers();
  EXPECT_THAT(printed(), HasSubstr(": 4 activations of layer 2 for "));
  EXPECT_THAT(read_file(file_), HasSubstr("\"layer\":\"2\",\"trial\":\"" + options_.trial + "\""));
  fs::remove_all(output_);
  options_.layer = 1;
  EXPECT_THAT(printed(), HasSubstr(": 8 activations of layer 1 for "));
}

TEST_F(DataActivations, OfALayerThatIsNotThereAreRefused) {
  options_.layer = 2;
  EXPECT_EQ(refused(), "--layer 2 is out of range: " + name_ +
                           " has activations of 1 layer. Give a number from 1 to 1.");
  options_.layer = 0;
  EXPECT_EQ(refused(),
            folder_.string() + ": " + name_ +
                " has no hidden layer: which activations to write is unclear. --layer 1 takes its outputs.");
  use_two_layers();
  options_.layer = 3;
  EXPECT_EQ(refused(), "--layer 3 is out of range: " + name_ +
                           " has activations of 2 layers. Give a number from 1 to 2.");
  EXPECT_FALSE(fs::exists(output_));
}

TEST_F(DataActivations, NeedWeights) {
  TrialResult record = trained_on_digits(trial_of_digits());
  record.weights = {};
  use(record);
  EXPECT_THAT(refused(), HasSubstr("are not stored: there is nothing to compute activations from."));
}

TEST_F(DataActivations, OfOtherSamplesWouldBeOthers) {
  TrialResult record = trained_on_digits(trial_of_digits());
  record.trial.data_hash = "0123abcd";
  record.id = trial_id(record.trial);
  use(record);
  EXPECT_THAT(refused(), EndsWith("their activations would be others. Give their folder with --data-dir."));
}

TEST_F(DataActivations, ReplaceNothing) {
  for (const char* name : {"activations.safetensors", "classes.json"}) {
    const fs::path file = temporary_.write(std::string("activations/") + name, "old");
    EXPECT_THAT(refused(), StartsWith(file.string() + ": is there already"));
    fs::remove(file);
  }
}

}  // namespace
}  // namespace ksweep
