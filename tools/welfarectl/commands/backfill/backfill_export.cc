#include "tools/welfarectl/commands/backfill/backfill_export.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/text/csv.h"
#include "tools/welfarectl/commands/registry/registry_calls.h"
#include "tools/welfarectl/commands/survey/answer_text.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/call.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;
using ManifestJson = nlohmann::ordered_json;

constexpr char kManifestFormat[] = "welfare-mirror/1";
constexpr char kSynthetic[] = "架空";
constexpr std::string_view kState = "STATE_";
// Rounds and submissions that one page holds.
constexpr int kSubmissionsAtOnce = 200;

std::string DayText(const google::type::Date& day) {
  if (day.year() == 0) return {};
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", day.year(),
                day.month(), day.day());
  return text.data();
}

// One file of the folder, written record by record and hashed meanwhile.
class MirrorFile {
 public:
  MirrorFile(const std::filesystem::path& folder, std::string path)
      : path_(std::move(path)) {
    const std::filesystem::path file = folder / path_;
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    out_ = std::ofstream(file, std::ios::binary);
  }

  void Put(std::string_view bytes) {
    digest_.Update(bytes);
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  void Record(const std::vector<std::string>& cells) {
    line_.clear();
    text::AppendCsvRecord(line_, cells, {.line_end = "\n"});
    Put(line_);
    ++records_;
  }

  // Errors: UNAVAILABLE, FILE_UNWRITABLE.
  absl::Status Close(ManifestJson& files) {
    out_.close();
    if (!out_) {
      return base::MakeError(CtlRow("FILE_UNWRITABLE")).With("path", path_);
    }
    files.push_back({{"path", path_},
                     {"records", std::max<std::int64_t>(records_ - 1, 0)},
                     {"sha256", digest_.FinishHex()}});
    return absl::OkStatus();
  }

 private:
  std::string path_;
  std::ofstream out_;
  std::string line_;
  base::Sha256 digest_;
  std::int64_t records_ = 0;  // with the header line
};

class Mirror {
 public:
  Mirror(Session& session, std::filesystem::path folder, std::string program)
      : session_(session),
        folder_(std::move(folder)),
        program_(std::move(program)) {}

  int Write() {
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed || !std::filesystem::is_empty(folder_, failed) || failed) {
      return Fail(base::MakeError(CtlRow("EXPORT_FOLDER"))
                      .With("path", folder_.string()));
    }
    using Step = int (Mirror::*)();
    for (const Step step :
         {&Mirror::WriteMunicipalities, &Mirror::WriteStatuses,
          &Mirror::LookForLineage, &Mirror::WriteRounds}) {
      if (const int code = (this->*step)(); code != kOk) return code;
    }
    for (const std::string& codebook : codebooks_) {
      if (const int code = WriteCodebook(codebook); code != kOk) return code;
    }
    return WriteManifest();
  }

 private:
  int Close(MirrorFile& file) {
    const absl::Status closed = file.Close(files_);
    return closed.ok() ? static_cast<int>(kOk) : Fail(closed);
  }

  int WriteMunicipalities() {
    v1::ListMunicipalitiesRequest request;
    std::vector<v1::Municipality> all;
    const int code = ReadPages<v1::ListMunicipalitiesResponse>(
        session_, request, [&](const v1::ListMunicipalitiesResponse& page) {
          all.insert(all.end(), page.municipalities().begin(),
                     page.municipalities().end());
          registry_version_ = page.version();
        });
    if (code != kOk) return code;
    // What a name was before stands in a file of its own: a file says of a
    // place once what holds from a year on.
    std::size_t files = 1;
    for (const v1::Municipality& m : all) {
      files = std::max(files, static_cast<std::size_t>(m.periods_size()));
    }
    for (std::size_t i = 0; i < files; ++i) {
      MirrorFile file(folder_, "registry/" + std::to_string(i + 1) +
                                   "-municipalities.csv");
      file.Record({"code", "name", "kana", "name_en", "type", "area",
                   "council_name", "council_name_checked", "population_band",
                   "first_fiscal_year"});
      for (const v1::Municipality& m : all) PutMunicipality(m, i, file);
      if (const int closed = Close(file); closed != kOk) return closed;
    }
    return kOk;
  }

  void PutMunicipality(const v1::Municipality& m, std::size_t period,
                       MirrorFile& file) {
    const auto year = [](int first) {
      return first == 0 ? std::string() : std::to_string(first);
    };
    if (m.periods().empty() && period == 0) {
      file.Record({m.code(), m.display_name(), m.kana(), m.display_name_en(),
                   TypeName(m.type()), m.area(), m.council().display_name(),
                   m.council().name_checked() ? "yes" : "no",
                   m.population_band(), year(m.first_fiscal_year())});
    }
    if (period >= static_cast<std::size_t>(m.periods_size())) return;
    const v1::Municipality::Period& p = m.periods(static_cast<int>(period));
    if (p.code() != m.code()) {
      Leave("facts under a code that is no longer held", m.code());
      return;
    }
    file.Record({p.code(), p.display_name(), p.kana(), p.display_name_en(),
                 TypeName(p.type()), p.area(), p.council_display_name(),
                 p.council_name_checked() ? "yes" : "no", p.population_band(),
                 year(p.first_fiscal_year())});
  }

