#pragma once

#include <cstdint>
#include <vector>

#include "base/team.h"
#include "kernels/aligned.h"
#include "train/archive.h"

namespace ksweep {

/// Exponential moving average of a network's weights over the mini-batches of its training.  With decay d, mini-batch t
/// (from 1) moves it by
///   average += (1 - d) / (1 - d^t) (weights - average),
/// so that it is the mean of the weights after each mini-batch i so far, with weights d^(t - i), and after the first one
/// these weights: the average of Kingma & Ba 2015, section 7.2, after its bias correction.  (Averages of all iterates: Polyak
/// & Juditsky 1992.)  With decay 0 there is none, and all functions do nothing.  Bits do not depend on the number of threads.
class WeightAverage {
 public:
  /// weights: all parameters of the network, which must stay where they are as long as the object lives.
  WeightAverage(double decay, std::vector<AlignedFloats*> weights, const Team& team);

  /// Adds the weights after a mini-batch (from 0, over all epochs).
  void add(std::int64_t step);

  /// Has the average in the place of the weights until the end of its scope, for what is evaluated.
  class Shown {
   public:
    explicit Shown(WeightAverage& average) : average_(average) { average_.exchange(); }
    ~Shown() { average_.exchange(); }
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;

   private:
    WeightAverage& average_;
  };

  /// Puts the average in the place of the weights for good, after the last mini-batch.
  void finish() { exchange(); }

  /// Must be called after the weights have been restored.
  void transfer(Archive& archive);

 private:
  void exchange();

  double decay_;
  std::vector<AlignedFloats*> weights_;
  const Team& team_;
  std::vector<AlignedFloats> average_;  // of each of the weights
  std::uint8_t is_exchanged_ = 0;
};

}  // namespace ksweep
