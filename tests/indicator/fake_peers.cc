#include "tests/indicator/fake_peers.h"

#include "services/base/names/resource_name.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/status_mapping.h"

namespace welfare::indicator::testing {
namespace {

grpc::Status Unavailable() {
  return {grpc::StatusCode::UNAVAILABLE, "told to fail"};
}

// Takes one failure off; negative counts last for ever.
bool TakeFailure(std::atomic<int>& failures) {
  int left = failures.load();
  while (left > 0) {
    if (failures.compare_exchange_weak(left, left - 1)) return true;
  }
  return left < 0;
}

void SetTruth(base::Truth truth, const std::function<void(bool)>& set) {
  if (truth != base::Truth::kUnknown) set(truth == base::Truth::kTrue);
}

}  // namespace

survey::v1::Codebook CodebookProto(const Questionnaire& questionnaire) {
  survey::v1::Codebook codebook;
  codebook.set_name("surveys/jusou/codebooks/" + questionnaire.version());
  codebook.set_state(survey::v1::Codebook::STATE_PUBLISHED);
  codebook.mutable_publish_time()->set_seconds(1);
  for (const Item& item : questionnaire.items()) {
    survey::v1::Item& proto = *codebook.add_items();
    proto.set_item(item.id);
    proto.set_label(item.label);
    proto.set_type(static_cast<survey::v1::Item::Type>(item.type));
    for (const Option& option : item.options) {
      survey::v1::Option& one = item.type == Item::Type::kTable
                                    ? *proto.add_rows()
                                    : *proto.add_options();
      one.set_code(option.code);
      one.set_label(option.label);
      one.set_exclusive(option.exclusive);
      one.set_takes_text(option.takes_text);
    }
    for (const base::RespondentKind kind : item.respondents) {
      proto.add_respondents(static_cast<type::v1::RespondentKind>(kind));
    }
    proto.set_population(item.population);
    proto.set_unit(item.unit);
    proto.set_reference_year_offset(item.reference_year_offset);
    for (const int page : item.pages) {
      proto.set_source_page(std::to_string(page));
    }
  }
  return codebook;
}

FakeSurvey::FakeSurvey(const DemoRounds& demo) : demo_(demo) {
  for (const auto& [year, round] : demo.rounds) {
    revisions_[year] = round.header.revision;
  }
}

void FakeSurvey::SetRevision(int year, std::int64_t revision) {
  const std::lock_guard lock(mutex_);
  revisions_[year] = revision;
}

void FakeSurvey::WithdrawPlans(int year, int plans) {
  const std::lock_guard lock(mutex_);
  withdrawn_[year] = plans;
}

void FakeSurvey::SetIncarnation(const std::string& incarnation) {
  const std::lock_guard lock(mutex_);
  incarnation_ = incarnation;
}

void FakeSurvey::SetCopyOf(const std::string& before, std::int64_t revision) {
  const std::lock_guard lock(mutex_);
  copy_of_[before] = revision;
}

void FakeSurvey::SetRegistry(const std::string& incarnation) {
  const std::lock_guard lock(mutex_);
  registry_ = incarnation;
}

void FakeSurvey::RemoveRound(int year) {
  const std::lock_guard lock(mutex_);
  revisions_.erase(year);
}

void FakeSurvey::PlanRound(int year) {
  const std::lock_guard lock(mutex_);
  planned_.insert(year);
}

void FakeSurvey::PutCodebook(const survey::v1::Codebook& codebook) {
  const std::lock_guard lock(mutex_);
  codebooks_[codebook.name()] = codebook;
}

bool FakeSurvey::Fails() {
  ++calls_;
  return TakeFailure(failures_);
}

int FakeSurvey::YearOf(const std::string& name) const {
  const auto parsed = base::RoundName::Parse(name);
  if (!parsed.ok() || parsed->survey != "jusou") return 0;
  const std::lock_guard lock(mutex_);
  return revisions_.contains(parsed->fiscal_year.value())
             ? parsed->fiscal_year.value()
             : 0;
}

survey::v1::Round FakeSurvey::RoundOf(int year) const {
  const RoundHeader& header = demo_.rounds.at(year).header;
  survey::v1::Round round;
  round.set_name("surveys/jusou/rounds/" + std::to_string(year));
  round.set_program("programs/jusou");
  round.set_codebook("surveys/jusou/codebooks/2025-1");
  round.set_state(survey::v1::Round::STATE_OPEN);
  round.set_synthetic(true);
  round.set_registry_version(header.registry_version);
  const auto set = [](const base::Date& date, google::type::Date& proto) {
    proto.set_year(date.year());
    proto.set_month(date.month());
    proto.set_day(date.day());
  };
  set(*header.window_start, *round.mutable_window_start());
  set(*header.window_end, *round.mutable_window_end());
  const std::lock_guard lock(mutex_);
  round.set_revision(revisions_.at(year));
  round.set_incarnation(incarnation_);
  round.set_registry_incarnation(registry_);
  if (planned_.contains(year))
    round.set_state(survey::v1::Round::STATE_PLANNED);
  return round;
}

grpc::Status FakeSurvey::GetRound(grpc::ServerContext*,
                                  const survey::v1::GetRoundRequest* request,
                                  survey::v1::Round* response) {
  if (Fails()) return Unavailable();
  const int year = YearOf(request->name());
  if (year == 0) return {grpc::StatusCode::NOT_FOUND, "no such round"};
  *response = RoundOf(year);
  return grpc::Status::OK;
}

grpc::Status FakeSurvey::StreamRoundColumns(
    grpc::ServerContext*, const survey::v1::StreamRoundColumnsRequest* request,
    grpc::ServerWriter<survey::v1::StreamRoundColumnsResponse>* writer) {
  if (Fails()) return Unavailable();
  ++streams_;
  const int year = YearOf(request->name());
  if (year == 0) return {grpc::StatusCode::NOT_FOUND, "no such round"};
  survey::v1::Round round = RoundOf(year);
  if (round.state() == survey::v1::Round::STATE_PLANNED) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "never opened"};
  }
  if (request->revision() > round.revision()) {
    return {grpc::StatusCode::OUT_OF_RANGE, "lies ahead"};
  }
  const DemoRound& demo = demo_.rounds.at(year);
  int withdrawn = 0;
  if (request->revision() == 0 || request->revision() == round.revision()) {
    const std::lock_guard lock(mutex_);
    const auto found = withdrawn_.find(year);
    if (found != withdrawn_.end()) withdrawn = found->second;
  }
  if (request->revision() > 0) round.set_revision(request->revision());
  survey::v1::StreamRoundColumnsResponse first;
  auto& header = *first.mutable_header();
  *header.mutable_round() = round;
  *header.mutable_codebook() = CodebookProto(*demo.questionnaire);
  header.set_columns(static_cast<int>(demo.columns.size()));
  for (const FrameRow& row : demo.rows) {
    survey::v1::Frame::Row& proto = *header.mutable_frame()->add_rows();
    proto.set_municipality_code(row.respondent.municipality.ToString());
    proto.set_respondent_kind(
        static_cast<type::v1::RespondentKind>(row.respondent.kind));
    proto.set_display_name(row.display_name);
    proto.set_area(row.area);
    for (const auto& [fact_year, facts] : row.facts) {
      survey::v1::Frame::StatusFact& fact = *proto.add_statuses();
      fact.set_fiscal_year(fact_year);
      SetTruth(facts.implementing,
               [&](bool value) { fact.set_implementing(value); });
      SetTruth(facts.preparation,
               [&](bool value) { fact.set_preparation(value); });
    }
    if (row.state == SubmissionState::kSubmitted) {
      proto.set_state(survey::v1::Submission::STATE_SUBMITTED);
    }
    proto.set_late(row.late);
    proto.set_revision(row.revision);
    if (row.received_on.has_value()) {
      proto.mutable_received_on()->set_year(row.received_on->year());
      proto.mutable_received_on()->set_month(row.received_on->month());
      proto.mutable_received_on()->set_day(row.received_on->day());
    }
  }
  writer->Write(first);
  for (const RawColumn& column : demo.columns) {
    survey::v1::StreamRoundColumnsResponse part;
    survey::v1::Column& proto = *part.mutable_column();
    proto.set_item(column.item);
    proto.set_row(column.row);
    proto.set_absences(
        std::string(column.absences.begin(), column.absences.end()));
    std::vector<std::uint64_t> codes = column.codes;
    if (column.item == "plan_formulated") {
      for (std::uint64_t& code : codes) {
        if (code == 1 && withdrawn > 0) {
          code = 2;
          --withdrawn;
        }
      }
    }
    proto.mutable_codes()->Assign(codes.begin(), codes.end());
    proto.mutable_integers()->Assign(column.integers.begin(),
                                     column.integers.end());
    // Texts come in two messages, as long ones would.
    const std::size_t half = column.texts.size() / 2;
    for (std::size_t i = 0; i < half; ++i) proto.add_texts(column.texts[i]);
    if (half > 0) {
      survey::v1::StreamRoundColumnsResponse begin = part;
      begin.mutable_column()->set_absences(proto.absences().substr(0, half));
      writer->Write(begin);
      proto.set_first_row(static_cast<int>(half));
      proto.set_absences(proto.absences().substr(half));
      proto.clear_texts();
    }
    for (std::size_t i = half; i < column.texts.size(); ++i) {
      proto.add_texts(column.texts[i]);
    }
    writer->Write(part);
  }
  return grpc::Status::OK;
}