  int WriteStatuses() {
    v1::ListStatusRecordsRequest request;
    request.set_parent(ProgramName(program_));
    request.set_in_force(true);
    request.set_data_version(registry_version_);
    std::vector<v1::StatusRecord> records;
    const int code = ReadPages<v1::ListStatusRecordsResponse>(
        session_, request, [&](const v1::ListStatusRecordsResponse& page) {
          records.insert(records.end(), page.status_records().begin(),
                         page.status_records().end());
        });
    if (code != kOk) return code;
    std::sort(records.begin(), records.end(),
              [](const v1::StatusRecord& a, const v1::StatusRecord& b) {
                return std::make_tuple(a.fiscal_year(), a.municipality()) <
                       std::make_tuple(b.fiscal_year(), b.municipality());
              });
    MirrorFile file(folder_, "registry/statuses.csv");
    file.Record({"program", "municipality_code", "fiscal_year", "implementing",
                 "preparation", "note"});
    for (const v1::StatusRecord& record : records) {
      file.Record({IdOf(record.program()), IdOf(record.municipality()),
                   std::to_string(record.fiscal_year()),
                   ImplementingName(record.implementing()),
                   PreparationName(record.preparation()), record.note()});
      known_.emplace(record.fiscal_year(), IdOf(record.municipality()));
    }
    return Close(file);
  }

  int LookForLineage() {
    return ReadPages<v1::ListLineageEventsResponse>(
        session_, v1::ListLineageEventsRequest(),
        [&](const v1::ListLineageEventsResponse& page) {
          for (const v1::LineageEvent& event : page.lineage_events()) {
            Leave("lineage events (welfarectl lineage record)", event.name());
          }
        });
  }

  int WriteRounds() {
    survey_v1::ListRoundsRequest request;
    request.set_parent(session_.survey_name());
    std::vector<survey_v1::Round> rounds;
    int code = ReadPages<survey_v1::ListRoundsResponse>(
        session_, request, [&](const survey_v1::ListRoundsResponse& page) {
          rounds.insert(rounds.end(), page.rounds().begin(),
                        page.rounds().end());
        });
    if (code != kOk) return code;
    std::erase_if(rounds, [&](const survey_v1::Round& round) {
      const bool planned = round.state() == survey_v1::Round::STATE_PLANNED;
      if (planned) Leave("rounds that are not opened", round.name());
      return planned;
    });
    MirrorFile file(folder_, "rounds/rounds.csv");
    file.Record({"survey", "fiscal_year", "title", "codebook", "window_start",
                 "window_end", "publisher", "purpose", "method", "program",
                 "synthetic", "close", "unknown_municipalities"});
    for (const survey_v1::Round& round : rounds) {
      std::string unknown;
      code = FindUnknown(round, unknown);
      if (code != kOk) return code;
      const bool open = round.state() == survey_v1::Round::STATE_OPEN;
      file.Record({session_.options.survey, LastPart(round.name()),
                   round.display_name(), LastPart(round.codebook()),
                   DayText(round.window_start()), DayText(round.window_end()),
                   round.publisher(), round.purpose(), round.method(),
                   LastPart(round.program()),
                   round.synthetic() ? kSynthetic : "", open ? "no" : "yes",
                   unknown});
      codebooks_.insert(round.codebook());
      rounds_.push_back(
          {{"name", round.name()}, {"revision", round.revision()}});
    }
    code = Close(file);
    for (std::size_t i = 0; code == kOk && i < rounds.size(); ++i) {
      code = WriteAnswers(rounds[i]);
    }
    return code;
  }

  // The codes of those in the round's population of whose year the registry
  // has no status.
  int FindUnknown(const survey_v1::Round& round, std::string& codes) {
    const int year = std::stoi(LastPart(round.name()));
    v1::ListMunicipalitiesRequest request;
    request.set_fiscal_year(year);
    request.set_data_version(registry_version_);
    return ReadPages<v1::ListMunicipalitiesResponse>(
        session_, request, [&](const v1::ListMunicipalitiesResponse& page) {
          for (const v1::Municipality& m : page.municipalities()) {
            const std::string code = IdOf(m.name());
            if (known_.contains({year, code})) continue;
            if (!codes.empty()) codes += ' ';
            codes += code;
          }
        });
  }

  int WriteAnswers(const survey_v1::Round& round) {
    survey_v1::ListSubmissionsRequest request;
    request.set_parent(round.name());
    request.set_full(true);
    request.set_data_version(round.revision());
    const std::string year = LastPart(round.name());
    MirrorFile file(folder_, "rounds/answers-" + year + ".csv");
    file.Record({"survey", "fiscal_year", "municipality_code",
                 "respondent_kind", "item_id", "value", "other_text", "absence",
                 "state", "synthetic", "received_on"});
    const int code = ReadPages<survey_v1::ListSubmissionsResponse>(
        session_, request,
        [&](const survey_v1::ListSubmissionsResponse& page) {
          for (const survey_v1::Submission& one : page.submissions()) {
            PutSubmission(one, year, file);
          }
        },
        kSubmissionsAtOnce);
    return code == kOk ? Close(file) : code;
  }

