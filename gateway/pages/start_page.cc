#include "gateway/routes/pages.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <string_view>

namespace welfare::gateway {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

}  // namespace

std::string IndexPage(std::span<const HttpRoute> routes) {
  // Service to its rows, both in a fixed order.
  std::map<std::string, std::map<std::string, std::string>> services;
  for (const HttpRoute& route : routes) {
    if (route.kind == HttpRoute::Kind::kStream) continue;
    services[route.method->service()->full_name()]
            [route.path.text() + " " + route.http_method] =
                "<tr><td>" + Escaped(route.http_method) + "</td><td><code>" +
                Escaped(route.path.text()) + "</code></td><td>" +
                Escaped(route.method->name()) + "</td></tr>\n";
  }
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>Regional welfare data platform</title>\n<style>\n"
      "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;"
      "padding:0 1rem;color:#222}\n"
      "table{border-collapse:collapse;width:100%}\n"
      "td{border-top:1px solid #ddd;padding:.3rem .6rem .3rem 0;"
      "vertical-align:top}\n"
      "td:first-child{width:5rem;font-weight:bold}\n"
      "code{font-size:14px;overflow-wrap:anywhere}\n"
      "h2{font-size:1.1rem;margin:2rem 0 .5rem}\n</style>\n</head>\n<body>\n"
      "<h1>Regional welfare data platform</h1>\n"
      "<p>The registry of municipalities, the survey rounds, the indicators "
      "and the reports, over gRPC and HTTP/JSON on this port. Errors are JSON "
      "with a code, a message and details. <a href=\"/healthz\">Health</a>"
      "</p>\n";
  for (const auto& [service, rows] : services) {
    out += "<h2>" + Escaped(service) + "</h2>\n<table>\n";
    for (const auto& [key, row] : rows) out += row;
    out += "</table>\n";
  }
  return out + "</body>\n</html>\n";
}

}  // namespace welfare::gateway
