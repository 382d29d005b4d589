// That a renderer is a pure function of its model.
#pragma once

#include <gtest/gtest.h>
#include <time.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "services/report/model/report_model.h"
#include "services/report/render/renderer.h"
#include "tests/support/status_matchers.h"

namespace welfare::report::testing {

// Holds `renderer` to one and the same bytes of what `make` makes each time, in
// every time zone and on many threads at once. Returns them.
inline std::string ExpectEqualBytes(const Renderer& renderer,
                                    const std::function<ReportModel()>& make) {
  const auto first = renderer.Render(make());
  EXPECT_OK(first);
  if (!first.ok()) return "";
  for (const char* zone : {"UTC", "Asia/Tokyo", "America/St_Johns"}) {
    setenv("TZ", zone, 1);
    tzset();
    EXPECT_TRUE(*renderer.Render(make()) == *first) << zone;
  }
  unsetenv("TZ");
  tzset();
  std::vector<std::string> results(16);
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) {
      threads.emplace_back(
          [&result, &renderer, &make] { result = *renderer.Render(make()); });
    }
  }
  for (const std::string& result : results) EXPECT_TRUE(result == *first);
  return *first;
}

}  // namespace welfare::report::testing
