#include "data/raw_array.h"

#include <fmt/core.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

#include "base/control_groups.h"
#include "base/errors.h"

namespace ksweep {
namespace {

/// Calls `use` with a value of the C++ type of `element`.
template <class Use>
auto with_type(Element element, Use&& use) {
  switch (element) {
    case Element::u8:
      return use(std::uint8_t{});
    case Element::i8:
      return use(std::int8_t{});
    case Element::u16:
      return use(std::uint16_t{});
    case Element::i16:
      return use(std::int16_t{});
    case Element::u32:
      return use(std::uint32_t{});
    case Element::i32:
      return use(std::int32_t{});
    case Element::u64:
      return use(std::uint64_t{});
    case Element::i64:
      return use(std::int64_t{});
    case Element::f16:
      return use(Eigen::half{});
    case Element::bf16:
      return use(Eigen::bfloat16{});
    case Element::f32:
      return use(float{});
    case Element::f64:
    case Element::text:
      break;
  }
  return use(double{});
}

template <class Number>
std::vector<Number> numbers_of(const RawArray& array) {
  std::vector<Number> numbers(array.bytes.size() / size_of(array.element));
  with_type(array.element, [&]<class From>(From) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      From value;
      std::memcpy(&value, array.bytes.data() + i * sizeof value, sizeof value);
      numbers[i] = static_cast<Number>(value);
    }
  });
  return numbers;
}

/// (n, h, w, c) -> (n, c, h, w)
std::vector<float> channels_first(const std::vector<float>& from, const std::vector<std::size_t>& dims) {
  const std::size_t pixels = dims[1] * dims[2], channels = dims[3];
  std::vector<float> to(from.size());
  for (std::size_t sample = 0; sample < dims[0]; ++sample)
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
      for (std::size_t channel = 0; channel < channels; ++channel)
        to[(sample * channels + channel) * pixels + pixel] =
            from[(sample * pixels + pixel) * channels + channel];
  return to;
}

/// Throws UserError for a value that is not finite, number `position` of all.
[[noreturn]] void refuse_number(float value, const RawArray& samples, std::size_t position,
                                const RowText& row_text) {
  const std::size_t width = count_elements(samples.name, samples.dims) / samples.dims[0];
  throw UserError(
      "{}: {}, number {} is {}: training would turn every weight into NaN. Mend or drop this sample.",
      samples.name, row_text(position / width), position % width,
      std::isnan(value) ? "NaN" : "infinite (or too large for 32-bit floats)");
}

std::string counted_sample(std::size_t row) { return fmt::format("sample {} (counted from 0)", row); }

void swap_bytes(RawArray& array) {
  const auto size = static_cast<std::ptrdiff_t>(size_of(array.element));
  for (auto at = array.bytes.begin(); at != array.bytes.end(); at += size) std::reverse(at, at + size);
}

/// Reorders the elements: element i of the result is element from(i) of `bytes`.
template <class From>
void reorder(RawArray& array, From&& from) {
  const std::size_t size = size_of(array.element), count = array.bytes.size() / size;
  std::vector<std::byte> ordered(array.bytes.size());
  for (std::size_t i = 0; i < count; ++i)
    std::memcpy(ordered.data() + i * size, array.bytes.data() + from(i) * size, size);
  array.bytes = std::move(ordered);
}

/// The same for texts, which vary in length.
template <class From>
void reorder_texts(RawArray& array, From&& from) {
  const auto texts = texts_of(array);
  std::vector<std::string> ordered(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) ordered[i] = texts[from(i)];
  array.bytes = bytes_of_texts(ordered);
}

void refuse_texts(const RawArray& samples) {
  if (samples.element == Element::text)
    throw UserError(
        "{}: holds texts: samples are numbers, there is nothing to compute with. Name the array that holds "
        "the numbers.",
        samples.name);
}

}  // namespace

std::size_t size_of(Element element) {
  if (element == Element::text) return 0;
  return with_type(element, [](auto number) { return sizeof number; });
}

std::string dims_text(const std::vector<std::size_t>& dims) {
  std::string text;
  for (const std::size_t size : dims) text += fmt::format("{}{}", text.empty() ? "" : " x ", size);
  return text;
}

std::size_t count_elements(const std::string& name, const std::vector<std::size_t>& dims) {
  constexpr std::size_t limit = std::numeric_limits<std::size_t>::max() / 64;
  std::size_t count = 1;
  for (const std::size_t size : dims) {
    if (size == 0)
      throw UserError(
          "{}: its size is {}, so it holds nothing: there is nothing to learn from. Give a file with "
          "samples.",
          name, dims_text(dims));
    if (count > limit / size)
      throw UserError(
          "{}: its header claims {} numbers, more than any file can hold: the header is wrong. Get the file "
          "again.",
          name, dims_text(dims));
    count *= size;
  }
  return count;
}

void read_numbers(ByteSource& source, RawArray& array, bool big_endian) {
  const std::size_t size = size_of(array.element);
  array.bytes = read_exactly(source, count_elements(array.name, array.dims) * size,
                             fmt::format("{} numbers of {} byte(s)", dims_text(array.dims), size));
  if (size > 1 && big_endian != (std::endian::native == std::endian::big)) swap_bytes(array);
}

void read_elements(ByteSource& source, RawArray& array, bool big_endian) {
  read_numbers(source, array, big_endian);
  expect_end(source);
}

std::vector<std::string> texts_of(const RawArray& array) {
  std::vector<std::string> texts;
  std::string text;
  for (const std::byte byte : array.bytes) {
    if (byte != std::byte{0}) {
      text += static_cast<char>(byte);
      continue;
    }
    texts.push_back(std::move(text));
    text.clear();
  }
  return texts;
}

