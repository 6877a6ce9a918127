#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/byte_source.h"
#include "data/dataset.h"

namespace ksweep {

/// Type of the elements of an array in a data file.
enum class Element { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, text };

/// Bytes of an element; 0 of text, whose elements have different lengths.
std::size_t size_of(Element element);

/// An array as a file holds it: C order, this machine's byte order.  Texts are UTF-8, each ended by a zero byte.
struct RawArray {
  std::string name;  ///< what messages call it
  std::vector<std::size_t> dims;
  Element element = Element::u8;
  std::vector<std::byte> bytes;
  bool reversed_axes = false;  ///< MATLAB's: the file tells the array's axes from last to first
};

/// Number of elements; throws UserError if `dims` are no sizes that any file could hold.
std::size_t count_elements(const std::string& name, const std::vector<std::size_t>& dims);

/// Reads the elements of `array`, whose other members are set, and expects the source to end there.
void read_elements(ByteSource& source, RawArray& array, bool big_endian);

/// (2, 3) -> "2 x 3"
std::string dims_text(const std::vector<std::size_t>& dims);

/// The texts of an array of them, and back.
std::vector<std::string> texts_of(const RawArray& array);
std::vector<std::byte> bytes_of_texts(const std::vector<std::string>& texts);

/// The numbers of an array in double precision.
std::vector<double> doubles_of(const RawArray& array);

/// Turns an array whose first axis varies fastest into C order.
void to_c_order(RawArray& array);

/// Swaps the last two axes of an array of at least three: MATLAB's images lie on their side.
void swap_last_axes(RawArray& array);

/// Shape of one sample of an array of samples: (n, m), (n, h, w), (n, c, h, w) or, with at most 4 channels,
/// (n, h, w, c).
SampleShape sample_shape(const RawArray& samples);

/// Whether (n, h, w, c) is turned into (n, c, h, w).
bool channels_last(const std::vector<std::size_t>& dims);

/// What the content says that samples are to be divided by, whatever type they are stored as: their largest number m if
/// all are whole numbers from 0 to m, else 1.
double scale_of(const RawArray& samples);

/// The samples as floats, divided by `scale`, channels first.  Throws UserError that names the sample if a number is
/// infinite or not a number.
std::vector<float> to_samples(const RawArray& samples, double scale);

}  // namespace ksweep
