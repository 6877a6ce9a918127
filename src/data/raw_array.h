#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/byte_source.h"
#include "data/dataset.h"

namespace ksweep {

/// Type of the numbers in a data file.
enum class Element { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };

std::size_t size_of(Element element);

/// An array as a file holds it: C order, this machine's byte order.
struct RawArray {
  std::string name;  ///< what messages call it
  std::vector<std::size_t> dims;
  Element element = Element::u8;
  std::vector<std::byte> bytes;
};

/// Number of elements; throws UserError if `dims` are no sizes that any file could hold.
std::size_t count_elements(const std::string& name, const std::vector<std::size_t>& dims);

/// Reads the elements of `array`, whose other members are set, and expects the source to end there.
void read_elements(ByteSource& source, RawArray& array, bool big_endian);

/// (2, 3) -> "2 x 3"
std::string dims_text(const std::vector<std::size_t>& dims);

/// Shape of one sample of an array of samples: (n, m), (n, h, w), (n, c, h, w) or, with at most 4 channels,
/// (n, h, w, c).
SampleShape sample_shape(const RawArray& samples);

/// The samples as floats, channels first.  8-bit unsigned numbers are scaled by 1/255, others are taken as
/// they are.  Throws UserError that names the sample if a number is infinite or not a number.
std::vector<float> to_samples(const RawArray& samples);

/// The labels, each checked to be a whole number from 0.  Accepts (n) and (n, 1).
std::vector<std::int32_t> to_labels(const RawArray& labels);

}  // namespace ksweep
