#include "services/survey/store/sql/sql_mappings.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

using platform::Connection;
using platform::Query;
using platform::Row;

constexpr Query kFindMapping{
    "find_mapping",
    "SELECT mapping, digest, codebook_version, from_version, actor,"
    " create_micros, uses_complete, content"
    " FROM mappings WHERE survey = $1 AND mapping = $2"};
constexpr Query kListMappings{
    "list_mappings",
    "SELECT mapping, digest, codebook_version, from_version, actor,"
    " create_micros, uses_complete"
    " FROM mappings WHERE survey = $1 AND mapping > $2"
    " ORDER BY mapping LIMIT $3"};
constexpr Query kListMappingsUsedIn{
    "list_mappings_used_in",
    "SELECT m.mapping, m.digest, m.codebook_version, m.from_version, m.actor,"
    " m.create_micros, m.uses_complete"
    " FROM mappings m JOIN mapping_uses u"
    " ON u.survey = m.survey AND u.mapping = m.mapping AND u.fiscal_year = $4"
    " WHERE m.survey = $1 AND m.mapping > $2"
    " ORDER BY m.mapping LIMIT $3"};
constexpr Query kListUses{
    "list_mapping_uses",
    "SELECT mapping, fiscal_year, batches, row_count, first_micros,"
    " last_micros, actor"
    " FROM mapping_uses WHERE survey = $1 AND mapping >= $2 AND mapping <= $3"
    " ORDER BY mapping, fiscal_year"};
constexpr Query kStoreMapping{
    "store_mapping",
    "INSERT INTO mappings (survey, mapping, digest, codebook_version,"
    " from_version, content, actor, create_micros, uses_complete)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)"};
constexpr Query kCountUse{
    "count_mapping_use",
    "INSERT INTO mapping_uses (survey, mapping, fiscal_year, batches,"
    " row_count, first_micros, last_micros, actor)"
    " VALUES ($1, $2, $3, 1, $4, $5, $6, $7)"
    " ON CONFLICT (survey, mapping, fiscal_year) DO UPDATE SET"
    " batches = mapping_uses.batches + 1,"
    " row_count = mapping_uses.row_count + excluded.row_count,"
    " last_micros = excluded.last_micros, actor = excluded.actor"};

StoredMapping MappingOf(const std::string& survey, const Row& row) {
  return {.name = {.survey = survey, .mapping = row.Text(0)},
          .digest = row.Text(1),
          .codebook = row.Text(2),
          .from_codebook = row.Text(3),
          .actor = row.Text(4),
          .create_time = base::Timestamp::FromMicros(row.Int64(5)),
          .uses_complete = row.Int64(6) != 0};
}

// The reading half of both interfaces, on one connection.
template <typename Interface>
class SqlMappingReads : public Interface {
 public:
  explicit SqlMappingReads(Connection& connection) : connection_(connection) {}

  absl::StatusOr<std::optional<StoredMapping>> Find(
      const base::MappingName& name) override {
    WELFARE_ASSIGN_OR_RETURN(
        std::optional<StoredMapping> found,
        connection_.Find(kFindMapping, {name.survey, name.mapping},
                         [&](const Row& row) {
                           StoredMapping mapping = MappingOf(name.survey, row);
                           mapping.content = std::string(row.BytesView(7));
                           return mapping;
                         }));
    if (found) WELFARE_RETURN_IF_ERROR(AddUses(std::span(&*found, 1)));
    return found;
  }

  absl::StatusOr<std::vector<StoredMapping>> List(
      const MappingQuery& query) override {
    const std::string& survey = query.survey.survey;
    const auto read = [&](const Row& row) { return MappingOf(survey, row); };
    std::vector<StoredMapping> list;
    if (query.used_in) {
      WELFARE_ASSIGN_OR_RETURN(
          list, connection_.List(
                    kListMappingsUsedIn,
                    {survey, query.after, query.limit, query.used_in->value()},
                    read));
    } else {
      WELFARE_ASSIGN_OR_RETURN(
          list, connection_.List(kListMappings,
                                 {survey, query.after, query.limit}, read));
    }
    if (!list.empty()) WELFARE_RETURN_IF_ERROR(AddUses(list));
    return list;
  }

 private:
  // Adds the uses of mappings of one survey, which stand in the order of their
  // ids; there is at least one.
  absl::Status AddUses(std::span<StoredMapping> mappings) {
    auto mapping = mappings.begin();
    return connection_.ForEach(
        kListUses,
        {mappings.front().name.survey, mappings.front().name.mapping,
         mappings.back().name.mapping},
        [&](const Row& row) -> absl::Status {
          const std::string_view id = row.TextView(0);
          while (mapping != mappings.end() && mapping->name.mapping < id) {
            ++mapping;
          }
          // Of one between two that are on the page.
          if (mapping == mappings.end() || mapping->name.mapping != id) {
            return absl::OkStatus();
          }
          const auto year =
              base::FiscalYear::Make(static_cast<int>(row.Int64(1)));
          if (!year.ok()) return StoredValueInvalid("year of a mapping's use");
          mapping->uses.push_back(
              {.fiscal_year = *year,
               .batches = row.Int64(2),
               .rows = row.Int64(3),
               .first_time = base::Timestamp::FromMicros(row.Int64(4)),
               .last_time = base::Timestamp::FromMicros(row.Int64(5)),
               .actor = row.Text(6)});
          return absl::OkStatus();
        });
  }

  Connection& connection_;
};

// Audits every mapping. A use is audited with the submissions that it wrote.
class SqlMappingWriter final : public SqlMappingReads<MappingWriter> {
 public:
  explicit SqlMappingWriter(SqlChange& change)
      : SqlMappingReads(change.transaction()), change_(change) {}

  absl::Status Store(const StoredMapping& mapping) override {
    WELFARE_RETURN_IF_ERROR(change_.Execute(
        kStoreMapping, {mapping.name.survey, mapping.name.mapping,
                        mapping.digest, mapping.codebook, mapping.from_codebook,
                        platform::Bytes{mapping.content}, change_.actor(),
                        mapping.create_time.micros()}));
    return change_.Audit(mapping.name.ToString(),
                         base::JsonObject()
                             .Add("digest", mapping.digest)
                             .Add("codebook", mapping.codebook));
  }

  absl::Status CountUse(const base::MappingName& name,
                        base::FiscalYear fiscal_year,
                        std::int64_t rows) override {
    const std::int64_t now = change_.time().micros();
    return change_.Execute(
        kCountUse, {name.survey, name.mapping, fiscal_year.value(), rows, now,
                    now, change_.actor()});
  }

 private:
  SqlChange& change_;
};

}  // namespace

std::unique_ptr<MappingReader> MakeSqlMappingReader(Connection& connection) {
  return std::make_unique<SqlMappingReads<MappingReader>>(connection);
}

std::unique_ptr<MappingWriter> MakeSqlMappingWriter(SqlChange& change) {
  return std::make_unique<SqlMappingWriter>(change);
}

}  // namespace welfare::survey
