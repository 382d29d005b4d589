#include "services/base/error.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "absl/strings/cord.h"

namespace welfare::base {
namespace {

// Encoding: a version byte, then fields in fixed order. A string is its length
// (LEB128) and its bytes, a list its count and its elements.
constexpr char kVersion = 3;

void PutNumber(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>((number & 0x7F) | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

void PutString(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out.append(text);
}

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return number;
    }
    failed_ = true;
    return 0;
  }

  std::string String() {
    const std::uint64_t size = Number();
    if (size > in_.size()) {
      failed_ = true;
      in_ = {};
      return {};
    }
    std::string text(in_.substr(0, size));
    in_.remove_prefix(size);
    return text;
  }

  // The number of elements that follow; each takes at least one byte.
  std::uint64_t Count() {
    const std::uint64_t count = Number();
    if (count > in_.size()) failed_ = true;
    return failed_ ? 0 : count;
  }

  bool Finished() const { return !failed_ && in_.empty(); }

 private:
  std::string_view in_;
  bool failed_ = false;
};

}  // namespace

std::string FillIn(std::string_view sentence, const ErrorWords& words) {
  std::string out;
  while (!sentence.empty()) {
    const std::size_t open = std::min(sentence.find('{'), sentence.size());
    out += sentence.substr(0, open);
    sentence.remove_prefix(open);
    const std::size_t close = sentence.find('}');
    if (close == std::string_view::npos) break;
    const auto word = words.find(sentence.substr(1, close - 1));
    if (word == words.end()) {
      out += sentence.front();
      sentence.remove_prefix(1);
    } else {
      out += word->second;
      sentence.remove_prefix(close + 1);
    }
  }
  out += sentence;
  return out;
}

Violation MakeViolation(const ViolationRow& row, std::string_view field,
                        const ErrorWords& words) {
  return {.field = std::string(field),
          .reason = std::string(row.reason),
          .description = FillIn(row.description, words),
          .description_ja = FillIn(row.description_ja, words)};
}

std::string EncodeErrorDetails(const ErrorDetails& details) {
  std::string out(1, kVersion);
  PutString(out, details.reason);
  PutNumber(out, details.metadata.size());
  for (const auto& [key, value] : details.metadata) {
    PutString(out, key);
    PutString(out, value);
  }
  PutNumber(out, details.violations.size());
  for (const Violation& violation : details.violations) {
    PutString(out, violation.field);
    PutString(out, violation.reason);
    PutString(out, violation.description);
    PutString(out, violation.description_ja);
  }
  PutNumber(out, details.resource.has_value() ? 1 : 0);
  if (details.resource) {
    PutString(out, details.resource->type);
    PutString(out, details.resource->name);
  }
  PutNumber(out, details.preconditions.size());
  for (const ErrorPrecondition& precondition : details.preconditions) {
    PutString(out, precondition.type);
    PutString(out, precondition.subject);
    PutString(out, precondition.description);
    PutString(out, precondition.description_ja);
  }
  PutNumber(out, details.retry_delay.has_value() ? 1 : 0);
  if (details.retry_delay) {
    PutNumber(out, static_cast<std::uint64_t>(details.retry_delay->count()));
  }
  PutString(out, details.message_ja);
  return out;
}

std::optional<ErrorDetails> DecodeErrorDetails(std::string_view encoded) {
  if (encoded.empty() || encoded.front() != kVersion) return std::nullopt;
  Reader reader(encoded.substr(1));
  ErrorDetails details;
  details.reason = reader.String();
  for (auto left = reader.Count(); left > 0; --left) {
    std::string key = reader.String();
    details.metadata[std::move(key)] = reader.String();
  }
  for (auto left = reader.Count(); left > 0; --left) {
    Violation& violation = details.violations.emplace_back();
    violation.field = reader.String();
    violation.reason = reader.String();
    violation.description = reader.String();
    violation.description_ja = reader.String();
  }
  if (reader.Count() > 0) {
    ErrorResource& resource = details.resource.emplace();
    resource.type = reader.String();
    resource.name = reader.String();
  }
  for (auto left = reader.Count(); left > 0; --left) {
    ErrorPrecondition& precondition = details.preconditions.emplace_back();
    precondition.type = reader.String();
    precondition.subject = reader.String();
    precondition.description = reader.String();
    precondition.description_ja = reader.String();
  }
  if (reader.Count() > 0) {
    details.retry_delay = std::chrono::milliseconds(
        static_cast<std::chrono::milliseconds::rep>(reader.Number()));
  }
  details.message_ja = reader.String();
  if (!reader.Finished()) return std::nullopt;
  return details;
}

