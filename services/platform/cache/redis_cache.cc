#include "services/platform/cache/redis_cache.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr char kCounterName[] = "welfare_cache_requests_total";
constexpr char kCounterHelp[] = "Cache look-ups and stores by result.";
constexpr std::string_view kKeyPrefix = "welfare:1:";
// Frame: magic, value length (8 bytes, big endian), SHA-256, value. Lives in
// Redis for as long as entries do; another layout needs another magic.
constexpr std::string_view kMagic = "WFC1";
constexpr std::size_t kHeader = 4 + 8 + 32;

struct Target {
  std::string unix_path;  // empty: host and port
  std::string host;
  int port = 6379;
  int db = 0;
  std::string password;
};

std::optional<int> ToInt(std::string_view text) {
  int value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() ||
      end != text.data() + text.size() || value < 0 || value > 65535) {
    return std::nullopt;
  }
  return value;
}

absl::StatusOr<Target> ParseUrl(std::string_view url) {
  Target target;
  if (url.starts_with("unix://")) {
    url.remove_prefix(7);
    const std::size_t query = url.find("?db=");
    if (query != std::string_view::npos) {
      const std::optional<int> db = ToInt(url.substr(query + 4));
      if (!db.has_value()) return CacheUrlInvalid("the db is no number");
      target.db = *db;
      url = url.substr(0, query);
    }
    if (!url.starts_with('/')) {
      return CacheUrlInvalid("the socket's path must be absolute");
    }
    target.unix_path = std::string(url);
    return target;
  }
  if (!url.starts_with("redis://")) {
    return CacheUrlInvalid("it must start with redis:// or unix://");
  }
  url.remove_prefix(8);
  const std::size_t at = url.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view login = url.substr(0, at);
    target.password = std::string(login.substr(login.find(':') + 1));
    url.remove_prefix(at + 1);
  }
  const std::size_t slash = url.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view db_text = url.substr(slash + 1);
    if (!db_text.empty()) {
      const std::optional<int> db = ToInt(db_text);
      if (!db.has_value()) return CacheUrlInvalid("the db is no number");
      target.db = *db;
    }
    url = url.substr(0, slash);
  }
  const std::size_t colon = url.rfind(':');
  if (colon != std::string_view::npos) {
    const std::optional<int> port = ToInt(url.substr(colon + 1));
    if (!port.has_value()) return CacheUrlInvalid("the port is no number");
    target.port = *port;
    url = url.substr(0, colon);
  }
  if (url.empty()) return CacheUrlInvalid("it names no host");
  target.host = std::string(url);
  return target;
}

std::string Seal(std::string_view key, std::string_view value) {
  base::Sha256 stream;
  stream.Update(key);
  stream.Update(std::string_view("\0", 1));
  stream.Update(value);
  return stream.Finish();
}

std::string Frame(std::string_view key, std::string_view value) {
  std::string out(kMagic);
  const std::uint64_t size = value.size();
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((size >> shift) & 0xff));
  }
  out += Seal(key, value);
  out += value;
  return out;
}

std::optional<std::string> Unframe(std::string_view key,
                                   std::string_view frame) {
  if (frame.size() < kHeader || !frame.starts_with(kMagic)) {
    return std::nullopt;
  }
  std::uint64_t size = 0;
  for (std::size_t i = 4; i < 12; ++i) {
    size = (size << 8) | static_cast<unsigned char>(frame[i]);
  }
  const std::string_view value = frame.substr(kHeader);
  if (size != value.size() || frame.substr(12, 32) != Seal(key, value)) {
    return std::nullopt;
  }
  return std::string(value);
}

// One GET that a caller waits for; shared by the caller and the loop.
struct Slot {
  std::mutex mutex;
  std::condition_variable done_changed;
  bool done = false;
  bool answered = false;  // false: broken off
  std::optional<std::string> frame;
};

struct Request {
  std::vector<std::string> arguments;
  std::shared_ptr<Slot> slot;  // null for SET
};

}  // namespace

// The connection and its thread. Everything below "loop thread only" is used
// by that thread alone.
class RedisCache::Loop {
 public:
  Loop(const Options& options, Target target, MetricsRegistry& metrics)
      : options_(options),
        target_(std::move(target)),
        hits_(Count(metrics, "hit")),
        misses_(Count(metrics, "miss")),
        faults_(Count(metrics, "fault")),
        connected_gauge_(metrics.AddGauge("welfare_cache_connected",
                                          "1 while the cache server answers.",
                                          {{"cache", "redis"}})),
        wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        thread_([this] { Run(); }) {}

