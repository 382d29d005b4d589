#include "tests/report/fake_peers.h"

#include <gtest/gtest.h>

#include <optional>

#include "services/platform/errors.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/report/errors.h"

namespace welfare::report::testing {
namespace {

int YearOf(const std::string& name) {
  return std::stoi(name.substr(name.rfind('/') + 1));
}

void ToDate(const base::Date& date, google::type::Date& wire) {
  wire.set_year(date.year());
  wire.set_month(date.month());
  wire.set_day(date.day());
}

// A word as it stands on the wire; 0: nothing is stated.
template <typename Wire, typename Word>
Wire NumberOf(std::optional<Word> word) {
  return word.has_value() ? static_cast<Wire>(*word) : Wire{};
}

void ToValue(const IndicatorValue& value, std::int64_t revision,
             indicator::v1::IndicatorValue& wire) {
  wire.set_name("surveys/jusou/indicators/" + value.id + "/values/" +
                std::to_string(value.fiscal_year));
  wire.set_fiscal_year(value.fiscal_year);
  wire.set_reference_year(value.reference_year);
  wire.set_display_name(value.label);
  wire.set_measure(NumberOf<indicator::v1::Indicator::Measure>(value.measure));
  wire.mutable_population()->set_id(value.population_id);
  wire.mutable_population()->set_label(value.population_label);
  wire.mutable_population()->set_size(value.population_size);
  wire.set_base(value.base);
  wire.set_answered(value.answered);
  wire.set_multiple_answer(value.multiple_answer);
  wire.set_unit(value.unit);
  wire.mutable_versions()->set_round(revision);
  wire.mutable_versions()->set_definition_digest(value.definition_digest);
  for (const ValueCell& cell : value.cells) {
    auto& entry = *wire.add_cells();
    entry.set_key(cell.key);
    entry.set_label(cell.label);
    entry.set_count(cell.count);
    entry.set_base(cell.base);
    if (cell.percent.has_value()) entry.set_percent(*cell.percent);
    if (cell.value.has_value()) entry.set_value(*cell.value);
    entry.set_role(static_cast<indicator::v1::Cell::Role>(cell.role));
    for (const CellFlag flag : cell.flags) {
      entry.add_flags(static_cast<indicator::v1::Cell::Flag>(flag));
    }
  }
  for (const AbsenceCount& absence : value.absences) {
    auto& entry = *wire.add_absences();
    entry.set_kind(static_cast<type::v1::Absence::Kind>(absence.kind));
    entry.set_count(absence.count);
    if (absence.percent.has_value()) entry.set_percent(*absence.percent);
  }
}

}  // namespace

grpc::Status World::CheckStore(const std::string& incarnation) const {
  if (incarnation.empty() || incarnation == survey_store) {
    return grpc::Status::OK;
  }
  return platform::ToGrpcStatus(
      platform::StoreRestored("surveys/jusou", incarnation, 1), "", "");
}

grpc::Status FakeSurvey::GetRound(grpc::ServerContext*,
                                  const survey::v1::GetRoundRequest* request,
                                  survey::v1::Round* round) {
  const std::lock_guard lock(world_.mutex);
  ++world_.calls;
  if (!world_.survey.ok()) return world_.survey;
  const int year = YearOf(request->name());
  const std::int64_t current =
      year == 2025 ? world_.revision : world_.previous_revision;
  const grpc::Status pin = world_.CheckStore(request->data_incarnation());
  if (!pin.ok()) return pin;
  if (request->data_version() > current) {
    return platform::ToGrpcStatus(
        VersionNotReached(request->name(), request->data_version()), "", "");
  }
  if (year != 2025 && !(year == 2024 && world_.has_previous)) {
    return {grpc::StatusCode::NOT_FOUND, "no such round"};
  }
  const RoundFacts& facts =
      year == 2025 ? world_.snapshot.round : *world_.snapshot.previous_round;
  round->set_name(request->name());
  round->set_display_name(facts.display_name);
  round->set_purpose(facts.purpose);
  round->set_method(facts.method);
  round->set_publisher(facts.publisher);
  ToDate(facts.window_start, *round->mutable_window_start());
  ToDate(facts.window_end, *round->mutable_window_end());
  round->set_codebook("surveys/jusou/codebooks/2025-1");
  round->set_program("programs/jusou");
  round->set_synthetic(facts.synthetic);
  const bool planned = year == 2025 ? world_.planned : world_.previous_planned;
  round->set_state(planned ? survey::v1::Round::STATE_PLANNED
                           : survey::v1::Round::STATE_OPEN);
  round->set_registry_version(7);
  round->set_registry_incarnation(world_.pinned_registry);
  round->set_incarnation(world_.survey_store);
  round->set_revision(request->data_version() == 0 ? current
                                                   : request->data_version());
  return grpc::Status::OK;
}

grpc::Status FakeSurvey::GetRoundProgress(
    grpc::ServerContext*, const survey::v1::GetRoundProgressRequest* request,
    survey::v1::RoundProgress* progress) {
  const std::lock_guard lock(world_.mutex);
  const bool this_year = YearOf(request->name()) == 2025;
  if (this_year ? world_.planned : world_.previous_planned) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "the round is planned"};
  }
  progress->set_name(request->name());
  progress->set_incarnation(world_.survey_store);
  const std::int64_t revision = request->data_version();
  progress->set_revision(world_.tells_other_progress ? revision + 1 : revision);
  const auto then = world_.progress_at.find(revision);
  const bool known = then != world_.progress_at.end();
  for (const ProgressGroup& group :
       known ? then->second : world_.snapshot.progress) {
    auto& entry = *progress->add_groups();
    entry.set_respondent_kind(group.kind == base::RespondentKind::kCouncil
                                  ? type::v1::RESPONDENT_KIND_COUNCIL
                                  : type::v1::RESPONDENT_KIND_MUNICIPALITY);
    entry.set_implementing(group.implementing);
    entry.set_expected(group.expected);
    entry.set_received(group.received);
    entry.set_on_time(group.on_time);
    entry.set_accepted(group.accepted);
  }
  return grpc::Status::OK;
}

