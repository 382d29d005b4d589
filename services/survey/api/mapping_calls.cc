#include "services/survey/api/mapping_calls.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/files/mapping_yaml.h"
#include "services/survey/mapping/mapping_faults.h"

namespace welfare::survey {
namespace {

// The codebook of this version, where it is published; null, and a fault, where
// it is not.
absl::StatusOr<std::shared_ptr<const Codebook>> FindPublished(
    StoreReader& store, PinnedContent& content, const std::string& survey,
    const PlacedText& version, std::vector<base::Violation>& faults) {
  if (base::IsResourceId(version.text)) {
    const base::CodebookName name{.survey = survey, .version = version.text};
    WELFARE_ASSIGN_OR_RETURN(const auto stored, store.codebooks().Find(name));
    if (stored && stored->state == CodebookState::kPublished) {
      return content.LoadCodebook(store, name);
    }
  }
  faults.push_back(base::MakeViolation(MappingFault("MAPPING_CODEBOOK"),
                                       version.place,
                                       {{"version", version.text}}));
  return std::shared_ptr<const Codebook>();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const AnswerMapping>> MappingCalls::Compile(
    StoreReader& store, const std::string& survey, const std::string& content) {
  const std::string digest = base::Sha256Hex(content);
  const std::string key = survey + "/" + digest;
  {
    const std::lock_guard lock(mutex_);
    if (auto kept = kept_.Find(key)) return kept;
  }
  std::vector<base::Violation> faults;
  const MappingDraft draft = ReadMapping(content, faults);
  if (!draft.survey.text.empty() && draft.survey.text != survey) {
    faults.push_back(base::MakeViolation(MappingFault("MAPPING_SURVEY"),
                                         draft.survey.place,
                                         {{"survey", draft.survey.text}}));
  }
  std::shared_ptr<const Codebook> to;
  std::shared_ptr<const Codebook> from;
  if (!draft.codebook.text.empty()) {
    WELFARE_ASSIGN_OR_RETURN(
        to, FindPublished(store, d_.content, survey, draft.codebook, faults));
  }
  if (!draft.from_codebook.text.empty()) {
    WELFARE_ASSIGN_OR_RETURN(from, FindPublished(store, d_.content, survey,
                                                 draft.from_codebook, faults));
  }
  std::shared_ptr<const AnswerMapping> mapping;
  // What is known is judged with the rest, so that all is told at once.
  const bool old_known = draft.from_codebook.text.empty() || from != nullptr;
  if (to != nullptr && old_known) {
    mapping = AnswerMapping::Make(draft, MappingIdOf(digest), to, from, faults);
  }
  if (mapping == nullptr || !faults.empty()) {
    return MappingInvalid(std::move(faults));
  }
  const std::lock_guard lock(mutex_);
  kept_.Put(key, mapping);
  return mapping;
}

absl::StatusOr<std::shared_ptr<const AnswerMapping>> MappingCalls::Load(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    const std::string& survey) {
  const bool to_come = !request.mapping_to_come().empty();
  const bool named = !request.mapping().empty();
  std::shared_ptr<const AnswerMapping> mapping;
  if (!to_come && !named) return mapping;
  const std::string_view field = named ? "mapping" : "mapping_to_come";
  if (to_come && named) return MappingUnusable(field, why_not::kBoth);
  if (to_come && !request.validate_only()) {
    return MappingUnusable(field, why_not::kNoDryRun);
  }
  if (request.strategy() == type::v1::IMPORT_STRATEGY_UNSPECIFIED) {
    return MappingUnusable(field, why_not::kNoStrategy);
  }
  std::optional<base::MappingName> name;
  if (named) {
    WELFARE_ASSIGN_OR_RETURN(
        name, ParseName<base::MappingName>(field, request.mapping()));
    if (!survey.empty() && name->survey != survey) {
      return MappingUnusable(field, why_not::kOtherSurvey);
    }
  } else if (survey.empty()) {
    // Nothing is read by it.
    return mapping;
  }
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
        if (!named) {
          WELFARE_ASSIGN_OR_RETURN(
              mapping, Compile(store, survey, request.mapping_to_come()));
          return absl::OkStatus();
        }
        WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                 store.mappings().Find(*name));
        if (!stored) return MappingNotFound(*name);
        WELFARE_ASSIGN_OR_RETURN(mapping,
                                 Compile(store, name->survey, stored->content));
        return absl::OkStatus();
      }));
  return mapping;
}

