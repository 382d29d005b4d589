// The report service through real stubs, over fake peers.
#include "services/report/report_module.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/report/v1/report_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/base/sha256.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/crowd.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"

namespace welfare::report {
namespace {

using support::StatusIs;
using ::testing::HasSubstr;

// What the fake peers hold; tests change it between calls.
struct World {
  std::mutex mutex;
  Snapshot snapshot = SmallSnapshot();
  std::int64_t revision = 124;
  std::int64_t progress_revision = 124;
  grpc::Status survey = grpc::Status::OK;  // answer of a failing peer
  grpc::Status indicator = grpc::Status::OK;
  grpc::Status registry = grpc::Status::OK;
  bool has_previous = true;
  bool planned = false;           // the round of 2025 was never opened
  bool previous_planned = false;  // nor that of 2024
  // Revision of last year's round; it rises by one with every read of its
  // values when `previous_moves`.
  std::int64_t previous_revision = 60;
  bool previous_moves = false;
  int calls = 0;  // of GetRound
  std::string survey_store = "survey-a";
  std::string registry_store = "registry-a";
  std::string pinned_registry = "registry-a";  // by the rounds
  // So many times the survey becomes another store while values are read.
  int restores = 0;

  // What a survey says of a pin.
  grpc::Status CheckStore(const std::string& incarnation) const {
    if (incarnation.empty() || incarnation == survey_store) {
      return grpc::Status::OK;
    }
    return platform::ToGrpcStatus(
        platform::StoreRestored("surveys/jusou", incarnation, 1), "", "");
  }
};

int YearOf(const std::string& name) {
  return std::stoi(name.substr(name.rfind('/') + 1));
}

void ToDate(const base::Date& date, google::type::Date& wire) {
  wire.set_year(date.year());
  wire.set_month(date.month());
  wire.set_day(date.day());
}

class FakeSurvey final : public survey::v1::SurveyService::Service {
 public:
  explicit FakeSurvey(World& world) : world_(world) {}

  grpc::Status GetRound(grpc::ServerContext*,
                        const survey::v1::GetRoundRequest* request,
                        survey::v1::Round* round) override {
    const std::lock_guard lock(world_.mutex);
    ++world_.calls;
    if (!world_.survey.ok()) return world_.survey;
    const int year = YearOf(request->name());
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
    const bool planned =
        year == 2025 ? world_.planned : world_.previous_planned;
    round->set_state(planned ? survey::v1::Round::STATE_PLANNED
                             : survey::v1::Round::STATE_OPEN);
    round->set_registry_version(7);
    round->set_registry_incarnation(world_.pinned_registry);
    round->set_incarnation(world_.survey_store);
    round->set_revision(year == 2025 ? world_.revision
                                     : world_.previous_revision);
    return grpc::Status::OK;
  }

  grpc::Status GetRoundProgress(
      grpc::ServerContext*, const survey::v1::GetRoundProgressRequest* request,
      survey::v1::RoundProgress* progress) override {
    const std::lock_guard lock(world_.mutex);
    const bool this_year = YearOf(request->name()) == 2025;
    if (this_year ? world_.planned : world_.previous_planned) {
      return {grpc::StatusCode::FAILED_PRECONDITION, "the round is planned"};
    }
    progress->set_name(request->name());
    progress->set_incarnation(world_.survey_store);
    progress->set_revision(this_year ? world_.progress_revision
                                     : world_.previous_revision);
    for (const ProgressGroup& group : world_.snapshot.progress) {
      auto& entry = *progress->add_groups();
      entry.set_respondent_kind(group.kind == base::RespondentKind::kCouncil
                                    ? type::v1::RESPONDENT_KIND_COUNCIL
                                    : type::v1::RESPONDENT_KIND_MUNICIPALITY);
      entry.set_implementing(group.implementing);
      entry.set_expected(group.expected);
      entry.set_received(group.received);
      entry.set_on_time(group.on_time);
    }
    return grpc::Status::OK;
  }

  // Whether it takes a pin.
  grpc::Status ListSubmissions(
      grpc::ServerContext*, const survey::v1::ListSubmissionsRequest* request,
      survey::v1::ListSubmissionsResponse*) override {
    const std::lock_guard lock(world_.mutex);
    return world_.CheckStore(request->data_incarnation());
  }

