#include "services/platform/observe/memory_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

constexpr double kMachine = 8e9;

// A tree as the kernel shows it.
class MemoryLimitTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void Second(const std::string& group, const std::string& limit,
              const std::string& usage) {
    Write("sys/fs/cgroup" + group + "/memory.max", limit + "\n");
    Write("sys/fs/cgroup" + group + "/memory.current", usage + "\n");
    Write("sys/fs/cgroup" + group + "/memory.stat",
          "anon 1\nfile 300\nactive_file 200\ninactive_file 100\n");
  }
  std::optional<MemoryLimit> Read() {
    return ReadMemoryLimit(kMachine, folder_.path());
  }
  void ExpectLimit(double limit, double working_set) {
    const std::optional<MemoryLimit> found = Read();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->limit, limit);
    EXPECT_EQ(found->working_set, working_set);
  }

  support::TempDir folder_;
};

TEST_F(MemoryLimitTest, IsOfTheGroupOfTheProcess) {
  Write("proc/self/cgroup", "0::/system.slice/welfared.service\n");
  Second("/system.slice/welfared.service", "1000", "600");
  Second("/system.slice", "max", "5000");
  ExpectLimit(1000, 500);
}

TEST_F(MemoryLimitTest, IsTheLeastOnTheWayUp) {
  Write("proc/self/cgroup", "0::/pod/container\n");
  Second("/pod/container", "2000", "600");
  Second("/pod", "1500", "1400");
  Second("", "max", "9000");
  ExpectLimit(1500, 1300);
}

TEST_F(MemoryLimitTest, AContainerSeesItsOwnGroupAsTheRoot) {
  // Whatever path it is told.
  Second("", "512000", "400100");
  for (const std::string path :
       {"/", "/../../burstable/pod1/c1", "/kubepods/pod1/c1"}) {
    Write("proc/self/cgroup", "0::" + path + "\n");
    ExpectLimit(512000, 400000);
  }
}

TEST_F(MemoryLimitTest, IsFoundInGroupsOfTheFirstVersionToo) {
  Write("proc/self/cgroup",
        "9:name=systemd:/\n7:cpu,memory:/docker/abc\n0::/\n");
  const std::string group = "sys/fs/cgroup/memory/docker/abc/";
  Write(group + "memory.limit_in_bytes", "4096000\n");
  Write(group + "memory.usage_in_bytes", "4000000\n");
  Write(group + "memory.stat", "inactive_file 7\ntotal_inactive_file 1000\n");
  ExpectLimit(4096000, 3999000);
}

TEST_F(MemoryLimitTest, WhatNobodyLimitedHasNone) {
  EXPECT_FALSE(Read().has_value());  // no control groups at all
  Write("proc/self/cgroup", "no line of the kernel\n0::/user.slice\n");
  EXPECT_FALSE(Read().has_value());
  Second("/user.slice", "max", "600");
  EXPECT_FALSE(Read().has_value());
  // As the first version says it, or more than there is.
  Second("/user.slice", "9223372036854771712", "600");
  EXPECT_FALSE(Read().has_value());
}

TEST_F(MemoryLimitTest, NothingButFilesIsNothingInUse) {
  Write("proc/self/cgroup", "0::/\n");
  Second("", "1000", "60");
  ExpectLimit(1000, 0);
}

}  // namespace
}  // namespace welfare::platform
