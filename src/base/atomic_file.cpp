#include "base/atomic_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "base/errors.h"
#include "base/host.h"
#include "base/sha256.h"

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
    case ENXIO:
      return "It is a pipe that nobody reads, or a socket: move it away";
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
  throw UserError("{}: cannot {} ({}): the file was not written. {} and try again.", path.string(), action,
                  std::strerror(reason), advice_for(reason));
}

Descriptor opened(const fs::path& path, int flags) {
  return Descriptor(::open(path.c_str(), flags | O_CLOEXEC, 0666));
}

fs::path temporary_name(const fs::path& target) {
  return fmt::format("{}{}{}.{}", target.string(), temporary_mark, host_name(), ::getpid());
}

/// A name beside the final one, for a file or a folder that goes if it does not get the final name.
class Temporary {
 public:
  explicit Temporary(const fs::path& target) : path_(temporary_name(target)) {}
  ~Temporary() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const fs::path& path() const { return path_; }
  void rename_to(const fs::path& target, const char* action) {
    if (::rename(path_.c_str(), target.c_str()) != 0) fail(target, action);
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
  const Descriptor descriptor = opened(folder, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) fail(folder, "open");
  // Some network file systems cannot fsync a folder and fail with EINVAL.
  if (::fsync(descriptor) != 0 && errno != EINVAL) fail(folder, "make a new name durable");
}

/// Returns the target of a chain of links, which need not exist, or the path itself if it is no link.
fs::path end_of_links(fs::path path) {
  constexpr int most_links = 40;  // the limit of Linux
  std::error_code error;
  for (int i = 0; i < most_links && fs::is_symlink(path, error); ++i) {
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / target;  // an absolute target replaces all
  }
  return path;
}

/// Writes into a device, a pipe or standard output as it stands, since no file may take its place.
void write_through(const fs::path& path, std::string_view bytes, bool wait_for_reader) {
  Descriptor file = is_standard_output(path) ? Descriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0))
                                             : opened(path, O_WRONLY | (wait_for_reader ? 0 : O_NONBLOCK));
  if (file < 0) fail(path, "open");
  ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) & ~O_NONBLOCK);
  write_all(file, bytes, path);
  // Most devices and pipes have nothing to make durable and fail with EINVAL.
  if (::fsync(file) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
    fail(path, "make the content durable");
  if (!file.close()) fail(path, "close");
}

/// Writes a temporary file by `write`, and gives it its name if `is_whole` finds in it what was written.
void write_and_rename(const fs::path& path, const struct stat* older,
                      const std::function<void(int file)>& write,
                      const std::function<bool(const fs::path&)>& is_whole) {
  Temporary temporary(path);
  {
    Descriptor file = opened(temporary.path(), O_WRONLY | O_CREAT | O_TRUNC);
    if (file < 0) fail(path, "create");
    if (older) (void)!::fchmod(file, older->st_mode & 07777);  // not every file system can
    write(file);
    if (::fsync(file) != 0) fail(path, "make the content durable");
    if (!file.close()) fail(path, "close");
  }
  if (!is_whole(temporary.path())) {
    errno = EIO;
    fail(path, "read back what was written");
  }
  temporary.rename_to(path, "rename a finished file to this name");
  sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void write_to(const fs::path& path, std::string_view bytes, bool wait_for_reader) {
  struct stat older {};
  const bool exists = ::stat(path.c_str(), &older) == 0;
  if (is_standard_output(path) || (exists && !S_ISREG(older.st_mode) && !S_ISDIR(older.st_mode)))
    write_through(path, bytes, wait_for_reader);
  else
    write_and_rename(
        end_of_links(path), exists ? &older : nullptr, [&](int file) { write_all(file, bytes, path); },
        [&](const fs::path& written) { return read_file(written) == bytes; });
}

/// Passes the content of a file on in pieces.
void read_in_pieces(const fs::path& path, bool regular_only, const TakeBytes& take) {
  // Without O_NONBLOCK, opening a pipe that has no writer would block.
  const Descriptor file = opened(path, O_RDONLY | (regular_only ? O_NONBLOCK : 0));
  const auto refuse = [&](const char* reason) {
    throw UserError("{}: cannot be read ({}): its content is needed. Check the path and its permissions.",
                    path.string(), reason);
  };
  struct stat facts {};
  if (file < 0 || ::fstat(file, &facts) != 0) refuse(std::strerror(errno));
  if (regular_only && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode))
    refuse("it is a pipe or a device, not a file");
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(std::strerror(errno));
    if (count == 0) return;
    take({buffer, static_cast<std::size_t>(count)});
  }
}

std::string read_from(const fs::path& path, std::size_t most_bytes, bool regular_only) {
  std::string content;
  read_in_pieces(path, regular_only, [&](std::string_view bytes) {
    content.append(bytes);
    if (content.size() > most_bytes)
      throw UserError("{}: has more than {} bytes: it cannot be what is read here. Check the path.",
                      path.string(), most_bytes);
  });
  return content;
}

std::string sha256_of_file(const fs::path& path) {
  Sha256 hash;
  read_in_pieces(path, true, [&](std::string_view bytes) { hash.add(bytes); });
  return hash.hex();
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view bytes) { write_to(path, bytes, false); }

void write_file_in_pieces(const fs::path& path, const std::function<void(const TakeBytes&)>& make) {
  Sha256 hash;
  const auto write = [&](int file) {
    make([&](std::string_view bytes) {
      hash.add(bytes);
      write_all(file, bytes, path);
    });
  };
  write_and_rename(path, nullptr, write,
                   [&](const fs::path& written) { return sha256_of_file(written) == hash.hex(); });
}

void refuse_existing(const fs::path& path) {
  if (fs::exists(fs::symlink_status(path)))
    throw UserError("{}: is there already: it would be lost. Give another name, or remove it.",
                    path.string());
}

void write_folder_atomically(const fs::path& path, const std::function<void(const fs::path&)>& fill) {
  const fs::path target = path.has_filename() ? path : path.parent_path();
  refuse_existing(target);
  const fs::path above = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(above, error);
  Temporary temporary(target);
  if (::mkdir(temporary.path().c_str(), 0777) != 0) fail(target, "make this folder");
  fill(temporary.path());
  temporary.rename_to(target, "rename a finished folder to this name");
  sync_folder(above);
}

void write_output(const fs::path& path, std::string_view bytes) { write_to(path, bytes, true); }

bool is_standard_output(const fs::path& path) {
  struct stat own {
  }, its{};
  return ::fstat(STDOUT_FILENO, &own) == 0 && ::stat(path.c_str(), &its) == 0 && own.st_dev == its.st_dev &&
         own.st_ino == its.st_ino;
}

std::string read_file(const fs::path& path, std::size_t most_bytes) {
  return read_from(path, most_bytes, true);
}

std::string read_input(const fs::path& path, std::size_t most_bytes) {
  return read_from(path, most_bytes, false);
}

}  // namespace ksweep
