#include <algorithm>

#include "base/sha256.h"
#include "store/columns.h"
#include "store/h5.h"
#include "store/trial_file.h"

namespace ksweep {
namespace {

/// Calls use(position, name) for each of the comma-separated names.
template <class Use>
void for_each_name(const std::string& names, Use use) {
  std::size_t position = 0, start = 0;
  while (start <= names.size()) {
    const auto end = std::min(names.find(',', start), names.size());
    use(position++, std::string_view(names).substr(start, end - start));
    start = end + 1;
  }
}

template <class T>
std::vector<T> get_vector(hid_t file, const char* name) {
  const auto set = h5::find_dataset(file, name);
  return set ? h5::read_values<T>(*set, h5::shape_of(*set, 1)) : std::vector<T>{};
}

void get_texts(hid_t file, TrialResult& result) {
  const int status = h5::read_integers(file, "status", 1)[0];
  if (status != 1 && status != 2) throw h5::Error("a trial is neither done nor failed");
  result.status = static_cast<Status>(status);
  result.id = first_64_bits(h5::read_text(file, "id"));
  result.trial = trial_from_specification(h5::read_text(file, "specification"));
  result.trial.data_hash = h5::read_text(file, "data_hash");
  for (const TextQuantity& quantity : text_quantities())
    if (h5::has_attribute(file, quantity.name)) result.*quantity.member = h5::read_text(file, quantity.name);
}

void get_scalars(hid_t file, TrialResult& result) {
  const auto set = h5::find_dataset(file, "scalars");
  if (!set) throw h5::Error("a trial has no scalars");
  const auto values = h5::read_values<double>(*set, h5::shape_of(*set, 1));
  for_each_name(h5::read_text(*set, "names"), [&](std::size_t position, std::string_view name) {
    const auto found = std::ranges::find(scalar_quantities(), name, &ScalarQuantity::name);
    if (found != scalar_quantities().end()) result.*found->member = values.at(position);
  });
}

void get_vectors(hid_t file, const char* name, TrialResult& result) {
  const auto set = h5::find_dataset(file, name);
  if (!set) return;
  const auto shape = h5::shape_of(*set, 2);
  const auto rows = h5::read_values<double>(*set, shape);
  const auto lengths = h5::read_integers(*set, "lengths", shape[0]);
  for_each_name(h5::read_text(*set, "names"), [&](std::size_t position, std::string_view quantity) {
    const auto found = std::ranges::find(vector_quantities(), quantity, &VectorQuantity::name);
    if (found == vector_quantities().end()) return;
    const auto length = static_cast<hsize_t>(lengths.at(position));
    if (length > shape[1]) throw h5::Error("a row is longer than its dataset");
    const auto start = rows.begin() + static_cast<std::ptrdiff_t>(position * shape[1]);
    (result.*found->member).assign(start, start + static_cast<std::ptrdiff_t>(length));
  });
}

void get_confusion(hid_t file, TrialResult& result) {
  if (const auto set = h5::find_dataset(file, "test_confusion"))
    result.test_confusion = h5::read_values<std::int32_t>(*set, h5::shape_of(*set, 2));
}

void get_filters(hid_t file, Filters& filters) {
  const auto set = h5::find_dataset(file, "filters");
  if (!set) return;
  const auto shape = h5::shape_of(*set, 2);
  filters.n_filters = static_cast<int>(shape[0]);
  filters.n_pixels = static_cast<int>(shape[1]);
  filters.levels = h5::read_values<std::int8_t>(*set, shape);
  filters.scale = get_vector<float>(file, "filter_scale");
  filters.units = get_vector<std::int32_t>(file, "filter_unit");
  if (filters.scale.size() != shape[0] || filters.units.size() != shape[0])
    throw h5::Error("filters lack their scale or unit");
}

/// Reads a matrix and its numbers of rows and columns; returns no numbers if it is absent.
std::vector<float> get_matrix(hid_t file, const std::string& name, int& n_rows, int& n_columns) {
  const auto set = h5::find_dataset(file, name.c_str());
  if (!set) return {};
  const auto shape = h5::shape_of(*set, 2);
  n_rows = static_cast<int>(shape[0]);
  n_columns = static_cast<int>(shape[1]);
  return h5::read_values<float>(*set, shape);
}

std::optional<AutoencoderWeights> get_autoencoder(hid_t file, const std::string& suffix) {
  AutoencoderWeights found;
  found.encoder = get_matrix(file, "encoder" + suffix, found.n_hidden, found.n_inputs);
  if (found.encoder.empty()) return std::nullopt;
  found.decoder = get_matrix(file, "decoder" + suffix, found.n_hidden, found.n_inputs);
  found.hidden_bias = get_vector<float>(file, ("hidden_bias" + suffix).c_str());
  found.visible_bias = get_vector<float>(file, ("visible_bias" + suffix).c_str());
  found.thresholds = get_vector<float>(file, ("thresholds" + suffix).c_str());
  found.active = get_vector<std::int32_t>(file, ("active" + suffix).c_str());
  return found;
}

std::optional<LayerWeights> get_layer(hid_t file, const std::string& suffix) {
  LayerWeights found;
  found.weights = get_matrix(file, "weights" + suffix, found.n_inputs, found.n_outputs);
  if (found.weights.empty()) return std::nullopt;
  found.biases = get_vector<float>(file, ("biases" + suffix).c_str());
  return found;
}

InputScaling get_scaling(hid_t file) {
  const auto only = [](const auto& values, auto absent) { return values.size() == 1 ? values[0] : absent; };
  return {only(get_vector<double>(file, "sample_divisor"), 0.0), get_vector<float>(file, "sample_mean"),
          only(get_vector<float>(file, "sample_factor"), 1.0f)};
}

void get_weights(hid_t file, Weights& weights) {
  weights.inputs = get_scaling(file);
  if (auto alone = get_autoencoder(file, "")) weights.stack.push_back(std::move(*alone));
  while (auto next = get_autoencoder(file, layer_suffix(weights.stack.size())))
    weights.stack.push_back(std::move(*next));
  while (auto next = get_layer(file, layer_suffix(weights.layers.size())))
    weights.layers.push_back(std::move(*next));
}

}  // namespace

TrialResult decode_trial(std::string_view file, Detail detail) {
  const auto content = h5::open_image(file.substr(seal_size));
  TrialResult result;
  get_texts(content, result);
  get_scalars(content, result);
  get_vectors(content, "per_class", result);
  get_vectors(content, "curves", result);
  get_vectors(content, "histograms", result);
  get_vectors(content, "confusions", result);
  get_confusion(content, result);
  if (detail != Detail::numbers) get_filters(content, result.filters);
  if (detail == Detail::everything) get_weights(content, result.weights);
  return result;
}

}  // namespace ksweep
