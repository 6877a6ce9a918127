#include "kernels/isa.h"

#include <gmock/gmock.h>

#include "core/errors.h"

namespace ksweep {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Isa, PortableKernelsRunEverywhere) {
  EXPECT_EQ(available_isas().front(), "portable");
  EXPECT_STREQ(kernels_for("portable").isa, "portable");
}

TEST(Isa, TheBestIsTheLastOfThoseAvailable) { EXPECT_EQ(best_kernels().isa, available_isas().back()); }

TEST(Isa, ThoseThatScreenInBf16AreTakenOnlyIfAskedFor) {
  for (const std::string& isa : available_isas()) EXPECT_EQ(kernels_for(isa).screening, nullptr) << isa;
  for (const std::string isa : {"avx512bf16", "amx"}) {
    EXPECT_THAT(available_isas(), Not(Contains(isa)));
    if (!runs_here(isa)) continue;
    EXPECT_NE(kernels_for(isa).screening, nullptr) << isa;
    EXPECT_THAT(all_isas(), Contains(isa));
  }
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
