#pragma once

#include "probe/accuracy.h"
#include "probe/softmax.h"

namespace ksweep {

/// Features and labels of one part of the data.
struct ProbePart {
  const Features& features;
  std::span<const std::int32_t> labels;
};

struct ProbeSettings {
  const Team& team;
  double l2 = 0;  ///< 0: chosen on the validation part
  double tolerance = 1e-6;
  int n_classes = 0;
};

struct ProbeResult {
  double l2 = 0;
  int iterations = 0;        ///< of all strengths together
  double gradient_norm = 0;  ///< of the chosen fit
  Accuracy train, validation, test;
};

/// Softmax regression fitted on `train`.  Its L2 strength is the one of l2_strengths() with the best accuracy on
/// `validation` (ties: the stronger), and only then is `test` looked at.
ProbeResult probe(const Kernels& kernels, const ProbePart& train, const ProbePart& validation,
                  const ProbePart& test, const ProbeSettings& settings, const KeepGoing& keep_going);

/// Strengths that are tried, strongest first.
std::span<const double> l2_strengths();

}  // namespace ksweep