 private:
  World& world_;
};

// The order of Measure, Flag, Check and Verdict on the wire.
indicator::v1::Indicator::Measure MeasureOf(Measure measure) {
  return static_cast<indicator::v1::Indicator::Measure>(measure);
}

void ToValue(const IndicatorValue& value, std::int64_t revision,
             indicator::v1::IndicatorValue& wire) {
  wire.set_name("surveys/jusou/indicators/" + value.id + "/values/" +
                std::to_string(value.fiscal_year));
  wire.set_fiscal_year(value.fiscal_year);
  wire.set_reference_year(value.reference_year);
  wire.set_display_name(value.label);
  wire.set_measure(MeasureOf(value.measure));
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
    for (const Flag flag : cell.flags) {
      entry.add_flags(
          static_cast<indicator::v1::Cell::Flag>(static_cast<int>(flag) + 1));
    }
  }
  for (const AbsenceCount& absence : value.absences) {
    auto& entry = *wire.add_absences();
    entry.set_kind(static_cast<type::v1::Absence::Kind>(absence.kind));
    entry.set_count(absence.count);
    if (absence.percent.has_value()) entry.set_percent(*absence.percent);
  }
}

class FakeIndicator final : public indicator::v1::IndicatorService::Service {
 public:
  explicit FakeIndicator(World& world) : world_(world) {}

  // Somebody opens last year's round just before the statements are read.
  void OpenPreviousBeforeStatements() { open_previous_ = true; }

  // Two values a page, so that pages are followed.
  grpc::Status ListIndicatorValues(
      grpc::ServerContext*,
      const indicator::v1::ListIndicatorValuesRequest* request,
      indicator::v1::ListIndicatorValuesResponse* response) override {
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

  grpc::Status ListStatements(
      grpc::ServerContext*, const indicator::v1::ListStatementsRequest* request,
      indicator::v1::ListStatementsResponse* response) override {
    const std::lock_guard lock(world_.mutex);
    if (open_previous_) world_.previous_planned = false;
    if (const grpc::Status pin = world_.CheckStore(request->data_incarnation());
        !pin.ok()) {
      return pin;
    }
    response->set_registry_incarnation(world_.registry_store);
    response->set_data_version(request->data_version());
    std::int64_t previous = request->previous_data_version();
    if (previous == 0 && world_.has_previous && !world_.previous_planned) {
      previous = world_.previous_revision;
    }
    response->set_previous_data_version(previous);
    for (const Statement& statement : world_.snapshot.statements) {
      auto& entry = *response->add_statements();
      entry.set_name(request->parent() + "/statements/" + statement.id);
      entry.set_page(statement.page);
      entry.set_label(statement.label);
      entry.set_published(statement.published);
      entry.set_check(
          static_cast<indicator::v1::Statement::Check>(statement.check));
      entry.set_verdict(
          static_cast<indicator::v1::Statement::Verdict>(statement.verdict));
      entry.set_agreeing_readings(statement.agreeing_readings);
      entry.set_not_computed_reason_ja(statement.not_computed_reason);
      for (const Reading& reading : statement.readings) {
        auto& line = *entry.add_readings();
        line.set_reading(reading.reading);
        line.mutable_population()->set_label(reading.population_label);
        line.set_computed(reading.computed);
        line.set_verdict(
            static_cast<indicator::v1::Statement::Verdict>(reading.verdict));
        line.set_rule(reading.rule);
        line.set_count_agreement(
            static_cast<indicator::v1::Statement::Agreement>(reading.count));
        line.set_base_agreement(
            static_cast<indicator::v1::Statement::Agreement>(reading.base));
        line.set_wording_verdict(
            static_cast<indicator::v1::Statement::Verdict>(reading.wording));
        // What a statement says of last year depends on its revision.
        if (world_.previous_moves) {
          line.set_computed("revision " + std::to_string(previous));
        }
      }
    }
    response->set_wording_profile(world_.snapshot.wording_profile);
    return grpc::Status::OK;
  }

  // The codebook 2025-1 gives what the world holds; there is no other.
  grpc::Status CheckDefinitions(
      grpc::ServerContext*,
      const indicator::v1::CheckDefinitionsRequest* request,
      indicator::v1::CheckDefinitionsResponse* response) override {
    const std::lock_guard lock(world_.mutex);
    if (!world_.indicator.ok()) return world_.indicator;
    if (request->name() != "surveys/jusou/codebooks/2025-1") {
      return {grpc::StatusCode::NOT_FOUND, "no such codebook"};
    }
    for (const auto& [id, value] : world_.snapshot.values) {
      auto& fit = *response->add_fits();
      fit.set_indicator(id);
      fit.set_measure(MeasureOf(value.measure));
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

 private:
  World& world_;
  bool open_previous_ = false;
};

class FakeRegistry final : public registry::v1::RegistryService::Service {
 public:
  explicit FakeRegistry(World& world) : world_(world) {}

  grpc::Status GetRoster(grpc::ServerContext*,
                         const registry::v1::GetRosterRequest* request,
                         registry::v1::Roster* roster) override {
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
          static_cast<registry::v1::Implementing>(entry.implementing));
      line.set_preparation(
          static_cast<registry::v1::Preparation>(entry.preparation));
      line.set_newcomer(entry.newcomer);
    }
    return grpc::Status::OK;
  }

 private:
  World& world_;
};

struct Downloaded {
  absl::Status status;
  std::string bytes;
  std::string content_type;
  std::string filename;
  std::int64_t size = 0;
  int parts = 0;
};

class ReportModuleTest : public ::testing::Test {
 protected:
  virtual std::string TemplateYaml() const { return SmallTemplateYaml(); }

