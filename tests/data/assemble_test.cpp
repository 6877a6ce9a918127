#include "data/assemble.h"

#include <algorithm>
#include <array>

#include "data/files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

RawArray bytes(const std::string& name, std::vector<std::size_t> dims, const std::string& content) {
  const auto* start = reinterpret_cast<const std::byte*>(content.data());
  return {name, std::move(dims), Element::u8, {start, start + content.size()}};
}

RawArray labels(const std::string& name, const std::string& content) {
  return bytes(name, {content.size()}, content);
}

Dataset assembled(Parts parts, const Preparation& preparation = {}) {
  return assemble({"s", {}, 0, 0, preparation}, "f", std::move(parts));
}

TEST(Assemble, TakesTheLastSixthForTestingIfAsked) {
  const Dataset dataset =
      assembled({bytes("a", {13, 1}, "abcdefghijklm"), labels("b", std::string(12, '\0') + '\1'), {}, {}},
                {.scale = 1, .test_part = TestPart::last});
  EXPECT_EQ(dataset.n_train, 11u);
  EXPECT_EQ(dataset.n_test, 2u);
  EXPECT_EQ(dataset.test()(0, 0), static_cast<float>('l'));
  EXPECT_EQ(dataset.test_labels[1], 1);
  EXPECT_THAT(dataset.notes,
              ElementsAre(HasSubstr("2 of the 13 samples are the test set, the last in file order")));
}

TEST(Assemble, TakesATestPartOfEveryClassFromSortedSamples) {
  std::string samples, classes;
  for (int i = 0; i < 60; ++i) samples += static_cast<char>(i + 1), classes += static_cast<char>(i / 20);
  const Dataset dataset =
      assembled({bytes("a", {60, 1}, samples), labels("b", classes), {}, {}}, {.scale = 1});
  ASSERT_EQ(dataset.n_test, 10u);
  std::array<int, 3> of_class{};
  for (std::size_t row = 0; row < 10; ++row) {
    ++of_class.at(static_cast<std::size_t>(dataset.test_labels[row]));
    EXPECT_EQ(dataset.test_labels[row], (static_cast<int>(dataset.test_samples[row]) - 1) / 20);
  }
  EXPECT_THAT(of_class, ElementsAre(3, 3, 4));
  EXPECT_TRUE(std::is_sorted(dataset.train_samples, dataset.train_samples + 50))
      << "the others keep their order";
  EXPECT_FALSE(std::is_sorted(dataset.test_labels, dataset.test_labels + 10))
      << "the first of them are of all classes";
  EXPECT_THAT(dataset.notes,
              ElementsAre(HasSubstr("10 of the 60 samples are the test set, taken at random from every")));
}

TEST(Assemble, DividesAllPartsByOneNumberThatTheContentTells) {
  const std::string test = native({102.0, 0.0});
  const auto* start = reinterpret_cast<const std::byte*>(test.data());
  const RawArray doubles{"t", {2, 1}, Element::f64, {start, start + test.size()}};
  const Dataset dataset = assembled({bytes("a", {2, 1}, bytes_of({255, 0})), {}, doubles, {}});
  EXPECT_EQ(dataset.scale, 255);
  EXPECT_EQ(dataset.train()(0, 0), 1);
  EXPECT_EQ(dataset.test()(0, 0), 0.4f);
  EXPECT_EQ(assembled({bytes("a", {2, 1}, bytes_of({16, 0})), {}, bytes("t", {1, 1}, bytes_of({8})), {}})
                .test()(0, 0),
            0.5f);
}

TEST(Assemble, DividesByTheScaleThatIsAskedFor) {
  const Dataset dataset = assembled(
      {bytes("a", {2, 1}, bytes_of({10, 0})), {}, bytes("t", {1, 1}, bytes_of({5})), {}}, {.scale = 20});
  EXPECT_EQ(dataset.train()(0, 0), 0.5f);
  EXPECT_EQ(dataset.test()(0, 0), 0.25f);
}

