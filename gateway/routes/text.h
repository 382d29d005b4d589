#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Text codings that HTTP and gRPC put around values. All functions are pure
// and may be called from any thread.
namespace welfare::gateway {

enum class PercentDecoding {
  // Every escape is decoded.
  kAll,
  // Every escape but %2F is decoded; %2F stays as it was written, so that a
  // value of several segments can still be split at its slashes.
  kAllButSlash,
  // As kAll, and `+` is a space: the rule of query strings.
  kQuery,
};

// Decodes `text` exactly once. Empty when an escape is incomplete or not
// hexadecimal, or when the result is not UTF-8 or holds NUL.
//
// Example: ("a%2Fb%20c", kAllButSlash) is "a%2Fb c".
std::optional<std::string> PercentDecode(std::string_view text,
                                         PercentDecoding decoding);

// `text`, which is UTF-8, or its first characters of at most `bytes` and "...":
// for showing callers their own text without letting an answer grow.
std::string CutUtf8(std::string_view text, std::size_t bytes);

// True when `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

// Encodes as the gRPC protocol asks of `grpc-message`: bytes outside
// 0x20..0x7E, and `%`, become %XX.
std::string EncodeGrpcMessage(std::string_view message);

// ASCII only: header names and media types.
std::string ToLowerAscii(std::string_view text);
bool EqualsIgnoreCaseAscii(std::string_view left, std::string_view right);

// `text` without spaces and tabs at both ends.
std::string_view TrimSpace(std::string_view text);

}  // namespace welfare::gateway
