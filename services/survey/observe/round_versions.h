// Which revision each round has, for those who wait for another.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/work/version_feed.h"
#include "services/survey/observe/survey_metrics.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// Tells the feed what writes have made of rounds, and counts those that have
// changed. Any thread may call Announce.
class RoundVersions {
 public:
  // All of them outlive the object.
  RoundVersions(SurveyStore& store, PinnedContent& content,
                SurveyMetrics& metrics, platform::VersionFeed& feed)
      : store_(store), content_(content), metrics_(metrics), feed_(feed) {}

  // Reads the revision of every round, and counts those that have changed since
  // the last time, each once a second at most: at the start, and by the feed.
  // One at a time.
  //
  // Errors: those of the store. What cannot be counted is logged.
  absl::StatusOr<platform::VersionFeed::Versions> Read(std::stop_token stop);

  // Tells those who wait what a write has made of the round; 0: it is not
  // known, because the reply is a stored one. Never fails and never waits: the
  // feed reads the rest by itself.
  void Announce(const base::RoundName& round, std::int64_t revision);

 private:
  SurveyStore& store_;
  PinnedContent& content_;
  SurveyMetrics& metrics_;
  platform::VersionFeed& feed_;
  struct Counted {
    std::int64_t revision = 0;
    std::chrono::steady_clock::time_point time;
  };
  std::map<std::string, Counted> counted_;  // used by Read
};

}  // namespace welfare::survey
