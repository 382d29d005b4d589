// Runs one bulk import: reads files, cuts batches, streams them, adds up the
// answers. Every import of every service has the same shape, so this is
// written once over the request type.
#pragma once

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/welfarectl/commands/commands.h"
#include "tools/welfarectl/files/csv_batches.h"
#include "tools/welfarectl/session/answer_timer.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::ctl {

struct ImportFlags {
  std::vector<std::string> files;
  std::string rejects;
  bool dry_run = false;

  void AddTo(CLI::App& verb, bool many) {
    auto* option =
        verb.add_option("FILE", files, "CSV file; - is standard input")
            ->required();
    if (!many) option->expected(1);
    verb.add_option("--rejects", rejects,
                    "Write every refused record and why to this CSV file");
    verb.add_flag("--dry-run", dry_run, "Check everything, write nothing");
  }
};

// Completes a request. `last`: it is the last of its file.
template <typename Request>
using FillRequest =
    std::function<absl::Status(Request&, const CsvBatch&, bool last)>;

// Whether a call that ended so was answered, so that its batch is known not to
// be written.
inline bool IsAnswered(grpc::StatusCode code) {
  return code != grpc::StatusCode::UNAVAILABLE &&
         code != grpc::StatusCode::DEADLINE_EXCEEDED &&
         code != grpc::StatusCode::CANCELLED &&
         code != grpc::StatusCode::UNKNOWN &&
         code != grpc::StatusCode::INTERNAL;
}

// Sends `batches`; one is answered before the next is sent, so that the
// progress shown is what is committed.
template <typename Request, typename Open>
int SendBatches(
    Session& session, const std::vector<CsvBatch>& batches, bool dry_run,
    ImportSummary& summary, const Open& open, const FillRequest<Request>& fill,
    ImportSummary::Commit commit = ImportSummary::Commit::kEachBatch) {
  grpc::ClientContext context;
  AnswerTimer timer(context, session.timeout());
  auto stream = open(&context);
  std::size_t all = 0, done = 0;
  for (const CsvBatch& batch : batches) {
    all += static_cast<std::size_t>(batch.records);
  }
  for (const CsvBatch& batch : batches) {
    const bool last = &batch == &batches.back();
    Request request;
    request.mutable_batch()->set_csv(batch.csv);
    request.mutable_batch()->set_first_line(batch.first_line);
    request.mutable_batch()->set_source_file(batch.source_file);
    request.set_request_id(Session::NewRequestId());
    request.set_validate_only(dry_run);
    if (fill) {
      if (absl::Status status = fill(request, batch, last); !status.ok()) {
        context.TryCancel();
        static_cast<void>(stream->Finish());
        return Fail(status);
      }
    }
    summary.Sending(batch, last,
                    dry_run ? ImportSummary::Commit::kNever : commit);
    type::v1::ImportResult result;
    if (!stream->Write(request) || !stream->Read(&result)) break;
    timer.Restart();
    summary.Add(result);
    done += static_cast<std::size_t>(batch.records);
    if (batches.size() > 1) summary.Progress(done, all);
  }
  stream->WritesDone();
  const grpc::Status status = timer.Explain(stream->Finish());
  if (status.ok()) return kOk;
  if (IsAnswered(status.error_code())) summary.Refused();
  return Fail(status);
}

// Prepares a file that was read, before it is cut.
using EditFile = std::function<absl::Status(CsvFile&)>;

template <typename Request, typename Open>
int RunImport(Session& session, const ImportFlags& flags,
              const std::vector<std::string>& key_columns, int batch_records,
              const Open& open, const FillRequest<Request>& fill = nullptr,
              ImportSummary::Commit commit = ImportSummary::Commit::kEachBatch,
              const EditFile& edit = nullptr) {
  ImportSummary summary(flags.rejects);
  for (const std::string& path : flags.files) {
    auto file = ReadCsvFile(path);
    if (!file.ok()) return Fail(file.status());
    if (edit) {
      if (absl::Status status = edit(*file); !status.ok()) return Fail(status);
    }
    const auto batches = CutIntoBatches(*file, key_columns, batch_records);
    if (!batches.ok()) return Fail(batches.status());
    const int code = SendBatches<Request>(session, *batches, flags.dry_run,
                                          summary, open, fill, commit);
    if (code != kOk) {
      summary.BreakOff(session);
      return code;
    }
  }
  return summary.Finish(session);
}

}  // namespace welfare::ctl
