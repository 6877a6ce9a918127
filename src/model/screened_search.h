#pragma once

#include "core/code_search.h"
#include "model/slice_products.h"

namespace ksweep {

/// What searches have in common that may screen (kernels/screening.h).
class ScreenedSearch {
 public:
  /// Returns whether a search for k computes most units of a sample in bf16 only.
  bool screens(int k) const { return kernels_.screening && screening_pays(k, n_hidden_); }

  /// Lets the next search for k have its units rounded ahead: round_ahead() of all of them comes in between.
  void start_rounding(int k) {
    if (screens(k)) products_.start_rounding();
  }
  void round_ahead(const Network& network, Range units) { products_.round_ahead(network, units); }

 protected:
  /// The kernels must outlive the object.
  ScreenedSearch(const Kernels& kernels, const Network& network, int capacity)
      : kernels_(kernels), products_(kernels, network, capacity), n_hidden_(network.n_hidden) {}

  const Kernels& kernels_;
  SliceProducts products_;
  int n_hidden_;
};

}  // namespace ksweep
