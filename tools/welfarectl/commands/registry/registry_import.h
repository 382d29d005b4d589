// What both imports of the registry share beyond import_stream.h: one
// transaction for the file, and codes of five digits.
#pragma once

#include <string>

#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/files/import_stream.h"

namespace welfare::ctl {

struct RegistryImportFlags {
  ImportFlags file;
  bool atomic = false;
  int code_digits = 6;

  void AddTo(const Command& verb) {
    file.AddTo(verb, /*many=*/false);
    verb.AddSwitch("--atomic", atomic,
                   "Write the whole file or, where one record is refused, "
                   "nothing");
    verb.AddOption("--code-digits", code_digits,
                   "5: the codes of the file have no check digit")
        .OneOf({5, 6})
        .ShowDefault();
  }
};

// Imports a file of the registry. `code_column` is the one that --code-digits
// speaks of; `fill` sets what only this request has.
template <typename Request, typename Fill>
int RunRegistryImport(Session& session, const RegistryImportFlags& flags,
                      const std::string& code_column, const Fill& fill) {
  return ImportRecords(
      session, flags.file, kRecordsPerBatch,
      flags.atomic ? ImportSummary::Commit::kWithLastBatch
                   : ImportSummary::Commit::kEachBatch,
      [&](const CsvBatch& batch, bool last) {
        auto request = NewImportRequest<Request>(batch, flags.file.dry_run);
        fill(*request);
        if (flags.atomic) {
          request->set_transaction(v1::IMPORT_TRANSACTION_FILE);
          request->set_end_of_file(last);
        }
        return request;
      },
      {.next = &AskForNextFaults<Request>, .whole_file = flags.atomic},
      [&](CsvFile& file) {
        return flags.code_digits == 5
                   ? RenameColumn(file, code_column, code_column + "5")
                   : absl::OkStatus();
      });
}

}  // namespace welfare::ctl
