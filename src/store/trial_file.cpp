#include "store/trial_file.h"

#include <fmt/core.h>

#include <cassert>

#include "base/sha256.h"

namespace ksweep {
namespace {

constexpr std::string_view before_specification = "\nspecification ";

std::string first_words(std::string_view kind) { return "ksweep " + std::string(kind) + " 1\nid "; }

std::string seal_text(std::string_view kind, std::string_view id, std::string_view specification_sha256,
                      std::string_view body) {
  std::string text = first_words(kind);
  text.append(id).append(before_specification).append(specification_sha256);
  text += fmt::format("\nbytes {}\n", body.size());
  text += "sha256 " + Sha256{}.add(text).add(body).hex() + "\n";
  assert(text.size() <= seal_size);
  text.resize(seal_size, '\0');
  return text;
}

}  // namespace

std::optional<std::uint64_t> id_in_name(const std::filesystem::path& file) {
  const std::string stem = file.stem(), folder = file.parent_path().filename();
  const bool is_id = stem.size() == 16 && stem.find_first_not_of("0123456789abcdef") == stem.npos;
  if (!is_id || file.extension() != ".h5" || folder != stem.substr(0, 2)) return std::nullopt;
  return first_64_bits(stem);
}

std::string seal(std::uint64_t id, const std::string& identity, std::string_view body,
                 std::string_view kind) {
  return seal_text(kind, id_text(id), sha256_hex(identity), body);
}

bool is_intact(std::string_view file, std::string_view kind) {
  return check_seal(file, 0, "", kind) != Seal::broken;
}

Seal check_seal(std::string_view file, std::uint64_t id, const std::string& identity, std::string_view kind) {
  if (file.size() <= seal_size) return Seal::broken;
  const std::size_t id_at = first_words(kind).size();
  const auto claimed_id = file.substr(id_at, 16),
             claimed_specification = file.substr(id_at + 16 + before_specification.size(), 64);
  const auto body = file.substr(seal_size);
  if (file.substr(0, seal_size) != seal_text(kind, claimed_id, claimed_specification, body))
    return Seal::broken;
  const bool wanted = claimed_id == id_text(id) && claimed_specification == sha256_hex(identity);
  return wanted ? Seal::right : Seal::foreign;
}

}  // namespace ksweep
