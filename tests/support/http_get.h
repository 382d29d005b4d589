#pragma once

#include <string>

namespace welfare::support {

// A connection to a port of 127.0.0.1 that sends and reads bytes as they are.
class TcpClient {
 public:
  explicit TcpClient(int port);
  ~TcpClient();
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  void Send(const std::string& bytes);
  // Everything until the other side closes, for at most 20 seconds.
  std::string ReadAll();
  // The same until `end` has come, if it comes.
  std::string ReadUntil(const std::string& end);

 private:
  int fd_ = -1;
};

// The whole response, head and body, to one GET.
std::string HttpGet(int port, const std::string& path);

}  // namespace welfare::support
