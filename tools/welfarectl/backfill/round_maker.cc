#include "tools/welfarectl/backfill/round_maker.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "services/text/csv.h"
#include "services/text/value_readers.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/phrase.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;

constexpr std::array<std::string_view, 6> kRequired = {
    "survey", "fiscal_year", "title", "codebook", "window_start", "window_end"};
constexpr std::array<std::string_view, 7> kOptional = {
    "publisher",
    "purpose",
    "method",
    "program",
    "synthetic",
    "close",
    "unknown_municipalities"};
constexpr std::string_view kSynthetic = "架空";
constexpr int kRecordsAtOnce = 100;

void SetDay(const base::Date& day, google::type::Date& date) {
  date.set_year(day.year());
  date.set_month(day.month());
  date.set_day(day.day());
}

// Reads the cells of one record.
class Reader {
 public:
  Reader(const text::CsvHeader& header, const text::CsvRecord& record,
         RoundRecord& result)
      : header_(header), record_(record), result_(result) {}

  void Read() {
    const std::string survey = text::FoldWord(Required(0));
    const auto year = text::ReadFiscalYear(Required(1));
    Check("fiscal_year", year.status());
    survey_v1::CreateRoundRequest& create = *result_.round.mutable_create();
    create.set_parent("surveys/" + survey);
    if (year.ok()) {
      create.set_round_id(year->ToString());
      result_.name = create.parent() + "/rounds/" + year->ToString();
    }
    survey_v1::Round& round = *create.mutable_round();
    round.set_display_name(std::string(Required(2)));
    round.set_codebook(create.parent() + "/codebooks/" +
                       text::FoldWord(Required(3)));
    ReadDay(4, *round.mutable_window_start());
    ReadDay(5, *round.mutable_window_end());
    round.set_publisher(Optional(0));
    round.set_purpose(Optional(1));
    round.set_method(Optional(2));
    const std::string program = text::FoldWord(Optional(3));
    round.set_program("programs/" + (program.empty() ? "jusou" : program));
    const std::string synthetic = text::FoldWord(Optional(4));
    round.set_synthetic(synthetic == kSynthetic || YesNo(4, synthetic, false));
    result_.close = YesNo(5, text::FoldWord(Optional(5)), true);
    std::string codes = text::FoldWord(Optional(6));
    for (std::size_t at = 0; at < codes.size();) {
      const std::size_t end = std::min(codes.find(' ', at), codes.size());
      if (end > at) {
        result_.round.add_unknown_municipalities("municipalities/" +
                                                 codes.substr(at, end - at));
      }
      at = end + 1;
    }
  }

 private:
  std::string_view Required(std::size_t i) const {
    return header_.required(record_, i);
  }
  std::string Optional(std::size_t i) const {
    return std::string(header_.optional(record_, i).value_or(""));
  }
  void Check(std::string_view column, const absl::Status& status) {
    if (!status.ok()) {
      result_.faults.push_back(base::ViolationOf(column, status));
    }
  }
  void ReadDay(std::size_t i, google::type::Date& date) {
    const auto day = text::ReadDate(Required(i));
    Check(kRequired[i], day.status());
    if (day.ok()) SetDay(*day, date);
  }
  bool YesNo(std::size_t i, const std::string& word, bool otherwise) {
    if (word.empty() || word == kSynthetic) return otherwise;
    const auto said = text::ReadYesNo(word);
    Check(kOptional[i], said.status());
    return said.value_or(otherwise);
  }

  const text::CsvHeader& header_;
  const text::CsvRecord& record_;
  RoundRecord& result_;
};

// What a call has refused, as faults of a record; nothing: the call has failed.
std::vector<base::Violation> FaultsOf(const CallStatus& status) {
  std::vector<base::Violation> faults;
  if (status.code != absl::StatusCode::kInvalidArgument &&
      status.code != absl::StatusCode::kFailedPrecondition &&
      status.code != absl::StatusCode::kNotFound) {
    return faults;
  }
  const std::string reason = ReasonOf(status);
  for (const FieldViolation& violation : ViolationsOf(status)) {
    faults.push_back({.field = violation.field,
                      .reason = reason,
                      .description = violation.description,
                      .description_ja = violation.description});
  }
  if (faults.empty() && !reason.empty()) {
    faults.push_back({.field = "",
                      .reason = reason,
                      .description = status.message,
                      .description_ja = status.message});
  }
  return faults;
}

}  // namespace

