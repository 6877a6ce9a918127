#include "data/write_npy.h"

#include <array>

#include "base/atomic_file.h"
#include "data/files.h"
#include "data/npy.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

const TemporaryFolder folder;

RawArray read_back() { return read_npy(*open_bytes(folder.path() / "a.npy")); }

TEST(WriteNpy, SamplesAreReadBackAsTheyWere) {
  const std::array<float, 6> numbers{1, -2, 0.5f, 4, 5, 1e-30f};
  write_npy(folder.path() / "a.npy", MatrixView<float>(numbers.data(), 3, 2));
  const RawArray array = read_back();
  EXPECT_EQ(array.element, Element::f32);
  EXPECT_THAT(array.dims, ElementsAre(3, 2));
  EXPECT_THAT(to_samples(array, 1), testing::ElementsAreArray(numbers));
}

TEST(WriteNpy, LabelsAreReadBackAsTheyWere) {
  const std::array<std::int32_t, 3> labels{7, 0, 300};
  write_npy(folder.path() / "a.npy", labels);
  const RawArray array = read_back();
  EXPECT_EQ(array.element, Element::i32);
  EXPECT_THAT(array.dims, ElementsAre(3));
  EXPECT_THAT(doubles_of(array), ElementsAre(7, 0, 300));
}

TEST(WriteNpy, NumbersBeginAtAMultipleOf64Bytes) {
  const std::array<float, 1> one{1};
  write_npy(folder.path() / "a.npy", MatrixView<float>(one.data(), 1, 1));
  EXPECT_EQ(read_file(folder.path() / "a.npy").size() % 64, sizeof(float));
}

}  // namespace
}  // namespace ksweep
