#include "store/sweep_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/atomic_file.h"
#include "equal.h"
#include "samples.h"
#include "scratch.h"
#include "store/netcdf4.h"
#include "store/results_hash.h"
#include "store/sweep_image.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SweepFileTest : public Scratch {
 protected:
  std::filesystem::path path() const { return folder / "sweep.h5"; }
  void overwrite(const std::string& bytes) { std::ofstream(path(), std::ios::binary) << bytes; }
};

TEST_F(SweepFileTest, ReadsBackEverythingThatWasWritten) {
  const auto record = sample_record();
  write_sweep_file(path(), record);
  const auto back = read_sweep_file(path());
  EXPECT_EQ(back.provenance, record.provenance);
  EXPECT_EQ(back.axes, record.axes);
  EXPECT_EQ(back.height, 2);
  ASSERT_EQ(back.trials.size(), 4u);
  for (int row = 0; row < 4; ++row) expect_same_record(record.trials[row], back.trials[row]);
  ASSERT_EQ(back.best.size(), 2u);
  for (int row = 0; row < 2; ++row) {
    EXPECT_EQ(back.best[row].k, record.best[row].k);
    EXPECT_EQ(back.best[row].id, record.best[row].id);
    expect_same_filters(record.best[row].filters, back.best[row].filters);
  }
}

