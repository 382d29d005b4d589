#include "tools/welfarectl/backfill/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <utility>

#include "services/base/coding/json_text.h"
#include "tools/welfarectl/session/phrase.h"

namespace welfare::ctl {
namespace {

// A log gets a line each half minute or tenth, whichever comes first.
constexpr std::chrono::seconds kLineEvery{30};
constexpr int kLinePercent = 10;
constexpr std::chrono::milliseconds kBarEvery{200};
constexpr int kBarWidth = 30;

std::string ClockText(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  char text[32];
  std::snprintf(text, sizeof text, "%lld:%02lld",
                static_cast<long long>(whole / 60),
                static_cast<long long>(whole % 60));
  return text;
}

}  // namespace

Progress::Kind Progress::Parse(const std::string& word) {
  if (word == "bar") return Kind::kBar;
  if (word == "lines") return Kind::kLines;
  if (word == "json") return Kind::kJson;
  return word == "none" ? Kind::kNone : Kind::kAuto;
}

Progress::Progress(Kind kind, std::string what, std::int64_t bytes)
    : kind_(kind),
      what_(std::move(what)),
      bytes_(std::max<std::int64_t>(bytes, 1)),
      began_(Clock::now()),
      told_(began_) {
  if (kind_ == Kind::kAuto) {
    kind_ = isatty(STDERR_FILENO) != 0 ? Kind::kBar : Kind::kLines;
  }
}

Progress::~Progress() {
  if (open_) std::cerr << "\n";
}

void Progress::Update(const std::string& path, std::int64_t bytes,
                      std::int64_t records) {
  if (kind_ == Kind::kNone) return;
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const int percent =
      static_cast<int>(std::min<std::int64_t>(100, bytes * 100 / bytes_));
  switch (kind_) {
    case Kind::kBar:
      if (now - told_ < kBarEvery && percent < 100) return;
      Bar(percent, seconds, records);
      break;
    case Kind::kLines:
      if (now - told_ < kLineEvery && percent < told_percent_ + kLinePercent) {
        return;
      }
      std::cerr << Say("{what}: {percent}%, {records} records, {path}",
                       {{"what", what_},
                        {"percent", std::to_string(percent)},
                        {"records", std::to_string(records)},
                        {"path", path}})
                << std::endl;
      break;
    default:
      std::cerr << base::JsonObject()
                       .Add("messageType", "progress")
                       .Add("verb", what_)
                       .Add("file", path)
                       .Add("bytesDone", bytes)
                       .Add("bytesTotal", bytes_)
                       .Add("records", records)
                       .Text()
                << std::endl;
      break;
  }
  told_ = now;
  told_percent_ = percent;
}

void Progress::Bar(int percent, double seconds, std::int64_t records) {
  const int filled = percent * kBarWidth / 100;
  const double rate =
      seconds > 0 ? static_cast<double>(records) / seconds : 0.0;
  const double left = percent > 0 ? seconds * (100 - percent) / percent : 0.0;
  std::cerr << "\r" << std::string(static_cast<std::size_t>(filled), '#')
            << std::string(static_cast<std::size_t>(kBarWidth - filled), '.')
            << ' '
            << Say("{percent}% {records} records, {rate}/s, {left} left",
                   {{"percent", std::to_string(percent)},
                    {"records", std::to_string(records)},
                    {"rate", std::to_string(static_cast<std::int64_t>(rate))},
                    {"left", ClockText(left)}})
            << "  " << std::flush;
  open_ = true;
}

}  // namespace welfare::ctl
