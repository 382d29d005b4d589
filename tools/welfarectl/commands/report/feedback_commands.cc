// report feedback.
#include "tools/welfarectl/commands/report/feedback_commands.h"

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/report/report_verify.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/resumed_file.h"
#include "tools/welfarectl/files/whole_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/report/v1/feedback.pb.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::ctl {
namespace {

namespace v1 = ::welfare::report::v1;

std::string ReportOf(const std::string& id) {
  return id.starts_with("reports/") ? id : "reports/" + id;
}

// `jusou-2025-0001/131016-council` as a resource name.
std::string SheetOf(const std::string& id) {
  if (id.starts_with("reports/")) return id;
  const std::size_t at = id.find('/');
  if (at == std::string::npos) return "reports/" + id;
  return "reports/" + id.substr(0, at) + "/feedbackSheets/" + id.substr(at + 1);
}

std::string StateWord(const v1::FeedbackSheet& sheet) {
  return sheet.kind() == v1::FeedbackSheet::KIND_PAIR
             ? ""
             : ShortName(v1::FeedbackSheet::State_Name(sheet.state()),
                         "STATE_");
}

Table SheetTable() {
  return Table({{.title = "name"},
                {.title = "title", .limit = 48},
                {.title = "state"},
                {.title = "judged_by", .spare = 1},
                {.title = "comment", .limit = 40, .spare = 2},
                {.title = "digest", .limit = 14}});
}

void AddRow(Table& table, const v1::FeedbackSheet& sheet) {
  table.Add({sheet.name(), sheet.display_name(), StateWord(sheet),
             sheet.judged_by(), sheet.comment(), sheet.digest()});
}

int PrintSheet(Session& session, const v1::FeedbackSheet& sheet) {
  Table table = SheetTable();
  AddRow(table, sheet);
  Print(session, sheet, table);
  return kOk;
}

int MakeSheets(Session& session, const std::string& report) {
  v1::MakeFeedbackSheetsRequest request;
  request.set_parent(ReportOf(report));
  request.set_request_id(Session::NewRequestId());
  v1::MakeFeedbackSheetsResponse reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  Table table({{.title = "own_sheets", .number = true},
               {.title = "pair_sheets", .number = true}});
  table.Add({std::to_string(reply.own_sheets()),
             std::to_string(reply.pair_sheets())});
  Print(session, reply, table);
  return kOk;
}

v1::FeedbackSheet::State StateOf(const std::string& word) {
  if (word == "unconfirmed") return v1::FeedbackSheet::STATE_UNCONFIRMED;
  if (word == "confirmed") return v1::FeedbackSheet::STATE_CONFIRMED;
  if (word == "objected") return v1::FeedbackSheet::STATE_OBJECTED;
  return v1::FeedbackSheet::STATE_UNSPECIFIED;
}

// Reads all sheets of a report, or an exit code.
int ReadSheets(Session& session, const std::string& report,
               v1::FeedbackSheet::State state,
               std::vector<v1::FeedbackSheet>& sheets) {
  v1::ListFeedbackSheetsRequest request;
  request.set_parent(ReportOf(report));
  request.set_state(state);
  return ReadPages<v1::ListFeedbackSheetsResponse>(
      session, request, [&](const v1::ListFeedbackSheetsResponse& page) {
        sheets.insert(sheets.end(), page.feedback_sheets().begin(),
                      page.feedback_sheets().end());
      });
}

int ListSheets(Session& session, const std::string& report,
               const std::string& state) {
  std::vector<v1::FeedbackSheet> sheets;
  if (const int code = ReadSheets(session, report, StateOf(state), sheets);
      code != kOk) {
    return code;
  }
  Table table = SheetTable();
  for (const v1::FeedbackSheet& sheet : sheets) AddRow(table, sheet);
  PrintList(session, sheets, table);
  return kOk;
}

int GetSheet(Session& session, const std::string& id) {
  v1::GetFeedbackSheetRequest request;
  request.set_name(SheetOf(id));
  v1::FeedbackSheet reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintSheet(session, reply) : code;
}

template <typename Request>
int Judge(Session& session, const std::string& id, const std::string& digest,
          const std::string& comment) {
  Request request;
  request.set_name(SheetOf(id));
  request.set_digest(digest);
  request.set_comment(comment);
  request.set_request_id(Session::NewRequestId());
  v1::FeedbackSheet reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintSheet(session, reply) : code;
}

// Writes the signature of a file beside it.
int FetchSignature(Session& session, v1::DownloadFeedbackSheetRequest request,
                   const std::filesystem::path& file) {
  request.set_offset(0);
  request.set_signature(true);
  std::string text;
  AnswerStream stream(session, request);
  v1::DownloadReportResponse part;
  while (stream.Read(part)) text += part.data();
  if (const CallStatus status = stream.Finish(); !status.ok()) {
    return Fail(status);
  }
  const absl::Status written =
      WriteWholeFile(file.string() + std::string(kSignatureSuffix), text);
  return written.ok() ? static_cast<int>(kOk) : Fail(written);
}

// Fetches one file and its signature; goes on where an earlier run was cut.
int Fetch(Session& session, const v1::FeedbackSheet& sheet,
          const v1::Report::File& file, const std::filesystem::path& folder,
          bool& was_there) {
  // The server's name is a suggestion; only its last part is used.
  const std::filesystem::path path =
      folder / std::filesystem::path(file.filename()).filename();
  v1::DownloadFeedbackSheetRequest request;
  request.set_name(sheet.name());
  request.set_format(file.format());
  ResumedFile target(path, file.digest(), file.size());
  was_there = target.IsThere();
  // Before the file: what is there whole is there with its signature.
  std::error_code unknown;
  const bool is_signed = std::filesystem::exists(
      path.string() + std::string(kSignatureSuffix), unknown);
  if (!file.signing_key().empty() && !(was_there && is_signed)) {
    if (const int code = FetchSignature(session, request, path); code != kOk) {
      return code;
    }
  }
  if (was_there) return kOk;
  request.set_offset(target.Offset());
  AnswerStream stream(session, request);
  v1::DownloadReportResponse part;
  absl::Status written;
  while (stream.Read(part)) {
    if (written.ok()) written = target.Append(part.data());
  }
  if (const CallStatus status = stream.Finish(); !status.ok()) {
    return Fail(status);
  }
  if (written.ok()) written = target.Finish();
  return written.ok() ? static_cast<int>(kOk) : Fail(written);
}

struct DownloadFlags {
  std::string report;
  std::string out;
  std::string format = "pdf";
  bool pairs = false;
};

int DownloadSheets(Session& session, const DownloadFlags& flags) {
  constexpr std::size_t kToldEvery = 20;
  std::vector<v1::FeedbackSheet> sheets;
  if (const int code =
          ReadSheets(session, flags.report,
                     v1::FeedbackSheet::STATE_UNSPECIFIED, sheets);
      code != kOk) {
    return code;
  }
  if (!flags.pairs) {
    std::erase_if(sheets, [](const v1::FeedbackSheet& sheet) {
      return sheet.kind() == v1::FeedbackSheet::KIND_PAIR;
    });
  }
  const std::filesystem::path folder = flags.out;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Fail(base::MakeError(CtlRow("FILE_UNWRITABLE"))
                    .With("path", folder.string()));
  }
  std::size_t fetched = 0, kept = 0;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    for (const v1::Report::File& file : sheets[i].files()) {
      if (file.format() != flags.format) continue;
      bool was_there = false;
      if (const int code =
              Fetch(session, sheets[i], file, folder, was_there);
          code != kOk) {
        std::cerr << Say("{done} of {all} sheets are in {path}. The same "
                         "command goes on from there.",
                         {{"done", std::to_string(fetched + kept)},
                          {"all", std::to_string(sheets.size())},
                          {"path", folder.string()}})
                  << "\n";
        return code;
      }
      ++(was_there ? kept : fetched);
    }
    if ((i + 1) % kToldEvery == 0 && i + 1 < sheets.size()) {
      std::cerr << Say("{done} of {all} sheets",
                       {{"done", std::to_string(i + 1)},
                        {"all", std::to_string(sheets.size())}})
                << "\n";
    }
  }
  std::cerr << Say("{path}: {fetched} sheets fetched, {kept} were there",
                   {{"path", folder.string()},
                    {"fetched", std::to_string(fetched)},
                    {"kept", std::to_string(kept)}})
            << "\n";
  return kOk;
}

}  // namespace

