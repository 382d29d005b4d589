// submission import: answers in long form and headers, every file and every
// record of which is sent, or named before anything is.
#include "tools/welfarectl/commands/survey/submission_import.h"

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/csv_batches.h"
#include "tools/welfarectl/files/import_stream.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

using Request = survey::v1::ImportSubmissionsRequest;

// About 60 submissions of the largest kind.
constexpr int kAnswersPerBatch = 4000;
// Headers that travel with answers leave room for these in one message.
constexpr std::size_t kMaxBytesWithHeaders = std::size_t{7} << 19;
// What carries headers that travel alone.
constexpr char kNoAnswers[] =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
    "other_text,absence\n";

const std::vector<KeyColumn>& Key() {
  // A wrong check digit is a fault of one respondent, not another respondent.
  static const auto* const kColumns = new std::vector<KeyColumn>{
      {.name = "survey"},
      {.name = "fiscal_year", .is_year = true},
      {.name = "municipality_code", .significant = 5},
      {.name = "respondent_kind"}};
  return *kColumns;
}

struct Files {
  std::vector<CsvFile> answers, headers;
};

// Reads the files and tells answers from headers by the header line. Returns
// kOk or, with the error printed, an exit code.
int ReadFiles(const ImportFlags& flags, Files& files) {
  bool known = true;
  for (const std::string& path : flags.files) {
    auto file = ReadImportFile(path, flags.encoding);
    if (!file.ok()) return Fail(file.status());
    const bool keyed = file->Has("municipality_code");
    if (file->Has("item_id")) {
      files.answers.push_back(*std::move(file));
    } else if (keyed && (file->Has("department") || file->Has("contact") ||
                         file->Has("received_on"))) {
      files.headers.push_back(*std::move(file));
    } else {
      known = false;
      static_cast<void>(
          Fail(base::MakeError(CtlRow("FILE_KIND")).With("path", path)));
    }
  }
  return known ? kOk : kUsage;
}

// Refuses a respondent who stands in two files: what is sent later would
// replace what was sent first.
absl::Status CheckApart(const std::vector<CsvFile>& files,
                        const base::ErrorRow& row) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    WELFARE_ASSIGN_OR_RETURN(const auto records, ReadKeys(files[i], Key()));
    for (const KeyedRecord& record : records) {
      const auto [found, fresh] =
          seen.try_emplace(record.key, std::pair(i, record.line));
      if (fresh || found->second.first == i) continue;
      return base::MakeError(row)
          .Show("respondent", record.text)
          .With("first_path", files[found->second.first].name)
          .With("first_line", static_cast<long long>(found->second.second))
          .With("path", files[i].name)
          .With("line", static_cast<long long>(record.line));
    }
  }
  return absl::OkStatus();
}

// The headers of all files, and which of them are on their way.
class Headers {
 public:
  explicit Headers(const std::vector<CsvFile>& files) : files_(files) {}

  // Errors: a header record that cannot be read, or a respondent in two files.
  absl::Status Read() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      WELFARE_ASSIGN_OR_RETURN(const auto records, ReadKeys(files_[i], Key()));
      for (const KeyedRecord& record : records) file_of_[record.key] = i;
    }
    return CheckApart(files_, CtlRow("HEADER_REPEATED"));
  }

  // Respondents whose headers stand in one file can share a batch: it has room
  // for those of one. -1: no header.
  int Section(const std::string& key) const {
    const auto found = file_of_.find(key);
    return found == file_of_.end() ? -1 : static_cast<int>(found->second);
  }

  // Adds the headers of a batch's respondents to its request, where they fit.
  void Attach(const CsvBatch& batch, Request& request) {
    const std::set<std::string> keys(batch.keys.begin(), batch.keys.end());
    for (const CsvFile& file : files_) {
      const CsvBatch part = SelectRecords(
          file, Key(),
          [&](const std::string& key) { return keys.contains(key); });
      if (part.records == 0 ||
          batch.csv.size() + part.csv.size() > kMaxBytesWithHeaders) {
        continue;
      }
      Fill(part, *request.mutable_headers());
      sent_.insert(part.keys.begin(), part.keys.end());
      return;
    }
  }

  // What is still to be sent of each file. A file without records is: whether
  // its header line is right, the service says.
  absl::StatusOr<std::vector<CsvBatch>> Rest() const {
    std::vector<CsvBatch> rest;
    for (const CsvFile& file : files_) {
      WELFARE_ASSIGN_OR_RETURN(auto batches,
                               CutIntoBatches(file, Key(), kAnswersPerBatch));
      for (const CsvBatch& batch : batches) {
        CsvBatch part = SelectRecords(
            CsvFile{
                .name = file.name, .text = batch.csv, .header = file.header},
            Key(),
            [&](const std::string& key) { return !sent_.contains(key); });
        if (part.records == 0 && batch.records > 0) continue;
        if (part.records == 0) part = batch;
        // Lines of `part` are those of the batch, whose header line is its
        // first and whose first record stands on the second.
        if (part.records > 0) part.first_line += batch.first_line - 2;
        rest.push_back(std::move(part));
      }
    }
    return rest;
  }

  static void Fill(const CsvBatch& batch, type::v1::CsvBatch& message) {
    message.set_csv(batch.csv);
    message.set_first_line(batch.first_line);
    message.set_source_file(batch.source_file);
  }

 private:
  const std::vector<CsvFile>& files_;
  std::map<std::string, std::size_t> file_of_;
  std::set<std::string> sent_;
};

