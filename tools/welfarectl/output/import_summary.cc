#include "tools/welfarectl/output/import_summary.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "services/text/csv.h"
#include "services/text/visible.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/interrupt.h"
#include "tools/welfarectl/session/session.h"
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

// Shows the first faults on stderr.
void ShowRejects(const type::v1::ImportResult& all) {
  int shown = 0;
  for (const auto& reject : all.rejects()) {
    if (shown++ == kShownRejects) {
      std::cerr << Say("... and {count} more; --rejects FILE writes them all.",
                       {{"count",
                         std::to_string(all.rejects_total() - kShownRejects)}})
                << "\n";
      return;
    }
    std::string where;
    if (!reject.column().empty()) where = " (" + reject.column();
    if (!where.empty() && !reject.value().empty()) {
      where += " " + text::ShowInvisible(reject.value());
    }
    if (!where.empty()) where += ")";
    std::cerr << OneLine(reject.source_file() + ":" +
                         std::to_string(reject.source_line()) + ": " +
                         reject.reason_code() + where + ": " + reject.message())
              << "\n";
  }
}

}  // namespace

struct ImportSummary::Totals {
  type::v1::ImportResult all;
  std::string rejects_path;
  Commit commit = Commit::kEachBatch;
  std::string source_file;  // of the batch sent last
  int first_line = 0;       // of the same
  bool last_sent = false;   // it was the last of its file
  bool under_way = false;   // it has no answer yet
};

ImportSummary::ImportSummary(std::string rejects_path)
    : totals_(std::make_unique<Totals>()) {
  totals_->rejects_path = std::move(rejects_path);
}

ImportSummary::~ImportSummary() = default;

void ImportSummary::Sending(const std::string& source_file, int first_line,
                            bool last, Commit commit) {
  totals_->commit = commit;
  totals_->source_file = source_file;
  totals_->first_line = first_line;
  totals_->last_sent = last;
  totals_->under_way = true;
  SetInterruptNote(Committed());
}

void ImportSummary::Add(const type::v1::ImportResult& result) {
  type::v1::ImportCounts& sum = *totals_->all.mutable_counts();
  const type::v1::ImportCounts& counts = result.counts();
  sum.set_rows(sum.rows() + counts.rows());
  sum.set_created(sum.created() + counts.created());
  sum.set_updated(sum.updated() + counts.updated());
  sum.set_unchanged(sum.unchanged() + counts.unchanged());
  sum.set_deleted(sum.deleted() + counts.deleted());
  sum.set_rejected(sum.rejected() + counts.rejected());
  AddFaults(result);
  // A service that lists every fault need not count them.
  totals_->all.set_rejects_total(
      totals_->all.rejects_total() +
      std::max(result.rejects_total(), result.rejects_size()));
  totals_->all.set_rejected_as_whole(totals_->all.rejected_as_whole() +
                                     result.rejected_as_whole());
  totals_->all.set_version(result.version());
  totals_->all.set_validate_only(result.validate_only());
  totals_->under_way = false;
  SetInterruptNote(Committed());
}

void ImportSummary::AddFaults(const type::v1::ImportResult& page) {
  totals_->all.mutable_rejects()->MergeFrom(page.rejects());
}

void ImportSummary::Progress(std::size_t done, std::size_t of) const {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r"
            << Say("{done} of {all} records", {{"done", std::to_string(done)},
                                               {"all", std::to_string(of)}})
            << (done == of ? "\n" : "") << std::flush;
}

