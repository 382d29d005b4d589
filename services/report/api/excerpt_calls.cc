#include "services/report/api/excerpt_calls.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/report/errors.h"
#include "services/report/excerpt/excerpt.h"
#include "services/text/field_rules.h"

namespace welfare::report {
namespace {

constexpr std::string_view kExcerptPattern =
    "surveys/{survey}/rounds/{fiscal_year}/excerpts/{excerpt}";

// What is printed stands in one line of a sheet's table.
constexpr text::FieldRule kEditedText = text::kReasonField.AtMost(
    80, text::FieldRule::Unit::kCharacters);
constexpr text::FieldRule kCategory = text::kReasonField.AtMost(
    30, text::FieldRule::Unit::kCharacters);
constexpr text::FieldRule kConsentNote = text::kReasonField.AtMost(
    200, text::FieldRule::Unit::kCharacters);

// `item`, or `item/row`.
bool IsItem(std::string_view item) {
  const std::size_t slash = item.find('/');
  return base::IsResourceId(item.substr(0, slash)) &&
         (slash == std::string_view::npos ||
          base::IsResourceId(item.substr(slash + 1)));
}

constexpr std::string_view kExcerpts = "/excerpts/";

bool IsExcerptName(std::string_view name) {
  const std::size_t at = name.find(kExcerpts);
  return at != std::string_view::npos &&
         base::RoundName::Parse(name.substr(0, at)).ok() &&
         base::IsResourceId(name.substr(at + kExcerpts.size()));
}

void CheckName(const std::string& name,
               std::vector<base::Violation>& violations) {
  if (!IsExcerptName(name)) {
    violations.push_back(ResourceNameInvalid("name", name, kExcerptPattern));
  }
}

// Reads what was said, and for which readers.
ConsentWords ReadConsent(v1::Excerpt::Consent said,
                         type::v1::PublishLevel readers,
                         std::vector<base::Violation>& violations) {
  ConsentWords words;
  if (said == v1::Excerpt::CONSENT_WITHDRAWN) {
    words.consent = Consent::kWithdrawn;
    return words;
  }
  if (said != v1::Excerpt::CONSENT_GIVEN) {
    violations.push_back(ConsentUnknown());
    return words;
  }
  words.level = vocabulary::FindIn(vocabulary::kPublishLevels,
                                   static_cast<int>(readers));
  if (!words.level.has_value() ||
      *words.level == vocabulary::PublishLevel::kInternal) {
    violations.push_back(ConsentLevelUnknown());
  }
  return words;
}

// Reads a text that may not be blank.
std::string ReadLine(const text::FieldRule& rule, const std::string& field,
                     const std::string& sent, std::string_view example,
                     std::vector<base::Violation>& violations) {
  const absl::StatusOr<std::string> kept = text::Keep(rule, sent);
  if (!kept.ok()) {
    violations.push_back(TextRefused(field, kept.status()));
    return "";
  }
  if (kept->empty()) violations.push_back(FieldRequired(field, example));
  return *kept;
}

std::string ReadEditedText(const v1::Excerpt& sent,
                           std::vector<base::Violation>& violations) {
  return ReadLine(kEditedText, "excerpt.edited_text", sent.edited_text(),
                  "同意を得るまでに時間がかかる", violations);
}

std::string ReadCategory(const v1::Excerpt& sent,
                         std::vector<base::Violation>& violations) {
  return ReadLine(kCategory, "excerpt.category", sent.category(), "本人同意",
                  violations);
}

Attribution ReadAttribution(const v1::Excerpt& sent,
                            std::vector<base::Violation>& violations) {
  if (sent.attribution() == v1::Excerpt::ATTRIBUTION_UNSPECIFIED) {
    return Attribution::kKind;
  }
  const auto read =
      vocabulary::FindIn(kAttributions, static_cast<int>(sent.attribution()));
  if (!read.has_value()) violations.push_back(AttributionUnknown());
  return read.value_or(Attribution::kKind);
}

google::protobuf::Timestamp TimeOf(base::Timestamp at) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(at.micros());
}

void ToProto(const Excerpt& excerpt, const ExcerptStore& store,
             v1::Excerpt& result) {
  result.set_name(excerpt.Name());
  result.set_submission(excerpt.SubmissionName());
  result.set_item(excerpt.item);
  result.set_original_text(excerpt.original_text);
  result.set_source_revision(excerpt.source_revision);
  result.set_edited_text(excerpt.edited_text);
  result.set_category(excerpt.category);
  result.set_attribution(
      static_cast<v1::Excerpt::Attribution>(excerpt.attribution));
  result.set_editor(excerpt.editor);
  result.set_consent(static_cast<v1::Excerpt::Consent>(excerpt.consent));
  if (excerpt.consent_level.has_value()) {
    result.set_consent_level(
        static_cast<type::v1::PublishLevel>(*excerpt.consent_level));
  }
  result.set_consent_note(excerpt.consent_note);
  if (excerpt.consent_time.has_value()) {
    *result.mutable_consent_time() = TimeOf(*excerpt.consent_time);
  }
  result.set_consent_by(excerpt.consent_by);
  result.set_respondent_decides(excerpt.respondent_decides);
  result.set_revision(excerpt.revision);
  result.set_etag(store.EtagOf(excerpt));
  *result.mutable_create_time() = TimeOf(excerpt.create_time);
  *result.mutable_update_time() = TimeOf(excerpt.update_time);
}

// What its respondent is shown: who edits it is not its business.
void ToProposal(const Excerpt& excerpt, v1::ExcerptProposal& result) {
  result.set_name(excerpt.Name());
  result.set_item(excerpt.item);
  result.set_original_text(excerpt.original_text);
  result.set_printed_text(excerpt.edited_text);
  result.set_category(excerpt.category);
  result.set_attribution(
      static_cast<v1::Excerpt::Attribution>(excerpt.attribution));
  result.set_digest(PrintedDigest(excerpt));
  result.set_consent(static_cast<v1::Excerpt::Consent>(excerpt.consent));
  if (excerpt.consent_level.has_value()) {
    result.set_consent_level(
        static_cast<type::v1::PublishLevel>(*excerpt.consent_level));
  }
  result.set_consent_note(excerpt.consent_note);
  if (excerpt.consent_time.has_value()) {
    *result.mutable_consent_time() = TimeOf(*excerpt.consent_time);
  }
}

// The fields that an editor may change, as `mask` or what is sent says; every
// other path is a fault.
struct ChangedFields {
  bool edited_text = false;
  bool category = false;
  bool attribution = false;
};

ChangedFields ReadMask(const v1::UpdateExcerptRequest& request,
                       std::vector<base::Violation>& violations) {
  ChangedFields changed;
  const v1::Excerpt& sent = request.excerpt();
  if (request.update_mask().paths().empty()) {
    changed.edited_text = !sent.edited_text().empty();
    changed.category = !sent.category().empty();
    changed.attribution =
        sent.attribution() != v1::Excerpt::ATTRIBUTION_UNSPECIFIED;
    return changed;
  }
  for (const std::string& path : request.update_mask().paths()) {
    const bool all = path == "*";
    if (!all && path != "edited_text" && path != "category" &&
        path != "attribution") {
      violations.push_back(PathUnknown(path));
      continue;
    }
    changed.edited_text = changed.edited_text || all || path == "edited_text";
    changed.category = changed.category || all || path == "category";
    changed.attribution = changed.attribution || all || path == "attribution";
  }
  return changed;
}

}  // namespace

