#include "train/stack.h"

#include <numeric>

#include "base/errors.h"
#include "base/sha256.h"
#include "small_data.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::Pair;

Trial of_layers(const char* layers) {
  Trial trial = small_trial();
  trial.layers = layers;
  return normalised(trial);
}

/// A trained stack with all that must outlive it.
struct Stacked {
  Trial trial;
  Dataset data = small_dataset();
  TrialParts parts = parts_of(trial, data);
  TrainSettings its_settings = settings();
  Stack stack{trial, data, parts, its_settings};
  Curves curves;
  std::vector<std::pair<int, bool>> told;

  explicit Stacked(Trial its_trial) : trial(std::move(its_trial)) {
    stack.fit(curves, [&](int epochs_done, bool is_top) { told.emplace_back(epochs_done, is_top); });
  }
};

using Numbers = std::vector<double>;

Numbers applied(const Layer& layer, const Numbers& inputs) {
  Numbers outputs(layer.biases.data(), layer.biases.data() + layer.n_outputs);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t o = 0; o < outputs.size(); ++o)
      outputs[o] += inputs[i] * layer.weights[i * static_cast<std::size_t>(layer.stride) + o];
  return outputs;
}

/// The largest stay, the others are 0.
Numbers largest(Numbers numbers, std::size_t count) {
  Numbers sorted = numbers;
  std::ranges::sort(sorted, std::greater<>{});
  for (double& number : numbers)
    if (number < sorted[count - 1]) number = 0;
  return numbers;
}

Numbers pixels(const float* samples, std::size_t row) {
  return {samples + row * 25, samples + (row + 1) * 25};
}

TEST(Stack, OfOneLayerIsTheAutoencoderOfThatLayer) {
  Trial one_layer = small_trial();
  one_layer.layers = "20";  // as wide as hidden
  expect_equal_bits(trained(one_layer, small_dataset()), trained(small_trial(), small_dataset()));
}

TEST(Stack, TheSecondLayerSeesTheCodesOfTheFirst) {
  const auto check = [](Stacked s) {
    const Layers encoder = s.stack.encoder();
    const Dataset& codes = s.stack.top().data;
    ASSERT_EQ(codes.n_inputs(), 20);
    const auto expect_codes = [&](const float* seen, const float* samples, std::size_t n_rows) {
      for (std::size_t row = 0; row < n_rows; ++row) {
        const Numbers code = largest(applied(encoder[0], pixels(samples, row)), 8);  // alpha * k
        for (std::size_t unit = 0; unit < 20; ++unit)
          ASSERT_NEAR(seen[row * 20 + unit], code[unit], 1e-5) << row;
      }
    };
    expect_codes(codes.train_samples, s.data.train_samples, s.data.n_train);
    expect_codes(codes.test_samples, s.data.test_samples, s.data.n_test);
  };
  check(Stacked(of_layers("20-12")));
}

TEST(Stack, TheSecondLayerIsTrainedAsIfTheCodesWereTheData) {
  Trial trial = of_layers("20-12");
  trial.decoder = Activation::sigmoid;  // of the pixels; codes have no range
  Stacked s(trial);
  Trial second = trial;
  second.layers = "none";
  second.decoder = Activation::linear;
  Training training(second, s.stack.top().data, s.parts.split, best_kernels(), one_thread, 1);
  Curves curves;
  fit(training, curves, {}, [](int) {});
  EXPECT_EQ(weights_sha256(training.network), weights_sha256(s.stack.top().network));
  EXPECT_TRUE(std::ranges::equal(curves.train_loss, std::span(s.curves.train_loss).subspan(4)));
}

TEST(Stack, HashesTheWeightsOfAllLayers) {
  Stacked s(of_layers("20-12"));
  Trial first = small_trial();
  Stacked alone(normalised(first));
  Sha256 hash;
  hash.add(weights_sha256(alone.stack.weights()));
  hash.add(weights_sha256(s.stack.top().network));
  EXPECT_EQ(weights_sha256(s.stack.weights()), hash.hex());
}

