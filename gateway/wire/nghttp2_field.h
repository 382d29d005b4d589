#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string_view>

namespace welfare::gateway {

// A header field as nghttp2 takes it, which copies both texts when it is
// submitted. One that is not `indexed` leaves no trace in the table by which
// later ones are compressed: its value will not come again.
inline nghttp2_nv ToNv(std::string_view name, std::string_view value,
                       bool indexed = true) {
  // nghttp2's interface is not const.
  return {.name = const_cast<std::uint8_t*>(
              reinterpret_cast<const std::uint8_t*>(name.data())),
          .value = const_cast<std::uint8_t*>(
              reinterpret_cast<const std::uint8_t*>(value.data())),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = static_cast<std::uint8_t>(
              indexed ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX)};
}

}  // namespace welfare::gateway
