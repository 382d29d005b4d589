// One backfill: its files read, cut and sent, and what is answered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/welfarectl/backfill/account.h"
#include "tools/welfarectl/backfill/lanes.h"
#include "tools/welfarectl/backfill/plan_file.h"
#include "tools/welfarectl/backfill/progress.h"
#include "tools/welfarectl/backfill/record_cutter.h"
#include "tools/welfarectl/backfill/round_maker.h"
#include "tools/welfarectl/backfill/text_source.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace welfare::ctl {

// How a backfill goes about it; nothing of it changes what is written.
struct BackfillPace {
  int jobs = 1;           // batches under way at once, about
  double rate_limit = 0;  // records a second; 0: as fast as it goes
  ErrorLimit errors = {};
  Progress::Kind progress = Progress::Kind::kAuto;
};

// Plans files, or applies a plan. Used by one thread.
class BackfillRun {
 public:
  // All outlive the object.
  BackfillRun(Session& session, const BackfillPace& pace, Account& account)
      : session_(session), pace_(pace), account_(account), rounds_(session) {}

  // Opens the files of `plan`, tells their kinds, and puts them into the order
  // in which they need each other: municipalities, statuses, answers. Returns
  // kOk or, with the error printed, an exit code.
  int Open(BackfillPlan& plan);
  // The same of a plan that was made; refuses files that are others now.
  int OpenAsPlanned(const BackfillPlan& plan);

  // Takes no notice of the bases of the plan that was opened.
  void Forget() { bases_.clear(); }

  // Asks what the files would change, without writing, and fills in the rest of
  // `plan`; lists up to `changes` of a batch. Exit codes as above; kRefused:
  // somebody wrote meanwhile.
  int Plan(BackfillPlan& plan, int changes);
  // Writes them. What is written already is not written again. kRefused: a base
  // has moved, by whom is printed; nothing is written where it had moved before
  // this began.
  int Apply(const BackfillPlan& plan);

  // The bases as they are after what was done.
  const std::map<std::string, PlannedBase>& bases() const { return bases_; }

 private:
  enum class Mode { kPlan, kProbe, kApply };

  // What one thread sends by.
  struct Lane {
    std::optional<Exchange> exchange = {};
    FileKind kind = FileKind::kAnswers;  // of the exchange
    bool failed = false;                 // nothing more is sent
    // As they are after what it has written.
    std::map<std::string, PlannedBase> bases = {};
  };

  // Sends all batches of all files.
  int SendAll(const BackfillPlan& plan, Mode mode);
  int SendFile(const BackfillPlan& plan, std::size_t index, Mode mode,
               Lanes& lanes);
  // Sends a batch; by the thread of a lane.
  void Send(const BackfillPlan& plan, Mode mode, SentBatch& sent, Lane& lane);
  std::unique_ptr<google::protobuf::Message> NewRequest(
      const BackfillPlan& plan, std::size_t index, Mode mode,
      const RecordBatch& batch, int attempt, const Lane& lane) const;
  // Adds an answer to the account; `failed`: another batch has, and is told.
  int Take(const BackfillPlan& plan, Mode mode, SentBatch sent, bool failed);
  // The same of all that is under way; `failed`: as above.
  int TakeAll(const BackfillPlan& plan, Mode mode, Lanes& lanes, bool failed);
  // What only the answers of a plan say.
  int TakePlanned(const BackfillPlan& plan, const SentBatch& sent);
  // The faults that an answer has no room for.
  int AskForMoreFaults(const google::protobuf::Message& request,
                       const RecordBatch& batch, type::v1::ImportResult result);
  // Learns the base that a batch was planned on, or left.
  int TakeBase(const RecordBatch& batch, FileKind kind, Mode mode,
               const type::v1::ImportResult& result);
  // Looks whether what has moved was moved by this plan.
  int Probe(const BackfillPlan& plan);
  // The base as it is now; nothing where there is none.
  int FindBase(const std::string& resource, std::optional<PlannedBase>& base);
  int CheckHeaders(const BackfillPlan& plan);
  // Says what becomes of a file of rounds, and opens those that are new where
  // it is applied.
  int MakeRounds(const BackfillPlan& plan, std::size_t index, Mode mode);
  // Closes what it has opened, where all its records were taken.
  int CloseRounds();
  void Wait();

  Session& session_;
  const BackfillPace& pace_;
  Account& account_;
  std::vector<TextSource> sources_;
  std::vector<std::string> headers_;      // of the files, as they are sent
  std::vector<std::string> raw_headers_;  // and as they stand there
  std::map<std::string, PlannedBase> bases_;
  // Of a plan: municipalities that stand before the statuses.
  std::vector<type::v1::CsvBatch> municipalities_;
  RoundMaker rounds_;
  // Rounds that were opened, as they were then; written before any answers are
  // sent.
  std::map<std::string, PlannedBase> opened_;
  std::deque<Lane> lanes_state_;
  std::size_t next_lane_ = 0;
  std::mutex connecting_;  // who makes a call or a stream
  std::vector<std::vector<std::string>> unplaced_;  // of the files
  std::vector<std::set<std::string>> next_unplaced_;
  std::map<std::string, bool> probed_;  // moved ones; true: looked at
  std::string digest_;                  // of the plan that is applied
  int show_changes_ = 0;
  std::optional<std::size_t> to_sort_;  // the file that has to be sorted
  std::int64_t bytes_before_ = 0;       // of the files done
  std::size_t municipality_bytes_ = 0;
  std::unique_ptr<Progress> progress_;
  std::chrono::steady_clock::time_point began_;
  std::int64_t sent_ = 0;  // records
};

// The resource whose version a batch is planned on; empty: none.
std::string BaseOf(FileKind kind, const RecordBatch& batch);

}  // namespace welfare::ctl
