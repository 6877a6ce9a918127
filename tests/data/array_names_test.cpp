#include "data/array_names.h"

#include "data/files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using Part = ArrayMeaning::Part;
using Role = ArrayMeaning::Role;

RawArray read(const std::string& name) { return {name, {1}, Element::u8, {std::byte{1}}}; }

TEST(ArrayNames, KnowsTheUsualNames) {
  const auto is = [](const char* name, Part part, Role role) {
    EXPECT_EQ(meaning_of(name), (ArrayMeaning{part, role})) << name;
  };
  for (const char* name : {"x", "X", "data", "images", "features"}) is(name, Part::whole, Role::samples);
  for (const char* name : {"y", "labels", "target", "Targets", "gnd"}) is(name, Part::whole, Role::labels);
  for (const char* name :
       {"x_train", "X_train", "train_x", "trainX", "Xtr", "train/data", "train_set_x", "train"})
    is(name, Part::train, Role::samples);
  for (const char* name : {"y_test", "test_y", "ytest", "test/target", "test_labels", "t10k-labels"})
    is(name, Part::test, Role::labels);
  is("x_val", Part::validation, Role::samples);
  for (const char* name : {"train_mean", "other", "list_classes", ""})
    EXPECT_EQ(meaning_of(name).role, Role::unknown) << name;
}

TEST(ArrayNames, FindsThePartsWhateverTheOrderOfTheWords) {
  const Parts parts = parts_by_name("f", {"test_y", "x_train", "y_train", "test_x"}, read);
  EXPECT_EQ(parts.train.name, "x_train");
  EXPECT_EQ(parts.train_labels->name, "y_train");
  EXPECT_EQ(parts.test->name, "test_x");
  EXPECT_EQ(parts.test_labels->name, "test_y");
  EXPECT_THAT(parts.unused, ElementsAre());
}

TEST(ArrayNames, ListsWhatIsNotUsed) {
  const Parts parts = parts_by_name("f", {"x", "target", "x_val", "mean"}, read);
  EXPECT_EQ(parts.train_labels->name, "target");
  EXPECT_THAT(parts.unused, ElementsAre("x_val", "mean"));
}

TEST(ArrayNames, RefusesTwoThatClaimToBeTheSame) {
  EXPECT_USER_ERROR(parts_by_name("f", {"x_train", "train_images", "y"}, read),
                    HasSubstr("f: x_train and train_images may both be meant"));
  EXPECT_USER_ERROR(parts_by_name("f", {"x_train", "x", "y"}, read),
                    HasSubstr("x_train and x may both be meant"));
  EXPECT_USER_ERROR(parts_by_name("f", {"x", "y", "labels"}, read),
                    HasSubstr("y and labels may both be meant"));
}

TEST(ArrayNames, NeedsSamples) {
  EXPECT_USER_ERROR(parts_by_name("f", {"a", "b"}, read), HasSubstr("f: holds the arrays a, b"));
  EXPECT_EQ(parts_by_name("f", {"a"}, read).train.name, "a");
}

TEST(ArrayNames, FindsTheLabelsBesideANamedArray) {
  EXPECT_EQ(parts_of_named("f", "images", {"images", "target", "z"}, read).train_labels->name, "target");
  const Parts parts = parts_of_named("f", "test_x", {"train_x", "train_y", "test_x", "test_y"}, read);
  EXPECT_EQ(parts.train_labels->name, "test_y");
  EXPECT_THAT(parts.unused, ElementsAre("train_x", "train_y"));
}

}  // namespace
}  // namespace ksweep
