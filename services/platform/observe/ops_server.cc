#include "services/platform/observe/ops_server.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "services/platform/address.h"
#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Nobody who watches sends more.
constexpr std::size_t kMaxHead = 16 * 1024;

std::string Response(std::string_view status, std::string_view type,
                     std::string_view body, bool with_body,
                     std::string_view more = "") {
  std::string out = "HTTP/1.1 ";
  out += status;
  out += "\r\nContent-Type: ";
  out += type;
  out += "\r\nContent-Length: " + std::to_string(body.size());
  out += "\r\nCache-Control: no-store\r\nConnection: close\r\n";
  out += more;
  out += "\r\n";
  if (with_body) out += body;
  return out;
}

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

}  // namespace

struct OpsServer::State {
  // One connection and its one request.
  struct Peer : std::enable_shared_from_this<Peer> {
    Peer(State& owner, tcp::socket accepted)
        : state(owner), socket(std::move(accepted)), timer(state.context) {}

    void Start() {
      GiveUpAfter(state.options.head_timeout);
      Read();
    }

    void Read() {
      socket.async_read_some(
          asio::buffer(in), [self = shared_from_this()](const error_code& error,
                                                        std::size_t size) {
            if (error) return self->Close();
            self->head.append(self->in.data(), size);
            if (self->head.find("\r\n\r\n") != std::string::npos) {
              return self->Send(self->state.Answer(self->head));
            }
            if (self->head.size() > kMaxHead) {
              return self->Send(Response("431 Request Header Fields Too Large",
                                         kPlainText, "too long\n", true));
            }
            self->Read();
          });
    }

    void Send(std::string response) {
      answering = true;
      out = std::move(response);
      GiveUpAfter(state.options.send_timeout);
      asio::async_write(
          socket, asio::buffer(out),
          [self = shared_from_this()](const error_code&, std::size_t) {
            error_code ignored;
            self->socket.shutdown(tcp::socket::shutdown_both, ignored);
            self->Close();
          });
    }

    void GiveUpAfter(std::chrono::milliseconds time) {
      timer.expires_after(time);
      timer.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) self->Close();
      });
    }

    // Ends what is under way with it; the last of these lets go of the peer.
    void Close() {
      error_code ignored;
      socket.close(ignored);
      timer.cancel();
      state.peers.remove_if([this](const std::weak_ptr<Peer>& peer) {
        const auto other = peer.lock();
        return other == nullptr || other.get() == this;
      });
    }

    State& state;
    tcp::socket socket;
    asio::steady_timer timer;
    std::array<char, 4096> in;
    std::string head;
    std::string out;
    bool answering = false;
  };

  State(Options chosen, const MetricsRegistry& counted, const Readiness& asked)
      : options(std::move(chosen)),
        metrics(counted),
        readiness(asked),
        acceptor(context),
        pause(context) {}

  absl::Status Listen() {
    const auto fail = [this](std::string_view why) {
      return AddressUnavailable(options.address, why);
    };
    const std::optional<TcpAddress> address = ParseTcpAddress(options.address);
    if (!address.has_value()) return fail("it is no host and port");
    error_code error;
    const asio::ip::address ip = asio::ip::make_address(address->host, error);
    if (error) return fail("it is no IP address");
    const tcp::endpoint endpoint(ip, address->port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(128, error);
    if (!error) port = acceptor.local_endpoint(error).port();
    return error ? fail(error.message()) : absl::OkStatus();
  }

  void Accept() {
    acceptor.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {
        // Out of descriptors, most likely: waiting a little is better than
        // turning in circles.
        pause.expires_after(std::chrono::milliseconds(50));
        pause.async_wait([this](const error_code& ended) {
          if (!ended) Accept();
        });
        return;
      }
      if (peers.size() >= options.max_connections) MakeRoom();
      const auto peer = std::make_shared<Peer>(*this, std::move(socket));
      peers.push_back(peer);
      peer->Start();
      Accept();
    });
  }

  // Whoever has said nothing for longest goes; else who reads for longest.
  void MakeRoom() {
    auto found = std::find_if(peers.begin(), peers.end(),
                              [](const std::weak_ptr<Peer>& peer) {
                                const auto other = peer.lock();
                                return other == nullptr || !other->answering;
                              });
    if (found == peers.end()) found = peers.begin();
    const std::shared_ptr<Peer> peer = found->lock();
    if (peer == nullptr) {
      peers.erase(found);
    } else {
      peer->Close();
    }
  }

  std::string Answer(std::string_view head) const {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last ||
        !line.substr(last + 1).starts_with("HTTP/1.")) {
      return Response("400 Bad Request", kPlainText, "no HTTP/1 request\n",
                      true);
    }
    const std::string_view method = line.substr(0, first);
    std::string_view path = line.substr(first + 1, last - first - 1);
    path = path.substr(0, path.find('?'));
    const bool get = method == "GET";
    if (!get && method != "HEAD") {
      return Response("405 Method Not Allowed", kPlainText,
                      "only GET and HEAD\n", true, "Allow: GET, HEAD\r\n");
    }
    if (path == "/metrics") {
      return Response("200 OK", "text/plain; version=0.0.4; charset=utf-8",
                      metrics.Expose(), get);
    }
    if (path == "/livez") return Response("200 OK", kPlainText, "alive\n", get);
    if (path == "/readyz") {
      const Readiness::Answer answer = readiness.Look();
      return Response(answer.ready ? "200 OK" : "503 Service Unavailable",
                      kPlainText, answer.text, get);
    }
    return Response("404 Not Found", kPlainText,
                    "here are /metrics, /livez and /readyz\n", get);
  }

  const Options options;
  const MetricsRegistry& metrics;
  const Readiness& readiness;
  int port = 0;
  // In order of arrival; a peer lives in the operations under way with it.
  std::list<std::weak_ptr<Peer>> peers;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::jthread thread;
};

absl::StatusOr<std::unique_ptr<OpsServer>> OpsServer::Start(
    const Options& options, const MetricsRegistry& metrics,
    const Readiness& readiness) {
  auto state = std::make_unique<State>(options, metrics, readiness);
  if (absl::Status status = state->Listen(); !status.ok()) return status;
  state->Accept();
  state->thread = std::jthread([&context = state->context] { context.run(); });
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(state)));
}

OpsServer::OpsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

OpsServer::~OpsServer() {
  state_->context.stop();
  state_->thread.join();
}

int OpsServer::port() const { return state_->port; }

}  // namespace welfare::platform