std::vector<std::byte> bytes_of_texts(const std::vector<std::string>& texts) {
  std::vector<std::byte> bytes;
  for (const std::string& text : texts) {
    const auto* start = reinterpret_cast<const std::byte*>(text.c_str());
    bytes.insert(bytes.end(), start, start + text.size() + 1);
  }
  return bytes;
}

std::vector<double> doubles_of(const RawArray& array) { return numbers_of<double>(array); }

void to_c_order(RawArray& array) {
  if (array.dims.size() < 2) return;
  const auto from = [&](std::size_t position) {
    std::size_t at = 0, stride = 1;
    std::array<std::size_t, 4> index{};
    for (std::size_t dim = array.dims.size(); dim-- > 0;) {
      index[dim] = position % array.dims[dim];
      position /= array.dims[dim];
    }
    for (std::size_t dim = 0; dim < array.dims.size(); ++dim) {
      at += index[dim] * stride;
      stride *= array.dims[dim];
    }
    return at;
  };
  if (array.element == Element::text)
    reorder_texts(array, from);
  else
    reorder(array, from);
}

void swap_last_axes(RawArray& array) {
  if (array.dims.size() < 3) return;
  std::size_t &rows = array.dims[array.dims.size() - 2], &columns = array.dims.back();
  const std::size_t area = rows * columns;
  reorder(array, [&](std::size_t to) {
    const std::size_t within = to % area;
    return to - within + within % rows * columns + within / rows;
  });
  std::swap(rows, columns);
}

bool channels_last(const std::vector<std::size_t>& dims) {
  return dims.size() == 4 && dims[3] <= 4 && dims[1] > 4;
}

SampleShape sample_shape(const RawArray& samples) {
  refuse_texts(samples);
  const auto& dims = samples.dims;
  if (dims.size() < 2 || dims.size() > 4)
    throw UserError(
        "{}: its size is {}: samples have 2, 3 or 4 dimensions (samples x numbers, samples x height x width, "
        "samples x channels x height x width). Reshape the array.",
        samples.name, dims_text(dims));
  if (count_elements(samples.name, dims) / dims[0] > std::numeric_limits<int>::max() / 2)
    throw UserError(
        "{}: its size is {}: a sample of so many numbers cannot be learned from. Give smaller samples.",
        samples.name, dims_text(dims));
  const auto size = [&](std::size_t dim) { return static_cast<int>(dims[dim]); };
  if (dims.size() == 2) return {1, 1, size(1)};
  if (dims.size() == 3) return {1, size(1), size(2)};
  if (channels_last(dims)) return {size(3), size(1), size(2)};
  return {size(1), size(2), size(3)};
}

WholeNumbers whole_numbers(const RawArray& samples) {
  double largest = 0;
  bool whole = true;
  with_type(samples.element, [&]<class Number>(Number) {
    for (std::size_t at = 0; at < samples.bytes.size() && whole; at += sizeof(Number)) {
      Number number;
      std::memcpy(&number, samples.bytes.data() + at, sizeof number);
      const double value = static_cast<double>(number);
      whole = value >= 0 && value == std::floor(value) && std::isfinite(value);
      largest = std::max(largest, value);
    }
  });
  return {whole, largest};
}

double scale_of(const RawArray& samples) {
  const WholeNumbers numbers = whole_numbers(samples);
  return numbers.all && numbers.largest > 0 ? numbers.largest : 1;
}

void to_floats(Element element, std::span<const std::byte> bytes, bool big_endian, float* numbers) {
  with_type(element, [&]<class Number>(Number) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(Number)) {
      std::array<std::byte, sizeof(Number)> its;
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), its.size(), its.begin());
      if (big_endian != (std::endian::native == std::endian::big)) std::ranges::reverse(its);
      Number number;
      std::memcpy(&number, its.data(), its.size());
      *numbers++ = static_cast<float>(number);
    }
  });
}

void convert(RawArray& array, Element to) {
  if (array.element == to) return;
  const auto replace = [&](const auto& numbers) {
    const auto bytes = std::as_bytes(std::span(numbers));
    array.bytes.assign(bytes.begin(), bytes.end());
  };
  if (to == Element::f32)
    replace(numbers_of<float>(array));
  else
    replace(numbers_of<double>(array));
  array.element = to;
}

void check_finite(const RawArray& samples, const RowText& row_text) {
  with_type(samples.element, [&]<class Number>(Number) {
    for (std::size_t at = 0; at < samples.bytes.size(); at += sizeof(Number)) {
      Number number;
      std::memcpy(&number, samples.bytes.data() + at, sizeof number);
      const auto value = static_cast<float>(number);
      if (!std::isfinite(value)) refuse_number(value, samples, at / sizeof number, row_text);
    }
  });
}

std::vector<float> to_samples(const RawArray& samples, double scale) {
  const auto n_numbers = static_cast<double>(count_elements(samples.name, samples.dims));
  require_memory(static_cast<double>(samples.bytes.size()) + n_numbers * sizeof(float),
                 samples.name + ": its samples");
  auto values = numbers_of<float>(samples);
  const auto bad = std::ranges::find_if_not(values, [](float value) { return std::isfinite(value); });
  if (bad != values.end())
    refuse_number(*bad, samples, static_cast<std::size_t>(bad - values.begin()), counted_sample);
  const auto divisor = static_cast<float>(scale);
  if (scale != 1)
    for (float& value : values) value /= divisor;
  return channels_last(samples.dims) ? channels_first(values, samples.dims) : values;
}

}  // namespace ksweep
