#include "services/platform/observe/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "services/base/error.h"
#include "services/base/time/clock.h"

namespace welfare::platform {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1000000;

std::atomic<LogFormat>& Format() {
  static std::atomic<LogFormat> format{LogFormat::kText};
  return format;
}

std::atomic<LogLevel>& LeastLevel() {
  static std::atomic<LogLevel> level{LogLevel::kInfo};
  return level;
}

void WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDERR_FILENO, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return;  // nobody reads stderr, and there is nowhere to say so
    }
  }
}

// Where lines go: stderr, at once or in batches. Any thread may call it.
//
// Invariants:
//   Lines arrive in the order of the calls, each whole, none twice.
//   Every line has been written when the process ends by exit or return.
class Stderr {
 public:
  // Lives as long as the process: threads may log while statics are destroyed.
  static Stderr& Get() {
    static auto* const made = new Stderr;
    return *made;
  }

  // Writes the line, after everything batched before it.
  void Write(std::string_view line) {
    std::unique_lock lock(mutex_);
    Append(line);
    WritePending(lock);
  }

  // Keeps the line for the writer, or writes when the writer is behind.
  void Batch(std::string_view line) {
    std::unique_lock lock(mutex_);
    const std::size_t before = pending_.size();
    Append(line);
    if (ended_ || pending_.size() > kMostPending) {
      WritePending(lock);
      return;
    }
    if (!writer_.joinable()) StartWriter();
    if (before == 0 || (before < kBatch && pending_.size() >= kBatch)) {
      changed_.notify_one();
    }
  }

  void Flush() {
    std::unique_lock lock(mutex_);
    WritePending(lock);
  }

 private:
  // How long a batched line may wait. Long enough that thousands of calls
  // share one write, short enough to read along.
  static constexpr std::chrono::milliseconds kDelay{20};
  static constexpr std::size_t kBatch = std::size_t{64} * 1024;
  // With a slow reader callers wait from here on: nothing is dropped.
  static constexpr std::size_t kMostPending = std::size_t{1024} * 1024;

  void Append(std::string_view line) {
    pending_ += line;
    pending_ += '\n';
  }

  // Under the lock, but for the time the writer is at work.
  void WritePending(std::unique_lock<std::mutex>& lock) {
    written_.wait(lock, [this] { return !writing_; });
    WriteAll(pending_);
    pending_.clear();
  }

  void StartWriter() {
    // Signals are for the process's own threads.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    writer_ = std::thread([this] { Run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::atexit([] { Get().End(); });
  }

  void Run() {
    std::string batch;
    std::unique_lock lock(mutex_);
    while (!ended_) {
      changed_.wait(lock, [this] { return ended_ || !pending_.empty(); });
      changed_.wait_for(lock, kDelay,
                        [this] { return ended_ || pending_.size() >= kBatch; });
      batch.swap(pending_);
      writing_ = true;
      lock.unlock();
      WriteAll(batch);
      batch.clear();
      lock.lock();
      writing_ = false;
      written_.notify_all();
    }
  }

  void End() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    writer_.join();
    Flush();
  }

  std::mutex mutex_;
  std::condition_variable changed_;  // for the writer
  std::condition_variable written_;  // for those who wait for the writer
  std::string pending_;              // guarded by mutex_
  bool writing_ = false;             // guarded by mutex_
  bool ended_ = false;               // guarded by mutex_
  std::thread writer_;               // started by the first batched line
};

std::string_view Word(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

// What stands behind the decimal point of a number of microseconds.
void AppendSixDigits(std::int64_t micros, std::string& line) {
  std::array<char, 6> digits;
  for (std::size_t i = digits.size(); i > 0; --i) {
    digits[i - 1] = static_cast<char>('0' + micros % 10);
    micros /= 10;
  }
  line.append(digits.data(), digits.size());
}

// Always six decimals, so that lines align and sort.
void AppendTime(std::int64_t micros, std::string& line) {
  std::int64_t rest = micros % kMicrosPerSecond;
  if (rest < 0) rest += kMicrosPerSecond;
  const std::int64_t second = micros - rest;
  // Lines of one second share the calendar's arithmetic.
  thread_local std::int64_t last_second = -1;
  thread_local std::string last_text;
  if (second != last_second || last_text.empty()) {
    last_text = base::Timestamp::FromMicros(second).ToRfc3339();
    last_text.back() = '.';  // instead of Z
    last_second = second;
  }
  line += last_text;
  AppendSixDigits(rest, line);
  line += 'Z';
}

std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

// Whether eight characters stand in JSON as they are. The high bit of a byte
// marks one that does not: below ' ', above '~', or equal to '"' or '\\' (zero
// after XOR). A carry or borrow comes only out of a marked byte, so the lowest
// of them is always marked and a plain word never is.
bool IsPlain(std::uint64_t eight) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  const auto below = [](std::uint64_t bytes, std::uint64_t bound) {
    return bytes - bound * kOnes;
  };
  const std::uint64_t marked = eight | below(eight, ' ') | (eight + kOnes) |
                               below(eight ^ ('"' * kOnes), 1) |
                               below(eight ^ ('\\' * kOnes), 1);
  return (marked & kHigh) == 0;
}

