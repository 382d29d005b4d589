#include "gateway/edge/tls_connection.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/edge/socket_state.h"
#include "services/platform/observe/log.h"

namespace welfare::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// The largest record, and what encryption adds to it.
constexpr std::size_t kRecordBytes = 16 * 1024 + 512;
// What is encrypted in one turn of the loop; the others wait meanwhile.
constexpr std::size_t kTurnBytes = 64 * 1024;
// What is read and dropped of a caller that was refused.
constexpr std::size_t kMostDropped = 64 * 1024;

std::string TextOf(const ASN1_STRING* text) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, text);
  if (size < 0) return "";
  std::string found(reinterpret_cast<const char*>(bytes),
                    static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return found;
}

// What an alternative name holds. Empty unless all of it is visible ASCII: a
// NUL has been used to show a name and mean another.
std::string AsciiOf(const ASN1_IA5STRING* text) {
  const std::string_view bytes(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
      static_cast<std::size_t>(ASN1_STRING_length(text)));
  const bool visible = std::all_of(
      bytes.begin(), bytes.end(), [](char c) { return c > ' ' && c < '\x7F'; });
  return visible ? std::string(bytes) : "";
}

PeerCertificate NamesIn(X509* certificate) {
  PeerCertificate names;
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (first >= 0 &&
      X509_NAME_get_index_by_NID(subject, NID_commonName, first) < 0) {
    names.common_name =
        TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
    if (names.common_name.find('\0') != std::string::npos) {
      names.common_name.clear();
    }
  }
  auto* const others = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(others); ++i) {
    const GENERAL_NAME* const other = sk_GENERAL_NAME_value(others, i);
    if (other->type != GEN_DNS && other->type != GEN_URI) continue;
    std::string text = AsciiOf(other->d.ia5);
    if (text.empty()) continue;
    (other->type == GEN_DNS ? names.dns_names : names.uris)
        .push_back(std::move(text));
  }
  GENERAL_NAMES_free(others);
  return names;
}

}  // namespace

// Shared with operations under way, which may outlive the connection. They
// hold what is to be called then; the state does not, so that a loop that ends
// lets go of everything.
struct TlsConnection::State : std::enable_shared_from_this<State> {
  State(tcp::socket socket_in, std::string peer_in, TlsContext& context_in)
      : socket(std::move(socket_in)),
        peer(std::move(peer_in)),
        context(context_in),
        settings(context.current()),
        ssl(SSL_new(settings.get()), SSL_free) {
    BIO* const bio = BIO_new(Method());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_accept_state(ssl.get());
  }

  // OpenSSL's view of the socket: it reads what has been received, and writes
  // to the network at once, so that nothing is copied on its way out.
  static const BIO_METHOD* Method() {
    static const BIO_METHOD* const method = [] {
      BIO_METHOD* const made = BIO_meth_new(
          BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "asio socket");
      BIO_meth_set_read(made, [](BIO* bio, char* to, int size) {
        return static_cast<State*>(BIO_get_data(bio))->BioRead(bio, to, size);
      });
      BIO_meth_set_write(made, [](BIO* bio, const char* from, int size) {
        return static_cast<State*>(BIO_get_data(bio))
            ->BioWrite(bio, from, size);
      });
      BIO_meth_set_ctrl(made, [](BIO* bio, int command, long, void*) -> long {
        const State& state = *static_cast<State*>(BIO_get_data(bio));
        if (command == BIO_CTRL_FLUSH) return 1;
        if (command == BIO_CTRL_EOF) return state.ended ? 1 : 0;
        return 0;
      });
      return made;
    }();
    return method;
  }

