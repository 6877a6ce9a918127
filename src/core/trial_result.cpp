#include "core/trial_result.h"

#include <array>

namespace ksweep {

std::span<const TextQuantity> text_quantities() {
  using R = TrialResult;
  static constexpr auto rows = std::to_array<TextQuantity>({
      {"reason", "why the trial failed", true, &R::reason},
      {"host", "where the trial ran", false, &R::host},
      {"instruction_set", "of the kernels that computed the trial", false, &R::instruction_set},
      {"program_version", "of the ksweep that computed the trial", false, &R::program_version},
      {"weights_sha256", "of the learned parameters: equal bits, equal text", true, &R::weights_sha256},
  });
  return rows;
}

std::span<const ScalarQuantity> scalar_quantities() {
  using R = TrialResult;
  static constexpr auto rows = std::to_array<ScalarQuantity>({
      {"test_accuracy", "1", "accuracy of the probe, or of the classifier itself, on the test set", true,
       &R::test_accuracy},
      {"validation_accuracy", "1",
       "accuracy of the probe on the validation part; choices are made on it; of the probe that was "
       "chosen, fitted on the training part alone, also where probe_refit is yes",
       true, &R::validation_accuracy},
      {"train_accuracy", "1",
       "accuracy on the training part of the probe that was chosen, or of the classifier itself", true,
       &R::train_accuracy},
      {"train_loss", "1",
       "half the squared error summed over pixels plus penalty, mean over the last epoch; classifier: cross "
       "entropy of the softmax, or half the squared error to one-hot targets",
       true, &R::train_loss},
      {"validation_mse", "1",
       "mean squared reconstruction error per pixel on the validation part, from the k largest of each "
       "sample, or from all units (plain, wta, rbm)",
       true, &R::validation_mse},
      {"test_mse", "1",
       "mean squared reconstruction error per pixel on the test set, from the k largest of each sample, or "
       "from all units (plain, wta, rbm)",
       true, &R::test_mse},
      {"validation_fvu", "1",
       "fraction of variance unexplained on the validation part: sum of |x - x'|^2 over all its samples / sum of "
       "|x - m|^2, m their vector mean; x' is the reconstruction of validation_mse",
       true, &R::validation_fvu},
      {"test_fvu", "1",
       "fraction of variance unexplained on the test set: sum of |x - x'|^2 over all its samples / sum of |x - m|^2, m "
       "their vector mean; x' is the reconstruction of test_mse",
       true, &R::test_fvu},
      {"test_cosine", "1",
       "cosine of a sample and its reconstruction of test_mse, mean over test samples that are not zero",
       true, &R::test_cosine},
      {"test_norm_ratio", "1",
       "norm of the reconstruction of test_mse / norm of the sample, mean over test samples that are not zero; below 1: "
       "shrunken",
       true, &R::test_norm_ratio},
      {"test_fraction_of_variance_explained", "1",
       "1 - squared error / squared distance to the training mean, on the test set; the error is that of "
       "test_mse",
       true, &R::test_fraction_of_variance_explained},
      {"validation_mse_by_rule", "1",
       "as validation_mse, but from what the rule keeps of mini-batches, as in training (wta, batch-topk, matryoshka-batch-topk)",
       true, &R::validation_mse_by_rule},
      {"test_mse_by_rule", "1",
       "as test_mse, but from what the rule keeps of mini-batches, as in training (wta, batch-topk, matryoshka-batch-topk)",
       true, &R::test_mse_by_rule},
      {"test_fraction_of_variance_explained_by_rule", "1",
       "as test_fraction_of_variance_explained, but of test_mse_by_rule", true,
       &R::test_fraction_of_variance_explained_by_rule},
      {"validation_fvu_by_rule", "1", "as validation_fvu, but of validation_mse_by_rule", true,
       &R::validation_fvu_by_rule},
      {"test_fvu_by_rule", "1", "as test_fvu, but of test_mse_by_rule", true, &R::test_fvu_by_rule},
      {"validation_fvu_by_threshold", "1",
       "as validation_fvu, but of what is above `threshold` (batch-topk, matryoshka-batch-topk)", true,
       &R::validation_fvu_by_threshold},
      {"test_fvu_by_threshold", "1", "as test_fvu, but of what is above `threshold`", true,
       &R::test_fvu_by_threshold},
      {"l0_by_rule", "1",
       "mean number of non-zero hidden units of a validation sample that the rule keeps of mini-batches "
       "(wta, batch-topk, matryoshka-batch-topk)",
       true, &R::l0_by_rule},
      {"threshold", "1",
       "by which one sample is encoded as in training: mean over mini-batches of the training part of the smallest "
       "positive activation that the trained rule keeps; activations strictly above it are kept (batch-topk, matryoshka-batch-topk)",
       true, &R::threshold},
      {"l0_by_threshold", "1",
       "mean number of hidden units of a validation sample whose activation is above the threshold (batch-topk, matryoshka-batch-topk)",
       true, &R::l0_by_threshold},
      {"l0_training", "1",
       "mean number of non-zero hidden units of a validation sample, of those that validation_mse is from",
       true, &R::l0_training},
      {"l0_encoding", "1", "mean number of non-zero hidden units of a validation sample, alpha k kept", true,
       &R::l0_encoding},
      {"dead_units", "1", "hidden units active for no training sample during the last epoch", true,
       &R::dead_units},
      {"dead_units_encoding", "1", "hidden units active for no training sample, alpha k kept", true,
       &R::dead_units_encoding},
      {"dead_units_validation", "1",
       "hidden units active for no validation sample, of the activations that validation_mse is from", true,
       &R::dead_units_validation},
      {"always_on_units", "1",
       "hidden units active for more than half of the validation samples, of the activations that validation_mse is from",
       true, &R::always_on_units},
      {"largest_decoder_cosine", "1",
       "largest cosine of a unit's decoder column with that of another unit, mean over units active for a validation "
       "sample; |cosine| if linear units are all kept",
       true, &R::largest_decoder_cosine},
      {"mean_decoder_cosine", "1",
       "c_dec: |cosine| of the decoder columns of two units, mean over pairs of units active for a validation sample",
       true, &R::mean_decoder_cosine},
      {"consistency", "1",
       "PW-MCC: mean cosine of decoder columns of live units, matched one to one with those of another seed of the same "
       "setting, mean over the other seeds (Song et al. 2025); depends on which seeds have finished",
       false, &R::consistency},
      {"consistency_by_chance", "1", "the same of dictionaries of random directions of these sizes", false,
       &R::consistency_by_chance},
      {"reappearing_units", "1",
       "share of its live units whose partner in another seed has a cosine above 0.7, mean over the other seeds",
       false, &R::reappearing_units},
      {"true_mcc", "1",
       "GT-MCC: cosine of a unit's decoder column and the true direction assigned to it, mean over min(units, true "
       "directions) pairs of the best one-to-one assignment; above 8,192 x 8,192 cosines of a greedy one, a lower bound",
       true, &R::true_mcc},
      {"true_uniqueness", "1",
       "share of the units active for a validation sample whose nearest true direction is that of no other such unit",
       true, &R::true_uniqueness},
      {"true_found", "1",
       "share of true directions with which the decoder column of a unit active for a validation sample has a cosine "
       "above 0.9",
       true, &R::true_found},
      {"probe_l2", "1",
       "L2 strength of the softmax regression that was chosen on the validation part; where probe_gradient "
       "is no smaller, partly a choice of when to stop",
       true, &R::probe_l2},
      {"probe_c", "1", "C of the svm that was chosen on the validation part", true, &R::probe_c},
      {"probe_neighbours", "1", "number of nearest neighbours that was chosen on the validation part", true,
       &R::probe_neighbours},
      {"validation_nmi", "1", "normalised mutual information of clusters and classes, validation part", true,
       &R::validation_nmi},
      {"test_nmi", "1", "normalised mutual information of clusters and classes, test set", true,
       &R::test_nmi},
      {"probe_iterations", "1", "iterations of the probe's optimiser, of all that was tried together", true,
       &R::probe_iterations},
      {"probe_gradient", "1",
       "norm of the chosen probe's gradient over max(1, norm of its weights); svm: spread of its projected "
       "gradients",
       true, &R::probe_gradient},
      {"epochs_done", "1",
       "epochs trained, of a training whose length is given in samples passes over the training part; of a failed "
       "trial, those before it failed",
       true, &R::epochs_done},
      {"train_time_s", "s", "time spent training, shared equally among the trials read from one training",
       false, &R::train_time_s},
      {"probe_time_s", "s", "time spent encoding and probing", false, &R::probe_time_s},
      {"wall_time_s", "s",
       "the trial's own probe and its share of all that trials of one training have in common", false,
       &R::wall_time_s},
      {"started_unix_s", "seconds since 1970-01-01 00:00:00", "when the trial was started", false,
       &R::started_unix_s},
      {"predicted_time_s", "s", "time that the cost model predicted", false, &R::predicted_time_s},
      {"resumed_epoch", "1",
       "finished epochs that its last attempt found in a checkpoint; absent: it had one attempt", false,
       &R::resumed_epoch},
      {"rank", "1", "MPI rank that trained the trial", false, &R::rank},
      {"threads", "1",
       "mean number of OpenMP threads while it ran: more than the rank's own if other ranks lent it their "
       "CPUs",
       false, &R::threads},
  });
  return rows;
}

std::span<const VectorQuantity> vector_quantities() {
  using R = TrialResult;
  static const auto rows = std::to_array<VectorQuantity>({
      {"test_accuracy_per_class", "1", "accuracy of the probe on the test samples of each class", "class",
       &R::test_accuracy_per_class},
      {"validation_accuracy_per_class", "1", "accuracy of the probe on the validation samples of each class",
       "class", &R::validation_accuracy_per_class},
      {"test_samples_per_class", "1",
       "test samples of each class, where there are too many for test_confusion", "class",
       &R::test_samples_per_class},
      {"confused_class", "1",
       "true class of each of the most frequent errors on the test set, where there are too many classes for test_confusion",
       "confusion", &R::confused_class},
      {"confused_with", "1", "class predicted in its place", "confusion", &R::confused_with},
      {"confused_samples", "1", "test samples with this error", "confusion", &R::confused_samples},
      {"train_loss_curve", "1", "training loss, mean over the epoch", "epoch", &R::train_loss_curve},
      {"validation_mse_curve", "1",
       "mean squared reconstruction error per pixel on at most 2,000 validation samples", "epoch",
       &R::validation_mse_curve},
      {"validation_fvu_curve", "1",
       "fraction of variance unexplained of at most 2,000 validation samples about their own vector mean",
       "epoch", &R::validation_fvu_curve},
      {"l0_curve", "1", "mean number of non-zero hidden units of a training sample", "epoch", &R::l0_curve},
      {"dead_units_curve", "1", "hidden units active for no training sample during the epoch", "epoch",
       &R::dead_units_curve},
      {"k_curve", "1", "k of the epoch, at its end", "epoch", &R::k_curve},
      {"samples_curve", "1",
       "samples trained on until the end of the epoch, of which the last may be cut short (train.samples); in a stack, by "
       "the lower layers too",
       "epoch", &R::samples_curve},
      {"validation_accuracy_curve", "1", "accuracy of a probe after the epoch on the validation part",
       "epoch", &R::validation_accuracy_curve},
      {"test_accuracy_curve", "1", "accuracy of a probe after the epoch on the test set", "epoch",
       &R::test_accuracy_curve},
      {"train_accuracy_curve", "1", "accuracy of a classifier after the epoch on the training part", "epoch",
       &R::train_accuracy_curve},
      {"output_error_curve", "1",
       "mean of |output - one-hot target| of a classifier in the epoch's last mini-batch; outputs of "
       "softmax are probabilities",
       "epoch", &R::output_error_curve},
      {"density_histogram", "1",
       "hidden units by the share of validation samples for which they are active, of the activations that "
       "validation_mse is from; bin 0: none; bin b: from 10^((b - 25) / 4) to below 10^((b - 24) / 4), the first and the "
       "last with all beyond",
       "density_bin", &R::density_histogram},
  });
  return rows;
}

bool failed_by_circumstance(const TrialResult& result) {
  return result.status == Status::failed &&
         (result.reason.starts_with(out_of_memory_reason) || result.reason.starts_with(set_aside_reason));
}

}  // namespace ksweep
