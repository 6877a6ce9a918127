#pragma once

#include <Eigen/Core>

#include "probe/block_products.h"
#include "probe/sample_rows.h"

namespace ksweep {

/// Linear support vector machines, one against the rest for each class, with squared hinge:
///   1/2 |w|^2 + C sum over samples of max(0, 1 - y w.x)^2,  x = (s f, 1),  y = 1 for the class, else -1,
/// where s = 1 / root mean square length of the features, so that one C means the same for every set of features.
/// The bias is a weight like all others.
class LinearSvm {
 public:
  /// `labels`: (n_samples), 0 .. n_classes - 1.  Features and labels must outlive the object.
  LinearSvm(const Features& features, std::span<const std::int32_t> labels, int n_classes, std::uint64_t seed,
            const Team& team);

  struct Fit {
    int passes = 0;
    double violation = 0;  ///< largest spread of projected gradients of any class, in the last pass
  };
  /// Dual coordinate descent with shrinking (Hsieh et al. 2008, ICML, algorithm 3) from where the last fit ended, until
  /// violation <= tolerance in a pass over all samples.  The order of the samples is a pure function of seed and pass,
  /// and groups of classes are solved independently: bits do not depend on threads.
  Fit fit(double c, double tolerance, const KeepGoing& keep_going);

  /// Weights by feature (scale included), a class a column; the last row holds the biases.
  Columns weights() const;

 private:
  static constexpr int width = 8;  // classes that are solved side by side
  using Lanes = Eigen::Array<float, width, 1>;
  struct Group {
    int first_class, n_classes;
    Lanes present;          // 1; 0 in lanes without a class
    AlignedFloats weights;  // (n_features + 1 x width)
    AlignedFloats alpha;    // (n_samples x width), dual variables
    double violation = 0;   // of the last pass
    bool settled = false;   // after a pass over all samples

    // Samples that no class's boundary comes near are passed over: their duals are 0 and would remain so.
    std::vector<std::uint8_t> idle;  // (n_samples)
    std::size_t n_idle = 0;
    Lanes safe = Lanes::Zero();  // gradients above these make idle

    void wake_all();
  };
  struct Gradients {
    Lanes lowest = Lanes::Zero(), highest = Lanes::Zero();  // of the projected ones
  };
  void pass(std::span<const std::uint32_t> order, float diagonal, double tolerance, Group& group) const;
  void step(std::size_t sample, float diagonal, Group& group, Gradients& gradients) const;

  Rows rows_;
  std::span<const std::int32_t> labels_;
  const Team& team_;
  int n_classes_;
  std::uint64_t seed_;
  float scale_;
  std::vector<float> squared_length_;  // of x
  std::vector<Group> groups_;
  std::uint32_t n_passes_ = 0;  // of all fits
};

/// The class with the largest w.x of each sample.
std::vector<std::int32_t> classify(const Kernels& kernels, const Features& features, const Columns& weights,
                                   int n_classes, const Team& team);

}  // namespace ksweep