// Whether the text stands in JSON as it is. Looking at one character at a time
// was a fifth of what a read from memory costs beyond gRPC: each call has a
// line in the access log.
bool IsPlain(std::string_view text) {
  std::uint64_t eight = 0;
  for (; text.size() > sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    if (!IsPlain(eight)) return false;
  }
  std::array<char, sizeof eight> rest;
  rest.fill(' ');
  std::copy(text.begin(), text.end(), rest.begin());
  std::memcpy(&eight, rest.data(), sizeof eight);
  return IsPlain(eight);
}

void AppendQuoted(std::string_view text, std::string& line) {
  if (IsPlain(text)) {
    line += '"';
    line += text;
    line += '"';
  } else {
    line += Dump(text);
  }
}

void AppendNumber(std::int64_t number, std::string& line) {
  std::array<char, 32> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append(digits.data(), end);
}

// The shortest digits that read back as the same number; JSON has no infinity.
void AppendNumber(double number, std::string& line) {
  if (!std::isfinite(number)) {
    line += "null";
    return;
  }
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 number, std::chars_format::general)
                       .ptr;
  const std::string_view text(digits.data(),
                              static_cast<std::size_t>(end - digits.data()));
  line += text;
  if (text.find_first_of(".e") == std::string_view::npos) line += ".0";
}

// As seconds. Durations are read as numbers and compared by eye: always the
// same decimals, never an exponent.
void AppendNumber(std::chrono::microseconds duration, std::string& line) {
  std::int64_t micros = duration.count();
  if (micros < 0) {
    line += '-';
    micros = -micros;
  }
  AppendNumber(micros / kMicrosPerSecond, line);
  line += '.';
  AppendSixDigits(micros % kMicrosPerSecond, line);
}

struct AppendJson {
  std::string& line;

  void operator()(std::string_view text) const { AppendQuoted(text, line); }
  void operator()(std::int64_t number) const { AppendNumber(number, line); }
  void operator()(double number) const { AppendNumber(number, line); }
  void operator()(std::chrono::microseconds duration) const {
    AppendNumber(duration, line);
  }
  void operator()(bool truth) const { line += truth ? "true" : "false"; }
};

// Text values are bare words where that is unambiguous, else JSON strings.
struct AppendText : AppendJson {
  using AppendJson::operator();
  void operator()(std::string_view text) const {
    if (!text.empty() &&
        text.find_first_of(" \"=\\\n\r\t") == std::string_view::npos) {
      line += text;
    } else {
      AppendQuoted(text, line);
    }
  }
};

void AppendLine(LogFormat format, LogLevel level, std::int64_t time_micros,
                std::string_view message,
                std::initializer_list<LogField> fields, std::string& line) {
  if (format == LogFormat::kJson) {
    line += R"({"time":")";
    AppendTime(time_micros, line);
    line += R"(","level":")";
    line += Word(level);
    line += R"(","message":)";
    AppendQuoted(message, line);
    for (const LogField& field : fields) {
      if (field.left_out) continue;
      line += ",\"";
      line += field.key;  // plain: a constant of the code
      line += "\":";
      std::visit(AppendJson{line}, field.value);
    }
    line += '}';
    return;
  }
  AppendTime(time_micros, line);
  line += ' ';
  const std::string_view word = Word(level);
  line += word;
  line.append(8 - word.size(), ' ');
  for (const char c : message) line += c == '\n' || c == '\r' ? ' ' : c;
  for (const LogField& field : fields) {
    if (field.left_out) continue;
    line += ' ';
    line += field.key;
    line += '=';
    std::visit(AppendText{{line}}, field.value);
  }
}

// The line of now in a buffer of the thread's own, valid until its next line;
// empty when the level is not written.
std::string_view LineOfNow(LogLevel level, std::string_view message,
                           std::initializer_list<LogField> fields) {
  if (level < LeastLevel().load(std::memory_order_relaxed)) return {};
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  thread_local std::string line;
  line.clear();
  AppendLine(Format().load(std::memory_order_relaxed), level, now, message,
             fields, line);
  return line;
}

}  // namespace

std::string FormatLogLine(LogFormat format, LogLevel level,
                          std::int64_t time_micros, std::string_view message,
                          std::initializer_list<LogField> fields) {
  std::string line;
  AppendLine(format, level, time_micros, message, fields, line);
  return line;
}

void ConfigureLog(LogFormat format, LogLevel level) {
  Format().store(format);
  LeastLevel().store(level);
}

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) {
  const std::string_view line = LineOfNow(level, message, fields);
  if (!line.empty()) Stderr::Get().Write(line);
}

void LogBatched(LogLevel level, std::string_view message,
                std::initializer_list<LogField> fields) {
  const std::string_view line = LineOfNow(level, message, fields);
  if (!line.empty()) Stderr::Get().Batch(line);
}

void FlushLog() { Stderr::Get().Flush(); }

void LogStatus(LogLevel level, std::string_view message,
               const absl::Status& status) {
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string reason = base::ReasonOf(status);
  Log(level, message,
      {{"code", code}, {"reason", reason}, {"error", base::MessageOf(status)}});
}

}  // namespace welfare::platform
