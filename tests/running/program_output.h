#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace ksweep {

/// A pipe into which programs write, and from which the test reads.
class ProgramOutput {
 public:
  ProgramOutput() { (void)!::pipe2(ends_, O_CLOEXEC); }
  ~ProgramOutput() {
    ::close(ends_[0]);
    close_writing();
  }
  ProgramOutput(const ProgramOutput&) = delete;
  ProgramOutput& operator=(const ProgramOutput&) = delete;

  int file() const { return ends_[1]; }
  /// Returns the next line, without its end.
  std::string line() {
    std::string text;
    for (char letter = 0; ::read(ends_[0], &letter, 1) == 1 && letter != '\n';) text += letter;
    return text;
  }
  /// Returns the rest, once every program has closed it.
  std::string rest() {
    close_writing();
    std::string text;
    for (char letter = 0; ::read(ends_[0], &letter, 1) == 1;) text += letter;
    return text;
  }

 private:
  void close_writing() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  int ends_[2] = {-1, -1};
};

}  // namespace ksweep