  void PutSubmission(const survey_v1::Submission& submission,
                     const std::string& year, MirrorFile& file) {
    if (submission.state() == survey_v1::Submission::STATE_DRAFT ||
        submission.state() == survey_v1::Submission::STATE_RETURNED) {
      Leave("submissions that are not handed in", submission.name());
      return;
    }
    const std::string id = LastPart(submission.name());
    const std::size_t dash = id.find('-');
    const std::string state =
        survey_v1::Submission::State_Name(submission.state())
            .substr(kState.size());
    for (const survey_v1::Answer& answer : submission.answers()) {
      file.Record({session_.options.survey, year, id.substr(0, dash),
                   id.substr(dash + 1),
                   answer.row().empty() ? answer.item()
                                        : answer.item() + "/" + answer.row(),
                   ValueText(answer), answer.other_text(), AbsenceText(answer),
                   state, submission.synthetic() ? kSynthetic : "",
                   DayText(submission.header().received_on())});
    }
  }

  int WriteCodebook(const std::string& name) {
    survey_v1::GetCodebookRequest request;
    request.set_name(name);
    request.set_sheets(true);
    survey_v1::Codebook codebook;
    if (const int code = Call(session_, request, codebook); code != kOk) {
      return code;
    }
    const survey_v1::Codebook::Sheets& sheets = codebook.sheets();
    for (const auto& [sheet, text] :
         {std::pair("survey", &sheets.survey_csv()),
          std::pair("choices", &sheets.choices_csv()),
          std::pair("settings", &sheets.settings_csv())}) {
      MirrorFile file(folder_, "codebooks/" + LastPart(name) + "/" + sheet +
                                   ".csv");
      file.Put(*text);
      if (const int code = Close(file); code != kOk) return code;
    }
    return kOk;
  }

  // Remembers what stands in no file.
  void Leave(const std::string& what, const std::string& which) {
    left_[what].push_back(which);
  }

  int WriteManifest() {
    ManifestJson manifest = {{"format", kManifestFormat},
                             {"survey", session_.options.survey},
                             {"registryVersion", registry_version_},
                             {"rounds", rounds_},
                             {"files", files_},
                             {"left", left_}};
    const std::string text =
        manifest.dump(2, ' ', false, ManifestJson::error_handler_t::replace);
    MirrorFile file(folder_, "mirror.json");
    file.Put(text);
    file.Put("\n");
    if (const int code = Close(file); code != kOk) return code;
    if (session_.output() == Output::kJson) std::cout << text << "\n";
    Tell();
    return kOk;
  }

  void Tell() const {
    for (const auto& [what, which] : left_.items()) {
      std::cerr << Say("Not carried: {what}: {count}.",
                       {{"what", what}, {"count", std::to_string(which.size())}})
                << "\n";
    }
    std::cerr << Say("Written to {path}. On the other platform:",
                     {{"path", folder_.string()}})
              << "\n";
    const std::string survey = " --survey " + session_.options.survey;
    for (const std::string& codebook : codebooks_) {
      const std::string id = LastPart(codebook);
      std::cerr << "  welfarectl" << survey << " codebook import "
                << (folder_ / "codebooks" / id).string() << " --version-id "
                << id << "\n  welfarectl" << survey << " codebook publish "
                << id << "\n";
    }
    for (const char* const part : {"registry", "rounds"}) {
      std::cerr << "  welfarectl" << survey << " backfill plan "
                << (folder_ / part).string()
                << "/*.csv --strategy merge\n  welfarectl" << survey
                << " backfill apply --plan backfill-plan.json\n";
    }
  }

  Session& session_;
  const std::filesystem::path folder_;
  const std::string program_;
  std::int64_t registry_version_ = 0;
  std::set<std::pair<int, std::string>> known_;  // statuses: year, code
  std::set<std::string> codebooks_;
  ManifestJson rounds_ = ManifestJson::array();
  ManifestJson files_ = ManifestJson::array();
  ManifestJson left_ = ManifestJson::object();
};

}  // namespace

void AddExportVerb(const Command& noun, Session& session) {
  const Command verb = noun.AddVerb(
      "export",
      "Write registry, questionnaires and rounds as files that plan reads");
  struct Flags {
    std::string folder;
    std::string program = "jusou";
  };
  auto flags = std::make_shared<Flags>();
  verb.AddOption("--out", flags->folder, "A new folder, or an empty one")
      .File()
      .Required();
  verb.AddOption("--program", flags->program, "Programme of the statuses")
      .ShowDefault();
  verb.Runs(session, [&session, flags] {
    return Mirror(session, flags->folder, flags->program).Write();
  });
}

}  // namespace welfare::ctl
