#include <zip.h>

#include <algorithm>

#include "base/errors.h"
#include "data/array_names.h"
#include "data/npy.h"

namespace ksweep {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

[[noreturn]] void damaged(const std::string& name, const std::string& reason) {
  throw UserError(
      "{}: cannot be read ({}): samples would be wrong or missing. Get the file again, or save it again with "
      "numpy.savez.",
      name, reason);
}

Archive open_archive(const std::filesystem::path& path) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (archive) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  damaged(path.string(), reason);
}

/// One member, decompressed while reading.  libzip compares the checksum at its end.
class MemberBytes final : public ByteSource {
 public:
  MemberBytes(zip_t* archive, zip_uint64_t index, const std::string& name)
      : ByteSource(name), member_(zip_fopen_index(archive, index, 0)), count_(packed_bytes(archive, index)) {
    if (!member_) damaged(name, zip_strerror(archive));
  }
  std::size_t read(std::byte* into, std::size_t count) override {
    std::size_t done = 0;
    while (done < count) {
      const zip_int64_t got = zip_fread(member_.get(), into + done, count - done);
      if (got < 0) damaged(name(), zip_file_strerror(member_.get()));
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
      count_.add(static_cast<std::size_t>(got), this->name());
    }
    return done;
  }

 private:
  struct Close {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
  };
  static double packed_bytes(zip_t* archive, zip_uint64_t index) {
    zip_stat_t facts;
    const bool known =
        zip_stat_index(archive, index, 0, &facts) == 0 && (facts.valid & ZIP_STAT_COMP_SIZE) != 0;
    return known ? static_cast<double>(facts.comp_size) : 0;
  }
  std::unique_ptr<zip_file_t, Close> member_;
  UnpackedCount count_;
};

/// Returns the names of the members in the order of their indices.
std::vector<std::string> member_names(zip_t* archive, const std::string& path) {
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    const char* name = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    if (!name) damaged(path, zip_strerror(archive));
    names.emplace_back(name);
  }
  return names;
}

std::string without_suffix(const std::string& name) {
  return name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name;
}

}  // namespace

Parts read_npz(const std::filesystem::path& path) {
  const Archive archive = open_archive(path);
  const auto members = member_names(archive.get(), path.string());
  std::vector<std::string> names(members.size());
  std::ranges::transform(members, names.begin(), without_suffix);
  return parts_by_name(path.string(), names, [&](const std::string& name) {
    const auto index = static_cast<zip_uint64_t>(std::ranges::find(names, name) - names.begin());
    MemberBytes source(archive.get(), index, path.string() + ": " + printable(name));
    return read_npy(source);
  });
}

}  // namespace ksweep
