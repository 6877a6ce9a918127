#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ksweep {

/// Forwards what a child writes to a stream of this process.  If the stream's reader has gone, as in `| head
/// -1`, the output is discarded, which is no error.  A slow reader blocks nobody.
class Relay {
 public:
  /// to: descriptor of the stream.  unsaid: lines that contain one of these texts are dropped.
  explicit Relay(int to, std::vector<std::string> unsaid = {});
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// The descriptor that the child writes to.
  int entrance() const { return entrance_; }
  /// Called once the child has the descriptor.
  void close_entrance();

  /// Reads the available input, and writes as much as is possible without blocking.
  void move();
  /// Starts to keep all output back or, with false, stops to do so.
  void hold(bool hold) { held_ = hold; }
  /// Discards the output that was kept back.
  void discard();
  /// Writes the rest, for at most this time.
  void finish(std::chrono::milliseconds patience);

  /// Returns the errno of a failed write; 0 if there was none or if the reader has gone.
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
