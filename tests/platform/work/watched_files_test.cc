#include "services/platform/work/watched_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using std::chrono::milliseconds;
using support::WaitFor;

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string WhyUnreadable(const std::string& path, std::size_t most = 10) {
  const auto read = ReadFile(path, most);
  const auto* why = std::get_if<std::string>(&read);
  return why == nullptr ? "" : *why;
}

TEST(ReadFile, ReadsTheWholeAndWhoMay) {
  const support::TempDir folder;
  const std::string path = folder.File("a");
  Write(path, "0123456789");
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  const auto read = ReadFile(path, 10);
  ASSERT_TRUE(std::holds_alternative<FileText>(read));
  EXPECT_EQ(std::get<FileText>(read).text, "0123456789");
  EXPECT_EQ(std::get<FileText>(read).mode, 0640U);
  EXPECT_EQ(WhyUnreadable(path, 9), "it is too large");
}

TEST(ReadFile, SaysWhyItCannot) {
  const support::TempDir folder;
  EXPECT_EQ(WhyUnreadable(folder.File("none")), "No such file or directory");
  EXPECT_EQ(WhyUnreadable(folder.path()), "it is no file");
  const std::string pipe = folder.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(WhyUnreadable(pipe), "it is no file");  // and nobody waits
}

TEST(WatchedFiles, TellOfEachChangeOnce) {
  const support::TempDir folder;
  Write(folder.File("a"), "1");
  Write(folder.File("b"), "1");
  std::atomic<int> changes = 0;
  std::atomic<int> looks = 0;
  WatchedFiles files({folder.File("a"), folder.File("b"), ""});
  // What is written before it is started is no secret to it.
  Write(folder.File("b"), "12");
  files.Start(milliseconds(5),
              {.looked = [&looks] { ++looks; }, .changed = [&] { ++changes; }});
  EXPECT_TRUE(WaitFor([&] { return changes == 1; }));
  const int before = looks;
  EXPECT_TRUE(WaitFor([&] { return looks > before + 5; }));
  EXPECT_EQ(changes, 1);
  // Replaced by another of the same size, as editors do.
  Write(folder.File("c"), "2");
  std::filesystem::rename(folder.File("c"), folder.File("a"));
  EXPECT_TRUE(WaitFor([&] { return changes == 2; }));
  std::filesystem::remove(folder.File("a"));
  EXPECT_TRUE(WaitFor([&] { return changes == 3; }));
  Write(folder.File("a"), "3");
  EXPECT_TRUE(WaitFor([&] { return changes == 4; }));
}

TEST(WatchedFiles, WaitUntilTheyStandStill) {
  const support::TempDir folder;
  Write(folder.File("a"), "");
  std::atomic<int> looks = 0;
  std::atomic<int> changed_at = 0;
  WatchedFiles files({folder.File("a")});
  // Somebody is still at it during the first ten looks.
  files.Start(milliseconds(5),
              {.looked =
                   [&] {
                     if (++looks <= 10) {
                       Write(folder.File("a"),
                             std::string(static_cast<std::size_t>(looks), 'x'));
                     }
                   },
               .changed = [&] { changed_at = looks.load(); }});
  EXPECT_TRUE(WaitFor([&] { return changed_at != 0; }));
  EXPECT_EQ(changed_at, 11);
}

}  // namespace
}  // namespace welfare::platform
