#include "services/report/peers/round_answers.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "welfare/survey/v1/columns.pb.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/report/errors.h"
#include "services/vocabulary/submission_state.h"

namespace welfare::report {
namespace {

using vocabulary::FindIn;
using vocabulary::SubmissionState;

absl::Status Unreadable(std::string_view what) {
  return PeerAnswerInvalid("survey", what);
}

// Whether an answer in this state is part of the figures.
bool Counts(std::optional<SubmissionState> state, Basis basis) {
  if (state == SubmissionState::kFinal) return true;
  return basis == Basis::kProvisional &&
         (state == SubmissionState::kSubmitted ||
          state == SubmissionState::kAccepted);
}

absl::StatusOr<base::RespondentKind> ReadKind(type::v1::RespondentKind kind) {
  switch (kind) {
    case type::v1::RESPONDENT_KIND_MUNICIPALITY:
      return base::RespondentKind::kMunicipality;
    case type::v1::RESPONDENT_KIND_COUNCIL:
      return base::RespondentKind::kCouncil;
    default:
      return Unreadable("a respondent has no kind.");
  }
}

// Of an item what all of its columns have in common.
absl::StatusOr<AskedItem> ReadItem(const survey::v1::Item& item, int year) {
  AskedItem read;
  read.id = item.item();
  read.section = item.section();
  read.label = item.label();
  read.reference_year = year + item.reference_year_offset();
  const auto type = FindIn(vocabulary::kAnswerTypes, item.type());
  const auto level = FindIn(vocabulary::kPublishLevels, item.publish_level());
  if (!type.has_value()) return Unreadable("a question has no known type.");
  read.type = *type;
  // What is not known to be shown is not shown.
  read.level = level.value_or(PublishLevel::kInternal);
  for (const survey::v1::Option& option : item.options()) {
    read.options.push_back({option.code(), option.label()});
  }
  for (const int kind : item.respondents()) {
    WELFARE_ASSIGN_OR_RETURN(
        const base::RespondentKind known,
        ReadKind(static_cast<type::v1::RespondentKind>(kind)));
    read.respondents.push_back(known);
  }
  // An answer is a word of 64 bits.
  if (read.options.size() > 64) {
    return Unreadable("a question has too many options.");
  }
  read.unit = item.unit();
  read.concept_id = item.concept_id();
  read.pair_concept = item.pair_concept();
  return read;
}

absl::StatusOr<RespondentAnswers> ReadRow(
    const survey::v1::Frame::Row& row, int year, Basis basis) {
  const auto code = base::MunicipalityCode::ParseKnown(row.municipality_code());
  if (!code.ok()) return Unreadable("a municipality code cannot be read.");
  WELFARE_ASSIGN_OR_RETURN(const base::RespondentKind kind,
                           ReadKind(row.respondent_kind()));
  RespondentAnswers read{.respondent = {*code, kind},
                         .name = row.display_name()};
  read.other_codes.assign(row.other_codes().begin(), row.other_codes().end());
  for (const survey::v1::Frame::StatusFact& fact : row.statuses()) {
    if (fact.fiscal_year() == year && fact.has_implementing()) {
      read.implementing = fact.implementing();
    }
  }
  read.counted =
      Counts(FindIn(vocabulary::kSubmissionStates, row.state()), basis);
  return read;
}

}  // namespace

absl::Status RoundAnswersReader::Read(
    const survey::v1::StreamRoundColumnsResponse_Header& header) {
  if (expected_ >= 0) return Unreadable("a round came twice.");
  expected_ = header.columns();
  const auto name = base::RoundName::Parse(header.round().name());
  if (!name.ok()) return Unreadable("the round has no name.");
  const int year = name->fiscal_year.value();
  for (const survey::v1::Frame::Row& row : header.frame().rows()) {
    WELFARE_ASSIGN_OR_RETURN(RespondentAnswers read,
                             ReadRow(row, year, basis_));
    round_.respondents.push_back(std::move(read));
  }
  for (const survey::v1::Item& item : header.codebook().items()) {
    WELFARE_ASSIGN_OR_RETURN(const AskedItem read, ReadItem(item, year));
    if (read.type != AnswerType::kTable) {
      round_.items.push_back(read);
      continue;
    }
    for (const survey::v1::Option& row : item.rows()) {
      AskedItem one = read;
      one.row = row.code();
      one.row_label = row.label();
      round_.items.push_back(std::move(one));
    }
  }
  for (RespondentAnswers& one : round_.respondents) {
    one.answers.resize(round_.items.size());
  }
  return absl::OkStatus();
}

absl::Status RoundAnswersReader::Read(const survey::v1::Column& column) {
  const auto rows = static_cast<std::size_t>(column.absences().size());
  if (column.first_row() == 0) {
    if (columns_ > 0 && row_ != round_.respondents.size()) {
      return Unreadable("rows of a column are missing.");
    }
    const auto found =
        std::ranges::find_if(round_.items, [&](const AskedItem& item) {
          return item.id == column.item() && item.row == column.row();
        });
    if (found == round_.items.end()) {
      return Unreadable("a column is of no question.");
    }
    item_ = static_cast<std::size_t>(found - round_.items.begin());
    row_ = 0;
    ++columns_;
  } else if (columns_ == 0 ||
             row_ != static_cast<std::size_t>(column.first_row()) ||
             round_.items[item_].id != column.item() ||
             round_.items[item_].row != column.row()) {
    return Unreadable("rows of a column are missing.");
  }
  if (row_ + rows > round_.respondents.size()) {
    return Unreadable("a column has too many rows.");
  }
  for (std::size_t i = 0; i < rows; ++i, ++row_) {
    GivenAnswer& answer = round_.respondents[row_].answers[item_];
    const auto absence = static_cast<unsigned char>(column.absences()[i]);
    const auto at = static_cast<int>(i);
    if (absence != 0) {
      const auto kind =
          std::ranges::find(base::kAllAbsences, static_cast<int>(absence),
                            [](base::Absence one) {
                              return static_cast<int>(one);
                            });
      if (kind == base::kAllAbsences.end()) {
        return Unreadable("a kind of absence is unknown.");
      }
      answer.absence = *kind;
      continue;
    }
    if (at < column.codes_size()) answer.codes = column.codes(at);
    if (at < column.integers_size()) answer.number = column.integers(at);
    if (at < column.texts_size()) answer.text = column.texts(at);
    if (at < column.other_texts_size()) {
      answer.other_text = column.other_texts(at);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RoundAnswers> RoundAnswersReader::Take() && {
  if (expected_ < 0) return Unreadable("the round did not come.");
  if (columns_ != expected_ ||
      columns_ != static_cast<int>(round_.items.size()) ||
      (columns_ > 0 && row_ != round_.respondents.size())) {
    return Unreadable("the stream of columns is incomplete.");
  }
  return std::move(round_);
}

}  // namespace welfare::report
