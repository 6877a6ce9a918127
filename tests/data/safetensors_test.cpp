#include "data/safetensors.h"

#include "data/safetensors_files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

const TemporaryFolder folder;

Parts read(const std::string& bytes, const std::string& object = "/") {
  return read_safetensors(folder.write("a.safetensors", bytes), object);
}

TEST(Safetensors, ReadsFloat32) {
  const RawArray array =
      read(safetensors(one_tensor("F32", "[2,2]", 16), native({1.f, 2.f, 3.f, 4.f}))).train;
  EXPECT_THAT(array.dims, ElementsAre(2, 2));
  EXPECT_THAT(to_samples(array, 1), ElementsAre(1, 2, 3, 4));
}

// One, the smallest and the largest number of each type.
TEST(Safetensors, ReadsFloatsOf16BitsExactly) {
  EXPECT_THAT(to_samples(read(safetensors(one_tensor("F16", "[1,3]", 6),
                                          native<std::uint16_t>({0x3c00, 0x8001, 0x7bff})))
                             .train,
                         1),
              ElementsAre(1.f, -0x1p-24f, 65504.f));
  EXPECT_THAT(to_samples(read(safetensors(one_tensor("BF16", "[1,4]", 8),
                                          native<std::uint16_t>({0x3f80, 0x8001, 0x7f7f, 0x4049})))
                             .train,
                         1),
              ElementsAre(1.f, -0x1p-133f, 0x1.fep127f, 3.140625f));
}

TEST(Safetensors, TakesTheOnlyMatrixWhateverItsNameAndLabelsBesideIt) {
  const Parts parts = read(safetensors(
      R"({"__metadata__":{"format":"pt"},"labels":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
      R"("blocks.5.out":{"dtype":"F32","shape":[2,1],"data_offsets":[16,24]}})",
      native<std::int64_t>({7, 8}) + native({1.f, 2.f})));
  EXPECT_THAT(to_samples(parts.train, 1), ElementsAre(1, 2));
  ASSERT_TRUE(parts.train_labels);
  EXPECT_THAT(doubles_of(*parts.train_labels), ElementsAre(7, 8));
}

constexpr const char* two_matrices =
    R"({"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]}})";

TEST(Safetensors, TakesTheArrayThatIsNamed) {
  const std::string file = safetensors(two_matrices, native({1.f, 2.f}));
  EXPECT_THAT(to_samples(read(file, "b").train, 1), ElementsAre(2));
  EXPECT_USER_ERROR(read(file, "c"),
                    HasSubstr("there is no array c in it: the samples cannot be found. It holds: a, b."));
  EXPECT_USER_ERROR(read(file),
                    HasSubstr("holds the arrays a, b, so which of them are the samples is unclear"));
}

TEST(Safetensors, SaysThatArraysOfThreeDimensionsArePositions) {
  EXPECT_TRUE(read(safetensors(one_tensor("F32", "[1,2,1]", 8), native({1.f, 2.f}))).train.positions);
  EXPECT_FALSE(read(safetensors(one_tensor("F32", "[2,1]", 8), native({1.f, 2.f}))).train.positions);
}

TEST(Safetensors, TellsWhereTheNumbersLie) {
  const auto tensors =
      read_safetensors_header(folder.write("b.safetensors", safetensors(two_matrices, native({1.f, 2.f}))));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[1].array.offset, 8 + std::string(two_matrices).size() + 4);
  EXPECT_EQ(tensors[1].array.element, Element::f32);
}

TEST(Safetensors, RefusesAHeaderThatDoesNotFitTheFile) {
  const std::string four = native({1.f, 2.f, 3.f, 4.f});
  const auto array = [](const std::string& name, const std::string& shape, const std::string& offsets) {
    return "\"" + name + R"(":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
  };
  const std::pair<std::string, const char*> cases[] = {
      {safetensors(one_tensor("F32", "[2,2]", 16), four.substr(1)),
       "the file is cut short, or its header lies"},
      {safetensors(one_tensor("F32", "[2,2]", 16), four + "x"),
       "1 bytes behind the last array belong to none"},
      {safetensors(one_tensor("F32", "[2,3]", 16), four),
       "its shape 2 x 3 takes 24 bytes, its data_offsets 16"},
      {safetensors(one_tensor("F32", "[4611686018427387904,4]", 16), four), "more than any file can hold"},
      {safetensors("{" + array("a", "[1,2]", "[0,8]") + "," + array("b", "[1,1]", "[12,16]") + "}", four),
       "b: bytes before it belong to no array"},
      {safetensors("{" + array("a", "[1,2]", "[0,8]") + "," + array("b", "[1,3]", "[4,16]") + "}", four),
       "b: it overlaps another array"},
      {safetensors("{" + array("a", "[1,4]", "[16,0]") + "}", four), "no place within"},
      {safetensors("{" + array("a", "[1,2]", "[0,8]") + "," + array("a", "[1,2]", "[8,16]") + "}", four),
       "its header has a twice"},
      {safetensors(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1,4],"data_offsets":[0,16]}})", four),
       "its header has dtype twice"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[-1,4],"data_offsets":[0,16]}})", four),
       "no shape of whole numbers"},
      {safetensors(R"({"a":{"dtype":"F32","shape":[1,4]}})", four), "no data_offsets of whole numbers"},
      {safetensors(R"({"a":{"shape":[1,4],"data_offsets":[0,16]}})", four), "its header gives no dtype"},
      {safetensors("{\"a\":[[[[[[]]]]]]}", ""), "nests deeper"},
      {safetensors("[1]", ""), "is no object of JSON"},
      {safetensors("{\"a\":", ""), "is not valid JSON"},
      {"\xff\xff\xff\xff\xff\xff\xff\x7f{}", "claims a header of 9223372036854775807 bytes in a file of 10"},
      {"abc", "is too short for the header"},
  };
  for (const auto& [bytes, message] : cases) EXPECT_USER_ERROR(read(bytes), HasSubstr(message));
}

TEST(Safetensors, RefusesTypesThatItCannotRead) {
  EXPECT_USER_ERROR(
      read(safetensors(one_tensor("F8_E4M3", "[2,2]", 4), "abcd")),
      HasSubstr("acts: its dtype is F8_E4M3: what can be read is F32, F16, BF16, F64 and whole numbers"));
}

TEST(Safetensors, AreRecognisedByTheirFirstBytesOrTheirName) {
  EXPECT_TRUE(is_safetensors("x.bin", safetensors("{}", "").substr(0, 9)));
  EXPECT_TRUE(is_safetensors("x.safetensors", "abc"));
  EXPECT_FALSE(is_safetensors("x.npy", std::string("\x93NUMPY\1\0\x76", 9)));
}

}  // namespace
}  // namespace ksweep
