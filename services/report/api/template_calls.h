// Templates of rounds: stored, shown and listed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/api/report_maker.h"
#include "services/report/peers/peer_definitions.h"
#include "services/report/peers/peer_survey.h"
#include "services/report/render/pdf/print_font.h"
#include "services/report/shelf/excerpt_collector.h"
#include "services/report/shelf/template_shelf.h"
#include "services/report/store/template_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// Any thread may call it.
class TemplateCalls {
 public:
  struct Dependencies {
    TemplateShelf& shelf;
    TemplateStore& store;
    PeerSurvey& survey;
    PeerDefinitions& definitions;
    ExcerptCollector& excerpts;
    ReportMaker& maker;
    const PrintFont& font;
    std::string incarnation;  // the store's; page tokens are bound to it
  };
  // All must outlive the object.
  explicit TemplateCalls(Dependencies dependencies)
      : with_(std::move(dependencies)) {}

  // Errors: as in the proto.
  absl::Status Create(const platform::CallContext& call,
                      const v1::CreateTemplateRevisionRequest& request,
                      v1::TemplateRevision& response);
  absl::Status Get(const platform::CallContext& call,
                   const v1::GetTemplateRevisionRequest& request,
                   v1::TemplateRevision& response);
  absl::Status List(const platform::CallContext& call,
                    const v1::ListTemplateRevisionsRequest& request,
                    v1::ListTemplateRevisionsResponse& response);

 private:
  // Finds all that is wrong with a text for a round; `file` names it. Returns
  // it as read.
  absl::StatusOr<ReportTemplate> Judge(const platform::CallContext& call,
                                       const base::RoundName& round,
                                       const std::string& template_id,
                                       const std::string& file,
                                       const std::string& text);

  // Adds the excerpts that may not be shown to `faults`.
  absl::Status JudgeExcerpts(const platform::CallContext& call,
                             const base::RoundName& round,
                             const ReportTemplate& read,
                             std::vector<base::Violation>& faults);

  Dependencies with_;
};

}  // namespace welfare::report
