#include <zip.h>

#include <map>

#include "data/files.h"
#include "data/load.h"
#include "data/npy.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

std::string bytes_npy(const std::string& shape, const std::string& content) {
  return npy("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\n", content);
}

fs::path write_zip(const fs::path& path, const std::map<std::string, std::string>& members, int method) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : members) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

const std::map<std::string, std::string> keras{
    {"x_train.npy", bytes_npy("(3, 1, 2)", bytes_of({0, 0, 0, 255, 255, 0}))},
    {"y_train.npy", bytes_npy("(3,)", bytes_of({0, 1, 2}))},
    {"x_test.npy", bytes_npy("(1, 1, 2)", bytes_of({255, 255}))},
    {"y_test.npy", bytes_npy("(1,)", bytes_of({2}))}};

TEST(Npz, ReadsStoredAndDeflatedMembersByTheNamesOfKeras) {
  const TemporaryFolder folder;
  for (const int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const Dataset dataset = load_dataset({write_zip(folder.path() / "a.npz", keras, method).string(), {}});
    EXPECT_EQ(dataset.n_train, 3u);
    EXPECT_EQ(dataset.n_test, 1u);
    EXPECT_EQ(dataset.n_classes, 3);
    EXPECT_EQ(dataset.train()(1, 1), 1);
    EXPECT_EQ(dataset.test_labels[0], 2);
  }
}

TEST(Npz, ReadsASingleArrayOfAnyName) {
  const TemporaryFolder folder;
  const auto path =
      write_zip(folder.path() / "a.npz", {{"arr_0.npy", bytes_npy("(6, 1)", "abcdef")}}, ZIP_CM_STORE);
  EXPECT_EQ(load_dataset({path.string(), {}}).n_train, 5u);
}

TEST(Npz, RefusesArraysWhoseNamesSayNothing) {
  const TemporaryFolder folder;
  const auto path = write_zip(folder.path() / "a.npz", {{"p.npy", ""}, {"q.npy", ""}}, ZIP_CM_STORE);
  EXPECT_USER_ERROR(read_npz(path),
                    AllOf(HasSubstr("holds the arrays p, q"), HasSubstr("Name them x_train")));
}

TEST(Npz, RefusesAMemberWhoseContentDoesNotMatchItsChecksum) {
  const TemporaryFolder folder;
  const auto path =
      write_zip(folder.path() / "a.npz", {{"x.npy", bytes_npy("(6, 1)", "abcdef")}}, ZIP_CM_STORE);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes(fs::file_size(path), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.seekp(static_cast<std::streamoff>(bytes.find("abcdef")));
  file << "X";
  file.close();
  EXPECT_USER_ERROR(read_npz(path), AllOf(HasSubstr("a.npz: x: cannot be read"), HasSubstr("CRC")));
}

TEST(Npz, RefusesAnArchiveThatIsCutShort) {
  const TemporaryFolder folder;
  const auto path = write_zip(folder.path() / "a.npz", keras, ZIP_CM_DEFLATE);
  fs::resize_file(path, fs::file_size(path) - 30);
  EXPECT_USER_ERROR(read_npz(path), HasSubstr("a.npz: cannot be read"));
}

}  // namespace
}  // namespace ksweep
