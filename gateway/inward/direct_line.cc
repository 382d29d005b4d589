#include "gateway/inward/direct_line.h"

#include <nghttp2/nghttp2.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <map>

#include "gateway/exchange/event_loop.h"
#include "gateway/routes/text.h"
#include "gateway/wire/grpc_prefix.h"
#include "gateway/wire/nghttp2_field.h"
#include "services/base/coding/base64.h"

namespace welfare::gateway {
namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// The longest answer; a longer one is for the channel to refuse.
constexpr std::size_t kMaxAnswer = std::size_t{64} << 20;
constexpr std::size_t kWriteSize = std::size_t{64} * 1024;
// Nothing of the service's is held back: calls are bounded at its gate.
constexpr std::uint32_t kStreamWindow = 4U << 20;
constexpr std::int32_t kConnectionWindow = 64 << 20;
// After a failure the channel serves; so long until the line is tried again.
constexpr milliseconds kPauseAfterFailure{200};
// Deadlines are looked at so often while calls are under way. A service keeps
// them itself; this is for one that hangs.
constexpr milliseconds kLookEvery{20};
constexpr int kDeadlineExceeded = 4;

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kAbstract = "unix-abstract:";

std::optional<stream_protocol::endpoint> UnixEndpoint(std::string_view name,
                                                      bool abstract) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t lead = abstract ? 1 : 0;
  if (name.empty() || name.size() + lead + 1 > sizeof(address.sun_path)) {
    return std::nullopt;
  }
  std::memcpy(address.sun_path + lead, name.data(), name.size());
  // An abstract name ends with its length, a path with a NUL.
  const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + 1;
  return stream_protocol::endpoint(&address, size);
}

std::optional<stream_protocol::endpoint> EndpointOf(std::string_view address) {
  if (address.starts_with(kAbstract)) {
    return UnixEndpoint(address.substr(kAbstract.size()), true);
  }
  if (address.starts_with(kUnix)) {
    std::string_view path = address.substr(kUnix.size());
    if (path.starts_with("///")) path.remove_prefix(2);
    return UnixEndpoint(path, false);
  }
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  const std::string_view port_text = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, parsed] = std::from_chars(
      port_text.data(), port_text.data() + port_text.size(), port);
  boost::system::error_code error;
  const asio::ip::address ip = asio::ip::make_address(std::string(host), error);
  if (parsed != std::errc() || end != port_text.data() + port_text.size() ||
      error || !ip.is_loopback()) {
    return std::nullopt;
  }
  return stream_protocol::endpoint(asio::ip::tcp::endpoint(ip, port));
}

bool IsBinary(std::string_view key) { return key.ends_with("-bin"); }

