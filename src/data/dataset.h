#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.h"

namespace ksweep {

/// Height, width and channels of one sample; (1, 1, n) for samples that are no images.
struct SampleShape {
  int channels = 1, height = 1, width = 1;
  int n_inputs() const { return channels * height * width; }
};

/// A labelled or unlabelled set of samples, scaled to [0, 1] where its files hold whole numbers from 0.
/// The numbers live in memory that `owner` keeps alive: plain memory, or memory shared by the node's ranks.
struct Dataset {
  std::string name;          ///< as the sweep file names it
  std::string content_hash;  ///< SHA-256 of shapes, samples and labels; enters every trial id
  std::string source;        ///< where it came from, for provenance: a folder, a file, "built-in generator"
  SampleShape shape;
  int n_classes = 0;     ///< 0: no labels
  bool endless = false;  ///< a generator: any count of samples can be asked for
  double scale =
      1;  ///< what the numbers of the files were divided by; known to the first rank alone, as the next two
  std::vector<std::string> class_names;  ///< (n_classes) the labels as the files hold them; empty: 0, 1, …
  std::vector<std::string> notes;        ///< what was guessed, passed over or looks wrong, a sentence each

  std::size_t n_train = 0;  ///< includes what split() will set aside for validation
  std::size_t n_test = 0;
  const float* train_samples = nullptr;        ///< (n_train x n_inputs)
  const float* test_samples = nullptr;         ///< (n_test x n_inputs)
  const std::int32_t* train_labels = nullptr;  ///< (n_train), null without labels
  const std::int32_t* test_labels = nullptr;   ///< (n_test), null without labels
  std::shared_ptr<const void> owner;

  int n_inputs() const { return shape.n_inputs(); }
  MatrixView<float> train() const { return {train_samples, Eigen::Index(n_train), n_inputs()}; }
  MatrixView<float> test() const { return {test_samples, Eigen::Index(n_test), n_inputs()}; }
};

}  // namespace ksweep
