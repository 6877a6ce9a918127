#include "train/measures.h"

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

#include "base/matrix.h"
#include "measure/density.h"
#include "small_data.h"

namespace ksweep {
namespace {

/// With decoders that are not tied, so that columns are their own.
Trial trial_of(ModelKind kind, const std::string& layers = "none",
               LayerTraining training = LayerTraining::greedy) {
  Trial trial = small_trial();
  trial.kind = kind;
  trial.layers = layers;
  trial.training = training;
  trial.tied = false;
  trial.activation = Activation::relu;
  trial.initial_scale = 1;
  trial.initial_weights = InitialWeights::glorot;
  return normalised(trial);
}

std::vector<Trial> all_models() {
  std::vector<Trial> trials;
  for (const auto kind : {ModelKind::k_sparse, ModelKind::batch_topk, ModelKind::wta, ModelKind::plain,
                          ModelKind::rbm, ModelKind::random})
    trials.push_back(trial_of(kind));
  trials.push_back(trial_of(ModelKind::k_sparse, "18-12"));
  trials.push_back(trial_of(ModelKind::k_sparse, "18-12", LayerTraining::joint));
  return trials;
}

TrialResult trained_keeping_weights(const Trial& trial, const Dataset& data) {
  TrainSettings keeping = settings();
  keeping.save_weights = true;
  return train(std::span(&trial, 1), data, keeping).at(0);
}

Matrix<double> matrix_of(const std::vector<float>& numbers, Eigen::Index n_rows) {
  return MatrixView<float>(numbers.data(), n_rows, static_cast<Eigen::Index>(numbers.size()) / n_rows)
      .cast<double>();
}

Matrix<double> sigmoid(const Matrix<double>& z) { return (1 + (-z).array().exp()).inverse(); }

/// Of an RBM, in double: mean-field reconstructions of all test samples.
Matrix<double> drawn_by_rbm(const AutoencoderWeights& weights, const Matrix<double>& x) {
  const Matrix<double> w = matrix_of(weights.encoder, weights.n_hidden);
  const Matrix<double> hidden =
      sigmoid((x * w.transpose()).rowwise() + matrix_of(weights.hidden_bias, 1).row(0));
  return sigmoid((hidden * w).rowwise() + matrix_of(weights.visible_bias, 1).row(0));
}

TEST(Measures, OfTheTestSetAreThoseOfAReconstructionInDouble) {
  const Dataset data = small_dataset();
  const TrialResult result = trained_keeping_weights(trial_of(ModelKind::rbm), data);
  const Matrix<double> x = data.test().cast<double>(), drawn = drawn_by_rbm(result.weights.stack[0], x);
  const double spread = (x.rowwise() - x.colwise().mean()).squaredNorm();
  EXPECT_NEAR(result.test_fvu, (x - drawn).squaredNorm() / spread, 1e-5 * result.test_fvu);
  double cosine = 0, ratio = 0;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    cosine +=
        x.row(i).dot(drawn.row(i)) / (x.row(i).norm() * drawn.row(i).norm()) / static_cast<double>(x.rows());
    ratio += drawn.row(i).norm() / x.row(i).norm() / static_cast<double>(x.rows());
  }
  EXPECT_NEAR(result.test_cosine, cosine, 1e-6);
  EXPECT_NEAR(result.test_norm_ratio, ratio, 1e-6);
}

TEST(Measures, AreTakenOfEveryAutoencoder) {
  for (const Trial& trial : all_models()) {
    const TrialResult result = trained(trial, small_dataset());
    const std::string which = specification(trial);
    for (const double measured :
         {result.validation_fvu, result.test_fvu, result.test_cosine, result.test_norm_ratio,
          result.always_on_units, result.dead_units_validation, result.largest_decoder_cosine,
          result.mean_decoder_cosine})
      EXPECT_TRUE(std::isfinite(measured)) << which;
    const bool has_rule = trial.kind == ModelKind::batch_topk || trial.kind == ModelKind::wta;
    EXPECT_EQ(std::isfinite(result.test_fvu_by_rule) && std::isfinite(result.validation_fvu_by_rule),
              has_rule)
        << which;
    const auto& histogram = result.density_histogram;
    ASSERT_EQ(histogram.size(), static_cast<std::size_t>(n_density_bins)) << which;
    EXPECT_EQ(std::accumulate(histogram.begin(), histogram.end(), 0.0), trial.n_hidden) << which;
    EXPECT_EQ(histogram[0], result.dead_units_validation) << which;
    EXPECT_TRUE(std::isnan(result.true_mcc)) << which;
    if (trial.epochs > 0 && trial.layers == "none") {
      EXPECT_EQ(result.validation_fvu_curve.back(), result.validation_fvu) << which;  // of 30 samples
    }
    EXPECT_EQ(result.validation_fvu_curve.size(), result.validation_mse_curve.size()) << which;
  }
}

TEST(Measures, AreTheSameBitsForAnyNumberOfThreads) {
  for (const Trial& trial : all_models())
    expect_equal_bits(trained(trial, small_dataset(), 3), trained(trial, small_dataset()));
}

TEST(Measures, OfAnRbmSeeUnitsThatAreNeverZero) {
  const TrialResult result = trained(trial_of(ModelKind::rbm), small_dataset());
  EXPECT_EQ(result.always_on_units, 20);
  EXPECT_EQ(result.dead_units_validation, 0);
}

TEST(Measures, OfDecoderColumnsAreOfLiveUnits) {
  Trial trial = trial_of(ModelKind::rbm);
  const TrialResult result = trained_keeping_weights(trial, small_dataset());
  const Matrix<double> columns = matrix_of(result.weights.stack[0].encoder, 20).rowwise().normalized();
  Matrix<double> cosines = columns * columns.transpose();
  cosines.diagonal().setConstant(-1);
  EXPECT_NEAR(result.largest_decoder_cosine, cosines.rowwise().maxCoeff().mean(), 1e-6);
  cosines.diagonal().setZero();
  EXPECT_NEAR(result.mean_decoder_cosine, cosines.cwiseAbs().sum() / (20 * 19), 1e-6);
}

TEST(Measures, OfTheTruthAreTakenWhereItIsKnown) {
  Dataset data = small_dataset();
  const Trial trial = trial_of(ModelKind::rbm);
  const std::vector<float> learnt = trained_keeping_weights(trial, data).weights.stack[0].encoder;
  data.true_directions = learnt.data();
  data.n_true = 20;
  const TrialResult result = trained(trial, data);
  EXPECT_NEAR(result.true_mcc, 1, 1e-6);
  EXPECT_EQ(result.true_uniqueness, 1);
  EXPECT_EQ(result.true_found, 1);
  // Columns of a stack are directions among codes.
  EXPECT_TRUE(std::isnan(trained(trial_of(ModelKind::k_sparse, "18-12"), data).true_mcc));
}

}  // namespace
}  // namespace ksweep
