#include "gateway/edge/door.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <deque>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/errors.h"
#include "services/platform/work/background.h"

namespace welfare::gateway {
namespace {

using boost::asio::ip::tcp;
using std::chrono::steady_clock;

// What the system keeps of connections that were not accepted yet.
constexpr int kBacklog = 1024;
// Looked at together: how many are accepted before who is on probation gets
// his turn, and how many of those are asked about in one system call.
constexpr std::size_t kTogether = 64;
// Out of descriptors, most likely: waiting a little is better than turning in
// circles.
constexpr std::chrono::milliseconds kRetry{50};

// After somebody who was refused or is on probation more of his kind are likely
// to come: waking up for several of them at once leaves the processor to those
// who serve.
constexpr std::chrono::microseconds kBreath{250};

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  int get() const { return descriptor_; }
  int Release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

// A connection attempt that failed by itself, and says nothing of the next.
bool IsOfOneCaller(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
    case ENONET:
    case EOPNOTSUPP:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Door::State {
  // Somebody who has to stay until `until`.
  struct Waiting {
    steady_clock::time_point until;
    Descriptor connection;
    std::unique_ptr<Guest> guest;
  };

  explicit State(Receive receive_guest)
      : receive(std::move(receive_guest)),
        signal(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  bool crowded() const { return behind.load() >= kMostBehind; }

  void Signal() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = write(signal.get(), &one, sizeof one);
  }

  void Run() {
    while (!shut.load()) {
      Wait();
      bool more = steady_clock::now() >= next_accept;
      do {
        bool several = false;
        for (tcp::acceptor& acceptor : acceptors) {
          several |= more && Accept(acceptor);
        }
        more = several;
        LetInWhoStayed();
      } while (more && !shut.load());
    }
    // Whoever was accepted has the time that those inside have.
    for (Waiting& waiting : on_probation) {
      ++behind;
      waiting.guest->LetIn(waiting.connection.Release());
    }
    on_probation.clear();
  }

  // For somebody to come, to have stayed, or to be turned to.
  void Wait() {
    std::optional<steady_clock::duration> longest;
    const steady_clock::time_point now = steady_clock::now();
    if (!crowded() && !on_probation.empty()) {
      longest = on_probation.front().until - now;
    }
    const bool accepting = !crowded() && now >= next_accept;
    if (!crowded() && !accepting) {
      longest = std::min(longest.value_or(kRetry), next_accept - now);
    }
    std::vector<pollfd> events = {
        {.fd = signal.get(), .events = POLLIN, .revents = 0}};
    if (accepting) {
      for (tcp::acceptor& acceptor : acceptors) {
        events.push_back(
            {.fd = acceptor.native_handle(), .events = POLLIN, .revents = 0});
      }
    }
    timespec time{};
    if (longest.has_value()) {
      const auto nanoseconds =
          std::max<std::int64_t>(0, std::chrono::nanoseconds(*longest).count());
      time = {.tv_sec = nanoseconds / 1'000'000'000,
              .tv_nsec = nanoseconds % 1'000'000'000};
    }
    ppoll(events.data(), events.size(), longest.has_value() ? &time : nullptr,
          nullptr);
    if (events[0].revents != 0) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto size =
          read(signal.get(), &ignored, sizeof ignored);
    }
  }

  // Returns whether there may be more.
  bool Accept(tcp::acceptor& acceptor) {
    for (std::size_t i = 0; i < kTogether; ++i) {
      if (crowded()) return false;
      tcp::endpoint from;
      auto size = static_cast<socklen_t>(from.capacity());
      Descriptor connection(accept4(acceptor.native_handle(), from.data(),
                                    &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (connection.get() < 0) {
        if (errno == EAGAIN) return false;
        if (IsOfOneCaller(errno)) continue;
        next_accept = steady_clock::now() + kRetry;
        return false;
      }
      from.resize(size);
      std::unique_ptr<Guest> guest = receive(from);
      if (guest == nullptr || guest->on_probation()) {
        next_accept = steady_clock::now() + kBreath;
      }
      if (guest == nullptr) continue;
      if (guest->on_probation()) {
        on_probation.push_back({.until = steady_clock::now() + kProbation,
                                .connection = std::move(connection),
                                .guest = std::move(guest)});
      } else {
        ++behind;
        guest->LetIn(connection.Release());
      }
    }
    return true;
  }

  void LetInWhoStayed() {
    std::vector<pollfd> ends;
    const steady_clock::time_point now = steady_clock::now();
    for (const Waiting& waiting : on_probation) {
      if (waiting.until > now || ends.size() == kTogether) break;
      ends.push_back(
          {.fd = waiting.connection.get(), .events = POLLRDHUP, .revents = 0});
    }
    if (ends.empty()) return;
    poll(ends.data(), ends.size(), 0);
    for (const pollfd& end : ends) {
      const bool left = end.revents != 0;
      if (!left && crowded()) return;
      Waiting waiting = std::move(on_probation.front());
      on_probation.pop_front();
      if (left) {
        waiting.connection = Descriptor(-1);
        waiting.guest->HasLeft();
      } else {
        ++behind;
        waiting.guest->LetIn(waiting.connection.Release());
      }
    }
  }

  const Receive receive;
  const Descriptor signal;
  boost::asio::io_context context;  // runs nothing; sockets ask for one
  std::vector<tcp::acceptor> acceptors;
  std::deque<Waiting> on_probation;
  steady_clock::time_point next_accept{};
  std::atomic<std::size_t> behind{0};
  std::atomic<bool> shut{false};
  std::jthread thread;
};

Door::Door(Receive receive)
    : state_(std::make_unique<State>(std::move(receive))) {}

Door::~Door() = default;

absl::StatusOr<std::string> Door::Listen(std::string_view address) {
  namespace asio = boost::asio;
  const auto wrong = [&address](std::string_view why) {
    return platform::SettingInvalid(
        "listen", "'" + std::string(address) + "' " + std::string(why));
  };
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return wrong("has no port");
  std::string_view host = address.substr(0, colon);
  const std::string_view port_text = address.substr(colon + 1);
  unsigned port = 0;
  const auto [end, parsed] = std::from_chars(
      port_text.data(), port_text.data() + port_text.size(), port);
  if (parsed != std::errc() || end != port_text.data() + port_text.size() ||
      port > 65535) {
    return wrong("has no port from 0 to 65535");
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const asio::ip::address ip = asio::ip::make_address(std::string(host), error);
  if (error) return wrong("is no IP address with a port");

  tcp::acceptor acceptor(state_->context);
  const tcp::endpoint endpoint(ip, static_cast<unsigned short>(port));
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.non_blocking(true, error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return platform::AddressUnavailable(address, error.message());
  const tcp::endpoint bound = acceptor.local_endpoint(error);
  state_->acceptors.push_back(std::move(acceptor));
  const std::string text =
      ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string();
  return text + ":" + std::to_string(bound.port());
}

void Door::Start() {
  state_->thread = std::jthread([state = state_.get()] {
    // Under a flood it has work all the time.
    platform::GiveWayToWakers();
    state->Run();
  });
}

void Door::TurnedTo() {
  if (--state_->behind == kMostBehind - 1) state_->Signal();
}

void Door::Shut() {
  state_->shut = true;
  state_->Signal();
  if (state_->thread.joinable()) state_->thread.join();
  state_->acceptors.clear();
}

}  // namespace welfare::gateway
