#include "base/host.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace ksweep {
namespace {

TEST(Host, TimesAreWrittenInUtc) {
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso_time(951782400.9), "2000-02-29T00:00:00Z");
}

TEST(Host, TheClockIsPastThisPrograms) { EXPECT_GT(unix_time_s(), 1.7e9); }

TEST(Host, HasANameAndACpu) {
  EXPECT_FALSE(host_name().empty());
  EXPECT_FALSE(cpu_model().empty());
}

TEST(Host, AllowedCpusFollowTheAffinityMask) {
  const auto all = allowed_cpus();
  ASSERT_FALSE(all.empty());
  std::vector<int> confined;
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(all.back(), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    confined = allowed_cpus();
  }).join();
  EXPECT_EQ(confined, std::vector<int>{all.back()});
}

TEST(Host, CpusAtStartStayThoseOfTheStart) {
  const auto at_start = cpus_at_start();
  ASSERT_FALSE(at_start.empty());
  std::thread([&] {
    allow_cpus({at_start.back()});
    EXPECT_EQ(cpus_at_start(), at_start);
  }).join();
}

}  // namespace
}  // namespace ksweep
