#include "services/survey/store/stored_messages.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/mapping/answer_mapping.h"

namespace welfare::survey {
namespace {

base::Truth FactFromProto(bool known, bool value) {
  return known ? base::ToTruth(value) : base::Truth::kUnknown;
}

}  // namespace

v1::Frame::Row ToProto(const FrameRow& row) {
  v1::Frame::Row result;
  result.set_municipality_code(row.respondent.municipality.ToString());
  result.set_respondent_kind(
      static_cast<type::v1::RespondentKind>(row.respondent.kind));
  result.set_display_name(row.display_name);
  result.set_area(row.area);
  for (const StatusFact& fact : row.facts) {
    v1::Frame::StatusFact& status = *result.add_statuses();
    status.set_fiscal_year(fact.fiscal_year);
    if (fact.implementing != base::Truth::kUnknown) {
      status.set_implementing(fact.implementing == base::Truth::kTrue);
    }
    if (fact.preparation != base::Truth::kUnknown) {
      status.set_preparation(fact.preparation == base::Truth::kTrue);
    }
  }
  for (const base::MunicipalityCode& other : row.other_codes) {
    result.add_other_codes(other.ToString());
  }
  return result;
}

absl::StatusOr<FrameRow> FrameRowFromProto(const v1::Frame::Row& row) {
  WELFARE_ASSIGN_OR_RETURN(
      auto code, base::MunicipalityCode::ParseKnown(row.municipality_code()));
  const bool council =
      row.respondent_kind() == type::v1::RESPONDENT_KIND_COUNCIL;
  FrameRow result{
      .respondent = {.municipality = std::move(code),
                     .kind = council ? base::RespondentKind::kCouncil
                                     : base::RespondentKind::kMunicipality},
      .display_name = row.display_name(),
      .area = row.area(),
      .facts = {}};
  for (const v1::Frame::StatusFact& status : row.statuses()) {
    result.facts.push_back(
        {.fiscal_year = status.fiscal_year(),
         .implementing =
             FactFromProto(status.has_implementing(), status.implementing()),
         .preparation =
             FactFromProto(status.has_preparation(), status.preparation())});
  }
  for (const std::string& text : row.other_codes()) {
    WELFARE_ASSIGN_OR_RETURN(auto other,
                             base::MunicipalityCode::ParseKnown(text));
    result.other_codes.push_back(std::move(other));
  }
  return result;
}

v1::Answer ToProto(const Answer& answer) {
  v1::Answer result;
  Fill(answer, result);
  return result;
}

void Fill(const Answer& answer, v1::Answer& result) {
  result.set_item(answer.item);
  result.set_row(answer.row);
  if (const auto* codes = std::get_if<Codes>(&answer.content)) {
    auto& list = *result.mutable_codes()->mutable_codes();
    list.Assign(codes->begin(), codes->end());
  } else if (const auto* integer = std::get_if<std::int64_t>(&answer.content)) {
    result.set_integer(*integer);
  } else if (const auto* text = std::get_if<std::string>(&answer.content)) {
    result.set_text(*text);
  } else {
    result.set_absence(static_cast<type::v1::Absence::Kind>(
        std::get<base::Absence>(answer.content)));
  }
  result.set_other_text(answer.other_text);
  result.set_provenance(static_cast<v1::Answer::Provenance>(answer.provenance));
  if (answer.mapping != 0) {
    result.set_mapping(FormatMappingId(answer.mapping));
  }
}

absl::StatusOr<Answer> AnswerFromProto(const v1::Answer& answer) {
  Answer result{.item = answer.item(),
                .row = answer.row(),
                .content = std::int64_t{0},
                .other_text = answer.other_text(),
                .provenance = static_cast<Provenance>(answer.provenance())};
  if (!answer.mapping().empty()) {
    const auto mapping = ParseMappingId(answer.mapping());
    if (!mapping) return StoredValueInvalid("mapping of an answer");
    result.mapping = *mapping;
  }
  switch (answer.content_case()) {
    case v1::Answer::kCodes:
      result.content =
          Codes(answer.codes().codes().begin(), answer.codes().codes().end());
      return result;
    case v1::Answer::kInteger:
      result.content = std::int64_t{answer.integer()};
      return result;
    case v1::Answer::kText:
      result.content = answer.text();
      return result;
    case v1::Answer::kAbsence:
      if (!IsAbsence(answer.absence())) break;
      result.content = static_cast<base::Absence>(answer.absence());
      return result;
    case v1::Answer::CONTENT_NOT_SET:
      break;
  }
  return StoredValueInvalid("answer");
}

}  // namespace welfare::survey
