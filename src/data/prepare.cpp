#include "data/prepare.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "data/content_hash.h"
#include "data/endless.h"
#include "data/normalise.h"
#include "data/patches.h"
#include "data/sample_storage.h"

namespace ksweep {
namespace {

constexpr const char* patches_version = "ksweep patches 1\n";

std::string name_of(Normalise normalise) {
  return std::array{"none", "standardise", "contrast", "whiten", "scale"}.at(
      static_cast<std::size_t>(normalise));
}

/// Returns grey samples for RGB ones, with the weights of Rec. ITU-R BT.601.
std::vector<float> grey_samples(const float* samples, std::size_t count, std::size_t n_pixels) {
  std::vector<float> grey(count * n_pixels);
  for (std::size_t sample = 0; sample < count; ++sample) {
    const float* planes = samples + sample * 3 * n_pixels;
    for (std::size_t pixel = 0; pixel < n_pixels; ++pixel)
      grey[sample * n_pixels + pixel] =
          0.299f * planes[pixel] + 0.587f * planes[n_pixels + pixel] + 0.114f * planes[2 * n_pixels + pixel];
  }
  return grey;
}

SampleStorage copy_of(const Dataset& dataset) {
  const auto width = static_cast<std::size_t>(dataset.n_inputs());
  SampleStorage samples;
  samples.train.assign(dataset.train_samples, dataset.train_samples + dataset.n_train * width);
  samples.test.assign(dataset.test_samples, dataset.test_samples + dataset.n_test * width);
  if (dataset.true_directions)
    samples.true_directions.assign(
        dataset.true_directions, dataset.true_directions + static_cast<std::size_t>(dataset.n_true) * width);
  if (!dataset.train_labels) return samples;
  samples.train_labels.assign(dataset.train_labels, dataset.train_labels + dataset.n_train);
  samples.test_labels.assign(dataset.test_labels, dataset.test_labels + dataset.n_test);
  return samples;
}

void make_grey(Dataset& dataset) {
  if (dataset.shape.channels != 3) return;
  const auto n_pixels = static_cast<std::size_t>(dataset.n_inputs()) / 3;
  SampleStorage samples{grey_samples(dataset.train_samples, dataset.n_train, n_pixels),
                        grey_samples(dataset.test_samples, dataset.n_test, n_pixels),
                        {},
                        {}};
  if (dataset.train_labels) {
    samples.train_labels.assign(dataset.train_labels, dataset.train_labels + dataset.n_train);
    samples.test_labels.assign(dataset.test_labels, dataset.test_labels + dataset.n_test);
  }
  dataset.shape.channels = 1;
  keep(dataset, std::move(samples));
}

Dataset prepare_patches(const Dataset& images, const Preparation& how, std::size_t n_train,
                        std::size_t n_test) {
  Dataset patches = images;
  patches.endless = true;
  patches.n_classes = 0;
  patches.n_train = n_train > 0 ? n_train : default_train_count;
  patches.n_test = n_test > 0 ? n_test : default_test_count;
  patches.shape.height = patches.shape.width = how.patch;
  const auto enough = [](std::size_t asked, std::size_t least) { return std::max(asked, least); };
  SampleStorage samples;
  samples.train = cut_patches(images, Part::train, how.patch, enough(patches.n_train, n_statistics));
  samples.test = cut_patches(images, Part::test, how.patch, enough(patches.n_test, n_hashed_samples));
  normalise(how.normalise, patches.n_inputs(), n_statistics, samples);
  keep(patches, std::move(samples));
  patches.content_hash = endless_hash(
      patches,
      fmt::format("{}{}\n{}\n", patches_version, images.content_hash,
                  prepared_name("", {.patch = how.patch, .grey = how.grey, .normalise = how.normalise})));
  return patches;
}

/// Normalises with statistics of the first samples, so that sample i does not depend on how many are asked for.
Dataset prepare_generated(Dataset set, const Preparation& how, std::size_t n_train, std::size_t n_test) {
  SampleStorage samples = copy_of(set);
  normalise(how.normalise, set.n_inputs(), n_statistics, samples);
  keep(set, std::move(samples));
  set.n_train = n_train > 0 ? n_train : default_train_count;
  set.n_test = n_test > 0 ? n_test : default_test_count;
  set.content_hash = endless_hash(
      set, fmt::format("{}\n{}\n", set.content_hash, prepared_name("", {.normalise = how.normalise})));
  return set;
}

void check(const Dataset& dataset, const Preparation& how) {
  const auto& [channels, height, width] = dataset.shape;
  if (how.patch > std::min(height, width))
    throw UserError(
        "data.patch = {} exceeds the samples of {}, which are {} x {}: there is no such patch in them. Lower "
        "it, or set it to 0 for whole samples.",
        how.patch, dataset.name, height, width);
  const int n_inputs = how.patch > 0 ? channels * how.patch * how.patch : dataset.n_inputs();
  if (how.normalise == Normalise::whiten && n_inputs > most_whitened_inputs)
    throw UserError(
        "data.normalise = whiten of {} inputs: the covariances of more than {} take too long and too many "
        "samples. Use patches (data.patch), or normalise = standardise.",
        n_inputs, most_whitened_inputs);
}

}  // namespace

Preparation preparation_of(const Trial& trial) {
  return {
      trial.patch,
      trial.grey,
      trial.normalise,
      trial.scale,
      trial.test_part,
      trial.skipped_positions,
      {trial.true_features, trial.dimensions, trial.true_l0, trial.frequency_exponent, trial.sample_noise}};
}

std::string prepared_name(const std::string& set, const Preparation& how) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : ", ") + word; };
  if (set == superposition_name || how.recipe != SuperpositionRecipe{}) add(recipe_text(how.recipe));
  if (how.skipped_positions != not_skipped) add("without positions " + how.skipped_positions);
  if (how.scale > 0) add("divided by " + shortest_text(how.scale));
  if (how.test_part == TestPart::last) add("test part last");
  if (how.grey) add("grey");
  if (how.patch > 0) add(fmt::format("{} x {} patches", how.patch, how.patch));
  if (how.normalise != Normalise::none) add(name_of(how.normalise));
  return words.empty() ? set : fmt::format("{} ({})", set, words);
}

std::string prepared_name(const Trial& trial) { return prepared_name(trial.data_set, preparation_of(trial)); }

Dataset prepare(Dataset dataset, const Preparation& how, std::size_t n_train, std::size_t n_test) {
  if (!how.any()) return dataset;
  if (how.grey) make_grey(dataset);
  check(dataset, how);
  const std::string name = prepared_name(dataset.name, how);
  if (how.patch > 0) {
    dataset = prepare_patches(dataset, how, n_train, n_test);
  } else if (dataset.true_directions) {
    dataset = prepare_generated(std::move(dataset), how, n_train, n_test);
  } else {
    SampleStorage samples = copy_of(dataset);
    normalise(how.normalise, dataset.n_inputs(), dataset.n_train, samples);
    keep(dataset, std::move(samples));
    dataset.content_hash = content_hash(dataset);
    dataset.endless = false;
  }
  dataset.name = name;
  return dataset;
}

}  // namespace ksweep
