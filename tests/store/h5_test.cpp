#include "store/h5.h"

#include <gmock/gmock.h>

namespace ksweep::h5 {
namespace {

TEST(Hdf5InMemory, KeepsTwoFilesApart) {
  const auto one = create_file();
  const auto other = create_file();
  write_attribute(one, "name", std::string("one"));
  write_attribute(other, "name", std::string("other"));
  EXPECT_EQ(read_text(open_image(image_of(one)), "name"), "one");
  EXPECT_EQ(read_text(open_image(image_of(other)), "name"), "other");
}

TEST(Hdf5InMemory, KeepsTextsOfAnyLength) {
  const auto file = create_file();
  for (const std::string& text : {std::string(), std::string("k = 25\n"), std::string(100'000, 'x')}) {
    const auto name = "heap" + std::to_string(text.size()), fixed = "fixed" + std::to_string(text.size());
    write_attribute(file, name.c_str(), text);
    EXPECT_EQ(read_text(file, name.c_str()), text);
    write_fixed_text(file, fixed.c_str(), text);
    EXPECT_EQ(read_text(file, fixed.c_str()), text);
  }
}

TEST(Hdf5InMemory, WritesNoTextThatIsNotUtf8) {
  const auto file = create_file();
  write_attribute(file, "heap", std::string("caf\xE9"));
  write_fixed_text(file, "fixed", "caf\xE9");
  EXPECT_EQ(read_text(file, "heap"), "caf\\xe9");
  EXPECT_EQ(read_text(file, "fixed"), "caf\\xe9");
  const auto set = create_dataset(file, "texts", text_type(), {2}, Layout::contiguous);
  write_texts(set, {"caf\xC3\xA9", "caf\xE9"}, "texts");
  EXPECT_THAT(read_texts(set), ::testing::ElementsAre("caf\xC3\xA9", "caf\\xe9"));
}

TEST(Hdf5InMemory, GivesHdf5sReasonInItsErrors) {
  try {
    open_image("no HDF5 file");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "HDF5, opening: file signature not found");
  }
}

TEST(Hdf5InMemory, FindsNoDatasetWhereThereIsNone) {
  const auto file = create_file();
  EXPECT_FALSE(find_dataset(file, "absent"));
  EXPECT_THROW(read_text(file, "absent"), Error);
}

TEST(Hdf5InMemory, RefusesADatasetOfAnotherShape) {
  const auto file = create_file();
  const auto set = write_dataset<double>(file, "x", {2, 1}, std::vector{1.0, 2.0}.data(), Layout::compact);
  EXPECT_THROW(shape_of(set, 1), Error);
  EXPECT_THROW(read_texts(set), Error);
  EXPECT_THAT(read_values<double>(set, shape_of(set, 2)), ::testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace ksweep::h5