  void SetUp() override {
    const auto folder = assets_.path() / "services/report/data/sample";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "template.yaml") << TemplateYaml();
    runner_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<ReportModule>(),
        std::vector<std::string>{"--assets-dir", assets_.path().string()});
    runner_->SetPeer("survey", survey_server_.address());
    runner_->SetPeer("indicator", indicator_server_.address());
    runner_->SetPeer("registry", registry_server_.address());
    ASSERT_OK(runner_->Start());
    stub_ = v1::ReportService::NewStub(runner_->channel());
  }

  static v1::CreateReportRequest Request(std::string request_id = "") {
    v1::CreateReportRequest request;
    request.mutable_report()->set_template_("sample");
    request.mutable_report()->set_round("surveys/jusou/rounds/2025");
    request.set_request_id(std::move(request_id));
    return request;
  }

  absl::StatusOr<v1::Report> Create(const v1::CreateReportRequest& request) {
    grpc::ClientContext context;
    v1::Report report;
    const grpc::Status status = stub_->CreateReport(&context, request, &report);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return report;
  }

  absl::StatusOr<v1::Report> Get(const std::string& name) {
    grpc::ClientContext context;
    v1::GetReportRequest request;
    request.set_name(name);
    v1::Report report;
    const grpc::Status status = stub_->GetReport(&context, request, &report);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return report;
  }

