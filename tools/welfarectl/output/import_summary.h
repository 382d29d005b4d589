// What became of an import, for whoever started it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace welfare::type::v1 {
class ImportResult;
}  // namespace welfare::type::v1

namespace welfare::ctl {

class Session;

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

  // Notes that a batch is being sent, whose first record stands in `first_line`
  // of `source_file`; `last`: it is the last of its file.
  void Sending(const std::string& source_file, int first_line, bool last,
               Commit commit);
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
