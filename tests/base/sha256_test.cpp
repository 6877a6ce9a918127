#include "base/sha256.h"

#include <gtest/gtest.h>

#include <vector>

namespace ksweep {
namespace {

// Examples of FIPS 180-2, appendix B.
TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PiecesHashLikeTheWhole) {
  EXPECT_EQ(Sha256{}.add("a").add("").add("bc").hex(), sha256_hex("abc"));
}

TEST(Sha256, NumbersHashAsTheirMemory) {
  const std::vector<std::uint8_t> bytes{'a', 'b', 'c'};
  EXPECT_EQ(Sha256{}.add(std::span<const std::uint8_t>(bytes)).hex(), sha256_hex("abc"));
}

TEST(Ids, AreSixteenDigitsAndReadBack) {
  EXPECT_EQ(id_text(0x1f), "000000000000001f");
  EXPECT_EQ(first_64_bits("ba7816bf8f01cfea414140de"), 0xba7816bf8f01cfeaULL);
  EXPECT_EQ(first_64_bits(id_text(0xfedcba9876543210ULL)), 0xfedcba9876543210ULL);
}

}  // namespace
}  // namespace ksweep
