// Frames of HTTP/2 made and found by hand.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::gateway {

inline std::string Frame(int type, int flags, std::uint32_t stream,
                  const std::string& payload) {
  std::string out;
  const auto size = static_cast<std::uint32_t>(payload.size());
  for (int shift = 16; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((size >> shift) & 0xFF));
  }
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((stream >> shift) & 0xFF));
  }
  return out + payload;
}

inline constexpr int kData = 0;
inline constexpr int kHeaders = 1;
inline constexpr int kReset = 3;
inline constexpr int kSettings = 4;
inline constexpr int kPing = 6;
inline constexpr int kGoaway = 7;
inline constexpr int kWindowUpdate = 8;
inline constexpr int kContinuation = 9;

inline const std::string& Hello() {
  static const std::string* hello = new std::string(
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, ""));
  return *hello;
}

// :method GET, :scheme http, :path / of HPACK's static table, :authority a.
inline const std::string kGetRoot = std::string("\x82\x86\x84\x41\x01") + "a";

// The frames of type `type` in what was read.
inline int CountFrames(const std::string& bytes, int type) {
  int count = 0;
  std::size_t at = 0;
  while (at + 9 <= bytes.size()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t size = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    if (static_cast<int>(byte(at + 3)) == type) ++count;
    at += 9 + size;
  }
  return count;
}

// :method POST, :scheme http, :path, :authority a, content-type of JSON.
inline std::string PostHeaders(const std::string& path) {
  const auto text = [](const std::string& value) {
    return std::string(1, static_cast<char>(value.size())) + value;
  };
  return std::string("\x83\x86\x44") + text(path) + "\x41" + text("a") +
         "\x5f" + text("application/json");
}

// :method GET, :scheme http, :path, :authority a. A path of less than 127 bytes.
inline std::string GetHeaders(const std::string& path) {
  return std::string("\x82\x86\x44") + static_cast<char>(path.size()) + path +
         "\x41\x01" + "a";
}

// The codes of all frames of type kReset or kGoaway, in their order.
inline std::vector<int> CodesOf(const std::string& bytes, int type) {
  std::vector<int> codes;
  std::size_t at = 0;
  while (at + 9 <= bytes.size()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t size = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    const std::size_t last = at + 9 + (type == kGoaway ? 7U : 3U);
    if (static_cast<int>(byte(at + 3)) == type && last < bytes.size()) {
      codes.push_back(static_cast<int>(byte(last)));
    }
    at += 9 + size;
  }
  return codes;
}

// Whether a GOAWAY with this code is among the frames.
inline bool SaysGoaway(const std::string& bytes, char code) {
  const std::vector<int> codes = CodesOf(bytes, kGoaway);
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace welfare::gateway
