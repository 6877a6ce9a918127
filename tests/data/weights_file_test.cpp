#include "data/weights_file.h"

#include <gmock/gmock.h>

#include <limits>

#include "data/safetensors_files.h"
#include "data/write_safetensors.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Arrays = std::vector<std::tuple<std::string, std::vector<std::size_t>, std::vector<float>>>;

/// Two units on three inputs.
const Arrays own{{"encoder", {2, 3}, {1, 2, 3, 4, 5, 6}},
                 {"decoder", {2, 3}, {7, 8, 9, 10, 11, 12}},
                 {"hidden_bias", {2}, {-1, -2}},
                 {"visible_bias", {3}, {1, 0, 2}}};
const Arrays sparsify{{"encoder.weight", {2, 3}, {1, 2, 3, 4, 5, 6}},
                      {"W_dec", {2, 3}, {7, 8, 9, 10, 11, 12}},
                      {"encoder.bias", {2}, {-1, -2}},
                      {"b_dec", {3}, {1, 0, 2}}};
const Arrays sae_lens{{"W_enc", {3, 2}, {1, 4, 2, 5, 3, 6}},
                      {"W_dec", {2, 3}, {7, 8, 9, 10, 11, 12}},
                      {"b_enc", {2}, {-1, -2}},
                      {"b_dec", {3}, {1, 0, 2}}};

void write(const std::filesystem::path& path, const Arrays& arrays) {
  std::vector<NewTensor> tensors;
  for (const auto& [name, shape, numbers] : arrays)
    tensors.push_back({name, "F32", shape, [&numbers = numbers](const TakeBytes& take) {
                         take({reinterpret_cast<const char*>(numbers.data()), numbers.size() * 4});
                       }});
  write_safetensors(path, tensors, {});
}

/// A folder with one file of arrays and, unless empty, settings.
struct Files {
  TemporaryFolder folder;
  Files(const char* tensors_file, const Arrays& arrays, const char* config_file = "",
        const char* config = "") {
    write(folder.path() / tensors_file, arrays);
    if (*config_file) folder.write(config_file, config);
  }
  WeightsFile read(const std::string& suffix = "") const {
    return read_weights_file(folder.path().string() + suffix, {});
  }
};

