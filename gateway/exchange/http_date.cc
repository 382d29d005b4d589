#include "gateway/exchange/http_date.h"

#include <ctime>

namespace welfare::gateway {

std::string HttpDate() {
  const std::time_t now =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  // strftime's names would follow the locale; these are fixed.
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed",
                                   "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto two = [](int value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  return std::string(kDays[parts.tm_wday]) + ", " + two(parts.tm_mday) + " " +
         kMonths[parts.tm_mon] + " " + std::to_string(parts.tm_year + 1900) +
         " " + two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" +
         two(parts.tm_sec) + " GMT";
}

}  // namespace welfare::gateway
