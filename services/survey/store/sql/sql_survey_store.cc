#include "services/survey/store/sql/sql_survey_store.h"

#include <memory>
#include <utility>

#include "services/base/error.h"
#include "services/platform/storage/idempotency.h"
#include "services/survey/store/sql/sql_change.h"
#include "services/survey/store/sql/sql_codebooks.h"
#include "services/survey/store/sql/sql_rounds.h"
#include "services/survey/store/sql/sql_submissions.h"

namespace welfare::survey {
namespace {

using platform::Connection;
using platform::Transaction;

class SqlReader final : public StoreReader {
 public:
  SqlReader(Connection& connection, const std::string& incarnation)
      : incarnation_(incarnation),
        codebooks_(MakeSqlCodebookReader(connection)),
        rounds_(MakeSqlRoundReader(connection, incarnation)),
        submissions_(MakeSqlSubmissionReader(connection)) {}

  const std::string& incarnation() const override { return incarnation_; }
  CodebookReader& codebooks() override { return *codebooks_; }
  RoundReader& rounds() override { return *rounds_; }
  SubmissionReader& submissions() override { return *submissions_; }

 private:
  const std::string& incarnation_;
  std::unique_ptr<CodebookReader> codebooks_;
  std::unique_ptr<RoundReader> rounds_;
  std::unique_ptr<SubmissionReader> submissions_;
};

class SqlWriter final : public StoreWriter {
 public:
  explicit SqlWriter(SqlChange& change)
      : change_(change),
        codebooks_(MakeSqlCodebookWriter(change)),
        rounds_(MakeSqlRoundWriter(change)),
        submissions_(MakeSqlSubmissionWriter(change)) {}

  const std::string& incarnation() const override {
    return change_.incarnation();
  }
  base::Timestamp time() const override { return change_.time(); }
  CodebookWriter& codebooks() override { return *codebooks_; }
  RoundWriter& rounds() override { return *rounds_; }
  SubmissionWriter& submissions() override { return *submissions_; }

 private:
  SqlChange& change_;
  std::unique_ptr<CodebookWriter> codebooks_;
  std::unique_ptr<RoundWriter> rounds_;
  std::unique_ptr<SubmissionWriter> submissions_;
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

absl::StatusOr<std::string> SqlSurveyStore::Change(
    const base::CallLimits& limits, const ChangeRequest& request,
    const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change) {
  bool ran = false;
  absl::StatusOr<std::string> stored = database_.Write(
      limits, [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        const base::Timestamp now = clock_.Now();
        return platform::RunOnce(
            transaction,
            {.request_id = request.request_id,
             .method = request.method,
             .body = request.body},
            now, [&]() -> absl::StatusOr<std::string> {
              SqlChange audited(transaction, request, now, incarnation_);
              SqlWriter writer(audited);
              WELFARE_ASSIGN_OR_RETURN(std::string reply, change(writer));
              ran = true;
              if (audited.made_revision()) {
                WELFARE_RETURN_IF_ERROR(transaction.NotifyChange());
              }
              return reply;
            });
      });
  if (!stored.ok() && ran) undone_();
  return stored;
}

}  // namespace welfare::survey