  ~Loop() {
    stopping_.store(true);
    Wake();
    thread_.join();
    close(wake_);
  }

  std::optional<std::string> Get(std::string_view key) {
    if (!connected_.load()) return Fault();
    auto slot = std::make_shared<Slot>();
    if (!Post({.arguments = {"GET", Name(key)}, .slot = slot})) return Fault();
    std::unique_lock lock(slot->mutex);
    if (!slot->done_changed.wait_for(lock, options_.timeout,
                                     [&] { return slot->done; })) {
      lock.unlock();
      if (++faults_in_row_ >= options_.faults_to_open) Break();
      return Fault();
    }
    if (!slot->answered) return Fault();
    faults_in_row_.store(0);
    if (!slot->frame.has_value()) {
      misses_.Increment();
      return std::nullopt;
    }
    std::optional<std::string> value = Unframe(key, *slot->frame);
    if (!value.has_value()) return Fault();
    hits_.Increment();
    return value;
  }

  void Set(std::string_view key, std::string_view value,
           std::chrono::seconds lifetime) {
    if (!connected_.load() || lifetime.count() <= 0 ||
        value.size() > options_.max_value_bytes) {
      return;
    }
    Post({.arguments = {"SET", Name(key), Frame(key, value), "EX",
                        std::to_string(lifetime.count())},
          .slot = nullptr});
  }

  bool connected() const { return connected_.load(); }

 private:
  static Counter& Count(MetricsRegistry& metrics, const std::string& result) {
    return metrics.AddCounter(kCounterName, kCounterHelp,
                              {{"cache", "redis"}, {"result", result}});
  }
  static std::string Name(std::string_view key) {
    return std::string(kKeyPrefix) + std::string(key);
  }

  std::optional<std::string> Fault() {
    faults_.Increment();
    return std::nullopt;
  }

  // Opens the breaker: no calls until the server has answered a PING again.
  void Break() {
    connected_.store(false);
    reset_.store(true);
    Wake();
  }

