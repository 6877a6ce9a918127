#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/trial.h"
#include "core/weights.h"

namespace ksweep {

/// The numbers must not change: `status` in sweep.h5 holds them.
enum class Status : std::uint8_t { missing = 0, done = 1, failed = 2 };

inline constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// Decoder images of the most used units, quantised to 8 bits: value = scale[unit] * levels[unit][pixel].
struct Filters {
  int n_filters = 0, n_pixels = 0;
  std::vector<std::int32_t> units;  ///< (n_filters) index of the hidden unit, most often active first
  std::vector<float> scale;         ///< (n_filters)
  std::vector<std::int8_t> levels;  ///< (n_filters x n_pixels)
};

/// All results of a finished trial.  NaN: not measured.
struct TrialResult {
  Trial trial{};
  std::uint64_t id = 0;
  Status status = Status::missing;
  std::string reason;  ///< why it failed; empty otherwise

  double test_accuracy = not_measured, validation_accuracy = not_measured, train_accuracy = not_measured;
  double train_loss = not_measured, validation_mse = not_measured, test_mse = not_measured;
  double test_fraction_of_variance_explained = not_measured;
  double validation_mse_by_rule = not_measured, test_mse_by_rule = not_measured;
  double test_fraction_of_variance_explained_by_rule = not_measured, l0_by_rule = not_measured;
  double l0_training = not_measured, l0_encoding = not_measured;
  double validation_fvu = not_measured, test_fvu = not_measured;
  double validation_fvu_by_rule = not_measured, test_fvu_by_rule = not_measured;
  double validation_fvu_by_threshold = not_measured, test_fvu_by_threshold = not_measured;
  double threshold = not_measured, l0_by_threshold = not_measured;
  double test_cosine = not_measured, test_norm_ratio = not_measured;
  double always_on_units = not_measured, dead_units_validation = not_measured;
  double largest_decoder_cosine = not_measured, mean_decoder_cosine = not_measured;
  double consistency = not_measured, consistency_by_chance = not_measured, reappearing_units = not_measured;
  double true_mcc = not_measured, true_uniqueness = not_measured, true_found = not_measured;
  double dead_units = not_measured, dead_units_encoding = not_measured;
  double probe_l2 = not_measured, probe_iterations = not_measured, probe_gradient = not_measured;
  double probe_c = not_measured, probe_neighbours = not_measured;
  double validation_nmi = not_measured, test_nmi = not_measured;
  double epochs_done = not_measured;

  double train_time_s = not_measured, probe_time_s = not_measured, wall_time_s = not_measured;
  double started_unix_s = not_measured, predicted_time_s = not_measured;
  double resumed_epoch = not_measured;
  double rank = not_measured, threads = not_measured;
  std::string host, instruction_set, program_version;

  std::vector<double> test_accuracy_per_class;        ///< (class)
  std::vector<double> validation_accuracy_per_class;  ///< (class)
  std::vector<std::int32_t> test_confusion;           ///< (true class x predicted class), counts of samples
  /// In place of the matrix, where the classes are too many for one (probe/accuracy.h): the test samples of each (class), and
  /// true class, predicted class and samples of each (confusion), the most frequent first.
  std::vector<double> test_samples_per_class, confused_class, confused_with, confused_samples;

  std::vector<double> train_loss_curve, validation_mse_curve;          ///< (epoch)
  std::vector<double> l0_curve, dead_units_curve, k_curve;             ///< (epoch)
  std::vector<double> validation_accuracy_curve, test_accuracy_curve;  ///< (epoch), NaN where not probed
  std::vector<double> train_accuracy_curve, output_error_curve;        ///< (epoch), only of classifiers
  std::vector<double> samples_curve, validation_fvu_curve;             ///< (epoch)
  std::vector<double> density_histogram;                               ///< (density bin), counts of units

  std::string weights_sha256;  ///< hash of the learned parameters
  Filters filters;
  Weights weights;  ///< stored if the sweep file asks for them
};

/// Name and description of one scalar of a result, wherever it is stored, exported or printed.
struct ScalarQuantity {
  const char *name, *units, *long_name;
  bool reproducible;  ///< the same bits on any number of ranks and threads; times are not
  double TrialResult::*member;
};

/// The same for a vector of a result; `dimension` is "epoch", "class", "density_bin" or "confusion".
struct VectorQuantity {
  const char *name, *units, *long_name, *dimension;
  std::vector<double> TrialResult::*member;
};

/// The same for a text.
struct TextQuantity {
  const char *name, *long_name;
  bool reproducible;
  std::string TrialResult::*member;
};

std::span<const TextQuantity> text_quantities();
std::span<const ScalarQuantity> scalar_quantities();
std::span<const VectorQuantity> vector_quantities();

/// Beginnings of `reason` for failures that the machine caused, not the trial.
inline constexpr std::string_view out_of_memory_reason = "out of memory", set_aside_reason = "set aside";

/// Whether the trial failed for lack of memory or because the program crashed; it may succeed elsewhere.
bool failed_by_circumstance(const TrialResult& result);

}  // namespace ksweep