  absl::StatusOr<v1::ListReportsResponse> List(int size,
                                               const std::string& token) {
    grpc::ClientContext context;
    v1::ListReportsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    v1::ListReportsResponse response;
    const grpc::Status status =
        stub_->ListReports(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  Downloaded Download(const std::string& name, const std::string& format) {
    grpc::ClientContext context;
    v1::DownloadReportRequest request;
    request.set_name(name);
    request.set_format(format);
    const auto reader = stub_->DownloadReport(&context, request);
    Downloaded result;
    v1::DownloadReportResponse part;
    while (reader->Read(&part)) {
      if (result.parts == 0) {
        result.content_type = part.content_type();
        result.filename = part.filename();
        result.size = part.size();
      } else {
        EXPECT_EQ(part.content_type(), "");
      }
      EXPECT_LE(part.data().size(), 64U * 1024U);
      ++result.parts;
      result.bytes += part.data();
    }
    result.status = platform::FromGrpcStatus(reader->Finish());
    return result;
  }

  World world_;
  FakeSurvey survey_{world_};
  FakeIndicator indicator_{world_};
  FakeRegistry registry_{world_};
  support::ServiceRunner survey_server_{survey_};
  support::ServiceRunner indicator_server_{indicator_};
  support::ServiceRunner registry_server_{registry_};
  support::TempDir assets_;
  std::unique_ptr<support::ModuleRunner> runner_;
  std::unique_ptr<v1::ReportService::Stub> stub_;
};

// A report of more bytes than are read from the store at once, or sent to a
// reader who reads nothing.
class LargeReportTest : public ReportModuleTest {
 protected:
  std::string TemplateYaml() const override {
    std::string yaml = SmallTemplateYaml();
    std::string heading;
    for (int i = 0; i < 60000; ++i) heading += std::to_string(i) + "番";
    yaml.replace(yaml.find("見出し"), std::string("見出し").size(), heading);
    return yaml;
  }
};

TEST_F(LargeReportTest, ADownloadIsTheFileThatIsStored) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  const Downloaded read = Download(report->name(), "html");
  EXPECT_OK(read.status);
  EXPECT_GT(read.size, 256 * 1024);
  EXPECT_EQ(static_cast<std::int64_t>(read.bytes.size()), read.size);
  EXPECT_EQ(read.parts, (read.size + 65535) / 65536);
  EXPECT_EQ(base::Sha256Hex(read.bytes), report->files(0).digest());
}

TEST_F(LargeReportTest, ACrowdThatReadsNothingDisturbsNoReader) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  const auto narrow =
      v1::ReportService::NewStub(support::NarrowChannel(runner_->address()));
  using Async = v1::ReportService::StubInterface::async_interface;
  support::Crowd crowd;
  constexpr int kMany = 500;
  v1::DownloadReportRequest request;
  request.set_name(report->name());
  request.set_format("html");
  for (int i = 0; i < kMany; ++i) {
    crowd.Ignore(*narrow, &Async::DownloadReport, request);
  }
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; },
                               std::chrono::seconds(60)));
  const Downloaded read = Download(report->name(), "html");
  EXPECT_OK(read.status);
  EXPECT_EQ(base::Sha256Hex(read.bytes), report->files(0).digest());
  EXPECT_THAT(crowd.ended(), ::testing::IsEmpty());
}

TEST_F(ReportModuleTest, CreatesAReportWithItsFiles) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_EQ(report->name(), "reports/sample-2025-0001");
  EXPECT_EQ(report->round(), "surveys/jusou/rounds/2025");
  EXPECT_EQ(report->data_version(), 124);
  EXPECT_EQ(report->versions().registry(), 7);
  EXPECT_EQ(report->versions().codebook(), "2025-1");
  EXPECT_EQ(report->snapshot().size(), 64U);
  EXPECT_TRUE(report->synthetic());
  ASSERT_EQ(report->files_size(), 2);
  EXPECT_EQ(report->files(0).filename(), "synthetic-report.html");
  EXPECT_EQ(report->files(1).filename(), "synthetic-report-csv.zip");
  const auto again = Get(report->name());
  ASSERT_OK(again);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*again, *report));
}

TEST_F(ReportModuleTest, MarksAReportOfWhichOnlyLastYearIsSynthetic) {
  world_.snapshot.round.synthetic = false;
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_TRUE(report->synthetic());
  EXPECT_THAT(report->display_name(), HasSubstr("【前回は架空データ】"));
  EXPECT_EQ(report->files(0).filename(), "synthetic-report.html");
}

TEST_F(ReportModuleTest, NamesTheFilesOfARealRoundWithoutTheMark) {
  world_.snapshot.round.synthetic = false;
  world_.snapshot.previous_round->synthetic = false;
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_FALSE(report->synthetic());
  EXPECT_EQ(report->files(0).filename(), "report.html");
}

TEST_F(ReportModuleTest, StreamsAFileInParts) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  for (const v1::Report::File& file : report->files()) {
    const Downloaded downloaded = Download(report->name(), file.format());
    EXPECT_OK(downloaded.status);
    EXPECT_EQ(downloaded.content_type, file.content_type());
    EXPECT_EQ(downloaded.filename, file.filename());
    EXPECT_EQ(downloaded.size, file.size());
    EXPECT_EQ(static_cast<std::int64_t>(downloaded.bytes.size()), file.size());
    EXPECT_EQ(base::Sha256Hex(downloaded.bytes), file.digest());
  }
}

