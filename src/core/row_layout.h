#pragma once

namespace ksweep {

/// Samples are held in groups of this many, and rows are padded with zeros to a multiple of it, whatever the
/// CPU's vector width: so no loop has a ragged end and sums have one order on every instruction set.
inline constexpr int lanes = 16;

constexpr int padded(int count) { return (count + lanes - 1) / lanes * lanes; }

/// Rows that stay in the cache while they are worked on: hidden units of an autoencoder, inputs of a dense layer.
inline constexpr int slice_size = 48;

}  // namespace ksweep
