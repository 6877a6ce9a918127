#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/trial.h"

namespace ksweep {

/// One key of the sweep file: its syntax, checks, storage and help.
struct Key {
  /// `sizes` are sizes of hidden layers, see core/layer_sizes.h.
  enum class Kind { integer, real, choice, text, sizes };
  /// What a key changes: `data` the samples, which are identified by their content hash; `training` the
  /// weights; `reading` only what is read from the trained network.
  enum class Affects { data, training, reading };

  std::string section, name;
  Kind kind;
  std::vector<std::string> choices;  ///< names of a choice; a choice's value is its index
  double lowest, highest;            ///< allowed range of a number
  std::string fallback;              ///< default, as written in a sweep file
  Affects affects;
  std::string units;  ///< "1" if none
  std::string help;   ///< one line: what it is, with its source if it has one
  std::string since;  ///< the first version of the program that has it
  /// The value, as written, at which the program does what it did before it had the key; empty for keys of the first
  /// version.  At this value the key is no part of an identity, so that a new key leaves all older ids as they are.
  std::string neutral;

  std::function<double(const Trial&)> get;   ///< numbers and choices
  std::function<void(Trial&, double)> set;   ///< numbers and choices
  std::function<std::string&(Trial&)> text;  ///< texts and sizes

  bool is_text() const { return kind == Kind::text || kind == Kind::sizes; }
  std::string full_name() const { return section + "." + name; }
};

/// Returns all keys of a trial in the order in which they are documented, stored and hashed.
std::span<const Key> trial_keys();

/// Returns the key of this full name ("model.k"), or null.
const Key* find_key(std::string_view full_name);

/// Returns the value of a key as text for a sweep file; for a number the shortest text that reads back to it.
std::string value_text(const Key& key, const Trial& trial);

/// Returns the shortest decimal text that reads back to exactly this number.
std::string shortest_text(double number);

/// Sets a key from its text.  Returns what is wrong with the text ("is not a whole number"), or nothing.
std::optional<std::string> set_from_text(const Key& key, Trial& trial, const std::string& text);

/// Returns a trial with every key at its default.
Trial default_trial();

/// The same, with keys that came later than the first version at their neutral value: what a record from before them says.
Trial first_default_trial();

/// Whether a key means something to this kind of model.  If not, it is no part of a trial's specification.
bool concerns(const Key& key, ModelKind kind);

/// Returns the value at which a key that came later than the first version, or came to concern this kind of model later, leaves
/// the program as it was before; empty if there was no time before it.
std::string neutral_value(const Key& key, ModelKind kind);

/// Whether a key of this trial changes the trained weights.  (alpha does so in stacks, where each layer is
/// trained on the codes of the one below.)
bool affects_training(const Key& key, const Trial& trial);

/// Whether models of this kind learn codes of their inputs without labels.
bool trains_codes(ModelKind kind);

/// Whether the encoder keeps all activations instead of the alpha * k largest.
bool encodes_all(ModelKind kind);

/// Return how many activations of each sample are kept for reconstruction and for encoding; n_hidden: all.
int reconstruction_k(const Trial& trial);
int encoding_k(const Trial& trial);

/// Returns how many dead units AuxK lets reconstruct a sample, if its loss has a weight: half of the inputs unless given.
int aux_units_of(const Trial& trial, int n_inputs);

/// Returns the trial with keys that do not apply to its kind set to 0, the first choice or, for texts, the
/// default.
Trial without_foreign_keys(Trial trial);

/// Returns the trial with one neutral value for keys that have no effect, so that trials with necessarily
/// equal results are one trial: raw pixels have no k, an untrained network no learning rate, a zero weight no
/// penalty.
Trial normalised(Trial trial);

/// Returns the effective specification: every key that applies to the trial's kind, one `section.key = value`
/// per line.  With `training_only`, only keys that change the samples or the trained weights.
std::string specification(const Trial& trial, bool training_only = false);

/// The same with the content of the samples in place of the set's name and of how they are prepared: what an id is the
/// hash of and a stored result must match, so that moved or renamed data are recognised and changed data are not.  A key
/// that prepares samples but changes none of this set is thus no part of it, nor is a key at its Key::neutral value.  Of
/// model.start_from it holds the content alone.
std::string identity(const Trial& trial, bool training_only = false);

}  // namespace ksweep
