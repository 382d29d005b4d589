// What the nouns of the registry share: words for its values, and
// the flags and loops of reading it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/output/time_text.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::ctl {

namespace v1 = ::welfare::registry::v1;

inline constexpr int kRecordsPerBatch = 2000;

std::string TypeName(v1::Municipality::Type type);
std::string ImplementingName(v1::Implementing implementing);
std::string PreparationName(v1::Preparation preparation);
// Empty text for a year that is not set.
std::string YearText(int fiscal_year);
// The id at the end of a resource name: `municipalities/131016` -> `131016`.
std::string IdOf(const std::string& name);
std::string JoinWith(const std::vector<std::string>& words,
                     const std::string& separator);
// The ids of `names`, separated by a space.
template <typename Names>
std::string IdsOf(const Names& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdOf(name));
  return JoinWith(ids, " ");
}

// Reads `2025-06-01`, `2025-06-01T09:00` or `2025-06-01T09:00:00+09:00`; what
// is left out is midnight and Asia/Tokyo. False: no such moment.
bool ParseMoment(std::string text, google::protobuf::Timestamp& time);

std::string ProgramName(const std::string& program);
// Whether a text is a code or a resource name, and needs no resolving.
bool IsCodeLike(const std::string& text);
// `131016` -> `municipalities/131016`; a full name stays.
std::string MunicipalityName(const std::string& code);

// Finds the resource name of what a person typed: a code, a resource name, or
// a name in any declared spelling, which is asked of the registry. Returns kOk
// or, with the error printed, an exit code. `fiscal_year`: 0 for the current.
int FindMunicipality(Session& session, const std::string& text, int fiscal_year,
                     std::string& name);

// `--known-at` and `--data-version`: the past a read speaks for.
struct ReadAt {
  std::string known_at;
  std::int64_t data_version = 0;

  void AddTo(const Command& verb);
  // Returns kOk, or kUsage after saying what is wrong.
  template <typename Request>
  int Fill(Request& request) const;

 private:
  int FillMoment(google::protobuf::Timestamp& time) const;
};

// `--fiscal-year` of a read of facts.
void AddFiscalYear(const Command& verb, int& fiscal_year);

// The columns of a municipality and its row, shared by all that list some.
Table MunicipalityTable();
void AddMunicipality(const Session& session, const v1::Municipality& m,
                     Table& table);

// `merger on 2027-04-01: 131016 131024 -> 131016`.
std::string LineageInWords(const Session& session,
                           const v1::LineageEvent& event);
std::string KindName(v1::LineageEvent::Kind kind);
std::string DateText(const google::type::Date& date);

// `12` -> `"12"`, as the API writes entity tags; what has quotes stays.
std::string EtagOf(const std::string& text);

// Turns a word into the value of an enum: `city` -> TYPE_CITY. False: there is
// no such word.
bool ParseType(const std::string& word, v1::Municipality::Type& type);

// Says, after a call that only checked, that nothing was written.
void SayDryRun(bool dry_run);

template <typename Request>
int ReadAt::Fill(Request& request) const {
  request.set_data_version(data_version);
  if (known_at.empty()) return kOk;
  return FillMoment(*request.mutable_known_at());
}

}  // namespace welfare::ctl
