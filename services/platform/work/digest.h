#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace welfare::platform {

// SHA-256 of `data`: 32 bytes, and as 64 lower-case hex digits.
std::string Sha256(std::string_view data);
std::string Sha256Hex(std::string_view data);

std::string HexEncode(std::string_view bytes);

// `count` bytes that nobody can guess.
std::string RandomBytes(std::size_t count);

// SHA-256 of data that comes in pieces. Used by one thread.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Update(std::string_view data);
  // Returns the 32 bytes. Call once, last.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
