#include "cli/weight_formats.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "base/atomic_file.h"
#include "base/build_info.h"
#include "base/errors.h"
#include "base/sha256.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "core/trial_keys.h"
#include "data/write_safetensors.h"

namespace ksweep {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

/// What goes into the files of any format.
struct Export {
  const TrialResult& record;
  const FoldedAutoencoder& folded;
  const std::string& sweep;
  const AutoencoderWeights& weights() const { return folded.weights; }
};

std::string_view bytes_of(const std::vector<float>& numbers) {
  const auto bytes = std::as_bytes(std::span(numbers));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

NewTensor vector_of(const char* name, const std::vector<float>& numbers) {
  return {name, "F32", {numbers.size()}, [&numbers](const TakeBytes& take) { take(bytes_of(numbers)); }};
}

/// (n_hidden x n_inputs), as our matrices are.
NewTensor by_unit(const char* name, const AutoencoderWeights& weights, const std::vector<float>& numbers) {
  const auto n_hidden = static_cast<std::size_t>(weights.n_hidden),
             n_inputs = static_cast<std::size_t>(weights.n_inputs);
  return {name, "F32", {n_hidden, n_inputs}, [&numbers](const TakeBytes& take) { take(bytes_of(numbers)); }};
}

/// The same matrix as (n_inputs x n_hidden).
NewTensor by_input(const char* name, const AutoencoderWeights& weights, const std::vector<float>& numbers) {
  const auto n_hidden = static_cast<std::size_t>(weights.n_hidden),
             n_inputs = static_cast<std::size_t>(weights.n_inputs);
  return {name, "F32", {n_inputs, n_hidden}, [=, &numbers](const TakeBytes& take) {
            std::vector<float> column(n_hidden);
            for (std::size_t i = 0; i < n_inputs; ++i) {
              for (std::size_t unit = 0; unit < n_hidden; ++unit) column[unit] = numbers[unit * n_inputs + i];
              take(bytes_of(column));
            }
          }};
}

Json value_of(const Key& key, const Trial& trial) {
  if (key.kind == Key::Kind::integer) return static_cast<std::int64_t>(key.get(trial));
  if (key.kind == Key::Kind::real) return key.get(trial);
  return as_utf8(value_text(key, trial));
}

Json keys_of(const Trial& trial) {
  Json keys;
  for (const Key& key : trial_keys())
    if (concerns(key, trial.kind)) keys[key.full_name()] = value_of(key, trial);
  return keys;
}

/// What whoever loads the files must find on the samples of the sweep: none of it depends on their unit.
Json measured(const Export& what) {
  const TrialResult& record = what.record;
  const bool by_threshold = std::isfinite(record.validation_fvu_by_threshold);
  const std::pair<const char*, double> numbers[] = {
      {"validation_l0", by_threshold ? record.l0_by_threshold : record.l0_training},
      {"validation_fvu", by_threshold ? record.validation_fvu_by_threshold : record.validation_fvu},
      {"test_fvu", by_threshold ? record.test_fvu_by_threshold : record.test_fvu}};
  Json found;
  for (const auto& [name, value] : numbers)
    if (std::isfinite(value)) found[name] = value;
  return found;
}

Json provenance_of(const Export& what) {
  const TrialResult& record = what.record;
  const InputScaling& inputs = record.weights.inputs;
  Json origin{{"exported_by", "ksweep " + program_version()},
              {"trained_by", "ksweep " + record.program_version},
              {"sweep", as_utf8(what.sweep)},
              {"trial", id_text(record.id)},
              {"data_set", as_utf8(record.trial.data_set)},
              {"data_hash", record.trial.data_hash},
              {"weights_sha256", record.weights_sha256},
              {"code_unit", what.folded.code_unit},
              {"divisor", inputs.divisor},
              {"factor", inputs.factor},
              {"mean", inputs.mean}};
  if (std::isfinite(record.threshold)) origin["threshold"] = record.threshold;
  origin["measured"] = measured(what);
  origin["keys"] = keys_of(record.trial);
  return origin;
}

Json sae_lens_config(const Export& what) {
  const Keeps keeps = what.folded.keeps;
  Json config{{"architecture", keeps == Keeps::largest            ? "topk"
                               : keeps == Keeps::above_thresholds ? "jumprelu"
                                                                  : "standard"},
              {"d_in", what.weights().n_inputs},
              {"d_sae", what.weights().n_hidden},
              {"dtype", "float32"},
              {"device", "cpu"},
              {"apply_b_dec_to_input", true},
              {"normalize_activations", "none"},
              {"reshape_activations", "none"}};
  if (keeps == Keeps::largest) {
    config["k"] = what.folded.k;
    config["rescale_acts_by_decoder_norm"] = false;
  }
  // The version whose layout this is: of files without one, SAELens guesses an older layout and drops the metadata.
  config["metadata"] = {{"sae_lens_version", "6.0.0"}, {"ksweep", provenance_of(what)}};
  return config;
}

std::vector<NewTensor> sae_lens_tensors(const AutoencoderWeights& weights) {
  std::vector<NewTensor> tensors{
      by_input("W_enc", weights, weights.encoder), vector_of("b_enc", weights.hidden_bias),
      by_unit("W_dec", weights, weights.decoder), vector_of("b_dec", weights.visible_bias)};
  if (!weights.thresholds.empty()) tensors.push_back(vector_of("threshold", weights.thresholds));
  return tensors;
}

Json sparsify_config(const Export& what) {
  const AutoencoderWeights& weights = what.weights();
  return {{"activation", "topk"},
          {"expansion_factor", std::max(1, weights.n_hidden / weights.n_inputs)},
          {"normalize_decoder", what.record.trial.unit_norm},
          {"num_latents", weights.n_hidden},
          {"k", what.folded.k},
          {"multi_topk", false},
          {"skip_connection", false},
          {"transcode", false},
          {"d_in", weights.n_inputs},
          {"ksweep", provenance_of(what)}};
}

std::vector<NewTensor> sparsify_tensors(const AutoencoderWeights& weights) {
  return {by_unit("encoder.weight", weights, weights.encoder), vector_of("encoder.bias", weights.hidden_bias),
          by_unit("W_dec", weights, weights.decoder), vector_of("b_dec", weights.visible_bias)};
}

Json own_config(const Export& what) {
  const Keeps keeps = what.folded.keeps;
  const Trial& trial = what.record.trial;
  Json config{{"format", "ksweep weights 1"},
              {"n_inputs", what.weights().n_inputs},
              {"n_hidden", what.weights().n_hidden},
              {"activation", value_text(*find_key("model.activation"), trial)},
              {"decoder", value_text(*find_key("model.decoder"), trial)},
              {"keeps", keeps == Keeps::largest            ? "largest"
                        : keeps == Keeps::above_thresholds ? "above thresholds"
                                                           : "all"}};
  if (keeps == Keeps::largest) config["k"] = what.folded.k;
  config["ksweep"] = provenance_of(what);
  return config;
}

std::vector<NewTensor> own_tensors(const AutoencoderWeights& weights) {
  std::vector<NewTensor> tensors{
      by_unit("encoder", weights, weights.encoder), by_unit("decoder", weights, weights.decoder),
      vector_of("hidden_bias", weights.hidden_bias), vector_of("visible_bias", weights.visible_bias)};
  if (!weights.thresholds.empty()) tensors.push_back(vector_of("thresholds", weights.thresholds));
  return tensors;
}

}  // namespace

struct WeightFormat {
  const char *name, *program;  ///< as --format takes it; in sentences
  const char *config_file, *tensors_file;
  Json (*config)(const Export& what);
  std::vector<NewTensor> (*tensors)(const AutoencoderWeights& weights);
  bool any_activation;  ///< else ReLU and a linear decoder
  bool any_keeps;       ///< else the k largest
  const char* load;     ///< Python, with {} for the folder
};

namespace {

constexpr WeightFormat formats[] = {
    {"sae-lens", "SAELens", "cfg.json", "sae_weights.safetensors", sae_lens_config, sae_lens_tensors, false,
     true, "sae_lens.SAE.load_from_disk(\"{}\")"},
    {"sparsify", "sparsify", "cfg.json", "sae.safetensors", sparsify_config, sparsify_tensors, false, false,
     "sparsify.SparseCoder.load_from_disk(\"{}\")"},
    {"safetensors", "ksweep", "config.json", "weights.safetensors", own_config, own_tensors, true, true,
     "safetensors.numpy.load_file(\"{}/weights.safetensors\")"},
};

}  // namespace

std::vector<std::string> weight_format_names() {
  std::vector<std::string> names;
  for (const WeightFormat& format : formats) names.push_back(format.name);
  return names;
}

const WeightFormat& weight_format_named(const std::string& name) {
  const auto* const found = std::ranges::find(formats, name, &WeightFormat::name);
  if (found != std::end(formats)) return *found;
  const std::string near = nearest(name, weight_format_names());
  throw UserError("--format {} is not known: what to write is unclear. {}Choose {}.", name,
                  near.empty() ? "" : "Did you mean " + near + "? ", joined(weight_format_names()));
}

void check_expressible(const WeightFormat& format, const std::string& where, const Trial& trial,
                       const FoldedAutoencoder& folded) {
  const auto refuse = [&](const char* key, const std::string& why, const char* advice) {
    throw UserError("{}: {} = {}: {}, so that codes would be others. {}", where, key,
                    value_text(*find_key(key), trial), why, advice);
  };
  const std::string program = format.program;
  if (!format.any_activation && trial.activation != Activation::relu)
    refuse("model.activation", program + " applies ReLU to all units",
           "Train with model.activation = relu, or give --format safetensors.");
  if (!format.any_activation && trial.decoder != Activation::linear)
    refuse("model.decoder", program + " reconstructs without an activation",
           "Train with model.decoder = linear, or give --format safetensors.");
  if (!format.any_keeps && folded.keeps != Keeps::largest)
    refuse("model.kind", program + " keeps the k largest of each sample and has no thresholds",
           "Give --format sae-lens or safetensors.");
}

void write_weight_files(const WeightFormat& format, const fs::path& folder, const TrialResult& record,
                        const FoldedAutoencoder& folded, const std::string& sweep) {
  const Export what{record, folded, sweep};
  write_safetensors(folder / format.tensors_file, format.tensors(folded.weights),
                    {{"format", "pt"}, {"trial", id_text(record.id)}});
  write_file_atomically(folder / format.config_file, format.config(what).dump(2) + "\n");
}

std::string loading_line(const WeightFormat& format, const fs::path& folder) {
  return fmt::format(fmt::runtime(format.load), folder.string());
}

}  // namespace ksweep
