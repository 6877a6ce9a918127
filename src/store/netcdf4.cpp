#include "store/netcdf4.h"

#include <hdf5_hl.h>

#include <algorithm>

namespace ksweep {
namespace {

constexpr hsize_t compressed_bytes = 16 << 10;

h5::Layout layout_for(const h5::Shape& shape, hid_t type) {
  const bool text = H5Tget_class(type) == H5T_STRING;  // in the file's heap, to which filters do not apply
  const bool large = h5::count_of(shape) * H5Tget_size(type) > compressed_bytes;
  return large && !text ? h5::Layout::compressed : h5::Layout::contiguous;
}

void describe(hid_t set, const Variable& variable) {
  h5::write_attribute(set, "long_name", variable.long_name);
  h5::write_attribute(set, "units", variable.units);
  h5::write_attribute(set, "reproducible", std::vector<std::int32_t>{variable.reproducible});
  if (variable.axis) h5::write_attribute(set, "axis", std::vector<std::int32_t>{1});
}

}  // namespace

void Netcdf4File::define(const std::string& dimension, const std::string& long_name,
                         const std::vector<std::int32_t>& coordinates) {
  if (coordinates.empty()) return;
  const h5::Shape shape{coordinates.size()};
  auto set = h5::write_dataset(file_, dimension.c_str(), shape, coordinates.data(), h5::Layout::contiguous);
  h5::check(H5DSset_scale(set, dimension.c_str()), dimension);
  h5::write_attribute(set, "_Netcdf4Dimid", static_cast<std::int32_t>(scales_.size()));
  describe(set, {.name = dimension, .long_name = long_name});
  scales_.emplace(dimension, Scale{std::move(set), shape[0]});
}

std::optional<h5::Handle> Netcdf4File::begin(const Variable& variable, const Dimensions& dimensions,
                                             hid_t type, const void* fill) {
  const auto defined = [&](const std::string& name) { return scales_.contains(name); };
  if (!std::ranges::all_of(dimensions, defined)) return std::nullopt;
  h5::Shape shape;
  for (const auto& name : dimensions) shape.push_back(scales_.at(name).length);
  auto set = h5::create_dataset(file_, variable.name.c_str(), type, shape, layout_for(shape, type), fill);
  for (unsigned axis = 0; axis < dimensions.size(); ++axis)
    h5::check(H5DSattach_scale(set, scales_.at(dimensions[axis]).set, axis), variable.name);
  describe(set, variable);
  return set;
}

void Netcdf4File::add(const Variable& variable, const Dimensions& dimensions,
                      const std::vector<std::string>& texts) {
  const auto set = begin(variable, dimensions, h5::text_type(), nullptr);
  if (set) h5::write_texts(*set, texts, variable.name);
}

void Netcdf4File::attribute(const std::string& name, const std::string& text) {
  h5::write_attribute(file_, name.c_str(), text);
}

void Netcdf4File::attribute(const std::string& name, const std::vector<std::int32_t>& numbers) {
  h5::write_attribute(file_, name.c_str(), numbers);
}

void Netcdf4File::attribute_of(const std::string& variable, const std::string& name,
                               const std::string& text) {
  if (const auto set = h5::find_dataset(file_, variable.c_str()))
    h5::write_attribute(*set, name.c_str(), text);
}

void Netcdf4File::attribute_of(const std::string& variable, const std::string& name,
                               const std::vector<std::uint8_t>& numbers) {
  if (const auto set = h5::find_dataset(file_, variable.c_str()))
    h5::write_attribute(*set, name.c_str(), numbers);
}

}  // namespace ksweep