absl::Status ExcerptCalls::Create(const platform::CallContext& call,
                                  const v1::CreateExcerptRequest& request,
                                  v1::Excerpt& response) {
  std::vector<base::Violation> violations;
  const v1::Excerpt& sent = request.excerpt();
  const auto round = base::RoundName::Parse(request.parent());
  if (!round.ok()) {
    violations.push_back(ResourceNameInvalid("parent", request.parent(),
                                             base::RoundName::kPattern));
  }
  if (!base::IsResourceId(request.excerpt_id())) {
    violations.push_back(ExcerptIdInvalid("excerpt_id"));
  }
  const auto submission = base::SubmissionName::Parse(sent.submission());
  if (!submission.ok()) {
    violations.push_back(
        ResourceNameInvalid("excerpt.submission", sent.submission(),
                            base::SubmissionName::kPattern));
  } else if (round.ok() && submission->parent() != *round) {
    violations.push_back(SubmissionOfAnotherRound());
  }
  if (!IsItem(sent.item())) {
    violations.push_back(
        ResourceNameInvalid("excerpt.item", sent.item(), "{item}/{row}"));
  }
  Excerpt excerpt;
  excerpt.edited_text = ReadEditedText(sent, violations);
  excerpt.category = ReadCategory(sent, violations);
  excerpt.attribution = ReadAttribution(sent, violations);
  if (!violations.empty()) return ExcerptInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<SourceAnswer> source,
      with_.survey.FindAnswer(call, submission->ToString(), sent.item(), 0, ""));
  if (!source.has_value() || source->text.empty()) {
    return ExcerptSourceEmpty(submission->ToString(), sent.item());
  }
  excerpt.survey = round->survey;
  excerpt.fiscal_year = round->fiscal_year.value();
  excerpt.id = request.excerpt_id();
  excerpt.respondent = submission->respondent.ToString();
  excerpt.item = sent.item();
  excerpt.original_text = source->text;
  excerpt.source_revision = source->revision;
  WELFARE_ASSIGN_OR_RETURN(const Excerpt stored,
                           with_.store.Create(write, excerpt));
  ToProto(stored, with_.store, response);
  return absl::OkStatus();
}

