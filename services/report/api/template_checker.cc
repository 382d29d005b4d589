#include "services/report/api/template_checker.h"

#include <string>
#include <vector>

#include "welfare/report/v1/report_service.pb.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/report/errors.h"
#include "services/report/template/fit.h"
#include "services/report/template/proposal.h"

namespace welfare::report {
namespace {

constexpr int kMostMisfits = 1000;

void ToProto(const ShelvedTemplate& shelved, const Misfit& misfit,
             const CodebookFigures& figures, v1::TemplateMisfit& result) {
  const ReportTemplate& of = shelved.report_template;
  result.set_template_(shelved.revision.empty() ? of.id : shelved.revision);
  result.set_place(misfit.place);
  result.set_line(LineOf(of, misfit.place));
  const Proposal proposal = Propose(misfit, figures.shapes);
  result.set_proposal(proposal.words);
  result.set_proposal_ja(proposal.words_ja);
  result.set_reason(std::string(ReasonName(misfit.reason)));
  result.set_subject(misfit.subject);
  std::string message = DescribeMisfit(misfit);
  std::string message_ja = CauseInJapanese(misfit) + "報告書では省く。";
  const auto cause = figures.causes.find(misfit.subject);
  if (misfit.reason == Misfit::Reason::kIndicatorMissing &&
      cause != figures.causes.end()) {
    message += " " + cause->second.message;
    message_ja += cause->second.message_ja;
  }
  result.set_message(message);
  result.set_message_ja(message_ja);
}

}  // namespace

absl::Status TemplateChecker::Check(const platform::CallContext& call,
                                    const v1::CheckTemplatesRequest& request,
                                    v1::CheckTemplatesResponse& response) {
  const auto codebook = base::CodebookName::Parse(request.name());
  if (!codebook.ok()) return CodebookNameInvalid(request.name());
  WELFARE_ASSIGN_OR_RETURN(const CodebookFigures figures,
                           definitions_.FiguresOf(call, *codebook));
  int misfits = 0;
  int templates = 0;
  WELFARE_ASSIGN_OR_RETURN(const std::vector<ShelvedTemplate> all,
                           templates_.ListOf(codebook->survey, call.limits));
  for (const ShelvedTemplate& one : all) {
    ++templates;
    for (const Misfit& misfit :
         FindMisfits(one.report_template, figures.shapes)) {
      if (++misfits <= kMostMisfits) {
        ToProto(one, misfit, figures, *response.add_misfits());
      }
    }
  }
  response.set_misfits_total(misfits);
  response.set_templates_total(templates);
  return absl::OkStatus();
}

}  // namespace welfare::report
