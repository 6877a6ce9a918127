#include "cli/weight_formats.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "core/trial_keys.h"
#include "refusal.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

TrialResult record() {
  TrialResult result;
  result.trial = default_trial();
  result.trial.activation = Activation::relu;
  return result;
}

FoldedAutoencoder folded() {
  return {.weights = {2, 3, {1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}, {7, 8}, {9, 10, 11}},
          .keeps = Keeps::largest,
          .k = 1};
}

/// The files of a format, in a folder of the test.
std::string written(const std::string& name, const char* file,
                    const FoldedAutoencoder& autoencoder = folded()) {
  const TemporaryFolder folder;
  write_weight_files(weight_format_named(name), folder.path(), record(), autoencoder, "a \xe9 title");
  const std::string bytes = read_file(folder.path() / file);
  return bytes;
}

TEST(WeightFormats, AMistypedNameIsAnsweredWithTheNearest) {
  EXPECT_EQ(
      refusal([] { weight_format_named("saelens"); }),
      "--format saelens is not known: what to write is unclear. Did you mean sae-lens? Choose sae-lens, sparsify, "
      "safetensors.");
}

TEST(WeightFormats, SaeLensHasTheEncoderByInputs) {
  const std::string bytes = written("sae-lens", "sae_weights.safetensors");
  EXPECT_THAT(bytes, HasSubstr(R"("W_enc":{"data_offsets":[0,24],"dtype":"F32","shape":[3,2]})"));
  const float transposed[] = {1, 4, 2, 5, 3, 6};
  EXPECT_THAT(bytes, HasSubstr(std::string(reinterpret_cast<const char*>(transposed), sizeof transposed)));
}

// Their encoder subtracts the decoder's bias only if it is told to; ours always does.
TEST(WeightFormats, SaeLensIsToldToSubtractTheDecodersBias) {
  EXPECT_THAT(written("sae-lens", "cfg.json"), HasSubstr("\"apply_b_dec_to_input\": true,"));
}

TEST(WeightFormats, SaysK) {
  EXPECT_THAT(written("sae-lens", "cfg.json"), HasSubstr("\"k\": 1,"));
  EXPECT_THAT(written("sparsify", "cfg.json"), HasSubstr("\"k\": 1,"));
  EXPECT_THAT(written("safetensors", "config.json"), HasSubstr("\"k\": 1,"));
}

TEST(WeightFormats, SayWhatTheEncoderKeeps) {
  FoldedAutoencoder autoencoder = folded();
  const auto says = [&](const char* architecture, const char* keeps) {
    EXPECT_THAT(written("sae-lens", "cfg.json", autoencoder), HasSubstr(architecture));
    EXPECT_THAT(written("safetensors", "config.json", autoencoder), HasSubstr(keeps));
  };
  says("\"architecture\": \"topk\"", "\"keeps\": \"largest\"");
  autoencoder.keeps = Keeps::above_thresholds;
  autoencoder.weights.thresholds = {0.5f, 0.25f};
  says("\"architecture\": \"jumprelu\"", "\"keeps\": \"above thresholds\"");
  autoencoder.keeps = Keeps::all;
  autoencoder.weights.thresholds = {};
  says("\"architecture\": \"standard\"", "\"keeps\": \"all\"");
}

/// A configuration without the part that only ksweep reads.
Json config_of(const std::string& format, const char* file) {
  Json config = Json::parse(written(format, file));
  config.erase("ksweep");
  if (config.contains("metadata")) config["metadata"].erase("ksweep");
  return config;
}

TEST(WeightFormats, ConfigurationsHoldWhatTheirProgramsRead) {
  EXPECT_EQ(config_of("sae-lens", "cfg.json"), Json::parse(R"({
    "architecture": "topk", "d_in": 3, "d_sae": 2, "k": 1, "dtype": "float32", "device": "cpu",
    "apply_b_dec_to_input": true, "normalize_activations": "none", "reshape_activations": "none",
    "rescale_acts_by_decoder_norm": false, "metadata": {"sae_lens_version": "6.0.0"}})"));
  EXPECT_EQ(config_of("sparsify", "cfg.json"), Json::parse(R"({
    "activation": "topk", "expansion_factor": 1, "normalize_decoder": false, "num_latents": 2, "k": 1,
    "multi_topk": false, "skip_connection": false, "transcode": false, "d_in": 3})"));
  EXPECT_EQ(config_of("safetensors", "config.json"), Json::parse(R"({
    "format": "ksweep weights 1", "n_inputs": 3, "n_hidden": 2, "activation": "relu", "decoder": "linear",
    "keeps": "largest", "k": 1})"));
}

/// What is measured of a record, and its threshold, as a configuration says it.
Json numbers_of(const TrialResult& result) {
  const TemporaryFolder folder;
  write_weight_files(weight_format_named("safetensors"), folder.path(), result, folded(), "title");
  const Json ksweep = Json::parse(read_file(folder.path() / "config.json"))["ksweep"];
  return {{"measured", ksweep["measured"]}, {"threshold", ksweep.value("threshold", -1.0)}};
}

TEST(WeightFormats, SayWhatWhoeverLoadsThemMustFind) {
  TrialResult result = record();
  result.l0_training = 4, result.validation_fvu = 0.25, result.test_fvu = 0.5;
  result.l0_by_threshold = 5, result.test_fvu_by_threshold = 0.75;
  EXPECT_EQ(numbers_of(result),
            Json::parse(R"({"measured": {"validation_l0": 4.0, "validation_fvu": 0.25, "test_fvu": 0.5},
                            "threshold": -1.0})"));
  result.validation_fvu_by_threshold = 0.125, result.threshold = 3;
  EXPECT_EQ(numbers_of(result),
            Json::parse(R"({"measured": {"validation_l0": 5.0, "validation_fvu": 0.125, "test_fvu": 0.75},
                            "threshold": 3.0})"));
}

TEST(WeightFormats, WriteTitlesOfAnyBytes) {
  EXPECT_THAT(written("safetensors", "config.json"), HasSubstr(R"("sweep": "a \\xe9 title")"));
}

TEST(WeightFormats, RefuseWhatTheirProgramsCompute) {
  Trial linear = record().trial;
  linear.activation = Activation::linear;
  for (const char* name : {"sae-lens", "sparsify"})
    EXPECT_THAT(refusal([&] { check_expressible(weight_format_named(name), "here", linear, folded()); }),
                HasSubstr("here: model.activation = linear: "));
  check_expressible(weight_format_named("safetensors"), "here", linear, folded());
}

}  // namespace
}  // namespace ksweep
