#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace ksweep {

/// Refuses a sweep whose keys contradict each other whatever the grid: a weight without a penalty, a penalty
/// without a weight.  Throws UserError.
void check_sweep(const Sweep& sweep);

/// Keys of the probe that were given and change nothing about any trial: the C of an svm where there is none.  No mistake,
/// as a file may serve several probes by --set; a sentence for each.
std::vector<std::string> idle_probe_keys(const Sweep& sweep);

/// Refuses one point of the grid that cannot be trained: more k than units, kl without sigmoid, several layers that
/// are one affine map.  Throws
/// UserError that names the line of the key to change.
void check_trial(const Trial& trial, const Sweep& sweep);

/// Refuses a classifier on data without labels.
void check_labels(const Trial& trial, int n_classes, const Sweep& sweep);

/// Refuses mini-batches larger than the training part.
void check_batch(const Trial& trial, std::size_t n_train, const Sweep& sweep);

}  // namespace ksweep
