#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ksweep {

/// Passes on what a child writes to a stream of this process.  A reader that is gone, as of `| head -1`, is no fault of the
/// child's: what it would have read is lost.  A reader that is slow keeps nobody waiting.
class Relay {
 public:
  /// to: descriptor of the stream.  unsaid: lines that hold one of these are left out.
  explicit Relay(int to, std::vector<std::string> unsaid = {});
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// For the child to write to.
  int entrance() const { return entrance_; }
  /// To be called once the child has it.
  void close_entrance();

  /// Takes in what has come, and passes on as much as is read without waiting.
  void move();
  /// From now on keeps all for the time being, or (the default) no longer does.
  void hold(bool hold) { held_ = hold; }
  /// Forgets what was kept.
  void discard();
  /// Passes on the rest, for at most so long.
  void finish(std::chrono::milliseconds patience);

  /// Why not all could be passed on, as of errno; 0 if it could, and if its reader has gone.
  int fault() const { return fault_; }

 private:
  void take_in();
  void leave_out();
  void pass_on();

  int to_, entrance_ = -1, exit_ = -1;
  std::vector<std::string> unsaid_;
  bool held_ = false;
  int fault_ = 0;
  std::string text_;
};

}  // namespace ksweep