TEST_F(ReportModuleTest, EqualContentGivesEqualSnapshotAndBytes) {
  const auto first = Create(Request());
  ASSERT_OK(first);
  // Another way to the same content: other counters.
  world_.revision = 999;
  world_.progress_revision = 999;
  const auto second = Create(Request());
  ASSERT_OK(second);
  EXPECT_EQ(second->name(), "reports/sample-2025-0002");
  EXPECT_EQ(second->data_version(), 999);
  EXPECT_EQ(second->snapshot(), first->snapshot());
  EXPECT_EQ(Download(first->name(), "html").bytes,
            Download(second->name(), "html").bytes);
  ++world_.snapshot.values.at("plan").cells[1].count;
  const auto third = Create(Request());
  ASSERT_OK(third);
  EXPECT_NE(third->snapshot(), first->snapshot());
}

TEST_F(ReportModuleTest, ARepeatGetsTheFirstAnswer) {
  const auto first = Create(Request("11111111-1111-1111-1111-111111111111"));
  ASSERT_OK(first);
  ++world_.snapshot.values.at("plan").cells[1].count;
  const auto second = Create(Request("11111111-1111-1111-1111-111111111111"));
  ASSERT_OK(second);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*first, *second));
  v1::CreateReportRequest other =
      Request("11111111-1111-1111-1111-111111111111");
  other.mutable_report()->set_basis(type::v1::Basis::FINAL);
  EXPECT_STATUS(Create(other), absl::StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
}

TEST_F(ReportModuleTest, WorksWithoutAPreviousRound) {
  world_.has_previous = false;
  EXPECT_OK(Create(Request()));
}

TEST_F(ReportModuleTest, TakesAPlannedPreviousRoundForNone) {
  world_.has_previous = false;
  const auto without = Create(Request());
  ASSERT_OK(without);
  world_.has_previous = true;
  world_.previous_planned = true;
  const auto planned = Create(Request());
  ASSERT_OK(planned);
  EXPECT_EQ(planned->snapshot(), without->snapshot());
}

TEST_F(ReportModuleTest, RefusesARoundThatWasNeverOpened) {
  world_.planned = true;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
}

TEST_F(ReportModuleTest, PinsLastYearsRoundThroughTheWholeSnapshot) {
  // Last year's round moves on while the snapshot is taken.
  world_.previous_moves = true;
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_GT(world_.previous_revision, 60);
  const std::string html = Download(report->name(), "html").bytes;
  EXPECT_THAT(html, HasSubstr(">revision 60</td>"));
}

TEST_F(ReportModuleTest, SeesALastYearsRoundThatOpensMeanwhile) {
  world_.previous_planned = true;
  indicator_.OpenPreviousBeforeStatements();
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kAborted, "ROUND_MOVED");
}

TEST_F(ReportModuleTest, ListsByNameInPages) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Create(Request()));
  const auto first = List(2, "");
  ASSERT_OK(first);
  ASSERT_EQ(first->reports_size(), 2);
  EXPECT_EQ(first->reports(0).name(), "reports/sample-2025-0001");
  const auto second = List(2, first->next_page_token());
  ASSERT_OK(second);
  ASSERT_EQ(second->reports_size(), 1);
  EXPECT_EQ(second->reports(0).name(), "reports/sample-2025-0003");
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_STATUS(List(-1, ""), absl::StatusCode::kInvalidArgument,
                "PAGE_SIZE_INVALID");
  EXPECT_STATUS(List(2, "bm9uc2Vuc2U"), absl::StatusCode::kInvalidArgument,
                "PAGE_TOKEN_INVALID");
}

TEST_F(ReportModuleTest, ReportsEveryWrongFieldAtOnce) {
  v1::CreateReportRequest request;
  request.mutable_report()->set_round("rounds/2025");
  request.mutable_report()->set_data_version(-1);
  request.mutable_report()->set_basis(static_cast<type::v1::Basis::Kind>(99));
  const absl::Status status = Create(request).status();
  EXPECT_STATUS(status, absl::StatusCode::kInvalidArgument, "REPORT_INVALID");
  const auto details = base::GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->violations.size(), 4U);
}