  bool Post(Request request) {
    if (pending_.fetch_add(1) >= options_.max_pending) {
      pending_.fetch_sub(1);
      return false;
    }
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(request));
    }
    Wake();
    return true;
  }

  void Wake() const {
    const std::uint64_t one = 1;
    // A full counter wakes as well.
    if (write(wake_, &one, sizeof one) < 0) return;
  }

  // --- loop thread only from here ---

  void Run() {
    while (!stopping_.load()) {
      const SteadyTime now = std::chrono::steady_clock::now();
      if (reset_.exchange(false)) Disconnect();
      if (context_ != nullptr && !connected_.load() && now >= ping_deadline_) {
        Disconnect();  // the PING was not answered
      }
      if (context_ == nullptr && now >= next_attempt_) Connect();
      Send();
      pollfd fds[2] = {{.fd = wake_, .events = POLLIN, .revents = 0},
                       {.fd = -1, .events = 0, .revents = 0}};
      if (context_ != nullptr) {
        fds[1].fd = context_->c.fd;
        fds[1].events = static_cast<short>((want_read_ ? POLLIN : 0) |
                                           (want_write_ ? POLLOUT : 0));
      }
      poll(fds, 2, PollTimeout());
      if ((fds[0].revents & POLLIN) != 0) {
        std::uint64_t count = 0;
        if (read(wake_, &count, sizeof count) < 0) continue;
      }
      // A handler may end the connection and with it the context.
      constexpr short kBroken = POLLERR | POLLHUP | POLLNVAL;
      if (context_ != nullptr && (fds[1].revents & (POLLOUT | kBroken)) != 0 &&
          want_write_) {
        redisAsyncHandleWrite(context_);
      }
      if (context_ != nullptr && (fds[1].revents & (POLLIN | kBroken)) != 0) {
        redisAsyncHandleRead(context_);
      }
    }
    Disconnect();
    Refuse();
  }

  int PollTimeout() const {
    // Unconnected, time has to be looked at; connected, events wake us.
    return connected_.load() ? 1000
                             : static_cast<int>(std::max<std::int64_t>(
                                   1, options_.timeout.count() / 2));
  }

  void Connect() {
    const SteadyTime now = std::chrono::steady_clock::now();
    next_attempt_ = now + options_.retry_interval;
    ping_deadline_ = now + options_.timeout * 4;
    context_ = target_.unix_path.empty()
                   ? redisAsyncConnect(target_.host.c_str(), target_.port)
                   : redisAsyncConnectUnix(target_.unix_path.c_str());
    if (context_ == nullptr) return Lost();
    if (context_->err != 0) {
      redisAsyncFree(std::exchange(context_, nullptr));
      return Lost();
    }
    context_->data = this;
    context_->ev.data = this;
    context_->ev.addRead = [](void* self) { Of(self).want_read_ = true; };
    context_->ev.delRead = [](void* self) { Of(self).want_read_ = false; };
    context_->ev.addWrite = [](void* self) { Of(self).want_write_ = true; };
    context_->ev.delWrite = [](void* self) { Of(self).want_write_ = false; };
    context_->ev.cleanup = [](void* self) {
      Of(self).want_read_ = Of(self).want_write_ = false;
    };
    redisAsyncSetConnectCallback(
        context_, [](const redisAsyncContext* context, int status) {
          // hiredis frees the context of a failed attempt itself.
          if (status != REDIS_OK) Of(context->data).Lost();
        });
    redisAsyncSetDisconnectCallback(context_,
                                    [](const redisAsyncContext* context, int) {
                                      Of(context->data).Lost();
                                    });
    if (!target_.password.empty()) {
      redisAsyncCommand(context_, nullptr, nullptr, "AUTH %b",
                        target_.password.data(), target_.password.size());
    }
    if (target_.db != 0) {
      redisAsyncCommand(context_, nullptr, nullptr, "SELECT %d", target_.db);
    }
    redisAsyncCommand(
        context_,
        [](redisAsyncContext* context, void* reply, void*) {
          const auto* answer = static_cast<redisReply*>(reply);
          if (answer != nullptr && answer->type == REDIS_REPLY_STATUS) {
            Of(context->data).Up();
          }
        },
        nullptr, "PING");
  }

  static Loop& Of(void* self) { return *static_cast<Loop*>(self); }

  void Up() {
    faults_in_row_.store(0);
    connected_gauge_.Set(1);
    connected_.store(true);
    tried_ = true;
    LogInfo("the cache server answers");
  }

  // The context is gone, or about to be freed by hiredis.
  void Lost() {
    context_ = nullptr;
    want_read_ = want_write_ = false;
    connected_gauge_.Set(0);
    const bool was_connected = connected_.exchange(false);
    // Also when it never answered: whoever set it up believes it to be there.
    const bool first_attempt = !std::exchange(tried_, true);
    if (!was_connected && !first_attempt) return;
    if (stopping_.load()) return;
    LogWarning(
        "the cache server is away; answers are as before, but what the memory "
        "of this process does not hold is computed again",
        {{"server", target_.unix_path.empty()
                        ? target_.host + ":" + std::to_string(target_.port)
                        : target_.unix_path}});
  }

  void Disconnect() {
    if (context_ != nullptr) {
      // Calls every pending callback with no reply.
      redisAsyncFree(std::exchange(context_, nullptr));
    }
    Lost();
  }

  // Hands queued requests to hiredis; unconnected, breaks them off.
  void Send() {
    std::deque<Request> requests;
    {
      const std::lock_guard lock(mutex_);
      requests.swap(queue_);
    }
    for (Request& request : requests) {
      if (context_ == nullptr || !connected_.load()) {
        Answer(request.slot, nullptr);
        continue;
      }
      std::vector<const char*> texts;
      std::vector<std::size_t> sizes;
      for (const std::string& argument : request.arguments) {
        texts.push_back(argument.data());
        sizes.push_back(argument.size());
      }
      auto* owner = new Ticket{this, std::move(request.slot)};
      const int sent = redisAsyncCommandArgv(
          context_,
          [](redisAsyncContext*, void* reply, void* ticket) {
            const std::unique_ptr<Ticket> taken(static_cast<Ticket*>(ticket));
            taken->loop->Answer(taken->slot, static_cast<redisReply*>(reply));
          },
          owner, static_cast<int>(texts.size()), texts.data(), sizes.data());
      if (sent != REDIS_OK) {
        Answer(owner->slot, nullptr);
        delete owner;
      }
    }
  }

  void Refuse() {
    const std::lock_guard lock(mutex_);
    for (Request& request : queue_) Answer(request.slot, nullptr);
    queue_.clear();
  }

  void Answer(const std::shared_ptr<Slot>& slot, const redisReply* reply) {
    pending_.fetch_sub(1);
    if (slot == nullptr) return;
    {
      const std::lock_guard lock(slot->mutex);
      slot->done = true;
      slot->answered = reply != nullptr && (reply->type == REDIS_REPLY_STRING ||
                                            reply->type == REDIS_REPLY_NIL);
      if (slot->answered && reply->type == REDIS_REPLY_STRING &&
          reply->len <= options_.max_value_bytes + kHeader) {
        slot->frame.emplace(reply->str, reply->len);
      }
    }
    slot->done_changed.notify_one();
  }

  struct Ticket {
    Loop* loop;
    std::shared_ptr<Slot> slot;
  };

  const Options options_;
  const Target target_;
  Counter& hits_;
  Counter& misses_;
  Counter& faults_;
  Gauge& connected_gauge_;
  const int wake_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> connected_{false};
  std::atomic<bool> reset_{false};
  std::atomic<int> faults_in_row_{0};
  std::atomic<int> pending_{0};
  std::mutex mutex_;
  std::deque<Request> queue_;

  redisAsyncContext* context_ = nullptr;
  bool want_read_ = false;
  bool want_write_ = false;
  bool tried_ = false;  // an attempt to connect has ended
  SteadyTime next_attempt_;
  SteadyTime ping_deadline_;

  std::thread thread_;  // last: uses everything above
};

