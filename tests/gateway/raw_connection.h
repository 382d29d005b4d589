// Callers of the gateway that send bytes.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "tests/gateway/running_gateway.h"

namespace welfare::gateway {

// A TCP connection that sends and reads bytes.
class Raw {
 public:
  // The other end of the line is 127.0.0.`from`.
  explicit Raw(const RunningGateway& gateway, std::uint8_t from = 1)
      : Raw(gateway.port(), from) {}
  explicit Raw(std::uint16_t port, std::uint8_t from = 1) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    if (from != 1) {
      // A port is chosen by where it connects to, so that there are enough.
      const int on = 1;
      setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
      const sockaddr own = Loopback(from, 0);
      EXPECT_EQ(bind(fd_, &own, sizeof(own)), 0);
    }
    const sockaddr to = Loopback(1, port);
    EXPECT_EQ(connect(fd_, &to, sizeof(to)), 0);
  }
  ~Raw() { Close(); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  // The system takes little for it as long as nobody reads.
  void ReceiveLittle() {
    const int bytes = 4096;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
  }

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // False when the other side does not take it.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd waits{fd_, POLLOUT, 0};
      if (poll(&waits, 1, 5000) != 1) return false;
      const ssize_t sent =
          send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Reads until `enough` says so, the other side closes, or time is up.
  std::string Read(const std::function<bool(const std::string&)>& enough,
                   std::chrono::milliseconds limit = std::chrono::seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    char buffer[65536];
    while (!enough(got_)) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      pollfd waits{fd_, POLLIN, 0};
      if (left.count() <= 0 ||
          poll(&waits, 1, static_cast<int>(left.count())) != 1) {
        break;
      }
      const ssize_t size = recv(fd_, buffer, sizeof(buffer), 0);
      if (size <= 0) {
        closed_ = true;
        break;
      }
      got_.append(buffer, static_cast<std::size_t>(size));
    }
    return got_;
  }
  std::string ReadAll(
      std::chrono::milliseconds limit = std::chrono::seconds(5)) {
    return Read([](const std::string&) { return false; }, limit);
  }
  // What has come, or comes within `limit`; nothing of it is kept.
  std::string ReadSome(std::chrono::milliseconds limit) {
    pollfd waits{fd_, POLLIN, 0};
    if (poll(&waits, 1, static_cast<int>(limit.count())) != 1) return "";
    char buffer[65536];
    const ssize_t size = recv(fd_, buffer, sizeof(buffer), 0);
    closed_ = size <= 0;
    return closed_ ? "" : std::string(buffer, static_cast<std::size_t>(size));
  }
  bool closed() const { return closed_; }

 private:
  static sockaddr Loopback(std::uint8_t last, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~0xFFU) | last);
    sockaddr generic;
    static_assert(sizeof(generic) == sizeof(address));
    std::memcpy(&generic, &address, sizeof(address));
    return generic;
  }

  int fd_ = -1;
  std::string got_;
  bool closed_ = false;
};

inline int CountOf(const std::string& text, std::string_view part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// One HTTP/1.1 exchange on a connection of its own.
inline std::string Http(const RunningGateway& gateway,
                        const std::string& request_line,
                        const std::string& headers = "",
                        const std::string& body = "") {
  Raw raw(gateway);
  raw.Send(request_line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
           headers +
           (body.empty()
                ? ""
                : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
           "\r\n" + body);
  return raw.ReadAll();
}

// A body without the lines that cut it into chunks, as far as it came; `whole`
// says whether the last chunk was there.
inline std::string Unchunked(const std::string& response,
                             bool* whole = nullptr) {
  const std::size_t head = response.find("\r\n\r\n");
  std::string body;
  if (whole != nullptr) *whole = false;
  std::size_t at = head == std::string::npos ? response.size() : head + 4;
  while (at < response.size()) {
    const std::size_t line = response.find("\r\n", at);
    if (line == std::string::npos) break;
    const std::size_t size =
        std::stoul(response.substr(at, line - at), nullptr, 16);
    if (size == 0) {
      if (whole != nullptr) *whole = true;
      break;
    }
    body += response.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
  return body;
}

inline std::string BodyOf(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

}  // namespace welfare::gateway
