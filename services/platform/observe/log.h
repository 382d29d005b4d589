#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"

namespace welfare::platform {

// The process's log on stderr, one line per event: a short sentence and fields
// with snake_case keys. Never secrets, answers or personal data. Any thread may
// call it. Text looks like
//   2025-06-16T00:00:00.000Z info  server started address=127.0.0.1:7101
// and json is one object per line with time, level, message and the fields.
enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

// One field; implicit so that {"rows", 12} reads as one.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, double, bool,
                             std::chrono::microseconds>;
  LogField(std::string_view key_in, std::string_view value_in)
      : key(key_in), value(value_in) {}
  LogField(std::string_view key_in, const char* value_in)
      : key(key_in), value(std::string_view(value_in)) {}
  LogField(std::string_view key_in, const std::string& value_in)
      : key(key_in), value(std::string_view(value_in)) {}
  LogField(std::string_view key_in, std::int64_t value_in)
      : key(key_in), value(value_in) {}
  LogField(std::string_view key_in, int value_in)
      : key(key_in), value(std::int64_t{value_in}) {}
  LogField(std::string_view key_in, double value_in)
      : key(key_in), value(value_in) {}
  LogField(std::string_view key_in, bool value_in)
      : key(key_in), value(value_in) {}
  // Written as seconds with six decimals: 0.000057.
  LogField(std::string_view key_in, std::chrono::microseconds value_in)
      : key(key_in), value(value_in) {}

  // A text that is left out where it is empty.
  static LogField IfAny(std::string_view key_in, std::string_view value_in) {
    LogField field(key_in, value_in);
    field.left_out = value_in.empty();
    return field;
  }

  // Borrowed for the call that logs.
  std::string_view key;
  Value value;
  bool left_out = false;
};

// Sets format and least level; text and info until then.
void ConfigureLog(LogFormat format, LogLevel level);

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {});

// As Log for lines that come by the thousand (the access log): a writer thread
// takes those of up to 20 ms together in one write. Order is kept, also with
// the lines of Log, which bring out what waits before them. Nothing is dropped:
// above 1 MiB the caller waits for the writer, and a process that ends by exit
// or return has written everything. One that is killed loses the last 20 ms.
void LogBatched(LogLevel level, std::string_view message,
                std::initializer_list<LogField> fields = {});

// Writes what LogBatched has kept so far.
void FlushLog();

inline void LogInfo(std::string_view message,
                    std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, message, fields);
}
inline void LogWarning(std::string_view message,
                       std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, message, fields);
}
inline void LogError(std::string_view message,
                     std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, message, fields);
}
// Logs a failure with its code, reason and message.
void LogStatus(LogLevel level, std::string_view message,
               const absl::Status& status);

// The line as it is written, without the newline. For tests.
std::string FormatLogLine(LogFormat format, LogLevel level,
                          std::int64_t time_micros, std::string_view message,
                          std::initializer_list<LogField> fields);

}  // namespace welfare::platform
