#pragma once

#include <string>
#include <string_view>

namespace ksweep {

/// The prose of one command's help page; its options are generated.
struct HelpPage {
  std::string_view command;  ///< "ksweep run"
  std::string_view usage;    ///< what follows the command
  std::string_view purpose;  ///< paragraphs before the options
  std::string_view ending;   ///< examples and exit codes
};

extern const HelpPage run_page, plan_page, status_page, merge_page, verify_page, export_page, prune_page,
    data_info_page, data_digits_page;

/// What `ksweep plan --keys` prints: every key of a sweep file with default, allowed values and meaning; first
/// those that most sweeps set.
std::string keys_text();

/// The same of one key ("model.k", or "k"), or of a section's ("model").  Throws UserError if there is none.
std::string key_text(const std::string& name);

/// What `ksweep --version` prints.
std::string version_text();

}  // namespace ksweep
