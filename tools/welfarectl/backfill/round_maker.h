// Rounds that a backfill creates, opens and closes, from files that describe
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "tools/welfarectl/backfill/account.h"
#include "tools/welfarectl/backfill/plan_file.h"
#include "tools/welfarectl/backfill/record_cutter.h"
#include "tools/welfarectl/backfill/text_source.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::ctl {

// One record of such a file, or what is wrong with it.
struct RoundRecord {
  std::int64_t line = 0;
  int number = 0;    // of the record, from 1
  std::string name;  // `surveys/jusou/rounds/2021`; empty: it cannot be read
  survey::v1::RoundToCome round = {};
  bool close = true;  // once it is filled
  std::string raw = {};
  std::vector<base::Violation> faults = {};
};

// Reads the records of a batch.
//
// Errors: those of text::CsvReader and of CsvHeader::Make.
absl::StatusOr<std::vector<RoundRecord>> ReadRoundRecords(
    const RecordBatch& batch);

// Used by one thread.
class RoundMaker {
 public:
  // Outlives the object: `session`.
  explicit RoundMaker(Session& session) : session_(session) {}

  // Forgets all records.
  void Clear() { coming_.clear(); }
  // Says what becomes of the records of a file, which is that of this number:
  // one that is not there yet will be created, one that is there must be as it
  // is described. `promised`: the bases of a plan that is applied, of which
  // those of version 0 were to be created, whether they are there by now or
  // not; null while it is planned. `account`: is told it, if there is one.
  // Returns kOk or, with the error printed, an exit code.
  int Judge(TextSource& source, std::size_t file,
            const std::map<std::string, PlannedBase>* promised,
            Account* account);

  // A round that will be created; null: it is there, or nobody describes it.
  const survey::v1::RoundToCome* Find(const std::string& name) const;
  // The names of those.
  std::vector<std::string> names() const;

  // Creates them; again, it is answered as the first time. kRefused: somebody
  // else has; or the registry, on which they will be opened, has moved, by whom
  // is printed, and nothing is made. `plan`: the digest that makes the requests
  // the plan's; `bases`: those of the plan.
  int Create(const std::string& plan,
             const std::map<std::string, PlannedBase>& bases);
  // Opens them, and leaves their states in `opened`. kRefused: the registry has
  // moved meanwhile.
  int Open(const std::string& plan,
           const std::map<std::string, PlannedBase>& bases,
           std::map<std::string, PlannedBase>& opened);
  // Closes those that are to be closed.
  int Close(const std::string& plan);

 private:
  struct Coming {
    survey::v1::RoundToCome round;
    std::size_t file = 0;
    std::int64_t line = 0;
    bool close = true;
  };
  enum class Step { kCreate = 10, kOpen = 11, kClose = 12 };

  int JudgeBatch(const RecordBatch& batch, std::size_t file,
                 const std::map<std::string, PlannedBase>* promised,
                 type::v1::ImportResult& result);
  std::string IdOf(const std::string& plan, const Coming& coming,
                   Step step) const;
  // Whether one of them is not opened yet, in `due`.
  int FindUnopened(bool& due);
  // What is wrong with one that is to be created, in `faults`.
  int TryOut(RoundRecord& record);
  // What differs from one that is there, in `faults`. `there`: whether it is.
  int Compare(RoundRecord& record, bool& there);

  Session& session_;
  std::map<std::string, Coming> coming_;  // by name
};

}  // namespace welfare::ctl
