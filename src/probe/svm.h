#pragma once

#include <Eigen/Core>

#include "probe/block_products.h"
#include "probe/sample_rows.h"

namespace ksweep {

/// Linear support vector machines, one-vs-rest, with squared hinge loss:
///   1/2 |w|^2 + C sum over samples of max(0, 1 - y w.x)^2,  x = (s f, 1),  y = 1 for the class, else -1,
/// where s = 1 / root mean square length of the features, so that one C means the same for every set of features.
/// The bias is regularised like all other weights.
class LinearSvm {
 public:
  /// `labels`: (n_samples), 0 .. n_classes - 1.  Features and labels must outlive the object.
  LinearSvm(const Features& features, std::span<const std::int32_t> labels, int n_classes, std::uint64_t seed,
            const Team& team);

  struct Fit {
    int passes = 0;
    double violation = 0;  ///< largest spread of projected gradients of any class, in the last pass
  };
  /// Dual coordinate descent with shrinking (Hsieh et al. 2008, ICML, algorithm 3), starting from the
  /// previous fit, until violation <= tolerance in a pass over all samples.  The order of the samples is a
  /// pure function of seed and pass, and groups of classes are solved independently, so that bits do not
  /// depend on threads.  Throws Interrupted.
  Fit fit(double c, double tolerance, const KeepGoing& keep_going);

  /// Returns the weights by feature (scale included), one column per class; the last row holds the biases.
  Columns weights() const;

 private:
  static constexpr int width = 8;  // classes that are solved together
  using Lanes = Eigen::Array<float, width, 1>;
  struct Group {
    int first_class, n_classes;
    Lanes present;          // 1, or 0 in lanes without a class
    AlignedFloats weights;  // (n_features + 1 x width)
    AlignedFloats alpha;    // (n_samples x width), dual variables
    double violation = 0;   // in the last pass
    bool settled = false;   // after a pass over all samples

    // Shrinking: skips samples far from all boundaries, whose dual variables are 0 and would remain so.
    std::vector<std::uint8_t> idle;  // (n_samples)
    std::size_t n_idle = 0;
    Lanes safe = Lanes::Zero();  // samples with gradients above these become idle

    void wake_all();
  };
  struct Gradients {
    Lanes lowest = Lanes::Zero(), highest = Lanes::Zero();  // projected gradients
  };
  void pass(std::span<const std::uint32_t> order, float diagonal, double tolerance, Group& group) const;
  void step(std::size_t sample, float diagonal, Group& group, Gradients& gradients) const;

  Rows rows_;
  std::span<const std::int32_t> labels_;
  const Team& team_;
  int n_classes_;
  std::uint64_t seed_;
  float scale_;
  std::vector<float> squared_length_;  // |x|^2
  std::vector<Group> groups_;
  std::uint32_t n_passes_ = 0;  // in all fits
};

/// Returns the class with the largest w.x for each sample.
std::vector<std::int32_t> classify(const Kernels& kernels, const Features& features, const Columns& weights,
                                   int n_classes, const Team& team);

}  // namespace ksweep