void AddFeedbackCommands(const Command& report, Session& session) {
  const Command noun = report.AddNoun(
      "feedback", "What respondents are shown, and asked to confirm, before a "
                  "report is published");
  auto id = std::make_shared<std::string>();
  auto word = std::make_shared<std::string>();

  const Command make =
      noun.AddVerb("make", "Make the sheets of all respondents");
  make.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  make.Runs(session, [&session, id] { return MakeSheets(session, *id); });

  const Command list = noun.AddVerb("list", "List the sheets of a report");
  list.AddOption("REPORT", *id, "Report id, jusou-2025-0001").Required();
  list.AddOption("--state", *word,
                 "Only those that were answered so; unconfirmed: by nobody yet")
      .OneOf({"unconfirmed", "confirmed", "objected"});
  list.Runs(session,
            [&session, id, word] { return ListSheets(session, *id, *word); });

  const Command get = noun.AddVerb("get", "Show one sheet");
  get.AddOption("SHEET", *id,
                "Report and respondent, jusou-2025-0001/131016-council")
      .Required();
  get.Runs(session, [&session, id] { return GetSheet(session, *id); });

  auto digest = std::make_shared<std::string>();
  auto comment = std::make_shared<std::string>();
  const Command confirm = noun.AddVerb("confirm", "Say that a sheet is right");
  confirm
      .AddOption("SHEET", *id,
                 "Report and respondent, jusou-2025-0001/131016-council")
      .Required();
  confirm.AddOption("--digest", *digest, "The number printed on the sheet")
      .Required();
  confirm.AddOption("--comment", *comment, "A remark");
  confirm.Runs(session, [&session, id, digest, comment] {
    return Judge<v1::ConfirmFeedbackSheetRequest>(session, *id, *digest,
                                                  *comment);
  });

  const Command object =
      noun.AddVerb("object", "Say that something on a sheet is wrong");
  object
      .AddOption("SHEET", *id,
                 "Report and respondent, jusou-2025-0001/131016-council")
      .Required();
  object.AddOption("--digest", *digest, "The number printed on the sheet")
      .Required();
  object.AddOption("--comment", *comment, "What is wrong").Required();
  object.Runs(session, [&session, id, digest, comment] {
    return Judge<v1::ObjectToFeedbackSheetRequest>(session, *id, *digest,
                                                   *comment);
  });

  auto flags = std::make_shared<DownloadFlags>();
  const Command download = noun.AddVerb(
      "download",
      "Save the sheets of all respondents, and their signatures; run again, it "
      "goes on where it was");
  download.AddOption("REPORT", flags->report, "Report id, jusou-2025-0001")
      .Required();
  download.AddOption("--out", flags->out, "Folder to write to")
      .File()
      .Required();
  download.AddOption("--format", flags->format, "pdf or html")
      .OneOf({"pdf", "html"})
      .ShowDefault();
  download.AddSwitch("--pairs", flags->pairs,
                     "Also those of a municipality beside its council");
  download.Runs(session,
                [&session, flags] { return DownloadSheets(session, *flags); });
}

}  // namespace welfare::ctl