grpc::Status FakeSurvey::GetSubmission(
    grpc::ServerContext*, const survey::v1::GetSubmissionRequest* request,
    survey::v1::Submission* submission) {
  const std::lock_guard lock(world_.mutex);
  if (!world_.survey.ok()) return world_.survey;
  const grpc::Status pin = world_.CheckStore(request->data_incarnation());
  if (!pin.ok()) return pin;
  const std::size_t last = request->name().rfind('/') + 1;
  std::string respondent = request->name().substr(last);
  if (const auto known = world_.renamed.find(respondent);
      known != world_.renamed.end()) {
    respondent = known->second;
  }
  if (!world_.submissions.contains(respondent)) {
    return {grpc::StatusCode::NOT_FOUND, "no such submission"};
  }
  submission->set_name(request->name().substr(0, last) + respondent);
  submission->set_revision(world_.ideas_revision);
  submission->set_state(world_.returned.contains(respondent)
                            ? survey::v1::Submission::STATE_RETURNED
                            : survey::v1::Submission::STATE_SUBMITTED);
  if (const auto text = world_.ideas.find(respondent);
      text != world_.ideas.end()) {
    survey::v1::Answer& answer = *submission->add_answers();
    answer.set_item("ideas");
    answer.set_text(text->second);
  }
  return grpc::Status::OK;
}

std::string SubmissionIdOf(const survey::v1::Submission& submission) {
  return submission.name().substr(submission.name().rfind('/') + 1);
}

grpc::Status FakeSurvey::ListSubmissions(
    grpc::ServerContext*, const survey::v1::ListSubmissionsRequest* request,
    survey::v1::ListSubmissionsResponse* response) {
  const std::lock_guard lock(world_.mutex);
  const grpc::Status pin = world_.CheckStore(request->data_incarnation());
  if (!pin.ok()) return pin;
  int left = 2;
  for (const auto& [respondent, digest] : world_.submissions) {
    if (respondent <= request->page_token()) continue;
    if (left-- == 0) {
      response->set_next_page_token(
          SubmissionIdOf(*response->mutable_submissions()->rbegin()));
      break;
    }
    auto& submission = *response->add_submissions();
    submission.set_name(request->parent() + "/submissions/" + respondent);
    submission.set_state(survey::v1::Submission::STATE_SUBMITTED);
    submission.set_digest(digest);
  }
  return grpc::Status::OK;
}

namespace {

type::v1::RespondentKind ToKind(base::RespondentKind kind) {
  return kind == base::RespondentKind::kCouncil
             ? type::v1::RESPONDENT_KIND_COUNCIL
             : type::v1::RESPONDENT_KIND_MUNICIPALITY;
}

void ToHeader(const RoundAnswers& round, int year,
              survey::v1::StreamRoundColumnsResponse_Header& header) {
  for (const AskedItem& asked : round.items) {
    auto& item = *header.mutable_codebook()->add_items();
    item.set_item(asked.id);
    item.set_section(asked.section);
    item.set_label(asked.label);
    item.set_type(static_cast<survey::v1::Item::Type>(asked.type));
    item.set_publish_level(
        static_cast<survey::v1::Item::PublishLevel>(asked.level));
    item.set_unit(asked.unit);
    item.set_pair_concept(asked.pair_concept);
    item.set_reference_year_offset(asked.reference_year - year);
    for (const AnswerOption& one : asked.options) {
      auto& option = *item.add_options();
      option.set_code(one.code);
      option.set_label(one.label);
    }
    for (const base::RespondentKind kind : asked.respondents) {
      item.add_respondents(ToKind(kind));
    }
  }
  for (const RespondentAnswers& one : round.respondents) {
    auto& row = *header.mutable_frame()->add_rows();
    row.set_municipality_code(one.respondent.municipality.ToString());
    row.set_respondent_kind(ToKind(one.respondent.kind));
    row.set_display_name(one.name);
    for (const std::string& code : one.other_codes) row.add_other_codes(code);
    auto& status = *row.add_statuses();
    status.set_fiscal_year(year);
    if (one.implementing.has_value()) {
      status.set_implementing(*one.implementing);
    }
    row.set_state(one.counted ? survey::v1::Submission::STATE_ACCEPTED
                              : survey::v1::Submission::STATE_DRAFT);
  }
  header.set_columns(static_cast<int>(round.items.size()));
}

}  // namespace

