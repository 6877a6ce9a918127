#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/byte_source.h"
#include "data/dataset.h"

namespace ksweep {

/// Element type of an array in a data file.  bf16: the upper half of a float32.
enum class Element { u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64, text };

/// Returns the bytes of an element; 0 for text, whose elements vary in length.
std::size_t size_of(Element element);

/// An array from a file, in C order and this machine's byte order.  Texts are UTF-8, each ending with a zero
/// byte.
struct RawArray {
  std::string name;  ///< name in messages
  std::vector<std::size_t> dims;
  Element element = Element::u8;
  std::vector<std::byte> bytes;
  bool reversed_axes = false;  ///< MATLAB's: the file lists the axes from last to first
  bool positions = false;      ///< (n, positions, m): positions are samples of their own, see positions.h
};

/// Returns the number of elements.  Throws UserError if no file could hold that many.
std::size_t count_elements(const std::string& name, const std::vector<std::size_t>& dims);

/// Reads the elements of `array`, whose other members are set.  Throws UserError if the source does not end
/// there.
void read_elements(ByteSource& source, RawArray& array, bool big_endian);

/// The same, of a source that may go on.
void read_numbers(ByteSource& source, RawArray& array, bool big_endian);

/// Returns "2 x 3" for (2, 3).
std::string dims_text(const std::vector<std::size_t>& dims);

/// Convert the bytes of an array of texts to texts and back.
std::vector<std::string> texts_of(const RawArray& array);
std::vector<std::byte> bytes_of_texts(const std::vector<std::string>& texts);

/// Returns the numbers of an array in double precision.
std::vector<double> doubles_of(const RawArray& array);

/// Converts an array from Fortran order, in which the first axis varies fastest, to C order.
void to_c_order(RawArray& array);

/// Swaps the last two axes of an array of at least three: MATLAB's images are transposed.
void swap_last_axes(RawArray& array);

/// Returns the shape of one sample of an array (n, m), (n, h, w), (n, c, h, w) or, with at most 4 channels,
/// (n, h, w, c).
SampleShape sample_shape(const RawArray& samples);

/// Whether an array is (n, h, w, c) and must be transposed to (n, c, h, w).
bool channels_last(const std::vector<std::size_t>& dims);

/// Returns the divisor that the content suggests, whatever the element type: the largest number m if all are
/// integers from 0 to m, else 1.
double scale_of(const RawArray& samples);

/// Whether all numbers are whole and not negative, and the largest of them.
struct WholeNumbers {
  bool all = true;
  double largest = 0;
};
WholeNumbers whole_numbers(const RawArray& samples);

/// Converts numbers as they stand in a file.
void to_floats(Element element, std::span<const std::byte> bytes, bool big_endian, float* numbers);

/// Converts an array of numbers to float32 or float64, which is exact for floats of 16 bits.
void convert(RawArray& array, Element to);

/// Says which sample the row of an array is: "sample 7 (counted from 0)".
using RowText = std::function<std::string(std::size_t row)>;

/// Throws UserError that names the sample if a number is infinite or NaN as a float32.
void check_finite(const RawArray& samples, const RowText& row_text);

/// Returns the samples as floats, divided by `scale`, channels first.  Throws UserError that names the sample
/// if a number is infinite or NaN.
std::vector<float> to_samples(const RawArray& samples, double scale);

}  // namespace ksweep
