#include "data/digits.h"

#include <fmt/core.h>

#include <array>
#include <string>
#include <vector>

#include "base/control_groups.h"
#include "base/omp_guard.h"
#include "base/sha256.h"
#include "data/endless.h"
#include "data/sample_storage.h"

namespace ksweep {
namespace {

constexpr std::size_t n_pixels = digits_side * digits_side;
constexpr std::uint64_t digits_seed = 20130312;

void draw_part(std::uint32_t part, std::size_t count, std::vector<float>& samples,
               std::vector<std::int32_t>& labels) {
  samples.resize(count * n_pixels);
  labels.resize(count);
  OmpGuard guard;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < count; ++i)
    guard.run([&] {
      std::array<std::uint8_t, n_pixels> image;
      labels[i] = draw_digit(digits_seed, part, i, image);
      for (std::size_t pixel = 0; pixel < n_pixels; ++pixel)
        samples[i * n_pixels + pixel] = static_cast<float>(image[pixel]) / 255;
    });
  guard.rethrow();
}

/// Hashes the version and a fixed sample of images, so that the hash does not depend on how many are made.
std::string digits_hash() {
  Sha256 hash;
  hash.add(fmt::format("ksweep digits {}\n", digits_version));
  for (std::uint32_t part = 0; part < 2; ++part)
    for (std::uint64_t index = 0; index < 100; ++index) {
      std::array<std::uint8_t, n_pixels> image;
      hash.add(std::to_string(draw_digit(digits_seed, part, index, image)));
      hash.add(std::span<const std::uint8_t>(image));
    }
  return hash.hex();
}

}  // namespace

Dataset make_digits(std::size_t n_train, std::size_t n_test) {
  Dataset dataset;
  dataset.name = "digits";
  dataset.content_hash = digits_hash();
  dataset.source = fmt::format("built-in generator of synthetic digits, version {}", digits_version);
  dataset.shape = {1, digits_side, digits_side};
  dataset.n_classes = 10;
  dataset.endless = true;
  dataset.n_train = n_train > 0 ? n_train : default_train_count;
  dataset.n_test = n_test > 0 ? n_test : default_test_count;

  require_memory(static_cast<double>((dataset.n_train + dataset.n_test) * n_pixels * sizeof(float)),
                 "data.set = digits: its images");
  SampleStorage samples;
  draw_part(0, dataset.n_train, samples.train, samples.train_labels);
  draw_part(1, dataset.n_test, samples.test, samples.test_labels);
  keep(dataset, std::move(samples));
  return dataset;
}

}  // namespace ksweep