absl::StatusOr<std::vector<RoundRecord>> ReadRoundRecords(
    const RecordBatch& batch) {
  text::CsvReader reader(batch.csv);
  WELFARE_ASSIGN_OR_RETURN(const auto first, reader.Next());
  if (!first) return std::vector<RoundRecord>();
  WELFARE_ASSIGN_OR_RETURN(const text::CsvHeader header,
                           text::CsvHeader::Make(*first, kRequired, kOptional));
  std::vector<RoundRecord> records;
  text::CsvRecord record;
  for (const RecordBatch::Record& place : batch.records) {
    WELFARE_ASSIGN_OR_RETURN(const bool found, reader.Next(record));
    if (!found) break;
    RoundRecord& result = records.emplace_back();
    result.line = place.line;
    result.number = static_cast<int>(records.size());
    result.raw = record.raw;
    if (!header.Fit(record)) {
      result.faults.push_back(
          base::ViolationOf("", base::MakeError(CtlRow("RECORD_CELLS"))));
      continue;
    }
    Reader(header, record, result).Read();
  }
  return records;
}

int RoundMaker::TryOut(RoundRecord& record) {
  survey_v1::ImportSubmissionsRequest request;
  // Of no answer: the round alone is judged.
  request.mutable_batch()->set_csv(
      "survey,fiscal_year,municipality_code,respondent_kind,item_id\n");
  request.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  request.set_validate_only(true);
  request.set_request_id(Session::NewRequestId());
  *request.add_rounds_to_come() = record.round;
  type::v1::ImportResult ignored;
  const CallStatus status = TryCall(session_, request, ignored);
  if (status.ok()) return kOk;
  record.faults = FaultsOf(status);
  return record.faults.empty() ? Fail(status) : static_cast<int>(kOk);
}

int RoundMaker::Compare(RoundRecord& record, bool& there) {
  survey_v1::GetRoundRequest request;
  request.set_name(record.name);
  survey_v1::Round stored;
  const CallStatus status = TryCall(session_, request, stored);
  there = status.ok();
  if (status.code == absl::StatusCode::kNotFound) return kOk;
  if (!there) {
    record.faults = FaultsOf(status);
    return record.faults.empty() ? Fail(status) : static_cast<int>(kOk);
  }
  const survey_v1::Round& said = record.round.create().round();
  const auto day = [](const google::type::Date& date) {
    return date.SerializeAsString();
  };
  const std::array<std::pair<std::string_view, bool>, 9> same = {
      {{"title", said.display_name() == stored.display_name()},
       {"codebook", said.codebook() == stored.codebook()},
       {"window_start", day(said.window_start()) == day(stored.window_start())},
       {"window_end", day(said.window_end()) == day(stored.window_end())},
       {"publisher", said.publisher() == stored.publisher()},
       {"purpose", said.purpose() == stored.purpose()},
       {"method", said.method() == stored.method()},
       {"program", said.program() == stored.program()},
       {"synthetic", said.synthetic() == stored.synthetic()}}};
  for (const auto& [column, equal] : same) {
    if (equal) continue;
    record.faults.push_back(
        base::ViolationOf(column, base::MakeError(CtlRow("ROUND_DIFFERS"))
                                      .With("round", record.name)
                                      .With("column", std::string(column))));
  }
  return kOk;
}

int RoundMaker::Judge(TextSource& source, std::size_t file,
                      const std::map<std::string, PlannedBase>* promised,
                      Account* account) {
  if (const absl::Status begun = source.Rewind(); !begun.ok()) {
    return Fail(begun);
  }
  auto cutter = RecordCutter::Open(source, kRecordsAtOnce, 6);
  if (!cutter.ok()) return Fail(cutter.status());
  while (true) {
    const auto batch = cutter->Next();
    if (!batch.ok()) return Fail(batch.status());
    if (!batch->has_value()) return kOk;
    type::v1::ImportResult result;
    const int code = JudgeBatch(**batch, file, promised, result);
    if (code != kOk) return code;
    if (account == nullptr) continue;
    if (const absl::Status added = account->Add(**batch, result);
        !added.ok()) {
      return Fail(added);
    }
    account->EndBatch(**batch);
  }
}

int RoundMaker::JudgeBatch(const RecordBatch& batch, std::size_t file,
                           const std::map<std::string, PlannedBase>* promised,
                           type::v1::ImportResult& result) {
  auto records = ReadRoundRecords(batch);
  if (!records.ok()) return Fail(records.status());
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(static_cast<std::int32_t>(records->size()));
  for (RoundRecord& record : *records) {
    bool there = false;
    bool planned = false;
    if (promised != nullptr) {
      const auto base = promised->find(record.name);
      planned = base != promised->end() && base->second.version == 0;
    }
    if (record.faults.empty() && coming_.contains(record.name)) {
      record.faults.push_back(base::ViolationOf(
          "fiscal_year", base::MakeError(CtlRow("ROUND_REPEATED"))
                             .With("round", record.name)));
    }
    if (record.faults.empty() && !planned) {
      int code = Compare(record, there);
      if (code == kOk && !there && record.faults.empty()) {
        code = TryOut(record);
      }
      if (code != kOk) return code;
      if (promised != nullptr && !there && record.faults.empty()) {
        record.faults.push_back(
            base::ViolationOf("", base::MakeError(CtlRow("ROUND_NOT_PLANNED"))
                                      .With("round", record.name)));
      }
    }
    for (const base::Violation& fault : record.faults) {
      type::v1::ImportReject& reject = *result.add_rejects();
      reject.set_source_line(static_cast<std::int32_t>(record.line));
      reject.set_record(record.number);
      reject.set_column(fault.field);
      reject.set_reason_code(fault.reason);
      reject.set_message(Spoken() == base::Language::kJapanese &&
                                 !fault.description_ja.empty()
                             ? fault.description_ja
                             : fault.description);
      reject.set_raw_record(record.raw);
    }
    if (!record.faults.empty()) {
      counts.set_rejected(counts.rejected() + 1);
    } else if (there) {
      counts.set_unchanged(counts.unchanged() + 1);
    } else {
      counts.set_created(counts.created() + 1);
      coming_.emplace(record.name, Coming{.round = record.round,
                                          .file = file,
                                          .line = record.line,
                                          .close = record.close});
    }
  }
  return kOk;
}

