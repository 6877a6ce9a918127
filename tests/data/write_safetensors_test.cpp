#include "data/write_safetensors.h"

#include <array>

#include "data/files.h"
#include "data/load.h"
#include "data/safetensors.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::array<float, 4> numbers{1.5f, -2, 0.5f, 1e-30f};
const std::array<std::int32_t, 2> classes{1, 0};

template <class Number, std::size_t n>
std::string_view bytes_of(const std::array<Number, n>& array, std::size_t first, std::size_t count) {
  return {reinterpret_cast<const char*>(array.data() + first), count * sizeof(Number)};
}

/// Two samples, which are told in two pieces, and their classes.
std::vector<NewTensor> two_samples() {
  return {{"x_train",
           "F32",
           {2, 2},
           [](const TakeBytes& take) {
             take(bytes_of(numbers, 0, 2));
             take(bytes_of(numbers, 2, 2));
           }},
          {"y_train", "I32", {2}, [](const TakeBytes& take) { take(bytes_of(classes, 0, 2)); }}};
}

TEST(WriteSafetensors, ArraysAreReadBackAsTheyWere) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.safetensors";
  write_safetensors(path, two_samples(), {{"layer", "2"}});
  const Parts parts = read_safetensors(path, "/");
  EXPECT_THAT(parts.train.dims, ElementsAre(2, 2));
  EXPECT_THAT(to_samples(parts.train, 1), testing::ElementsAreArray(numbers));
  ASSERT_TRUE(parts.train_labels);
  EXPECT_THAT(doubles_of(*parts.train_labels), ElementsAre(1, 0));
  EXPECT_THAT(read_file(path), HasSubstr(R"("__metadata__":{"layer":"2"})"));
}

TEST(WriteSafetensors, NumbersAreAligned) {
  const TemporaryFolder folder;
  for (const char* note : {"1", "12", "123"}) {
    write_safetensors(folder.path() / "a.safetensors", two_samples(), {{"note", note}});
    EXPECT_EQ(read_safetensors_header(folder.path() / "a.safetensors").at(0).array.offset % 8, 0u);
  }
}

TEST(WriteSafetensors, AFolderOfOneFileMayHoldATestPart) {
  const TemporaryFolder folder;
  std::vector<NewTensor> tensors = two_samples();
  tensors.push_back({"x_test", "F32", {1, 2}, [](const TakeBytes& take) { take(bytes_of(numbers, 1, 2)); }});
  tensors.push_back({"y_test", "I32", {1}, [](const TakeBytes& take) { take(bytes_of(classes, 0, 1)); }});
  write_safetensors(folder.path() / "activations.safetensors", tensors, {});
  folder.write("classes.json", "[]");
  const Dataset set = load_dataset({folder.path().string(), {}});
  EXPECT_EQ(set.n_train, 2u);
  EXPECT_EQ(set.n_test, 1u);
  EXPECT_EQ(set.test_samples[0], -2.f);
  EXPECT_EQ(set.test_labels[0], 1);
  EXPECT_THAT(set.notes, testing::Contains("not used: classes.json"));
}

}  // namespace
}  // namespace ksweep