TEST(Assemble, RefusesPartsOfTwoScales) {
  const std::string unit = native({0.5f, 0.9f, 0.1f});
  const auto* start = reinterpret_cast<const std::byte*>(unit.data());
  const RawArray floats{"floats", {3, 1}, Element::f32, {start, start + unit.size()}};
  const RawArray pixels = bytes("pixels", {3, 1}, bytes_of({128, 230, 25}));
  EXPECT_USER_ERROR(assembled({pixels, {}, floats, {}}), HasSubstr("floats: its numbers reach 0.0039"));
  EXPECT_USER_ERROR(assembled({floats, {}, pixels, {}}),
                    HasSubstr("pixels: its numbers reach 230, those of floats 0.9"));
}

TEST(Assemble, NotesSamplesThatAreZeroThroughout) {
  const Dataset dataset = assembled(
      {bytes("a", {4, 2}, bytes_of({1, 2, 0, 0, 3, 4, 0, 0})), {}, bytes("t", {1, 2}, bytes_of({4, 4})), {}});
  EXPECT_THAT(
      dataset.notes,
      ElementsAre(HasSubstr("2 of 4 training samples are zero throughout, the first of them number 1")));
}

TEST(Assemble, NotesWhatIsNotUsed) {
  Parts parts{bytes("a", {1, 1}, "a"), {}, bytes("t", {1, 1}, "a"), {}};
  parts.unused = {"x_val", "mean"};
  EXPECT_THAT(assembled(parts).notes, ElementsAre("not used: x_val, mean"));
}

TEST(Assemble, NeedsSixSamplesToSetSomeAside) {
  EXPECT_USER_ERROR(assembled({bytes("a", {5, 1}, "abcde"), {}, {}, {}}), HasSubstr("at least 6 are needed"));
}

TEST(Assemble, CountsDistinctLabelsOfBothParts) {
  const Parts parts{bytes("a", {1, 1}, "a"), labels("b", bytes_of({1})), bytes("c", {1, 1}, "c"),
                    labels("d", bytes_of({4}))};
  const Dataset dataset = assembled(parts);
  EXPECT_EQ(dataset.n_classes, 2);
  EXPECT_THAT(dataset.class_names, ElementsAre("1", "4"));
  EXPECT_EQ(dataset.test_labels[0], 1);
}

TEST(Assemble, SaysIfTheLabelsFitTheOtherAxis) {
  EXPECT_USER_ERROR(assembled({bytes("x", {2, 3}, "abcdef"), labels("y", bytes_of({0, 1, 1})), {}, {}}),
                    HasSubstr("They fit the other axis"));
}

TEST(Assemble, LeavesLabelsNullIfThereAreNone) {
  const Dataset dataset = assembled({bytes("a", {6, 1}, "abcdef"), {}, {}, {}});
  EXPECT_EQ(dataset.n_classes, 0);
  EXPECT_EQ(dataset.train_labels, nullptr);
  EXPECT_EQ(dataset.test_labels, nullptr);
}

TEST(Assemble, RefusesPartsThatDoNotBelongTogether) {
  const auto train = bytes("train", {2, 2}, "abcd");
  EXPECT_USER_ERROR(assembled({train, labels("labels", bytes_of({0, 1, 1})), {}, {}}),
                    HasSubstr("labels: 3 labels for the 2 samples of train"));
  EXPECT_USER_ERROR(assembled({train, {}, bytes("test", {1, 3}, "abc"), {}}),
                    HasSubstr("test: its size is 1 x 3, but that of train is 2 x 2"));
  EXPECT_USER_ERROR(assembled({train, labels("l", bytes_of({0, 1})), bytes("test", {1, 2}, "ab"), {}}),
                    HasSubstr("test: these samples have no labels"));
  EXPECT_USER_ERROR(assembled({train, {}, bytes("test", {1, 2}, "ab"), labels("l", bytes_of({0}))}),
                    HasSubstr("train: these samples have no labels"));
  EXPECT_USER_ERROR(assembled({train, {}, {}, labels("test-labels", bytes_of({0}))}),
                    HasSubstr("test-labels: labels of test samples, but there are no test samples"));
}

TEST(Assemble, TellsContentsApartByHash) {
  const auto hash = [](std::vector<std::size_t> dims, const std::string& samples,
                       const std::string& classes) {
    return assembled({bytes("a", std::move(dims), samples), labels("b", classes), {}, {}},
                     {.scale = 255, .test_part = TestPart::last})
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

}  // namespace
}  // namespace ksweep
