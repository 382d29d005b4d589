// The libFuzzer entry point for heads and bodies of HTTP/1, and an ordinary
// test that feeds it a corpus and seeded mutations: a head that is taken holds
// nothing that another could read differently, and its body is the same however
// it comes in parts.
//
// The first byte of an input says how it is cut.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/http1/http1_body.h"
#include "gateway/http1/http1_head.h"
#include "tests/gateway/fuzz.h"

namespace welfare::gateway {
namespace {

constexpr std::size_t kLines = 100;

struct Body {
  std::string bytes;
  std::size_t consumed = 0;
  bool malformed = false;
  bool done = false;

  bool operator==(const Body&) const = default;
};

// As a session gives it: what was not consumed again, with more behind it.
// `waits`: how much waits at the end for what is to come.
Body ReadInParts(std::string_view head, std::string_view rest, std::size_t part,
                 std::size_t& waits) {
  Http1Body reader(head);
  Body body;
  body.done = reader.done();
  std::string waiting;
  while (!body.done && !body.malformed && !rest.empty()) {
    waiting.append(rest.substr(0, part));
    rest.remove_prefix(std::min(part, rest.size()));
    const Http1Body::Result result = reader.Feed(
        waiting, [&body](std::string_view bytes) { body.bytes.append(bytes); });
    body.consumed += result.consumed;
    waiting.erase(0, result.consumed);
    body.malformed = result.progress == Http1Body::Progress::kMalformed;
    body.done = result.progress == Http1Body::Progress::kDone;
  }
  waits = waiting.size();
  return body;
}

// Where it was seen that a body is wrong may differ. Beast looks for the end of
// an extension behind its line as well, so one that is wrong may still wait for
// more where it came whole; it never ends.
bool Agree(const Body& a, const Body& b) {
  if (a.malformed == b.malformed) return a.malformed || a == b;
  return !a.done && !b.done &&
         (a.bytes.starts_with(b.bytes) || b.bytes.starts_with(a.bytes));
}

void CheckHead(const Http1Head& head) {
  const auto has = [](std::string_view text, std::string_view any) {
    return text.find_first_of(any) != std::string_view::npos;
  };
  constexpr std::string_view kLineEnds("\r\n\0", 3);
  const RequestHead& request = head.request;
  if (request.method.empty() || has(request.method, " \t:") ||
      (request.target != "*" && !request.target.starts_with('/')) ||
      has(request.target, " \t#") || has(request.target, kLineEnds) ||
      has(request.authority, "/@ ") ||
      (head.chunked && request.content_length.has_value())) {
    std::abort();
  }
  for (const Header& header : request.headers) {
    if (header.name.empty() || has(header.name, " \t:_") ||
        has(header.name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") ||
        has(header.name, kLineEnds) || has(header.value, kLineEnds) ||
        header.name == "content-length" || header.name == "transfer-encoding") {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::size_t part = 1U + data[0] % 61U;
  const std::string text(data + 1, data + size);
  const std::size_t end = text.find("\r\n\r\n");
  const std::string_view whole(text);
  const std::string_view first =
      whole.substr(0, end == std::string::npos ? whole.size() : end + 4);
  Http1Head head;
  const int status = ParseHttp1Head(first, kLines, head);
  if (status != 0) {
    if (status != kNoHttp1 && (status < 400 || status > 505)) std::abort();
    return 0;
  }
  CheckHead(head);
  if (!Http1Body(first).head_taken()) return 0;  // the second parser refuses
  const std::string_view rest = whole.substr(first.size());
  std::size_t waits = 0;
  const auto read_whole = [&](std::string_view bytes) {
    return ReadInParts(first, bytes, std::max<std::size_t>(bytes.size(), 1),
                       waits);
  };
  const Body body = read_whole(rest);
  if (!head.chunked &&
      (body.malformed ||
       body.bytes.size() > head.request.content_length.value_or(0) ||
       body.bytes.size() != body.consumed)) {
    std::abort();
  }
  const Body parts = ReadInParts(first, rest, part, waits);
  const bool ended = parts.done || parts.malformed;
  if (!Agree(parts,
             ended ? body : read_whole(rest.substr(0, rest.size() - waits)))) {
    std::abort();
  }
  return 0;
}

namespace {

TEST(HeadFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kSeeds[] = {
      "=PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nA: b\r\n\r\n",
      // Cut in the middle of a chunk.
      "=PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nH",
      "\x05GET /v1/x?y HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n",
      "\x01POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET",
      "\x02PUT http://a/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
      "\r\n5;a=b\r\nabcde\r\n0\r\nA: b\r\n\r\nGET",
      "\x09OPTIONS * HTTP/1.0\r\nConnection: keep-alive, x\r\n\r\n",
      "\x20POST / HTTP/1.1\r\nHost: [::1]:80\r\nExpect: 100-continue\r\n"
      "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n000\r\n\r\n"};
  constexpr std::string_view kPieces[] = {"\r\n",
                                          "\r",
                                          "\n",
                                          "\r\n\r\n",
                                          " ",
                                          "\t",
                                          ":",
                                          ";",
                                          ",",
                                          "0",
                                          "a",
                                          "Content-Length: 5\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Host: b\r\n",
                                          "HTTP/1.0",
                                          "http://",
                                          "\x7f",
                                          "\x80",
                                          "_",
                                          "*",
                                          "\x0b",
                                          "ffffffff"};
  FeedAll(kSeeds, kPieces, 4000);
}

}  // namespace
}  // namespace welfare::gateway
