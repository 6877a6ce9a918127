#pragma once

#include <string>
#include <string_view>

namespace ksweep {

/// The text of one command's help page; the list of its options is generated.
struct HelpPage {
  std::string_view command;  ///< "ksweep run"
  std::string_view usage;    ///< the arguments after the command
  std::string_view purpose;  ///< paragraphs before the options
  std::string_view ending;   ///< examples and exit codes
};

extern const HelpPage run_page, plan_page, status_page, merge_page, verify_page, export_page, prune_page,
    weights_page, data_info_page, data_digits_page, data_export_page, data_activations_page;

/// Returns what `ksweep plan --keys` prints: every key of a sweep file with default, allowed values and
/// meaning; first the keys that most sweeps set.
std::string keys_text();

/// Returns the same for one key ("model.k", or "k"), or for those of a section ("model").  Throws UserError
/// if there is none.
std::string key_text(const std::string& name);

/// Returns what `ksweep --version` prints.
std::string version_text();

}  // namespace ksweep
