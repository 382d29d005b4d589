// Configuration, log, worker pool and assets.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/observe/log.h"
#include "services/platform/process/assets.h"
#include "services/platform/process/config.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/work/background.h"
#include "services/platform/work/system_clock.h"
#include "services/platform/work/worker_pool.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::WaitFor;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<Setting>& Settings() {
  static const auto* settings = new std::vector<Setting>{
      {.name = "data-dir", .help = "folder", .default_value = "./data"},
      {.name = "database-url", .help = "url", .kind = Setting::Kind::kSecret},
      {.name = "count",
       .help = "number",
       .default_value = "3",
       .kind = Setting::Kind::kInteger},
      {.name = "level",
       .help = "level",
       .default_value = "info",
       .choices = {"info", "debug"}}};
  return *settings;
}

absl::StatusOr<Config> Parse(const std::vector<std::string>& arguments,
                             const std::map<std::string, std::string>& env) {
  return Config::Parse(
      "program", arguments,
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = env.find(name);
        if (found == env.end()) return std::nullopt;
        return found->second;
      },
      Settings());
}

TEST(ConfigTest, FlagBeatsEnvironmentBeatsDefault) {
  auto config = Parse({}, {});
  ASSERT_OK(config);
  EXPECT_EQ(config->Get("data-dir"), "./data");
  EXPECT_EQ(config->GetInt("count"), 3);
  config = Parse({}, {{"WELFARE_DATA_DIR", "/env"}});
  ASSERT_OK(config);
  EXPECT_EQ(config->Get("data-dir"), "/env");
  EXPECT_EQ(config->origin("data-dir"), Config::Origin::kEnvironment);
  for (const auto& flags : std::vector<std::vector<std::string>>{
           {"--data-dir", "/flag"}, {"--data-dir=/flag"}}) {
    config = Parse(flags, {{"WELFARE_DATA_DIR", "/env"}});
    ASSERT_OK(config);
    EXPECT_EQ(config->Get("data-dir"), "/flag");
    EXPECT_EQ(config->origin("data-dir"), Config::Origin::kFlag);
  }
}

TEST(ConfigTest, AnEmptyValueIsAValue) {
  auto config = Parse({"--data-dir=", "--level", "debug"},
                      {{"WELFARE_DATA_DIR", "/env"}});
  ASSERT_OK(config);
  EXPECT_EQ(config->Get("data-dir"), "");
  EXPECT_EQ(config->origin("data-dir"), Config::Origin::kFlag);
  EXPECT_EQ(config->Get("level"), "debug");
  config = Parse({"--level=debug", "--data-dir="}, {});
  ASSERT_OK(config);
  EXPECT_EQ(config->Get("data-dir"), "");
  EXPECT_STATUS(Parse({"--count=", "7"}, {}),
                absl::StatusCode::kInvalidArgument, "SETTING_INVALID");
}

TEST(ConfigTest, RefusesWhatItDoesNotKnow) {
  EXPECT_STATUS(Parse({"--nonsense", "1"}, {}),
                absl::StatusCode::kInvalidArgument, "SETTING_INVALID");
  EXPECT_STATUS(Parse({"stray"}, {}), absl::StatusCode::kInvalidArgument,
                "SETTING_INVALID");
  EXPECT_STATUS(Parse({"--level", "loud"}, {}),
                absl::StatusCode::kInvalidArgument, "SETTING_INVALID");
  EXPECT_STATUS(Parse({}, {{"WELFARE_COUNT", "3x"}}),
                absl::StatusCode::kInvalidArgument, "SETTING_INVALID");
}

