#include "train/checkpoint.h"

#include <utility>

#include "base/sha256.h"

namespace ksweep {
namespace {

constexpr std::string_view first_line = "ksweep training 2\n";
constexpr std::size_t hash_size = 64;

/// Returns the parts of a checkpoint; none if it is damaged or in another format.
std::map<std::string, std::string> read_parts(std::string_view bytes) {
  if (!bytes.starts_with(first_line)) return {};
  bytes.remove_prefix(first_line.size());
  if (bytes.size() < hash_size || bytes.substr(0, hash_size) != sha256_hex(bytes.substr(hash_size)))
    return {};
  std::map<std::string, std::string> parts;
  try {
    for (Archive archive(bytes.substr(hash_size)); !archive.at_end();) {
      std::string name, state;
      archive.list(name);
      archive.list(state);
      parts.emplace(std::move(name), std::move(state));
    }
  } catch (const UnfitCheckpoint&) {
    return {};
  }
  return parts;
}

}  // namespace

Checkpointer::Checkpointer(const Checkpoints& checkpoints, const KeepGoing& may_go_on)
    : checkpoints_(checkpoints), may_go_on_(may_go_on) {
  if (!checkpoints_.load) return;
  if (const auto bytes = checkpoints_.load()) loaded_ = read_parts(*bytes);
}

bool Checkpointer::keep_going() {
  if (!may_go_on_()) {
    if (Stopwatch::seconds_since(last_save_) >= checkpoints_.worth_s) save();
    return false;
  }
  if (checkpoints_.due && checkpoints_.due()) save();
  return true;
}

void Checkpointer::save() {
  // While loaded parts remain to be restored, the loaded checkpoint is as recent as the present state.
  if (!checkpoints_.save || !loaded_.empty()) return;
  Archive all;
  for (NamedState& part : parts_) {
    Archive archive;
    part.state(archive);
    std::string state = archive.written();
    all.list(part.name);
    all.list(state);
  }
  checkpoints_.save(std::string(first_line) + sha256_hex(all.written()) + all.written());
  last_save_ = Stopwatch::Clock::now();
}

Checkpointer::Part::Part(Checkpointer* owner, std::string name, State state) : owner_(owner) {
  if (!owner_) return;
  if (const auto found = owner_->loaded_.find(name); found != owner_->loaded_.end()) {
    Archive archive(found->second);
    state(archive);
    archive.finish();
    owner_->loaded_.erase(found);
  }
  owner_->parts_.push_back({std::move(name), std::move(state)});
}

Checkpointer::Part::~Part() {
  if (owner_) owner_->parts_.pop_back();
}

}  // namespace ksweep
