// Replies as bytes, kept under keys that hold every version they came from.
#pragma once

#include <map>
#include <string>

#include "services/base/names/resource_name.h"
#include "services/indicator/api/round_source.h"
#include "services/indicator/round/round_table.h"
#include "services/indicator/statements/survey_data.h"
#include "services/platform/cache/cache.h"
#include "services/platform/cache/shared_bytes.h"

namespace welfare::indicator {

// Any thread may call it. A reply never becomes wrong, only unlikely to be
// asked for again.
class ReplyCache {
 public:
  // Both must outlive the cache.
  ReplyCache(platform::Cache& cache, const Surveys& surveys);

  // The key of the reply to `question`, which names the resource, about the
  // state `pin` of a round of `survey`. `registry` is the incarnation of the
  // registry that it was made from.
  std::string Key(const std::string& question, const std::string& survey,
                  const Pin& pin, Basis basis,
                  const std::string& registry) const;

  // Null where it is not kept.
  platform::SharedBytes Find(const std::string& key) const;
  void Keep(const std::string& key, const platform::SharedBytes& bytes) const;

 private:
  platform::Cache& cache_;
  // Of each survey's data; see DigestOf.
  std::map<std::string, std::string> digests_;
};

}  // namespace welfare::indicator
