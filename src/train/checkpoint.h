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

/// Where a training's state is kept, so that it can go on after its end by force.  Empty: nowhere.  What is loaded must be
/// what the same trials saved with the same kernels; anything else is told only by its shape.
struct Checkpoints {
  std::function<std::optional<std::string>()> load = {};  ///< asked once
  std::function<void(std::string_view)> save = {};        ///< must not throw
  std::function<bool()> due = {};                         ///< asked between mini-batches
  double worth_s = 0;  ///< asked to stop, a training that was saved less than this ago is not saved again
};

/// Collects the state of a training from all that take part in it, and gives it back.  The bytes begin with a name and
/// version of the format and a checksum; what is not whole counts as none.
class Checkpointer {
 public:
  /// Loads.  Both must outlive the object.
  Checkpointer(const Checkpoints& checkpoints, const KeepGoing& may_go_on);

  /// What long work is to ask in place of `may_go_on`, at moments when all parts are as they can be taken up again.
  /// Saves when it is due, and before the stop.
  bool keep_going();

  /// A part of the state, from now to the end of its scope: scopes must nest.  It is read at once if it was loaded:
  /// throws UnfitCheckpoint.
  class Part {
   public:
    using State = std::function<void(Archive&)>;
    Part(Checkpointer* owner, std::string name, State state);  ///< null: the state is not kept
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
  std::map<std::string, std::string> loaded_;  // parts that nobody has taken up yet
  std::vector<NamedState> parts_;
  Stopwatch::Clock::time_point last_save_ = Stopwatch::Clock::now();
};

}  // namespace ksweep
