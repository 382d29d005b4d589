// The life of a process, seen from outside: a real program, real signals.
#include "services/platform/process/process.h"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <optional>

#include "services/platform/process/peer_tls.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/rpc_server.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/tls/process_name.h"
#include "services/platform/work/system_clock.h"
#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/http_get.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::platform {
namespace {

namespace v1 = welfare::registry::v1;
using support::ChildProcess;
using support::WaitFor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

class ProcessTest : public ::testing::Test {
 protected:
  // The program with addresses and folders of this test; `which` is registry,
  // survey or both.
  std::unique_ptr<ChildProcess> Run(
      const std::string& which, const std::vector<std::string>& flags = {}) {
    std::vector<std::string> command = {
        std::string(std::getenv("WELFARE_BINARY_DIR")) +
            "/tests/platform_test_program",
        which};
    std::map<std::string, std::string> defaults = {
        {"--data-dir", folder_.File("data")},
        {"--ops-listen", "127.0.0.1:0"},
        {"--drain-wait-ms", "20"}};
    if (which != "both") defaults["--listen"] = Socket(which);
    for (const std::string& flag : flags) defaults.erase(flag);
    for (const auto& [flag, value] : defaults) {
      command.insert(command.end(), {flag, value});
    }
    command.insert(command.end(), flags.begin(), flags.end());
    return std::make_unique<ChildProcess>(
        command, std::map<std::string, std::string>{
                     {"XDG_RUNTIME_DIR", folder_.path().string()}});
  }

  std::string Socket(const std::string& module) const {
    return "unix:" + folder_.File(module + ".sock");
  }

  absl::Status Get(const std::string& address, const std::string& name,
                   bool wait_for_ready = true) {
    return Get(PeerEndpoint{address}, name, wait_for_ready);
  }
  absl::Status Get(const PeerEndpoint& peer, const std::string& name,
                   bool wait_for_ready = true) {
    auto stub = v1::RegistryService::NewStub(MakeChannel(peer));
    PeerCall call(CallContext{.request_id = "process-test", .limits = {}});
    call.context()->set_wait_for_ready(wait_for_ready);
    v1::GetMunicipalityRequest request;
    request.set_name(name);
    v1::Municipality reply;
    return FromGrpcStatus(
        stub->GetMunicipality(call.context(), request, &reply));
  }

  bool Started(const ChildProcess& process) {
    return WaitFor([&] {
      return process.Stderr().find("\"message\":\"started\"") !=
             std::string::npos;
    });
  }

  // It lives and waits for its database.
  bool Waits(const ChildProcess& process) {
    return WaitFor([&] {
      return process.Stderr().find("waiting for the database") !=
             std::string::npos;
    });
  }

  // The answer of the process's ops server; nothing until it listens.
  static std::optional<std::string> Ops(const ChildProcess& process,
                                        const std::string& path) {
    const std::string log = process.Stderr();
    const std::string key = "\"metrics\":\"127.0.0.1:";
    const std::size_t at = log.find(key);
    if (at == std::string::npos) return std::nullopt;
    const int port = std::stoi(log.substr(at + key.size()));
    return support::HttpGet(port, path);
  }

