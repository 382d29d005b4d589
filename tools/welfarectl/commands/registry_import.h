// What both imports of the registry share beyond import_stream.h: one
// transaction for the file, and codes of five digits.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tools/welfarectl/commands/registry_calls.h"
#include "tools/welfarectl/files/import_stream.h"

namespace welfare::ctl {

struct RegistryImportFlags {
  ImportFlags file;
  bool atomic = false;
  int code_digits = 6;

  void AddTo(CLI::App& verb) {
    file.AddTo(verb, /*many=*/false);
    verb.add_flag("--atomic", atomic,
                  "Write the whole file or, where one record is refused, "
                  "nothing");
    verb.add_option("--code-digits", code_digits,
                    "5: the codes of the file have no check digit")
        ->check(CLI::IsMember({5, 6}))
        ->capture_default_str();
  }
};

// Imports a file of the registry. `code_column` is the one that --code-digits
// speaks of; `fill` sets what only this request has.
template <typename Request, typename Open, typename Fill>
int RunRegistryImport(Session& session, const RegistryImportFlags& flags,
                      const std::string& code_column, const Open& open,
                      const Fill& fill) {
  return RunImport<Request>(
      session, flags.file, {}, kRecordsPerBatch, open,
      [&](Request& request, const CsvBatch&, bool last) {
        fill(request);
        if (flags.atomic) {
          request.set_transaction(v1::IMPORT_TRANSACTION_FILE);
          request.set_end_of_file(last);
        }
        return absl::OkStatus();
      },
      flags.atomic ? ImportSummary::Commit::kWithLastBatch
                   : ImportSummary::Commit::kEachBatch,
      [&](CsvFile& file) {
        return flags.code_digits == 5
                   ? RenameColumn(file, code_column, code_column + "5")
                   : absl::OkStatus();
      });
}

}  // namespace welfare::ctl
