#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace ksweep {

/// SHA-256 of a growing text.
class Sha256 {
 public:
  Sha256();
  Sha256& add(std::string_view bytes);
  /// The memory of any array of plain numbers.
  template <class T>
  Sha256& add(std::span<const T> numbers) {
    return add({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  /// 64 lower-case hexadecimal digits.  Ends the object's use.
  std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string sha256_hex(std::string_view bytes);

/// Trial ids are the first 64 bits of a SHA-256, written as 16 hexadecimal digits.
std::string id_text(std::uint64_t id);
std::uint64_t first_64_bits(std::string_view hex);

}  // namespace ksweep
