#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// In which codings a caller takes an answer: `accept-encoding` (RFC 9110,
// 12.5.3). Qualities in thousandths.
struct TakenCodings {
  int gzip = 0;
  // One that is not spoken of is taken where nothing better is at hand.
  int identity = 1;

  // Whether to send `size` bytes of JSON compressed.
  bool PreferGzip(std::size_t size) const;
  // Whether to send a stream compressed, whose size nobody knows.
  bool PreferGzipStream() const {
    return gzip > 0 && (identity == 0 || gzip >= identity);
  }
  // Neither form may be sent.
  bool none() const { return gzip == 0 && identity == 0; }
};

// Below this a compressed answer is hardly smaller, and costs a header.
inline constexpr std::size_t kLeastCompressed = 1024;

// No header, an empty one and one that is malformed (qualities above 1 or of
// more than three places, no tokens) ask for the identity.
TakenCodings ReadAcceptEncoding(const std::vector<Header>& headers);

// Compresses what it is given piece by piece, some 60 MB a second. Equal pieces
// give equal bytes: there is no time in the head. One thread at a time.
class GzipWriter {
 public:
  // How far back it looks for what was there before, which is what it holds.
  enum class Reach {
    kAnswer,  // 32 KiB; some 260 KiB are held
    kStream,  // 4 KiB, some lines; kStreamBytes are held, perhaps for days
  };
  static constexpr std::size_t kStreamBytes = std::size_t{40} * 1024;

  explicit GzipWriter(Reach reach = Reach::kAnswer);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  // Returns what is ready of `bytes` and those before; all of it with `flush`,
  // so that who reads a stream waits for nothing that was sent.
  std::string Write(std::string_view bytes, bool flush);
  // The end. Once; then no more.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Gzip(std::string_view bytes);

// "1.2.13": other versions may make other bytes.
std::string_view GzipVersion();

}  // namespace welfare::gateway
