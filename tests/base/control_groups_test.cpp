#include "base/control_groups.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

constexpr double none = std::numeric_limits<double>::infinity();

/// A machine's /proc and control groups, as files in a folder.
class ControlGroups : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const fs::path file = root_ / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text << "\n";
  }
  void mount(const std::string& cgroup, const std::string& mountinfo) const {
    write("proc/self/cgroup", cgroup);
    write("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + mountinfo);
  }
  GroupLimits limits() const { return group_limits(root_); }
  std::string in_root(const std::string& path) const { return (root_ / path).string(); }

  const TemporaryFolder temporary_;
  const fs::path& root_ = temporary_.path();
};

const std::string version_2 = "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw";

TEST_F(ControlGroups, LimitNothingWhereThereAreNone) {
  EXPECT_EQ(limits().cpus.amount, none);
  EXPECT_EQ(limits().memory_bytes.amount, none);
}

TEST_F(ControlGroups, OfVersion2CountAtEveryLevel) {
  mount("0::/user.slice/job/step", version_2);
  write("sys/fs/cgroup/user.slice/cpu.max", "300000 100000");
  write("sys/fs/cgroup/user.slice/memory.max", "3000000000");
  write("sys/fs/cgroup/user.slice/job/cpu.max", "50000 40000");
  write("sys/fs/cgroup/user.slice/job/memory.max", "max");
  write("sys/fs/cgroup/user.slice/job/step/cpu.max", "max 100000");
  EXPECT_EQ(limits().cpus.amount, 1.25);
  EXPECT_EQ(limits().cpus.source, in_root("sys/fs/cgroup/user.slice/job/cpu.max"));
  EXPECT_EQ(limits().memory_bytes.amount, 3e9);
  EXPECT_EQ(limits().memory_bytes.source, in_root("sys/fs/cgroup/user.slice/memory.max"));
}

TEST_F(ControlGroups, OfVersion2AreThrottledByMemoryHigh) {
  mount("0::/job", version_2);
  write("sys/fs/cgroup/job/memory.max", "3000");
  write("sys/fs/cgroup/job/memory.high", "2000");
  EXPECT_EQ(limits().memory_bytes.amount, 2000);
}

TEST_F(ControlGroups, OfOtherProcessesDoNotCount) {
  mount("0::/mine", version_2);
  write("sys/fs/cgroup/other/memory.max", "1000");
  write("sys/fs/cgroup/mine/memory.max", "5000");
  write("sys/fs/cgroup/mine/below/memory.max", "1000");
  EXPECT_EQ(limits().memory_bytes.amount, 5000);
}

TEST_F(ControlGroups, OfVersion1HaveATreeForEachControllerAsSlurmUsesThem) {
  mount("9:memory:/slurm/uid_0/job_7/step_0\n3:cpu,cpuacct:/slurm/uid_0/job_7\n0::/",
        "31 22 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
        "32 22 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        "33 22 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset");
  write("sys/fs/cgroup/cpu,cpuacct/slurm/uid_0/job_7/cpu.cfs_quota_us", "-1");
  write("sys/fs/cgroup/cpu,cpuacct/slurm/uid_0/job_7/cpu.cfs_period_us", "100000");
  write("sys/fs/cgroup/cpu,cpuacct/slurm/uid_0/cpu.cfs_quota_us", "200000");
  write("sys/fs/cgroup/cpu,cpuacct/slurm/uid_0/cpu.cfs_period_us", "100000");
  write("sys/fs/cgroup/memory/slurm/uid_0/job_7/memory.limit_in_bytes", "4000000000");
  write("sys/fs/cgroup/memory/slurm/uid_0/job_7/step_0/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(limits().cpus.amount, 2);
  EXPECT_EQ(limits().memory_bytes.amount, 4e9);
}

TEST_F(ControlGroups, AboveAContainerAreKnownByTheStatisticsOfVersion1) {
  mount("4:memory:/docker/abc", "32 22 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "8000000000");
  write("sys/fs/cgroup/memory/memory.stat", "cache 1\nhierarchical_memory_limit 6000000000\ntotal_cache 1");
  EXPECT_EQ(limits().memory_bytes.amount, 6e9);
}

TEST_F(ControlGroups, OfAContainerAreAtTheMountWhateverTheHostCallsThem) {
  for (const char* name : {"0::/", "0::/../../docker-abc", "0::/system.slice/docker-abc.scope"}) {
    mount(name, "30 22 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw");
    write("sys/fs/cgroup/cpu.max", "150000 100000");
    write("sys/fs/cpu.max", "50000 100000");  // above the mount: no group
    EXPECT_EQ(limits().cpus.amount, 1.5) << name;
  }
}

TEST_F(ControlGroups, AreFoundWhereBlanksAreInThePath) {
  mount("0::/a job", R"(30 22 0:26 / /my\040groups rw - cgroup2 cgroup2 rw)");
  write("my groups/a job/memory.max", "1000");
  EXPECT_EQ(limits().memory_bytes.amount, 1000);
}

TEST_F(ControlGroups, ThatMakeNoSenseLimitNothing) {
  mount("nonsense\n0::/job\n::\n", "nonsense - cgroup2\n" + version_2);
  write("sys/fs/cgroup/job/cpu.max", "100000 0");
  write("sys/fs/cgroup/job/memory.max", "-5");
  EXPECT_EQ(limits().cpus.amount, none);
  EXPECT_EQ(limits().memory_bytes.amount, none);
}

TEST(Limits, OfThisProcessAreSome) {
  EXPECT_GE(usable_cpus(), 1);
  EXPECT_GT(allowed_memory().amount, 0);
  EXPECT_FALSE(allowed_memory().source.empty());
}

}  // namespace
}  // namespace ksweep
