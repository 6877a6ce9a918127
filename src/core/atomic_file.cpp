#include "core/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/errors.h"
#include "core/host.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

const char* advice_for(int reason) {
  switch (reason) {
    case ENOENT:
      return "The folder is not there: make it";
    case ENOSPC:
    case EDQUOT:
      return "Free some space";
    case EFBIG:
      return "Allow larger files (ulimit -f)";
    case EACCES:
    case EROFS:
    case EPERM:
      return "Choose a folder you may write";
    default:
      return "Mend the file system";
  }
}

[[noreturn]] void fail(const fs::path& path, const char* action) {
  const int reason = errno;
  throw UserError(path.string() + ": cannot " + action + " (" + std::strerror(reason) +
                  "): the file was not written. " + advice_for(reason) + " and try again.");
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return number_; }
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target)
      : path_(target.string() + std::string(temporary_mark) + host_name() + "." +
              std::to_string(::getpid())) {}
  ~TemporaryFile() {
    if (!kept_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const fs::path& path() const { return path_; }
  void rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) fail(target, "rename a finished file to this name");
    kept_ = true;
  }

 private:
  fs::path path_;
  bool kept_ = false;
};

void write_all(int file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(path, "write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_folder(const fs::path& folder) {
  Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) fail(folder, "open");
  // Some network file systems have no fsync of a folder and say so with EINVAL.
  if (::fsync(descriptor) != 0 && errno != EINVAL) fail(folder, "make a new name durable");
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  TemporaryFile temporary(path);
  {
    Descriptor file(temporary.path(), O_WRONLY | O_CREAT | O_TRUNC);
    if (file < 0) fail(path, "create");
    write_all(file, bytes, path);
    if (::fsync(file) != 0) fail(path, "make the content durable");
    if (!file.close()) fail(path, "close");
  }
  if (read_file(temporary.path()) != bytes) {
    errno = EIO;
    fail(path, "read back what was written");
  }
  temporary.rename_to(path);
  sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

std::string read_file(const fs::path& path, std::size_t most_bytes) {
  Descriptor file(path, O_RDONLY);
  const auto refuse = [&] {
    throw UserError(path.string() + ": cannot be read (" + std::strerror(errno) +
                    "): its content is needed. Check the path and its permissions.");
  };
  if (file < 0) refuse();
  std::string content;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse();
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > most_bytes)
      throw UserError(path.string() + ": has more than " + std::to_string(most_bytes) +
                      " bytes: it cannot be what is read here. Check the path.");
  }
}

}  // namespace ksweep
