#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace welfare::gateway {

// What a message of gRPC has before its bytes: a flag, and its length in four
// bytes, the highest first.
inline constexpr std::size_t kGrpcPrefix = 5;

// The length in the prefix that `bytes` begin with.
// REQUIRES: there are kGrpcPrefix of them.
inline std::uint32_t LengthInGrpcPrefix(std::string_view bytes) {
  std::uint32_t length = 0;
  for (std::size_t i = 1; i < kGrpcPrefix; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return length;
}

// `message`, which is not compressed, behind its prefix.
inline std::string GrpcFrame(std::string_view message) {
  const auto length = static_cast<std::uint32_t>(message.size());
  std::string frame;
  frame.reserve(kGrpcPrefix + message.size());
  frame.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>((length >> shift) & 0xFF));
  }
  frame.append(message);
  return frame;
}

}  // namespace welfare::gateway
