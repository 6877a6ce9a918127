#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"
#include "core/row_reader.h"
#include "core/weights.h"

namespace ksweep {

/// Height, width and channels of one sample; (1, 1, n) for samples that are not images.
struct SampleShape {
  int channels = 1, height = 1, width = 1;
  int n_inputs() const { return channels * height * width; }
};

/// The readers of samples that stay in files.
struct StoredParts {
  std::unique_ptr<const RowReader> train, test;
  std::string description;  ///< from which other ranks open the same files (stored_set.h)
};

/// A labelled or unlabelled set of samples, scaled to [0, 1] if its files hold integers from 0.
/// `owner` keeps the memory of the numbers alive: plain memory, or memory shared by the node's ranks.
struct Dataset {
  std::string name;          ///< as the sweep file names it
  std::string content_hash;  ///< SHA-256 of shapes, samples and labels; enters every trial id
  std::string source;        ///< origin, for provenance: a folder, a file, "built-in generator"
  SampleShape shape;
  int n_classes = 0;      ///< 0: no labels
  bool in_files = false;  ///< the samples stay in their files (`stored`)
  bool endless = false;   ///< a generator, which can make any number of samples
  double scale = 1;       ///< divisor of the files' numbers
  std::vector<std::string>
      class_names;  ///< (n_classes) the labels as in the files; empty: 0, 1, …; like notes, only on the first rank
  std::vector<std::string> notes;  ///< what was guessed, ignored or looks wrong, one sentence each

  std::size_t n_train = 0;  ///< includes samples that split() takes for validation
  std::size_t n_test = 0;
  const float* train_samples = nullptr;        ///< (n_train x n_inputs), null if they are stored
  const float* test_samples = nullptr;         ///< (n_test x n_inputs), null if they are stored
  std::shared_ptr<const StoredParts> stored;   ///< samples that stay in files, else null
  const std::int32_t* train_labels = nullptr;  ///< (n_train), null without labels
  const std::int32_t* test_labels = nullptr;   ///< (n_test), null without labels
  std::shared_ptr<const void> owner;

  int n_true = 0;                          ///< directions of which the samples are made; 0: unknown
  const float* true_directions = nullptr;  ///< (n_true x n_inputs), for judging only; null if unknown
  /// What data.normalise = scale did: input = (number - mean) * factor, number as divided by `scale`.
  const float* mean = nullptr;  ///< (n_inputs); null: it was not asked for
  float factor = 1;

  int n_inputs() const { return shape.n_inputs(); }
  InputScaling scaling() const {
    return {scale, mean ? std::vector<float>(mean, mean + n_inputs()) : std::vector<float>{}, factor};
  }
  SampleRows train_rows() const { return stored ? SampleRows(*stored->train) : SampleRows(train_samples); }
  SampleRows test_rows() const { return stored ? SampleRows(*stored->test) : SampleRows(test_samples); }
  /// Only of samples in memory.
  MatrixView<float> train() const { return {train_samples, Eigen::Index(n_train), n_inputs()}; }
  MatrixView<float> test() const { return {test_samples, Eigen::Index(n_test), n_inputs()}; }
};

}  // namespace ksweep
