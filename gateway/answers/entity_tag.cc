#include "gateway/answers/entity_tag.h"

#include <algorithm>
#include <utility>

#include "gateway/routes/text.h"
#include "services/base/coding/base64.h"
#include "services/base/coding/sha256.h"

namespace welfare::gateway {
namespace {

// A longer one is left out: only a service that a caller brought has it.
constexpr std::size_t kLongestResource = 128;
// Of ShortDigest.
constexpr std::size_t kShortDigestSize = 20;

bool IsTagByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7F);
}

bool IsBase64Digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c <= 0x7E; });
}

void SkipSpace(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
}

// Takes one tag off the front of `text`.
std::optional<EntityTag> TakeTag(std::string_view& text) {
  EntityTag tag;
  if (text.starts_with("W/")) {
    tag.weak = true;
    text.remove_prefix(2);
  }
  if (!text.starts_with('"')) return std::nullopt;
  text.remove_prefix(1);
  const std::size_t end = text.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view opaque = text.substr(0, end);
  if (!std::all_of(opaque.begin(), opaque.end(), IsTagByte)) {
    return std::nullopt;
  }
  text.remove_prefix(end + 1);
  tag.opaque = opaque;
  return tag;
}

// Adds what one header says to `tags`; false where it is no list.
bool ReadList(std::string_view text, EntityTags& tags, std::size_t& empty) {
  while (true) {
    SkipSpace(text);
    if (text.empty() || text.front() == ',') {
      if (++empty > kMaxEmptyElements) return false;
    } else if (text.front() == '*') {
      if (std::exchange(tags.any, true)) return false;
      text.remove_prefix(1);
    } else {
      std::optional<EntityTag> tag = TakeTag(text);
      if (!tag.has_value() || tags.tags.size() == kMaxEntityTags) return false;
      tags.tags.push_back(*std::move(tag));
    }
    SkipSpace(text);
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
}

}  // namespace

std::optional<EntityTags> ReadEntityTags(const std::vector<Header>& headers,
                                         std::string_view name) {
  EntityTags tags;
  std::size_t empty = 0;
  bool given = false;
  for (const Header& header : headers) {
    if (header.name != name) continue;
    given = true;
    if (!ReadList(header.value, tags, empty)) return std::nullopt;
  }
  if (!given) return tags;
  if (tags.any != tags.tags.empty()) return std::nullopt;
  return tags;
}

std::variant<ReadConditions, std::string_view> ReadConditions::Read(
    const std::vector<Header>& headers) {
  ReadConditions conditions;
  for (const auto& [name, tags] :
       {std::pair("if-none-match", &conditions.none_of),
        std::pair("if-match", &conditions.one_of)}) {
    auto read = ReadEntityTags(headers, name);
    if (!read.has_value()) return std::string_view(name);
    *tags = *std::move(read);
  }
  return conditions;
}

bool ReadConditions::Holds(std::string_view opaque) const {
  return none_of.any || std::any_of(none_of.tags.begin(), none_of.tags.end(),
                                    [opaque](const EntityTag& tag) {
                                      return tag.opaque == opaque;
                                    });
}

bool ReadConditions::IsOther(std::string_view opaque) const {
  return !one_of.tags.empty() &&
         std::none_of(one_of.tags.begin(), one_of.tags.end(),
                      [opaque](const EntityTag& tag) {
                        return !tag.weak && tag.opaque == opaque;
                      });
}

std::string AnswerName::Opaque() const {
  std::string opaque = state + '.' + (gzip ? 'g' : 'i') + form;
  if (!resource.empty() && resource.size() <= kLongestResource) {
    opaque += '.' + base::EncodeBase64(resource, false);
  }
  return opaque;
}

std::optional<AnswerName> AnswerName::Parse(std::string_view opaque) {
  AnswerName name;
  const std::size_t first = std::min(opaque.find('.'), opaque.size());
  name.state = opaque.substr(0, first);
  if (!IsShortDigest(name.state)) return std::nullopt;
  opaque.remove_prefix(std::min(first + 1, opaque.size()));
  const std::size_t second = std::min(opaque.find('.'), opaque.size());
  const std::string_view form = opaque.substr(0, second);
  if (form.empty() || (form.front() != 'i' && form.front() != 'g') ||
      !IsShortDigest(form.substr(1))) {
    return std::nullopt;
  }
  name.gzip = form.front() == 'g';
  name.form = form.substr(1);
  opaque.remove_prefix(second);
  if (opaque.empty()) return name;
  std::optional<std::string> resource = base::DecodeBase64(opaque.substr(1));
  if (!resource.has_value() || resource->empty() || !IsPlain(*resource)) {
    return std::nullopt;
  }
  name.resource = *std::move(resource);
  return name;
}

// Also what goes to a service as metadata, and so must be plain.
bool IsShortDigest(std::string_view text) {
  return text.size() == kShortDigestSize &&
         std::all_of(text.begin(), text.end(), IsBase64Digit);
}

std::string ShortDigest(std::string_view bytes) {
  constexpr std::size_t kBytes = 15;  // so that base64 needs no filling
  return base::EncodeBase64(base::Sha256Bytes(bytes).substr(0, kBytes), false);
}

}  // namespace welfare::gateway
