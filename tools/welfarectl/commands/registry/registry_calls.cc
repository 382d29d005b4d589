#include "tools/welfarectl/commands/registry/registry_calls.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

#include "services/base/time/clock.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {

std::string TypeName(v1::Municipality::Type type) {
  return ShortName(v1::Municipality::Type_Name(type), "TYPE_");
}
std::string ImplementingName(v1::Implementing implementing) {
  return ShortName(v1::Implementing_Name(implementing), "IMPLEMENTING_");
}
std::string PreparationName(v1::Preparation preparation) {
  return ShortName(v1::Preparation_Name(preparation), "PREPARATION_");
}

std::string YearText(int fiscal_year) {
  return fiscal_year == 0 ? "" : std::to_string(fiscal_year);
}

std::string IdOf(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

std::string JoinWith(const std::vector<std::string>& words,
                     const std::string& separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

bool ParseMoment(std::string text, google::protobuf::Timestamp& time) {
  if (text.size() == 10) text += "T00:00";
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (text.size() == 16) text += ":00";
  const bool has_offset =
      text.size() > 10 &&
      (text.ends_with('Z') || text.find_first_of("+-", 10) != text.npos);
  if (!has_offset) text += "+09:00";
  const auto parsed = base::Timestamp::ParseRfc3339(text);
  if (!parsed.ok()) return false;
  const std::int64_t micros = parsed->micros();
  const std::int64_t seconds =
      micros / 1000000 - (micros % 1000000 < 0 ? 1 : 0);
  time.set_seconds(seconds);
  time.set_nanos(static_cast<std::int32_t>(micros - seconds * 1000000) * 1000);
  return true;
}

std::string ProgramName(const std::string& program) {
  return program.starts_with("programs/") ? program : "programs/" + program;
}

bool IsCodeLike(const std::string& text) {
  return text.starts_with("municipalities/") ||
         (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= '0' && c <= '9';
         }));
}

std::string MunicipalityName(const std::string& code) {
  return code.starts_with("municipalities/") ? code : "municipalities/" + code;
}

int FindMunicipality(Session& session, const std::string& text, int fiscal_year,
                     std::string& name) {
  if (IsCodeLike(text)) {
    name =
        text.starts_with("municipalities/") ? text : "municipalities/" + text;
    return kOk;
  }
  v1::ResolveMunicipalityRequest request;
  request.set_text(text);
  request.set_fiscal_year(fiscal_year);
  v1::Municipality found;
  const int code = Call(session, request, found);
  if (code == kOk) name = found.name();
  return code;
}

void ReadAt::AddTo(const Command& verb) {
  const Flag moment = verb.AddOption(
      "--known-at", known_at,
      "As known at this time, 2025-06-01T00:00:00+09:00; without an offset it "
      "is Asia/Tokyo");
  verb.AddOption("--data-version", data_version, "As of this registry version")
      .NotNegative()
      .Excludes(moment);
}

int ReadAt::FillMoment(google::protobuf::Timestamp& time) const {
  if (ParseMoment(known_at, time)) return kOk;
  return Fail(base::MakeError(CtlRow("MOMENT_FORMAT")), kUsage);
}

void AddFiscalYear(const Command& verb, int& fiscal_year) {
  verb.AddOption("--fiscal-year", fiscal_year,
                 "Facts of this fiscal year; left out: the current one")
      .Positive();
}

Table MunicipalityTable() {
  using Fit = Table::Fit;
  return Table({{.title = "name", .csv_only = true},
                {.title = "code"},
                {.title = "display_name", .heading = "name"},
                {.title = "kana", .spare = 2},
                {.title = "display_name_en", .spare = 3, .heading = "english"},
                {.title = "type"},
                {.title = "area"},
                {.title = "population_band", .spare = 1, .heading = "band"},
                {.title = "council_display_name",
                 .fit = Fit::kEllipsis,
                 .heading = "council"},
                {.title = "council_name_checked", .csv_only = true},
                {.title = "fiscal_year", .csv_only = true},
                {.title = "first_fiscal_year", .csv_only = true},
                {.title = "last_fiscal_year", .csv_only = true},
                {.title = "version", .csv_only = true},
                {.title = "etag", .csv_only = true},
                {.title = "create_time", .csv_only = true},
                {.title = "update_time", .csv_only = true}});
}

void AddMunicipality(const Session& session, const v1::Municipality& m,
                     Table& table) {
  table.Add(
      {m.name(), m.code(), m.display_name(), m.kana(), m.display_name_en(),
       TypeName(m.type()), m.area(), m.population_band(),
       m.council().display_name(), m.council().name_checked() ? "yes" : "no",
       std::to_string(m.fiscal_year()), YearText(m.first_fiscal_year()),
       YearText(m.last_fiscal_year()), std::to_string(m.version()), m.etag(),
       TimeFor(session, m.create_time()), TimeFor(session, m.update_time())});
}

std::string KindName(v1::LineageEvent::Kind kind) {
  return ShortName(v1::LineageEvent::Kind_Name(kind), "KIND_");
}

std::string DateText(const google::type::Date& date) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", date.year(),
                date.month(), date.day());
  return text.data();
}

std::string LineageInWords(const Session& session,
                           const v1::LineageEvent& event) {
  const std::string what =
      SayInCell(session, "{kind} on {date}: {from} -> {to}",
                {{"kind", KindName(event.kind())},
                 {"date", DateText(event.effective_date())},
                 {"from", IdsOf(event.predecessors())},
                 {"to", IdsOf(event.successors())}});
  return event.retracted()
             ? SayInCell(session, "taken back: {what}", {{"what", what}})
             : what;
}

std::string EtagOf(const std::string& text) {
  return text.empty() || text.front() == '"' ? text : '"' + text + '"';
}

bool ParseType(const std::string& word, v1::Municipality::Type& type) {
  for (const auto candidate :
       {v1::Municipality::TYPE_SPECIAL_WARD, v1::Municipality::TYPE_CITY,
        v1::Municipality::TYPE_TOWN, v1::Municipality::TYPE_VILLAGE}) {
    if (TypeName(candidate) != word) continue;
    type = candidate;
    return true;
  }
  return false;
}

void SayDryRun(bool dry_run) {
  if (dry_run) std::cerr << Say("Dry run: nothing was written.") << "\n";
}

}  // namespace welfare::ctl