  int BioRead(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    if (received.empty()) {
      if (ended) return 0;
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t part =
        std::min(received.size(), static_cast<std::size_t>(size));
    std::memcpy(to, received.data(), part);
    received.remove_prefix(part);
    return static_cast<int>(part);
  }

  int BioWrite(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t taken =
        send(socket.native_handle(), from, static_cast<std::size_t>(size),
             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken >= 0) {
      taken_in_all += static_cast<std::uint64_t>(taken);
      return static_cast<int>(taken);
    }
    if (errno == EAGAIN || errno == EINTR) {
      BIO_set_retry_write(bio);
    }
    return -1;
  }

  // Gets more of what the caller sends, then goes on.
  template <typename Next>
  void Receive(Next next) {
    socket.async_read_some(
        asio::buffer(from_network),
        [self = shared_from_this(), next = std::move(next)](
            const boost::system::error_code& error, std::size_t size) {
          if (error) self->ended = true;
          self->received = {self->from_network.data(), size};
          next();
        });
  }

  template <typename Next>
  void AwaitWritable(Next next) {
    socket.async_wait(tcp::socket::wait_write,
                      [self = shared_from_this(), next = std::move(next)](
                          const boost::system::error_code& error) {
                        if (error) self->broken = true;
                        next();
                      });
  }

  void Handshake(OnHandshake then) {
    ERR_clear_error();
    const int result = broken ? -1 : SSL_accept(ssl.get());
    if (result == 1) return Shaken(then);
    const auto again = [self = shared_from_this(), then] {
      self->Handshake(then);
    };
    switch (broken ? SSL_ERROR_SSL : SSL_get_error(ssl.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Receive(again);
      case SSL_ERROR_WANT_WRITE:
        return AwaitWritable(again);
      default:
        return Refused(then);
    }
  }

  void Shaken(const OnHandshake& then) {
    shaken = true;
    context.Count(TlsContext::Handshake::kDone);
    X509* const certificate = SSL_get0_peer_certificate(ssl.get());
    if (certificate != nullptr &&
        SSL_get_verify_result(ssl.get()) == X509_V_OK) {
      peer_certificate = NamesIn(certificate);
    }
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl.get(), &name, &size);
    const std::string_view agreed(reinterpret_cast<const char*>(name), size);
    then(true, agreed == "h2"         ? AlpnProtocol::kHttp2
               : agreed == "http/1.1" ? AlpnProtocol::kHttp1
                                      : AlpnProtocol::kNone);
  }

  void Refused(const OnHandshake& then) {
    using Handshake = TlsContext::Handshake;
    // The last is what became of the handshake; before it stands why.
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    broken = true;
    Handshake ended_as = Handshake::kNothingInCommon;
    if (ended) {
      ended_as = Handshake::kLeft;
    } else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
      ended_as = Handshake::kNoCertificate;
    } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      ended_as = Handshake::kCertificate;
      platform::LogBatched(
          platform::LogLevel::kWarning, "a client's certificate was refused",
          {{"peer", peer},
           {"why",
            X509_verify_cert_error_string(SSL_get_verify_result(ssl.get()))}});
    } else if (reason == SSL_R_HTTP_REQUEST ||
               reason == SSL_R_HTTPS_PROXY_REQUEST ||
               reason == SSL_R_WRONG_VERSION_NUMBER) {
      ended_as = Handshake::kNotTls;
    }
    context.Count(ended_as);
    const bool told = ended_as == Handshake::kNoCertificate ||
                      ended_as == Handshake::kCertificate;
    if (!told) return then(false, AlpnProtocol::kNone);
    // Under TLS 1.3 its first request is on the way already, and closing upon
    // unread bytes could destroy the alert that says why.
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    Drop(then, 0);
  }

  void Drop(const OnHandshake& then, std::size_t dropped) {
    if (ended || dropped > kMostDropped) {
      return then(false, AlpnProtocol::kNone);
    }
    Receive([self = shared_from_this(), then, dropped] {
      self->Drop(then, dropped + self->received.size());
    });
  }

  // `inside`: of the call that set `then`.
  void Read(OnRead then, bool inside) {
    std::size_t size = 0;
    int error = SSL_ERROR_SSL;
    ERR_clear_error();
    while (!broken && size < plain.size()) {
      std::size_t part = 0;
      if (SSL_read_ex(ssl.get(), plain.data() + size, plain.size() - size,
                      &part) != 1) {
        error = SSL_get_error(ssl.get(), 0);
        break;
      }
      size += part;
    }
    const auto again = [self = shared_from_this(), then] {
      self->Read(then, false);
    };
    if (size == 0 && error == SSL_ERROR_WANT_READ) return Receive(again);
    if (size == 0 && error == SSL_ERROR_WANT_WRITE) return AwaitWritable(again);
    // After a close_notify our own half may still be said to end.
    if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
      broken = broken || size < plain.size();
    }
    const std::string_view bytes(plain.data(), size);
    if (!inside) return then(bytes);
    asio::post(socket.get_executor(),
               [self = shared_from_this(), then = std::move(then), bytes] {
                 then(bytes);
               });
  }

  void Push(OnWritten then, bool inside) {
    const std::size_t turn = std::min(out.size(), sent + kTurnBytes);
    int error = broken ? SSL_ERROR_SSL : SSL_ERROR_NONE;
    ERR_clear_error();
    while (error == SSL_ERROR_NONE && sent < turn) {
      std::size_t part = 0;
      if (SSL_write_ex(ssl.get(), out.data() + sent, out.size() - sent,
                       &part) == 1) {
        sent += part;
      } else {
        error = SSL_get_error(ssl.get(), 0);
      }
    }
    const auto again = [self = shared_from_this(), then] {
      self->Push(then, false);
    };
    if (error == SSL_ERROR_WANT_WRITE) return AwaitWritable(again);
    if (error == SSL_ERROR_NONE && sent < out.size()) {
      return asio::post(socket.get_executor(), again);
    }
    writing = false;
    const bool ok = error == SSL_ERROR_NONE;
    broken = broken || !ok;
    if (!inside) return then(ok);
    asio::post(
        socket.get_executor(),
        [self = shared_from_this(), then = std::move(then), ok] { then(ok); });
  }

  // Whether close_notify may be said: not after a fatal error, nor within a
  // record that is half out.
  bool CanSayEnd() const { return shaken && !broken && !writing; }

  void ShutdownWrite() {
    ERR_clear_error();
    if (CanSayEnd()) {
      const int result = SSL_shutdown(ssl.get());
      if (result < 0 &&
          SSL_get_error(ssl.get(), result) == SSL_ERROR_WANT_WRITE) {
        return AwaitWritable(
            [self = shared_from_this()] { self->ShutdownWrite(); });
      }
    }
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void Close() {
    if (!socket.is_open()) return;
    ERR_clear_error();
    if (CanSayEnd()) SSL_shutdown(ssl.get());
    boost::system::error_code ignored;
    socket.close(ignored);
  }

  tcp::socket socket;
  const std::string peer;
  TlsContext& context;
  const std::shared_ptr<SSL_CTX> settings;
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl;
  std::optional<PeerCertificate> peer_certificate;

  std::array<char, kRecordBytes> from_network;
  std::string_view received;  // what of it OpenSSL has not taken yet
  std::array<char, 16 * 1024> plain;
  std::string out;
  std::size_t sent = 0;
  std::uint64_t taken_in_all = 0;

  bool shaken = false;
  bool writing = false;
  bool ended = false;   // nothing more comes from the network
  bool broken = false;  // OpenSSL is not to be asked again
};

TlsConnection::TlsConnection(tcp::socket socket, std::string peer,
                             TlsContext& context)
    : state_(std::make_shared<State>(std::move(socket), std::move(peer),
                                     context)) {}

TlsConnection::~TlsConnection() { Close(); }

void TlsConnection::Handshake(OnHandshake then) {
  state_->Handshake(std::move(then));
}

void TlsConnection::Read(OnRead then) { state_->Read(std::move(then), true); }

void TlsConnection::Write(std::string bytes, OnWritten then) {
  state_->out = std::move(bytes);
  state_->sent = 0;
  state_->writing = true;
  state_->Push(std::move(then), true);
}

void TlsConnection::ShutdownWrite() { state_->ShutdownWrite(); }

void TlsConnection::Close() { state_->Close(); }

bool TlsConnection::left() const { return HasLeft(state_->socket); }

const std::string& TlsConnection::peer() const { return state_->peer; }

std::uint64_t TlsConnection::taken() const { return state_->taken_in_all; }

const PeerCertificate* TlsConnection::peer_certificate() const {
  return state_->peer_certificate.has_value() ? &*state_->peer_certificate
                                              : nullptr;
}

}  // namespace welfare::gateway
