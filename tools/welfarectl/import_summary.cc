#include <unistd.h>

#include <fstream>
#include <iostream>

#include "services/text/csv.h"
#include "tools/welfarectl/commands.h"
#include "tools/welfarectl/printer.h"
#include "tools/welfarectl/session.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::ctl {
namespace {

constexpr int kShownRejects = 20;

std::string RejectsCsv(const type::v1::ImportResult& all) {
  const text::CsvWriteOptions options{.line_end = "\n"};
  std::string csv;
  text::AppendCsvRecord(
      csv,
      std::vector<std::string>{"source_file", "source_line", "record", "column",
                               "value", "reason_code", "message", "raw_record"},
      options);
  for (const type::v1::ImportReject& reject : all.rejects()) {
    text::AppendCsvRecord(
        csv,
        std::vector<std::string>{
            reject.source_file(), std::to_string(reject.source_line()),
            std::to_string(reject.record()), reject.column(), reject.value(),
            reject.reason_code(), reject.message(), reject.raw_record()},
        options);
  }
  return csv;
}

}  // namespace

struct ImportSummary::Totals {
  type::v1::ImportResult all;
  std::string rejects_path;
};

ImportSummary::ImportSummary(std::string rejects_path)
    : totals_(std::make_unique<Totals>()) {
  totals_->rejects_path = std::move(rejects_path);
}

ImportSummary::~ImportSummary() = default;

void ImportSummary::Add(const type::v1::ImportResult& result) {
  type::v1::ImportCounts& sum = *totals_->all.mutable_counts();
  const type::v1::ImportCounts& counts = result.counts();
  sum.set_rows(sum.rows() + counts.rows());
  sum.set_created(sum.created() + counts.created());
  sum.set_updated(sum.updated() + counts.updated());
  sum.set_unchanged(sum.unchanged() + counts.unchanged());
  sum.set_deleted(sum.deleted() + counts.deleted());
  sum.set_rejected(sum.rejected() + counts.rejected());
  for (const auto& reject : result.rejects()) {
    *totals_->all.add_rejects() = reject;
  }
  totals_->all.set_version(result.version());
  totals_->all.set_validate_only(result.validate_only());
}

void ImportSummary::Progress(std::size_t done, std::size_t of) const {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r" << totals_->all.counts().rows() << " rows, batch " << done
            << " of " << of << (done == of ? "\n" : "") << std::flush;
}

int ImportSummary::Finish(const Session& session) const {
  const type::v1::ImportResult& all = totals_->all;
  Table table({{.title = "rows", .number = true},
               {.title = "created", .number = true},
               {.title = "updated", .number = true},
               {.title = "unchanged", .number = true},
               {.title = "deleted", .number = true},
               {.title = "rejected", .number = true},
               {.title = "version", .number = true}});
  table.Add({std::to_string(all.counts().rows()),
             std::to_string(all.counts().created()),
             std::to_string(all.counts().updated()),
             std::to_string(all.counts().unchanged()),
             std::to_string(all.counts().deleted()),
             std::to_string(all.counts().rejected()),
             std::to_string(all.version())});
  Print(session, all, table);
  if (all.validate_only()) std::cerr << "Dry run: nothing was written.\n";
  if (!totals_->rejects_path.empty()) {
    std::ofstream out(totals_->rejects_path, std::ios::binary);
    out << RejectsCsv(all);
    out.close();
    if (!out) {
      std::cerr << "Error: cannot write " << totals_->rejects_path << "\n";
      return kFailure;
    }
    std::cerr << all.rejects_size() << " faults written to "
              << totals_->rejects_path << "\n";
  } else {
    int shown = 0;
    for (const auto& reject : all.rejects()) {
      if (shown++ == kShownRejects) {
        std::cerr << "... and " << all.rejects_size() - kShownRejects
                  << " more; --rejects FILE writes them all.\n";
        break;
      }
      std::cerr << reject.source_file() << ":" << reject.source_line() << ": "
                << reject.reason_code()
                << (reject.column().empty() ? "" : " (" + reject.column() + ")")
                << ": " << reject.message() << "\n";
    }
  }
  return all.counts().rejected() > 0 ? kRejectedRows : kOk;
}

}  // namespace welfare::ctl