std::string ImportSummary::Committed() const {
  const Totals& t = *totals_;
  const type::v1::ImportCounts& counts = t.all.counts();
  const bool whole = t.commit == Commit::kWithLastBatch;
  if (t.commit == Commit::kNever) {
    return Say("It was a dry run: nothing is written.");
  }
  const auto and_again = [](const std::string& what) {
    return Say(
        "{what} Run the same command again: what is written comes out as "
        "unchanged.",
        {{"what", what}});
  };
  if (whole && t.last_sent && t.under_way) {
    return and_again(
        Say("The end of the file was sent: all of it is written, or "
            "nothing."));
  }
  if (counts.rows() == 0 && (whole || !t.under_way)) {
    return Say(whole
                   ? Phrase("Nothing is written: the file is one transaction.")
                   : Phrase("Nothing is written."));
  }
  const base::ErrorWords words = {{"line", std::to_string(t.first_line)},
                                  {"file", t.source_file}};
  if (counts.rows() == 0) {
    return and_again(
        Say("No answer yet; the batch from line {line} of {file} may be "
            "written.",
            words));
  }
  const std::string batch =
      t.under_way
          ? Say("; the batch from line {line} of {file} may be written", words)
          : "";
  return and_again(
      Say("Taken are {rows} records ({created} created, {updated} updated, "
          "{unchanged} unchanged, {deleted} deleted, {rejected} "
          "rejected){batch}.",
          {{"rows", std::to_string(counts.rows())},
           {"created", std::to_string(counts.created())},
           {"updated", std::to_string(counts.updated())},
           {"unchanged", std::to_string(counts.unchanged())},
           {"deleted", std::to_string(counts.deleted())},
           {"rejected", std::to_string(counts.rejected())},
           {"batch", batch}}));
}

void ImportSummary::Refused() { totals_->under_way = false; }

void ImportSummary::BreakOff(const Session& session) const {
  std::cerr << "  " << Committed() << "\n";
  if (totals_->all.counts().rows() > 0) static_cast<void>(Finish(session));
}

int ImportSummary::Finish(const Session& session) const {
  SetInterruptNote("");
  const type::v1::ImportResult& all = totals_->all;
  const type::v1::ImportCounts& counts = all.counts();
  Table table({{.title = "rows", .number = true},
               {.title = "created", .number = true},
               {.title = "updated", .number = true},
               {.title = "unchanged", .number = true},
               {.title = "deleted", .number = true},
               {.title = "rejected", .number = true},
               {.title = "version", .number = true}});
  table.Add({std::to_string(counts.rows()), std::to_string(counts.created()),
             std::to_string(counts.updated()),
             std::to_string(counts.unchanged()),
             std::to_string(counts.deleted()),
             std::to_string(counts.rejected()), std::to_string(all.version())});
  Print(session, all, table);
  std::cout << std::flush;
  if (all.validate_only()) {
    std::cerr << Say("Dry run: nothing was written.") << "\n";
  }
  if (!totals_->rejects_path.empty()) {
    std::ofstream out(totals_->rejects_path, std::ios::binary);
    out << RejectsCsv(all);
    out.close();
    if (!out) {
      return Fail(base::MakeError(CtlRow("FILE_UNWRITABLE"))
                      .With("path", totals_->rejects_path));
    }
    std::cerr << Say("{count} faults written to {path}",
                     {{"count", std::to_string(all.rejects_size())},
                      {"path", totals_->rejects_path}})
              << "\n";
    if (all.rejects_total() > all.rejects_size()) {
      std::cerr << Say("The service counts {count} and names no more; mend "
                       "these and run it again.",
                       {{"count", std::to_string(all.rejects_total())}})
                << "\n";
    }
  } else {
    ShowRejects(all);
  }
  if (all.rejected_as_whole() > 0) {
    std::cerr << Say("Nothing of the file is taken: {faulty} of its {rows} "
                     "records are at fault, and it is one transaction.",
                     {{"faulty", std::to_string(counts.rejected() -
                                                all.rejected_as_whole())},
                      {"rows", std::to_string(counts.rows())}})
              << "\n";
  }
  // A refused header is a fault of no record of answers.
  return counts.rejected() > 0 || all.rejects_total() > 0 ? kRejectedRows : kOk;
}

}  // namespace welfare::ctl
