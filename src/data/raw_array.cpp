#include "data/raw_array.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/errors.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

constexpr double max_classes = 10000;  // per-class results are stored for every trial

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
    case Element::f32:
      return use(float{});
    case Element::f64:
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

bool channels_last(const std::vector<std::size_t>& dims) {
  return dims.size() == 4 && dims[3] <= 4 && dims[1] > 4;
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

void check_finite(const std::vector<float>& values, const RawArray& samples) {
  const auto bad = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
  if (bad == values.end()) return;
  const auto position = static_cast<std::size_t>(bad - values.begin());
  const std::size_t width = values.size() / samples.dims[0];
  const char* what = std::isnan(*bad) ? "NaN" : "infinite (or too large for 32-bit floats)";
  throw UserError(samples.name + ": sample " + std::to_string(position / width) +
                  " (counted from 0), number " + std::to_string(position % width) + " is " + what +
                  ": training would turn every weight into NaN. Mend or drop this sample.");
}

void swap_bytes(RawArray& array) {
  const auto size = static_cast<std::ptrdiff_t>(size_of(array.element));
  for (auto at = array.bytes.begin(); at != array.bytes.end(); at += size) std::reverse(at, at + size);
}

}  // namespace

std::size_t size_of(Element element) {
  return with_type(element, [](auto number) { return sizeof number; });
}

std::string dims_text(const std::vector<std::size_t>& dims) {
  std::string text;
  for (const std::size_t size : dims) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

std::size_t count_elements(const std::string& name, const std::vector<std::size_t>& dims) {
  constexpr std::size_t limit = std::numeric_limits<std::size_t>::max() / 64;
  std::size_t count = 1;
  for (const std::size_t size : dims) {
    if (size == 0)
      throw UserError(name + ": its size is " + dims_text(dims) +
                      ", so it holds nothing: there is nothing to learn from. Give a file with samples.");
    if (count > limit / size)
      throw UserError(name + ": its header claims " + dims_text(dims) +
                      " numbers, more than any file can hold: the header is wrong. Get the file again.");
    count *= size;
  }
  return count;
}

void read_elements(ByteSource& source, RawArray& array, bool big_endian) {
  const std::size_t size = size_of(array.element);
  array.bytes = read_exactly(source, count_elements(array.name, array.dims) * size,
                             dims_text(array.dims) + " numbers of " + std::to_string(size) + " byte(s)");
  expect_end(source);
  if (size > 1 && big_endian != (std::endian::native == std::endian::big)) swap_bytes(array);
}

SampleShape sample_shape(const RawArray& samples) {
  const auto& dims = samples.dims;
  if (dims.size() < 2 || dims.size() > 4)
    throw UserError(
        samples.name + ": its size is " + dims_text(dims) +
        ": samples have 2, 3 or 4 dimensions (samples x numbers, samples x height x width, samples x "
        "channels x height x width). Reshape the array.");
  if (count_elements(samples.name, dims) / dims[0] > std::numeric_limits<int>::max() / 2)
    throw UserError(samples.name + ": its size is " + dims_text(dims) +
                    ": a sample of so many numbers cannot be learned from. Give smaller samples.");
  const auto size = [&](std::size_t dim) { return static_cast<int>(dims[dim]); };
  if (dims.size() == 2) return {1, 1, size(1)};
  if (dims.size() == 3) return {1, size(1), size(2)};
  if (channels_last(dims)) return {size(3), size(1), size(2)};
  return {size(1), size(2), size(3)};
}

std::vector<float> to_samples(const RawArray& samples) {
  auto values = numbers_of<float>(samples);
  if (samples.element == Element::u8)
    for (float& value : values) value /= 255;
  else
    check_finite(values, samples);
  return channels_last(samples.dims) ? channels_first(values, samples.dims) : values;
}

std::vector<std::int32_t> to_labels(const RawArray& labels) {
  const bool one_column = labels.dims.size() == 1 || (labels.dims.size() == 2 && labels.dims[1] == 1);
  if (!one_column)
    throw UserError(
        labels.name + ": its size is " + dims_text(labels.dims) +
        ": labels are one whole number a sample, not one-hot rows. Give an array of one dimension.");
  const auto values = numbers_of<double>(labels);
  std::vector<std::int32_t> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] >= 0 && values[i] < max_classes) || values[i] != std::floor(values[i]))
      throw UserError(
          labels.name + ": label " + shortest_text(values[i]) + " of sample " + std::to_string(i) +
          " (counted from 0): labels are the whole numbers from 0 to the number of classes - 1, at most " +
          shortest_text(max_classes - 1) + ". Renumber the classes.");
    result[i] = static_cast<std::int32_t>(values[i]);
  }
  return result;
}

}  // namespace ksweep
