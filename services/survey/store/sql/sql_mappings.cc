#include "services/survey/store/sql/sql_mappings.h"

#include <optional>
#include <string>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"

namespace welfare::survey {
namespace {

constexpr platform::Query kFindMapping{
    "find_mapping",
    "SELECT digest, codebook_version, from_version, content, create_micros"
    " FROM mappings WHERE survey = $1 AND mapping = $2"};
constexpr platform::Query kStoreMapping{
    "store_mapping",
    "INSERT INTO mappings (survey, mapping, digest, codebook_version,"
    " from_version, content, actor, create_micros)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

// The reading half of both interfaces, on one connection.
template <typename Interface>
class SqlMappingReads : public Interface {
 public:
  explicit SqlMappingReads(platform::Connection& connection)
      : connection_(connection) {}

  absl::StatusOr<std::optional<StoredMapping>> Find(
      const base::MappingName& name) override {
    return connection_.Find(
        kFindMapping, {name.survey, name.mapping},
        [&](const platform::Row& row) {
          return StoredMapping{
              .name = name,
              .digest = row.Text(0),
              .codebook = row.Text(1),
              .from_codebook = row.Text(2),
              .content = std::string(row.BytesView(3)),
              .create_time = base::Timestamp::FromMicros(row.Int64(4))};
        });
  }

 private:
  platform::Connection& connection_;
};

// Audits every write.
class SqlMappingWriter final : public SqlMappingReads<MappingWriter> {
 public:
  explicit SqlMappingWriter(SqlChange& change)
      : SqlMappingReads(change.transaction()), change_(change) {}

  absl::Status Store(const StoredMapping& mapping) override {
    WELFARE_RETURN_IF_ERROR(change_.Execute(
        kStoreMapping,
        {mapping.name.survey, mapping.name.mapping, mapping.digest,
         mapping.codebook, mapping.from_codebook,
         platform::Bytes{mapping.content}, change_.actor(),
         mapping.create_time.micros()}));
    return change_.Audit(mapping.name.ToString(),
                         base::JsonObject()
                             .Add("digest", mapping.digest)
                             .Add("codebook", mapping.codebook));
  }

 private:
  SqlChange& change_;
};

}  // namespace

std::unique_ptr<MappingReader> MakeSqlMappingReader(
    platform::Connection& connection) {
  return std::make_unique<SqlMappingReads<MappingReader>>(connection);
}

std::unique_ptr<MappingWriter> MakeSqlMappingWriter(SqlChange& change) {
  return std::make_unique<SqlMappingWriter>(change);
}

}  // namespace welfare::survey
