#pragma once

#include <unistd.h>

#include <utility>

namespace ksweep {

/// A file descriptor that is closed with the object; -1: none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  operator int() const { return number_; }

  /// Returns whether that succeeded, or there was nothing to close.
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace ksweep
