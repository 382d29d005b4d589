#include "tools/welfarectl/files/import_stream.h"

#include <google/protobuf/message.h>

#include <cstddef>
#include <iostream>
#include <optional>

#include "services/base/error.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/session/call.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::ctl {
namespace {

// Whether a call that ended so was answered, so that its batch is known not to
// be written.
bool IsAnswered(absl::StatusCode code) {
  return code != absl::StatusCode::kUnavailable &&
         code != absl::StatusCode::kDeadlineExceeded &&
         code != absl::StatusCode::kCancelled &&
         code != absl::StatusCode::kUnknown &&
         code != absl::StatusCode::kInternal;
}

// Sends a file that is one transaction again, as a dry run, for the faults
// after `token`, which becomes that of the next ones.
int AskAgain(Session& session, const std::vector<CsvBatch>& batches,
             ImportSummary& summary, const NewRequest& new_request,
             const MoreFaults& more, std::string& token) {
  std::optional<Exchange> exchange;
  type::v1::ImportResult page;
  for (const CsvBatch& batch : batches) {
    const auto request =
        more.next(*new_request(batch, &batch == &batches.back()), token);
    if (!exchange) exchange.emplace(session, *request->GetDescriptor());
    page.Clear();
    if (!exchange->Ask(*request, page)) break;
  }
  const CallStatus status = exchange->Finish();
  if (!status.ok()) return Fail(status);
  summary.AddFaults(page);
  token = page.next_rejects_token();
  return kOk;
}

}  // namespace

void AddEncodingFlag(const Command& verb, std::string& encoding) {
  verb.AddOption("--encoding", encoding,
                 "Encoding of the file; auto: by its mark, else UTF-8 or CP932")
      .OneOf({"auto", "utf-8", "utf-16", "cp932"})
      .ShowDefault();
}

absl::StatusOr<CsvFile> ReadImportFile(const std::string& path,
                                       const std::string& encoding) {
  WELFARE_ASSIGN_OR_RETURN(const text::EncodingChoice choice,
                           text::ParseEncodingChoice(encoding));
  auto file = ReadCsvFile(path, choice);
  if (file.ok() && file->encoding != text::Encoding::kUtf8 &&
      file->encoding != text::Encoding::kUtf8WithBom) {
    std::cerr << Say("{path}: read as {encoding}; --encoding names another.",
                     {{"path", path},
                      {"encoding",
                       std::string(text::ToString(file->encoding))}})
              << "\n";
  }
  return file;
}

void ImportFlags::AddTo(const Command& verb, bool many) {
  const Flag file =
      verb.AddOption("FILE", files, "CSV file; - is standard input")
          .File()
          .Required();
  if (!many) file.Once();
  AddEncodingFlag(verb, encoding);
  verb.AddOption("--rejects", rejects,
                 "Write every refused record and why to this CSV file")
      .File();
  verb.AddSwitch("--dry-run", dry_run, "Check everything, write nothing");
}

Import::Import(Session& session, const ImportFlags& flags,
               ImportSummary::Commit commit)
    : session_(session),
      commit_(flags.dry_run ? ImportSummary::Commit::kNever : commit),
      summary_(flags.rejects) {}

int Import::Send(const std::vector<CsvBatch>& batches,
                 const NewRequest& new_request, const MoreFaults& more) {
  const int code = SendBatches(batches, new_request, more);
  return code == kOk ? code : BreakOff(code);
}

int Import::BreakOff(int code) const {
  summary_.BreakOff(session_);
  return code;
}

int Import::Finish() const { return summary_.Finish(session_); }

int Import::SendBatches(const std::vector<CsvBatch>& batches,
                        const NewRequest& new_request, const MoreFaults& more) {
  std::size_t all = 0, done = 0;
  for (const CsvBatch& batch : batches) {
    all += static_cast<std::size_t>(batch.records);
  }
  std::optional<Exchange> exchange;
  std::string token;
  for (const CsvBatch& batch : batches) {
    const bool last = &batch == &batches.back();
    const auto request = new_request(batch, last);
    if (!exchange) exchange.emplace(session_, *request->GetDescriptor());
    summary_.Sending(batch.source_file, batch.first_line, last, commit_);
    type::v1::ImportResult result;
    if (!exchange->Ask(*request, result)) break;
    summary_.Add(result);
    token = result.next_rejects_token();
    while (!more.whole_file && !token.empty()) {
      type::v1::ImportResult page;
      if (!exchange->Ask(*more.next(*request, token), page)) break;
      summary_.AddFaults(page);
      token = page.next_rejects_token();
    }
    if (!more.whole_file && !token.empty()) break;
    done += static_cast<std::size_t>(batch.records);
    if (batches.size() > 1) summary_.Progress(done, all);
  }
  if (!exchange) return kOk;
  const CallStatus status = exchange->Finish();
  if (!status.ok()) {
    if (IsAnswered(status.code)) summary_.Refused();
    return Fail(status);
  }
  while (!token.empty()) {
    const int code =
        AskAgain(session_, batches, summary_, new_request, more, token);
    if (code != kOk) return code;
  }
  return kOk;
}

int ImportRecords(Session& session, const ImportFlags& flags, int batch_records,
                  ImportSummary::Commit commit, const NewRequest& new_request,
                  const MoreFaults& more, const EditFile& edit) {
  Import import(session, flags, commit);
  for (const std::string& path : flags.files) {
    auto file = ReadImportFile(path, flags.encoding);
    if (!file.ok()) return Fail(file.status());
    if (absl::Status status = edit(*file); !status.ok()) return Fail(status);
    const auto batches = CutIntoBatches(*file, {}, batch_records);
    if (!batches.ok()) return Fail(batches.status());
    const int code = import.Send(*batches, new_request, more);
    if (code != kOk) return code;
  }
  return import.Finish();
}

}  // namespace welfare::ctl