grpc::Status FakeSurvey::StreamRoundColumns(
    grpc::ServerContext* context,
    const survey::v1::StreamRoundColumnsRequest* request,
    grpc::ServerWriter<survey::v1::StreamRoundColumnsResponse>* writer) {
  survey::v1::GetRoundRequest round_request;
  round_request.set_name(request->name());
  survey::v1::StreamRoundColumnsResponse first;
  const grpc::Status known = GetRound(context, &round_request,
                                      first.mutable_header()->mutable_round());
  if (!known.ok()) return known;
  const std::lock_guard lock(world_.mutex);
  if (!world_.columns.ok()) return world_.columns;
  const grpc::Status pin = world_.CheckStore(request->data_incarnation());
  if (!pin.ok()) return pin;
  const int year = YearOf(request->name());
  const RoundAnswers& round =
      year == 2025 ? world_.answers.now : *world_.answers.before;
  ToHeader(round, year, *first.mutable_header());
  writer->Write(first);
  const std::size_t columns =
      round.items.size() - static_cast<std::size_t>(world_.columns_left_out);
  for (std::size_t item = 0; item < columns; ++item) {
    const std::size_t half = round.respondents.size() / 2;
    for (const auto& [from, to] : {std::pair(std::size_t{0}, half),
                                   std::pair(half, round.respondents.size())}) {
      survey::v1::StreamRoundColumnsResponse part;
      auto& column = *part.mutable_column();
      column.set_item(round.items[item].id);
      column.set_first_row(static_cast<int>(from));
      std::string absences;
      for (std::size_t row = from; row < to; ++row) {
        const GivenAnswer& answer = round.respondents[row].answers[item];
        absences += static_cast<char>(
            answer.absence.has_value() ? static_cast<int>(*answer.absence) : 0);
        switch (round.items[item].type) {
          case AnswerType::kSingle:
          case AnswerType::kMultiple:
            column.add_codes(answer.codes);
            break;
          case AnswerType::kInteger:
            column.add_integers(answer.number);
            break;
          case AnswerType::kText:
          case AnswerType::kTable:
            column.add_texts(answer.text);
            break;
        }
      }
      column.set_absences(absences);
      writer->Write(part);
    }
  }
  return grpc::Status::OK;
}

grpc::Status FakeIndicator::ListIndicatorValues(
    grpc::ServerContext*,
    const indicator::v1::ListIndicatorValuesRequest* request,
    indicator::v1::ListIndicatorValuesResponse* response) {
  const std::lock_guard lock(world_.mutex);
  if (!world_.indicator.ok()) return world_.indicator;
  if (const grpc::Status pin = world_.CheckStore(request->data_incarnation());
      !pin.ok()) {
    return pin;
  }
  if (world_.restores > 0) {
    --world_.restores;
    world_.survey_store += "+";
  }
  const IndicatorValues& values = YearOf(request->parent()) == 2025
                                      ? world_.snapshot.values
                                      : world_.snapshot.previous_values;
  if (request->page_token().empty()) {
    for (const auto& [id, words] : world_.snapshot.left_out) {
      auto& misfit = *response->add_left_out();
      misfit.set_indicator(id);
      misfit.set_message_ja(words);
    }
  }
  std::size_t at = 0;
  const std::size_t from =
      request->page_token().empty() ? 0 : std::stoul(request->page_token());
  for (const auto& [id, value] : values) {
    if (at >= from && at < from + 2) {
      ToValue(value, request->data_version(),
              *response->add_indicator_values());
    }
    ++at;
  }
  if (from + 2 < at) {
    response->set_next_page_token(std::to_string(from + 2));
  }
  if (YearOf(request->parent()) == 2024 && world_.previous_moves) {
    ++world_.previous_revision;
  }
  return grpc::Status::OK;
}

