#include "services/survey/api/codebook_calls.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/files/codebook_xlsform.h"

namespace welfare::survey {
namespace {

// A draft of an older build is read by the rules that hold now before it may
// never change again.
//
// Errors: INVALID_ARGUMENT, CODEBOOK_INVALID.
absl::Status TakeUnderAllRules(const platform::CallContext& call,
                               StoreWriter& store, StoredCodebook& draft) {
  if (draft.rules == kCurrentRules) return absl::OkStatus();
  XlsFormReading reading =
      ReadXlsForm(draft.sheets, draft.name.survey, draft.name.version,
                  kCurrentRules, WhileWanted(call, "the check of a codebook"));
  WELFARE_RETURN_IF_ERROR(reading.check.called_off);
  if (reading.check.codebook == nullptr) {
    return CodebookInvalid(reading.check);
  }
  draft.rules = kCurrentRules;
  return store.codebooks().Store(draft);
}

// A draft is for those who make it.
bool MaySee(const StoredCodebook& stored, const Viewer& viewer) {
  return stored.state == CodebookState::kPublished || viewer.sees_all();
}

// Whether the caller has the codebook as it is stored: its sheets by their
// digest, and what they are read by.
bool CallerHasCodebook(const platform::CallContext& call, StoreReader& store,
                       const StoredCodebook& stored, bool sheets) {
  if (call.answer == nullptr) return false;
  std::string state = std::string(sheets ? "sheets" : "codebook") + "/1/" + store.incarnation() + "/" +
                      stored.name.ToString() + "/" + stored.digest;
  for (const std::int64_t number :
       {static_cast<std::int64_t>(stored.state),
        static_cast<std::int64_t>(stored.rules), stored.create_time.micros(),
        stored.publish_time ? stored.publish_time->micros() : 0}) {
    state += "/" + std::to_string(number);
  }
  return call.CallerHas(state + "/" + stored.title);
}

}  // namespace

absl::Status CodebookCalls::ImportCodebook(
    const platform::CallContext& call, const v1::ImportCodebookRequest& request,
    v1::Codebook& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::CodebookName>(
                               "codebook_id", request.parent() + "/codebooks/" +
                                                  request.codebook_id()));
  StoredCodebook codebook{.name = name};
  codebook.sheets = {.survey = request.survey_csv(),
                     .choices = request.choices_csv(),
                     .settings = request.settings_csv()};
  XlsFormReading reading =
      ReadXlsForm(codebook.sheets, name.survey, name.version, codebook.rules,
                  WhileWanted(call, "the check of a codebook"));
  WELFARE_RETURN_IF_ERROR(reading.check.called_off);
  if (reading.check.codebook == nullptr) {
    return CodebookInvalid(reading.check);
  }
  codebook.title = reading.check.codebook->title();
  codebook.digest = reading.digest;
  const auto decide = [&](StoreReader& store,
                          StoreWriter* writer) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto stored, store.codebooks().Find(name));
    StoredCodebook next = codebook;
    next.create_time = writer == nullptr ? d_.clock.Now() : writer->time();
    if (stored) {
      const bool published = stored->state == CodebookState::kPublished;
      if (stored->digest == codebook.digest &&
          (published || stored->rules == codebook.rules)) {
        WELFARE_ASSIGN_OR_RETURN(const auto kept,
                                 d_.content.LoadCodebook(store, name));
        response = ToProto(*stored, kept.get());
        return absl::OkStatus();
      }
      if (published) return CodebookPublished(name);
      next.create_time = stored->create_time;
    }
    if (writer != nullptr) {
      WELFARE_RETURN_IF_ERROR(writer->codebooks().Store(next));
    }
    response = ToProto(next, reading.check.codebook.get());
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

absl::Status CodebookCalls::PublishCodebook(
    const platform::CallContext& call,
    const v1::PublishCodebookRequest& request, v1::Codebook& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::CodebookName>("name", request.name()));
  return RunWrite(
             d_.store, write, response,
             [&](StoreWriter& store) -> absl::Status {
               const base::Timestamp now = store.time();
               WELFARE_ASSIGN_OR_RETURN(auto stored,
                                        store.codebooks().Find(name));
               if (!stored) return CodebookNotFound(name);
               const bool published =
                   stored->state == CodebookState::kPublished;
               if (!published) {
                 WELFARE_RETURN_IF_ERROR(
                     TakeUnderAllRules(call, store, *stored));
               }
               // As a draft, which is kept by its digest: what is published is
               // kept by its name, and this may yet be rolled back.
               WELFARE_ASSIGN_OR_RETURN(const auto codebook,
                                        d_.content.LoadCodebook(store, name));
               if (!published) {
                 WELFARE_RETURN_IF_ERROR(store.codebooks().Publish(name, now));
                 stored->state = CodebookState::kPublished;
                 stored->publish_time = now;
               }
               response = ToProto(*stored, codebook.get());
               return absl::OkStatus();
             })
      .status();
}

absl::Status CodebookCalls::GetCodebook(const platform::CallContext& call,
                                        const v1::GetCodebookRequest& request,
                                        v1::Codebook& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::CodebookName>("name", request.name()));
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto stored, store.codebooks().Find(name));
    if (!stored || !MaySee(*stored, ViewerOf(call, name.survey))) {
      return CodebookNotFound(name);
    }
    if (CallerHasCodebook(call, store, *stored, request.sheets())) {
      return absl::OkStatus();
    }
    if (request.sheets()) {
      response = ToProto(*stored, nullptr);
      v1::Codebook::Sheets& sheets = *response.mutable_sheets();
      sheets.set_survey_csv(stored->sheets.survey);
      sheets.set_choices_csv(stored->sheets.choices);
      sheets.set_settings_csv(stored->sheets.settings);
      return absl::OkStatus();
    }
    WELFARE_ASSIGN_OR_RETURN(const auto codebook,
                             d_.content.LoadCodebook(store, name));
    response = ToProto(*stored, codebook.get());
    return absl::OkStatus();
  });
}

absl::Status CodebookCalls::ListCodebooks(
    const platform::CallContext& call, const v1::ListCodebooksRequest& request,
    v1::ListCodebooksResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, d_.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    std::string last = after.has_value() ? std::get<0>(*after) : "";
    const Viewer viewer = ViewerOf(call, survey.survey);
    const int limit = page.size() + 1;
    base::PageRoom room(page.size());
    while (true) {
      WELFARE_ASSIGN_OR_RETURN(const auto list,
                               store.codebooks().List(survey, last, limit));
      for (const StoredCodebook& codebook : list) {
        if (MaySee(codebook, viewer)) {
          v1::Codebook one = ToProto(codebook, nullptr);
          if (!room.Take(one.ByteSizeLong())) {
            response.set_next_page_token(page.TokenAfter(std::tuple(last)));
            return absl::OkStatus();
          }
          *response.add_codebooks() = std::move(one);
        }
        last = codebook.name.version;
      }
      if (static_cast<int>(list.size()) < limit) return absl::OkStatus();
    }
  });
}

}  // namespace welfare::survey
