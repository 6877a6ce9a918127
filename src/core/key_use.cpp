#include "core/key_use.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace ksweep {
namespace {

/// Returns the names in `all` of the values of a choice for which `looks` is true, separated by blanks.
template <class Enum, class Looks>
std::string names_where(const std::vector<std::string>& all, Looks looks) {
  std::string names;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (looks(static_cast<Enum>(i))) names.append(names.empty() ? "" : " ").append(all[i]);
  return names;
}

/// Returns the trial with another value of the key.
Trial with_another(const Key& key, Trial trial) {
  if (key.is_text())
    key.text(trial) = key.kind == Key::Kind::sizes ? "20-10" : "another";
  else if (key.kind == Key::Kind::choice)
    key.set(trial, key.get(trial) == 0 ? 1 : 0);
  else
    key.set(trial, key.get(trial) + 1);
  return trial;
}

/// Whether a trial stays another one when the key has another value.
bool tells(const Key& key, const Trial& trial) {
  return value_text(key, normalised(trial)) != value_text(key, normalised(with_another(key, trial)));
}

std::string kinds_of(const Key& key) {
  return names_where<ModelKind>(find_key("model.kind")->choices,
                                [&](ModelKind kind) { return looks_at(kind, key); });
}

}  // namespace

bool looks_at(ProbeKind kind, const std::string& key) {
  static constexpr std::string_view keys_of[] = {
#define PROBE(enumerator, name, keys, help) " kind " keys " ",
#define FINE_TUNING PROBE
#include "core/probes.def"
#undef FINE_TUNING
#undef PROBE
  };
  return keys_of[static_cast<std::size_t>(kind)].find(" " + key + " ") != std::string_view::npos;
}

bool looks_at(ModelKind kind, const Key& key) {
  if (key.full_name() == "model.kind") return true;
  if (!concerns(key, kind)) return false;
  if (trains_codes(kind) || kind == ModelKind::classifier) return true;
  Trial trial = default_trial();
  trial.kind = kind;
  for (std::size_t probe = 0; probe < find_key("probe.kind")->choices.size(); ++probe) {
    trial.probe_kind = static_cast<ProbeKind>(probe);
    if (tells(key, trial)) return true;
  }
  return false;
}

const std::string& kinds_that_look_at(const Key& key) {
  static const auto table = [] {
    std::map<std::string, std::string> kinds;
    for (const Key& each : trial_keys()) kinds[each.full_name()] = kinds_of(each);
    return kinds;
  }();
  return table.at(key.full_name());
}

std::string probes_that_look_at(const Key& key) {
  if (key.section != "probe") return "";
  return names_where<ProbeKind>(find_key("probe.kind")->choices,
                                [&](ProbeKind kind) { return looks_at(kind, key.name); });
}

}  // namespace ksweep
