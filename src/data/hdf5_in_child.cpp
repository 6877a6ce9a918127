#include <algorithm>
#include <array>

#include "base/errors.h"
#include "base/in_child.h"
#include "data/hdf5_reader.h"

namespace ksweep {
namespace {

/// Header of an array in the pipe; the name and the bytes follow.  All zero: no array.
struct Head {
  std::uint64_t present, element, n_dims, n_name, n_bytes, reversed_axes;
  std::array<std::uint64_t, 4> dims;
};

class PipeBytes final : public ByteSource {
 public:
  PipeBytes(std::string name, const FromChild& from) : ByteSource(std::move(name)), from_(from) {}
  std::size_t read(std::byte* into, std::size_t count) override { return from_(into, count); }

 private:
  const FromChild& from_;
};

void send(const RawArray* array, const ToParent& to) {
  Head head{};
  if (array) {
    head = {1,
            static_cast<std::uint64_t>(array->element),
            array->dims.size(),
            array->name.size(),
            array->bytes.size(),
            array->reversed_axes,
            {}};
    std::ranges::copy(array->dims, head.dims.begin());
  }
  to(std::as_bytes(std::span(&head, 1)));
  if (!array) return;
  to(std::as_bytes(std::span(array->name)));
  to(array->bytes);
}

void send(const std::optional<RawArray>& array, const ToParent& to) { send(array ? &*array : nullptr, to); }

void send(const std::vector<std::string>& names, const ToParent& to) {
  const RawArray list{"", {names.size()}, Element::text, bytes_of_texts(names)};
  send(names.empty() ? nullptr : &list, to);
}

/// Whether an array has as many elements as its dimensions say.
bool is_whole(const RawArray& array) {
  const std::size_t count = count_elements(array.name, array.dims);
  if (array.element != Element::text) return array.bytes.size() == count * size_of(array.element);
  return static_cast<std::size_t>(std::ranges::count(array.bytes, std::byte{0})) == count &&
         (array.bytes.empty() || array.bytes.back() == std::byte{0});
}

/// Checks everything that it receives: hostile input may have taken control of the child.
std::optional<RawArray> receive(PipeBytes& source) {
  Head head{};
  if (source.read(reinterpret_cast<std::byte*>(&head), sizeof head) < sizeof head)
    throw ChildFault("it failed");
  if (head.present == 0) return std::nullopt;
  if (head.element > static_cast<std::uint64_t>(Element::text) || head.n_dims > head.dims.size())
    throw ChildFault("it failed");
  RawArray array{"",
                 {head.dims.begin(), head.dims.begin() + head.n_dims},
                 static_cast<Element>(head.element),
                 {},
                 head.reversed_axes != 0};
  const auto name = read_exactly(source, head.n_name, "name");
  array.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
  array.bytes = read_exactly(source, head.n_bytes, "numbers");
  if (!is_whole(array)) throw ChildFault("it failed");
  return array;
}

ChildLimits limits_for(const std::filesystem::path& path) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  return reading_limits(unknown ? 1e9 : static_cast<double>(size));
}

}  // namespace

Parts read_hdf5(const std::filesystem::path& path, const std::string& object) {
  Parts parts;
  try {
    in_child(
        [&](const ToParent& to) {
          const Parts found = read_hdf5_here(path, object);
          send(&found.train, to);
          for (const auto* array : {&found.train_labels, &found.test, &found.test_labels}) send(*array, to);
          send(found.unused, to);
        },
        [&](const FromChild& from) {
          PipeBytes source(path.string(), from);
          auto train = receive(source);
          if (!train) throw ChildFault("it failed");
          parts.train = std::move(*train);
          for (auto* array : {&parts.train_labels, &parts.test, &parts.test_labels}) *array = receive(source);
          if (const auto unused = receive(source)) parts.unused = texts_of(*unused);
        },
        limits_for(path));
  } catch (const ChildFault& fault) {
    throw UserError(
        "{}: the HDF5 library cannot read it, {}: the file is damaged, or made to do harm. Get the file "
        "again.",
        path.string(), fault.what());
  }
  return parts;
}

}  // namespace ksweep
