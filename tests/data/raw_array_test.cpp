#include "data/raw_array.h"

#include <cmath>
#include <limits>

#include "data/arrays.h"
#include "data/files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

TEST(RawArray, DividesSamplesByTheScale) {
  EXPECT_THAT(to_samples(array({1, 3}, Element::u8, bytes_of({0, 51, 255})), 255), ElementsAre(0, 0.2f, 1));
  EXPECT_THAT(to_samples(array({1, 2}, Element::f64, native({-2.5, 300.0})), 1), ElementsAre(-2.5f, 300));
}

TEST(RawArray, TellsTheScaleByContentWhateverTheType) {
  EXPECT_EQ(scale_of(array({1, 3}, Element::u8, bytes_of({0, 51, 255}))), 255);
  EXPECT_EQ(scale_of(array({1, 3}, Element::f32, native({0.f, 51.f, 255.f}))), 255);
  EXPECT_EQ(scale_of(array({1, 2}, Element::i64, native<std::int64_t>({16, 3}))), 16);
  EXPECT_EQ(scale_of(array({1, 2}, Element::u16, native<std::uint16_t>({65535, 3}))), 65535);
  EXPECT_EQ(scale_of(array({1, 2}, Element::u8, bytes_of({1, 0}))), 1);
  EXPECT_EQ(scale_of(array({1, 2}, Element::u8, bytes_of({0, 0}))), 1) << "nothing to divide by";
  EXPECT_EQ(scale_of(array({1, 2}, Element::i16, native<std::int16_t>({-7, 255}))), 1) << "below zero";
  EXPECT_EQ(scale_of(array({1, 2}, Element::f32, native({0.5f, 255.f}))), 1) << "not whole";
}

TEST(RawArray, TurnsFortranOrderIntoCOrder) {
  RawArray samples = array({2, 3}, Element::u8, "adbecf");
  to_c_order(samples);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(samples.bytes.data()), 6), "abcdef");
}

TEST(RawArray, SwapsTheAxesOfEachImage) {
  RawArray samples = array({2, 2, 3}, Element::u8, "abcdefghijkl");
  swap_last_axes(samples);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(samples.bytes.data()), 12), "adbecfgjhkil");
  EXPECT_THAT(samples.dims, ElementsAre(2, 3, 2));
}

TEST(RawArray, RefusesTextsAsSamples) {
  EXPECT_USER_ERROR(sample_shape({"file", {1, 1}, Element::text, bytes_of_texts({"a"})}),
                    HasSubstr("file: holds texts"));
}

TEST(RawArray, NamesTheSampleThatIsNotANumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_USER_ERROR(to_samples(array({2, 2}, Element::f32, native({1.f, 2.f, 3.f, nan})), 1),
                    HasSubstr("file: sample 1 (counted from 0), number 1 is NaN"));
}

TEST(RawArray, NamesTheSampleThatIsInfiniteAsAFloat) {
  EXPECT_USER_ERROR(to_samples(array({1, 1}, Element::f64, native({1e300})), 1),
                    HasSubstr("sample 0 (counted from 0), number 0 is infinite"));
}

TEST(RawArray, PutsChannelsFirst) {
  std::string pixels;
  for (int pixel = 0; pixel < 5; ++pixel) pixels += bytes_of({pixel, 10 + pixel});  // (1, 5, 1, 2)
  const auto samples = array({1, 5, 1, 2}, Element::i8, pixels);
  EXPECT_THAT(to_samples(samples, 1), ElementsAre(0, 1, 2, 3, 4, 10, 11, 12, 13, 14));
  EXPECT_EQ(sample_shape(samples).channels, 2);
  EXPECT_EQ(sample_shape(samples).height, 5);
}

TEST(RawArray, TakesUpToFourNumbersLastForChannels) {
  EXPECT_EQ(sample_shape(array({1, 5, 6, 4}, Element::u8, "")).channels, 4);  // with transparency
  EXPECT_EQ(sample_shape(array({1, 5, 6, 5}, Element::u8, "")).channels, 5);  // the first of the three
  EXPECT_EQ(sample_shape(array({1, 5, 6, 5}, Element::u8, "")).width, 5);
}

TEST(RawArray, ReadsFourDimensionsAsChannelsHeightWidth) {
  const SampleShape shape = sample_shape(array({9, 3, 32, 16}, Element::u8, ""));
  EXPECT_EQ(shape.channels, 3);
  EXPECT_EQ(shape.height, 32);
  EXPECT_EQ(shape.width, 16);
}

TEST(RawArray, RefusesSamplesOfOneOrFiveDimensions) {
  EXPECT_USER_ERROR(sample_shape(array({9}, Element::u8, "")), HasSubstr("2, 3 or 4 dimensions"));
  EXPECT_USER_ERROR(sample_shape(array({9, 1, 1, 1, 1}, Element::u8, "")), HasSubstr("2, 3 or 4 dimensions"));
}

TEST(RawArray, RefusesSizesThatNoFileCanHold) {
  EXPECT_USER_ERROR(count_elements("file", {4294967295, 4294967295, 4294967295}),
                    HasSubstr("the header is wrong"));
}

TEST(RawArray, RefusesAnArrayOfNothing) {
  EXPECT_USER_ERROR(count_elements("file", {0, 28, 28}),
                    HasSubstr("its size is 0 x 28 x 28, so it holds nothing"));
}

}  // namespace
}  // namespace ksweep
