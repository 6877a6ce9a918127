#include "kernels/isa.h"

#include <gmock/gmock.h>

#include "core/errors.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

TEST(Isa, PortableKernelsRunEverywhere) {
  EXPECT_EQ(available_isas().front(), "portable");
  EXPECT_STREQ(kernels_for("portable").isa, "portable");
}

TEST(Isa, TheBestIsTheLastOfThoseAvailable) { EXPECT_EQ(best_kernels().isa, available_isas().back()); }

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