const survey_v1::RoundToCome* RoundMaker::Find(const std::string& name) const {
  const auto found = coming_.find(name);
  return found == coming_.end() ? nullptr : &found->second.round;
}

std::vector<std::string> RoundMaker::names() const {
  std::vector<std::string> names;
  for (const auto& [name, coming] : coming_) names.push_back(name);
  return names;
}

std::string RoundMaker::IdOf(const std::string& plan, const Coming& coming,
                             Step step) const {
  return RequestIdOf(plan, coming.file, coming.line, static_cast<int>(step));
}

int RoundMaker::FindUnopened(bool& due) {
  for (const auto& [name, coming] : coming_) {
    survey_v1::GetRoundRequest request;
    request.set_name(name);
    survey_v1::Round round;
    const CallStatus status = TryCall(session_, request, round);
    if (!status.ok() && status.code != absl::StatusCode::kNotFound) {
      return Fail(status);
    }
    due = due || !status.ok() || round.state() == survey_v1::Round::STATE_PLANNED;
  }
  return kOk;
}

int RoundMaker::Create(const std::string& plan,
                       const std::map<std::string, PlannedBase>& bases) {
  bool due = false;
  if (const int code = FindUnopened(due); code != kOk) return code;
  if (due) {
    // Of no record: the registry says who has moved it.
    const PlannedBase& registry = bases.at(kRegistryBase);
    registry::v1::ImportStatusRecordsRequest request;
    request.mutable_batch()->set_csv(
        "program,municipality_code,fiscal_year,implementing,preparation,"
        "note\n");
    request.set_validate_only(true);
    request.set_request_id(Session::NewRequestId());
    request.mutable_base()->set_incarnation(registry.incarnation);
    request.mutable_base()->set_version(registry.version);
    type::v1::ImportResult ignored;
    if (const int code = Call(session_, request, ignored); code != kOk) {
      return code;
    }
  }
  for (const auto& [name, coming] : coming_) {
    survey_v1::CreateRoundRequest request = coming.round.create();
    request.set_request_id(IdOf(plan, coming, Step::kCreate));
    survey_v1::Round made;
    const CallStatus status = TryCall(session_, request, made);
    if (status.code == absl::StatusCode::kAlreadyExists) {
      static_cast<void>(Fail(status));
      return kRefused;
    }
    if (!status.ok()) return Fail(status);
  }
  return kOk;
}

int RoundMaker::Open(const std::string& plan,
                     const std::map<std::string, PlannedBase>& bases,
                     std::map<std::string, PlannedBase>& opened) {
  for (const auto& [name, coming] : coming_) {
    survey_v1::OpenRoundRequest request;
    request.set_name(name);
    request.set_request_id(IdOf(plan, coming, Step::kOpen));
    *request.mutable_unknown_municipalities() =
        coming.round.unknown_municipalities();
    survey_v1::Round made;
    if (const int code = Call(session_, request, made); code != kOk) {
      return code;
    }
    const PlannedBase& registry = bases.at(kRegistryBase);
    if (made.registry_version() != registry.version ||
        made.registry_incarnation() != registry.incarnation) {
      return Fail(base::MakeError(CtlRow("MOVED_WHILE_PLANNING"))
                      .With("resource", kRegistryBase),
                  kRefused);
    }
    opened[name] = {.incarnation = made.incarnation(),
                    .version = made.revision()};
  }
  return kOk;
}

int RoundMaker::Close(const std::string& plan) {
  for (const auto& [name, coming] : coming_) {
    if (!coming.close) continue;
    survey_v1::CloseRoundRequest request;
    request.set_name(name);
    request.set_request_id(IdOf(plan, coming, Step::kClose));
    survey_v1::Round made;
    if (const int code = Call(session_, request, made); code != kOk) {
      return code;
    }
  }
  return kOk;
}

}  // namespace welfare::ctl
