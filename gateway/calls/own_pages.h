#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/exchange/exchange.h"
#include "services/base/wording/language.h"

namespace welfare::gateway {

// An answer of the gateway's own that does not change while it runs.
struct OwnPage {
  std::string content_type;
  std::string body;
  // What stands between the quotes of its strong tag: the SHA-256 of the body.
  std::string tag;
  std::vector<Header> headers;
};

OwnPage MakeOwnPage(std::string content_type, std::string body,
                    std::vector<Header> headers = {});

// Those answers by path. Filled before requests come, then read from any
// thread.
class OwnPages {
 public:
  // The same for everybody.
  void Add(const std::string& path, OwnPage page);
  // One in each language.
  void Add(const std::string& path, OwnPage english, OwnPage japanese);

  // Null: no page of ours has that path. `query` may ask for a language, as
  // `lang=ja`, whatever the caller's other requests are answered in.
  const OwnPage* Find(std::string_view path, std::string_view query,
                      base::Language language) const;

 private:
  std::map<std::string, std::pair<OwnPage, OwnPage>, std::less<>> pages_;
};

}  // namespace welfare::gateway