TEST(ConfigTest, ReadsSecretsFromFilesAndMasksThem) {
  const support::TempDir folder;
  std::ofstream(folder.File("url")) << "sqlite:///secret\n";
  auto config = Parse({"--print-config"},
                      {{"WELFARE_DATABASE_URL_FILE", folder.File("url")}});
  ASSERT_OK(config);
  EXPECT_EQ(config->action(), Config::Action::kPrint);
  EXPECT_EQ(config->Get("database-url"), "sqlite:///secret");
  EXPECT_THAT(config->Print(), Not(HasSubstr("secret")));
  EXPECT_THAT(config->Print(),
              HasSubstr("database-url = ********  # environment\n"));
  EXPECT_THAT(config->Print(), HasSubstr("data-dir = ./data  # default\n"));
}

TEST(ConfigTest, KnowsLocalAddresses) {
  for (const char* local : {"127.0.0.1:7100", "localhost:1", "[::1]:7100",
                            "unix:/a", "unix-abstract:a"}) {
    EXPECT_TRUE(IsLocalAddress(local)) << local;
  }
  for (const char* open :
       {"0.0.0.0:7100", ":7100", "[::]:7100", "example.org:1", "10.0.0.1:1"}) {
    EXPECT_FALSE(IsLocalAddress(open)) << open;
  }
}

TEST(LogTest, WritesTextAndJson) {
  // 2025-06-16T00:00:00.000007Z
  constexpr std::int64_t kTime = std::int64_t{1750032000} * 1000000 + 7;
  EXPECT_EQ(FormatLogLine(LogFormat::kText, LogLevel::kInfo, kTime, "a\nb",
                          {{"rows", 12}, {"name", "x y"}, {"id", "z"}}),
            "2025-06-16T00:00:00.000007Z info    a b rows=12 name=\"x y\" "
            "id=z");
  const auto json = nlohmann::json::parse(
      FormatLogLine(LogFormat::kJson, LogLevel::kError, kTime, "a\"b",
                    {{"seconds", 0.5}, {"ok", true}, {"bad", "\xff"}}));
  EXPECT_EQ(json["message"], "a\"b");
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["seconds"], 0.5);
  EXPECT_EQ(json["ok"], true);
}

TEST(LogTest, WritesJsonAsTheLibraryDoes) {
  for (const std::string_view text :
       {"plain", "", "a\"b\\c", "line\nbreak\t\x01", "\x7f", "千代田区",
        "broken \xe5\x8d"}) {
    const std::string line = FormatLogLine(LogFormat::kJson, LogLevel::kInfo, 0,
                                           text, {{"value", text}});
    const std::string expected = nlohmann::json(text).dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
    EXPECT_EQ(line,
              "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"level\":"
              "\"info\",\"message\":" +
                  expected + ",\"value\":" + expected + "}");
  }
  for (const double number :
       {0.0, 1.0, -2.5, 0.000153, 0.0001, 0.000008, 12.345678, 99999.0}) {
    EXPECT_EQ(FormatLogLine(LogFormat::kText, LogLevel::kInfo, 0, "x",
                            {{"n", number}}),
              "1970-01-01T00:00:00.000000Z info    x n=" +
                  nlohmann::json(number).dump());
  }
}

TEST(LogTest, QuotesEveryByteWhereverItStands) {
  for (std::size_t size = 1; size <= 17; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 0x80; ++byte) {
        std::string text(size, '~');
        text[at] = static_cast<char>(byte);
        const std::string line =
            FormatLogLine(LogFormat::kJson, LogLevel::kInfo, 0, text, {});
        EXPECT_THAT(line,
                    ::testing::EndsWith(nlohmann::json(text).dump() + "}"))
            << size << " " << at << " " << byte;
      }
    }
  }
}

TEST(LogTest, WritesDurationsAsSeconds) {
  const auto line_of = [](std::int64_t micros) {
    return FormatLogLine(LogFormat::kText, LogLevel::kInfo, 0, "x",
                         {{"seconds", std::chrono::microseconds(micros)}});
  };
  EXPECT_THAT(line_of(0), ::testing::EndsWith(" seconds=0.000000"));
  EXPECT_THAT(line_of(57), ::testing::EndsWith(" seconds=0.000057"));
  EXPECT_THAT(line_of(12'000'009), ::testing::EndsWith(" seconds=12.000009"));
  EXPECT_THAT(line_of(-1'500'000), ::testing::EndsWith(" seconds=-1.500000"));
}

