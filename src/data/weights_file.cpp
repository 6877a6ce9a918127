#include "data/weights_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/sha256.h"
#include "core/starting_file.h"
#include "data/array_names.h"
#include "data/safetensors.h"
#include "data/sets.h"

namespace ksweep {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t most_bytes_of_config = 16 << 20;

/// A setting with which a format encodes otherwise than the formula of WeightsFile.
struct Fixed {
  const char* key;
  std::vector<json> allowed;
  const char* advice;
};

struct Layout {
  const char *config_file, *tensors_file;
  const char *encoder, *decoder, *hidden_bias, *visible_bias;
  const char* thresholds;  ///< null: it has none
  bool by_input;           ///< its encoder is (n_inputs x n_hidden)
  bool needs_config;
  std::vector<Fixed> fixed;
};

const std::vector<Layout>& layouts() {
  static const std::vector<Layout> all{
      {"cfg.json",
       "sae_weights.safetensors",
       "W_enc",
       "W_dec",
       "b_enc",
       "b_dec",
       "threshold",
       true,
       true,
       {{"architecture",
         {"standard", "topk", "jumprelu", "batchtopk", "matryoshka_batchtopk"},
         "Give an autoencoder with one encoder and one decoder"},
        {"normalize_activations",
         {"none"},
         "Fold it into the weights with SAELens (fold_activation_norm_scaling_factor)"},
        {"apply_b_dec_to_input", {true, false}, "Write true or false"},
        {"rescale_acts_by_decoder_norm",
         {false},
         "Fold the lengths of the decoder's rows into the weights with SAELens (fold_W_dec_norm)"}}},
      {"cfg.json",
       "sae.safetensors",
       "encoder.weight",
       "W_dec",
       "encoder.bias",
       "b_dec",
       nullptr,
       false,
       false,
       {{"transcode", {false}, "Give an autoencoder"}, {"skip_connection", {false}, "Give an autoencoder"}}},
      {"config.json",
       "weights.safetensors",
       "encoder",
       "decoder",
       "hidden_bias",
       "visible_bias",
       "thresholds",
       false,
       false,
       {{"format", {"ksweep weights 1"}, "Get a version of ksweep that reads it"}}},
  };
  return all;
}

std::string names_of_tensors_files() {
  std::string names;
  for (const Layout& layout : layouts())
    names += (names.empty() ? "" : ", ") + std::string(layout.tensors_file);
  return names;
}

/// Returns the path of what a path as written names.
fs::path found(const std::string& path, const WeightPlaces& places) {
  std::vector<fs::path> tried{path};
  if (tried[0].is_relative()) {
    if (!places.sweep_folder.empty()) tried.push_back(places.sweep_folder / path);
    for (const fs::path& folder : data_folders(places.data_dir)) tried.push_back(folder / path);
  }
  std::string searched;
  for (const fs::path& place : tried) {
    std::error_code error;
    if (fs::exists(place, error)) return place;
    searched += "\n  " + place.string();
  }
  throw UserError(
      "{}: there is no such file or folder: the initial weights are needed. Write its path as seen from the sweep file's folder, "
      "or the whole path. Searched:{}",
      path, searched);
}

/// Returns the file of arrays in a folder; of a file, itself.
fs::path tensors_file(const fs::path& place) {
  std::error_code error;
  if (!fs::is_directory(place, error)) return place;
  std::vector<fs::path> held;
  for (const Layout& layout : layouts())
    if (fs::exists(place / layout.tensors_file, error)) held.push_back(place / layout.tensors_file);
  if (held.size() == 1) return held[0];
  throw UserError("{}: holds {} of {}: which weights are meant is unclear. Give the path of the file itself.",
                  place.string(), held.empty() ? "none" : "several", names_of_tensors_files());
}

void require_readable(const fs::path& path) {
  std::error_code error;
  const bool regular = fs::is_regular_file(path, error);
  if (regular && std::ifstream(path)) return;
  throw UserError("{}: {}: the initial weights are needed. {}", path.string(),
                  regular ? "cannot be opened" : "is no file",
                  regular ? "Check its permissions." : "Give a file of safetensors, or a folder with one.");
}

const Tensor* find_tensor(const std::vector<Tensor>& tensors, const char* name) {
  const auto found = std::ranges::find(tensors, name, &Tensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

std::string names_of(const std::vector<Tensor>& tensors) {
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors) names.push_back(printable(tensor.name));
  return list_of(names);
}

const Layout& layout_of(const fs::path& path, const std::vector<Tensor>& tensors) {
  for (const Layout& layout : layouts())
    if (find_tensor(tensors, layout.encoder)) return layout;
  throw UserError(
      "{}: has no array W_enc, encoder.weight or encoder: there is no encoder to start from. It holds: {}. Give a file as `ksweep "
      "weights` writes it.",
      path.string(), names_of(tensors));
}

/// Returns the settings beside the arrays; an empty object if there need not be any.
json config_of(const fs::path& tensors_path, const Layout& layout) {
  const fs::path path = tensors_path.parent_path() / layout.config_file;
  std::error_code error;
  if (!fs::exists(path, error)) {
    if (!layout.needs_config) return json::object();
    throw UserError(
        "{}: there is no such file beside {}: whether inputs lose the decoder's bias is unknown without it. Put it there.",
        path.string(), tensors_path.filename().string());
  }
  json config = json::parse(read_file(path, most_bytes_of_config), nullptr, false);
  if (!config.is_object())
    throw UserError("{}: is no object of JSON: how the weights encode is unknown. Get the file again.",
                    path.string());
  for (const Fixed& fixed : layout.fixed) {
    const auto setting = config.find(fixed.key);
    if (setting == config.end() || std::ranges::count(fixed.allowed, *setting) > 0) continue;
    throw UserError("{}: {} = {}: such an autoencoder does not encode as those of ksweep do. {}.",
                    path.string(), fixed.key, printable(setting->dump()), fixed.advice);
  }
  return config;
}

std::vector<float> numbers_of_tensor(const Tensor& tensor) {
  const ShardArray& array = tensor.array;
  if (array.element != Element::f32 && array.element != Element::f16 && array.element != Element::bf16 &&
      array.element != Element::f64)
    throw UserError(
        "{}: holds whole numbers: weights are F32, F16, BF16 or F64. Save it again after .float().",
        array.name);
  RawArray raw = read_shard_array(array);
  convert(raw, Element::f32);
  std::vector<float> numbers(raw.bytes.size() / sizeof(float));
  std::memcpy(numbers.data(), raw.bytes.data(), raw.bytes.size());
  const auto bad = std::ranges::find_if_not(numbers, [](float number) { return std::isfinite(number); });
  if (bad != numbers.end())
    throw UserError(
        "{}: number {} (counted from 0) is {}: a training that starts from it only makes more of them. Export the weights of a "
        "training that did not diverge.",
        array.name, bad - numbers.begin(), *bad);
  return numbers;
}

/// Reads arrays of one file, which must have them in these shapes.
class Reader {
 public:
  Reader(const fs::path& path, const std::vector<Tensor>& tensors) : path_(path), tensors_(tensors) {}

  std::vector<std::size_t> shape(const char* name) const { return require(name).array.dims; }

  std::vector<float> read(const char* name, const std::vector<std::size_t>& dims) const {
    const Tensor& tensor = require(name);
    if (tensor.array.dims != dims)
      throw UserError(
          "{}: is {}, and the encoder asks for {}: they are not of one autoencoder. Get the file again, or export it again.",
          tensor.array.name, dims_text(tensor.array.dims), dims_text(dims));
    return numbers_of_tensor(tensor);
  }

 private:
  const Tensor& require(const char* name) const {
    if (const Tensor* tensor = find_tensor(tensors_, name)) return *tensor;
    throw UserError(
        "{}: has no array {}: the autoencoder is not whole without it. It holds: {}. Give a file as `ksweep weights` writes it.",
        path_.string(), name, names_of(tensors_));
  }

  const fs::path& path_;
  const std::vector<Tensor>& tensors_;
};

std::vector<float> transposed(const std::vector<float>& numbers, std::size_t n_rows, std::size_t n_columns) {
  std::vector<float> turned(numbers.size());
  for (std::size_t row = 0; row < n_rows; ++row)
    for (std::size_t column = 0; column < n_columns; ++column)
      turned[column * n_rows + row] = numbers[row * n_columns + column];
  return turned;
}

AutoencoderWeights weights_of(const fs::path& path, const std::vector<Tensor>& tensors,
                              const Layout& layout) {
  constexpr std::size_t most = 1'000'000'000;
  const Reader reader(path, tensors);
  std::vector<std::size_t> dims = reader.shape(layout.encoder);
  if (dims.size() != 2 || std::ranges::min(dims) == 0 || std::ranges::max(dims) > most)
    throw UserError("{}: {} is {}: an encoder is a matrix of units and inputs. Get the file again.",
                    path.string(), layout.encoder, dims_text(dims));
  const std::vector<std::size_t> as_stored = dims;
  if (layout.by_input) std::swap(dims[0], dims[1]);
  AutoencoderWeights weights{static_cast<int>(dims[0]), static_cast<int>(dims[1]), {}, {}, {}, {}};
  weights.encoder = reader.read(layout.encoder, as_stored);
  if (layout.by_input) weights.encoder = transposed(weights.encoder, dims[1], dims[0]);
  weights.decoder = reader.read(layout.decoder, dims);
  weights.hidden_bias = reader.read(layout.hidden_bias, {dims[0]});
  weights.visible_bias = reader.read(layout.visible_bias, {dims[1]});
  if (layout.thresholds && find_tensor(tensors, layout.thresholds))
    weights.thresholds = reader.read(layout.thresholds, {dims[0]});
  return weights;
}

/// Gives an autoencoder whose inputs keep the visible bias the hidden bias with which they can lose it.
void subtract_visible_bias(AutoencoderWeights& weights) {
  const auto n_inputs = static_cast<std::size_t>(weights.n_inputs);
  for (std::size_t unit = 0; unit < weights.hidden_bias.size(); ++unit) {
    double bias = static_cast<double>(weights.hidden_bias[unit]);
    for (std::size_t i = 0; i < n_inputs; ++i)
      bias += static_cast<double>(weights.encoder[unit * n_inputs + i]) *
              static_cast<double>(weights.visible_bias[i]);
    weights.hidden_bias[unit] = static_cast<float>(bias);
  }
}

std::optional<std::string> text_at(const json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::vector<std::string> names_without_use(const std::vector<Tensor>& tensors, const Layout& layout) {
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors) {
    const bool used = tensor.name == layout.encoder || tensor.name == layout.decoder ||
                      tensor.name == layout.hidden_bias || tensor.name == layout.visible_bias ||
                      (layout.thresholds && tensor.name == layout.thresholds);
    if (!used) names.push_back(printable(tensor.name));
  }
  return names;
}

void require_content(const WeightsFile& file, const StartingFile& wanted) {
  if (wanted.content.empty() || wanted.content == file.content) return;
  throw UserError(
      "{}: holds the weights {}, not {}: the trial would be another one. Put the file of those weights there, or leave @{} out to "
      "start from these.",
      file.path.string(), file.content, wanted.content, wanted.content);
}

}  // namespace

WeightsFile read_weights_file(const std::string& value, const WeightPlaces& places) {
  const StartingFile wanted = starting_file(value);
  const fs::path path = tensors_file(found(wanted.path, places));
  require_readable(path);
  const std::vector<Tensor> tensors = read_safetensors_header(path);
  const Layout& layout = layout_of(path, tensors);
  const json config = config_of(path, layout);
  WeightsFile file{path, weights_of(path, tensors, layout), {}, "relu", "linear",
                   {},   names_without_use(tensors, layout)};
  if (layout.needs_config && !config.value("apply_b_dec_to_input", true)) subtract_visible_bias(file.weights);
  if (layout.encoder == std::string("encoder")) {
    file.activation = text_at(config, "activation");
    file.decoder_activation = text_at(config, "decoder");
  }
  if (const auto k = config.find("k"); k != config.end() && k->is_number_integer()) file.k = k->get<int>();
  file.content = id_text(first_64_bits(weights_sha256(Weights{{file.weights}, {}})));
  require_content(file, wanted);
  return file;
}

}  // namespace ksweep