// What is left until `deadline`, as gRPC writes it: at most eight digits, at
// least one nanosecond, rounded up.
std::string TimeoutOf(system_clock::time_point deadline) {
  const auto left = std::max<std::int64_t>(
      1, std::chrono::duration_cast<std::chrono::nanoseconds>(
             deadline - system_clock::now())
             .count());
  constexpr std::int64_t kDigits = 99'999'999;
  struct Unit {
    char letter;
    std::int64_t nanoseconds;
  };
  for (const Unit unit : {Unit{'n', 1}, Unit{'u', 1'000}, Unit{'m', 1'000'000},
                          Unit{'S', 1'000'000'000}}) {
    const std::int64_t amount =
        (left + unit.nanoseconds - 1) / unit.nanoseconds;
    if (amount <= kDigits) return std::to_string(amount) + unit.letter;
  }
  return std::to_string(kDigits) + 'S';
}

}  // namespace

struct DirectLine::State : std::enable_shared_from_this<State> {
  // One call.
  struct Stream {
    Then then;
    std::optional<system_clock::time_point> deadline;
    std::string out;  // the request, framed
    std::size_t sent = 0;
    bool is_grpc = false;  // the head of the answer says so
    bool too_large = false;
    std::optional<int> status;
    std::string body;
    DirectAnswer answer;

    // The answer, once the stream is closed.
    std::optional<DirectAnswer> Finished() {
      if (!is_grpc || !status.has_value() || too_large) return std::nullopt;
      answer.code = *status;
      if (*status == 0) {
        if (body.size() < kGrpcPrefix || body[0] != '\0') return std::nullopt;
        if (body.size() != kGrpcPrefix + LengthInGrpcPrefix(body)) {
          return std::nullopt;
        }
        answer.message = std::move(body);
        answer.message.erase(0, kGrpcPrefix);
      }
      return std::move(answer);
    }
  };
  enum class Stage { kDown, kConnecting, kUp };

  State(EventLoop& on, stream_protocol::endpoint to, std::string agent)
      : loop(on),
        endpoint(std::move(to)),
        user_agent(std::move(agent)),
        socket(on.context()),
        look(on) {}
  ~State() { nghttp2_session_del(session); }

  static State& Of(void* user) { return *static_cast<State*>(user); }

  // Whether what was begun on that connection still concerns anybody.
  bool Is(std::uint64_t of, Stage then) const {
    return connection == of && stage == then;
  }

  void Connect() {
    stage = Stage::kConnecting;
    ++connection;
    socket = stream_protocol::socket(loop.context());
    socket.async_connect(endpoint, [weak = weak_from_this(), of = connection](
                                       const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (self == nullptr || !self->Is(of, Stage::kConnecting)) return;
      if (error || !self->Begin()) return self->GoDown();
      self->Flush();
      self->Read();
    });
  }

  bool Begin() {
    nghttp2_session_callbacks* callbacks = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) return false;
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
          Of(user).OnHeader(*frame,
                            {reinterpret_cast<const char*>(name), name_size},
                            {reinterpret_cast<const char*>(value), value_size});
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          Of(user).OnFrame(*frame);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id,
                      const std::uint8_t* bytes, std::size_t size, void* user) {
          Of(user).OnData(id, {reinterpret_cast<const char*>(bytes), size});
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks,
        [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
          Of(user).OnClosed(id);
          return 0;
        });
    const int made = nghttp2_session_client_new(&session, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    if (made != 0) return false;
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow}};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
                            std::size(settings));
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                          kConnectionWindow);
    if (endpoint.protocol().family() != AF_UNIX) {
      boost::system::error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    stage = Stage::kUp;
    leaving = false;
    return true;
  }

  // Closes the connection; what is under way is not carried to its end.
  void GoDown() {
    stage = Stage::kDown;
    next_try = steady_clock::now() + kPauseAfterFailure;
    boost::system::error_code ignored;
    socket.close(ignored);
    nghttp2_session_del(std::exchange(session, nullptr));
    writing = false;
    for (auto& [id, stream] : std::exchange(streams, {})) {
      done.push_back(std::move(stream));
      done.back().status.reset();
    }
    TellDone();
  }

  std::optional<std::int32_t> Call(const DirectRequest& request, Then then) {
    if (stage == Stage::kDown && steady_clock::now() >= next_try) Connect();
    if (stage != Stage::kUp || leaving) return std::nullopt;
    std::vector<nghttp2_nv> fields;
    std::vector<std::string> encoded;
    fields.reserve(8 + request.metadata.size());
    encoded.reserve(1 + request.metadata.size());  // fields point into it
    fields.push_back(ToNv(":method", "POST"));
    fields.push_back(ToNv(":scheme", "http"));
    fields.push_back(ToNv(":path", request.method));
    fields.push_back(ToNv(":authority", "localhost"));
    fields.push_back(ToNv("te", "trailers"));
    fields.push_back(ToNv("content-type", "application/grpc"));
    fields.push_back(ToNv("user-agent", user_agent));
    if (request.deadline.has_value()) {
      encoded.push_back(TimeoutOf(*request.deadline));
      fields.push_back(ToNv("grpc-timeout", encoded.back(), false));
    }
    for (const auto& [key, value] : request.metadata) {
      if (IsBinary(key)) {
        encoded.push_back(base::EncodeBase64(value, false));
        fields.push_back(ToNv(key, encoded.back()));
      } else {
        fields.push_back(ToNv(key, value, key != "x-request-id"));
      }
    }
    nghttp2_data_provider provider{};
    provider.read_callback = [](nghttp2_session*, std::int32_t id,
                                std::uint8_t* buffer, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source*,
                                void* user) -> ssize_t {
      return Of(user).Fill(id, buffer, size, *flags);
    };
    const std::int32_t id = nghttp2_submit_request(
        session, nullptr, fields.data(), fields.size(), &provider, nullptr);
    if (id < 0) {
      // It has used up its numbers, or there is no memory. The last answer that
      // comes closes it; where none is waited for, nothing else would.
      leaving = true;
      if (streams.empty()) GoDown();
      return std::nullopt;
    }
    Stream& stream = streams[id];
    stream.then = std::move(then);
    stream.deadline = request.deadline;
    stream.out = GrpcFrame(request.message);
    if (stream.deadline.has_value()) Look();
    FlushSoon();
    return id;
  }

  void Cancel(std::int32_t id) {
    if (streams.erase(id) == 0) return;
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    FlushSoon();
  }

  ssize_t Fill(std::int32_t id, std::uint8_t* buffer, std::size_t size,
               std::uint32_t& flags) {
    const auto found = streams.find(id);
    // Cancelled: its reset goes first.
    if (found == streams.end()) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Stream& stream = found->second;
    const std::size_t part = std::min(size, stream.out.size() - stream.sent);
    std::memcpy(buffer, stream.out.data() + stream.sent, part);
    stream.sent += part;
    if (stream.sent == stream.out.size()) flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(part);
  }

  void OnHeader(const nghttp2_frame& frame, std::string_view name,
                std::string_view value) {
    const auto found = streams.find(frame.hd.stream_id);
    if (found == streams.end()) return;
    Stream& stream = found->second;
    if (name == ":status") {
      stream.is_grpc = value == "200";
    } else if (name == "content-type") {
      stream.is_grpc = stream.is_grpc && value.starts_with("application/grpc");
    } else if (name == "grpc-status") {
      int status = 0;
      const auto [end, parsed] =
          std::from_chars(value.data(), value.data() + value.size(), status);
      if (parsed == std::errc() && end == value.data() + value.size()) {
        stream.status = status;
      }
    } else if (name == "grpc-message") {
      const auto text = PercentDecode(value, PercentDecoding::kAll);
      stream.answer.status_message = text.value_or(std::string(value));
    } else if (name == "grpc-status-details-bin") {
      stream.answer.details = base::DecodeBase64(value).value_or("");
    } else if (!name.starts_with(':') && !name.starts_with("grpc-")) {
      std::string text(value);
      if (IsBinary(name)) text = base::DecodeBase64(value).value_or("");
      Metadata& metadata = frame.headers.cat == NGHTTP2_HCAT_RESPONSE
                               ? stream.answer.initial_metadata
                               : stream.answer.trailing_metadata;
      metadata.emplace_back(std::string(name), std::move(text));
    }
  }

  void OnFrame(const nghttp2_frame& frame) {
    if (frame.hd.type == NGHTTP2_GOAWAY) leaving = true;
    if (frame.hd.type != NGHTTP2_HEADERS ||
        frame.headers.cat != NGHTTP2_HCAT_RESPONSE ||
        (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) {
      return;
    }
    const auto found = streams.find(frame.hd.stream_id);
    if (found == streams.end()) return;
    // A head that is the end as well holds trailers.
    DirectAnswer& answer = found->second.answer;
    answer.trailing_metadata = std::move(answer.initial_metadata);
    answer.initial_metadata.clear();
  }

  void OnData(std::int32_t id, std::string_view bytes) {
    const auto found = streams.find(id);
    if (found == streams.end()) return;
    Stream& stream = found->second;
    if (stream.too_large) return;
    if (stream.body.size() + bytes.size() > kGrpcPrefix + kMaxAnswer) {
      stream.too_large = true;
      stream.body.clear();
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
      return;
    }
    stream.body.append(bytes);
  }

  void OnClosed(std::int32_t id) {
    const auto found = streams.find(id);
    if (found == streams.end()) return;
    done.push_back(std::move(found->second));
    streams.erase(found);
  }

  // Not from within nghttp2: what follows may cancel other calls.
  void TellDone() {
    for (Stream& stream : std::exchange(done, {})) {
      auto answer = stream.Finished();
      if (!answer.has_value() && stream.deadline.has_value() &&
          system_clock::now() >= *stream.deadline) {
        answer.emplace().code = kDeadlineExceeded;
      }
      stream.then(std::move(answer));
    }
  }

  void Read() {
    socket.async_read_some(
        asio::buffer(in),
        [weak = weak_from_this(), of = connection](
            const boost::system::error_code& error, std::size_t size) {
          const auto self = weak.lock();
          if (self == nullptr || !self->Is(of, Stage::kUp)) return;
          if (error) return self->GoDown();
          const ssize_t taken = nghttp2_session_mem_recv(
              self->session,
              reinterpret_cast<const std::uint8_t*>(self->in.data()), size);
          if (taken < 0) return self->GoDown();
          self->TellDone();
          self->Flush();
          if (self->stage != Stage::kUp) return;
          if (self->leaving && self->streams.empty()) return self->GoDown();
          self->Read();
        });
  }

  // Once for all that is begun in this turn of the loop.
  void FlushSoon() {
    if (writing || flush_due) return;
    flush_due = true;
    loop.Post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->flush_due = false;
      self->Flush();
    });
  }

  void Flush() {
    if (stage != Stage::kUp || writing) return;
    out.clear();
    while (out.size() < kWriteSize) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session, &bytes);
      if (size < 0) return GoDown();
      if (size == 0) break;
      out.append(reinterpret_cast<const char*>(bytes),
                 static_cast<std::size_t>(size));
    }
    written = 0;
    if (!out.empty()) return Write();
    // Nothing can come of it any more: the service has broken the protocol.
    if (nghttp2_session_want_read(session) == 0 &&
        nghttp2_session_want_write(session) == 0) {
      GoDown();
    }
  }

  void Write() {
    writing = true;
    socket.async_write_some(
        asio::buffer(out) + written,
        [weak = weak_from_this(), of = connection](
            const boost::system::error_code& error, std::size_t size) {
          const auto self = weak.lock();
          if (self == nullptr || !self->Is(of, Stage::kUp)) return;
          if (error) return self->GoDown();
          self->written += size;
          if (self->written < self->out.size()) return self->Write();
          self->writing = false;
          self->Flush();
        });
  }

  // Ends what is over its deadline, for as long as there is something to look
  // at.
  void Look() {
    if (std::exchange(looking, true)) return;
    look.Start(kLookEvery, [this] {
      looking = false;
      const auto now = system_clock::now();
      // A service that keeps deadlines has this much to say so itself.
      constexpr milliseconds kGrace{5};
      std::vector<std::int32_t> late;
      for (const auto& [id, stream] : streams) {
        if (stream.deadline.has_value() && *stream.deadline + kGrace < now) {
          late.push_back(id);
        }
      }
      for (const std::int32_t id : late) {
        auto stream = streams.extract(id);
        stream.mapped().status.reset();
        done.push_back(std::move(stream.mapped()));
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id,
                                  NGHTTP2_CANCEL);
      }
      if (!streams.empty()) Look();
      if (!late.empty()) FlushSoon();
      TellDone();
    });
  }

  EventLoop& loop;
  const stream_protocol::endpoint endpoint;
  const std::string user_agent;
  Stage stage = Stage::kDown;
  std::uint64_t connection = 0;  // counts them
  steady_clock::time_point next_try{};
  stream_protocol::socket socket;
  nghttp2_session* session = nullptr;
  bool leaving = false;  // the service takes no more calls on it
  std::map<std::int32_t, Stream> streams;
  std::vector<Stream> done;  // ended, and not told yet
  std::array<char, 64 * 1024> in;
  std::string out;
  std::size_t written = 0;  // of `out`
  bool writing = false;
  bool flush_due = false;
  LoopTimer look;
  bool looking = false;
};

bool DirectLine::Reaches(std::string_view address) {
  return EndpointOf(address).has_value();
}

DirectLine::DirectLine(EventLoop& loop, std::string_view address,
                       std::string user_agent)
    : state_(std::make_shared<State>(loop, EndpointOf(address).value(),
                                     std::move(user_agent))) {}

DirectLine::~DirectLine() = default;

std::optional<std::int32_t> DirectLine::Call(const DirectRequest& request,
                                             Then then) {
  return state_->Call(request, std::move(then));
}

void DirectLine::Cancel(std::int32_t call) { state_->Cancel(call); }

}  // namespace welfare::gateway
