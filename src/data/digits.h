#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.h"

namespace ksweep {

/// Part of the content hash: raise it when a change of the generator changes an image.
inline constexpr int digits_version = 1;
inline constexpr int digits_side = 28;  ///< pixels

/// Draws image `index` of a part (0: training, 1: test) of the built-in set of synthetic handwritten digits
/// into `image` (digits_side x digits_side, 0: paper, 255: ink) and returns which digit it is.  A pure
/// function of its arguments that uses only + - * / and sqrt, so that every machine draws the same bytes.
int draw_digit(std::uint64_t seed, std::uint32_t part, std::uint64_t index, std::span<std::uint8_t> image);

/// Makes the built-in data set `digits`: 28 x 28 grey, 10 classes.  n_train and n_test: how many to make; 0:
/// 60,000 and 10,000.  Image i and the content hash do not depend on how many are made.
Dataset make_digits(std::size_t n_train, std::size_t n_test);

}  // namespace ksweep
