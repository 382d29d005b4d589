#include "gateway/routes/path_matcher.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "gateway/routes/text.h"

namespace welfare::gateway {

using Kind = PathTemplate::Segment::Kind;

// A trie over segments. Invariant: below a `**` node there are only literals.
struct PathMatcher::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> star;
  std::unique_ptr<Node> double_star;
  // Verb, then HTTP method, to the index of the template that ends here.
  std::map<std::string, std::map<std::string, std::size_t, std::less<>>,
           std::less<>>
      ends;
};

namespace {

struct SplitPath {
  std::vector<std::string_view> raw;
  std::vector<std::string> decoded;
};

// Empty when the path is malformed. An empty segment is kept: it is equal to
// no literal, and the caller refuses it before wildcards see it.
std::optional<SplitPath> Split(std::string_view path) {
  SplitPath split;
  if (path == "/") return split;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view raw = path.substr(0, slash);
    std::optional<std::string> decoded =
        PercentDecode(raw, PercentDecoding::kAll);
    if (!decoded.has_value()) return std::nullopt;
    split.raw.push_back(raw);
    split.decoded.push_back(*std::move(decoded));
    path.remove_prefix(slash);
  }
  return split;
}

bool HasEmptySegment(const SplitPath& split) {
  return std::any_of(split.raw.begin(), split.raw.end(),
                     [](std::string_view raw) { return raw.empty(); });
}

// Walks every way down the trie that fits `segments`, most specific first,
// and calls `visit` at each end until it returns true.
template <typename NodeType, typename Visit>
bool Walk(const NodeType& node, const std::vector<std::string>& segments,
          std::size_t at, const Visit& visit) {
  if (at == segments.size()) {
    if (visit(node)) return true;
  } else {
    const auto literal = node.literals.find(segments[at]);
    if (literal != node.literals.end() &&
        Walk(*literal->second, segments, at + 1, visit)) {
      return true;
    }
    if (node.star != nullptr && Walk(*node.star, segments, at + 1, visit)) {
      return true;
    }
  }
  if (node.double_star == nullptr) return false;
  // The fewest segments first: what is left are literals, and the more of
  // them the more specific.
  for (std::size_t rest = at; rest <= segments.size(); ++rest) {
    if (Walk(*node.double_star, segments, rest, visit)) return true;
  }
  return false;
}

// Values of the template's variables in a path that matched it.
std::vector<PathMatch::Binding> Bind(const PathTemplate& path,
                                     const std::vector<std::string_view>& raw) {
  const auto& segments = path.segments();
  const auto double_star = std::find_if(
      segments.begin(), segments.end(),
      [](const auto& segment) { return segment.kind == Kind::kDoubleStar; });
  const auto pivot = static_cast<std::size_t>(double_star - segments.begin());
  // Positions behind `**` move by as much as `**` is longer than one segment.
  const auto actual = [&](std::size_t index) {
    return index <= pivot ? index : index + raw.size() - segments.size();
  };
  std::vector<PathMatch::Binding> bindings;
  bindings.reserve(path.variables().size());
  for (const PathTemplate::Variable& variable : path.variables()) {
    std::string joined;
    for (std::size_t i = actual(variable.begin); i < actual(variable.end);
         ++i) {
      if (i != actual(variable.begin)) joined.push_back('/');
      joined.append(raw[i]);
    }
    // Every segment was decoded once while splitting, so this cannot fail.
    std::string value =
        PercentDecode(joined, variable.multi_segment
                                  ? PercentDecoding::kAllButSlash
                                  : PercentDecoding::kAll)
            .value_or("");
    bindings.push_back(
        {.field_path = variable.field_path, .value = std::move(value)});
  }
  return bindings;
}

}  // namespace

PathMatcher::PathMatcher() : root_(std::make_unique<Node>()) {}
PathMatcher::~PathMatcher() = default;
PathMatcher::PathMatcher(PathMatcher&&) noexcept = default;
PathMatcher& PathMatcher::operator=(PathMatcher&&) noexcept = default;

absl::Status PathMatcher::Add(std::string_view http_method,
                              const PathTemplate& path, std::size_t route) {
  Node* node = root_.get();
  for (const PathTemplate::Segment& segment : path.segments()) {
    std::unique_ptr<Node>& next =
        segment.kind == Kind::kLiteral ? node->literals[segment.literal]
        : segment.kind == Kind::kStar  ? node->star
                                       : node->double_star;
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  const auto [position, added] =
      node->ends[path.verb()].emplace(http_method, templates_.size());
  if (!added) {
    return absl::AlreadyExistsError(
        "two routes for " + std::string(http_method) + " " + path.text() +
        " and " + templates_[position->second].text());
  }
  templates_.push_back(path);
  routes_.push_back(route);
  return absl::OkStatus();
}

PathMatch PathMatcher::Match(std::string_view http_method,
                             std::string_view path) const {
  PathMatch match;
  if (path.empty() || path.front() != '/') {
    match.outcome = PathMatch::Outcome::kMalformed;
    return match;
  }
  // A colon in the last segment always begins a verb; that of an id is %3A.
  const std::size_t colon = path.rfind(':');
  const bool has_verb =
      colon != std::string_view::npos && colon > path.rfind('/');
  const std::size_t end = has_verb ? colon : path.size();
  const std::optional<SplitPath> split = Split(path.substr(0, end));
  const std::optional<std::string> verb =
      has_verb ? PercentDecode(path.substr(end + 1), PercentDecoding::kAll)
               : "";
  if (!split.has_value() || !verb.has_value()) {
    match.outcome = PathMatch::Outcome::kMalformed;
    return match;
  }
  if (HasEmptySegment(*split) || (has_verb && verb->empty())) return match;
  std::set<std::string> allowed;
  std::optional<std::size_t> found;
  Walk(*root_, split->decoded, 0, [&](const Node& node) {
    const auto methods = node.ends.find(*verb);
    if (methods == node.ends.end()) return false;
    for (const auto& [method, index] : methods->second) {
      allowed.insert(method);
      if (method == http_method && !found.has_value()) found = index;
    }
    return false;
  });
  if (allowed.empty()) return match;
  match.allowed.assign(allowed.begin(), allowed.end());
  if (!found.has_value()) {
    match.outcome = PathMatch::Outcome::kMethodNotAllowed;
    return match;
  }
  match.outcome = PathMatch::Outcome::kFound;
  match.route = routes_[*found];
  match.bindings = Bind(templates_[*found], split->raw);
  return match;
}

std::vector<std::string> PathMatcher::AllowedMethods(
    std::string_view path) const {
  return Match("", path).allowed;
}

}  // namespace welfare::gateway
