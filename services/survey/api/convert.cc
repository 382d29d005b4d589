#include "services/survey/api/convert.h"

#include <chrono>
#include <utility>

#include "google/protobuf/timestamp.pb.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

google::protobuf::Timestamp ToTimestamp(base::Timestamp time) {
  constexpr std::int64_t kMicros = 1'000'000;
  std::int64_t seconds = time.micros() / kMicros;
  std::int64_t rest = time.micros() % kMicros;
  if (rest < 0) {
    rest += kMicros;
    --seconds;
  }
  google::protobuf::Timestamp result;
  result.set_seconds(seconds);
  result.set_nanos(static_cast<std::int32_t>(rest * 1000));
  return result;
}

type::v1::RespondentKind ToProto(base::RespondentKind kind) {
  return static_cast<type::v1::RespondentKind>(kind);
}

v1::Option ToProto(const Option& option) {
  v1::Option result;
  result.set_code(option.code);
  result.set_label(option.label);
  result.set_exclusive(option.exclusive);
  result.set_takes_text(option.takes_text);
  return result;
}

v1::Item ToProto(const Item& item) {
  v1::Item result;
  result.set_item(item.id);
  result.set_section(item.section);
  result.set_label(item.label);
  result.set_type(static_cast<v1::Item::Type>(item.type));
  for (const Option& option : item.options) {
    *result.add_options() = ToProto(option);
  }
  for (const Option& row : item.rows) *result.add_rows() = ToProto(row);
  for (const base::RespondentKind kind : item.respondents) {
    result.add_respondents(ToProto(kind));
  }
  result.set_relevant(item.relevant);
  result.set_constraint(item.constraint);
  result.set_constraint_message(item.constraint_message);
  result.set_population(item.population);
  result.set_unit(item.unit);
  result.set_concept_id(item.concept_id);
  result.set_pair_concept(item.pair_concept);
  result.set_reference_year_offset(item.reference_year_offset);
  result.set_publish_level(
      static_cast<v1::Item::PublishLevel>(item.publish_level));
  result.set_source_page(item.source_page);
  return result;
}

bool IsAbsence(int kind) { return kind >= 1 && kind <= 6; }

base::Truth FactFromProto(bool known, bool value) {
  return known ? base::ToTruth(value) : base::Truth::kUnknown;
}

}  // namespace

absl::StatusOr<std::optional<base::Date>> DateFromProto(
    const google::type::Date& date) {
  if (date.year() == 0 && date.month() == 0 && date.day() == 0) {
    return std::nullopt;
  }
  WELFARE_ASSIGN_OR_RETURN(
      const base::Date day,
      base::Date::Make(date.year(), date.month(), date.day()));
  return day;
}

google::type::Date ToProto(const base::Date& date) {
  google::type::Date result;
  result.set_year(date.year());
  result.set_month(date.month());
  result.set_day(date.day());
  return result;
}

v1::Codebook ToProto(const StoredCodebook& stored, const Codebook* codebook) {
  v1::Codebook result;
  result.set_name(stored.name.ToString());
  result.set_display_name(stored.title);
  result.set_state(static_cast<v1::Codebook::State>(stored.state));
  if (codebook != nullptr) {
    for (const Item& item : codebook->items()) {
      *result.add_items() = ToProto(item);
    }
  }
  result.set_digest(stored.digest);
  *result.mutable_create_time() = ToTimestamp(stored.create_time);
  if (stored.publish_time) {
    *result.mutable_publish_time() = ToTimestamp(*stored.publish_time);
  }
  return result;
}

v1::Round ToProto(const Round& round) {
  v1::Round result;
  result.set_name(round.name.ToString());
  result.set_display_name(round.display_name);
  result.set_purpose(round.purpose);
  result.set_method(round.method);
  result.set_publisher(round.publisher);
  if (round.window_start) {
    *result.mutable_window_start() = ToProto(*round.window_start);
  }
  if (round.window_end) {
    *result.mutable_window_end() = ToProto(*round.window_end);
  }
  result.set_codebook(round.codebook.ToString());
  result.set_program(round.program.ToString());
  result.set_synthetic(round.synthetic);
  result.set_state(static_cast<v1::Round::State>(round.state));
  result.set_registry_version(round.registry_version);
  result.set_registry_incarnation(round.registry_incarnation);
  result.set_revision(round.revision);
  result.set_incarnation(round.incarnation);
  result.set_etag(EntityTag(round.incarnation, round.revision));
  *result.mutable_create_time() = ToTimestamp(round.create_time);
  *result.mutable_update_time() = ToTimestamp(round.update_time);
  result.set_reason(round.reason);
  return result;
}

v1::Frame::Row ToProto(const FrameRow& row) {
  v1::Frame::Row result;
  result.set_municipality_code(row.respondent.municipality.ToString());
  result.set_respondent_kind(ToProto(row.respondent.kind));
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
  return result;
}

