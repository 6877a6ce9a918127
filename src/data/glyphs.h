#pragma once

#include <span>
#include <vector>

namespace ksweep {

/// A point of the pen's path, in a box of width and height 1, x to the right and y downwards.  At a corner
/// the pen turns sharply; elsewhere the path is smooth.
struct PenPoint {
  double x, y;
  bool corner = false;
};

/// A path drawn without lifting the pen.
using Stroke = std::vector<PenPoint>;

/// One way of writing a digit.
struct Glyph {
  double weight;  ///< how often it is chosen among the ways of writing this digit
  std::vector<Stroke> strokes;
};

/// Returns the ways of writing a digit from 0 to 9.
std::span<const Glyph> glyphs_of(int digit);

}  // namespace ksweep
