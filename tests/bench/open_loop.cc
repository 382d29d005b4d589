// Asks for one resource over HTTP/1.1 at a rate of its own, whatever the
// answers do: a caller who waits for answers asks less of a server that is
// slow, and hides what overload is. Without a rate each connection asks again
// when it was answered: what a server can do at most. Prints one JSON object.
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/flags.h"

namespace welfare::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;

// What is due is looked for so often; a timer for each call would take a tenth
// of the processors that it shares with what it asks. A call counts from when
// it was due, not from when it was found.
constexpr std::chrono::milliseconds kBetweenLooks{1};

struct Plan {
  tcp::endpoint server;
  std::string request;
  int rate = 0;  // for each second; 0: as fast as answers come
  int connections = 1;
  Clock::time_point counted_from;  // what was due before warms up
  Clock::time_point until;         // nothing is due any more
  std::chrono::milliseconds good_within{0};
};

struct Counts {
  int due = 0;
  int unsent = 0;  // no connection was free
  int good = 0;    // answered, and in time
  int late = 0;    // answered
  int refused = 0;
  int failed = 0;
  std::vector<double> answered_us;
  std::vector<double> refused_us;
};

class Load;

// One connection, opened anew where it was closed.
class Caller {
 public:
  Caller(Load& load, asio::io_context& context)
      : load_(load), socket_(context) {}

  void Ask(Clock::time_point due);

 private:
  void Send();
  void ReadBody(std::size_t head);
  void Done(int status);

  Load& load_;
  tcp::socket socket_;
  std::string buffer_;
  std::size_t length_ = 0;
  Clock::time_point due_;
};

class Load {
 public:
  Load(const Plan& asked, asio::io_context& context)
      : plan(asked), context_(context), timer_(context) {}

  void Run() {
    began_ = Clock::now();
    if (plan.rate == 0) {
      while (static_cast<int>(callers_.size()) < plan.connections) {
        NewCaller().Ask(Clock::now());
      }
    } else {
      Tick();
    }
    context_.run();
  }

  // A call that was due then has ended with this HTTP status; 0: with none.
  void Ended(Caller& caller, Clock::time_point due, int status) {
    const Clock::time_point now = Clock::now();
    if (due >= plan.counted_from) {
      const std::chrono::duration<double, std::micro> took = now - due;
      if (status == 200) {
        ++(took <= plan.good_within ? counts.good : counts.late);
        counts.answered_us.push_back(took.count());
      } else if (status == 429 || status == 503) {
        ++counts.refused;
        counts.refused_us.push_back(took.count());
      } else {
        ++counts.failed;
      }
    }
    if (plan.rate != 0) {
      idle_.push_back(&caller);
    } else if (now < plan.until) {
      Count(now);
      caller.Ask(now);
    }
  }

  const Plan plan;
  Counts counts;

 private:
  Caller& NewCaller() {
    callers_.push_back(std::make_unique<Caller>(*this, context_));
    return *callers_.back();
  }

  void Count(Clock::time_point due) {
    if (due >= plan.counted_from) ++counts.due;
  }