// Asks which items the rows of each batch name whose respondent cannot be told.
// Returns kOk or, with the error printed, an exit code.
int FindUnplaced(Session& session, const std::vector<CsvBatch>& batches,
                 std::vector<std::set<std::string>>& unplaced) {
  Exchange exchange(session, *Request::descriptor());
  for (const CsvBatch& batch : batches) {
    type::v1::ImportResult result;
    const auto request = NewImportRequest<Request>(batch, /*dry_run=*/true);
    if (!exchange.Ask(*request, result)) break;
    unplaced.emplace_back(result.unplaced_items().begin(),
                          result.unplaced_items().end());
  }
  const CallStatus status = exchange.Finish();
  return status.ok() ? static_cast<int>(kOk) : Fail(status);
}

int ImportFiles(Session& session, const ImportFlags& flags) {
  Files files;
  if (const int code = ReadFiles(flags, files); code != kOk) return code;
  Headers headers(files.headers);
  if (absl::Status status = headers.Read(); !status.ok()) return Fail(status);
  if (files.answers.size() > 1) {
    const absl::Status apart =
        CheckApart(files.answers, CtlRow("ANSWERS_REPEATED"));
    if (!apart.ok()) return Fail(apart);
  }
  // Everything is cut before anything is sent.
  std::vector<std::vector<CsvBatch>> batches;
  for (const CsvFile& file : files.answers) {
    auto cut = CutIntoBatches(
        file, Key(), kAnswersPerBatch,
        [&](const std::string& key) { return headers.Section(key); });
    if (!cut.ok()) return Fail(cut.status());
    batches.push_back(*std::move(cut));
  }
  Import import(session, flags, ImportSummary::Commit::kEachBatch);
  const MoreFaults more{.next = &AskForNextFaults<Request>};
  for (const std::vector<CsvBatch>& file : batches) {
    // A row of which nobody can tell whose it is may belong to a respondent of
    // another batch, who must not lose it to a blank: each batch is told what
    // the others have of that kind.
    std::vector<std::set<std::string>> unplaced;
    if (file.size() > 1) {
      if (const int code = FindUnplaced(session, file, unplaced); code != kOk) {
        return import.BreakOff(code);
      }
    }
    const int code = import.Send(
        file,
        [&](const CsvBatch& batch, bool) {
          auto request = NewImportRequest<Request>(batch, flags.dry_run);
          headers.Attach(batch, *request);
          std::set<std::string> others;
          for (std::size_t i = 0; i < unplaced.size(); ++i) {
            if (&file[i] == &batch) continue;
            others.insert(unplaced[i].begin(), unplaced[i].end());
          }
          for (const std::string& item : others) {
            request->add_unplaced_items(item);
          }
          return request;
        },
        more);
    if (code != kOk) return code;
  }
  const auto rest = headers.Rest();
  if (!rest.ok()) return Fail(rest.status());
  const int code = import.Send(
      *rest,
      [&](const CsvBatch& batch, bool) {
        CsvBatch none;
        none.csv = kNoAnswers;
        none.first_line = 2;
        auto request = NewImportRequest<Request>(none, flags.dry_run);
        Headers::Fill(batch, *request->mutable_headers());
        return request;
      },
      more);
  return code == kOk ? import.Finish() : code;
}

}  // namespace

void AddSubmissionImport(const Command& noun, Session& session) {
  const Command verb = noun.AddVerb(
      "import", "Import answers in long form, and headers, from CSV files");
  auto flags = std::make_shared<ImportFlags>();
  flags->AddTo(verb, /*many=*/true);
  verb.Runs(session,
            [&session, flags] { return ImportFiles(session, *flags); });
}

}  // namespace welfare::ctl