  support::TempDir folder_;
};

TEST_F(ProcessTest, ServesUntilItIsTold) {
  auto process = Run("registry");
  ASSERT_TRUE(Started(*process)) << process->Stderr();
  EXPECT_OK(Get(Socket("registry"), "a"));
  process->Signal(SIGTERM);
  EXPECT_THAT(process->Wait(), Optional(0)) << process->Stderr();
  EXPECT_THAT(process->Stderr(), HasSubstr("\"message\":\"stopped\""));
}

TEST_F(ProcessTest, NoThreadTakesASignalOfItsProcess) {
  auto process = Run("registry");
  ASSERT_TRUE(Started(*process)) << process->Stderr();
  const auto tasks = "/proc/" + std::to_string(process->pid()) + "/task";
  int threads = 0;
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    // The first one waits for them.
    if (task.path().filename() == std::to_string(process->pid())) continue;
    std::ifstream status(task.path() / "status");
    std::string line;
    while (std::getline(status, line) && !line.starts_with("SigBlk:")) {
    }
    ASSERT_TRUE(line.starts_with("SigBlk:"));
    const auto blocked = std::stoull(line.substr(7), nullptr, 16);
    EXPECT_NE(blocked >> (SIGTERM - 1) & 1, 0U) << task.path();
    ++threads;
  }
  EXPECT_GT(threads, 3);
  // So it may be told twice.
  process->Signal(SIGTERM);
  process->Signal(SIGTERM);
  EXPECT_THAT(process->Wait(), Optional(0)) << process->Stderr();
}

TEST_F(ProcessTest, FinishesARunningCallBeforeItEnds) {
  auto process = Run("registry", {"--drain-timeout-ms", "1500"});
  ASSERT_TRUE(Started(*process)) << process->Stderr();
  // Never released: it ends when the drain's deadline cancels it.
  auto answer = std::async(std::launch::async, [&] {
    return Get(Socket("registry"), "wait", false);
  });
  ASSERT_TRUE(WaitFor([&] { return Get(Socket("registry"), "a").ok(); }));
  process->Signal(SIGTERM);
  EXPECT_EQ(process->Wait(std::chrono::milliseconds(500)), std::nullopt);
  EXPECT_THAT(process->Wait(), Optional(0)) << process->Stderr();
  EXPECT_FALSE(answer.get().ok());
}

TEST_F(ProcessTest, ModulesOfOneProcessAndOfTwoTalkAlike) {
  {
    auto both = Run("both");
    ASSERT_TRUE(Started(*both)) << both->Stderr();
    // The private folder is the only one in here.
    std::string survey;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().filename().string().starts_with("welfared-")) {
        survey = "unix:" + (entry.path() / "survey.sock").string();
        EXPECT_EQ(entry.status().permissions() & std::filesystem::perms::mask,
                  std::filesystem::perms::owner_all);
      }
    }
    EXPECT_OK(Get(survey, "a"));
    EXPECT_EQ(Get(survey, "missing").code(), absl::StatusCode::kNotFound);
    both->Signal(SIGINT);
    EXPECT_THAT(both->Wait(), Optional(0)) << both->Stderr();
  }
  auto survey = Run("survey", {"--peer-registry", Socket("registry")});
  auto registry = Run("registry");
  ASSERT_TRUE(Started(*survey)) << survey->Stderr();
  ASSERT_TRUE(Started(*registry)) << registry->Stderr();
  EXPECT_OK(Get(Socket("survey"), "a"));
  EXPECT_EQ(Get(Socket("survey"), "missing").code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ProcessTest, ProcessesThatRunApartSpeakMutualTls) {
  const support::TestAuthority authority("Processes");
  support::WritePrivately(folder_.File("ca.pem"), authority.certificate());
  // Its own listener's files where it has no others.
  const auto flags = [&](const std::string& module, const std::string& kind,
                         const std::string& name) {
    const support::Issued issued =
        authority.Issue({.common_name = name,
                         .alternatives = "DNS:" + ProcessName(name),
                         .extended_usage = "serverAuth,clientAuth"});
    support::WritePrivately(folder_.File(module + ".pem"), issued.certificate);
    support::WritePrivately(folder_.File(module + ".key"), issued.key);
    return std::vector<std::string>{
        "--" + kind + "-cert-file", folder_.File(module + ".pem"),
        "--" + kind + "-key-file",  folder_.File(module + ".key"),
        "--peer-ca-file",           folder_.File("ca.pem")};
  };
  auto survey_flags = flags("survey", "peer", "survey");
  survey_flags.insert(survey_flags.end(),
                      {"--peer-registry", Socket("registry")});
  auto registry = Run("registry", flags("registry", "tls", "registry"));
  auto survey = Run("survey", survey_flags);
  ASSERT_TRUE(Started(*registry)) << registry->Stderr();
  ASSERT_TRUE(Started(*survey)) << survey->Stderr();
  EXPECT_EQ(Get(Socket("registry"), "a", false).code(),
            absl::StatusCode::kUnavailable);
  MetricsRegistry metrics;
  const SystemClock clock;
  flags("gateway", "peer", "gateway");
  const auto gateway =
      PeerTls::Make({.files = {.certificate = folder_.File("gateway.pem"),
                               .key = folder_.File("gateway.key"),
                               .client_ca = folder_.File("ca.pem"),
                               .crl = {},
                               .module = "gateway"}},
                    metrics, clock);
  ASSERT_OK(gateway);
  EXPECT_OK(Get({Socket("survey"), (*gateway)->ForChannelTo("survey")}, "a"));

  // With the name of another process it does not even start.
  auto other = Run("registry", flags("other", "peer", "survey"));
  EXPECT_THAT(other->Wait(), Optional(1));
  EXPECT_THAT(other->Stderr(), HasSubstr("TLS_PROCESS_NAME"));
  // Halves of the settings.
  for (const std::string flag : {"--tls-cert-file", "--peer-cert-file"}) {
    auto half = Run("registry", {flag, folder_.File("registry.pem")});
    EXPECT_THAT(half->Wait(), Optional(1));
    EXPECT_THAT(half->Stderr(), AllOf(HasSubstr("--peer-ca-file"),
                                      HasSubstr("TLS_SETTING_MISSING")));
  }
}

