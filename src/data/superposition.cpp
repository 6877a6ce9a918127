#include "data/superposition.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/control_groups.h"
#include "base/errors.h"
#include "base/omp_guard.h"
#include "base/portable_math.h"
#include "core/trial_keys.h"
#include "data/endless.h"
#include "data/sample_storage.h"

namespace ksweep {
namespace {

constexpr std::uint64_t superposition_seed = 20220316;
constexpr double least_weight = 0.5, weight_range = 1;
constexpr double always_exact = 1e-6;  // below it, log(1 - p) is -p but for rounding

RandomStream stream_of_sample(Part part, std::uint64_t index) {
  return {superposition_seed, Purpose::superposition, static_cast<std::uint32_t>(part) + 1, index};
}

void draw_direction(std::uint64_t feature, std::span<float> direction) {
  RandomStream random(superposition_seed, Purpose::superposition, 0, feature);
  PortableNormals normals(random);
  std::vector<double> numbers(direction.size());
  double squares = 0;
  for (double& number : numbers) {
    number = normals.next();
    squares += number * number;
  }
  const double length = std::sqrt(squares);
  for (std::size_t i = 0; i < numbers.size(); ++i) direction[i] = static_cast<float>(numbers[i] / length);
}

std::vector<float> draw_directions(const SuperpositionRecipe& recipe) {
  const auto width = static_cast<std::size_t>(recipe.n_inputs),
             count = static_cast<std::size_t>(recipe.n_features);
  require_memory(static_cast<double>(width) * static_cast<double>(count) * sizeof(float),
                 "data.set = superposition: its true directions");
  std::vector<float> directions(count * width);
  OmpGuard guard;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < count; ++i)
    guard.run([&] { draw_direction(i, std::span(directions).subspan(i * width, width)); });
  guard.rethrow();
  return directions;
}

std::vector<float> draw_part(const Superposition& generator, Part part, std::size_t count,
                             std::size_t width) {
  std::vector<float> samples(count * width);
  OmpGuard guard;
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < count; ++i)
    guard.run([&] { generator.draw(part, i, std::span(samples).subspan(i * width, width)); });
  guard.rethrow();
  return samples;
}

}  // namespace

std::string recipe_text(const SuperpositionRecipe& recipe) {
  return fmt::format("{} features, L0 {}, exponent {}, noise {} in {} dimensions", recipe.n_features,
                     shortest_text(recipe.true_l0), shortest_text(recipe.frequency_exponent),
                     shortest_text(recipe.noise), recipe.n_inputs);
}

// With the first m at 1, c is (true_l0 - m) over the sum of the other i^-exponent; m grows until no other exceeds 1.
std::vector<double> feature_probabilities(const SuperpositionRecipe& recipe) {
  const auto count = static_cast<std::size_t>(recipe.n_features);
  if (recipe.true_l0 > recipe.n_features)
    throw UserError(
        "data.true_l0 = {} exceeds data.features = {}: a sample cannot hold more directions than there are. Lower it, or "
        "raise data.features.",
        shortest_text(recipe.true_l0), recipe.n_features);
  std::vector<double> shares(count), sums(count + 1, 0);  // sums[m]: of all shares from m on
  for (std::size_t i = count; i-- > 0;) {
    shares[i] = portable_exp(-recipe.frequency_exponent * portable_log(static_cast<double>(i + 1)));
    sums[i] = sums[i + 1] + shares[i];
  }
  std::size_t capped = 0;
  const auto factor = [&] { return (recipe.true_l0 - static_cast<double>(capped)) / sums[capped]; };
  while (capped < count && factor() * shares[capped] >= 1) ++capped;
  const double c = capped < count ? factor() : 0;
  for (std::size_t i = 0; i < count; ++i) shares[i] = i < capped ? 1 : c * shares[i];
  return shares;
}

Superposition::Superposition(const SuperpositionRecipe& recipe)
    : recipe_(recipe), probabilities_(feature_probabilities(recipe)), directions_(draw_directions(recipe)) {
  for (std::size_t begin = 0; begin < probabilities_.size() && probabilities_[begin] > 0;) {
    const double bound = probabilities_[begin];
    std::size_t end = begin;
    while (end < probabilities_.size() && probabilities_[end] >= bound / 2) ++end;
    const double log_miss = bound >= 1             ? -std::numeric_limits<double>::infinity()
                            : bound < always_exact ? -bound
                                                   : portable_log(1 - bound);
    blocks_.push_back({begin, end, bound, log_miss});
    begin = end;
  }
}

/// Skips from candidate to candidate, which are active with the block's bound, by gaps of a geometric distribution, and keeps
/// each in proportion to its own probability (Devroye 1986, "Non-uniform random variate generation", sections X.2 and II.3).
void Superposition::add_active(const Block& block, RandomStream& random, std::vector<Active>& found) const {
  for (auto at = block.begin;; ++at) {
    const double gap = std::floor(portable_log(1 - random.uniform()) / block.log_miss);
    if (gap >= static_cast<double>(block.end - at)) return;
    at += static_cast<std::size_t>(gap);
    if (random.uniform() * block.bound < probabilities_[at])
      found.push_back({static_cast<std::uint32_t>(at),
                       static_cast<float>(least_weight + weight_range * random.uniform())});
  }
}

std::vector<Superposition::Active> Superposition::active(RandomStream& random) const {
  std::vector<Active> found;
  for (const Block& block : blocks_) add_active(block, random, found);
  return found;
}

std::vector<Superposition::Active> Superposition::active(Part part, std::uint64_t index) const {
  RandomStream random = stream_of_sample(part, index);
  return active(random);
}

void Superposition::draw(Part part, std::uint64_t index, std::span<float> sample) const {
  RandomStream random = stream_of_sample(part, index);
  std::ranges::fill(sample, 0.0f);
  for (const auto& [feature, weight] : active(random)) {
    const float* direction = directions_.data() + feature * sample.size();
    for (std::size_t i = 0; i < sample.size(); ++i) sample[i] += weight * direction[i];
  }
  if (recipe_.noise == 0) return;
  PortableNormals normals(random);
  for (float& number : sample) number += static_cast<float>(recipe_.noise * normals.next());
}

Dataset make_superposition(const Superposition& generator, std::size_t n_train, std::size_t n_test) {
  const SuperpositionRecipe& recipe = generator.recipe();
  Dataset dataset;
  dataset.name = superposition_name;
  dataset.source = fmt::format("built-in generator of samples with known directions, version {}: {}",
                               superposition_version, recipe_text(recipe));
  dataset.shape = {1, 1, recipe.n_inputs};
  dataset.endless = true;
  dataset.n_true = recipe.n_features;
  dataset.n_train = n_train > 0 ? n_train : default_train_count;
  dataset.n_test = n_test > 0 ? n_test : default_test_count;

  const auto width = static_cast<std::size_t>(recipe.n_inputs);
  require_memory(
      static_cast<double>(dataset.n_train + dataset.n_test) * static_cast<double>(width) * sizeof(float),
      "data.set = superposition: its samples");
  SampleStorage samples;
  samples.train = draw_part(generator, Part::train, std::max(dataset.n_train, n_hashed_samples), width);
  samples.test = draw_part(generator, Part::test, std::max(dataset.n_test, n_hashed_samples), width);
  samples.true_directions.assign(generator.directions().begin(), generator.directions().end());
  keep(dataset, std::move(samples));
  dataset.content_hash = endless_hash(
      dataset, fmt::format("ksweep superposition {}\n{}\n", superposition_version, recipe_text(recipe)));
  return dataset;
}

}  // namespace ksweep
