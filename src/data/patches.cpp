#include "data/patches.h"

#include <algorithm>

#include "base/omp_guard.h"
#include "base/random.h"

namespace ksweep {
namespace {

constexpr std::uint64_t patches_seed = 20131220;

/// Copies the patch with upper left corner (top, left).  image: (channels x height x width)
void copy_patch(const float* image, const SampleShape& shape, std::size_t top, std::size_t left,
                std::size_t side, float* to) {
  const auto height = static_cast<std::size_t>(shape.height), width = static_cast<std::size_t>(shape.width);
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(shape.channels); ++channel)
    for (std::size_t row = 0; row < side; ++row, to += side)
      std::copy_n(image + (channel * height + top + row) * width + left, side, to);
}

}  // namespace

std::vector<float> cut_patches(const Dataset& images, Part part, int side, std::size_t count) {
  const float* samples = part == Part::train ? images.train_samples : images.test_samples;
  const auto n_images = static_cast<std::uint32_t>(part == Part::train ? images.n_train : images.n_test);
  const auto n_inputs = static_cast<std::size_t>(images.n_inputs());
  const auto n_side = static_cast<std::size_t>(side);
  const std::size_t n_pixels = static_cast<std::size_t>(images.shape.channels) * n_side * n_side;
  std::vector<float> patches(count * n_pixels);
  OmpGuard guard;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < count; ++i)
    guard.run([&] {
      RandomStream random(patches_seed, Purpose::patches, static_cast<std::uint32_t>(part), i);
      const std::size_t image = random.below(n_images);
      const std::size_t top = random.below(static_cast<std::uint32_t>(images.shape.height - side + 1));
      const std::size_t left = random.below(static_cast<std::uint32_t>(images.shape.width - side + 1));
      copy_patch(samples + image * n_inputs, images.shape, top, left, n_side, patches.data() + i * n_pixels);
    });
  guard.rethrow();
  return patches;
}

}  // namespace ksweep
