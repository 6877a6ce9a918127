#pragma once

#include <chrono>
#include <string>

namespace ksweep {

/// Passes on what a child writes to a stream of this process.  A reader that is gone, as of `| head -1`, is no fault of the
/// child's: what it would have read is lost.  A reader that is slow keeps nobody waiting.
class Relay {
 public:
  /// to: descriptor of the stream.
  explicit Relay(int to);
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

 private:
  void take_in();
  void pass_on();

  int to_, entrance_ = -1, exit_ = -1;
  bool held_ = false;
  std::string text_;
};

}  // namespace ksweep