grpc::Status FakeSurvey::ListSubmissions(
    grpc::ServerContext*, const survey::v1::ListSubmissionsRequest* request,
    survey::v1::ListSubmissionsResponse*) {
  if (Fails()) return Unavailable();
  const std::lock_guard lock(mutex_);
  const auto copied = copy_of_.find(request->data_incarnation());
  if (request->data_incarnation() == incarnation_ ||
      (copied != copy_of_.end() && request->data_version() <= copied->second)) {
    return grpc::Status::OK;
  }
  return platform::ToGrpcStatus(
      platform::StoreRestored(request->parent(), request->data_incarnation(),
                              request->data_version()),
      "", "");
}

grpc::Status FakeSurvey::ListCodebooks(
    grpc::ServerContext*, const survey::v1::ListCodebooksRequest*,
    survey::v1::ListCodebooksResponse* response) {
  if (Fails()) return Unavailable();
  survey::v1::Codebook& draft = *response->add_codebooks();
  draft.set_name("surveys/jusou/codebooks/2026-1");
  draft.set_state(survey::v1::Codebook::STATE_DRAFT);
  survey::v1::Codebook& published = *response->add_codebooks();
  published.set_name("surveys/jusou/codebooks/2025-1");
  published.set_state(survey::v1::Codebook::STATE_PUBLISHED);
  published.mutable_publish_time()->set_seconds(1);
  return grpc::Status::OK;
}

