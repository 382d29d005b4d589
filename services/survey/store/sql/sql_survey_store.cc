#include "services/survey/store/sql/sql_survey_store.h"

#include <memory>
#include <utility>

#include "services/base/error.h"
#include "services/survey/store/sql/sql_change.h"
#include "services/survey/store/sql/sql_codebooks.h"
#include "services/survey/store/sql/sql_mappings.h"
#include "services/survey/store/sql/sql_rounds.h"
#include "services/survey/store/sql/sql_submissions.h"

namespace welfare::survey {
namespace {

using platform::Connection;

class SqlReader final : public StoreReader {
 public:
  SqlReader(Connection& connection, const std::string& incarnation)
      : incarnation_(incarnation),
        codebooks_(MakeSqlCodebookReader(connection)),
        rounds_(MakeSqlRoundReader(connection, incarnation)),
        submissions_(MakeSqlSubmissionReader(connection)),
        mappings_(MakeSqlMappingReader(connection)) {}

  const std::string& incarnation() const override { return incarnation_; }
  CodebookReader& codebooks() override { return *codebooks_; }
  RoundReader& rounds() override { return *rounds_; }
  SubmissionReader& submissions() override { return *submissions_; }
  MappingReader& mappings() override { return *mappings_; }

 private:
  const std::string& incarnation_;
  std::unique_ptr<CodebookReader> codebooks_;
  std::unique_ptr<RoundReader> rounds_;
  std::unique_ptr<SubmissionReader> submissions_;
  std::unique_ptr<MappingReader> mappings_;
};

class SqlWriter final : public StoreWriter {
 public:
  explicit SqlWriter(SqlChange& change)
      : change_(change),
        codebooks_(MakeSqlCodebookWriter(change)),
        rounds_(MakeSqlRoundWriter(change)),
        submissions_(MakeSqlSubmissionWriter(change)),
        mappings_(MakeSqlMappingWriter(change)) {}

  const std::string& incarnation() const override {
    return change_.incarnation();
  }
  base::Timestamp time() const override { return change_.time(); }
  CodebookWriter& codebooks() override { return *codebooks_; }
  RoundWriter& rounds() override { return *rounds_; }
  SubmissionWriter& submissions() override { return *submissions_; }
  MappingWriter& mappings() override { return *mappings_; }

 private:
  SqlChange& change_;
  std::unique_ptr<CodebookWriter> codebooks_;
  std::unique_ptr<RoundWriter> rounds_;
  std::unique_ptr<SubmissionWriter> submissions_;
  std::unique_ptr<MappingWriter> mappings_;
};

}  // namespace

absl::Status SqlSurveyStore::Read(
    const base::CallLimits& limits,
    const std::function<absl::Status(StoreReader&)>& read) {
  return database_.Read(limits, [&](Connection& connection) {
    SqlReader reader(connection, incarnation_);
    return read(reader);
  });
}

absl::StatusOr<platform::WritePath::Outcome> SqlSurveyStore::Change(
    const platform::WriteRequest& request,
    const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change) {
  return writes_.Run(
      request, [&](platform::Write& write) -> absl::StatusOr<std::string> {
        SqlChange tables(write, incarnation_);
        SqlWriter writer(tables);
        WELFARE_ASSIGN_OR_RETURN(std::string reply, change(writer));
        if (tables.made_revision()) {
          WELFARE_RETURN_IF_ERROR(write.transaction().NotifyChange());
        }
        return reply;
      });
}

}  // namespace welfare::survey