void expect_two_units(const AutoencoderWeights& weights) {
  EXPECT_EQ(weights.n_hidden, 2);
  EXPECT_EQ(weights.n_inputs, 3);
  EXPECT_THAT(weights.encoder, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(weights.decoder, ElementsAre(7, 8, 9, 10, 11, 12));
  EXPECT_THAT(weights.hidden_bias, ElementsAre(-1, -2));
  EXPECT_THAT(weights.visible_bias, ElementsAre(1, 0, 2));
  EXPECT_THAT(weights.thresholds, IsEmpty());
}

TEST(WeightsFile, AllFormatsHoldTheSameWeightsWithTheSameContent) {
  const WeightsFile one = Files("weights.safetensors", own).read();
  const WeightsFile two = Files("sae.safetensors", sparsify, "cfg.json", R"({"k": 1})").read();
  const WeightsFile three =
      Files("sae_weights.safetensors", sae_lens, "cfg.json", R"({"architecture": "topk", "k": 1})").read();
  for (const WeightsFile* file : {&one, &two, &three}) expect_two_units(file->weights);
  EXPECT_EQ(one.content, two.content);
  EXPECT_EQ(one.content, three.content);
  EXPECT_EQ(two.k, 1);
  EXPECT_EQ(two.activation, "relu");
  EXPECT_EQ(one.activation, std::nullopt);
}

TEST(WeightsFile, AFileMayBeNamedInPlaceOfItsFolder) {
  const Files files("any.safetensors", own);
  EXPECT_EQ(files.read("/any.safetensors").content, Files("weights.safetensors", own).read().content);
}

TEST(WeightsFile, OneOtherNumberIsAnotherContent) {
  Arrays other = own;
  std::get<2>(other[2])[1] = -3;
  EXPECT_NE(Files("weights.safetensors", other).read().content,
            Files("weights.safetensors", own).read().content);
}

TEST(WeightsFile, InputsThatKeepTheVisibleBiasGetAnotherHiddenOne) {
  const Files files("sae_weights.safetensors", sae_lens, "cfg.json", R"({"apply_b_dec_to_input": false})");
  EXPECT_THAT(files.read().weights.hidden_bias, ElementsAre(-1 + 1 * 1 + 3 * 2, -2 + 4 * 1 + 6 * 2));
}

TEST(WeightsFile, WhatNoAutoencoderHasIsListed) {
  Arrays more = own;
  more.push_back({"skip", {1}, {0}});
  more.push_back({"thresholds", {2}, {0.5f, 1}});
  const WeightsFile file = Files("weights.safetensors", more).read();
  EXPECT_THAT(file.unused, ElementsAre("skip"));
  EXPECT_THAT(file.weights.thresholds, ElementsAre(0.5f, 1));
}

TEST(WeightsFile, ItsOwnFormatSaysItsActivations) {
  const WeightsFile file =
      Files("weights.safetensors", own, "config.json",
            R"({"format": "ksweep weights 1", "activation": "sigmoid", "decoder": "relu"})")
          .read();
  EXPECT_EQ(file.activation, "sigmoid");
  EXPECT_EQ(file.decoder_activation, "relu");
}

TEST(WeightsFile, HalfPrecisionIsRead) {
  const TemporaryFolder folder;
  const std::string header =
      R"({"encoder":{"dtype":"F16","shape":[1,1],"data_offsets":[0,2]},"decoder":{"dtype":"BF16","shape":[1,1],"data_offsets":[2,4]},)"
      R"("hidden_bias":{"dtype":"F16","shape":[1],"data_offsets":[4,6]},"visible_bias":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}})";
  const auto path = folder.write(
      "w.safetensors", safetensors(header, bytes_of({0, 0x3c, 0x80, 0x3f, 0, 0xbc, 0, 0, 0, 0x40})));
  const AutoencoderWeights weights = read_weights_file(path.string(), {}).weights;
  EXPECT_THAT(weights.encoder, ElementsAre(1));
  EXPECT_THAT(weights.decoder, ElementsAre(1));
  EXPECT_THAT(weights.hidden_bias, ElementsAre(-1));
  EXPECT_THAT(weights.visible_bias, ElementsAre(2));
}

TEST(WeightsFile, RelativePathsAreLookedUpInTheSweepsFolderAndThatOfTheData) {
  const Files files("weights.safetensors", own);
  const std::string name = files.folder.path().filename().string();
  EXPECT_EQ(read_weights_file(name, {files.folder.path().parent_path(), {}}).weights.n_hidden, 2);
  EXPECT_EQ(read_weights_file(name, {{}, files.folder.path().parent_path()}).weights.n_hidden, 2);
  EXPECT_USER_ERROR(
      read_weights_file(name, {"/elsewhere", {}}),
      AllOf(HasSubstr(name + ": there is no such file or folder"), HasSubstr("/elsewhere/" + name)));
}

TEST(WeightsFile, OtherWeightsThanThoseAskedForAreRefused) {
  const Files files("weights.safetensors", own);
  const std::string content = files.read().content;
  EXPECT_EQ(files.read("@" + content).content, content);
  EXPECT_USER_ERROR(files.read("@0123456789abcdef"), HasSubstr("weights.safetensors: holds the weights " +
                                                               content + ", not 0123456789abcdef"));
}

TEST(WeightsFile, AFolderWithoutOrWithSeveralFilesIsRefused) {
  const Files files("other.safetensors", own);
  EXPECT_USER_ERROR(files.read(),
                    HasSubstr("holds none of sae_weights.safetensors, sae.safetensors, weights.safetensors"));
  write(files.folder.path() / "weights.safetensors", own);
  write(files.folder.path() / "sae.safetensors", sparsify);
  EXPECT_USER_ERROR(files.read(), HasSubstr("holds several of"));
}

TEST(WeightsFile, MissingArraysAndWrongShapesAreRefused) {
  Arrays without = own;
  without.pop_back();
  EXPECT_USER_ERROR(
      Files("weights.safetensors", without).read(),
      HasSubstr("has no array visible_bias: the autoencoder is not whole without it. It holds: "));
  EXPECT_USER_ERROR(Files("weights.safetensors", {{"acts", {1, 1}, {1}}}).read(),
                    HasSubstr("has no array W_enc, encoder.weight or encoder"));
  Arrays short_bias = own;
  short_bias[2] = {"hidden_bias", {3}, {1, 2, 3}};
  EXPECT_USER_ERROR(Files("weights.safetensors", short_bias).read(),
                    HasSubstr("hidden_bias: is 3, and the encoder asks for 2"));
  Arrays flat = own;
  flat[0] = {"encoder", {6}, {1, 2, 3, 4, 5, 6}};
  EXPECT_USER_ERROR(Files("weights.safetensors", flat).read(), HasSubstr("an encoder is a matrix"));
}

TEST(WeightsFile, NumbersThatAreNotFiniteAreRefused) {
  Arrays bad = own;
  std::get<2>(bad[1])[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_USER_ERROR(Files("weights.safetensors", bad).read(),
                    HasSubstr("weights.safetensors: decoder: number 4 (counted from 0) is nan"));
}

TEST(WeightsFile, AutoencodersThatEncodeOtherwiseAreRefused) {
  for (const char* setting : {R"("normalize_activations": "expected_average_only_in")",
                              R"("architecture": "gated")", R"("rescale_acts_by_decoder_norm": true)"})
    EXPECT_USER_ERROR(
        Files("sae_weights.safetensors", sae_lens, "cfg.json", ("{" + std::string(setting) + "}").c_str())
            .read(),
        HasSubstr("cfg.json: "));
  EXPECT_USER_ERROR(Files("sae.safetensors", sparsify, "cfg.json", R"({"transcode": true})").read(),
                    HasSubstr("transcode = true: such an autoencoder does not encode"));
  EXPECT_USER_ERROR(Files("sae_weights.safetensors", sae_lens).read(),
                    HasSubstr("cfg.json: there is no such file beside sae_weights.safetensors"));
  EXPECT_USER_ERROR(Files("sae_weights.safetensors", sae_lens, "cfg.json", "[").read(),
                    HasSubstr("is no object of JSON"));
}

}  // namespace
}  // namespace ksweep