TEST(Stack, ReconstructsThroughAllDecoders) {
  Trial trial = of_layers("20-12");
  trial.dropout = 0.2;
  Stacked s(trial);
  const Layers encoder = s.stack.encoder(), decoder = s.stack.decoder();
  ASSERT_EQ(decoder.size(), 2u);
  double squares = 0;
  for (std::size_t row = 0; row < s.data.n_test; ++row) {
    const Numbers inputs = pixels(s.data.test_samples, row);
    const Numbers code = largest(applied(encoder[1], largest(applied(encoder[0], inputs), 8)), 4);
    const Numbers outputs = applied(decoder[1], applied(decoder[0], code));
    for (std::size_t c = 0; c < 25; ++c) squares += std::pow(outputs[c] - inputs[c], 2);
  }
  const Reconstruction found = s.stack.reconstruct_test(Kept::of_sample);
  EXPECT_NEAR(found.squared_error, squares, 1e-5 * squares);
  EXPECT_NEAR(found.mse, squares / (40 * 25), 1e-5 * squares);
  const Matrix<double> x = s.data.test().cast<double>();
  const double spread = (x.rowwise() - x.colwise().mean()).squaredNorm();
  EXPECT_NEAR(found.fvu, squares / spread, 1e-5 * found.fvu);
  EXPECT_EQ(found.l0, 4);
}

TEST(Stack, DecodersAreTheEncodersTransposedAndWeakerByWhatDropoutLeaves) {
  Trial trial = of_layers("20-12");
  trial.dropout = 0.5;
  trial.k = 9;  // of 20: others take the places of those dropped; of 12: 6 are left for 9 places
  const float left[] = {1, 0.5f / (9.0f / 12)};
  Stacked s(trial);
  const Layers encoder = s.stack.encoder(), decoder = s.stack.decoder();
  for (const std::size_t i : {0u, 1u}) {
    const Layer &to = encoder[i], &back = decoder[1 - i];
    ASSERT_EQ(back.n_outputs, to.n_inputs);
    for (int input = 0; input < to.n_inputs; ++input)
      for (int unit = 0; unit < to.n_outputs; ++unit)
        ASSERT_FLOAT_EQ(back.weights[unit * back.stride + input],
                        left[i] * to.weights[input * to.stride + unit]);
  }
}

TEST(Stack, LearnsToReconstructTheDataOfThreeLayers) {
  Trial trial = of_layers("20-16-12");
  trial.epochs = 60;
  trial.k = 8;
  trial.alpha = 1;  // decoders below see as many units as they learned with
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::done) << result.reason;
  EXPECT_GT(result.test_fraction_of_variance_explained, 0.5);
  EXPECT_GT(result.test_accuracy, 0.95);
}

TEST(Stack, CountsEpochsOnThroughItsLayers) {
  const Stacked s(of_layers("20-12"));
  EXPECT_THAT(s.told, ElementsAre(Pair(1, false), Pair(2, false), Pair(3, false), Pair(4, false),
                                  Pair(5, true), Pair(6, true), Pair(7, true), Pair(8, true)));
  EXPECT_EQ(s.curves.train_loss.size(), 8u);
  EXPECT_EQ(trained(of_layers("20-12"), small_dataset()).epochs_done, 8);
}

TEST(Stack, ProbesAfterEpochsOfTheTopmostLayerOnly) {
  Trial trial = of_layers("20-12");
  trial.probe_every = 2;
  std::vector<int> measured;
  for (const double accuracy : trained(trial, small_dataset()).test_accuracy_curve)
    measured.push_back(!std::isnan(accuracy));
  EXPECT_EQ(measured, (std::vector{0, 0, 0, 0, 0, 1, 0, 1}));
}

TEST(Stack, ItsFiltersArePicturesOfTheDatasSize) {
  const Filters filters = trained(of_layers("20-12"), small_dataset()).filters;
  EXPECT_EQ(filters.n_pixels, 25);
  EXPECT_EQ(filters.n_filters, 12);
  EXPECT_EQ(filters.levels.size(), 12u * 25);
}

TEST(Stack, IsInterruptedWheneverItIsAskedTo) {
  const Trial trial = of_layers("20-12");
  int total = 0;
  TrainSettings counting = settings();
  counting.keep_going = [&] { return ++total, true; };
  train(std::span(&trial, 1), small_dataset(), counting);
  ASSERT_GT(total, 50);
  for (int last = 1; last <= total; ++last) {
    int calls = 0;
    TrainSettings stopping = settings();
    stopping.keep_going = [&] { return ++calls < last; };
    EXPECT_THROW(train(std::span(&trial, 1), small_dataset(), stopping), Interrupted) << "call " << last;
    EXPECT_EQ(calls, last);
  }
}

}  // namespace
}  // namespace ksweep
