#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/h5.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

constexpr int format_version = 1;
constexpr std::size_t compact_bytes = 32 << 10;
constexpr std::size_t compressed_bytes = 16 << 10;

template <class T>
h5::Handle put(hid_t file, const char* name, const h5::Shape& shape, const T* values,
               bool compressible = false) {
  const std::size_t bytes = h5::count_of(shape) * sizeof(T);
  const auto layout = bytes <= compact_bytes && !(compressible && bytes > compressed_bytes)
                          ? h5::Layout::compact
                      : compressible ? h5::Layout::compressed
                                     : h5::Layout::contiguous;
  return h5::write_dataset(file, name, shape, values, layout);
}

template <class T>
void put_vector(hid_t file, const char* name, const std::vector<T>& values) {
  if (!values.empty()) put(file, name, {values.size()}, values.data());
}

void put_texts(hid_t file, const TrialResult& result) {
  h5::write_attribute(file, "format_version", std::int32_t{format_version});
  h5::write_attribute(file, "status", static_cast<std::uint8_t>(result.status));
  h5::write_fixed_text(file, "id", id_text(result.id));
  h5::write_fixed_text(file, "specification", specification(result.trial));
  h5::write_fixed_text(file, "data_hash", result.trial.data_hash);
  for (const TextQuantity& quantity : text_quantities())
    h5::write_fixed_text(file, quantity.name, result.*quantity.member);
}

void put_scalars(hid_t file, const TrialResult& result) {
  std::string names;
  std::vector<double> values;
  for (const auto& quantity : scalar_quantities()) {
    names.append(names.empty() ? "" : ",").append(quantity.name);
    values.push_back(result.*quantity.member);
  }
  h5::write_fixed_text(put(file, "scalars", {values.size()}, values.data()), "names", names);
}

/// Writes all vectors on one dimension as the rows of one dataset, padded with NaN.
void put_vectors(hid_t file, const char* name, std::string_view dimension, const TrialResult& result) {
  std::string names;
  std::vector<std::int32_t> lengths;
  std::size_t longest = 0;
  for (const auto& quantity : vector_quantities()) {
    const auto& vector = result.*quantity.member;
    if (quantity.dimension != dimension || vector.empty()) continue;
    names.append(names.empty() ? "" : ",").append(quantity.name);
    lengths.push_back(static_cast<std::int32_t>(vector.size()));
    longest = std::max(longest, vector.size());
  }
  if (lengths.empty()) return;

  std::vector<double> rows;
  for (const auto& quantity : vector_quantities()) {
    const auto& vector = result.*quantity.member;
    if (quantity.dimension != dimension || vector.empty()) continue;
    rows.insert(rows.end(), vector.begin(), vector.end());
    rows.resize(rows.size() + longest - vector.size(), not_measured);
  }
  const auto set = put(file, name, {lengths.size(), longest}, rows.data());
  h5::write_fixed_text(set, "names", names);
  h5::write_attribute(set, "lengths", lengths);
}

void put_confusion(hid_t file, const std::vector<std::int32_t>& counts) {
  if (counts.empty()) return;
  const auto n_classes = static_cast<hsize_t>(std::lround(std::sqrt(static_cast<double>(counts.size()))));
  assert(n_classes * n_classes == counts.size());
  put(file, "test_confusion", {n_classes, n_classes}, counts.data());
}

void put_filters(hid_t file, const Filters& filters) {
  if (filters.levels.empty()) return;
  const auto n_filters = static_cast<hsize_t>(filters.n_filters),
             n_pixels = static_cast<hsize_t>(filters.n_pixels);
  assert(filters.levels.size() == n_filters * n_pixels && filters.scale.size() == n_filters);
  put(file, "filters", {n_filters, n_pixels}, filters.levels.data(), true);
  put_vector(file, "filter_scale", filters.scale);
  put_vector(file, "filter_unit", filters.units);
}

void put_matrix(hid_t file, const std::string& name, int n_rows, int n_columns,
                const std::vector<float>& values) {
  if (values.empty()) return;
  const h5::Shape shape{static_cast<hsize_t>(n_rows), static_cast<hsize_t>(n_columns)};
  assert(values.size() == h5::count_of(shape));
  put(file, name.c_str(), shape, values.data());
}

void put_autoencoder(hid_t file, const std::string& suffix, const AutoencoderWeights& weights) {
  put_matrix(file, "encoder" + suffix, weights.n_hidden, weights.n_inputs, weights.encoder);
  put_matrix(file, "decoder" + suffix, weights.n_hidden, weights.n_inputs, weights.decoder);
  put_vector(file, ("hidden_bias" + suffix).c_str(), weights.hidden_bias);
  put_vector(file, ("visible_bias" + suffix).c_str(), weights.visible_bias);
  put_vector(file, ("thresholds" + suffix).c_str(), weights.thresholds);
  put_vector(file, ("active" + suffix).c_str(), weights.active);
}

/// Writes numbers with a sentence that says what they are.
template <class T>
void put_described(hid_t file, const char* name, const std::vector<T>& values, const std::string& long_name) {
  h5::write_fixed_text(put(file, name, {values.size()}, values.data()), "long_name", long_name);
}

void put_scaling(hid_t file, const InputScaling& inputs) {
  if (inputs.divisor == 0) return;
  put_described<double>(file, "sample_divisor", {inputs.divisor},
                        "what the numbers of the data set's files were divided by");
  if (inputs.mean.empty()) return;
  put_described(
      file, "sample_mean", inputs.mean,
      "what data.normalise = scale subtracted from the divided numbers: the mean of the training samples");
  put_described<float>(
      file, "sample_factor", {inputs.factor},
      "what data.normalise = scale then multiplied them by, so that the mean norm is sqrt(inputs)");
}

void put_weights(hid_t file, const Weights& weights) {
  if (weights.empty()) return;
  put_scaling(file, weights.inputs);
  if (weights.stack.size() == 1) put_autoencoder(file, "", weights.stack[0]);
  for (std::size_t i = 0; weights.stack.size() > 1 && i < weights.stack.size(); ++i)
    put_autoencoder(file, layer_suffix(i), weights.stack[i]);
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const LayerWeights& layer = weights.layers[i];
    put_matrix(file, "weights" + layer_suffix(i), layer.n_inputs, layer.n_outputs, layer.weights);
    put_vector(file, ("biases" + layer_suffix(i)).c_str(), layer.biases);
  }
}

}  // namespace

std::string encode_trial(const TrialResult& result) {
  const auto file = h5::create_file();
  put_texts(file, result);
  put_scalars(file, result);
  put_vectors(file, "per_class", "class", result);
  put_vectors(file, "curves", "epoch", result);
  put_vectors(file, "histograms", "density_bin", result);
  put_vectors(file, "confusions", "confusion", result);
  put_confusion(file, result.test_confusion);
  put_filters(file, result.filters);
  put_weights(file, result.weights);
  const std::string body = h5::image_of(file);
  return seal(result.id, identity(result.trial), body) + body;
}

}  // namespace ksweep
