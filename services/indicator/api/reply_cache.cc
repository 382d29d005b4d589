#include "services/indicator/api/reply_cache.h"

#include <chrono>
#include <string_view>

namespace welfare::indicator {
namespace {

// Begins every key; raised with any change of what is computed from equal
// versions, or of the reply's shape.
constexpr std::string_view kCacheFormat = "indicator/3/";
constexpr std::chrono::seconds kReplyLifetime = std::chrono::hours(1);

}  // namespace

ReplyCache::ReplyCache(platform::Cache& cache, const Surveys& surveys)
    : cache_(cache) {
  for (const auto& [id, data] : surveys) digests_[id] = DigestOf(data);
}

std::string ReplyCache::Key(const std::string& question,
                            const std::string& survey, const Pin& pin,
                            Basis basis, const std::string& registry) const {
  const auto digest = digests_.find(survey);
  return std::string(kCacheFormat) + question + "/round=" + pin.incarnation +
         "@" + std::to_string(pin.revision) + "/registry=" + registry + "@" +
         std::to_string(pin.registry_version) +
         "/basis=" + std::string(ToString(basis)) + "/definitions=" +
         (digest == digests_.end() ? std::string("-") : digest->second);
}

platform::SharedBytes ReplyCache::Find(const std::string& key) const {
  return cache_.Get(key);
}

void ReplyCache::Keep(const std::string& key,
                      const platform::SharedBytes& bytes) const {
  cache_.Set(key, bytes, kReplyLifetime);
}

}  // namespace welfare::indicator
