#include "services/platform/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "services/base/clock.h"
#include "services/base/error.h"

namespace welfare::platform {
namespace {

std::atomic<LogFormat>& Format() {
  static std::atomic<LogFormat> format{LogFormat::kText};
  return format;
}

// Lives as long as the process: threads may log while statics are destroyed.
spdlog::logger& Logger() {
  static auto* logger = [] {
    auto* made = new spdlog::logger(
        "welfare", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

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

std::string Time(std::int64_t micros) {
  // Always six decimals, so that lines align and sort.
  const std::string seconds =
      base::Timestamp::FromMicros(micros - micros % 1000000).ToRfc3339();
  return fmt::format("{}.{:06}Z", seconds.substr(0, seconds.size() - 1),
                     micros % 1000000);
}

nlohmann::ordered_json ToJson(const LogField::Value& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); },
                    value);
}

std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

// Text values are bare words where that is unambiguous, else JSON strings.
std::string ToText(const LogField::Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text != nullptr && !text->empty() &&
      text->find_first_of(" \"=\\\n\r\t") == std::string_view::npos) {
    return std::string(*text);
  }
  return Dump(ToJson(value));
}

}  // namespace

std::string FormatLogLine(LogFormat format, LogLevel level,
                          std::int64_t time_micros, std::string_view message,
                          std::initializer_list<LogField> fields) {
  if (format == LogFormat::kJson) {
    nlohmann::ordered_json line;
    line["time"] = Time(time_micros);
    line["level"] = Word(level);
    line["message"] = message;
    for (const LogField& field : fields) {
      line[std::string(field.key)] = ToJson(field.value);
    }
    return Dump(line);
  }
  std::string line;
  for (const char c : message) line += c == '\n' || c == '\r' ? ' ' : c;
  line = fmt::format("{} {:<7} {}", Time(time_micros), Word(level), line);
  for (const LogField& field : fields) {
    line += fmt::format(" {}={}", field.key, ToText(field.value));
  }
  return line;
}

void ConfigureLog(LogFormat format, LogLevel level) {
  Format().store(format);
  Logger().set_level(ToSpdlog(level));
}

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) {
  const auto spdlog_level = ToSpdlog(level);
  if (!Logger().should_log(spdlog_level)) return;
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const std::string line =
      FormatLogLine(Format().load(), level, now, message, fields);
  Logger().log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

void LogStatus(LogLevel level, std::string_view message,
               const absl::Status& status) {
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string reason = base::ReasonOf(status);
  Log(level, message,
      {{"code", code}, {"reason", reason}, {"error", base::MessageOf(status)}});
}

}  // namespace welfare::platform