TEST(LogTest, KeepsTheOrderOfBatchedAndOtherLines) {
  ::testing::internal::CaptureStderr();
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "line" + std::to_string(i);
    if (i % 500 == 499) {
      LogInfo(name);
    } else {
      LogBatched(LogLevel::kInfo, name);
    }
    expected += name + " ";
  }
  FlushLog();
  std::istringstream log(::testing::internal::GetCapturedStderr());
  std::string seen;
  for (std::string line; std::getline(log, line);) {
    seen += line.substr(line.rfind(' ') + 1) + " ";
  }
  EXPECT_EQ(seen, expected);
}

TEST(LogTest, BatchedLinesComeOutByThemselves) {
  // A file that can be read while it is written; GoogleTest's capture cannot.
  const support::TempDir folder;
  const std::string path = folder.File("stderr");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ASSERT_GE(file, 0);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(file, STDERR_FILENO);
  LogBatched(LogLevel::kInfo, "patient");
  const bool seen = WaitFor([&] {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str().find("patient") != std::string::npos;
  });
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  ::close(file);
  EXPECT_TRUE(seen);
}

TEST(LogDeathTest, BatchedLinesAreWrittenAtExit) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        LogBatched(LogLevel::kInfo, "the last line");
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "the last line");
}

TEST(RequestId, IsFreshEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = MakeRequestId();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(WorkerPoolTest, RunsEverythingThatItAccepted) {
  std::atomic<int> done{0};
  {
    WorkerPool pool({.threads = 3, .queue = 1000});
    for (int i = 0; i < 500; ++i) {
      ASSERT_OK(pool.Submit({}, [&](const absl::Status& start) {
        if (start.ok()) ++done;
      }));
    }
    EXPECT_TRUE(WaitFor([&] { return done.load() == 500; }));
  }
}

TEST(WorkerPoolTest, ShedsAndExpires) {
  WorkerPool pool({.threads = 1, .queue = 1});
  std::atomic<bool> release{false};
  std::atomic<int> expired{0};
  ASSERT_OK(pool.Submit({}, [&](const absl::Status&) {
    while (!release) std::this_thread::yield();
  }));
  ASSERT_TRUE(WaitFor([&] { return pool.running() == 1; }));
  const auto expire = [&](const absl::Status& start) {
    if (start.code() == absl::StatusCode::kDeadlineExceeded) ++expired;
  };
  ASSERT_OK(pool.Submit(base::CallLimits::After(std::chrono::milliseconds(1)),
                        expire));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  // The expired one makes room.
  ASSERT_OK(pool.Submit({}, expire));
  EXPECT_EQ(expired.load(), 1);
  EXPECT_STATUS(pool.Submit({}, expire), absl::StatusCode::kResourceExhausted,
                "OVERLOADED");
  release = true;
}

// A crowd that is woken at once takes no room from others, and no more than
// every second turn.
TEST(WorkerPoolTest, WokenWorkHoldsNobodyUp) {
  WorkerPool pool({.threads = 1, .queue = 1});
  std::atomic<bool> release{false};
  std::atomic<int> woken{0};
  std::atomic<int> woken_before{-1};
  ASSERT_OK(pool.Submit({}, [&](const absl::Status&) {
    while (!release) std::this_thread::yield();
  }));
  ASSERT_TRUE(WaitFor([&] { return pool.running() == 1; }));
  for (int i = 0; i < 100; ++i) {
    ASSERT_OK(pool.SubmitWoken({}, [&](const absl::Status&) { ++woken; }));
  }
  ASSERT_OK(pool.Submit(
      {}, [&](const absl::Status&) { woken_before = woken.load(); }));
  release = true;
  EXPECT_TRUE(WaitFor([&] { return woken.load() == 100; }));
  EXPECT_LE(woken_before.load(), 1);
}

TEST(WorkerPoolTest, ThreadsOfABackgroundPoolLetOthersGoFirst) {
  int policy = 0;
  const auto look = [&](bool background) {
    std::pair<bool, int> seen;
    std::atomic<bool> done = false;
    WorkerPool pool({.background = background});
    EXPECT_OK(pool.Submit({}, [&](const absl::Status& start) {
      EXPECT_OK(start);
      seen = {InBackground(), getpriority(PRIO_PROCESS, 0)};
      policy = sched_getscheduler(0);
      done = true;
    }));
    EXPECT_TRUE(WaitFor([&] { return done.load(); }));
    return seen;
  };
  const int mine = getpriority(PRIO_PROCESS, 0);
  const int ours = sched_getscheduler(0);
  EXPECT_EQ(look(false), std::pair(false, mine));
  EXPECT_EQ(policy, ours);
  // Unless the test has a lower priority than they.
  EXPECT_EQ(look(true), std::pair(true, std::max(mine, 10)));
  const bool changes = mine < 10 && ours == SCHED_OTHER;
  EXPECT_EQ(policy, changes ? SCHED_BATCH : ours);
  EXPECT_FALSE(InBackground());
}

// For how long the calling thread has a processor at a time, in nanoseconds; 0
// where the system does not say (Linux before 6.12).
std::uint64_t TurnOfThisThread() {
  struct {
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime, deadline, period;
  } now = {};
  return syscall(SYS_sched_getattr, 0, &now, sizeof(now), 0) == 0 ? now.runtime
                                                                  : 0;
}

TEST(Background, WhoAsksForOtherTurnsKeepsItsPriority) {
  const auto look = [] {
    return std::pair(getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
  };
  const std::pair<int, int> before = look();
  const auto turn_after = [&](void (*ask)()) {
    std::uint64_t turn = 0;
    std::thread([&] {
      ask();
      turn = TurnOfThisThread();
      EXPECT_EQ(look(), before);
    }).join();
    return turn;
  };
  const std::uint64_t usual = turn_after([] {});
  const std::uint64_t longer = turn_after(GiveWayToWakers);
  const std::uint64_t shorter = turn_after(WorkForMoments);
  if (usual == 0 || before.second != SCHED_OTHER) return;
  EXPECT_GT(longer, usual);
  EXPECT_LT(shorter, usual);
}

TEST(WorkerPoolTest, StopTellsWhatWaits) {
  WorkerPool pool({.threads = 1, .queue = 10});
  std::atomic<bool> release{false};
  std::atomic<int> told{0};
  ASSERT_OK(pool.Submit({}, [&](const absl::Status&) {
    while (!release) std::this_thread::yield();
  }));
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(pool.Submit({}, [&](const absl::Status& start) {
      if (start.code() == absl::StatusCode::kUnavailable) {
        ++told;
      }
    }));
  }
  std::jthread releaser([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    release = true;
  });
  pool.Stop();
  EXPECT_EQ(told.load(), 3);
  EXPECT_STATUS(pool.Submit({}, [](const absl::Status&) {}),
                absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
}

TEST(Assets, AreFoundBelowTheSourceTree) {
  const auto path =
      AssetPath(DefaultAssetsDir(), "registry", "municipalities.csv");
  EXPECT_THAT(path.string(),
              HasSubstr("services/registry/data/municipalities.csv"));
  EXPECT_OK(ReadAsset(DefaultAssetsDir() / "CMakeLists.txt"));
  EXPECT_STATUS(ReadAsset(path / "none"), absl::StatusCode::kNotFound,
                "ASSET_NOT_FOUND");
}

TEST(SystemClockTest, RunsForward) {
  const SystemClock clock;
  const auto first = clock.Now();
  EXPECT_GE(clock.Now(), first);
  EXPECT_GT(first.micros(), std::int64_t{1700000000} * 1000000);
}

}  // namespace
}  // namespace welfare::platform
