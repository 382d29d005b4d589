#include "tests/support/redis_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string_view>

#include "tests/support/wait_for.h"

namespace welfare::support {
namespace {

// Whether the server answers a PING.
bool Answers(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  char reply[8] = {};
  constexpr std::string_view kPing = "PING\r\n";
  const bool ok = connect(fd, reinterpret_cast<const sockaddr*>(&address),
                          sizeof address) == 0 &&
                  write(fd, kPing.data(), kPing.size()) ==
                      static_cast<ssize_t>(kPing.size()) &&
                  read(fd, reply, sizeof reply) > 0 && reply[0] == '+';
  close(fd);
  return ok;
}

}  // namespace

RedisServer::RedisServer() {
  // hiredis writes to a server that has gone without MSG_NOSIGNAL; the
  // product's processes ignore the signal too (RunProcess).
  signal(SIGPIPE, SIG_IGN);
  Start();
}

RedisServer::~RedisServer() { Kill(); }

std::string RedisServer::url() const {
  return "unix://" + folder_.File("redis.sock");
}

void RedisServer::Start() {
  const std::string socket_path = folder_.File("redis.sock");
  const std::string folder = folder_.path().string();
  const pid_t child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execlp("redis-server", "redis-server", "--port", "0", "--unixsocket",
           socket_path.c_str(), "--save", "", "--appendonly", "no", "--dir",
           folder.c_str(), nullptr);
    _exit(127);
  }
  pid_ = child;
  if (!WaitFor([&] { return Answers(socket_path); })) {
    Kill();
    throw std::runtime_error("redis-server does not start");
  }
}

void RedisServer::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::Freeze() { kill(pid_, SIGSTOP); }
void RedisServer::Thaw() { kill(pid_, SIGCONT); }

}  // namespace welfare::support