absl::StatusOr<Answer> AnswerFromProto(const v1::Answer& answer) {
  Answer result{.item = answer.item(),
                .row = answer.row(),
                .content = std::int64_t{0},
                .other_text = answer.other_text(),
                .provenance = static_cast<Provenance>(answer.provenance())};
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

SentAnswer SentFromProto(const v1::Answer& answer) {
  SentAnswer result{.item = answer.item(),
                    .row = answer.row(),
                    .value = std::nullopt,
                    .absence = std::nullopt,
                    .other_text = answer.other_text(),
                    .provenance = Provenance::kEntered};
  if (answer.provenance() >= v1::Answer::PROVENANCE_ENTERED &&
      answer.provenance() <= v1::Answer::PROVENANCE_CORRECTED) {
    result.provenance = static_cast<Provenance>(answer.provenance());
  }
  switch (answer.content_case()) {
    case v1::Answer::kCodes:
      result.value =
          Codes(answer.codes().codes().begin(), answer.codes().codes().end());
      break;
    case v1::Answer::kInteger:
      result.value = std::int64_t{answer.integer()};
      break;
    case v1::Answer::kText:
      result.value = answer.text();
      break;
    case v1::Answer::kAbsence:
      if (IsAbsence(answer.absence())) {
        result.absence = static_cast<base::Absence>(answer.absence());
      }
      break;
    case v1::Answer::CONTENT_NOT_SET:
      break;
  }
  return result;
}

v1::Submission ToProto(const Submission& submission, const Round& round,
                       bool full) {
  v1::Submission result;
  result.set_name(submission.name.ToString());
  if (submission.received_on) {
    *result.mutable_header()->mutable_received_on() =
        ToProto(*submission.received_on);
  }
  if (full) {
    for (const Answer& answer : submission.answers) {
      *result.add_answers() = ToProto(answer);
    }
  }
  result.set_state(static_cast<v1::Submission::State>(submission.state));
  result.set_revision(submission.revision);
  result.set_round_revision(submission.round_revision);
  result.set_etag(EntityTag(round.incarnation, submission.revision));
  result.set_digest(submission.digest);
  // A fact about the window as it is, which may be moved.
  result.set_late(submission.received_on &&
                  IsLate(round, *submission.received_on));
  result.set_synthetic(round.synthetic);
  *result.mutable_create_time() = ToTimestamp(submission.create_time);
  *result.mutable_update_time() = ToTimestamp(submission.update_time);
  result.set_reason(submission.reason);
  return result;
}

void SetViolations(const std::vector<AnswerViolation>& violations,
                   v1::Submission& submission) {
  for (const AnswerViolation& violation : violations) {
    v1::AnswerViolation& one = *submission.add_violations();
    one.set_item(violation.key());
    one.set_reason(std::string(violation.reason));
    one.set_message(violation.description);
  }
}

void SetContact(const Contact& contact, v1::Submission& submission) {
  if (contact == Contact{}) return;
  submission.mutable_header()->set_department(contact.department);
  submission.mutable_header()->set_contact(contact.contact);
}

v1::Column ToProto(const Column& column, const Codebook& codebook,
                   std::size_t first, std::size_t end) {
  v1::Column result;
  const Item& item = codebook.item(column.item);
  result.set_item(item.id);
  if (column.row) result.set_row(item.rows[*column.row].code);
  result.set_first_row(static_cast<std::int32_t>(first));
  // Only the list of the item's type is filled.
  const auto slice = [&](const auto& list, auto& out) {
    if (list.empty()) return;
    out.Assign(list.begin() + static_cast<std::ptrdiff_t>(first),
               list.begin() + static_cast<std::ptrdiff_t>(end));
  };
  result.set_absences(
      std::string(column.absences.begin() + static_cast<std::ptrdiff_t>(first),
                  column.absences.begin() + static_cast<std::ptrdiff_t>(end)));
  slice(column.codes, *result.mutable_codes());
  slice(column.integers, *result.mutable_integers());
  slice(column.texts, *result.mutable_texts());
  slice(column.other_texts, *result.mutable_other_texts());
  return result;
}

v1::RoundProgress ToProto(const Round& round,
                          const std::vector<ProgressGroup>& groups) {
  v1::RoundProgress result;
  result.set_name(round.name.ToString());
  result.set_revision(round.revision);
  result.set_incarnation(round.incarnation);
  int expected = 0;
  int received = 0;
  for (const ProgressGroup& group : groups) {
    v1::RoundProgress::Group& one = *result.add_groups();
    one.set_respondent_kind(ToProto(group.kind));
    one.set_implementing(group.implementing);
    one.set_expected(group.expected);
    one.set_received(group.received);
    one.set_on_time(group.on_time);
    one.set_accepted(group.accepted);
    one.set_draft(group.draft);
    expected += group.expected;
    received += group.received;
  }
  result.set_expected(expected);
  result.set_received(received);
  return result;
}

}  // namespace welfare::survey
