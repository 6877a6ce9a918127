#include "data/assemble.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/errors.h"
#include "data/byte_source.h"
#include "data/classes.h"
#include "data/content_hash.h"
#include "data/sample_storage.h"
#include "data/test_part.h"

namespace ksweep {
namespace {

constexpr double most_unlike = 8;  // factor between parts of one set that share a scale

void check_label_count(const RawArray& labels, const RawArray& samples) {
  const std::size_t count = count_labels(labels);
  if (count == samples.dims[0]) return;
  const bool fits_columns = samples.dims.size() == 2 && count == samples.dims[1];
  const std::string transpose = fmt::format(
      " They fit the other axis: the samples are columns where rows are expected{}; transpose them.",
      samples.reversed_axes ? " (MATLAB: save x.')" : "");
  throw UserError(
      "{}: {} labels for the {} samples of {}: which label belongs to which sample is unknown. Give one "
      "label for each sample.{}",
      labels.name, count, samples.dims[0], samples.name, fits_columns ? transpose : "");
}

void check_test_part(const Parts& parts, const SampleShape& shape) {
  if (!parts.test) {
    if (parts.test_labels)
      throw UserError(
          "{}: labels of test samples, but there are no test samples: accuracy could not be measured. Add "
          "the samples or remove the labels.",
          parts.test_labels->name);
    return;
  }
  const SampleShape test = sample_shape(*parts.test);
  if (test.channels != shape.channels || test.height != shape.height || test.width != shape.width)
    throw UserError(
        "{}: its size is {}, but that of {} is {}: both parts must have samples of the same shape. Give "
        "files that belong together.",
        parts.test->name, dims_text(parts.test->dims), parts.train.name, dims_text(parts.train.dims));
  if (parts.train_labels.has_value() != parts.test_labels.has_value())
    throw UserError(
        "{}: these samples have no labels, but those of the other part have: accuracy could not be measured. "
        "Add the missing labels or remove the others.",
        (parts.train_labels ? parts.test : std::optional(parts.train))->name);
}

/// Root mean square and largest magnitude of a part.
struct Size {
  double typical = 0, largest = 0;
};

Size size_of_part(const std::vector<float>& samples) {
  Size size;
  for (const float value : samples) {
    const double magnitude = std::abs(static_cast<double>(value));
    size.typical += magnitude * magnitude;
    size.largest = std::max(size.largest, magnitude);
  }
  size.typical = std::sqrt(size.typical / static_cast<double>(std::max<std::size_t>(1, samples.size())));
  return size;
}

/// Throws UserError if the parts are in different units, the most common fault of sets assembled by hand.
void check_one_scale(const SampleStorage& samples, const Parts& parts, double scale) {
  const Size train = size_of_part(samples.train), test = size_of_part(samples.test);
  const auto unlike = [](double one, double other) {  // note_empty_samples() reports a part of zeros
    const double less = std::min(one, other);
    return less > 0 && std::max(one, other) > most_unlike * less;
  };
  if (!unlike(train.typical, test.typical) || !unlike(train.largest, test.largest)) return;
  throw UserError(
      "{}: its numbers reach {:g}, those of {} {:g}{}: the two parts are not in one scale, so that the "
      "test part would be judged wrongly. Store both in the same units (both 0 to 255, or both 0 to 1).",
      parts.test->name, test.largest, parts.train.name, train.largest,
      scale == 1 ? "" : fmt::format(" (both divided by {:g})", scale));
}

void note_unused(Dataset& dataset, const std::vector<std::string>& unused) {
  constexpr std::size_t most_shown = 8;
  if (unused.empty()) return;
  std::string list;
  for (std::size_t i = 0; i < std::min(unused.size(), most_shown); ++i)
    list += (i ? ", " : "") + printable(unused[i]);
  if (unused.size() > most_shown) list += fmt::format(" and {} more", unused.size() - most_shown);
  dataset.notes.push_back("not used: " + list);
}

void note_axes(Dataset& dataset, const RawArray& samples) {
  if (channels_last(samples.dims))
    dataset.notes.push_back("taken as samples x height x width x channels: " + dims_text(samples.dims));
  if (samples.reversed_axes)
    dataset.notes.push_back(fmt::format("MATLAB's last axis counts the samples: {} samples of {} numbers",
                                        samples.dims[0], dataset.n_inputs()));
}

/// Moves a sixth of the samples to the test part.
void make_test_part(Dataset& dataset, SampleStorage& samples, const std::string& name, TestPart how) {
  const auto rows = require_test_rows(name, dataset.n_train, samples.train_labels, how);
  set_aside(samples, static_cast<std::size_t>(dataset.n_inputs()), rows);
  dataset.n_test = rows.size();
  dataset.n_train -= rows.size();
  note_test_part(dataset, how);
}

EmptySamples empty_samples(const std::vector<float>& samples, const Dataset& dataset) {
  EmptySamples empty;
  empty.add(samples, static_cast<std::size_t>(dataset.n_inputs()));
  return empty;
}

}  // namespace

void EmptySamples::add(const std::vector<float>& samples, std::size_t width) {
  for (std::size_t at = 0; at < samples.size(); at += width, ++n_samples) {
    if (std::ranges::any_of(std::span(samples).subspan(at, width), [](float value) { return value != 0; }))
      continue;
    if (n_empty++ == 0) first = n_samples;
  }
}

void note_empty_samples(Dataset& dataset, const EmptySamples& empty, const std::string& part) {
  if (empty.n_empty > 0)
    dataset.notes.push_back(
        fmt::format("{} of {} {} samples are zero throughout, the first of them number {} (counted from 0): "
                    "were they ever written?",
                    empty.n_empty, empty.n_samples, part, empty.first));
}

std::vector<std::uint32_t> require_test_rows(const std::string& name, std::size_t n_rows,
                                             std::span<const std::int32_t> labels, TestPart how) {
  std::vector<std::uint32_t> rows = test_rows(n_rows, labels, how);
  if (rows.empty())
    throw UserError(
        "{}: {} sample(s) and no test part: at least 6 are needed to set a sixth aside for testing. Give "
        "more samples.",
        name, n_rows);
  return rows;
}

void note_test_part(Dataset& dataset, TestPart how) {
  const std::string taken = how == TestPart::last ? "the last in file order"
                            : dataset.n_classes == 0
                                ? "taken at random, the same for all seeds"
                                : "taken at random from every class, the same for all seeds";
  dataset.notes.push_back(
      fmt::format("no test part in the files: {} of the {} samples are the test set, {}{}", dataset.n_test,
                  dataset.n_train + dataset.n_test, taken,
                  how == TestPart::last ? "" : " (data.test_part = last keeps file order)"));
}

Dataset assemble(const DataRequest& request, const std::string& source, Parts parts) {
  Dataset dataset;
  dataset.name = request.set;
  dataset.source = source;
  dataset.shape = sample_shape(parts.train);
  check_test_part(parts, dataset.shape);
  if (parts.train_labels) check_label_count(*parts.train_labels, parts.train);
  if (parts.test_labels) check_label_count(*parts.test_labels, *parts.test);

  SampleStorage samples;
  if (parts.train_labels) {
    Classes classes = number_classes(*parts.train_labels, parts.test_labels ? &*parts.test_labels : nullptr);
    dataset.n_classes = static_cast<int>(classes.names.size());
    dataset.class_names = std::move(classes.names);
    samples.train_labels = std::move(classes.train);
    samples.test_labels = std::move(classes.test);
  }
  dataset.scale = request.preparation.scale > 0 ? request.preparation.scale : scale_of(parts.train);
  samples.train = to_samples(parts.train, dataset.scale);
  parts.train.bytes = {};
  dataset.n_train = parts.train.dims[0];
  dataset.notes = parts.notes;
  note_unused(dataset, parts.unused);
  note_axes(dataset, parts.train);
  note_empty_samples(dataset, empty_samples(samples.train, dataset), "training");
  if (parts.test) {
    samples.test = to_samples(*parts.test, dataset.scale);
    dataset.n_test = parts.test->dims[0];
    check_one_scale(samples, parts, dataset.scale);
    note_empty_samples(dataset, empty_samples(samples.test, dataset), "test");
  } else {
    make_test_part(dataset, samples, parts.train.name, request.preparation.test_part);
  }
  keep(dataset, std::move(samples));
  dataset.content_hash = content_hash(dataset);
  return dataset;
}

}  // namespace ksweep
