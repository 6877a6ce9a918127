#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace ksweep {

/// Computes SHA-256 incrementally.
class Sha256 {
 public:
  Sha256();
  Sha256& add(std::string_view bytes);
  /// Adds the bytes of an array of plain numbers.
  template <class T>
  Sha256& add(std::span<const T> numbers) {
    return add({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  /// Returns 64 lower-case hexadecimal digits.  The object cannot be used afterwards.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string sha256_hex(std::string_view bytes);

/// Writes an id, the first 64 bits of a SHA-256, as 16 hexadecimal digits.
std::string id_text(std::uint64_t id);
std::uint64_t first_64_bits(std::string_view hex);

}  // namespace ksweep
