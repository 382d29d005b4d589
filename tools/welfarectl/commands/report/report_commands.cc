// report.
#include "tools/welfarectl/commands/report/report_commands.h"

#include <filesystem>
#include <iostream>

#include "services/base/coding/sha256.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::ctl {
namespace {

namespace report_v1 = ::welfare::report::v1;

std::string ReportName(const std::string& id) {
  return id.starts_with("reports/") ? id : "reports/" + id;
}

Table ReportTable() {
  return Table({{.title = "report"},
                {.title = "title", .limit = 52},
                {.title = "round"},
                {.title = "formats"},
                {.title = "snapshot", .limit = 14},
                {.title = "data"}});
}

void AddRow(Table& table, const report_v1::Report& report) {
  std::string formats;
  for (const report_v1::Report::File& file : report.files()) {
    formats += (formats.empty() ? "" : " ") + file.format();
  }
  table.Add({report.name(), report.display_name(), report.round(), formats,
             report.snapshot(), report.synthetic() ? "架空" : ""});
}

int PrintReport(Session& session, const report_v1::Report& report) {
  Table table = ReportTable();
  AddRow(table, report);
  Print(session, report, table);
  return kOk;
}

int CreateReport(Session& session, const std::string& report_template,
                 int fiscal_year) {
  report_v1::CreateReportRequest request;
  request.mutable_report()->set_template_(report_template);
  request.mutable_report()->set_round(session.round_name(fiscal_year));
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

int Download(Session& session, const std::string& id, const std::string& format,
             const std::string& out_path) {
  report_v1::DownloadReportRequest request;
  request.set_name(ReportName(id));
  request.set_format(format);
  AnswerStream stream(session, request);
  std::string bytes, filename;
  std::int64_t size = -1;
  report_v1::DownloadReportResponse part;
  while (stream.Read(part)) {
    if (size < 0) {
      size = part.size();
      filename = part.filename();
    }
    bytes += part.data();
  }
  if (const CallStatus status = stream.Finish(); !status.ok()) {
    return Fail(status);
  }
  if (size != static_cast<std::int64_t>(bytes.size())) {
    return Fail(base::MakeError(CtlRow("DOWNLOAD_CUT"))
                    .With("got", static_cast<long long>(bytes.size()))
                    .With("size", size));
  }
  if (out_path == "-") {
    std::cout << bytes << std::flush;
    return kOk;
  }
  // The server's name is a suggestion; only its last part is used.
  const std::filesystem::path path =
      out_path.empty() ? std::filesystem::path(filename).filename()
                       : std::filesystem::path(out_path);
  if (const absl::Status written = WriteWholeFile(path, bytes); !written.ok()) {
    return Fail(written);
  }
  std::cerr << Say("{path}: {bytes} bytes, sha256 {digest}",
                   {{"path", path.string()},
                    {"bytes", std::to_string(bytes.size())},
                    {"digest", base::Sha256Hex(bytes)}})
            << "\n";
  return kOk;
}

}  // namespace

void AddReportCommands(const Command& app, Session& session) {
  const Command noun =
      app.AddNoun("report", "Reports, rendered from snapshots");

  const Command create = noun.AddVerb("create", "Render a report");
  auto report_template = std::make_shared<std::string>("jusou");
  auto fiscal_year = std::make_shared<int>(0);
  create.AddOption("--template", *report_template, "Template id").ShowDefault();
  create.AddOption("--fiscal-year", *fiscal_year, "Fiscal year of the round")
      .Required();
  create.Runs(session, [&session, report_template, fiscal_year] {
    return CreateReport(session, *report_template, *fiscal_year);
  });

  noun.AddVerb("list", "List the reports").Runs(session, [&session] {
    return ListReports(session);
  });

  auto id = std::make_shared<std::string>();
  const Command get = noun.AddVerb("get", "Show one report");
  get.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  get.Runs(session, [&session, id] { return GetReport(session, *id); });

  const Command download =
      noun.AddVerb("download", "Save one file of a report");
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
}

}  // namespace welfare::ctl