absl::Status MappingCalls::ImportMapping(
    const Call& call, const v1::ImportMappingRequest& request,
    v1::Mapping& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  StoredMapping mapping{.name = {.survey = survey.survey, .mapping = {}},
                        .digest = base::Sha256Hex(request.content()),
                        .content = request.content(),
                        .actor = write.actor};
  mapping.name.mapping = FormatMappingId(MappingIdOf(mapping.digest));
  // On what is committed: a codebook that is published by a write beside this
  // one may yet be taken back.
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(
            const auto compiled,
            Compile(store, survey.survey, request.content()));
        mapping.codebook = compiled->codebook();
        mapping.from_codebook = compiled->from_codebook();
        return absl::OkStatus();
      }));
  const auto decide = [&](StoreReader& store,
                          StoreWriter* writer) -> absl::Status {
    mapping.create_time = writer == nullptr ? d_.clock.Now() : writer->time();
    WELFARE_ASSIGN_OR_RETURN(const auto stored,
                             store.mappings().Find(mapping.name));
    if (stored && stored->content != mapping.content) {
      return MappingExists(mapping.name);
    }
    if (!stored && writer != nullptr) {
      WELFARE_RETURN_IF_ERROR(writer->mappings().Store(mapping));
    }
    response = ToProto(stored ? *stored : mapping);
    return absl::OkStatus();
  };
  if (request.validate_only()) {
    return d_.store.Read(call.limits, [&](StoreReader& store) {
      return decide(store, nullptr);
    });
  }
  return RunWrite(d_.store, write, response,
                  [&](StoreWriter& writer) { return decide(writer, &writer); })
      .status();
}

absl::Status MappingCalls::GetMapping(const Call& call,
                                      const v1::GetMappingRequest& request,
                                      v1::Mapping& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::MappingName>("name", request.name()));
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto stored, store.mappings().Find(name));
    if (!stored) return MappingNotFound(name);
    // Only its uses change, and each is one batch more.
    std::int64_t batches = 0;
    for (const MappingUse& use : stored->uses) batches += use.batches;
    if (call.answer != nullptr &&
        call.CallerHas("mapping/2/" + store.incarnation() + "/" +
                       name.ToString() + "/" + stored->digest + "/" +
                       std::to_string(batches))) {
      return absl::OkStatus();
    }
    response = ToProto(*stored);
    return absl::OkStatus();
  });
}

absl::Status MappingCalls::ListMappings(const Call& call,
                                        const v1::ListMappingsRequest& request,
                                        v1::ListMappingsResponse& response) {
  MappingQuery query;
  WELFARE_ASSIGN_OR_RETURN(
      query.survey, ParseName<base::SurveyName>("parent", request.parent()));
  if (!request.round().empty()) {
    WELFARE_ASSIGN_OR_RETURN(
        const auto round, ParseName<base::RoundName>("round", request.round()));
    if (round.parent() != query.survey) {
      return RoundElsewhere("round", round, query.survey);
    }
    query.used_in = round.fiscal_year;
  }
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, d_.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  const std::string first = after.has_value() ? std::get<0>(*after) : "";
  query.after = first;
  query.limit = page.size() + 1;
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto list, store.mappings().List(query));
    base::PageRoom room(page.size());
    std::string last = first;
    for (const StoredMapping& mapping : list) {
      v1::Mapping one = ToProto(mapping);
      if (!room.Take(one.ByteSizeLong())) {
        response.set_next_page_token(page.TokenAfter(std::tuple(last)));
        break;
      }
      *response.add_mappings() = std::move(one);
      last = mapping.name.mapping;
    }
    return absl::OkStatus();
  });
}

}  // namespace welfare::survey
