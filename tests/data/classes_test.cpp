#include "data/classes.h"

#include <limits>

#include "data/arrays.h"
#include "data/files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

RawArray texts(const std::vector<std::string>& values) {
  return {"file", {values.size()}, Element::text, bytes_of_texts(values)};
}

TEST(Classes, AreTheDistinctLabelsInAscendingOrder) {
  const Classes classes = number_classes(array({4}, Element::i32, native({20, -10, 100, 20})), nullptr);
  EXPECT_THAT(classes.names, ElementsAre("-10", "20", "100"));
  EXPECT_THAT(classes.train, ElementsAre(1, 0, 2, 1));
}

TEST(Classes, AreCountedOverBothParts) {
  const RawArray test = array({2}, Element::u8, bytes_of({3, 200}));
  const Classes classes = number_classes(array({1}, Element::f32, native({3.f})), &test);
  EXPECT_THAT(classes.names, ElementsAre("3", "200"));
  EXPECT_THAT(classes.test, ElementsAre(0, 1));
}

TEST(Classes, MayBeTexts) {
  const Classes classes = number_classes(texts({"dog", "Katze", "dog", "\u00e4"}), nullptr);
  EXPECT_THAT(classes.names, ElementsAre("Katze", "dog", "\u00e4"));
  EXPECT_THAT(classes.train, ElementsAre(1, 0, 1, 2));
}

TEST(Classes, DoNotDependOnTheTypeOfTheirNumbers) {
  EXPECT_THAT(number_classes(texts({"10", "9"}), nullptr).names, ElementsAre("9", "10"));
  EXPECT_THAT(number_classes(texts({"07", "7"}), nullptr).names, ElementsAre("07", "7"));
}

TEST(Classes, AcceptsLabelsInOneColumnOrRow) {
  EXPECT_EQ(count_labels(array({2, 1}, Element::u8, bytes_of({3, 0}))), 2u);
  EXPECT_EQ(count_labels(array({1, 2}, Element::u8, bytes_of({3, 0}))), 2u);
}

TEST(Classes, RefusesLabelsThatAreNone) {
  EXPECT_USER_ERROR(number_classes(array({2}, Element::f32, native({1.f, 0.5f})), nullptr),
                    HasSubstr("file: label of sample 1 (counted from 0) is 0.5"));
  EXPECT_USER_ERROR(
      number_classes(array({1}, Element::f32, native({std::numeric_limits<float>::quiet_NaN()})), nullptr),
      HasSubstr("label of sample 0 (counted from 0) is nan"));
  EXPECT_USER_ERROR(number_classes(array({1}, Element::u64, native({~std::uint64_t{0}})), nullptr),
                    HasSubstr("is beyond 2^53"));
  EXPECT_USER_ERROR(number_classes(texts({"a", ""}), nullptr),
                    HasSubstr("label of sample 1 (counted from 0) is an empty"));
}

TEST(Classes, RefusesOneHotLabels) {
  EXPECT_USER_ERROR(number_classes(array({2, 2}, Element::u8, bytes_of({0, 1, 1, 0})), nullptr),
                    HasSubstr("not one-hot rows"));
}

TEST(Classes, RefusesMoreClassesThanResultsAreKeptOf) {
  std::vector<std::string> many;
  for (int i = 0; i < 10001; ++i) many.push_back(std::to_string(i));
  EXPECT_USER_ERROR(number_classes(texts(many), nullptr), HasSubstr("10001 distinct values"));
}

}  // namespace
}  // namespace ksweep
