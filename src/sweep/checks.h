#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace ksweep {

/// Refuses a sweep whose keys contradict each other for every grid point: a weight without a penalty, a
/// penalty without a weight.  Throws UserError.
void check_sweep(const Sweep& sweep);

/// Returns a sentence for each key that was given but affects no trial, such as C without an svm, or none of a kind of model
/// that knows the key, such as a penalty other than kl of RBMs.  This is no error, since a file may serve several probes by
/// --set, and kinds share a grid.
std::vector<std::string> idle_keys(const Sweep& sweep);

/// Refuses a point of the grid that cannot be trained: k larger than the layer, kl without sigmoid, several
/// layers that are one affine map.  Throws UserError that names the line of the key to change.
void check_trial(const Trial& trial, const Sweep& sweep);

/// Refuses a classifier on data without labels.  Throws UserError.
void check_labels(const Trial& trial, int n_classes, const Sweep& sweep);

/// Refuses mini-batches larger than the training part.  Throws UserError.
void check_batch(const Trial& trial, std::size_t n_train, const Sweep& sweep);

}  // namespace ksweep
