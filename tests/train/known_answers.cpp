/// known_answers: prints what stands under "Known answers" in src/store/FORMAT.md, for tests/program/test_rederive.py.

#include <cstdio>
#include <span>
#include <string>

#include "base/random.h"
#include "core/trial_keys.h"
#include "data/split.h"
#include "data/test_part.h"
#include "model/layers.h"
#include "model/network.h"
#include "train/schedules.h"

using namespace ksweep;

namespace {

void print_whole(const char* name, std::span<const std::uint32_t> numbers) {
  std::printf("%s:", name);
  for (const std::uint32_t number : numbers) std::printf(" %u", number);
  std::printf("\n");
}

template <class Number>
void print_real(const std::string& name, std::span<const Number> numbers) {
  std::printf("%s:", name.c_str());
  for (const Number number : numbers)
    std::printf(" %.*g", sizeof(Number) == sizeof(float) ? 9 : 17, static_cast<double>(number));
  std::printf("\n");
}

void print_generator() {
  RandomStream stream(7, Purpose::batch_order, 3, 11);
  std::vector<std::uint32_t> words(6);
  stream.fill(words);
  print_whole("words, seed 7, purpose 6, epoch 3, index 11", words);
  RandomStream uniform(7, Purpose::batch_order, 3, 11), normal = uniform;
  std::vector<double> uniforms(3), normals(3);
  for (double& number : uniforms) number = uniform.uniform();
  for (double& number : normals) number = normal.normal();
  print_real<double>("uniform, same stream", uniforms);
  print_real<double>("normal, same stream", normals);
  print_whole("permutation of 10, same stream", permutation(10, {7, Purpose::batch_order, 3, 11}));
}

void print_parts(Trial trial) {
  print_whole("test part of 30 rows", test_rows(30, {}, TestPart::balanced));
  std::vector<std::int32_t> labels(30);
  for (std::int32_t row = 0; row < 30; ++row) labels[static_cast<std::size_t>(row)] = row / 10;
  print_whole("test part of 30 rows, 10 of each class in turn", test_rows(30, labels, TestPart::balanced));
  trial.seed = 3;
  trial.n_validation = 500;
  trial.n_train = 1000;
  Dataset mnist;
  mnist.n_train = 60000;
  mnist.n_test = 10000;
  const Split parts = split(trial, mnist);
  print_whole("validation part, seed 3, first 5 of 500 of 60000", std::span(parts.validation).first(5));
  print_whole("training part, seed 3, first 5 of 1000", std::span(parts.train).first(5));
  for (const int epoch : {0, 1})
    print_whole(("rows of epoch " + std::to_string(epoch) + ", first 5").c_str(),
                std::span<const std::uint32_t>(
                    rows_of_epoch(trial, parts.train,
                                  {trial, static_cast<std::int64_t>(parts.train.size()), trial.batch}, epoch))
                    .first(5));
}

void print_weights(Trial trial) {
  trial.seed = 3;
  trial.n_hidden = 10;
  trial.tied = false;
  const Network normal = initial_network(trial, 784), upper = initial_network(trial, 784, 1);
  const auto first = [](const AlignedFloats& numbers) { return numbers.span().first(3); };
  print_real<float>("encoder of 10 x 784, seed 3, unit 0", first(normal.encoder));
  print_real<float>("its unit 1", std::span<const float>(normal.encoder_row(1), 3));
  print_real<float>("decoder, unit 0", first(normal.decoder));
  print_real<float>("hidden bias", first(normal.hidden_bias));
  print_real<float>("visible bias", first(normal.visible_bias));
  print_real<float>("encoder of the second layer of a stack, unit 0", first(upper.encoder));
  trial.initial_weights = InitialWeights::uniform;
  print_real<float>("encoder, uniform, unit 0", first(initial_network(trial, 784).encoder));
  trial.initial_weights = InitialWeights::glorot;
  trial.initial_scale = 1;
  print_real<float>("encoder, glorot, scale 1, unit 0", first(initial_network(trial, 784).encoder));
  trial.unit_norm = true;
  print_real<float>("decoder, glorot, unit_norm, unit 0", first(initial_network(trial, 784).decoder));
  trial.layers = "30";
  const Layers layers = initial_layers(trial, 784, 10);
  print_real<float>("layer 1 of 784-30-10, glorot, input 0", first(layers[0].weights));
  print_real<float>("layer 2, input 0", first(layers[1].weights));
}

}  // namespace

int main() {
  print_generator();
  print_parts(default_trial());
  print_weights(default_trial());
}
