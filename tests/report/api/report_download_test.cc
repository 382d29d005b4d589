// Files of reports, downloaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/storage/database.h"
#include "tests/report/report_module_fixture.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/crowd.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::report {
namespace {

using testing::Downloaded;

class ReportDownloadTest : public testing::ReportModuleTest {
 protected:
  // Runs `sql` as whoever damages the store: a disk, or a hand.
  void Damage(const std::string& sql) {
    const auto database =
        platform::OpenDatabase("sqlite:" + runner_->folder().File("module.db"));
    ASSERT_OK(database);
    constexpr platform::Query kUnlock{
        "unlock", "DROP TRIGGER IF EXISTS report_contents_refuses_update"};
    const platform::Query query{"damage", sql};
    ASSERT_OK((*database)->Write([&](platform::Transaction& transaction) {
      WELFARE_RETURN_IF_ERROR(transaction.Execute(kUnlock, {}).status());
      return transaction.Execute(query, {}).status();
    }));
  }
};

// A report of more bytes than are read from the store at once, or sent to a
// reader who reads nothing.
class LargeReportTest : public ReportDownloadTest {
 protected:
  std::string TemplateYaml() const override {
    std::string yaml = SmallTemplateYaml();
    std::string heading;
    for (int i = 0; i < 60000; ++i) heading += std::to_string(i) + "番";
    yaml.replace(yaml.find("見出し"), std::string("見出し").size(), heading);
    return yaml;
  }
};

TEST_F(ReportDownloadTest, StreamsAFileInParts) {
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
    EXPECT_EQ(downloaded.digest, file.digest());
  }
}

// Every byte of it can be where a download goes on.
TEST_F(LargeReportTest, ADownloadGoesOnFromAnyOffset) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  const Downloaded whole = Download(report->name(), "html");
  ASSERT_OK(whole.status);
  constexpr std::int64_t kPart = 65536;
  for (const std::int64_t offset :
       {std::int64_t{1}, kPart - 1, kPart, kPart + 1, 4 * kPart, whole.size - 1,
        whole.size, whole.size + 1, std::int64_t{1} << 62}) {
    const Downloaded rest = Download(report->name(), "html", offset);
    EXPECT_OK(rest.status);
    EXPECT_EQ(rest.size, whole.size);
    EXPECT_EQ(rest.digest, whole.digest);
    const auto from = static_cast<std::size_t>(std::min(offset, whole.size));
    EXPECT_TRUE(rest.bytes == whole.bytes.substr(from)) << offset;
    EXPECT_GE(rest.parts, 1);
  }
  EXPECT_STATUS(Download(report->name(), "html", -1).status,
                absl::StatusCode::kInvalidArgument, "OFFSET_INVALID");
}

// Nobody gets a part of a file, or another, and takes it for the whole.
TEST_F(ReportDownloadTest, RefusesAFileThatIsNotWhatWasStored) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  int next = 0;
  for (const std::string damaged :
       {"substr(content, 1, 100)", "substr(content, 1, 0)",
        "CAST(content || 'x' AS BLOB)",
        "CAST('x' || substr(content, 2) AS BLOB)"}) {
    const v1::Report::File& file = report->files(next++);
    Damage("UPDATE report_contents SET content = " + damaged +
           " WHERE digest = '" + file.digest() + "'");
    for (const std::int64_t offset : {std::int64_t{0}, file.size() - 1}) {
      const Downloaded got = Download(report->name(), file.format(), offset);
      EXPECT_STATUS(got.status, absl::StatusCode::kDataLoss, "FILE_DAMAGED");
      EXPECT_EQ(got.parts, 0) << damaged;
      const auto details = base::GetErrorDetails(got.status);
      ASSERT_TRUE(details.has_value());
      EXPECT_EQ(details->metadata.at("file"), file.filename());
    }
  }
  // Its last file is whole.
  EXPECT_OK(Download(report->name(), report->files(next).format()).status);
}

// It was whole when a reader began, and is no more.
TEST_F(LargeReportTest, ADownloadEndsWithItsReasonWhereAFileIsCutMeanwhile) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  const v1::Report::File& file = report->files(0);
  ASSERT_EQ(file.format(), "html");
  ASSERT_GT(file.size(), 400000);
  ASSERT_OK(Download(report->name(), "html", file.size() - 1).status);
  Damage("UPDATE report_contents SET content = substr(content, 1, 300000)"
         " WHERE digest = '" +
         file.digest() + "'");
  const Downloaded got = Download(report->name(), "html");
  EXPECT_STATUS(got.status, absl::StatusCode::kDataLoss, "FILE_DAMAGED");
  EXPECT_EQ(got.size, file.size());
  EXPECT_LT(static_cast<std::int64_t>(got.bytes.size()), file.size());
}

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

TEST_F(LargeReportTest, ASecondDownloadComesFromMemory) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  const Downloaded first = Download(report->name(), "html");
  const auto kept = [&] {
    const std::string text = runner_->metrics().Expose();
    const std::string name =
        "welfare_cache_requests_total{cache=\"memory\",result=\"hit\"} ";
    const std::size_t at = text.find(name);
    return at == std::string::npos ? 0
                                   : std::stoi(text.substr(at + name.size()));
  };
  const int before = kept();
  const Downloaded again = Download(report->name(), "html");
  EXPECT_OK(again.status);
  EXPECT_TRUE(again.bytes == first.bytes);
  EXPECT_EQ(again.filename, first.filename);
  EXPECT_EQ(again.parts, first.parts);
  EXPECT_EQ(kept() - before, again.parts);
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

}  // namespace
}  // namespace welfare::report