ErrorBuilder::ErrorBuilder(const ErrorRow& row)
    : code_(row.code), message_(row.message) {
  assert(row.code != absl::StatusCode::kOk);
  details_.reason = row.reason;
  details_.message_ja = row.message_ja;
}

ErrorBuilder& ErrorBuilder::Show(std::string_view key, std::string_view text) {
  shown_.insert_or_assign(std::string(key), std::string(text));
  return *this;
}

ErrorBuilder& ErrorBuilder::With(std::string_view key, std::string_view value) {
  details_.metadata.insert_or_assign(std::string(key), std::string(value));
  return *this;
}

ErrorBuilder& ErrorBuilder::With(std::string_view key, long long value) {
  return With(key, std::string_view(std::to_string(value)));
}

ErrorBuilder& ErrorBuilder::WithViolation(Violation violation) {
  details_.violations.push_back(std::move(violation));
  return *this;
}

ErrorBuilder& ErrorBuilder::WithViolations(std::vector<Violation> violations) {
  for (Violation& violation : violations) {
    details_.violations.push_back(std::move(violation));
  }
  return *this;
}

ErrorBuilder& ErrorBuilder::WithResource(std::string_view type,
                                         std::string_view name) {
  details_.resource = ErrorResource{std::string(type), std::string(name)};
  return *this;
}

ErrorBuilder& ErrorBuilder::WithPrecondition(std::string_view type,
                                             std::string_view subject,
                                             std::string_view description,
                                             std::string_view description_ja) {
  details_.preconditions.push_back({std::string(type), std::string(subject),
                                    std::string(description),
                                    std::string(description_ja)});
  return *this;
}

ErrorBuilder& ErrorBuilder::WithRetryDelay(std::chrono::milliseconds delay) {
  assert(delay.count() >= 0);
  details_.retry_delay = delay;
  return *this;
}

absl::Status ErrorBuilder::Build() const {
  ErrorWords words = shown_;
  words.insert(details_.metadata.begin(), details_.metadata.end());
  ErrorDetails details = details_;
  details.message_ja = FillIn(details_.message_ja, words);
  return WithErrorDetails(absl::Status(code_, ToAbsl(FillIn(message_, words))),
                          details);
}

ErrorBuilder MakeError(const ErrorRow& row) { return ErrorBuilder(row); }

std::optional<ErrorDetails> GetErrorDetails(const absl::Status& status) {
  const auto payload = status.GetPayload(ToAbsl(kErrorDetailsUrl));
  if (!payload.has_value()) return std::nullopt;
  return DecodeErrorDetails(std::string(*payload));
}

absl::Status WithErrorDetails(absl::Status status,
                              const ErrorDetails& details) {
  status.SetPayload(ToAbsl(kErrorDetailsUrl),
                    absl::Cord(EncodeErrorDetails(details)));
  return status;
}

Violation ViolationOf(std::string_view field, const absl::Status& status) {
  ErrorDetails details = GetErrorDetails(status).value_or(ErrorDetails());
  return {.field = std::string(field),
          .reason = std::move(details.reason),
          .description = std::string(MessageOf(status)),
          .description_ja = std::move(details.message_ja)};
}

std::string ReasonOf(const absl::Status& status) {
  std::optional<ErrorDetails> details = GetErrorDetails(status);
  return details ? std::move(details->reason) : std::string();
}

}  // namespace welfare::base
