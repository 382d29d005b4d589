#include "tests/support/http_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>

namespace welfare::support {

TcpClient::TcpClient(int port)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Nobody there: then nothing comes back either.
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

TcpClient::~TcpClient() {
  if (fd_ >= 0) close(fd_);
}

void TcpClient::Send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now =
        send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
  }
}

std::string TcpClient::ReadAll() { return ReadUntil(""); }

std::string TcpClient::ReadUntil(const std::string& end) {
  std::string out;
  char buffer[65536];
  while (end.empty() || out.find(end) == out.npos) {
    const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) break;
    out.append(buffer, static_cast<std::size_t>(size));
  }
  return out;
}

std::string HttpGet(int port, const std::string& path) {
  TcpClient client(port);
  client.Send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return client.ReadAll();
}

}  // namespace welfare::support
