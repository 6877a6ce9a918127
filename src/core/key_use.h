#pragma once

#include <string>

#include "core/trial_keys.h"

namespace ksweep {

/// Whether a kind of probe looks at a key of [probe], named without its section.
bool looks_at(ProbeKind kind, const std::string& key);

/// Whether trials of this kind of model look at a key.  Of the keys that concern them, untrained weights and raw inputs
/// have some only so that they take an autoencoder's place in a grid; these always have their neutral value.
bool looks_at(ModelKind kind, const Key& key);

/// Return the kinds of model, and for keys of [probe] the kinds of probe, that look at a key: their names in sweep files,
/// separated by blanks.
const std::string& kinds_that_look_at(const Key& key);
std::string probes_that_look_at(const Key& key);

}  // namespace ksweep