absl::StatusOr<std::unique_ptr<RedisCache>> RedisCache::Make(
    const Options& options, MetricsRegistry& metrics) {
  absl::StatusOr<Target> target = ParseUrl(options.url);
  if (!target.ok()) return target.status();
  return std::unique_ptr<RedisCache>(new RedisCache(
      std::make_unique<Loop>(options, *std::move(target), metrics)));
}

RedisCache::RedisCache(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
RedisCache::~RedisCache() = default;

SharedBytes RedisCache::Get(std::string_view key) {
  std::optional<std::string> value = loop_->Get(key);
  return value.has_value() ? Share(*std::move(value)) : nullptr;
}

void RedisCache::Set(std::string_view key, SharedBytes value,
                     std::chrono::seconds lifetime) {
  loop_->Set(key, *value, lifetime);
}

bool RedisCache::connected() const { return loop_->connected(); }

namespace {

// Memory first, Redis behind it. What comes from Redis is kept in memory for a
// while: its own lifetime is not known here, and values never go stale.
class TieredCache final : public Cache {
 public:
  TieredCache(std::unique_ptr<Cache> near, std::unique_ptr<Cache> far)
      : near_(std::move(near)), far_(std::move(far)) {}

  SharedBytes Get(std::string_view key) override {
    if (SharedBytes value = near_->Get(key)) return value;
    SharedBytes value = far_->Get(key);
    if (value != nullptr) near_->Set(key, value, kNearLifetime);
    return value;
  }

  void Set(std::string_view key, SharedBytes value,
           std::chrono::seconds lifetime) override {
    near_->Set(key, value, lifetime);
    far_->Set(key, std::move(value), lifetime);
  }

 private:
  static constexpr std::chrono::seconds kNearLifetime{300};
  std::unique_ptr<Cache> near_;
  std::unique_ptr<Cache> far_;
};

}  // namespace

absl::Status CheckCacheUrl(const std::string& redis_url) {
  return redis_url.empty() ? absl::OkStatus() : ParseUrl(redis_url).status();
}

absl::StatusOr<std::unique_ptr<Cache>> OpenCache(const std::string& redis_url,
                                                 MetricsRegistry& metrics) {
  auto memory = std::make_unique<MemoryCache>(MemoryCache::Options{}, metrics);
  if (redis_url.empty()) return memory;
  absl::StatusOr<std::unique_ptr<RedisCache>> redis =
      RedisCache::Make({.url = redis_url}, metrics);
  if (!redis.ok()) return redis.status();
  return std::make_unique<TieredCache>(std::move(memory), *std::move(redis));
}

}  // namespace welfare::platform