TEST_F(SweepFileTest, KeepsAMatrixOfFewClassesSmallBesideTrialsOfMany) {
  auto record = sample_record();
  TrialResult& many = record.trials[1];
  many.test_confusion.clear();
  many.test_accuracy_per_class.assign(10'000, 0.5);
  many.test_samples_per_class.assign(10'000, 3);
  many.confused_class = {17, 2}, many.confused_with = {9'999, 1}, many.confused_samples = {2, 1};
  write_sweep_file(path(), record);
  EXPECT_LT(std::filesystem::file_size(path()), 1'000'000u);
  const auto back = read_sweep_file(path());
  for (int row = 0; row < 4; ++row) expect_same_record(record.trials[row], back.trials[row]);
}

TEST_F(SweepFileTest, KeepsTrialsThatTheGridDoesNotAskForApart) {
  auto record = sample_record();
  const std::string hash = results_hash(record.trials);
  record.others = {sample_result(7, 40), failed_result(8)};
  write_sweep_file(path(), record);
  const auto back = read_sweep_file(path());
  ASSERT_EQ(back.trials.size(), 4u);
  ASSERT_EQ(back.others.size(), 2u);
  auto other = record.others[0];
  other.filters = {};
  expect_same_record(other, back.others[0]);
  expect_same_record(record.others[1], back.others[1]);
  EXPECT_EQ(sweep_attribute(path(), "results_sha256"), hash);
}

TEST_F(SweepFileTest, TakesTheOthersAmongTheTrialsWithTheKeysInWhichTheyDiffer) {
  auto record = sample_record();
  auto other = sample_result(7);
  other.trial.n_hidden = 77;
  record.others = {other};
  const auto all = with_others(record);
  EXPECT_EQ(all.trials.size(), 5u);
  EXPECT_TRUE(all.others.empty());
  EXPECT_EQ(all.axes, (std::vector<std::string>{"model.k", "train.seed", "model.hidden"}));
  EXPECT_EQ(with_others(sample_record()).axes, record.axes);
}

TEST_F(SweepFileTest, OneTextAmongTheAttributesCanBeReadAlone) {
  auto record = sample_record();
  record.provenance.emplace_back("cost_rates", "trials 3");
  write_sweep_file(path(), record);
  EXPECT_EQ(sweep_attribute(path(), "cost_rates"), "trials 3");
  EXPECT_EQ(sweep_attribute(path(), "absent"), std::nullopt);
  EXPECT_EQ(sweep_attribute(folder / "absent.h5", "cost_rates"), std::nullopt);
  overwrite("no sweep file");
  EXPECT_EQ(sweep_attribute(path(), "cost_rates"), std::nullopt);
}

TEST_F(SweepFileTest, KeepsCurvesWithHolesAtTheirLength) {
  auto record = sample_record();
  record.trials[0].validation_accuracy_curve = {not_measured, 0.5, not_measured};
  record.trials[1].trial.epochs = 5;
  record.trials[1].epochs_done = 5;
  for (const auto& quantity : vector_quantities())
    if (quantity.dimension == std::string_view("epoch")) (record.trials[1].*quantity.member).resize(5, 0.25);
  write_sweep_file(path(), record);
  const auto back = read_sweep_file(path());
  expect_same_record(record.trials[0], back.trials[0]);
  expect_same_record(record.trials[1], back.trials[1]);
}

TEST_F(SweepFileTest, KeepsConfusionMatricesOfDifferentSizes) {
  auto record = sample_record();
  record.trials[0] = sample_result(0, 10, 3, 2);
  write_sweep_file(path(), record);
  const auto back = read_sweep_file(path());
  expect_same_record(record.trials[0], back.trials[0]);
  expect_same_record(record.trials[1], back.trials[1]);
}

TEST_F(SweepFileTest, HoldsASweepBeforeItsFirstTrialIsDone) {
  SweepRecord record;
  record.trials = {missing_result(0), missing_result(1)};
  write_sweep_file(path(), record);
  const auto back = read_sweep_file(path());
  ASSERT_EQ(back.trials.size(), 2u);
  expect_same_record(record.trials[1], back.trials[1]);
  EXPECT_TRUE(back.best.empty());
}

TEST_F(SweepFileTest, HoldsASweepWithoutTrials) {
  write_sweep_file(path(), {});
  EXPECT_TRUE(read_sweep_file(path()).trials.empty());
}

TEST_F(SweepFileTest, KeepsTheResultsHashOverWritingAndReading) {
  const auto record = sample_record();
  write_sweep_file(path(), record);
  EXPECT_EQ(results_hash(read_sweep_file(path()).trials), results_hash(record.trials));
}

TEST_F(SweepFileTest, HasEqualBytesForEqualRecords) {
  EXPECT_EQ(encode_sweep(sample_record()), encode_sweep(sample_record()));
}

TEST_F(SweepFileTest, IsRefusedWhereverItIsCutShort) {
  write_sweep_file(path(), sample_record());
  const auto bytes = read_file(path());
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    overwrite(bytes.substr(0, size));
    EXPECT_THROW(read_sweep_file(path()), UserError) << size;
  }
  overwrite(bytes.substr(0, bytes.size() - 20));
  EXPECT_THAT(user_error([&] { read_sweep_file(path()); }),
              AllOf(HasSubstr("sweep.h5"), HasSubstr("cut short or changed"), HasSubstr("ksweep run")));
}

TEST_F(SweepFileTest, IsRefusedWithASingleBitChanged) {
  write_sweep_file(path(), sample_record());
  const auto bytes = read_file(path());
  for (std::size_t position = 0; position < bytes.size(); position += 101) {
    auto damaged = bytes;
    damaged[position] ^= 16;
    overwrite(damaged);
    EXPECT_THROW(read_sweep_file(path()), UserError) << position;
  }
}

TEST_F(SweepFileTest, RefusesWhatIsNoSweep) {
  overwrite("hello");
  EXPECT_THROW(read_sweep_file(path()), UserError);
  overwrite("");
  EXPECT_THROW(read_sweep_file(path()), UserError);
  EXPECT_THROW(read_sweep_file(folder / "absent.h5"), UserError);
  EXPECT_THROW(read_sweep_file(folder), UserError);
}

TEST_F(SweepFileTest, IsRefusedIfWholeButNoSweep) {
  for (const std::string& image : {Netcdf4File().image(), encode_trial(sample_result()).substr(512)}) {
    overwrite(image + "\nksweep sweep sha256 " + sha256_hex(image) + "\n");
    EXPECT_THAT(user_error([&] { read_sweep_file(path()); }), HasSubstr("cannot be read as a sweep"));
  }
}

TEST_F(SweepFileTest, IsRefusedIfOfANewerFormat) {
  Netcdf4File file;
  file.attribute("Conventions", "ksweep-1");
  file.attribute("format_version", std::vector<std::int32_t>{2});
  overwrite(file.image() + "\nksweep sweep sha256 " + sha256_hex(file.image()) + "\n");
  EXPECT_THAT(user_error([&] { read_sweep_file(path()); }),
              HasSubstr("it has format 2, this program reads format 1"));
}

}  // namespace
}  // namespace ksweep
