// The nouns of welfarectl. Each adds its verbs to the command line; a verb
// validates its arguments, makes its calls and prints.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace welfare::type::v1 {
class ImportCounts;
class ImportReject;
class ImportResult;
}  // namespace welfare::type::v1

namespace welfare::ctl {

class Command;
class Session;
struct CsvBatch;

void AddMunicipalityCommands(const Command& app, Session& session);
void AddStatusCommands(const Command& app, Session& session);
void AddRosterCommands(const Command& app, Session& session);
void AddLineageCommands(const Command& app, Session& session);
void AddProgramCommands(const Command& app, Session& session);
void AddCodebookCommands(const Command& app, Session& session);
void AddRoundCommands(const Command& app, Session& session);
void AddSubmissionCommands(const Command& app, Session& session);
void AddIndicatorCommands(const Command& app, Session& session);
void AddStatementCommands(const Command& app, Session& session);
void AddReportCommands(const Command& app, Session& session);

// Adds up what every batch of an import answered, prints it, and writes the
// rejects.
class ImportSummary {
 public:
  // `rejects_path`: file for all rejects as CSV; empty: the first 20 are shown
  // on stderr.
  explicit ImportSummary(std::string rejects_path);
  ~ImportSummary();
  ImportSummary(const ImportSummary&) = delete;
  ImportSummary& operator=(const ImportSummary&) = delete;

  // How an import becomes durable, for what is said when it breaks off.
  enum class Commit { kNever, kEachBatch, kWithLastBatch };

  // Notes that `batch` is being sent.
  void Sending(const CsvBatch& batch, bool last, Commit commit);
  void Add(const type::v1::ImportResult& result);
  // Adds faults of the batch that was added last.
  void AddFaults(const type::v1::ImportResult& page);
  // Shows how many records are sent, on a terminal only.
  void Progress(std::size_t done, std::size_t of) const;
  // Notes that the batch sent last was refused as a whole.
  void Refused();
  // Says what of an import that broke off is written, and prints the counts of
  // that.
  void BreakOff(const Session& session) const;
  // Prints counts and rejects; returns kOk, kRejectedRows, or kFailure when
  // the rejects file cannot be written.
  int Finish(const Session& session) const;

 private:
  struct Totals;
  // What is written, in words.
  std::string Committed() const;
  std::unique_ptr<Totals> totals_;
};

}  // namespace welfare::ctl
