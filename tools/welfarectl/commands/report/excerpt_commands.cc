// report excerpt: free text that a report may show.
#include "tools/welfarectl/commands/report/excerpt_commands.h"

#include <memory>
#include <string>
#include <vector>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/report/v1/report_service.pb.h"
#include "welfare/type/v1/publish_level.pb.h"

namespace welfare::ctl {
namespace {

namespace report_v1 = ::welfare::report::v1;

struct ExcerptFlags {
  int fiscal_year = 0;
  std::string id;
  std::string submission;
  std::string item;
  std::string text;
  std::string category;
  std::string attribution;
  std::string level = "stakeholders";
  std::string note;
  std::string etag;
  std::string digest;
  bool withdraw = false;
  bool all = false;
};

std::string ExcerptName(const Session& session, const ExcerptFlags& flags) {
  return session.round_name(flags.fiscal_year) + "/excerpts/" + flags.id;
}

report_v1::Excerpt::Attribution AttributionOf(const std::string& word) {
  return word == "named"  ? report_v1::Excerpt::ATTRIBUTION_NAMED
         : word == "area" ? report_v1::Excerpt::ATTRIBUTION_AREA
         : word == "kind" ? report_v1::Excerpt::ATTRIBUTION_KIND
                          : report_v1::Excerpt::ATTRIBUTION_UNSPECIFIED;
}

Table ExcerptTable() {
  return Table({{.title = "excerpt"},
                {.title = "respondent"},
                {.title = "item"},
                {.title = "category"},
                {.title = "text", .limit = 40},
                {.title = "consent"},
                {.title = "by"}});
}

void AddRow(Table& table, const report_v1::Excerpt& excerpt) {
  const auto last = [](const std::string& name) {
    return name.substr(name.rfind('/') + 1);
  };
  table.Add({last(excerpt.name()), last(excerpt.submission()), excerpt.item(),
             excerpt.category(), excerpt.edited_text(),
             ShortName(report_v1::Excerpt::Consent_Name(excerpt.consent()),
                       "CONSENT_"),
             excerpt.editor()});
}

int PrintExcerpt(Session& session, const report_v1::Excerpt& excerpt) {
  Table table = ExcerptTable();
  AddRow(table, excerpt);
  Print(session, excerpt, table);
  return kOk;
}

int CreateExcerpt(Session& session, const ExcerptFlags& flags) {
  report_v1::CreateExcerptRequest request;
  request.set_parent(session.round_name(flags.fiscal_year));
  request.set_excerpt_id(flags.id);
  report_v1::Excerpt& excerpt = *request.mutable_excerpt();
  excerpt.set_submission(request.parent() + "/submissions/" +
                         flags.submission);
  excerpt.set_item(flags.item);
  excerpt.set_edited_text(flags.text);
  excerpt.set_category(flags.category);
  excerpt.set_attribution(AttributionOf(flags.attribution));
  request.set_request_id(Session::NewRequestId());
  report_v1::Excerpt reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintExcerpt(session, reply) : code;
}

int UpdateExcerpt(Session& session, const ExcerptFlags& flags) {
  report_v1::UpdateExcerptRequest request;
  report_v1::Excerpt& excerpt = *request.mutable_excerpt();
  excerpt.set_name(ExcerptName(session, flags));
  excerpt.set_edited_text(flags.text);
  excerpt.set_category(flags.category);
  excerpt.set_attribution(AttributionOf(flags.attribution));
  excerpt.set_etag(flags.etag);
  request.set_request_id(Session::NewRequestId());
  report_v1::Excerpt reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintExcerpt(session, reply) : code;
}

type::v1::PublishLevel LevelOf(const std::string& word) {
  return word == "public" ? type::v1::PUBLISH_LEVEL_PUBLIC
                          : type::v1::PUBLISH_LEVEL_STAKEHOLDERS;
}

int RecordConsent(Session& session, const ExcerptFlags& flags) {
  report_v1::RecordExcerptConsentRequest request;
  request.set_name(ExcerptName(session, flags));
  request.set_consent(flags.withdraw ? report_v1::Excerpt::CONSENT_WITHDRAWN
                                     : report_v1::Excerpt::CONSENT_GIVEN);
  if (!flags.withdraw) {
    request.set_publish_level(LevelOf(flags.level));
  }
  request.set_note(flags.note);
  request.set_etag(flags.etag);
  request.set_request_id(Session::NewRequestId());
  report_v1::Excerpt reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintExcerpt(session, reply) : code;
}

// Both texts whole: nobody consents to what he has not read.
Table ProposalTable() {
  return Table({{.title = "excerpt"},
                {.title = "written"},
                {.title = "printed"},
                {.title = "category"},
                {.title = "named_by"},
                {.title = "consent"},
                {.title = "digest"}});
}

void AddRow(Table& table, const report_v1::ExcerptProposal& proposal) {
  table.Add(
      {proposal.name().substr(proposal.name().rfind('/') + 1),
       proposal.original_text(), proposal.printed_text(), proposal.category(),
       ShortName(
           report_v1::Excerpt::Attribution_Name(proposal.attribution()),
           "ATTRIBUTION_"),
       ShortName(report_v1::Excerpt::Consent_Name(proposal.consent()),
                 "CONSENT_"),
       proposal.digest()});
}

int ListProposals(Session& session, const ExcerptFlags& flags) {
  report_v1::ListExcerptProposalsRequest request;
  request.set_parent(session.round_name(flags.fiscal_year));
  if (!flags.all) request.set_consent(report_v1::Excerpt::CONSENT_NONE);
  std::vector<report_v1::ExcerptProposal> all;
  Table table = ProposalTable();
  const int code = ReadPages<report_v1::ListExcerptProposalsResponse>(
      session, request,
      [&](const report_v1::ListExcerptProposalsResponse& page) {
        for (const auto& proposal : page.excerpt_proposals()) {
          AddRow(table, proposal);
          all.push_back(proposal);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

int AgreeToExcerpt(Session& session, const ExcerptFlags& flags) {
  report_v1::ConsentToExcerptRequest request;
  request.set_name(ExcerptName(session, flags));
  request.set_consent(flags.withdraw ? report_v1::Excerpt::CONSENT_WITHDRAWN
                                     : report_v1::Excerpt::CONSENT_GIVEN);
  if (!flags.withdraw) request.set_publish_level(LevelOf(flags.level));
  request.set_digest(flags.digest);
  request.set_request_id(Session::NewRequestId());
  report_v1::ExcerptProposal reply;
  const int code = Call(session, request, reply);
  if (code != kOk) return code;
  Table table = ProposalTable();
  AddRow(table, reply);
  Print(session, reply, table);
  return kOk;
}

int GetExcerpt(Session& session, const ExcerptFlags& flags) {
  report_v1::GetExcerptRequest request;
  request.set_name(ExcerptName(session, flags));
  report_v1::Excerpt reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintExcerpt(session, reply) : code;
}

int ListExcerpts(Session& session, const ExcerptFlags& flags) {
  report_v1::ListExcerptsRequest request;
  request.set_parent(session.round_name(flags.fiscal_year));
  std::vector<report_v1::Excerpt> all;
  Table table = ExcerptTable();
  const int code = ReadPages<report_v1::ListExcerptsResponse>(
      session, request, [&](const report_v1::ListExcerptsResponse& page) {
        for (const report_v1::Excerpt& excerpt : page.excerpts()) {
          AddRow(table, excerpt);
          all.push_back(excerpt);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

}  // namespace

void AddExcerptCommands(const Command& noun, Session& session) {
  const Command excerpts = noun.AddNoun(
      "excerpt", "Free text of answers that a report may show");
  auto flags = std::make_shared<ExcerptFlags>();
  const Command create =
      excerpts.AddVerb("create", "Take an excerpt from a written answer");
  const Command update = excerpts.AddVerb(
      "update", "Edit an excerpt; what is printed is to be consented to anew");
  const Command consent = excerpts.AddVerb(
      "consent", "Record that the respondent consents, or no longer does");
  const Command proposals = excerpts.AddVerb(
      "proposals",
      "List what would be printed of your own answers, and awaits your consent");
  const Command agree = excerpts.AddVerb(
      "agree",
      "Consent to what would be printed of your own answer, or no longer do");
  const Command get = excerpts.AddVerb("get", "Show one excerpt");
  const Command list = excerpts.AddVerb("list", "List the excerpts of a round");
  for (const Command& verb : {create, update, consent, agree, get}) {
    verb.AddOption("EXCERPT", flags->id, "Excerpt id, consent-1").Required();
  }
  for (const Command& verb : {create, update, consent, proposals, agree, get, list}) {
    verb.AddOption("--fiscal-year", flags->fiscal_year,
                   "Fiscal year of the round")
        .Required();
  }
  create
      .AddOption("--submission", flags->submission,
                 "Whose answer, 131016-municipality")
      .Required();
  create
      .AddOption("--item", flags->item,
                 "The item that was answered, or item/row of a table")
      .Required();
  create
      .AddOption("--text", flags->text,
                 "What is printed, without names of people and places")
      .Required();
  create.AddOption("--category", flags->category, "What it is about")
      .Required();
  update.AddOption("--text", flags->text,
                   "What is printed, without names of people and places");
  update.AddOption("--category", flags->category, "What it is about");
  for (const Command& verb : {create, update}) {
    verb.AddOption("--attribution", flags->attribution,
                   "How the respondent is named: its kind alone, with its area, "
                   "or by name")
        .OneOf({"kind", "area", "named"});
  }
  for (const Command& verb : {consent, agree}) {
    verb.AddOption("--level", flags->level,
                   "For which readers: stakeholders (respondents) or public "
                   "(everybody)")
        .OneOf({"stakeholders", "public"})
        .ShowDefault();
  }
  proposals.AddSwitch("--all", flags->all, "Also what you have answered");
  agree
      .AddOption("--digest", flags->digest,
                 "The digest of what you read, as the list of proposals gives it")
      .Required();
  agree.AddSwitch("--withdraw", flags->withdraw,
                  "You do not consent, or no longer do");
  consent.AddOption("--note", flags->note, "How the respondent said so")
      .Required();
  consent.AddSwitch("--withdraw", flags->withdraw, "It no longer consents");
  for (const Command& verb : {update, consent}) {
    verb.AddOption("--etag", flags->etag,
                   "Entity tag of the revision meant; default: the current one");
  }
  create.Runs(session,
              [&session, flags] { return CreateExcerpt(session, *flags); });
  update.Runs(session,
              [&session, flags] { return UpdateExcerpt(session, *flags); });
  consent.Runs(session,
               [&session, flags] { return RecordConsent(session, *flags); });
  proposals.Runs(session,
                 [&session, flags] { return ListProposals(session, *flags); });
  agree.Runs(session,
             [&session, flags] { return AgreeToExcerpt(session, *flags); });
  get.Runs(session, [&session, flags] { return GetExcerpt(session, *flags); });
  list.Runs(session,
            [&session, flags] { return ListExcerpts(session, *flags); });
}

}  // namespace welfare::ctl
