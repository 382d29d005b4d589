// A small questionnaire and a small population for tests of the survey's core.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/time/date.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/validation.h"

namespace welfare::survey::sample {

inline const std::vector<base::RespondentKind> kMunicipality = {
    base::RespondentKind::kMunicipality};
inline const std::vector<base::RespondentKind> kCouncil = {
    base::RespondentKind::kCouncil};
inline const std::vector<base::RespondentKind> kBoth = {
    base::RespondentKind::kMunicipality, base::RespondentKind::kCouncil};
inline const std::vector<base::Absence> kBlank = {base::Absence::kNoAnswer,
                                                  base::Absence::kUnknown};
inline const std::vector<base::Absence> kCount = {base::Absence::kNoAnswer,
                                                  base::Absence::kNotCounted,
                                                  base::Absence::kUnknown};

inline Item MakeItem(std::string id, AnswerType type, std::string relevant = "",
                     std::vector<base::RespondentKind> who = kMunicipality) {
  Item item;
  item.label = id;
  item.id = std::move(id);
  item.type = type;
  item.relevant = std::move(relevant);
  item.respondents = std::move(who);
  item.absences = kBlank;
  return item;
}

inline std::vector<Option> Options(std::initializer_list<const char*> codes) {
  std::vector<Option> options;
  for (const std::string code : codes) {
    options.push_back({.code = code,
                       .label = code,
                       .exclusive = code == "none",
                       .takes_text = code == "other"});
  }
  return options;
}

// plan (single) -> start, end (integers that must be in order); methods
// (multiple with none and other) -> detail (text, required) when `other`;
// count (integer, implementing last year); phases (table, implementing);
// shared (both kinds); place (council) -> place_days (council).
inline std::vector<Item> Items() {
  std::vector<Item> items;
  const auto add = [&](Item item) -> Item& {
    item.line = static_cast<int>(items.size()) + 2;
    items.push_back(std::move(item));
    return items.back();
  };
  const std::string running = "registry('implementing', 0)";
  add(MakeItem("plan", AnswerType::kSingle, running)).options =
      Options({"made", "none"});
  const std::string made = "${plan} = 'made'";
  add(MakeItem("start", AnswerType::kInteger, made)).constraint = ". <= ${end}";
  add(MakeItem("end", AnswerType::kInteger, made)).constraint = ". >= ${start}";
  add(MakeItem("methods", AnswerType::kMultiple)).options =
      Options({"visit", "online", "other", "none"});
  Item& detail = add(
      MakeItem("detail", AnswerType::kText, "selected(${methods}, 'online')"));
  detail.absences.clear();
  Item& count = add(
      MakeItem("count", AnswerType::kInteger, "registry('implementing', -1)"));
  count.constraint = ". >= 0";
  count.constraint_message = "Not below zero.";
  count.absences = kCount;
  count.reference_year_offset = -1;
  add(MakeItem("phases", AnswerType::kTable, running)).rows =
      Options({"find", "keep"});
  add(MakeItem("shared", AnswerType::kText, "", kBoth));
  add(MakeItem("place", AnswerType::kSingle, "", kCouncil)).options =
      Options({"yes", "no"});
  add(MakeItem("place_days", AnswerType::kSingle, "${place} = 'yes'", kCouncil))
      .options = Options({"daily", "weekly"});
  return items;
}

inline std::shared_ptr<const Codebook> MakeCodebook() {
  return Codebook::Check("Sample", Items()).codebook;
}

inline base::Respondent Who(const std::string& text) {
  return base::Respondent::Parse(text).value();
}

// 131016 runs the programme in FY2024 and FY2025, 131024 since FY2025, 131032
// not at all; of 131041 the registry knows nothing. FY2025 is the round.
inline Frame MakeFrame() {
  using base::Truth;
  std::vector<FrameRow> rows;
  const auto add = [&](const std::string& code, Truth before, Truth now) {
    for (const char* kind : {"municipality", "council"}) {
      rows.push_back({.respondent = Who(code + "-" + kind),
                      .display_name = code + kind,
                      .area = "区部",
                      .facts = {{2024, before, Truth::kUnknown},
                                {2025, now, Truth::kFalse}}});
    }
  };
  add("131032", Truth::kFalse, Truth::kFalse);
  add("131016", Truth::kTrue, Truth::kTrue);
  add("131024", Truth::kFalse, Truth::kTrue);
  add("131041", Truth::kUnknown, Truth::kUnknown);
  return Frame(std::move(rows));
}

// A day of 2025.
inline base::Date Day(int month, int day) {
  return base::Date::Make(2025, month, day).value();
}

// `field: REASON` of each violation.
inline std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto details = base::GetErrorDetails(status)) {
    for (const base::Violation& violation : details->violations) {
      fields.push_back(violation.field + ": " + violation.reason);
    }
  }
  return fields;
}

inline SentAnswer Sent(std::string item) {
  SentAnswer sent;
  const std::size_t slash = item.find('/');
  if (slash != std::string::npos) {
    sent.row = item.substr(slash + 1);
    item.resize(slash);
  }
  sent.item = std::move(item);
  return sent;
}
inline SentAnswer SentCodes(std::string item, Codes codes,
                            std::string other_text = "") {
  SentAnswer sent = Sent(std::move(item));
  sent.value = std::move(codes);
  sent.other_text = std::move(other_text);
  return sent;
}
inline SentAnswer SentNumber(std::string item, std::int64_t value) {
  SentAnswer sent = Sent(std::move(item));
  sent.value = value;
  return sent;
}
inline SentAnswer SentText(std::string item, std::string text) {
  SentAnswer sent = Sent(std::move(item));
  sent.value = std::move(text);
  return sent;
}
inline SentAnswer SentAbsence(std::string item, base::Absence absence) {
  SentAnswer sent = Sent(std::move(item));
  sent.absence = absence;
  return sent;
}

// Everything that 131016-municipality is asked.
inline std::vector<SentAnswer> Complete() {
  return {SentCodes("plan", {"made"}),
          SentNumber("start", 2024),
          SentNumber("end", 2029),
          SentCodes("methods", {"other", "visit"}, "by post"),
          SentNumber("count", 0),
          SentText("phases/find", "asking around"),
          SentAbsence("phases/keep", base::Absence::kNoAnswer),
          SentText("shared", "text")};
}

}  // namespace welfare::survey::sample
