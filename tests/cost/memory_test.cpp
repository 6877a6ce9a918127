// Compares the predicted memory of a trial with what a training of a few mini-batches allocates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "allocated_bytes.h"
#include "base/random.h"
#include "core/trial_keys.h"
#include "cost/cost.h"
#include "data/dataset.h"
#include "kernels/isa.h"
#include "train/train.h"

namespace ksweep {
namespace {

constexpr int n_training = 1200, n_validation = 300, n_test = 300, n_pixels = 400, n_classes = 10;

/// Returns samples of which a third of the pixels are not zero, of 256 levels.
Dataset wide_dataset() {
  struct Memory {
    std::vector<float> samples;
    std::vector<std::int32_t> labels;
  };
  auto memory = std::make_shared<Memory>();
  for (int i = 0; i < n_training + n_validation + n_test; ++i) {
    RandomStream noise(1, Purpose::digits, 0, static_cast<std::uint64_t>(i));
    memory->labels.push_back(i % n_classes);
    for (int pixel = 0; pixel < n_pixels; ++pixel)
      memory->samples.push_back(static_cast<float>(pixel % n_classes == i % n_classes || pixel % 4 == 0
                                                       ? std::ceil(255 * noise.uniform()) / 255
                                                       : 0.0));
  }
  Dataset data;
  data.name = "wide";
  data.shape = {1, 20, 20};
  data.n_train = n_training + n_validation;
  data.n_test = n_test;
  data.n_classes = n_classes;
  data.train_samples = memory->samples.data();
  data.test_samples = memory->samples.data() + data.n_train * n_pixels;
  data.train_labels = memory->labels.data();
  data.test_labels = memory->labels.data() + data.n_train;
  data.owner = memory;
  return data;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

Trial trial_with(const Settings& settings) {
  Trial trial = default_trial();
  const auto set = [&](const std::string& key, const std::string& value) {
    EXPECT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt) << key;
  };
  const Settings usual = {{"data.validation", std::to_string(n_validation)},
                          {"model.hidden", "800"},
                          {"model.k", "20"},
                          {"train.epochs", "2"},
                          {"train.batch", "200"},
                          {"model.initial_scale", "0.01"},
                          {"train.learning_rate", "0.0001"},
                          {"probe.kind", "centroid"},
                          {"probe.tolerance", "0.1"}};
  for (const auto& [key, value] : usual)
    if (find_key(key)) set(key, value);
  for (const auto& [key, value] : settings) set(key, value);
  return normalised(trial);
}

struct Bytes {
  double predicted, allocated;
};

/// The predictions assume eight threads with scratch.
Bytes bytes_of(const Trial& trial) {
  static const Dataset data = wide_dataset();
  static const Team team(8);
  static const Kernels kernels = [] {
    Kernels best = best_kernels();
    best.screening = nullptr;  // it reserves room for all activations as candidates and touches little of it
    return best;
  }();
  const DataFacts facts{"", n_pixels, n_classes, n_training, n_validation, n_test};
  start_counting_bytes();
  const auto results = train(std::span(&trial, 1), data, {.kernels = kernels, .team = team});
  const auto allocated = static_cast<double>(most_allocated_bytes());
  EXPECT_EQ(results.at(0).status, Status::done) << results.at(0).reason;
  return {memory_bytes(trial, facts) - program_bytes, allocated};
}

struct Case {
  const char* name;
  Settings settings;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"KSparse", {{"model.kind", "k-sparse"}}},
      {"LargeBatches", {{"train.batch", "600"}, {"train.k_start", "20"}}},
      {"Untied", {{"model.tied", "no"}}},
      {"Adam", {{"train.optimizer", "adam"}}},
      {"Average", {{"train.weight_average", "0.99"}}},
      {"Dropout", {{"model.dropout", "0.3"}}},
      {"InputNoise", {{"model.input_noise", "0.3"}}},
      {"AuxK", {{"model.aux_units", "100"}, {"model.aux_weight", "0.03"}}},
      {"KeepsAll", {{"model.k", "800"}}},
      {"BatchTopK", {{"model.kind", "batch-topk"}}},
      {"Wta", {{"model.kind", "wta"}}},
      {"Matryoshka", {{"model.kind", "matryoshka-batch-topk"}, {"model.activation", "relu"}}},
      {"JumpRelu", {{"model.kind", "jump-relu"}, {"model.activation", "relu"}}},
      {"MultiTopk", {{"model.multi_topk", "0.125"}}},
      {"Plain", {{"model.kind", "plain"}}},
      {"PlainDropout", {{"model.kind", "plain"}, {"model.dropout", "0.3"}}},
      {"Rbm", {{"model.kind", "rbm"}}},
      {"RbmDropout", {{"model.kind", "rbm"}, {"model.dropout", "0.3"}}},
      {"PersistentRbm", {{"model.kind", "rbm"}, {"model.persistent", "yes"}}},
      {"Random", {{"model.kind", "random"}}},
      {"Raw", {{"model.kind", "raw"}}},
      {"Classifier", {{"model.kind", "classifier"}, {"model.layers", "800-400"}}},
      {"ClassifierDropout",
       {{"model.kind", "classifier"}, {"model.layers", "800-400"}, {"model.dropout", "0.3"}}},
      {"NarrowClassifier", {{"model.kind", "classifier"}, {"model.layers", "30"}}},
      {"Stack", {{"model.layers", "800-400"}}},
      {"Joint", {{"model.layers", "800-400"}, {"model.training", "joint"}}},
      {"ClassTargets", {{"model.targets", "classes"}}},
      {"ClusterTargets", {{"model.targets", "clusters"}, {"model.clusters", "20"}}},
      {"Softmax", {{"probe.kind", "softmax"}}},
      {"Svm", {{"probe.kind", "svm"}}},
      {"Knn", {{"probe.kind", "knn"}}},
      {"Sparse", {{"probe.kind", "sparse"}}},
      {"Centroid", {{"probe.kind", "centroid"}}},
      {"Kmeans", {{"probe.kind", "kmeans"}}},
      {"FineTune", {{"probe.kind", "fine-tune"}, {"probe.epochs", "1"}}},
      {"FineTuneAverage",
       {{"probe.kind", "fine-tune"}, {"probe.epochs", "1"}, {"probe.weight_average", "0.99"}}},
      {"Standardised", {{"model.kind", "plain"}, {"probe.standardise", "yes"}}},
      {"StandardisedRaw", {{"model.kind", "raw"}, {"probe.standardise", "yes"}}},
      {"Refit", {{"model.kind", "plain"}, {"probe.refit", "yes"}}},
  };
  return all;
}