grpc::Status FakeSurvey::GetCodebook(
    grpc::ServerContext*, const survey::v1::GetCodebookRequest* request,
    survey::v1::Codebook* response) {
  if (Fails()) return Unavailable();
  *response = CodebookProto(*demo_.rounds.at(2025).questionnaire);
  if (request->name() == response->name()) return grpc::Status::OK;
  const std::lock_guard lock(mutex_);
  const auto found = codebooks_.find(request->name());
  if (found == codebooks_.end()) {
    return {grpc::StatusCode::NOT_FOUND, "no such codebook"};
  }
  *response = found->second;
  return grpc::Status::OK;
}

grpc::Status FakeSurvey::WatchVersions(
    grpc::ServerContext*, const type::v1::WatchVersionsRequest*,
    grpc::ServerWriter<type::v1::WatchVersionsResponse>* writer) {
  if (Fails()) return Unavailable();
  type::v1::WatchVersionsResponse response;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [year, revision] : revisions_) {
      auto& entry = *response.add_entries();
      entry.set_resource("surveys/jusou/rounds/" + std::to_string(year));
      entry.set_version(revision);
      entry.set_incarnation(incarnation_);
    }
  }
  writer->Write(response);
  return grpc::Status::OK;
}

grpc::Status FakeRegistry::WatchVersions(
    grpc::ServerContext*, const type::v1::WatchVersionsRequest*,
    grpc::ServerWriter<type::v1::WatchVersionsResponse>* writer) {
  if (failures_ != 0) return Unavailable();
  type::v1::WatchVersionsResponse response;
  auto& entry = *response.add_entries();
  entry.set_resource("registry");
  entry.set_version(1);
  entry.set_incarnation(incarnation_);
  writer->Write(response);
  return grpc::Status::OK;
}

grpc::Status FakeRegistry::GetRoster(
    grpc::ServerContext*, const registry::v1::GetRosterRequest* request,
    registry::v1::Roster* response) {
  ++calls_;
  if (TakeFailure(failures_)) return Unavailable();
  if (!request->data_incarnation().empty() &&
      request->data_incarnation() != incarnation_) {
    return platform::ToGrpcStatus(
        platform::StoreRestored("registry", request->data_incarnation(),
                                request->data_version()),
        "", "");
  }
  const auto name = base::RosterName::Parse(request->name());
  const auto roster =
      name.ok() ? demo_.history.rosters.find(name->fiscal_year.value())
                : demo_.history.rosters.end();
  if (roster == demo_.history.rosters.end()) {
    return {grpc::StatusCode::NOT_FOUND, "no such roster"};
  }
  response->set_name(request->name());
  response->set_version(request->data_version());
  response->set_incarnation(incarnation_);
  for (const auto& [code, entry] : roster->second) {
    registry::v1::Roster::Entry& proto = *response->add_entries();
    proto.set_municipality("municipalities/" + code);
    proto.set_display_name(entry.display_name);
    proto.set_council_display_name(entry.council_display_name);
    proto.set_area(demo_.areas.at(code));
    SetTruth(entry.facts.implementing, [&](bool value) {
      proto.set_implementing(value ? registry::v1::IMPLEMENTING_YES
                                   : registry::v1::IMPLEMENTING_NO);
    });
    proto.set_preparation(registry::v1::PREPARATION_UNKNOWN);
    SetTruth(entry.facts.preparation, [&](bool value) {
      proto.set_preparation(value ? registry::v1::PREPARATION_YES
                                  : registry::v1::PREPARATION_NO);
    });
  }
  return grpc::Status::OK;
}

}  // namespace welfare::indicator::testing
