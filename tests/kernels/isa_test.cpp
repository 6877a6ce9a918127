#include "kernels/isa.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "base/errors.h"

namespace ksweep {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Isa, PortableKernelsRunEverywhere) {
  EXPECT_EQ(available_isas().front(), "portable");
  EXPECT_STREQ(kernels_for("portable").isa, "portable");
}

/// Whether Linux lists all these among the features of the first CPU.
[[maybe_unused]] bool cpu_has(const std::vector<std::string>& features) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && !line.starts_with("flags")) continue;
  std::istringstream words(line);
  const std::set<std::string> found{std::istream_iterator<std::string>(words), {}};
  return std::ranges::all_of(features, [&](const std::string& feature) { return found.contains(feature); });
}

TEST(Isa, TheBestIsTheWidestThatTheCpuHas) {
#ifdef __x86_64__
  const std::string expected = cpu_has({"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"}) ? "avx512"
                               : cpu_has({"avx2", "fma"})                                           ? "avx2"
                                                          : "portable";
#elif defined(__aarch64__)
  const std::string expected = "neon";
#else
  const std::string expected = "portable";
#endif
  EXPECT_EQ(best_kernels().isa, expected);
  EXPECT_EQ(available_isas().back(), expected);
}

TEST(Isa, ThoseThatScreenInBf16AreNotAmongTheAvailable) {
  for (const std::string& isa : available_isas()) EXPECT_EQ(kernels_for(isa).screening, nullptr) << isa;
  for (const std::string isa : {"avx512bf16", "amx"}) {
    EXPECT_THAT(available_isas(), Not(Contains(isa)));
    EXPECT_EQ(testing::Value(all_isas(), Contains(isa)), runs_here(isa)) << isa;
  }
}

TEST(Isa, ThoseThatAreAskedForScreenInBf16WithTheBitsOfAvx512) {
  if (!runs_here("avx512bf16")) GTEST_SKIP() << "this CPU lacks bf16 products";
  for (const std::string isa : {"avx512bf16", "amx"})
    if (runs_here(isa)) {
      EXPECT_NE(kernels_for(isa).screening, nullptr) << isa;
      EXPECT_STREQ(kernels_for(isa).bits, "avx512") << isa;
      EXPECT_FALSE(reproduces(isa)) << isa;
    }
}

TEST(Isa, TheFastestAlikeHasTheBitsThatWereAskedFor) {
  for (const std::string& isa : all_isas()) {
    const std::string bits = kernels_for(isa).bits;
    EXPECT_TRUE(reproduces(bits));
    EXPECT_EQ(fastest_alike(bits).bits, bits);
  }
  EXPECT_STREQ(fastest_alike("portable").isa, "portable");
}

TEST(Isa, TilesAreFasterThanFloat32) {
  if (!runs_here("amx")) GTEST_SKIP() << "this CPU lacks AMX";
  EXPECT_STREQ(fastest_alike("avx512").isa, "amx");  // about a tenth of the time
}

TEST(Isa, NaiveKernelsRunOnlyIfAskedFor) {
  EXPECT_THAT(available_isas(), Not(Contains("naive")));
  EXPECT_THAT(all_isas(), Contains("naive"));
  EXPECT_STREQ(kernels_for("naive").isa, "naive");
}

TEST(Isa, P15OneThatTheMachineLacksIsRefusedWithTheReason) {
#ifdef __x86_64__
  if (runs_here("amx")) GTEST_SKIP() << "this machine has AMX";
  try {
    kernels_for("amx");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--isa amx: this CPU has no AMX (amx_tile"));
  }
#endif
}

TEST(Isa, AnUnknownNameIsRefusedWithTheNamesThatWork) {
  try {
    kernels_for("sse9");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--isa sse9"));
    EXPECT_THAT(error.what(), HasSubstr("portable"));
  }
}

}  // namespace
}  // namespace ksweep
