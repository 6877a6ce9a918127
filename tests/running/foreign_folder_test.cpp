#include "run/foreign_folder.h"

#include <gmock/gmock.h>

#include "planned.h"
#include "refusal.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

TEST(ForeignFolder, OfTrialsOfAnotherSweepIsRefused) {
  const TemporaryFolder folder;
  const Store store = prepared_store(folder.path());
  EXPECT_EQ(refusal([&] { refuse_foreign_folder(folder.path(), {}, {planned(10)}); }), "accepted");
  for (const int k : {25, 40}) store.write(done(planned(k)));
  EXPECT_THAT(
      refusal([&] { refuse_foreign_folder(folder.path(), {}, {planned(10)}); }),
      ::testing::HasSubstr("holds 2 finished trials (and no sweep.h5 that says of which sweep), none of "
                           "which is one of this sweep"));
  EXPECT_EQ(refusal([&] {
              refuse_foreign_folder(folder.path(), {}, {planned(10), planned(25)});
            }),
            "accepted");
}

}  // namespace
}  // namespace ksweep