/// A prediction is not too low, and at most a third too high, which leaves room for what threads allocate for moments.
constexpr double least_ratio = 0.98, most_ratio = 4.0 / 3;  // what malloc adds of its own is not predicted

class Memory : public testing::TestWithParam<Case> {};

TEST_P(Memory, IsPredictedAsItIsAllocated) {
  const Bytes bytes = bytes_of(trial_with(GetParam().settings));
  const double ratio = bytes.predicted / bytes.allocated;
  EXPECT_GE(ratio, least_ratio) << bytes.predicted << " bytes predicted, " << bytes.allocated << " allocated";
  EXPECT_LE(ratio, most_ratio) << bytes.predicted << " bytes predicted, " << bytes.allocated << " allocated";
}

INSTANTIATE_TEST_SUITE_P(All, Memory, testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param.name; });

TEST(MemoryCases, HoldEveryKindOfModelAndProbe) {
  for (const char* name : {"model.kind", "probe.kind", "model.targets", "model.training"}) {
    const Key& key = *find_key(name);
    for (const std::string& choice : key.choices) {
      const auto has = [&](const Case& a) { return value_text(key, trial_with(a.settings)) == choice; };
      EXPECT_TRUE(std::ranges::any_of(cases(), has))
          << name << " = " << choice << ": add a case to this file";
    }
  }
}

}  // namespace
}  // namespace ksweep
