#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/keep_going.h"
#include "base/stopwatch.h"
#include "train/archive.h"

namespace ksweep {

/// Storage for the state of a training, so that it can continue after it was killed.  Empty functions: none.
/// `load` must return what the same trials saved with the same kernels; only shapes are checked.
struct Checkpoints {
  std::function<std::optional<std::string>()> load = {};  ///< called once
  std::function<void(std::string_view)> save = {};        ///< must not throw
  std::function<bool()> due = {};                         ///< called between mini-batches
  double worth_s = 0;  ///< a training that was saved less than this ago is not saved again before a stop
};

/// Collects the state of a training from its parts, and restores it.  The bytes begin with name and version
/// of the format and a checksum; a damaged checkpoint counts as none.
class Checkpointer {
 public:
  /// Loads the checkpoint.  Both arguments must outlive the object.
  Checkpointer(const Checkpoints& checkpoints, const KeepGoing& may_go_on);

  /// Long work calls this instead of `may_go_on`, when all parts are in a state that can be restored.  Saves
  /// when it is due, and before a stop.
  bool keep_going();

  /// Registers a part of the state until the end of its scope; scopes must nest.  A loaded part is restored
  /// immediately, which may throw UnfitCheckpoint.
  class Part {
   public:
    using State = std::function<void(Archive&)>;
    Part(Checkpointer* owner, std::string name, State state);  ///< null: the state is not saved
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

   private:
    Checkpointer* owner_;
  };

 private:
  struct NamedState {
    std::string name;
    Part::State state;
  };

  void save();

  const Checkpoints& checkpoints_;
  const KeepGoing& may_go_on_;
  std::map<std::string, std::string> loaded_;  // parts that are not yet restored
  std::vector<NamedState> parts_;
  Stopwatch::Clock::time_point last_save_ = Stopwatch::Clock::now();
};

}  // namespace ksweep