absl::Status ExcerptCalls::Get(const platform::CallContext& call,
                               const v1::GetExcerptRequest& request,
                               v1::Excerpt& response) {
  if (!IsExcerptName(request.name())) {
    return ExcerptInvalid(
        {ResourceNameInvalid("name", request.name(), kExcerptPattern)});
  }
  WELFARE_ASSIGN_OR_RETURN(const Excerpt excerpt,
                           with_.store.Get(request.name(), call.limits));
  ToProto(excerpt, with_.store, response);
  return absl::OkStatus();
}

absl::Status ExcerptCalls::List(const platform::CallContext& call,
                                const v1::ListExcerptsRequest& request,
                                v1::ListExcerptsResponse& response) {
  const auto round = base::RoundName::Parse(request.parent());
  if (!round.ok()) {
    return ExcerptInvalid({ResourceNameInvalid("parent", request.parent(),
                                               base::RoundName::kPattern)});
  }
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, with_.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  std::string last = after.has_value() ? std::get<0>(*after) : "";
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<Excerpt> excerpts,
      with_.store.List(round->survey, round->fiscal_year.value(), last,
                       page.size() + 1, call.limits));
  base::PageRoom room(page.size());
  for (const Excerpt& excerpt : excerpts) {
    v1::Excerpt one;
    ToProto(excerpt, with_.store, one);
    if (!room.Take(one.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(std::tuple(last)));
      break;
    }
    last = excerpt.id;
    *response.add_excerpts() = std::move(one);
  }
  return absl::OkStatus();
}

absl::Status ExcerptCalls::Update(const platform::CallContext& call,
                                  const v1::UpdateExcerptRequest& request,
                                  v1::Excerpt& response) {
  std::vector<base::Violation> violations;
  const v1::Excerpt& sent = request.excerpt();
  if (!IsExcerptName(sent.name())) {
    violations.push_back(
        ResourceNameInvalid("excerpt.name", sent.name(), kExcerptPattern));
  }
  const ChangedFields changed = ReadMask(request, violations);
  Excerpt edited;
  if (changed.edited_text) edited.edited_text = ReadEditedText(sent, violations);
  if (changed.category) edited.category = ReadCategory(sent, violations);
  if (changed.attribution) {
    edited.attribution = ReadAttribution(sent, violations);
  }
  if (!violations.empty()) return ExcerptInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  // What it is of never changes, so it may be read before the change.
  WELFARE_ASSIGN_OR_RETURN(const Excerpt before,
                           with_.store.Get(sent.name(), call.limits));
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<SourceAnswer> source,
      with_.survey.FindAnswer(call, before.SubmissionName(), before.item, 0,
                              ""));
  if (!source.has_value() || source->text.empty()) {
    return ExcerptSourceEmpty(before.SubmissionName(), before.item);
  }
  WELFARE_ASSIGN_OR_RETURN(
      const Excerpt stored,
      with_.store.Change(
          write, sent.name(), sent.etag(),
          [&](const Excerpt& current, base::Timestamp /*now*/) {
            Excerpt wanted = current;
            if (changed.edited_text) wanted.edited_text = edited.edited_text;
            if (changed.category) wanted.category = edited.category;
            if (changed.attribution) wanted.attribution = edited.attribution;
            Excerpt next = Edit(current, wanted, *source);
            next.editor = write.actor;
            return next;
          }));
  ToProto(stored, with_.store, response);
  return absl::OkStatus();
}

