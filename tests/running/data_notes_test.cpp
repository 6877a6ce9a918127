#include "run/data_notes.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

/// counts: (class) training and test samples.
std::vector<std::string> notes_of(const std::vector<std::pair<int, int>>& counts, int n_train) {
  std::vector<std::int32_t> train, test;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    train.insert(train.end(), counts[i].first, static_cast<std::int32_t>(i));
    test.insert(test.end(), counts[i].second, static_cast<std::int32_t>(i));
  }
  Dataset dataset;
  dataset.n_classes = static_cast<int>(counts.size());
  dataset.n_train = train.size();
  dataset.n_test = test.size();
  dataset.train_labels = train.data();
  dataset.test_labels = test.data();
  dataset.notes = {"It looks odd."};
  Trial trial = default_trial();
  trial.data_set = "few";
  trial.n_train = n_train;
  trial.n_validation = 5;
  return data_notes(std::span(&trial, 1), [&](const Trial&) -> const Dataset& { return dataset; });
}

TEST(DataNotes, NameRareClassesOfTheTestPartAndThoseThatItLacks) {
  // Half of the samples are trained on: 10 of class 1, which is enough, and 9 of class 2.
  EXPECT_THAT(
      notes_of({{200, 5}, {20, 3}, {18, 3}, {12, 0}}, 125),
      ElementsAre(
          "few: It looks odd.",
          "few: too few training samples of 1 class of the test part, so that accuracy says little of "
          "them: 2 (3 test, about 9 training samples)",
          "few: no test sample of 1 class: 3"));
}

TEST(DataNotes, OfManyClassesNameTheFirst) {
  EXPECT_THAT(
      notes_of({{200, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 2}}, 100),
      ElementsAre(
          "few: It looks odd.",
          "few: too few training samples of 6 classes of the test part, so that accuracy says little of "
          "them: 1 (1 test, no training samples), 2 (1 test, no training samples), 3 (1 test, no training "
          "samples), 4 (1 test, no training samples), 5 (1 test, no training samples) and 1 more"));
}

}  // namespace
}  // namespace ksweep
