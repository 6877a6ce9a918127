#include <gmock/gmock.h>

#include "equal.h"
#include "samples.h"
#include "scratch.h"
#include "store/results_hash.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MergeTest : public Scratch {
 protected:
  std::filesystem::path write(const std::string& name, const SweepRecord& record) {
    write_sweep_file(folder / name, record);
    return folder / name;
  }
  static SweepRecord with(std::vector<TrialResult> trials) {
    auto record = sample_record();
    record.best.clear();
    record.trials = std::move(trials);
    return record;
  }
};

TEST_F(MergeTest, TakesEachTrialFromTheFileThatHasItInOrderOfFirstAppearance) {
  const auto one = write("a.h5", with({sample_result(0), missing_result(1)}));
  const auto other =
      write("b.h5", with({failed_result(2), missing_result(0), sample_result(1), missing_result(3)}));
  const auto merged = merge({one, other});
  ASSERT_EQ(merged.trials.size(), 4u);
  expect_same_record(merged.trials[0], sample_result(0));
  expect_same_record(merged.trials[1], sample_result(1));
  expect_same_record(merged.trials[2], failed_result(2));
  expect_same_record(merged.trials[3], missing_result(3));
}

TEST_F(MergeTest, KeepsWhatNoFilesGridAsksForOnceAndTakesWhatOneAsksForFromTheOthers) {
  auto one = with({sample_result(0), missing_result(1)}), two = with({sample_result(2)});
  one.others = {sample_result(5)};
  two.others = {sample_result(5), sample_result(1)};
  const auto merged = merge({write("a.h5", one), write("b.h5", two)});
  ASSERT_EQ(merged.trials.size(), 3u);
  expect_same_record(merged.trials[1], sample_result(1));
  ASSERT_EQ(merged.others.size(), 1u);
  expect_same_record(merged.others[0], sample_result(5));
}

TEST_F(MergeTest, TakesConsistencyFromTheFirstFileThatHasIt) {
  auto alone = sample_result(0), first = alone, second = alone;
  alone.consistency = alone.consistency_by_chance = alone.reappearing_units = not_measured;
  first.consistency = 0.75, first.consistency_by_chance = 0.25, first.reappearing_units = 0.5;
  second.consistency = 0.5;
  const auto merged =
      merge({write("a.h5", with({alone})), write("b.h5", with({first})), write("c.h5", with({second}))});
  ASSERT_EQ(merged.trials.size(), 1u);
  EXPECT_EQ(merged.trials[0].consistency, 0.75);
  EXPECT_EQ(merged.trials[0].consistency_by_chance, 0.25);
  EXPECT_EQ(merged.trials[0].reappearing_units, 0.5);
}

TEST_F(MergeTest, AcceptsEqualRecordsWithDifferentTimes) {
  auto later = sample_result(0);
  later.train_time_s = 1234;
  later.host = "node-2";
  const auto merged = merge({write("a.h5", with({sample_result(0)})), write("b.h5", with({later}))});
  ASSERT_EQ(merged.trials.size(), 1u);
  EXPECT_EQ(merged.trials[0].host, "node-1");
}

TEST_F(MergeTest, NamesFilesTrialQuantityAndValuesOfAConflict) {
  auto other = sample_result(0);
  other.test_accuracy = 0.5;
  const auto one = write("a.h5", with({sample_result(0)})), two = write("b.h5", with({other}));
  const auto text = user_error([&] { merge({one, two}); });
  EXPECT_EQ(text,
            two.string() + ": trial " + id_text(other.id) + " conflicts with " + one.string() +
                ": test_accuracy is 0.5 here and 0.1875 there: equal trials must give equal numbers. Look "
                "at which machine, version or --isa made each, and keep one.");
}

TEST_F(MergeTest, P11TakesADoneTrialForOneThatFailedElsewhereForWantOfMemory) {
  for (const auto reason : {out_of_memory_reason, set_aside_reason}) {
    TrialResult starved = failed_result(0);
    starved.id = sample_result(0).id;
    starved.reason = std::string(reason) + ": whatever";
    const auto one = write("a.h5", with({starved})), other = write("b.h5", with({sample_result(0)}));
    expect_same_record(merge({one, other}).trials.at(0), sample_result(0));
    expect_same_record(merge({other, one}).trials.at(0), sample_result(0));
  }
}

