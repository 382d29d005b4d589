#include "gateway/edge/listener.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <set>
#include <thread>
#include <utility>

#include "gateway/edge/door.h"
#include "gateway/edge/socket_state.h"
#include "gateway/edge/tls_connection.h"
#include "gateway/edge/tls_context.h"
#include "gateway/exchange/connection.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/http1/http1_session.h"
#include "gateway/http2/http2_session.h"
#include "services/platform/observe/log.h"

namespace welfare::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A connection without encryption.
class PlainConnection final : public Connection {
 public:
  PlainConnection(tcp::socket socket, std::string peer)
      : state_(std::make_shared<State>(std::move(socket))),
        peer_(std::move(peer)) {}
  ~PlainConnection() override { Close(); }

  void Read(OnRead then) override {
    state_->socket.async_read_some(
        asio::buffer(state_->in),
        [state = state_, then = std::move(then)](
            const boost::system::error_code& error, std::size_t size) {
          then(error ? std::string_view()
                     : std::string_view(state->in.data(), size));
        });
  }

  void Write(std::string bytes, OnWritten then) override {
    state_->out = std::move(bytes);
    state_->written = 0;
    State::Push(state_, std::move(then));
  }

  void ShutdownWrite() override {
    boost::system::error_code ignored;
    state_->socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void Close() override {
    boost::system::error_code ignored;
    state_->socket.close(ignored);
  }

  bool left() const override { return HasLeft(state_->socket); }
  const std::string& peer() const override { return peer_; }
  std::uint64_t taken() const override { return state_->taken; }

 private:
  // Shared with operations under way, which may outlive the connection.
  struct State {
    explicit State(tcp::socket s) : socket(std::move(s)) {}

    static void Push(const std::shared_ptr<State>& state, OnWritten then) {
      state->socket.async_write_some(
          asio::buffer(state->out) + state->written,
          [state, then = std::move(then)](
              const boost::system::error_code& error, std::size_t size) {
            state->written += size;
            state->taken += size;
            if (error || state->written == state->out.size()) {
              return then(!error);
            }
            Push(state, then);
          });
    }

    tcp::socket socket;
    std::array<char, 16 * 1024> in;
    std::string out;
    std::size_t written = 0;  // of `out`
    std::uint64_t taken = 0;
  };
  std::shared_ptr<State> state_;
  const std::string peer_;
};

// How long a caller who has just come may take to say what it wants once
// nothing more is accepted.
constexpr milliseconds kLastEntrance{1000};

// What a connection costs by itself: its buffers and those of nghttp2 or
// OpenSSL.
constexpr std::size_t kPlainBytes = std::size_t{32} * 1024;
constexpr std::size_t kTlsBytes = std::size_t{72} * 1024;

class Entrance;

// The connections of one loop; used on it only.
struct Lane {
  // Those that have no session yet. The loop, as it ends, lets go of them.
  std::set<Entrance*> entering;
  EventLoop loop;
  std::set<std::shared_ptr<Session>> sessions;
  bool draining = false;
};

// Who has a place, for when it must be given up. Used on its loop only.
struct Occupant {
  bool must_leave = false;
  std::weak_ptr<Entrance> entrance;
  std::weak_ptr<Session> session;
};

// Shakes hands where there is TLS, reads until the bytes say which protocol it
// is where the handshake did not, then makes the session. All of it has the
// time of a head.
class Entrance : public std::enable_shared_from_this<Entrance> {
 public:
  // `tls` is null for a plain connection, else it is `connection`.
  Entrance(Lane& lane, std::unique_ptr<Connection> connection,
           TlsConnection* tls, std::unique_ptr<Seat> seat,
           std::shared_ptr<Occupant> occupant, Dispatcher& dispatcher,
           const SessionLimits& limits, std::atomic<std::size_t>& count)
      : lane_(lane),
        connection_(std::move(connection)),
        tls_(tls),
        seat_(std::move(seat)),
        occupant_(std::move(occupant)),
        dispatcher_(dispatcher),
        limits_(limits),
        count_(count),
        timer_(lane.loop) {}
  ~Entrance() {
    lane_.entering.erase(this);
    if (connection_ == nullptr) return;
    --count_;
    // It came for nothing; a handshake, which costs most, is a call's worth.
    seat_->Waste(tls_ != nullptr ? kWastedCall : kWastedConnection);
  }

