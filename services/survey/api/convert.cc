#include "services/survey/api/convert.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "google/protobuf/timestamp.pb.h"
#include "services/base/error.h"
#include "services/survey/codebook/label.h"
#include "services/survey/entity_tag.h"
#include "services/survey/store/stored_messages.h"

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

// Fills the reference year in where a label has no definition of its own: a
// choice and a section are shown with their question.
void FillYears(base::FiscalYear fiscal_year, v1::Codebook& codebook) {
  for (v1::Item& item : *codebook.mutable_items()) {
    const base::FiscalYear year = fiscal_year + item.reference_year_offset();
    item.set_section(FillReferenceYear(item.section(), year));
    for (auto* options : {item.mutable_options(), item.mutable_rows()}) {
      for (v1::Option& option : *options) {
        option.set_label(FillReferenceYear(option.label(), year));
      }
    }
  }
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

v1::Mapping ToProto(const StoredMapping& mapping) {
  const auto codebook = [&](const std::string& version) {
    return base::CodebookName{.survey = mapping.name.survey, .version = version}
        .ToString();
  };
  v1::Mapping message;
  message.set_name(mapping.name.ToString());
  message.set_codebook(codebook(mapping.codebook));
  if (!mapping.from_codebook.empty()) {
    message.set_from_codebook(codebook(mapping.from_codebook));
  }
  message.set_digest(mapping.digest);
  message.set_content(mapping.content);
  *message.mutable_create_time() = ToTimestamp(mapping.create_time);
  message.set_actor(mapping.actor);
  for (const MappingUse& use : mapping.uses) {
    v1::Mapping::Use& one = *message.add_uses();
    one.set_round(base::RoundName{.survey = mapping.name.survey,
                                  .fiscal_year = use.fiscal_year}
                      .ToString());
    one.set_batches(use.batches);
    one.set_rows(use.rows);
    *one.mutable_first_time() = ToTimestamp(use.first_time);
    *one.mutable_last_time() = ToTimestamp(use.last_time);
    one.set_actor(use.actor);
  }
  message.set_uses_complete(mapping.uses_complete);
  return message;
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

v1::Submission::State ToProto(SubmissionState state) {
  return static_cast<v1::Submission::State>(state);
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
  result.set_state(ToProto(submission.state));
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
                   base::Language language, v1::Submission& submission) {
  for (const AnswerViolation& violation : violations) {
    v1::AnswerViolation& one = *submission.add_violations();
    one.set_item(violation.key());
    one.set_reason(std::string(violation.reason));
    one.set_message(language == base::Language::kJapanese
                        ? violation.description_ja
                        : violation.description);
  }
}

void SetContact(const Contact& contact, v1::Submission& submission) {
  if (contact == Contact{}) return;
  submission.mutable_header()->set_department(contact.department);
  submission.mutable_header()->set_contact(contact.contact);
}

v1::StreamRoundColumnsResponse::Header ToProto(const RoundColumns& columns) {
  const Round& round = columns.opened.round;
  v1::StreamRoundColumnsResponse::Header header;
  *header.mutable_round() = ToProto(round);
  *header.mutable_codebook() =
      ToProto(columns.codebook, columns.opened.codebook.get());
  FillYears(round.name.fiscal_year, *header.mutable_codebook());
  for (std::size_t r = 0; r < columns.respondents.size(); ++r) {
    v1::Frame::Row& row = *header.mutable_frame()->add_rows();
    row = ToProto(columns.opened.frame->row(r));
    const auto& respondent = columns.respondents[r];
    if (!respondent) continue;
    row.set_state(ToProto(respondent->state));
    if (const auto& day = respondent->received_on) {
      row.set_late(IsLate(round, *day));
      *row.mutable_received_on() = ToProto(*day);
    }
    row.set_revision(respondent->revision);
  }
  header.set_columns(static_cast<std::int32_t>(columns.columns.size()));
  return header;
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

void Withhold(std::size_t self,
              v1::StreamRoundColumnsResponse::Header& header) {
  v1::Frame& frame = *header.mutable_frame();
  for (int r = 0; r < frame.rows_size(); ++r) {
    if (static_cast<std::size_t>(r) == self) continue;
    v1::Frame::Row& row = *frame.mutable_rows(r);
    row.clear_state();
    row.clear_late();
    row.clear_revision();
    row.clear_received_on();
    row.set_withheld(true);
  }
}

void Withhold(std::size_t self, v1::Column& column) {
  constexpr char kWithheld = '\xff';  // no kind of absence
  std::string& absences = *column.mutable_absences();
  for (std::size_t r = 0; r < absences.size(); ++r) {
    if (static_cast<std::size_t>(column.first_row()) + r == self) continue;
    absences[r] = kWithheld;
    const int at = static_cast<int>(r);
    if (at < column.codes_size()) column.set_codes(at, 0);
    if (at < column.integers_size()) column.set_integers(at, 0);
    if (at < column.texts_size()) column.mutable_texts(at)->clear();
    if (at < column.other_texts_size()) {
      column.mutable_other_texts(at)->clear();
    }
  }
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