TEST_F(ReportModuleTest, RefusesWhatDoesNotExist) {
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_template_("other");
  EXPECT_STATUS(Create(request), absl::StatusCode::kNotFound,
                "TEMPLATE_NOT_FOUND");
  request = Request();
  request.mutable_report()->set_round("surveys/jusou/rounds/2030");
  EXPECT_STATUS(Create(request), absl::StatusCode::kNotFound,
                "ROUND_NOT_FOUND");
  request.mutable_report()->set_round("surveys/other/rounds/2025");
  EXPECT_STATUS(Create(request), absl::StatusCode::kInvalidArgument,
                "REPORT_INVALID");
  EXPECT_STATUS(Get("reports/none"), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  EXPECT_STATUS(Download("reports/none", "html").status,
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_STATUS(Download(report->name(), "docx").status,
                absl::StatusCode::kInvalidArgument, "FORMAT_UNKNOWN");
}

TEST_F(ReportModuleTest, SaysWhichPeerDidNotAnswer) {
  const grpc::Status away(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy");
  world_.registry = away;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kUnavailable,
                "REGISTRY_UNAVAILABLE");
  world_.indicator = away;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kUnavailable,
                "INDICATOR_UNAVAILABLE");
  world_.survey = away;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
  world_.survey = {grpc::StatusCode::FAILED_PRECONDITION, "secret"};
  // INTERNAL tells the caller nothing of the peer's words.
  const absl::Status status = Create(Request()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(base::MessageOf(status).find("secret"), std::string_view::npos);
}

TEST_F(ReportModuleTest, NeverMixesTwoRevisions) {
  world_.progress_revision = 125;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kAborted, "ROUND_MOVED");
  EXPECT_GT(world_.calls, 1);  // it was tried again
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_data_version(200);
  EXPECT_STATUS(Create(request), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
}

// Which stores a report came from stands beside it and never in it.
TEST_F(ReportModuleTest, SaysWhichStoresItCameFrom) {
  const auto before = Create(Request());
  ASSERT_OK(before);
  world_.survey_store = "survey-b";
  world_.registry_store = "registry-b";
  world_.pinned_registry = "registry-b";
  const auto after = Create(Request());
  ASSERT_OK(after);
  EXPECT_EQ(before->versions().round_incarnation(), "survey-a");
  EXPECT_EQ(before->versions().registry_incarnation(), "registry-a");
  EXPECT_EQ(after->versions().round_incarnation(), "survey-b");
  EXPECT_EQ(after->versions().registry_incarnation(), "registry-b");
  EXPECT_EQ(after->data_incarnation(), "survey-b");
  EXPECT_EQ(after->snapshot(), before->snapshot());
  EXPECT_EQ(Download(after->name(), "html").bytes,
            Download(before->name(), "html").bytes);
  const auto stored = Get(after->name());
  ASSERT_OK(stored);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*stored, *after));
}

// A survey that becomes another store between two reads of a snapshot.
TEST_F(ReportModuleTest, NeverMixesTwoStores) {
  world_.restores = 1;
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_EQ(report->versions().round_incarnation(), "survey-a+");
  world_.restores = 1000;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "STORE_RESTORED");
}

TEST_F(ReportModuleTest, RefusesAPinOfAnotherStore) {
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_data_incarnation("survey-b");
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "STORE_RESTORED");
  EXPECT_THAT(Create(request), refused);
  request.mutable_report()->set_data_version(200);
  EXPECT_THAT(Create(request), refused);
  request = Request();
  request.mutable_report()->set_data_incarnation("survey-a");
  EXPECT_OK(Create(request));
}

// The round was opened with another registry than the one that answers now.
TEST_F(ReportModuleTest, RefusesAnotherRegistry) {
  world_.registry_store = "registry-b";
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "STORE_RESTORED");
}

TEST_F(ReportModuleTest, LeavesOutWhatTheRoundDoesNotHave) {
  world_.snapshot.values.erase("partners");
  world_.snapshot.left_out["partners"] = "母集団「x」がない。";
  const auto report = Create(Request());
  ASSERT_OK(report);
  const std::string html = Download(report->name(), "html").bytes;
  EXPECT_THAT(html,
              HasSubstr("「partners」を集計できないため、図表を省いた。"));
  EXPECT_THAT(html, HasSubstr("（母集団「x」がない。）"));
  EXPECT_THAT(html, HasSubstr("p03_supports"));
}