  Clock::time_point DueAt(std::int64_t number) const {
    return began_ +
           std::chrono::nanoseconds(number * 1'000'000'000 / plan.rate);
  }

  void Tick() {
    const Clock::time_point now = Clock::now();
    for (; DueAt(begun_) <= now; ++begun_) {
      const Clock::time_point due = DueAt(begun_);
      if (due >= plan.until) return;
      Count(due);
      if (!idle_.empty()) {
        Caller& caller = *idle_.back();
        idle_.pop_back();
        caller.Ask(due);
      } else if (static_cast<int>(callers_.size()) < plan.connections) {
        NewCaller().Ask(due);
      } else if (due >= plan.counted_from) {
        ++counts.unsent;
      }
    }
    timer_.expires_at(std::max(DueAt(begun_), now + kBetweenLooks));
    timer_.async_wait([this](error_code) { Tick(); });
  }

  asio::io_context& context_;
  asio::steady_timer timer_;
  Clock::time_point began_;
  std::int64_t begun_ = 0;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<Caller*> idle_;
};

void Caller::Ask(Clock::time_point due) {
  due_ = due;
  if (socket_.is_open()) return Send();
  socket_.async_connect(load_.plan.server, [this](error_code error) {
    if (error) return Done(0);
    socket_.set_option(tcp::no_delay(true), error);
    Send();
  });
}

void Caller::Send() {
  asio::async_write(socket_, asio::buffer(load_.plan.request),
                    [this](error_code error, std::size_t) {
                      if (error) return Done(0);
                      asio::async_read_until(
                          socket_, asio::dynamic_buffer(buffer_), "\r\n\r\n",
                          [this](error_code failed, std::size_t head) {
                            if (failed) return Done(0);
                            ReadBody(head);
                          });
                    });
}

// The answers asked for are JSON with a length.
void Caller::ReadBody(std::size_t head) {
  constexpr std::string_view kLength = "content-length: ";
  const std::string_view text = std::string_view(buffer_).substr(0, head);
  const auto at = std::search(
      text.begin(), text.end(), kLength.begin(), kLength.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  length_ = 0;
  if (at == text.end() || head < 12) return Done(0);
  std::from_chars(&*at + kLength.size(), text.data() + head, length_);
  length_ += head;
  const auto end = [this] {
    int status = 0;
    std::from_chars(buffer_.data() + 9, buffer_.data() + 12, status);
    buffer_.erase(0, length_);
    Done(status);
  };
  if (buffer_.size() >= length_) return end();
  asio::async_read(socket_, asio::dynamic_buffer(buffer_),
                   asio::transfer_exactly(length_ - buffer_.size()),
                   [this, end](error_code error, std::size_t) {
                     if (error) return Done(0);
                     end();
                   });
}

void Caller::Done(int status) {
  if (status == 0) {
    error_code ignored;
    socket_.close(ignored);
    buffer_.clear();
  }
  load_.Ended(*this, due_, status);
}

double Percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(
      values.size() - 1,
      static_cast<std::size_t>(static_cast<double>(values.size()) * share))];
}

int Main(int argc, char** argv) {
  std::string address, path;
  int rate = 0, connections = 64, warm_up = 500, counted = 2000, good = 1000;
  if (const auto end = ReadFlags(
          "Asks for one resource at a rate of its own.",
          {{"--server", "127.0.0.1:PORT", &address, true},
           {"--path", "What is asked for", &path, true},
           {"--rate", "Requests a second; 0: as fast as answers come", &rate},
           {"--connections", "At most so many", &connections},
           {"--warm-up-ms", "What is due before does not count", &warm_up},
           {"--counted-ms", "For so long it does", &counted},
           {"--good-within-ms", "An answer that took longer is late", &good}},
          argc, argv)) {
    return *end;
  }
  const std::size_t colon = address.rfind(':');
  error_code error;
  int port = 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(),
                  port);
  Plan plan;
  plan.server =
      tcp::endpoint(asio::ip::make_address(address.substr(0, colon), error),
                    static_cast<unsigned short>(port));
  if (error || port == 0) {
    std::fprintf(stderr, "%s is no address\n", address.c_str());
    return 2;
  }
  plan.request = "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n";
  plan.rate = rate;
  plan.connections = connections;
  plan.counted_from = Clock::now() + std::chrono::milliseconds(warm_up);
  plan.until = plan.counted_from + std::chrono::milliseconds(counted);
  plan.good_within = std::chrono::milliseconds(good);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  asio::io_context context(1);
  Load load(plan, context);
  load.Run();
  Counts& counts = load.counts;
  std::printf(
      "{\"due\":%d,\"unsent\":%d,\"good\":%d,\"late\":%d,\"refused\":%d,"
      "\"failed\":%d,\"good_per_second\":%.1f,\"answered_p50_us\":%.1f,"
      "\"answered_p99_us\":%.1f,\"refused_p50_us\":%.1f,"
      "\"refused_p99_us\":%.1f}\n",
      counts.due, counts.unsent, counts.good, counts.late, counts.refused,
      counts.failed, counts.good * 1000.0 / counted,
      Percentile(counts.answered_us, 0.5), Percentile(counts.answered_us, 0.99),
      Percentile(counts.refused_us, 0.5), Percentile(counts.refused_us, 0.99));
  return 0;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