grpc::Status FakeIndicator::ListStatements(
    grpc::ServerContext*, const indicator::v1::ListStatementsRequest* request,
    indicator::v1::ListStatementsResponse* response) {
  const std::lock_guard lock(world_.mutex);
  if (open_previous_) world_.previous_planned = false;
  if (const grpc::Status pin = world_.CheckStore(request->data_incarnation());
      !pin.ok()) {
    return pin;
  }
  response->set_registry_incarnation(world_.registry_store);
  response->set_data_version(request->data_version());
  std::int64_t previous = request->previous_data_version();
  if ((none_is_current_ || !request->has_previous_data_version()) &&
      previous == 0 && world_.has_previous && !world_.previous_planned) {
    previous = world_.previous_revision;
  }
  response->set_previous_data_version(previous);
  for (const Statement& statement : world_.snapshot.statements) {
    auto& entry = *response->add_statements();
    entry.set_name(request->parent() + "/statements/" + statement.id);
    entry.set_page(statement.page);
    entry.set_label(statement.label);
    entry.set_published(statement.published);
    entry.set_check(NumberOf<indicator::v1::Statement::Check>(statement.check));
    entry.set_verdict(
        NumberOf<indicator::v1::Statement::Verdict>(statement.verdict));
    entry.set_agreeing_readings(statement.agreeing_readings);
    entry.set_not_computed_reason_ja(statement.not_computed_reason);
    for (const Reading& reading : statement.readings) {
      auto& line = *entry.add_readings();
      line.set_reading(reading.reading);
      line.mutable_population()->set_label(reading.population_label);
      line.set_computed(reading.computed);
      line.set_verdict(
          NumberOf<indicator::v1::Statement::Verdict>(reading.verdict));
      line.set_rule(reading.rule);
      line.set_count_agreement(
          NumberOf<indicator::v1::Statement::Agreement>(reading.count));
      line.set_base_agreement(
          NumberOf<indicator::v1::Statement::Agreement>(reading.base));
      line.set_wording_verdict(
          NumberOf<indicator::v1::Statement::Verdict>(reading.wording));
      // What a statement says of last year depends on its revision.
      if (world_.previous_moves) {
        line.set_computed("revision " + std::to_string(previous));
      }
    }
  }
  response->set_wording_profile(world_.snapshot.wording_profile);
  return grpc::Status::OK;
}

grpc::Status FakeIndicator::CheckDefinitions(
    grpc::ServerContext*, const indicator::v1::CheckDefinitionsRequest* request,
    indicator::v1::CheckDefinitionsResponse* response) {
  const std::lock_guard lock(world_.mutex);
  if (!world_.indicator.ok()) return world_.indicator;
  if (request->name() != "surveys/jusou/codebooks/2025-1") {
    return {grpc::StatusCode::NOT_FOUND, "no such codebook"};
  }
  for (const auto& [id, value] : world_.snapshot.values) {
    auto& fit = *response->add_fits();
    fit.set_indicator(id);
    fit.set_measure(NumberOf<indicator::v1::Indicator::Measure>(value.measure));
    fit.set_multiple_answer(value.multiple_answer);
    for (const ValueCell& cell : value.cells) fit.add_cells(cell.key);
  }
  for (const auto& [id, words] : world_.snapshot.left_out) {
    auto& misfit = *response->add_misfits();
    misfit.set_indicator(id);
    misfit.set_message("The population is unknown.");
    misfit.set_message_ja(words);
  }
  return grpc::Status::OK;
}

grpc::Status FakeRegistry::GetRoster(
    grpc::ServerContext*, const registry::v1::GetRosterRequest* request,
    registry::v1::Roster* roster) {
  const std::lock_guard lock(world_.mutex);
  if (!world_.registry.ok()) return world_.registry;
  EXPECT_EQ(request->data_version(), 7);
  if (!request->data_incarnation().empty() &&
      request->data_incarnation() != world_.registry_store) {
    return platform::ToGrpcStatus(
        platform::StoreRestored("registry", request->data_incarnation(),
                                request->data_version()),
        "", "");
  }
  roster->set_incarnation(world_.registry_store);
  const Roster* found = world_.snapshot.FindRoster(YearOf(request->name()));
  if (found == nullptr) return {grpc::StatusCode::NOT_FOUND, "no roster"};
  roster->set_fiscal_year(found->fiscal_year);
  for (const RosterEntry& entry : found->entries) {
    auto& line = *roster->add_entries();
    line.set_municipality(entry.municipality);
    line.set_display_name(entry.name);
    line.set_area(entry.area);
    line.set_implementing(
        NumberOf<registry::v1::Implementing>(entry.implementing));
    line.set_preparation(
        NumberOf<registry::v1::Preparation>(entry.preparation));
    line.set_newcomer(entry.newcomer);
  }
  return grpc::Status::OK;
}

}  // namespace welfare::report::testing
