#include <fmt/core.h>

#include <cmath>

#include "base/sha256.h"
#include "base/utf8.h"
#include "core/trial_keys.h"
#include "store/columns.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

/// Quotes a field as RFC 4180, section 2, requires.
std::string quoted(const std::string& bytes) {
  const std::string field = as_utf8(bytes);
  if (field.find_first_of(",\"\r\n") == field.npos) return field;
  std::string text = "\"";
  for (const char letter : field) text += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return text + "\"";
}

std::string header(const char* last) {
  std::string line;
  for (const Key& key : trial_keys()) line += column_name(key) + ",";
  for (const auto& quantity : scalar_quantities()) line += std::string(quantity.name) + ",";
  return fmt::format("{}status,reason,id{}\n", line, last);
}

std::string row(const TrialResult& result, const char* last) {
  std::string line;
  for (const Key& key : trial_keys()) line += quoted(value_text(key, result.trial)) + ",";
  for (const auto& quantity : scalar_quantities()) {
    const double value = result.*quantity.member;
    line += (std::isnan(value) ? "" : shortest_text(value)) + ",";
  }
  return fmt::format("{}{},{},{}{}\n", line, status_name(result.status), quoted(result.reason),
                     id_text(result.id), last);
}

}  // namespace

std::string csv_table(const SweepRecord& record, bool all) {
  if (!all) {
    std::string table = header("");
    for (const auto& result : record.trials) table += row(result, "");
    return table;
  }
  std::string table = header(",in_grid");
  for (const auto& result : record.trials) table += row(result, ",1");
  for (const auto& result : record.others) table += row(result, ",0");
  return table;
}

}  // namespace ksweep
