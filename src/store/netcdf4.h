#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/h5.h"

namespace ksweep {

/// Name of a variable and the meaning of its numbers.
struct Variable {
  std::string name, long_name, units = "1";
  bool reproducible = true;  ///< the same bits on any number of ranks and threads
  bool axis = false;         ///< an axis of the sweep's grid
};

/// A netCDF-4 file in memory: variables on named dimensions, written as HDF5 dimension scales so that xarray,
/// netCDF and h5py all find the names.  Variables on undefined dimensions are not written.
class Netcdf4File {
 public:
  using Dimensions = std::vector<std::string>;

  Netcdf4File() : file_(h5::create_file()) {}

  /// Defines a dimension.  Does nothing without coordinates: netCDF readers fail on dimensions of length 0.
  void define(const std::string& dimension, const std::string& long_name,
              const std::vector<std::int32_t>& coordinates);

  /// values: one for each point of the dimensions, last dimension fastest.  fill: means "no value".
  template <class T>
  void add(const Variable& variable, const Dimensions& dimensions, const std::vector<T>& values,
           std::optional<T> fill = std::nullopt) {
    const auto set = begin(variable, dimensions, h5::type_of<T>(), fill ? &*fill : nullptr);
    if (set)
      h5::check(H5Dwrite(*set, h5::type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                variable.name);
    if (set && fill) h5::write_attribute(*set, "_FillValue", std::vector<T>{*fill});
  }
  void add(const Variable& variable, const Dimensions& dimensions, const std::vector<std::string>& texts);

  /// Writes an attribute of the whole file.
  void attribute(const std::string& name, const std::string& text);
  void attribute(const std::string& name, const std::vector<std::int32_t>& numbers);
  /// Writes an attribute of one variable, if the variable was written.
  void attribute_of(const std::string& variable, const std::string& name, const std::string& text);
  void attribute_of(const std::string& variable, const std::string& name,
                    const std::vector<std::uint8_t>& numbers);

  std::string image() const { return h5::image_of(file_); }

 private:
  std::optional<h5::Handle> begin(const Variable& variable, const Dimensions& dimensions, hid_t type,
                                  const void* fill);

  h5::Handle file_;
  struct Scale {
    h5::Handle set;
    hsize_t length;
  };
  std::map<std::string, Scale> scales_;
};

}  // namespace ksweep