TEST_F(MergeTest, FindsConflictsInCurvesConfusionStatusAndWeights) {
  const auto conflict = [&](auto change) {
    auto other = sample_result(0);
    change(other);
    return user_error([&] {
      merge({write("a.h5", with({sample_result(0)})), write("b.h5", with({other}))});
    });
  };
  EXPECT_THAT(conflict([](TrialResult& result) { result.k_curve[2] = 0.5; }),
              HasSubstr("k_curve[2] is 0.5 here"));
  EXPECT_THAT(conflict([](TrialResult& result) { result.test_confusion[4] = 0; }),
              HasSubstr("test_confusion[4] is 0 here and 4 there"));
  EXPECT_THAT(conflict([](TrialResult& result) { result.status = Status::failed; }),
              HasSubstr("status is failed here and done there"));
  EXPECT_THAT(conflict([](TrialResult& result) { result.weights_sha256 = "x"; }),
              HasSubstr("weights_sha256 is x"));
}

TEST_F(MergeTest, NamesTheFileThatTheConflictingRecordCameFrom) {
  auto other = sample_result(1);
  other.test_accuracy = 0.5;
  const auto one = write("a.h5", with({sample_result(0)})), two = write("b.h5", with({sample_result(1)}));
  const auto three = write("c.h5", with({other}));
  EXPECT_THAT(user_error([&] {
                merge({one, two, three});
              }),
              AllOf(HasSubstr(three.string()), HasSubstr("conflicts with " + two.string())));
}

TEST_F(MergeTest, KeepsThePicturesOfTheBestTrialOfEachK) {
  auto good = sample_record(), better = sample_record();
  better.trials[0] = sample_result(8, 10);  // k = 10 again; higher seeds have higher accuracies here
  better.best[0].id = better.trials[0].id;
  better.best[0].filters.scale[0] = 4;
  const auto merged = merge({write("a.h5", good), write("b.h5", better)});
  ASSERT_EQ(merged.best.size(), 2u);
  EXPECT_EQ(merged.best[0].id, better.trials[0].id);
  expect_same_filters(merged.best[0].filters, better.best[0].filters);
  expect_same_filters(merged.best[1].filters, good.best[1].filters);
}

TEST_F(MergeTest, RemembersWhatWasMergedAndTheFirstFilesProvenance) {
  const auto one = write("a.h5", with({sample_result(0)})), two = write("b.h5", with({sample_result(1)}));
  const auto merged = merge({one, two});
  EXPECT_EQ(merged.provenance[0].second, "Accuracy versus k");
  EXPECT_EQ(merged.provenance.back(),
            std::pair(std::string("merged_from"), one.string() + "\n" + two.string()));
}

TEST_F(MergeTest, MakesAnAxisOfAKeyThatDiffersOnlyBetweenTheFiles) {
  auto one = with({sample_result(0, 10)}), two = with({sample_result(0, 25)});
  one.axes = two.axes = {"train.seed"};
  EXPECT_THAT(merge({write("a.h5", one), write("b.h5", two)}).axes, ElementsAre("train.seed", "model.k"));
}

TEST_F(MergeTest, RefusesPicturesOfDifferentShape) {
  auto other = with({sample_result(1)});
  other.height = 3;
  EXPECT_THAT(user_error([&] {
                merge({write("a.h5", with({sample_result(0)})), write("b.h5", other)});
              }),
              HasSubstr("another shape"));
}

TEST_F(MergeTest, IsTheIdentityOnOneFile) {
  const auto record = sample_record();
  const auto merged = merge({write("a.h5", record)});
  EXPECT_EQ(results_hash(merged.trials), results_hash(record.trials));
  EXPECT_EQ(merged.best.size(), 2u);
}

}  // namespace
}  // namespace ksweep
