#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "gateway/edge/tls_context.h"
#include "gateway/exchange/connection.h"

namespace welfare::gateway {

// What the handshake has agreed on; kNone: the caller named no protocol.
enum class AlpnProtocol { kNone, kHttp1, kHttp2 };

// A connection inside TLS. Its end is told as the end of a plain one is: a
// close_notify is the end of the stream, and so is a stream that breaks off
// without one, for HTTP says itself where its messages end. Close says
// close_notify where it can without waiting.
class TlsConnection final : public Connection {
 public:
  using OnHandshake = std::function<void(bool ok, AlpnProtocol agreed)>;

  // Handshakes with what `context` has now. `context` outlives it.
  TlsConnection(boost::asio::ip::tcp::socket socket, std::string peer,
                TlsContext& context);
  ~TlsConnection() override;

  // Comes first, once. A caller whose certificate is refused is told so, and
  // read from until it leaves or Close is called; `then` is called after that.
  void Handshake(OnHandshake then);

  void Read(OnRead then) override;
  void Write(std::string bytes, OnWritten then) override;
  void ShutdownWrite() override;
  void Close() override;
  bool left() const override;
  const std::string& peer() const override;
  bool encrypted() const override { return true; }
  std::uint64_t taken() const override;
  const PeerCertificate* peer_certificate() const override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace welfare::gateway