  void Start() {
    lane_.entering.insert(this);
    occupant_->entrance = weak_from_this();
    if (occupant_->must_leave) return Close();
    CloseAfter(lane_.draining ? kLastEntrance
                              : milliseconds(limits_.header_timeout_ms));
    if (tls_ == nullptr) return Read();
    tls_->Handshake([self = shared_from_this()](bool ok, AlpnProtocol agreed) {
      if (!ok) return;
      if (agreed == AlpnProtocol::kNone) return self->Read();
      self->Become(agreed == AlpnProtocol::kHttp2);
    });
  }

  void CloseAfter(milliseconds time) {
    timer_.Start(time, [this] { Close(); });
  }
  void Close() {
    if (connection_ != nullptr) connection_->Close();
  }

 private:
  void Read() {
    connection_->Read([self = shared_from_this()](std::string_view bytes) {
      if (bytes.empty() || self->LeftInVain()) return;
      self->seen_.append(bytes);
      const std::size_t common =
          std::min(self->seen_.size(), kHttp2Preface.size());
      const bool maybe_http2 =
          self->seen_.substr(0, common) == kHttp2Preface.substr(0, common);
      if (maybe_http2 && common < kHttp2Preface.size()) return self->Read();
      self->Become(maybe_http2);
    });
  }

  // Of a peer that is to calm down nobody is heard who has left meanwhile:
  // under a flood that is nearly everybody, and reading what they sent would
  // keep those waiting who stay.
  bool LeftInVain() const { return seat_->calm() && connection_->left(); }

  void Become(bool http2) {
    timer_.Cancel();
    seat_->Heard();
    Lane& lane = lane_;
    std::atomic<std::size_t>& count = count_;
    // The session is found again by a weak pointer to itself.
    auto slot = std::make_shared<std::weak_ptr<Session>>();
    const auto closed = [&lane, &count, slot] {
      --count;
      if (const auto session = slot->lock()) lane.sessions.erase(session);
    };
    const auto make = http2 ? MakeHttp2Session : MakeHttp1Session;
    const std::shared_ptr<Session> session =
        make(lane.loop, std::move(connection_), std::move(seat_), dispatcher_,
             limits_, closed);
    *slot = session;
    occupant_->session = session;
    lane.sessions.insert(session);
    session->Start(std::move(seen_));
    if (lane.draining) session->Drain();
  }

  Lane& lane_;
  std::unique_ptr<Connection> connection_;
  TlsConnection* const tls_;
  std::unique_ptr<Seat> seat_;
  const std::shared_ptr<Occupant> occupant_;
  Dispatcher& dispatcher_;
  const SessionLimits& limits_;
  std::atomic<std::size_t>& count_;
  LoopTimer timer_;
  std::string seen_;
};

}  // namespace

struct Listener::State {
  State(Options listener_options, Budget& peers_budget, Dispatcher& handlers)
      : options(std::move(listener_options)),
        budget(peers_budget),
        dispatcher(handlers),
        door([this](const tcp::endpoint& from) { return Receive(from); }) {}

  // Has a place; is let in to his lane.
  class Newcomer final : public Guest {
   public:
    Newcomer(State& state, Lane& lane, const tcp::endpoint& from,
             std::string peer, std::unique_ptr<Seat> seat,
             std::shared_ptr<Occupant> occupant)
        : state_(state),
          lane_(lane),
          protocol_(from.protocol()),
          peer_(std::move(peer)),
          seat_(std::move(seat)),
          occupant_(std::move(occupant)) {}

    bool on_probation() const override { return seat_->calm(); }

    void LetIn(int descriptor) override {
      State& state = state_;
      Lane& lane = lane_;
      // What is posted can be copied.
      struct Kept {
        tcp::socket socket;
        std::unique_ptr<Seat> seat;
      };
      auto kept = std::make_shared<Kept>(
          Kept{tcp::socket(lane.loop.context()), std::move(seat_)});
      boost::system::error_code error;
      kept->socket.assign(protocol_, descriptor, error);
      if (error) {
        close(descriptor);
        return state.door.TurnedTo();
      }
      ++state.count;
      lane.loop.Post([&state, &lane, kept, peer = std::move(peer_),
                      occupant = std::move(occupant_)] {
        state.Begin(lane, std::move(kept->socket), peer, std::move(kept->seat),
                    occupant);
        // Behind what it has read by now.
        lane.loop.Post([&state] { state.door.TurnedTo(); });
      });
    }

