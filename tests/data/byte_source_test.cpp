#include "data/byte_source.h"

#include <sys/stat.h>

#include "data/files.h"

namespace ksweep {
namespace {

const TemporaryFolder folder;

std::string content(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ByteSource, ReadsAPlainFile) {
  const auto source = open_bytes(folder.write("plain", "abc"));
  EXPECT_EQ(content(read_exactly(*source, 3, "text")), "abc");
  EXPECT_NO_THROW(expect_end(*source));
}

TEST(ByteSource, UnpacksAGzipFileWhateverItsName) {
  const auto source = open_bytes(folder.write("packed", gzip("abcdef")));
  EXPECT_EQ(content(read_exactly(*source, 6, "text")), "abcdef");
}

TEST(ByteSource, TellsThatAFileCannotBeOpened) {
  EXPECT_USER_ERROR(open_bytes(folder.path() / "absent"),
                    AllOf(HasSubstr("absent: cannot be opened (No such file"), HasSubstr("Check the path")));
}

TEST(ByteSource, TellsWhereAFileIsCutShort) {
  const auto source = open_bytes(folder.write("short", "abc"));
  EXPECT_USER_ERROR(read_exactly(*source, 10, "pixels"),
                    HasSubstr("short: cut short: it ends after 3 of the 10 bytes of its pixels"));
}

TEST(ByteSource, RefusesAGzipFileThatIsCutShort) {
  const std::string packed = gzip(std::string(10000, 'x'));
  const auto source = open_bytes(folder.write("cut.gz", packed.substr(0, packed.size() - 9)));
  EXPECT_USER_ERROR(read_exactly(*source, 10001, "pixels"), HasSubstr("the compressed file is cut short"));
}

TEST(ByteSource, RefusesAGzipFileWithAWrongChecksum) {
  std::string packed = gzip("abcdef");
  packed[packed.size() - 6] ^= 1;
  const auto source = open_bytes(folder.write("wrong.gz", packed));
  EXPECT_USER_ERROR((read_exactly(*source, 6, "text"), expect_end(*source)),
                    HasSubstr("incorrect data check"));
}

TEST(ByteSource, AllocatesNoMoreThanTheFileDelivers) {
  const auto source = open_bytes(folder.write("small", "abc"));
  EXPECT_USER_ERROR(read_exactly(*source, std::size_t{1} << 60, "pixels"), HasSubstr("cut short"));
}

TEST(ByteSource, RefusesWhatUnpacksToFarMoreThanSamplesDo) {
  const std::string zeros(1 << 27, '\0');
  const std::string bomb = gzip(zeros);
  ASSERT_LT(bomb.size(), zeros.size() / 500);
  const auto source = open_bytes(folder.write("bomb.gz", bomb));
  EXPECT_USER_ERROR(
      read_exactly(*source, zeros.size(), "pixels"),
      AllOf(HasSubstr("bomb.gz: unpacks to more than 250 times its size"), HasSubstr("unpack it yourself")));
  const auto plain = open_bytes(folder.write("plain zeros", zeros));
  EXPECT_EQ(read_exactly(*plain, zeros.size(), "pixels").size(), zeros.size());
}

TEST(ByteSource, TakesNoMoreMemoryThanItIsAskedFor) {
  const auto source = open_bytes(folder.write("large", std::string(30'000'000, 'x')));
  EXPECT_EQ(read_exactly(*source, 30'000'000, "pixels").capacity(), 30'000'000u);
}

TEST(ByteSource, ReadsNoPipe) {
  const auto path = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_USER_ERROR(open_bytes(path), HasSubstr("pipe: is a folder, a pipe or a device, not a file"));
}

TEST(ByteSource, MakesTextOfFilesFitForMessages) {
  EXPECT_EQ(printable("x_train"), "x_train");
  EXPECT_EQ(printable("a\x1b[31m\n\xff"), "a?[31m??");
  EXPECT_EQ(printable(std::string(100, 'x')).size(), 60u);
}

TEST(ByteSource, RefusesBytesAfterTheEnd) {
  const auto source = open_bytes(folder.write("long", "abcd"));
  (void)read_exactly(*source, 3, "text");
  EXPECT_USER_ERROR(expect_end(*source), HasSubstr("more bytes follow"));
}

}  // namespace
}  // namespace ksweep
