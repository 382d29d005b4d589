// codebook publish: asks first who could not work with it. A published
// codebook never changes, and the survey service does not know what indicators
// and reports are made of its answers.
#include "tools/welfarectl/commands/survey/codebook_publish.h"

#include <iostream>
#include <memory>
#include <string>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/survey/codebook_commands.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/report/v1/report_service.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

constexpr int kShownMisfits = 20;

struct PublishFlags {
  std::string version;
  bool accept_misfits = false;
};

// What of the definitions and templates would not fit.
struct Fit {
  int misfits = 0;
  int not_asked = 0;  // services that gave no answer
};

// The change that would make it fit, where one is proposed.
std::string MendOf(const indicator::v1::DefinitionMisfit& /*misfit*/) {
  return "";
}
std::string MendOf(const report::v1::TemplateMisfit& misfit) {
  return misfit.proposal().empty() ? "" : " " + misfit.proposal();
}

// Says what did not fit: the number first, then each.
template <typename Misfits, typename NameOf>
void SayMisfits(const Phrase& what, int total, const Misfits& misfits,
                const NameOf& name_of) {
  if (total == 0) return;
  const int shown = misfits.size() < kShownMisfits
                        ? static_cast<int>(misfits.size())
                        : kShownMisfits;
  std::cerr << Say(what,
                   {{"count", std::to_string(total)},
                    {"shown", shown == total
                                  ? ""
                                  : Say("; {count} shown",
                                        {{"count", std::to_string(shown)}})}})
            << "\n";
  for (int i = 0; i < shown; ++i) {
    const auto& misfit = misfits[i];
    std::cerr << "  - "
              << OneLine(name_of(misfit) + " (" + misfit.reason() + " " +
                         misfit.subject() + "): " + misfit.message() +
                         MendOf(misfit))
              << "\n";
  }
}

// A service that does not answer, or is too old to know the question, leaves
// it open. Every other failure is an answer.
bool IsOpen(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable ||
         code == absl::StatusCode::kUnimplemented ||
         code == absl::StatusCode::kDeadlineExceeded;
}

// Returns kOk or, with the error printed, an exit code.
template <typename Response, typename Request, typename Tell>
int Ask(Session& session, const std::string& codebook, const Phrase& no_answer,
        Fit& fit, const Tell& tell) {
  Request request;
  request.set_name(codebook);
  Response response;
  const CallStatus status = TryCall(session, request, response);
  if (status.ok()) {
    fit.misfits += response.misfits_total();
    tell(response);
    return kOk;
  }
  // A survey for which nothing is defined has nothing that could misfit.
  if (ReasonOf(status) == "SURVEY_NOT_FOUND") return kOk;
  if (!IsOpen(status.code)) return Fail(status);
  ++fit.not_asked;
  std::cerr << Say(no_answer, {{"message", status.message}}) << "\n";
  return kOk;
}

int CheckFit(Session& session, const std::string& codebook, Fit& fit) {
  namespace indicators = ::welfare::indicator::v1;
  namespace reports = ::welfare::report::v1;
  int code = Ask<indicators::CheckDefinitionsResponse,
                 indicators::CheckDefinitionsRequest>(
      session, codebook,
      "The indicator service could not be asked what would not fit: {message}",
      fit, [](const indicators::CheckDefinitionsResponse& response) {
        SayMisfits("{count} of the definitions would not fit{shown}:",
                   response.misfits_total(), response.misfits(),
                   [](const indicators::DefinitionMisfit& misfit) {
                     return misfit.place();
                   });
      });
  if (code != kOk) return code;
  code = Ask<reports::CheckTemplatesResponse, reports::CheckTemplatesRequest>(
      session, codebook,
      "The report service could not be asked what would not fit: {message}",
      fit, [](const reports::CheckTemplatesResponse& response) {
        SayMisfits("{count} places of templates would not fit{shown}:",
                   response.misfits_total(), response.misfits(),
                   [](const reports::TemplateMisfit& misfit) {
                     // An older service does not know the line.
                     return misfit.template_() + " " +
                            (misfit.line() == 0
                                 ? misfit.place()
                                 : Say("line {line}, {place}",
                                       {{"line", std::to_string(misfit.line())},
                                        {"place", misfit.place()}}));
                   });
      });
  return code;
}

int Publish(Session& session, const PublishFlags& flags) {
  const std::string name = session.codebook_name(flags.version);
  Fit fit;
  if (const int code = CheckFit(session, name, fit); code != kOk) return code;
  if ((fit.misfits > 0 || fit.not_asked > 0) && !flags.accept_misfits) {
    std::cerr << Say(fit.misfits > 0
                         ? Phrase("Not published. Mend the codebook or the "
                                  "definitions, or publish it all the same "
                                  "with --accept-misfits; what does not fit "
                                  "is left out of figures and reports.")
                         : Phrase("Not published. Ask again when the service "
                                  "answers, or publish it all the same with "
                                  "--accept-misfits; what does not fit is "
                                  "left out of figures and reports."))
              << "\n";
    return kRefused;
  }
  survey::v1::PublishCodebookRequest request;
  request.set_name(name);
  request.set_request_id(Session::NewRequestId());
  survey::v1::Codebook reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintCodebook(session, reply) : code;
}

}  // namespace

void AddCodebookPublish(const Command& noun, Session& session) {
  const Command verb =
      noun.AddVerb("publish", "Publish a draft; from then on it never changes");
  auto flags = std::make_shared<PublishFlags>();
  verb.AddOption("VERSION", flags->version, "Version, such as 2025-1")
      .Required();
  verb.AddSwitch("--accept-misfits", flags->accept_misfits,
                 "Publish although indicators or reports do not fit it, or "
                 "could not be asked");
  verb.Runs(session, [&session, flags] { return Publish(session, *flags); });
}

}  // namespace welfare::ctl