    void HasLeft() override { seat_->Waste(kWastedConnection); }

   private:
    State& state_;
    Lane& lane_;
    const tcp protocol_;
    std::string peer_;
    std::unique_ptr<Seat> seat_;
    std::shared_ptr<Occupant> occupant_;
  };

  const Options options;
  Budget& budget;
  Dispatcher& dispatcher;
  Door door;  // lanes call it
  std::vector<std::unique_ptr<Lane>> lanes;
  std::size_t next_lane = 0;  // on the door's thread
  std::atomic<std::size_t> count{0};
  bool started = false;

  // Whether a connection from there may come in at all.
  bool Admit(const std::string& address) const {
    if (!options.allowed.has_value() || options.allowed->Contains(address)) {
      return true;
    }
    if (options.turned_away != nullptr) options.turned_away->Increment();
    platform::LogBatched(platform::LogLevel::kWarning,
                         "a connection was turned away",
                         {{"address", address}});
    return false;
  }

  // Gives who comes from there a place; null: there is none for him.
  std::unique_ptr<Guest> Receive(const tcp::endpoint& from) {
    const std::string address = from.address().to_string();
    if (!Admit(address)) return nullptr;
    Lane& lane = *lanes[next_lane++ % lanes.size()];
    auto occupant = std::make_shared<Occupant>();
    const auto leave = [&lane, occupant] {
      lane.loop.Post([occupant] {
        occupant->must_leave = true;
        if (const auto session = occupant->session.lock()) {
          session->Abort();
        } else if (const auto entrance = occupant->entrance.lock()) {
          entrance->Close();
        }
      });
    };
    std::unique_ptr<Seat> seat = budget.Enter(
        address, options.tls == nullptr ? kPlainBytes : kTlsBytes, leave);
    if (seat == nullptr) return nullptr;
    return std::make_unique<Newcomer>(
        *this, lane, from, address + ":" + std::to_string(from.port()),
        std::move(seat), std::move(occupant));
  }

  void Begin(Lane& lane, tcp::socket socket, const std::string& peer,
             std::unique_ptr<Seat> seat,
             const std::shared_ptr<Occupant>& occupant) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::unique_ptr<Connection> connection;
    TlsConnection* tls = nullptr;
    if (options.tls != nullptr) {
      auto encrypted = std::make_unique<TlsConnection>(std::move(socket), peer,
                                                       *options.tls);
      tls = encrypted.get();
      connection = std::move(encrypted);
    } else {
      connection = std::make_unique<PlainConnection>(std::move(socket), peer);
    }
    std::make_shared<Entrance>(lane, std::move(connection), tls,
                               std::move(seat), occupant, dispatcher,
                               options.limits, count)
        ->Start();
  }
};

Listener::Listener(Options options, Budget& budget, Dispatcher& dispatcher)
    : state_(std::make_unique<State>(std::move(options), budget, dispatcher)) {
  const unsigned loops =
      state_->options.loops != 0
          ? state_->options.loops
          : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < loops; ++i) {
    state_->lanes.push_back(std::make_unique<Lane>());
  }
}

Listener::~Listener() = default;

absl::StatusOr<std::string> Listener::Listen(std::string_view address) {
  return state_->door.Listen(address);
}

void Listener::Start() {
  state_->started = true;
  for (const auto& lane : state_->lanes) lane->loop.Start();
  state_->door.Start();
}

void Listener::Drain() {
  if (!state_->started) return;
  state_->door.Shut();
  for (const auto& lane : state_->lanes) {
    lane->loop.Run([&lane] {
      lane->draining = true;
      for (Entrance* entrance : lane->entering) {
        entrance->CloseAfter(kLastEntrance);
      }
      const auto sessions = lane->sessions;
      for (const auto& session : sessions) session->Drain();
    });
  }
}

void Listener::CloseAll(steady_clock::time_point deadline) {
  if (!state_->started) return;
  while (state_->count.load() != 0 && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  for (const auto& lane : state_->lanes) {
    lane->loop.Run([&lane] {
      for (Entrance* entrance : lane->entering) entrance->Close();
      const auto sessions = lane->sessions;
      for (const auto& session : sessions) session->Abort();
    });
  }
}

void Listener::Stop() {
  for (const auto& lane : state_->lanes) lane->loop.Stop();
}

std::size_t Listener::connections() const { return state_->count.load(); }

}  // namespace welfare::gateway
