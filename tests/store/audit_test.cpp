#include "store/audit.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/atomic_file.h"
#include "samples.h"
#include "scratch.h"
#include "store/store.h"

namespace ksweep {
namespace {

using ::testing::IsEmpty;

class AuditTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    store = Store(folder);
    store.prepare();
  }
  /// Writes the records of these trials, and their sweep.h5.
  void write(const std::vector<TrialResult>& trials) {
    SweepRecord sweep = sample_record();
    sweep.best.clear();
    sweep.trials = trials;
    for (const TrialResult& result : trials) store.write(result);
    write_sweep_file(folder / "sweep.h5", sweep);
  }
  std::filesystem::path path(const TrialResult& result) const { return store.trial_path(result.id); }
  /// The only fault, as "FILE: WHAT".
  std::string fault() const {
    const Audit found = audit(folder);
    EXPECT_EQ(found.faults.size(), 1u);
    return found.faults.empty() ? "" : found.faults[0].file.string() + ": " + found.faults[0].what;
  }
  Store store{"."};
};

/// Replaces a text by another of the same length in a sweep file, whose checksum is made to fit.
void replace_in_sweep_file(const std::filesystem::path& file, const std::string& text,
                           const std::string& other) {
  const std::string bytes = read_file(file), before_checksum = "\nksweep sweep sha256 ";
  std::string image = bytes.substr(0, bytes.rfind(before_checksum));
  ASSERT_NE(image.find(text), image.npos);
  image.replace(image.find(text), text.size(), other);
  std::ofstream(file, std::ios::binary) << image << before_checksum << sha256_hex(image) << "\n";
}

TEST_F(AuditTest, FindsNoFaultInWhatWasJustWritten) {
  write({sample_result(0), sample_result(1)});
  const Audit found = audit(folder);
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_EQ(found.n_agree, 2u);
}

TEST_F(AuditTest, TellsARowThatIsNotThatOfItsRecord) {
  TrialResult other = sample_result(0);
  write({sample_result(0)});
  other.test_accuracy = 0.5;
  store.write(other);
  EXPECT_EQ(fault(), (folder / "sweep.h5: trial ").string() + id_text(other.id) +
                         " differs from its record: test_accuracy is 0.1875 here and 0.5 there");
}

TEST_F(AuditTest, TellsAHashThatIsNotThatOfTheNumbers) {
  write({sample_result(0)});
  replace_in_sweep_file(folder / "sweep.h5", audit(folder).results_sha256, std::string(64, '0'));
  EXPECT_EQ(fault(), (folder / "sweep.h5: its results_sha256 is not that of its numbers").string());
}

TEST_F(AuditTest, TellsSavedWeightsThatAreNotThoseOfTheTrial) {
  TrialResult result = sample_result(0);
  result.weights.layers = {{2, 1, {0.5f, -1}, {0.25f}}};
  result.weights_sha256 = weights_sha256(result.weights);
  write({result});
  EXPECT_THAT(audit(folder).faults, IsEmpty());
  result.weights.layers[0].biases[0] = 0.5f;
  store.write(result);
  const Audit found = audit(folder);
  ASSERT_EQ(found.faults.size(), 2u);  // and sweep.h5 has no sound record of it
  EXPECT_EQ(found.faults[0].file, path(result));
  EXPECT_EQ(found.faults[0].what, "its saved weights are not those that its weights_sha256 is of");
}

TEST_F(AuditTest, TellsARecordUnderTheNameOfAnotherTrial) {
  write({sample_result(0), sample_result(1)});
  std::filesystem::rename(path(sample_result(1)), path(sample_result(0)));
  const Audit found = audit(folder);
  ASSERT_EQ(found.faults.size(), 3u);  // and sweep.h5 has sound records of neither
  EXPECT_EQ(found.faults[0].file, path(sample_result(0)));
  EXPECT_EQ(found.faults[0].what, "it is the record of another trial (" + id_text(sample_result(1).id) + ")");
}

}  // namespace
}  // namespace ksweep
