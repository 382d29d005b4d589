// Where templates are kept that staff stored for a round.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/write_path.h"

namespace welfare::report {

// A template of a round: what its revisions have in common.
struct TemplateOfRound {
  std::string survey;
  int fiscal_year = 0;
  std::string template_id;

  // `surveys/jusou/rounds/2025/templates/jusou`.
  std::string ToString() const;
};

// One revision without its text.
struct StoredTemplate {
  TemplateOfRound of;
  std::int64_t number = 0;  // given by the store, from 1
  std::string digest;       // SHA-256 of the text, hexadecimal
  std::int64_t size = 0;    // of the text, in bytes
  std::string comment;
  std::string editor;           // set by the store
  base::Timestamp create_time;  // set by the store

  // `.../templates/jusou/revisions/2`.
  std::string Name() const;
};

// Keeps revisions for ever; a later one takes the place of those before it for
// new reports. Any thread may call it.
//
// Invariants:
//   A revision, its audit record and the reply to its request are stored in one
//   transaction; nothing of it ever changes.
//   Equal texts are kept once, those of built-in templates as well that a report
//   was made from.
class TemplateStore {
 public:
  TemplateStore() = default;
  TemplateStore(const TemplateStore&) = delete;
  TemplateStore& operator=(const TemplateStore&) = delete;
  virtual ~TemplateStore() = default;

  // Numbers and stores `revision`, whose text is `text`, and returns it as
  // stored; that of the first request when this one is a repeat.
  //
  // Errors, of every function: those of the engine; here also
  //   INVALID_ARGUMENT, reason REQUEST_ID_REUSED.
  virtual absl::StatusOr<StoredTemplate> Add(
      const platform::WriteRequest& request, const StoredTemplate& revision,
      const std::string& text) = 0;

  // Returns one revision; number 0: the newest. Nothing where there is none.
  virtual absl::StatusOr<std::optional<StoredTemplate>> FindRevision(
      const TemplateOfRound& of, std::int64_t number,
      const base::CallLimits& limits) = 0;

  // Returns the newest revision with this text. Nothing where there is none.
  virtual absl::StatusOr<std::optional<StoredTemplate>> FindByDigest(
      const TemplateOfRound& of, const std::string& digest,
      const base::CallLimits& limits) = 0;

  // Returns up to `limit` revisions before `before` (0: from the newest on), the
  // newest first.
  virtual absl::StatusOr<std::vector<StoredTemplate>> ListRevisions(
      const TemplateOfRound& of, std::int64_t before, int limit,
      const base::CallLimits& limits) = 0;

  // Returns the newest revision of each template of the survey, of the newest
  // round that has one; by template.
  virtual absl::StatusOr<std::vector<StoredTemplate>> ListNewestOf(
      const std::string& survey, const base::CallLimits& limits) = 0;

  // Returns the text with this digest; nothing where there is none.
  virtual absl::StatusOr<std::optional<std::string>> FindText(
      const std::string& digest, const base::CallLimits& limits) = 0;
};

}  // namespace welfare::report
