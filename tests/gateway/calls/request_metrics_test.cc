#include "gateway/calls/request_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "services/platform/observe/log.h"
#include "tests/gateway/running_gateway.h"

namespace welfare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::ptrdiff_t CountLines(const std::string& text, const std::string& begin) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = text.find("\n" + begin); at != std::string::npos;
       at = text.find("\n" + begin, at + 1)) {
    ++count;
  }
  return count;
}

TEST(RequestMetrics, EveryRouteStandsAtZeroFromTheStart) {
  RunningGateway gateway;
  platform::MetricsRegistry registry;
  RequestMetrics metrics(registry);
  metrics.Expect(gateway.routing());
  const std::string text = registry.Expose();
  for (const char* code : {"200", "500", "503", "504"}) {
    EXPECT_THAT(text, HasSubstr("welfare_http_requests_total{code=\"" +
                                std::string(code) +
                                "\",method=\"GET\",route=\"/v1/{name="
                                "municipalities/*}\"} 0"));
    EXPECT_THAT(text, HasSubstr("{code=\"" + std::string(code) +
                                "\",method=\"POST\",route=\"/welfare.registry."
                                "v1.RegistryService/WatchVersions\"} 0"));
  }
  EXPECT_THAT(text, HasSubstr("welfare_http_request_seconds_count{service="
                              "\"welfare.report.v1.ReportService\"} 0"));
}

TEST(RequestMetrics, MeasuresWhatACallerWaitsFor) {
  RunningGateway gateway;
  platform::MetricsRegistry registry;
  RequestMetrics metrics(registry);
  metrics.Expect(gateway.routing());
  const RequestRecord read{.route = "/v1/{name=municipalities/*}",
                           .method = "GET",
                           .code = 404,
                           .took = std::chrono::milliseconds(30)};
  metrics.OnRequest(read);
  RequestRecord follow = read;
  follow.route = "/welfare.registry.v1.RegistryService/WatchVersions";
  follow.took = std::chrono::hours(1);
  metrics.OnRequest(follow);
  RequestRecord page = read;
  page.route = "/";
  metrics.OnRequest(page);
  const std::string text = registry.Expose();
  const std::string labels = "{service=\"welfare.registry.v1.RegistryService\"";
  EXPECT_THAT(text,
              HasSubstr("welfare_http_request_seconds_count" + labels + "} 1"));
  EXPECT_THAT(text, HasSubstr("welfare_http_request_seconds_bucket" + labels +
                              ",le=\"0.025\"} 0"));
  EXPECT_THAT(text, HasSubstr("welfare_http_request_seconds_bucket" + labels +
                              ",le=\"0.1\"} 1"));
}

// Whatever is asked for, and by which methods: a scrape does not grow for ever.
TEST(RequestMetrics, HasABoundOfSeries) {
  platform::MetricsRegistry registry;
  RequestMetrics metrics(registry);
  platform::ConfigureLog(platform::LogFormat::kText,
                         platform::LogLevel::kWarning);
  for (int route = 0; route < 400; ++route) {
    const std::string name = "/v1/route" + std::to_string(route);
    for (const char* method : {"GET", "HEAD"}) {
      for (const int code : {200, 304, 400, 404, 499}) {
        for (int twice = 0; twice < 2; ++twice) {
          metrics.OnRequest({.route = name, .method = method, .code = code});
        }
      }
    }
  }
  platform::ConfigureLog(platform::LogFormat::kText, platform::LogLevel::kInfo);
  const std::string text = registry.Expose();
  const std::ptrdiff_t series =
      CountLines(text, "welfare_http_requests_total{");
  EXPECT_GE(series, std::ptrdiff_t{RequestMetrics::kMostSeries});
  EXPECT_LE(series, std::ptrdiff_t{RequestMetrics::kMostSeries} + 10);
  // None is lost: what is beyond counts together.
  EXPECT_THAT(text, HasSubstr("method=\"GET\",route=\"other\"} 500"));
}

TEST(RequestMetrics, WritesALineForEachRequest) {
  platform::MetricsRegistry registry;
  RequestMetrics metrics(registry);
  ::testing::internal::CaptureStderr();
  const access::Principal who(access::Authentication::kToken, "test");
  metrics.OnRequest({.route = "/v1/a",
                     .method = "GET",
                     .code = 200,
                     .request_id = "id-7",
                     .principal = who.text(),
                     .trace_id = "0af7651916cd43dd8448eb211c80319c",
                     .took = std::chrono::microseconds(57)});
  platform::FlushLog();
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      HasSubstr("request route=/v1/a method=GET code=200 request_id=id-7 "
                "principal=token:9f86d081884c seconds=0.000057 "
                "trace_id=0af7651916cd43dd8448eb211c80319c\n"));
  ::testing::internal::CaptureStderr();
  metrics.OnRequest({.route = "unmatched", .method = "GET", .code = 404});
  platform::FlushLog();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("route=unmatched"), Not(HasSubstr("trace_id")),
                    Not(HasSubstr("principal"))));
}

}  // namespace
}  // namespace welfare::gateway