TEST_F(ReportModuleTest, ChecksTemplatesAgainstACodebook) {
  const auto check = [&](const std::string& name)
      -> absl::StatusOr<v1::CheckTemplatesResponse> {
    grpc::ClientContext context;
    v1::CheckTemplatesRequest request;
    request.set_name(name);
    v1::CheckTemplatesResponse response;
    const grpc::Status status =
        stub_->CheckTemplates(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  };
  const std::string codebook = "surveys/jusou/codebooks/2025-1";
  const auto fits = check(codebook);
  ASSERT_OK(fits);
  EXPECT_EQ(fits->misfits_total(), 0);
  EXPECT_EQ(fits->templates_total(), 1);

  world_.snapshot.values.erase("partners");
  world_.snapshot.left_out["partners"] = "母集団「x」がない。";
  auto& cells = world_.snapshot.values.at("plan").cells;
  cells.erase(cells.begin());
  const auto response = check(codebook);
  ASSERT_OK(response);
  ASSERT_EQ(response->misfits_total(), 3);
  const v1::TemplateMisfit& headline = response->misfits(0);
  EXPECT_EQ(headline.template_(), "sample");
  EXPECT_EQ(headline.place(), "pages[3].headline");
  EXPECT_EQ(headline.reason(), "CELL_NOT_IN_CODEBOOK");
  EXPECT_EQ(headline.subject(), "plan.formulated");
  EXPECT_THAT(headline.message_ja(), HasSubstr("選択肢「plan.formulated」"));
  const v1::TemplateMisfit& figure = response->misfits(2);
  EXPECT_EQ(figure.reason(), "INDICATOR_NOT_IN_CODEBOOK");
  EXPECT_EQ(figure.subject(), "partners");
  EXPECT_THAT(figure.message(), HasSubstr("The population is unknown."));
  EXPECT_THAT(figure.message_ja(), HasSubstr("母集団「x」がない。"));

  EXPECT_STATUS(check("codebooks/1"), absl::StatusCode::kInvalidArgument,
                "NAME_INVALID");
  EXPECT_STATUS(check("surveys/jusou/codebooks/2030-1"),
                absl::StatusCode::kNotFound, "CODEBOOK_NOT_FOUND");
  world_.indicator = {grpc::StatusCode::UNAVAILABLE, "away"};
  EXPECT_STATUS(check(codebook), absl::StatusCode::kUnavailable,
                "INDICATOR_UNAVAILABLE");
}

TEST_F(ReportModuleTest, RefusesValuesThatCannotBe) {
  world_.snapshot.values.at("plan").cells[0].count = 5;  // of 4
  EXPECT_EQ(Create(Request()).status().code(), absl::StatusCode::kInternal);
}

TEST_F(ReportModuleTest, TellsWatchersTheNumberOfReports) {
  grpc::ClientContext context;
  const auto reader =
      stub_->WatchVersions(&context, type::v1::WatchVersionsRequest());
  type::v1::WatchVersionsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_EQ(message.entries_size(), 1);
  EXPECT_EQ(message.entries(0).resource(), "reports");
  EXPECT_EQ(message.entries(0).version(), 0);
  ASSERT_OK(Create(Request()));
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.entries(0).version(), 1);
  runner_->Stop();
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ReportModuleTest, MeasuresRendering) {
  ASSERT_OK(Create(Request()));
  EXPECT_THAT(
      runner_->metrics().Expose(),
      HasSubstr("welfare_report_render_seconds_count{format=\"html\"} 1"));
}

TEST(ReportModule, DoesNotStartWithAWrongTemplate) {
  const support::TempDir assets;
  const auto folder = assets.path() / "services/report/data/sample";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "template.yaml") << "template: sample\n";
  support::ModuleRunner runner(std::make_unique<ReportModule>(),
                               {"--assets-dir", assets.path().string()});
  for (const char* peer : {"survey", "indicator", "registry"}) {
    runner.SetPeer(peer, "unix:/nonexistent");
  }
  EXPECT_STATUS(runner.Start(), absl::StatusCode::kInvalidArgument,
                "TEMPLATE_INVALID");
}

}  // namespace
}  // namespace welfare::report
