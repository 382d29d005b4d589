#include "gateway/http1/http1_head.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

constexpr std::size_t kLongestTarget = 8 * 1024;

bool IsTokenChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

// Characters of a host and port; the grammar in full is not needed, since
// nothing is routed by it.
bool IsAuthority(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsTokenChar(c) ? c != '#' : (c == ':' || c == '[' || c == ']');
  });
}

// Takes the target apart. Returns a status, 0 when good.
int ReadTarget(std::string_view target, Http1Head& head,
               std::string& authority) {
  if (target.size() > kLongestTarget) return 414;
  if (target.empty() || !std::all_of(target.begin(), target.end(), [](char c) {
        return c > 0x20 && c < 0x7F && c != '#';
      })) {
    return 400;
  }
  if (target[0] == '/' || (target == "*" && head.request.method == "OPTIONS")) {
    head.request.target = std::string(target);
    return 0;
  }
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return 400;
  const std::string_view scheme = target.substr(0, colon);
  head.https = EqualsIgnoreCaseAscii(scheme, "https");
  if (!head.https && !EqualsIgnoreCaseAscii(scheme, "http")) return 400;
  target.remove_prefix(colon + 3);
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  authority = std::string(target.substr(0, end));
  if (authority.empty() || authority[0] == ':' || !IsAuthority(authority)) {
    return 400;
  }
  target.remove_prefix(end);
  // Without a path and a query it is the server as a whole (3.2.4).
  if (target.empty() && head.request.method == "OPTIONS") target = "*";
  const bool has_path = !target.empty() && target[0] != '?';
  head.request.target = (has_path ? "" : "/") + std::string(target);
  return 0;
}

int ReadRequestLine(std::string_view line, Http1Head& head,
                    std::string& authority) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return 400;
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if ((!version.empty() &&
       !EqualsIgnoreCaseAscii(version.substr(0, 5), "HTTP/")) ||
      (method == "PRI" && version == "HTTP/2.0")) {
    return kNoHttp1;
  }
  if (!IsToken(method)) return 400;
  head.request.method = std::string(method);
  if (version == "HTTP/1.1") {
    head.minor = 1;
  } else if (version == "HTTP/1.0") {
    head.minor = 0;
  } else {
    const bool other = version.size() == 8 && version.starts_with("HTTP/") &&
                       version[5] >= '0' && version[5] <= '9' &&
                       version[6] == '.' && version[7] >= '0' &&
                       version[7] <= '9';
    return other ? 505 : 400;
  }
  return ReadTarget(target, head, authority);
}

}  // namespace

int ParseHttp1Head(std::string_view text, std::size_t max_lines,
                   Http1Head& head) {
  head = Http1Head();
  std::string target_authority;
  bool first_line = true;
  bool have_host = false;
  bool have_length = false;
  bool close = false;
  bool keep = false;
  std::size_t lines = 0;
  while (true) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return 400;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    // One after the other, each at the pace of memchr.
    if (line.find('\r') != std::string_view::npos ||
        line.find('\n') != std::string_view::npos) {
      return 400;
    }
    if (first_line) {
      first_line = false;
      const int status = ReadRequestLine(line, head, target_authority);
      if (status != 0) return status;
      continue;
    }
    if (line.empty()) break;
    if (++lines > max_lines) return 431;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return 400;
    const std::string_view raw_name = line.substr(0, colon);
    const std::string_view value = TrimSpace(line.substr(colon + 1));
    if (!IsToken(raw_name) || raw_name.find('_') != std::string_view::npos ||
        !IsFieldValue(value)) {
      return 400;
    }
    const std::string name = ToLowerAscii(raw_name);
    if (name == "host") {
      if (have_host || !IsAuthority(value)) return 400;
      have_host = true;
      head.request.authority = std::string(value);
    } else if (name == "content-length") {
      std::uint64_t length = 0;
      const auto [rest, error] =
          std::from_chars(value.data(), value.data() + value.size(), length);
      if (have_length || value.empty() || error != std::errc() ||
          rest != value.data() + value.size()) {
        return 400;
      }
      have_length = true;
      head.request.content_length = length;
    } else if (name == "transfer-encoding") {
      // Parsers have disagreed on a tab there, and nobody means one.
      if (head.chunked || head.minor == 0 ||
          line.find('\t') != std::string_view::npos) {
        return 400;
      }
      if (!EqualsIgnoreCaseAscii(value, "chunked")) return 501;
      head.chunked = true;
    } else if (name == "connection") {
      const std::string tokens = "," + ToLowerAscii(value) + ",";
      std::string compact;
      for (const char c : tokens) {
        if (c != ' ' && c != '\t') compact.push_back(c);
      }
      close = close || compact.find(",close,") != std::string::npos;
      keep = keep || compact.find(",keep-alive,") != std::string::npos;
    } else if (name == "expect") {
      if (!EqualsIgnoreCaseAscii(value, "100-continue")) return 417;
      head.expect_continue = head.minor == 1;
    } else if (name != "keep-alive" && name != "proxy-connection" &&
               name != "te" && name != "trailer" && name != "upgrade") {
      head.request.headers.push_back(
          {.name = name, .value = std::string(value)});
    }
  }
  if (!text.empty()) return 400;
  if (head.minor == 1 && !have_host) return 400;
  if (!target_authority.empty()) {
    head.request.authority = std::move(target_authority);
  }
  if (head.chunked && have_length) return 400;
  head.keep_alive = head.minor == 1 ? !close : keep && !close;
  return 0;
}

}  // namespace welfare::gateway
