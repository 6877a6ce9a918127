#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/trial.h"

namespace ksweep {

/// One key of the sweep file: how it is written, checked, stored and explained.
struct Key {
  /// `sizes`: of hidden layers, see core/layer_sizes.h.
  enum class Kind { integer, real, choice, text, sizes };
  /// What a key changes: `data` the samples, which their content hash tells; `training` the weights; `reading` only
  /// what is read from them.
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

/// All keys of a trial, in the order in which they are documented, stored and hashed.
std::span<const Key> trial_keys();

/// The key of this full name ("model.k"), or null.
const Key* find_key(std::string_view full_name);

/// The value of one key as a sweep file would give it: shortest text that reads back to the same number.
std::string value_text(const Key& key, const Trial& trial);

/// Shortest decimal text that reads back to exactly this number.
std::string shortest_text(double number);

/// Sets a key from its text.  Returns what is wrong with the text ("is not a whole number"), or nothing.
std::optional<std::string> set_from_text(const Key& key, Trial& trial, const std::string& text);

/// A trial with every key at its default.
Trial default_trial();

/// The same, with keys that came later than the first version at their neutral value: what a record from before them says.
Trial first_default_trial();

/// Whether a key means something to this kind of model.  If not, it is no part of a trial's specification.
bool concerns(const Key& key, ModelKind kind);

/// Whether a key of this trial changes the trained weights.  (alpha does where layers are stacked one by one: each is
/// trained on the codes of the one below.)
bool affects_training(const Key& key, const Trial& trial);

/// Whether models of this kind learn codes of their inputs, without labels.
bool trains_codes(ModelKind kind);

/// Whether the encoder keeps all activations, not the alpha * k largest.
bool encodes_all(ModelKind kind);

/// Activations kept of each sample when samples are reconstructed, and when they are encoded; n_hidden: all.
int reconstruction_k(const Trial& trial);
int encoding_k(const Trial& trial);

/// Keys that do not concern the trial's kind at 0, their first choice or, a text, their default.
Trial without_foreign_keys(Trial trial);

/// Gives keys without any effect on this kind of trial one neutral value, so that trials which must come out
/// equal are one trial: raw pixels have no k, an untrained network no learning rate, a zero weight no penalty.
Trial normalised(Trial trial);

/// The whole effective specification, every key that concerns the trial's kind, one `section.key = value` a line.  With
/// `training_only`, the keys that change the samples or the trained weights.
std::string specification(const Trial& trial, bool training_only = false);

/// The same with the content of the samples in place of the set's name and of how they are prepared: what an id is the
/// hash of and a stored result must match, so that moved or renamed data are recognised and changed data are not.  A key
/// that prepares samples but changes none of this set is thus no part of it, nor is a key at its Key::neutral value.
std::string identity(const Trial& trial, bool training_only = false);

}  // namespace ksweep
