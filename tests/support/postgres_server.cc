#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "tests/support/wait_for.h"

namespace welfare::support {
namespace {

std::filesystem::path Programs() {
  std::filesystem::path newest;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
    if (std::filesystem::exists(entry.path() / "bin/postgres") &&
        entry.path() > newest) {
      newest = entry.path();
    }
  }
  if (newest.empty()) {
    throw std::runtime_error(
        "there is no PostgreSQL: tools/install-dependencies test");
  }
  return newest / "bin";
}

// PostgreSQL refuses to run as root; Debian has a user for it.
const passwd* OtherUser() {
  if (geteuid() != 0) return nullptr;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("there is no user postgres");
  return user;
}

// Starts a program with nothing to read and its output in `log`.
pid_t Spawn(std::vector<std::string> command, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const passwd* user = OtherUser();
  const pid_t child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_RDONLY);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    if (user != nullptr &&
        (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 ||
         setuid(user->pw_uid) != 0)) {
      _exit(126);
    }
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  return child;
}

void Run(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  const std::string message = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (!done) throw std::runtime_error(sql + ": " + message);
}

bool Answers(const std::string& url) {
  return PQping(url.c_str()) == PQPING_OK;
}

}  // namespace

PostgresServer::PostgresServer() {
  if (const passwd* user = OtherUser(); user != nullptr) {
    if (chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("cannot give a folder to postgres");
    }
  }
  const pid_t child = Spawn(
      {Programs() / "initdb", "-D", folder_.File("data"), "-U", "postgres",
       "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"},
      folder_.File("log"));
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("initdb fails");
  Start();
  Run(url("postgres", "postgres"), "CREATE DATABASE welfare");
}

PostgresServer::~PostgresServer() {
  if (pid_ < 0) return;
  // At once, but so that it gives its shared memory back.
  Thaw();
  kill(pid_, SIGQUIT);
  waitpid(pid_, nullptr, 0);
}

std::string PostgresServer::url(const std::string& role,
                                const std::string& database) const {
  return "postgresql://" + role + "@/" + database +
         "?host=" + folder_.path().string();
}

void PostgresServer::Start() {
  pid_ = Spawn({Programs() / "postgres", "-D", folder_.File("data"), "-k",
                folder_.path(), "-c", "listen_addresses=", "-c", "fsync=off",
                "-c", "max_connections=100", "-c",
                // What one that is killed leaves goes with its folder.
                "dynamic_shared_memory_type=mmap"},
               folder_.File("log"));
  if (!WaitFor([&] { return Answers(url("postgres", "postgres")); })) {
    Kill();
    throw std::runtime_error("postgres does not start");
  }
}

void PostgresServer::Stop() {
  kill(pid_, SIGINT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::vector<pid_t> PostgresServer::Processes() const {
  std::vector<pid_t> processes = {pid_};
  const std::string pid = std::to_string(pid_);
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  for (pid_t child = 0; children >> child;) processes.push_back(child);
  return processes;
}

void PostgresServer::Kill() {
  if (pid_ < 0) return;
  // The first starts no others from now on.
  kill(pid_, SIGSTOP);
  const std::vector<pid_t> processes = Processes();
  for (const pid_t process : processes) kill(process, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  // A server does not start while processes of the one before it live.
  WaitFor([&] {
    for (const pid_t process : processes) {
      if (kill(process, 0) == 0) return false;
    }
    return true;
  });
}

void PostgresServer::Freeze() {
  kill(pid_, SIGSTOP);
  for (const pid_t process : Processes()) kill(process, SIGSTOP);
}

void PostgresServer::Thaw() {
  for (const pid_t process : Processes()) kill(process, SIGCONT);
}

std::string PostgresServer::SharedUrl() {
  if (const char* build = getenv("WELFARE_BINARY_DIR"); build != nullptr) {
    std::ifstream file(std::filesystem::path(build) / "tests/postgres-url");
    if (std::string url; std::getline(file, url) && Answers(url)) return url;
  }
  static const PostgresServer server;
  return server.url();
}

std::string PostgresServer::NewDatabase(const std::string& name) {
  std::string url = SharedUrl();
  Run(url, "CREATE DATABASE " + name);
  constexpr std::string_view kShared = "/welfare?";
  return url.replace(url.find(kShared), kShared.size(), "/" + name + "?");
}

}  // namespace welfare::support
