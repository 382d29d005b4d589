#include "gateway/answers/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

constexpr std::string_view kMarksOfTokens = "!#$%&'*+-.^_`|~";

// "0.5" as 500; nothing where it is no quality.
std::optional<int> ReadQuality(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  if (text[0] != '0' && text[0] != '1') return std::nullopt;
  int quality = (text[0] - '0') * 1000;
  if (text.size() == 1) return quality;
  if (text[1] != '.') return std::nullopt;
  int place = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    quality += (c - '0') * place;
    place /= 10;
  }
  if (quality > 1000) return std::nullopt;
  return quality;
}

bool IsCoding(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') ||
           kMarksOfTokens.find(c) != std::string_view::npos;
  });
}

// The last of a coding counts. Nothing was said of one that has no value.
struct Said {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> any;  // `*`
};

// False where the header is malformed.
bool ReadCodings(std::string_view text, Said& said) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view element = TrimSpace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (element.empty()) continue;
    const std::size_t semicolon = std::min(element.find(';'), element.size());
    const std::string_view coding = TrimSpace(element.substr(0, semicolon));
    if (!IsCoding(coding)) return false;
    std::optional<int> quality = 1000;
    if (semicolon < element.size()) {
      const std::string_view weight = TrimSpace(element.substr(semicolon + 1));
      if (!weight.starts_with("q=") && !weight.starts_with("Q=")) return false;
      quality = ReadQuality(weight.substr(2));
      if (!quality.has_value()) return false;
    }
    if (coding == "*") {
      said.any = quality;
    } else if (EqualsIgnoreCaseAscii(coding, "gzip") ||
               EqualsIgnoreCaseAscii(coding, "x-gzip")) {
      said.gzip = quality;
    } else if (EqualsIgnoreCaseAscii(coding, "identity")) {
      said.identity = quality;
    }
  }
  return true;
}

std::string Deflate(z_stream& stream, std::string_view bytes, int flush) {
  std::string out;
  std::array<unsigned char, 16 * 1024> piece;
  // zlib writes to no input; its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  do {
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    if (deflate(&stream, flush) == Z_STREAM_ERROR) return out;
    out.append(reinterpret_cast<const char*>(piece.data()),
               piece.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  return out;
}

}  // namespace

bool TakenCodings::PreferGzip(std::size_t size) const {
  return PreferGzipStream() && (identity == 0 || size >= kLeastCompressed);
}

TakenCodings ReadAcceptEncoding(const std::vector<Header>& headers) {
  Said said;
  for (const Header& header : headers) {
    if (header.name == "accept-encoding" && !ReadCodings(header.value, said)) {
      return {};
    }
  }
  TakenCodings taken;
  taken.gzip = said.gzip.value_or(said.any.value_or(0));
  // `*` speaks for the identity only where it forbids it.
  taken.identity = said.identity.value_or(said.any == 0 ? 0 : 1);
  return taken;
}

struct GzipWriter::State {
  z_stream stream{};
};

GzipWriter::GzipWriter(Reach reach) : state_(std::make_unique<State>()) {
  // The first of zlib's levels that looks for better matches: time matters
  // more than the last few bytes. 16 more asks for gzip's head, not zlib's.
  constexpr int kLevel = 4;
  constexpr int kGzip = 16;
  const bool whole = reach == Reach::kAnswer;
  const int window_bits = whole ? 15 : 12;
  const int memory_level = whole ? 8 : 5;
  deflateInit2(&state_->stream, kLevel, Z_DEFLATED, window_bits + kGzip,
               memory_level, Z_DEFAULT_STRATEGY);
}

GzipWriter::~GzipWriter() { deflateEnd(&state_->stream); }

std::string GzipWriter::Write(std::string_view bytes, bool flush) {
  return Deflate(state_->stream, bytes, flush ? Z_SYNC_FLUSH : Z_NO_FLUSH);
}

std::string GzipWriter::Finish() {
  return Deflate(state_->stream, {}, Z_FINISH);
}

std::string Gzip(std::string_view bytes) {
  GzipWriter writer;
  std::string out = writer.Write(bytes, false);
  out += writer.Finish();
  return out;
}

std::string_view GzipVersion() { return zlibVersion(); }

}  // namespace welfare::gateway
