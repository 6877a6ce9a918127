#include "data/positions.h"

#include <limits>

#include "data/arrays.h"
#include "data/files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

/// 2 documents of 3 positions of 2 inputs: 0 to 11.
RawArray documents() {
  RawArray samples = array({2, 3, 2}, Element::u8, bytes_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  samples.positions = true;
  return samples;
}

TEST(Positions, BecomeSamplesOfTheirOwn) {
  RawArray samples = documents();
  EXPECT_EQ(
      flatten_positions(samples, not_skipped),
      "taken as documents x positions x inputs: 2 x 3 x 2; every position is a sample (data.skip_positions leaves "
      "some out)");
  EXPECT_THAT(samples.dims, ElementsAre(6, 2));
  EXPECT_THAT(doubles_of(samples), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
}

TEST(Positions, AreLeftOutInEveryDocument) {
  RawArray samples = documents();
  EXPECT_THAT(flatten_positions(samples, "0,2"),
              HasSubstr("every position is a sample, without position(s) 0,2"));
  EXPECT_THAT(samples.dims, ElementsAre(2, 2));
  EXPECT_THAT(doubles_of(samples), ElementsAre(2, 3, 8, 9));
}

TEST(Positions, OfArraysThatDoNotSaySoAreTakenOnlyIfSomeAreSkipped) {
  RawArray images = documents();
  images.positions = false;
  EXPECT_EQ(flatten_positions(images, not_skipped), "");
  EXPECT_THAT(images.dims, ElementsAre(2, 3, 2));
  flatten_positions(images, "0");
  EXPECT_THAT(images.dims, ElementsAre(4, 2));
}

TEST(Positions, AreRefusedIfTheyAreNotThere) {
  for (const char* text : {"x", "", "0,", "0,0", "-1", "0-2", "1.5", "99999999999999999999"})
    EXPECT_USER_ERROR(skipped_positions(text),
                      AllOf(StartsWith("data.skip_positions = "), HasSubstr("is no list")));
  EXPECT_THAT(skipped_positions("0, 12"), ElementsAre(0, 12));
  RawArray samples = documents(), matrix = array({2, 2}, Element::u8, "abcd");
  EXPECT_USER_ERROR(flatten_positions(samples, "3"),
                    HasSubstr("file has 3 positions, 0 to 2: there is no position 3"));
  EXPECT_USER_ERROR(flatten_positions(samples, "0,1,2"), HasSubstr("these are all positions of file"));
  EXPECT_USER_ERROR(flatten_positions(matrix, "0"),
                    HasSubstr("the size of file is 2 x 2: only arrays of documents"));
}

TEST(Positions, NameTheDocumentOfANumberThatIsNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  RawArray samples = array({2, 2, 1}, Element::f32, native({nan, 1.f, 2.f, nan}));
  EXPECT_USER_ERROR(flatten_positions(samples, "0"),
                    HasSubstr("document 1, position 1 (both counted from 0), number 0 is NaN"));
  RawArray others = array({2, 2, 1}, Element::f32, native({nan, 1.f, nan, 2.f}));
  flatten_positions(others, "0");
  EXPECT_THAT(to_samples(others, 1), ElementsAre(1, 2)) << "what is left out does not count";
}

}  // namespace
}  // namespace ksweep
