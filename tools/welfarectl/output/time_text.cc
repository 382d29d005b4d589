#include "tools/welfarectl/output/time_text.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "services/base/time/date.h"

namespace welfare::ctl {
namespace {

constexpr std::int64_t kTokyoOffsetSeconds = 9 * 3600;

std::string TimeIn(const google::protobuf::Timestamp& time, char between,
                   bool exact) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  const std::int64_t local = time.seconds() + kTokyoOffsetSeconds;
  const std::int64_t days = local / 86400 - (local % 86400 < 0 ? 1 : 0);
  const auto second = static_cast<int>(local - days * 86400);
  std::array<char, 32> clock{};
  std::snprintf(clock.data(), clock.size(), "%c%02d:%02d:%02d", between,
                second / 3600, second / 60 % 60, second % 60);
  std::string text =
      base::Date::FromDaysSinceEpoch(days).ToString() + clock.data();
  if (exact) {
    std::snprintf(clock.data(), clock.size(), ".%06d", time.nanos() / 1000);
    text += clock.data();
  }
  return text + "+09:00";
}

}  // namespace

std::string TimeText(const google::protobuf::Timestamp& time) {
  return TimeIn(time, ' ', /*exact=*/false);
}

std::string ExactTime(const google::protobuf::Timestamp& time) {
  return TimeIn(time, 'T', /*exact=*/true);
}

std::string TimeFor(const Session& session,
                    const google::protobuf::Timestamp& time) {
  return session.output() == Output::kTable ? TimeText(time) : ExactTime(time);
}

}  // namespace welfare::ctl