TEST_F(ProcessTest, ASecondProcessOnTheSameDataWaitsForTheFirst) {
  auto first = Run("registry");
  ASSERT_TRUE(Started(*first)) << first->Stderr();
  auto second = Run("registry", {"--listen", Socket("other")});
  ASSERT_TRUE(Waits(*second)) << second->Stderr();
  EXPECT_THAT(second->Stderr(), AllOf(HasSubstr("Another process uses"),
                                      HasSubstr("DATABASE_IN_USE"),
                                      HasSubstr(folder_.File("data"))));
  EXPECT_THAT(Ops(*second, "/livez"), Optional(HasSubstr("200 OK")));
  EXPECT_THAT(Ops(*second, "/readyz"),
              Optional(AllOf(HasSubstr(" 503 "), HasSubstr("registry"))));
  EXPECT_OK(Get(Socket("registry"), "a"));
  first->Signal(SIGTERM);
  EXPECT_THAT(first->Wait(), Optional(0));
  ASSERT_TRUE(Started(*second)) << second->Stderr();
  EXPECT_OK(Get(Socket("other"), "a"));
  EXPECT_TRUE(WaitFor([&] {
    return Ops(*second, "/readyz").value_or("").find("200 OK") !=
           std::string::npos;
  }));
}

// As a tool does that was left open on the file, or repairs it.
TEST_F(ProcessTest, AFileThatAnotherProgramHoldsIsWaitedFor) {
  std::filesystem::create_directory(folder_.File("data"));
  sqlite3* holder = nullptr;
  const std::string file = folder_.File("data") + "/registry.db";
  ASSERT_EQ(sqlite3_open(file.c_str(), &holder), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(holder, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  auto process = Run("registry");
  ASSERT_TRUE(Waits(*process)) << process->Stderr();
  EXPECT_THAT(process->Stderr(), HasSubstr("DATABASE_IN_USE"));
  EXPECT_THAT(Ops(*process, "/readyz"), Optional(HasSubstr(" 503 ")));
  sqlite3_close(holder);
  ASSERT_TRUE(Started(*process)) << process->Stderr();
  EXPECT_OK(Get(Socket("registry"), "a"));
}

TEST_F(ProcessTest, WhoWaitsForAFileEndsWhenItIsTold) {
  auto first = Run("registry");
  ASSERT_TRUE(Started(*first)) << first->Stderr();
  auto second = Run("registry", {"--listen", Socket("other")});
  ASSERT_TRUE(Waits(*second)) << second->Stderr();
  second->Signal(SIGTERM);
  EXPECT_THAT(second->Wait(), Optional(0));
  EXPECT_OK(Get(Socket("registry"), "a"));
}

TEST_F(ProcessTest, AKilledProcessStartsAgain) {
  auto first = Run("registry");
  ASSERT_TRUE(Started(*first)) << first->Stderr();
  first->Signal(SIGKILL);
  EXPECT_THAT(first->Wait(), Optional(128 + SIGKILL));
  auto second = Run("registry");
  ASSERT_TRUE(Started(*second)) << second->Stderr();
  EXPECT_OK(Get(Socket("registry"), "a"));
}

TEST_F(ProcessTest, ATakenPortIsASentenceAndExitCodeOne) {
  auto blocker = RpcServer::Start(
      {.addresses = {"127.0.0.1:0"}, .services = {}, .ready = {}});
  ASSERT_OK(blocker);
  const std::string taken = "127.0.0.1:" + std::to_string((*blocker)->port());
  for (const std::string flag : {"--listen", "--ops-listen"}) {
    auto process = Run("registry", {flag, taken});
    EXPECT_THAT(process->Wait(), Optional(1));
    EXPECT_THAT(process->Stderr(), HasSubstr("Cannot listen on " + taken));
  }
}

TEST_F(ProcessTest, WrongSettingsAreSentencesAndExitCodeTwo) {
  struct Case {
    std::vector<std::string> flags;
    std::string says;
  };
  for (const Case& wrong : std::vector<Case>{
           {{"--nonsense"}, "nonsense"},
           {{"--auth", "jwt+"}, "joined by +"},
           {{"--auth", "no"}, "joined by +"},
           {{"--listen", "0.0.0.0:7101"}, "only addresses of this machine"},
           {{"--listen", "127.0.0.1:99999"}, "a port from 0 to 65535"},
           {{"--ops-listen", "127.0.0.1:99999"}, "a port from 0 to 65535"},
           {{"--ops-listen", "unix:/x"}, "a port from 0 to 65535"},
           {{"--peer-registry", "127.0.0.1:http"}, "a port from 0 to 65535"},
           {{"--assets-dir", "/nowhere"}, "/nowhere/services/registry/data"},
           {{"--redis-url", "http://x"}, "--redis-url"},
           {{"--database-url", "mysql://x"}, "--database-url"},
           {{"--database-url", "postgresql://["}, "--database-url"},
           {{"--data-dir", ""}, "--data-dir"},
           {{"--drain-timeout-ms", "-1"}, "0 to "},
           {{"--auth", "mtls"}, "PEERS_WITHOUT_TLS"},
           {{"--tls-client-ca-file", "x"}, "it is for clients of the gateway"},
           {{"--database-connections", "0"}, "1 to 1000"},
           {{"--drain-wait-ms", "soon"}, "whole number"}}) {
    const std::string which =
        wrong.flags.front() == "--peer-registry" ? "survey" : "registry";
    std::vector<std::string> verified = wrong.flags;
    verified.emplace_back("--verify-config");
    for (const std::vector<std::string>& flags : {wrong.flags, verified}) {
      auto process = Run(which, flags);
      EXPECT_THAT(process->Wait(), Optional(2)) << wrong.says;
      EXPECT_THAT(process->Stderr(), HasSubstr(wrong.says));
    }
  }
  auto watched =
      Run("registry", {"--ops-listen", "0.0.0.0:7191", "--verify-config"});
  EXPECT_THAT(watched->Wait(), Optional(0)) << watched->Stderr();
  for (const Case& wrong : std::vector<Case>{
           {{"--peer-ca-file", "x"}, "for processes that run apart"},
           {{"--auth", "jwt", "--peer-registry", "127.0.0.1:1"},
            "call each other inside it"}}) {
    auto process = Run("both", wrong.flags);
    EXPECT_THAT(process->Wait(), Optional(2)) << wrong.says;
    EXPECT_THAT(process->Stderr(), HasSubstr(wrong.says));
  }
  auto both = Run("both", {"--database-url", "sqlite:///x.db"});
  EXPECT_THAT(both->Wait(), Optional(2));
  // Schemas keep services apart, files do not.
  auto schemas =
      Run("both", {"--database-url", "postgresql:///x", "--verify-config"});
  EXPECT_THAT(schemas->Wait(), Optional(0));
}

TEST_F(ProcessTest, ChecksAndPrintsItsSettings) {
  auto verify = Run("registry", {"--verify-config"});
  EXPECT_THAT(verify->Wait(), Optional(0));
  EXPECT_FALSE(std::filesystem::exists(folder_.File("data")));
  auto print = Run("registry", {"--print-config", "--redis-url",
                                "redis://:secret@localhost:1"});
  EXPECT_THAT(print->Wait(), Optional(0));
  EXPECT_THAT(print->Stdout(), AllOf(HasSubstr("redis-url = ********  # flag"),
                                     HasSubstr("auth = off  # default"),
                                     Not(HasSubstr("secret"))));
  auto help = Run("both", {"--help"});
  EXPECT_THAT(help->Wait(), Optional(0));
  EXPECT_THAT(help->Stdout(), HasSubstr("--peer-registry"));
}

TEST_F(ProcessTest, ADataFolderThatCannotBeUsedIsASentence) {
  std::filesystem::create_symlink("loop", folder_.path() / "loop");
  std::ofstream(folder_.File("file")) << "x";
  for (const std::string& folder :
       {std::string("/proc/none"), folder_.File("loop"), folder_.File("file"),
        folder_.File("file") + "/data", folder_.File(std::string(300, 'n'))}) {
    auto process = Run("both", {"--data-dir", folder});
    EXPECT_THAT(process->Wait(), Optional(1)) << folder;
    EXPECT_THAT(process->Stderr(), AllOf(HasSubstr("The data folder " + folder),
                                         HasSubstr("set --data-dir"),
                                         Not(HasSubstr("repeat the call"))));
  }
}

TEST_F(ProcessTest, KeepsItsDataToItsUser) {
  const std::filesystem::path data = folder_.File("data");
  std::filesystem::create_directory(data);
  std::filesystem::permissions(data, std::filesystem::perms(0755));
  for (const std::string name : {"registry.db", "registry.db.lock"}) {
    std::ofstream(data / name).close();
    std::filesystem::permissions(data / name, std::filesystem::perms(0644));
  }
  auto process = Run("registry");
  ASSERT_TRUE(Started(*process)) << process->Stderr();
  EXPECT_EQ(std::filesystem::status(data).permissions(),
            std::filesystem::perms(0700));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    EXPECT_EQ(entry.status().permissions(), std::filesystem::perms(0600))
        << entry.path();
    ++files;
  }
  EXPECT_GE(files, 4);  // the database, its log and index, the lock
}

TEST_F(ProcessTest, CopiesItsDataWhileItRuns) {
  auto process = Run("registry");
  ASSERT_TRUE(Started(*process)) << process->Stderr();
  auto copied = Run("registry", {"--backup-to", folder_.File("copy")});
  EXPECT_THAT(copied->Wait(), Optional(0)) << copied->Stderr();
  EXPECT_THAT(copied->Stdout(), HasSubstr("copied registry.db"));
  auto again = Run("registry", {"--backup-to", folder_.File("copy")});
  EXPECT_THAT(again->Wait(), Optional(1));
  EXPECT_THAT(again->Stderr(), HasSubstr("is not empty"));
  // A start with the copy is the restore.
  auto restored = Run("registry", {"--data-dir", folder_.File("copy"),
                                   "--listen", Socket("restored")});
  ASSERT_TRUE(Started(*restored)) << restored->Stderr();
  EXPECT_OK(Get(Socket("restored"), "a"));
  auto elsewhere = Run("both", {"--database-url", "postgresql:///x",
                                "--backup-to", folder_.File("none")});
  EXPECT_THAT(elsewhere->Wait(), Optional(1));
  EXPECT_THAT(elsewhere->Stderr(), HasSubstr("pg_dump"));
}

TEST_F(ProcessTest, WaitsForADatabaseThatIsAway) {
  support::PostgresServer postgres;
  postgres.Stop();
  auto process = Run("registry", {"--database-url", postgres.url()});
  ASSERT_TRUE(WaitFor([&] { return Ops(*process, "/readyz").has_value(); }));
  EXPECT_THAT(Ops(*process, "/livez"), Optional(HasSubstr(" 200 ")));
  ASSERT_TRUE(WaitFor([&] {
    return process->Stderr().find("waiting for the database") !=
           std::string::npos;
  })) << process->Stderr();
  EXPECT_THAT(Ops(*process, "/readyz"),
              Optional(AllOf(HasSubstr(" 503 "), HasSubstr("registry: "),
                             HasSubstr("database"))));
  postgres.Start();
  EXPECT_TRUE(WaitFor([&] {
    return Ops(*process, "/readyz").value_or("").find(" 200 ") !=
           std::string::npos;
  })) << process->Stderr();
  EXPECT_OK(Get(Socket("registry"), "a"));
  // And once more, while it serves.
  postgres.Stop();
  EXPECT_TRUE(WaitFor([&] {
    return Ops(*process, "/readyz").value_or("").find(" 503 ") !=
           std::string::npos;
  }));
  EXPECT_THAT(Ops(*process, "/livez"), Optional(HasSubstr(" 200 ")));
}

TEST_F(ProcessTest, EndsAlsoWhileItWaits) {
  auto process =
      Run("both", {"--database-url",
                   "postgresql://u:secret@/x?host=" + folder_.path().string()});
  ASSERT_TRUE(Waits(*process)) << process->Stderr();
  process->Signal(SIGTERM);
  EXPECT_THAT(process->Wait(), Optional(0));
  EXPECT_THAT(process->Stderr(),
              AllOf(HasSubstr("no server answers"), Not(HasSubstr("secret"))));
}

// A disk without room, as a limit of the shell makes it.
TEST_F(ProcessTest, AFullDiskAtTheStartIsASentence) {
  const std::string program = std::string(std::getenv("WELFARE_BINARY_DIR")) +
                              "/tests/platform_test_program";
  // Through a pipe, which the limit does not bind.
  ChildProcess process(
      {"/bin/sh", "-c",
       "(ulimit -f 0; \"$0\" registry --data-dir \"$1\" "
       "--ops-listen 127.0.0.1:0 --listen \"$2\" 2>&1; echo \"exit $?\") | cat",
       program, folder_.File("data"), Socket("registry")});
  EXPECT_THAT(process.Wait(), Optional(0));
  EXPECT_THAT(process.Stdout(),
              AllOf(HasSubstr("The database of registry"),
                    HasSubstr("its disk is full"), HasSubstr("start again"),
                    HasSubstr("exit 1"), HasSubstr("DATABASE_FAILED_AT_START"),
                    Not(HasSubstr("epeat the call"))));
}

TEST(ModuleSpecs, PeersComeFirst) {
  std::vector<std::string_view> seen;
  for (const ModuleSpec& spec : ModuleSpecs()) {
    for (const std::string_view peer : spec.peers) {
      EXPECT_THAT(seen, ::testing::Contains(peer)) << spec.name;
    }
    seen.push_back(spec.name);
  }
  EXPECT_EQ(seen.size(), 5u);
}

}  // namespace
}  // namespace welfare::platform
