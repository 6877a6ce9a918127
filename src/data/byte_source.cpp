#include "data/byte_source.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/control_groups.h"
#include "base/errors.h"

namespace ksweep {
namespace {

/// Uses zlib, which passes uncompressed files through.
class FileBytes final : public ByteSource {
 public:
  explicit FileBytes(const std::filesystem::path& path) : ByteSource(path.string()) {
    std::error_code unknown;
    const auto kind = std::filesystem::status(path, unknown).type();
    if (kind != std::filesystem::file_type::regular && std::filesystem::exists(path, unknown))
      throw UserError(
          "{}: is a folder, a pipe or a device, not a file: samples are read more than once. Give a file.",
          name());
    const auto size = std::filesystem::file_size(path, unknown);
    if (!unknown) count_ = UnpackedCount(static_cast<double>(size));
    errno = 0;
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_)
      throw UserError(
          "{}: cannot be opened ({}): the data set is needed. Check the path and its permissions.", name(),
          std::strerror(errno ? errno : ENOMEM));
    gzbuffer(file_.get(), 1u << 17);
  }

  std::size_t read(std::byte* into, std::size_t count) override {
    std::size_t done = 0;
    while (done < count) {
      const auto wanted = static_cast<unsigned>(std::min<std::size_t>(count - done, 1u << 24));
      const int got = gzread(file_.get(), into + done, wanted);
      if (got < 0) damaged();
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
      count_.add(static_cast<std::size_t>(got), name());
    }
    if (done < count) check_end();
    return done;
  }

 private:
  struct Close {
    void operator()(gzFile_s* file) const { gzclose_r(file); }
  };

  void check_end() const {
    int code = Z_OK;
    gzerror(file_.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END) damaged();
  }

  [[noreturn]] void damaged() const {
    int code = Z_OK;
    const int system_error = errno;
    std::string reason = gzerror(file_.get(), &code);
    if (code == Z_ERRNO) reason = std::strerror(system_error);
    if (code == Z_BUF_ERROR) reason = "the compressed file is cut short";
    throw UserError(
        "{}: cannot be read to its end ({}): samples would be wrong or missing. Get the file again.", name(),
        reason);
  }

  std::unique_ptr<gzFile_s, Close> file_;
  UnpackedCount count_{0};
};

}  // namespace

void UnpackedCount::add(std::size_t count, const std::string& name) {
  constexpr double sane_ratio = 250, always_allowed = 1 << 26;  // sparse samples in float64 reach 100
  unpacked_ += static_cast<double>(count);
  if (unpacked_ <= std::max(always_allowed, sane_ratio * packed_)) return;
  throw UserError(
      "{}: unpacks to more than {} times its size: no samples do, the file may have been made to fill the "
      "memory. If it is right, unpack it yourself and give what comes out.",
      name, static_cast<int>(sane_ratio));
}

std::unique_ptr<ByteSource> open_bytes(const std::filesystem::path& path) {
  return std::make_unique<FileBytes>(path);
}

std::vector<std::byte> read_exactly(ByteSource& source, std::size_t count, const std::string& what) {
  const double allowed = allowed_memory().amount;
  constexpr std::size_t step = 1u << 22;
  std::vector<std::byte> bytes;
  while (bytes.size() < count) {
    const std::size_t before = bytes.size(), wanted = std::min(step, count - before);
    // Checked only once that much has been read: a header may claim anything.
    if (static_cast<double>(before + wanted) > allowed)
      require_memory(static_cast<double>(count), source.name() + ": its " + what);
    // Grows by half and ends exactly: doubling would take up to twice the memory that is needed.
    if (before + wanted > bytes.capacity())
      bytes.reserve(std::min(count, std::max(before + wanted, before + before / 2)));
    bytes.resize(before + wanted);
    const std::size_t got = source.read(bytes.data() + before, wanted);
    if (got < wanted)
      throw UserError(
          "{}: cut short: it ends after {} of the {} bytes of its {}: samples would be missing. Get the file "
          "again, or mend its header.",
          source.name(), before + got, count, what);
  }
  return bytes;
}

std::string printable(std::string text) {
  if (text.size() > 60) text.replace(57, text.npos, "...");
  for (char& letter : text)
    if (letter < ' ' || letter > '~') letter = '?';
  return text;
}

void expect_end(ByteSource& source) {
  std::byte extra;
  if (source.read(&extra, 1) != 0)
    throw UserError(
        "{}: more bytes follow the last sample that its header announces: header and content do not belong "
        "together. Get the file again, or mend its header.",
        source.name());
}

}  // namespace ksweep
