#include "data/assemble.h"

#include "data/files.h"

namespace ksweep {
namespace {

RawArray bytes(const std::string& name, std::vector<std::size_t> dims, const std::string& content) {
  const auto* start = reinterpret_cast<const std::byte*>(content.data());
  return {name, std::move(dims), Element::u8, {start, start + content.size()}};
}

RawArray labels(const std::string& name, const std::string& content) {
  return bytes(name, {content.size()}, content);
}

TEST(Assemble, TakesTheLastSixthForTestingIfThereIsNoTestPart) {
  const Dataset dataset =
      assemble("s", "folder",
               {bytes("a", {13, 1}, "abcdefghijklm"), labels("b", std::string(12, '\0') + '\1'), {}, {}});
  EXPECT_EQ(dataset.n_train, 11u);
  EXPECT_EQ(dataset.n_test, 2u);
  EXPECT_EQ(dataset.test()(0, 0), static_cast<float>('l') / 255);
  EXPECT_EQ(dataset.test_labels[1], 1);
  EXPECT_THAT(dataset.source, HasSubstr("no test part: the last 2 of 13 samples"));
}

TEST(Assemble, NeedsSixSamplesToSetSomeAside) {
  EXPECT_USER_ERROR(assemble("s", "f", {bytes("a", {5, 1}, "abcde"), {}, {}, {}}),
                    HasSubstr("at least 6 are needed"));
}

TEST(Assemble, CountsClassesOverBothParts) {
  const Parts parts{bytes("a", {1, 1}, "a"), labels("b", bytes_of({1})), bytes("c", {1, 1}, "c"),
                    labels("d", bytes_of({4}))};
  EXPECT_EQ(assemble("s", "f", parts).n_classes, 5);
}

TEST(Assemble, LeavesLabelsNullIfThereAreNone) {
  const Dataset dataset = assemble("s", "f", {bytes("a", {6, 1}, "abcdef"), {}, {}, {}});
  EXPECT_EQ(dataset.n_classes, 0);
  EXPECT_EQ(dataset.train_labels, nullptr);
  EXPECT_EQ(dataset.test_labels, nullptr);
}

TEST(Assemble, RefusesPartsThatDoNotBelongTogether) {
  const auto train = bytes("train", {2, 2}, "abcd");
  EXPECT_USER_ERROR(assemble("s", "f", {train, labels("labels", bytes_of({0, 1, 1})), {}, {}}),
                    HasSubstr("labels: 3 labels for the 2 samples of train"));
  EXPECT_USER_ERROR(assemble("s", "f", {train, {}, bytes("test", {1, 3}, "abc"), {}}),
                    HasSubstr("test: its size is 1 x 3, but that of train is 2 x 2"));
  EXPECT_USER_ERROR(
      assemble("s", "f", {train, labels("l", bytes_of({0, 1})), bytes("test", {1, 2}, "ab"), {}}),
      HasSubstr("test: these samples have no labels"));
  EXPECT_USER_ERROR(assemble("s", "f", {train, {}, bytes("test", {1, 2}, "ab"), labels("l", bytes_of({0}))}),
                    HasSubstr("train: these samples have no labels"));
  EXPECT_USER_ERROR(assemble("s", "f", {train, {}, {}, labels("test-labels", bytes_of({0}))}),
                    HasSubstr("test-labels: labels of test samples, but there are no test samples"));
}

TEST(Assemble, TellsContentsApartByHash) {
  const auto hash = [](std::vector<std::size_t> dims, const std::string& samples,
                       const std::string& classes) {
    return assemble("s", "f", {bytes("a", std::move(dims), samples), labels("b", classes), {}, {}})
        .content_hash;
  };
  const std::string classes = bytes_of({0, 1, 0, 1, 0, 1});
  const std::string first = hash({6, 2}, "abcdefghijkl", classes);
  EXPECT_EQ(first, hash({6, 2}, "abcdefghijkl", classes));
  EXPECT_NE(first, hash({6, 2}, "abcdefghijkX", classes));
  EXPECT_NE(first, hash({6, 2, 1}, "abcdefghijkl", classes));
  EXPECT_NE(first, hash({6, 2}, "abcdefghijkl", bytes_of({0, 1, 0, 1, 1, 1})));
  EXPECT_NE(first, hash({6, 2}, "abcdefghijkl", bytes_of({0, 1, 0, 1, 0, 0}))) << "a test label";
  EXPECT_NE(first, hash({6, 2}, "Xbcdefghijkl", classes)) << "a training sample";
}

TEST(PartsByName, PrefersTheNamesOfKerasAndIgnoresCase) {
  const auto read = [](const std::string& name) { return bytes(name, {1}, "a"); };
  const Parts parts = parts_by_name("f", {"X_train", "y_train", "other"}, read);
  EXPECT_EQ(parts.train.name, "X_train");
  EXPECT_EQ(parts.train_labels->name, "y_train");
  EXPECT_FALSE(parts.test.has_value());
  EXPECT_EQ(parts_by_name("f", {"x", "labels"}, read).train_labels->name, "labels");
}

}  // namespace
}  // namespace ksweep
