#include "run/run_lock.h"

#include <gmock/gmock.h>

#include "refusal.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

class RunLockTest : public testing::Test {
 protected:
  std::string refusal_of(const Shard& shard) const {
    return refusal([&] { RunLock lock(folder_, shard); });
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
  const std::string refused_ = "another run is at work here";
};

TEST_F(RunLockTest, IsOfOneRunAtATime) {
  {
    const RunLock first(folder_, {});
    EXPECT_TRUE(is_locked(folder_, {}));
    EXPECT_THAT(refusal_of({}), HasSubstr(refused_));
    EXPECT_THAT(refusal_of({1, 2}), HasSubstr(refused_));
  }
  EXPECT_FALSE(is_locked(folder_, {}));
  EXPECT_EQ(refusal_of({}), "accepted");
}

TEST_F(RunLockTest, OfAShardLeavesTheOtherShardsAlone) {
  const RunLock first(folder_, {1, 2});
  EXPECT_EQ(refusal_of({2, 2}), "accepted");
  EXPECT_THAT(refusal_of({1, 2}), HasSubstr(refused_));
  EXPECT_THAT(refusal_of({2, 3}), HasSubstr(refused_));
  EXPECT_THAT(refusal_of({}), HasSubstr(refused_));
}

}  // namespace
}  // namespace ksweep
