#include "data/shard_index.h"

#include "data/safetensors_files.h"
#include "refusal.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
namespace fs = std::filesystem;

/// A folder with two files: one of a matrix `a`, documents `b`, and labels `y`; one of a matrix `c`.
class ShardIndex : public testing::Test {
 protected:
  ShardIndex() {
    folder_.write("1.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                                               R"("b":{"dtype":"F32","shape":[1,1,2],"data_offsets":[8,16]},)"
                                               R"("y":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}})",
                                               std::string(20, '\0')));
    folder_.write("2.safetensors", safetensors(one_tensor("F32", "[1,2]", 8, "c"), std::string(8, '\0')));
  }
  /// Returns the arrays that an index of this text lists, as "file:name".
  std::vector<std::string> listed(const std::string& text) {
    folder_.write(index_.filename(), text);
    std::vector<std::string> found;
    for (const SetPlace& place : shards_of_index(index_)) {
      EXPECT_EQ(place.path.parent_path(), folder_.path());
      found.push_back(place.path.filename().string() + ":" + place.object);
    }
    return found;
  }
  /// Why an index is refused.
  std::string reason() {
    const std::string text = refusal([&] { shards_of_index(index_); });
    const std::string
        before = index_.string() + ": ",
        after =
            ": which files hold the samples is unclear. Mend the index, or remove it to read all files "
            "beside it.";
    if (!text.starts_with(before) || !text.ends_with(after)) return "another refusal: " + text;
    return text.substr(before.size(), text.size() - before.size() - after.size());
  }
  std::string reason(const std::string& text) {
    folder_.write(index_.filename(), text);
    return reason();
  }

  const TemporaryFolder folder_;
  const fs::path index_ = folder_.path() / "model.safetensors.index.json";
};

TEST_F(ShardIndex, ListsArraysOfTwoOrThreeDimensionsWithTheirFiles) {
  EXPECT_THAT(listed(R"({"weight_map":{"y":"1.safetensors","c":"2.safetensors","b":"1.safetensors",)"
                     R"("a":"1.safetensors"}})"),
              ElementsAre("1.safetensors:a", "1.safetensors:b", "2.safetensors:c"));
}

TEST_F(ShardIndex, LeavesOutWhatItDoesNotName) {
  EXPECT_THAT(listed(R"({"metadata":{"total_size":8},"weight_map":{"b":"1.safetensors"}})"),
              ElementsAre("1.safetensors:b"));
}

TEST_F(ShardIndex, IsRefusedUnlessItIsAMapOfNames) {
  const std::string no_map = "is no JSON with a weight_map";
  for (const char* text : {"", "{", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":"1.safetensors"})"})
    EXPECT_EQ(reason(text), no_map) << text;
}

TEST_F(ShardIndex, IsRefusedIfItNamesAFileElsewhere) {
  for (const char* file :
       {"3", "null", R"("sub/1.safetensors")", R"("../1.safetensors")", R"("/1.safetensors")"})
    EXPECT_EQ(reason(R"({"weight_map":{"a":)" + std::string(file) + "}}"),
              "its weight_map names no file in this folder for a")
        << file;
}

TEST_F(ShardIndex, IsRefusedIfAFileOrAnArrayIsNotThere) {
  EXPECT_EQ(reason(R"({"weight_map":{"a":"3.safetensors"}})"), "names 3.safetensors, which is not there");
  EXPECT_EQ(reason(R"({"weight_map":{"a":"1.safetensors","c":"1.safetensors"}})"),
            "names c in 1.safetensors, which does not hold it");
}

TEST_F(ShardIndex, IsRefusedIfItNamesNoSamples) {
  for (const char* map : {"{}", R"({"y":"1.safetensors"})"})
    EXPECT_EQ(reason(R"({"weight_map":)" + std::string(map) + "}"),
              "names no array of two or three dimensions");
}

TEST_F(ShardIndex, OfManyBracketsDoesNotFillTheStack) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_THAT(listed(R"({"metadata":)" + deep + R"(,"weight_map":{"a":"1.safetensors"}})"),
              ElementsAre("1.safetensors:a"));
}

TEST_F(ShardIndex, OfMoreThan100MegabytesIsNotRead) {
  const std::string too_large = "is too large or cannot be read";
  EXPECT_EQ(reason(), too_large);  // it is not there
  folder_.write(index_.filename(), "");
  fs::resize_file(index_, 104'857'600);
  EXPECT_EQ(reason(), "is no JSON with a weight_map");
  fs::resize_file(index_, 104'857'601);
  EXPECT_EQ(reason(), too_large);
}

}  // namespace
}  // namespace ksweep
