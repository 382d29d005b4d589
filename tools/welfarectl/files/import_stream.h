// One import: files read, batches sent, answers added up. Every import of every
// service has the same shape, so this is written once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/welfarectl/files/csv_batches.h"
#include "tools/welfarectl/output/import_summary.h"
#include "tools/welfarectl/session/session.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace welfare::ctl {

class Command;

// The flag --encoding, for every command that reads a file.
void AddEncodingFlag(const Command& verb, std::string& encoding);

// Reads a file in the encoding that flag names; says on standard error which
// one it is, where it is not UTF-8.
//
// Errors: those of ReadCsvFile, and ENCODING_NAME.
absl::StatusOr<CsvFile> ReadImportFile(const std::string& path,
                                       const std::string& encoding);

struct ImportFlags {
  std::vector<std::string> files;
  std::string encoding = "auto";
  std::string rejects;
  bool dry_run = false;

  void AddTo(const Command& verb, bool many);
};

// Makes the request that carries a batch; `last`: it is the last of its file.
using NewRequest = std::function<std::unique_ptr<google::protobuf::Message>(
    const CsvBatch& batch, bool last)>;

// The request of a batch with what every import's has.
template <typename Request>
std::unique_ptr<Request> NewImportRequest(const CsvBatch& batch, bool dry_run) {
  auto request = std::make_unique<Request>();
  request->mutable_batch()->set_csv(batch.csv);
  request->mutable_batch()->set_first_line(batch.first_line);
  request->mutable_batch()->set_source_file(batch.source_file);
  request->set_request_id(Session::NewRequestId());
  request->set_validate_only(dry_run);
  return request;
}

// Makes, of a request that was answered, the one that asks for the faults that
// follow those of the answer; `token` is its `next_rejects_token`.
using NextFaults = std::function<std::unique_ptr<google::protobuf::Message>(
    const google::protobuf::Message& request, const std::string& token)>;

template <typename Request>
std::unique_ptr<google::protobuf::Message> AskForNextFaults(
    const google::protobuf::Message& request, const std::string& token) {
  auto next = std::make_unique<Request>(static_cast<const Request&>(request));
  next->set_request_id(Session::NewRequestId());
  next->set_validate_only(true);
  next->set_rejects_token(token);
  return next;
}

// How the faults are asked for that an answer has no room for.
struct MoreFaults {
  NextFaults next;
  // The file is one transaction: its batches are sent again, all together.
  bool whole_file = false;
};

// Sends what an import command has to send and tells what became of it. Used by
// one thread.
class Import {
 public:
  // `session` outlives the object.
  Import(Session& session, const ImportFlags& flags,
         ImportSummary::Commit commit);

  // Sends `batches`; one is answered before the next is sent, so that the
  // progress shown is what is committed. An answer names its first faults; the
  // others are asked for as `more` says. Returns kOk or, when it has told what
  // is written, an exit code.
  int Send(const std::vector<CsvBatch>& batches, const NewRequest& new_request,
           const MoreFaults& more);

  // Tells what is written by an import that ends with `code`, which it returns.
  int BreakOff(int code) const;
  // Prints counts and faults; returns an exit code.
  int Finish() const;

 private:
  // As Send, without telling.
  int SendBatches(const std::vector<CsvBatch>& batches,
                  const NewRequest& new_request, const MoreFaults& more);

  Session& session_;
  const ImportSummary::Commit commit_;
  ImportSummary summary_;
};

// Prepares a file that was read, before it is cut.
using EditFile = std::function<absl::Status(CsvFile&)>;

// Imports the files of `flags`, one after the other, whose records may stand in
// any batch.
int ImportRecords(Session& session, const ImportFlags& flags, int batch_records,
                  ImportSummary::Commit commit, const NewRequest& new_request,
                  const MoreFaults& more, const EditFile& edit);

}  // namespace welfare::ctl
