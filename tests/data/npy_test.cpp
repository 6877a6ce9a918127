#include "data/npy.h"

#include "data/files.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

const TemporaryFolder folder;

RawArray read(const std::string& bytes) { return read_npy(*open_bytes(folder.write("a.npy", bytes))); }

TEST(Npy, ReadsFloatsInCOrder) {
  const RawArray array = read(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }      \n",
                                  native({1.f, 2.f, 3.f, 4.f})));
  EXPECT_THAT(array.dims, ElementsAre(2, 2));
  EXPECT_THAT(to_samples(array, 1), ElementsAre(1, 2, 3, 4));
}

TEST(Npy, ReadsBigEndianNumbers) {
  EXPECT_THAT(doubles_of(read(npy("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }\n",
                                  bytes_of({0, 1, 1, 0})))),
              ElementsAre(1, 256));
}

TEST(Npy, ReadsFortranOrder) {
  const RawArray array =
      read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", bytes_of({1, 4, 2, 5, 3, 6})));
  EXPECT_THAT(to_samples(array, 1), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Npy, ReadsHalves) {
  const RawArray array = read(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 4), }\n",
                                  native<std::uint16_t>({0x3c00, 0xc000, 0x0001, 0x7bff})));
  EXPECT_EQ(array.element, Element::f16);
  EXPECT_THAT(to_samples(array, 1), ElementsAre(1, -2, 0x1p-24f, 65504));
}

TEST(Npy, ReadsTexts) {
  const RawArray wide = read(npy("{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }\n",
                                 native<std::uint32_t>({'a', 0xe4, 0x1F600, 0})));
  EXPECT_THAT(texts_of(wide), ElementsAre("a\u00e4", "\U0001F600"));
  const RawArray big =
      read(npy("{'descr': '>U1', 'fortran_order': False, 'shape': (1,), }\n", bytes_of({0, 0, 0, 'b'})));
  EXPECT_THAT(texts_of(big), ElementsAre("b"));
  const RawArray bytes =
      read(npy("{'descr': '|S3', 'fortran_order': False, 'shape': (2,), }\n", std::string("ab\0xyz", 6)));
  EXPECT_THAT(texts_of(bytes), ElementsAre("ab", "xyz"));
}

TEST(Npy, ReadsVersionTwo) {
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), }\n";
  const std::string start = "\x93NUMPY" + bytes_of({2, 0, static_cast<int>(header.size()), 0, 0, 0});
  EXPECT_THAT(to_samples(read(start + header + bytes_of({255})), 255), ElementsAre(1));
}

TEST(Npy, RefusesHostileFiles) {
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    EXPECT_USER_ERROR(read(bytes), AllOf(HasSubstr("a.npy: "), HasSubstr(text)));
  };
  const auto header = [](const std::string& descr, const std::string& order, const std::string& shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  };
  expect("", "cut short");
  expect("\x93NUMPX........", "is no NPY array");
  expect("\x93NUMPY" + bytes_of({9, 0, 1, 0}), "unknown NPY version 9");
  expect("\x93NUMPY" + bytes_of({2, 0, 0, 0, 0, 0x7f}), "has a header of 2130706432 bytes");
  expect(npy("{'descr': '<f4'}\n", ""), "its header has no shape");
  expect(npy(header("[('a', '<f4')]", "False", "(1,)"), ""), "names no plain dtype");
  expect(npy(header("'<c8'", "False", "(1, 1)"), "ab"), "its dtype is 'c8'");
  expect(npy(header("'<U0'", "False", "(1,)"), ""), "its texts have no possible length");
  expect(npy(header("'<U99999999999999999999'", "False", "(1,)"), ""), "none of numbers or texts");
  expect(npy(header("'<M8[ns]'", "False", "(1,)"), "abcdefgh"), "none of numbers or texts");
  expect(npy(header("'|O'", "False", "(1, 1)"), "ab"), "its dtype is 'O'");
  expect(npy(header("''", "False", "(1, 1)"), "ab"), "names no plain dtype");
  expect(npy(header("'|u1'", "False", "(1, 1"), "ab"), "gives no shape");
  expect(npy(header("'|u1'", "False", "(-1, 1)"), "ab"), "gives no shape");
  expect(npy(header("'|u1'", "False", "(1, 1, 1, 1, 1)"), "a"), "gives no shape of at most 4 sizes");
  expect(npy(header("'|u1'", "False", "(2, 2)"), "abc"), "ends after 3 of the 4 bytes");
  expect(npy(header("'|u1'", "False", "(2, 2)"), "abcde"), "more bytes follow");
  expect(npy(header("'<f8'", "False", "(999999999999, 999)"), "abc"), "cut short");
  expect(npy(header("'<f8'", "False", "(99999999999999999, 99999999999999999)"), ""),
         "more than any file can hold");
  expect(npy(header("'<f8'", "False", "(9999999999999999999999,)"), ""), "its header gives no shape");
}

}  // namespace
}  // namespace ksweep
