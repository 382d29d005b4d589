#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/routes/path_template.h"

namespace welfare::gateway {

// What a path means to a PathMatcher.
struct PathMatch {
  enum class Outcome {
    kFound,
    kNotFound,
    // The path is known, under the HTTP methods in `allowed` only.
    kMethodNotAllowed,
    // An escape or UTF-8 in the path is wrong.
    kMalformed,
  };
  struct Binding {
    std::string field_path;
    std::string value;  // decoded
  };

  Outcome outcome = Outcome::kNotFound;
  std::size_t route = 0;          // as given to Add; set when kFound
  std::vector<Binding> bindings;  // set when kFound
  // Every method the path is known under, sorted; set when the path is known.
  std::vector<std::string> allowed;
};

// Finds the route of a path among templates.
//
// Segment by segment a literal wins over `*`, and `*` over `**`. A colon in the
// last segment begins a verb, whether a template has it or not; an id that
// holds one is written with `%3A`. The outcome does not depend on the order in
// which routes were added.
//
// Built once, then read from any number of threads.
class PathMatcher {
 public:
  PathMatcher();
  ~PathMatcher();
  PathMatcher(PathMatcher&&) noexcept;
  PathMatcher& operator=(PathMatcher&&) noexcept;

  // Errors:
  //   ALREADY_EXISTS: a route with this method and the same segments and verb
  //   (whatever its variables are called) was added before.
  absl::Status Add(std::string_view http_method, const PathTemplate& path,
                   std::size_t route);

  // `path` is the request target up to `?`, still escaped. An empty segment
  // (so also a trailing slash) and an empty verb match nothing. `.` and `..`
  // are segments like others: what they lead to is the sender's to resolve (RFC
  // 3986, section 5.2.4).
  PathMatch Match(std::string_view http_method, std::string_view path) const;

  // The methods under which `path` is known, sorted; empty when unknown.
  std::vector<std::string> AllowedMethods(std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<PathTemplate> templates_;
  std::vector<std::size_t> routes_;
};

}  // namespace welfare::gateway
