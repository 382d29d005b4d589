// report.
#include "tools/welfarectl/commands/report/report_commands.h"

#include <cstdint>
#include <filesystem>
#include <iostream>

#include "services/base/coding/sha256.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/report/excerpt_commands.h"
#include "tools/welfarectl/commands/report/feedback_commands.h"
#include "tools/welfarectl/commands/report/report_verify.h"
#include "tools/welfarectl/commands/report/template_commands.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/report/v1/report_service.pb.h"
#include "welfare/type/v1/publish_level.pb.h"

namespace welfare::ctl {
namespace {

namespace report_v1 = ::welfare::report::v1;

Table ReportTable() {
  return Table({{.title = "report"},
                {.title = "title", .limit = 52},
                {.title = "round"},
                {.title = "state"},
                {.title = "formats"},
                {.title = "snapshot", .limit = 14},
                {.title = "data"}});
}

void AddRow(Table& table, const report_v1::Report& report) {
  std::string formats;
  for (const report_v1::Report::File& file : report.files()) {
    formats += (formats.empty() ? "" : " ") + file.format();
  }
  table.Add({report.name(), report.display_name(), report.round(),
             ShortName(report_v1::Report::State_Name(report.state()), "STATE_"),
             formats, report.snapshot(), report.synthetic() ? "架空" : ""});
}

int PrintReport(Session& session, const report_v1::Report& report) {
  Table table = ReportTable();
  AddRow(table, report);
  Print(session, report, table);
  return kOk;
}

struct CreateFlags {
  std::string report_template = "jusou";
  int fiscal_year = 0;
  std::string edition = "provisional";
  std::string corrects;
  std::string reason;
  std::string template_digest;
  std::string audience = "everybody";
  std::int64_t revision = 0;
  std::int64_t previous_revision = 0;
  bool without_previous = false;
};

int CreateReport(Session& session, const CreateFlags& flags) {
  report_v1::CreateReportRequest request;
  report_v1::Report& report = *request.mutable_report();
  report.set_template_(flags.report_template);
  report.set_round(session.round_name(flags.fiscal_year));
  report.set_data_version(flags.revision);
  // 0 would be none, and nothing the current one.
  if (flags.without_previous || flags.previous_revision != 0) {
    report.set_previous_data_version(flags.previous_revision);
  }
  report.set_edition(flags.edition == "final" ? report_v1::Report::EDITION_FINAL
                     : flags.edition == "corrected"
                         ? report_v1::Report::EDITION_CORRECTED
                         : report_v1::Report::EDITION_PROVISIONAL);
  if (!flags.corrects.empty()) report.set_corrects(ReportName(flags.corrects));
  report.set_correction_reason(flags.reason);
  report.set_template_digest(flags.template_digest);
  report.set_audience(flags.audience == "stakeholders"
                          ? report_v1::Report::AUDIENCE_STAKEHOLDERS
                          : report_v1::Report::AUDIENCE_EVERYBODY);
  request.set_request_id(Session::NewRequestId());
  report_v1::Report reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintReport(session, reply) : code;
}

int GetReport(Session& session, const std::string& id) {
  report_v1::GetReportRequest request;
  request.set_name(ReportName(id));
  report_v1::Report reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintReport(session, reply) : code;
}

int PublishReport(Session& session, const std::string& id,
                  const std::string& level) {
  report_v1::PublishReportRequest request;
  request.set_name(ReportName(id));
  request.set_publish_level(
      level == "internal"       ? type::v1::PUBLISH_LEVEL_INTERNAL
      : level == "stakeholders" ? type::v1::PUBLISH_LEVEL_STAKEHOLDERS
      : level == "aggregate"    ? type::v1::PUBLISH_LEVEL_AGGREGATE
                                : type::v1::PUBLISH_LEVEL_PUBLIC);
  request.set_request_id(Session::NewRequestId());
  report_v1::Report reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintReport(session, reply) : code;
}

int WithdrawReport(Session& session, const std::string& id,
                   const std::string& reason) {
  report_v1::WithdrawReportRequest request;
  request.set_name(ReportName(id));
  request.set_reason(reason);
  request.set_request_id(Session::NewRequestId());
  report_v1::Report reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintReport(session, reply) : code;
}

int ListReports(Session& session) {
  report_v1::ListReportsRequest request;
  std::vector<report_v1::Report> all;
  Table table = ReportTable();
  const int code = ReadPages<report_v1::ListReportsResponse>(
      session, request, [&](const report_v1::ListReportsResponse& page) {
        for (const report_v1::Report& report : page.reports()) {
          AddRow(table, report);
          all.push_back(report);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

// `CORRECTION, REGISTRY`.
std::string CausesOf(const report_v1::ReportChange& change) {
  std::string causes;
  for (const int cause : change.causes()) {
    causes += (causes.empty() ? "" : ", ") +
              ShortName(report_v1::ReportChange::Cause_Name(cause), "CAUSE_");
  }
  return causes;
}

int DiffReports(Session& session, const std::string& from,
                const std::string& to) {
  report_v1::ListReportChangesRequest request;
  request.set_parent(ReportName(to));
  request.set_base(ReportName(from));
  std::vector<report_v1::ReportChange> all;
  Table table({{.title = "page"},
               {.title = "table", .limit = 30},
               {.title = "row", .limit = 24},
               {.title = "column", .limit = 24},
               {.title = "before", .limit = 24},
               {.title = "after", .limit = 24},
               {.title = "turned"},
               {.title = "cause"}});
  const int code = ReadPages<report_v1::ListReportChangesResponse>(
      session, request, [&](const report_v1::ListReportChangesResponse& page) {
        for (const report_v1::ReportChange& change : page.changes()) {
          table.Add({change.page(), change.title(), change.row_label(),
                     change.column_label(), change.before(), change.after(),
                     change.sign_changed() ? "yes" : "", CausesOf(change)});
          all.push_back(change);
        }
      });
  if (code != kOk) return code;
  PrintList(session, all, table);
  return kOk;
}

// One file as it was sent.
struct Sent {
  CallStatus status;
  std::string bytes;
  std::string filename;
  std::int64_t size = -1;
};

Sent Receive(Session& session,
             const report_v1::DownloadReportRequest& request) {
  AnswerStream stream(session, request);
  Sent sent;
  report_v1::DownloadReportResponse part;
  while (stream.Read(part)) {
    if (sent.size < 0) {
      sent.size = part.size();
      sent.filename = part.filename();
    }
    sent.bytes += part.data();
  }
  sent.status = stream.Finish();
  return sent;
}

int FailCut(const Sent& sent) {
  return Fail(base::MakeError(CtlRow("DOWNLOAD_CUT"))
                  .With("got", static_cast<long long>(sent.bytes.size()))
                  .With("size", sent.size));
}

// Writes the signature of a file beside it, where it has one.
int DownloadSignature(Session& session,
                      report_v1::DownloadReportRequest request,
                      const std::filesystem::path& file) {
  request.set_signature(true);
  const Sent sent = Receive(session, request);
  if (ReasonOf(sent.status) == "FILE_NOT_SIGNED") return kOk;
  if (!sent.status.ok()) return Fail(sent.status);
  // A platform that knows no signatures sends the file once more.
  if (!sent.filename.ends_with(kSignatureSuffix)) return kOk;
  if (sent.size != static_cast<std::int64_t>(sent.bytes.size())) {
    return FailCut(sent);
  }
  const std::string path = file.string() + std::string(kSignatureSuffix);
  if (const absl::Status written = WriteWholeFile(path, sent.bytes);
      !written.ok()) {
    return Fail(written);
  }
  std::cerr << Say("{path}: the signature", {{"path", path}}) << "\n";
  return kOk;
}

int Download(Session& session, const std::string& id, const std::string& format,
             const std::string& out_path) {
  report_v1::DownloadReportRequest request;
  request.set_name(ReportName(id));
  request.set_format(format);
  const Sent sent = Receive(session, request);
  if (!sent.status.ok()) return Fail(sent.status);
  if (sent.size != static_cast<std::int64_t>(sent.bytes.size())) {
    return FailCut(sent);
  }
  if (out_path == "-") {
    std::cout << sent.bytes << std::flush;
    return kOk;
  }
  // The server's name is a suggestion; only its last part is used.
  const std::filesystem::path path =
      out_path.empty() ? std::filesystem::path(sent.filename).filename()
                       : std::filesystem::path(out_path);
  if (const absl::Status written = WriteWholeFile(path, sent.bytes);
      !written.ok()) {
    return Fail(written);
  }
  std::cerr << Say("{path}: {bytes} bytes, sha256 {digest}",
                   {{"path", path.string()},
                    {"bytes", std::to_string(sent.bytes.size())},
                    {"digest", base::Sha256Hex(sent.bytes)}})
            << "\n";
  return DownloadSignature(session, request, path);
}

}  // namespace

void AddReportCommands(const Command& app, Session& session) {
  const Command noun =
      app.AddNoun("report", "Reports, rendered from snapshots");

  const Command create = noun.AddVerb("create", "Render a report");
  auto flags = std::make_shared<CreateFlags>();
  create.AddOption("--template", flags->report_template, "Template id")
      .ShowDefault();
  create
      .AddOption("--fiscal-year", flags->fiscal_year,
                 "Fiscal year of the round")
      .Required();
  create
      .AddOption("--edition", flags->edition,
                 "What it is made to be published as")
      .OneOf({"provisional", "final", "corrected"})
      .ShowDefault();
  create.AddOption(
      "--revision", flags->revision,
      "Round revision whose answers it shows; default: the current "
      "one");
  const Flag previous = create.AddOption(
      "--previous-revision", flags->previous_revision,
      "Revision of last year's round that it is compared with; default: the "
      "current one");
  create
      .AddSwitch("--without-previous", flags->without_previous,
                 "Compare with no round of last year, also where there is one "
                 "by now: to make a report again that was made before")
      .Excludes(previous);
  create.AddOption("--corrects", flags->corrects,
                   "The published final report that a correction corrects");
  create.AddOption("--reason", flags->reason,
                   "Why it is corrected, as readers are told");
  create.AddOption("--template-digest", flags->template_digest,
                   "The text of the template, as an earlier report names it; "
                   "default: that of the round");
  create
      .AddOption("--audience", flags->audience,
                 "Whom it is for: everybody (counts), or stakeholders (also "
                 "names, where the questionnaire shows them)")
      .OneOf({"everybody", "stakeholders"})
      .ShowDefault();
  create.Runs(session,
              [&session, flags] { return CreateReport(session, *flags); });

  noun.AddVerb("list", "List the reports").Runs(session, [&session] {
    return ListReports(session);
  });

  AddTemplateCommands(noun, session);
  AddExcerptCommands(noun, session);

  auto id = std::make_shared<std::string>();
  const Command get = noun.AddVerb("get", "Show one report");
  get.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  get.Runs(session, [&session, id] { return GetReport(session, *id); });

  const Command diff = noun.AddVerb(
      "diff", "List what changed from one report to another, with the cause");
  auto other = std::make_shared<std::string>();
  diff.AddOption("FROM", *other, "The earlier report").Required();
  diff.AddOption("TO", *id, "The later report").Required();
  diff.Runs(session, [&session, other, id] {
    return DiffReports(session, *other, *id);
  });

  auto word = std::make_shared<std::string>();
  const Command publish =
      noun.AddVerb("publish", "Publish a report as its edition says");
  publish.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  publish
      .AddOption("--level", *word,
                 "Who may read it: internal, stakeholders (respondents), "
                 "aggregate or public (everybody)")
      .OneOf({"internal", "stakeholders", "aggregate", "public"})
      .Required();
  publish.Runs(session, [&session, id, word] {
    return PublishReport(session, *id, *word);
  });

  const Command withdraw =
      noun.AddVerb("withdraw", "Take a published report back");
  withdraw.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  withdraw.AddOption("--reason", *word, "Why, as readers are told").Required();
  withdraw.Runs(session, [&session, id, word] {
    return WithdrawReport(session, *id, *word);
  });

  const Command download =
      noun.AddVerb("download", "Save one file of a report, and its signature");
  auto format = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  download.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  download.AddOption("--format", *format, "html, pdf, xlsx, csv or json")
      .Required();
  download
      .AddOption("--out", *out,
                 "File to write; - is standard output; default: the "
                 "suggested name")
      .File();
  download.Runs(session, [&session, id, format, out] {
    return Download(session, *id, *format, *out);
  });

  AddReportVerify(noun, session);
  AddFeedbackCommands(noun, session);
}

}  // namespace welfare::ctl