absl::Status ExcerptCalls::RecordConsent(
    const platform::CallContext& call,
    const v1::RecordExcerptConsentRequest& request, v1::Excerpt& response) {
  std::vector<base::Violation> violations;
  CheckName(request.name(), violations);
  ConsentWords words = ReadConsent(request.consent(), request.publish_level(),
                                   violations);
  words.note = ReadLine(kConsentNote, "note", request.note(),
                        "10月3日付けの電子メールによる", violations);
  if (!violations.empty()) return ExcerptInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  words.by = write.actor;
  WELFARE_ASSIGN_OR_RETURN(
      const Excerpt stored,
      with_.store.Change(
          write, request.name(), request.etag(),
          [&](const Excerpt& current,
              base::Timestamp now) -> absl::StatusOr<Excerpt> {
            std::optional<Excerpt> changed = StateConsent(current, words, now);
            if (!changed.has_value()) {
              return ExcerptConsentReserved(request.name());
            }
            return *std::move(changed);
          }));
  ToProto(stored, with_.store, response);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> ExcerptCalls::Self(
    const platform::CallContext& call, const base::RoundName& round) {
  const std::optional<base::Respondent>& self = call.identity.respondent();
  if (!self.has_value() ||
      !call.identity.Holds(access::Role::kRespondent, round.survey)) {
    return std::optional<std::string>();
  }
  return with_.survey.FindRespondent(call, round, *self);
}

absl::Status ExcerptCalls::ListProposals(
    const platform::CallContext& call,
    const v1::ListExcerptProposalsRequest& request,
    v1::ListExcerptProposalsResponse& response) {
  const auto round = base::RoundName::Parse(request.parent());
  if (!round.ok()) {
    return ExcerptInvalid({ResourceNameInvalid("parent", request.parent(),
                                               base::RoundName::kPattern)});
  }
  const std::optional<Consent> wanted =
      vocabulary::FindIn(kConsents, static_cast<int>(request.consent()));
  if (!wanted.has_value() &&
      request.consent() != v1::Excerpt::CONSENT_UNSPECIFIED) {
    return ExcerptInvalid({ConsentUnknown()});
  }
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, with_.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  WELFARE_ASSIGN_OR_RETURN(const std::optional<std::string> self,
                           Self(call, *round));
  if (!self.has_value()) return absl::OkStatus();
  std::string last = after.has_value() ? std::get<0>(*after) : "";
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<Excerpt> excerpts,
      with_.store.ListOf(round->survey, round->fiscal_year.value(), *self,
                         wanted, last, page.size() + 1, call.limits));
  base::PageRoom room(page.size());
  for (const Excerpt& excerpt : excerpts) {
    v1::ExcerptProposal one;
    ToProposal(excerpt, one);
    if (!room.Take(one.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(std::tuple(last)));
      break;
    }
    last = excerpt.id;
    *response.add_excerpt_proposals() = std::move(one);
  }
  return absl::OkStatus();
}

absl::Status ExcerptCalls::Decide(const platform::CallContext& call,
                                  const v1::ConsentToExcerptRequest& request,
                                  v1::ExcerptProposal& response) {
  std::vector<base::Violation> violations;
  CheckName(request.name(), violations);
  ConsentWords words = ReadConsent(request.consent(), request.publish_level(),
                                   violations);
  if (request.digest().empty()) {
    violations.push_back(FieldRequired("digest", "5f70bf18a086…"));
  } else if (!base::IsSha256Hex(request.digest())) {
    violations.push_back(DigestInvalid("digest"));
  }
  if (!violations.empty()) return ExcerptInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  words.by = write.actor;
  // Whose answer it is of never changes, so it may be read before the change.
  WELFARE_ASSIGN_OR_RETURN(const Excerpt before,
                           with_.store.Get(request.name(), call.limits));
  const auto round = base::RoundName::Parse(
      request.name().substr(0, request.name().find(kExcerpts)));
  if (!round.ok()) return ExcerptNotFound(request.name());
  WELFARE_ASSIGN_OR_RETURN(const std::optional<std::string> self,
                           Self(call, *round));
  if (self != before.respondent) return ExcerptNotFound(request.name());
  WELFARE_ASSIGN_OR_RETURN(
      const Excerpt stored,
      with_.store.Change(
          write, request.name(), "",
          [&](const Excerpt& current,
              base::Timestamp now) -> absl::StatusOr<Excerpt> {
            if (PrintedDigest(current) != request.digest()) {
              return ExcerptOtherText(request.name());
            }
            return DecideConsent(current, words, now);
          }));
  ToProposal(stored, response);
  return absl::OkStatus();
}

}  // namespace welfare::report
