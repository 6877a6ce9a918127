#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace ksweep {

/// An array of plain numbers, zero at first, aligned to 64 bytes as kernels require.
template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : size_(size) {
    constexpr std::size_t line = 64;
    const std::size_t bytes = (size * sizeof(T) + line - 1) / line * line;
    if (bytes == 0) return;
    memory_.reset(static_cast<T*>(std::aligned_alloc(line, bytes)));
    if (!memory_) throw std::bad_alloc();
    std::uninitialized_fill_n(memory_.get(), bytes / sizeof(T), T{});
  }

  T* data() { return memory_.get(); }
  const T* data() const { return memory_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return memory_.get()[i]; }
  const T& operator[](std::size_t i) const { return memory_.get()[i]; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T, Free> memory_;
  std::size_t size_ = 0;
};

using AlignedFloats = AlignedArray<float>;

}  // namespace ksweep
