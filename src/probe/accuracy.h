#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

/// A confusion matrix of more classes would be the bulk of the results, in memory and in files: 128 are 64 KB a trial,
/// 10,000 would be 400 MB.
inline constexpr int most_classes_in_matrix = 128;
/// How many errors are listed in its place.
inline constexpr std::size_t most_confusions = 1000;

/// Samples of one class that were taken for another.
struct Confusion {
  std::int32_t true_class = 0, predicted = 0, n_samples = 0;
};

struct Accuracy {
  double overall = 0;
  std::vector<double> per_class;  ///< (n_classes); NaN for a class without samples
  std::vector<std::int32_t>
      confusion;  ///< (true class x predicted class), counts; empty for more than most_classes_in_matrix
  /// Filled in only where `confusion` is empty.  confusions: at most most_confusions, the most frequent first, of equal ones
  /// the lower classes first.
  std::vector<double> samples_per_class = {};  ///< (n_classes)
  std::vector<Confusion> confusions = {};
};

/// Compares predictions with labels of the same length.
Accuracy accuracy_of(std::span<const std::int32_t> predicted, std::span<const std::int32_t> labels,
                     int n_classes);

/// Returns (true class x predicted class), counts, of however many classes.
std::vector<std::int32_t> confusion_matrix(std::span<const std::int32_t> predicted,
                                           std::span<const std::int32_t> labels, int n_classes);

}  // namespace ksweep
