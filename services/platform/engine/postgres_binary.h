// PostgreSQL's binary forms of our values: rows that are read, parameters and
// fields of COPY that are written.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/platform/storage/database.h"

struct pg_result;

namespace welfare::platform {

// The number of a type: libpq's Oid.
using PostgresType = unsigned int;

// A row of a result in binary form. A column that is read as another type than
// it has leaves its error in status().
class PostgresRow final : public Row {
 public:
  PostgresRow(const pg_result* result, int row, const Query& query)
      : result_(result), row_(row), query_(query) {}

  bool IsNull(int column) const override;
  std::int64_t Int64(int column) const override;
  std::string_view TextView(int column) const override;
  std::string_view BytesView(int column) const override;

  const absl::Status& status() const { return status_; }

 private:
  bool Exists(int column) const;
  void Mismatch(int column, std::string_view word) const;
  std::string_view Raw(int column) const;

  const pg_result* result_;
  int row_;
  const Query& query_;
  mutable absl::Status status_;
};

// The type in which `parameter` is sent; 0 for NULL, which takes the type of
// its place.
PostgresType TypeOf(const Parameter& parameter);
// The same as one letter.
char TypeLetter(const Parameter& parameter);

// The eight bytes of a parameter that is a number.
std::array<char, 8> BinaryNumber(std::int64_t number);

// The beginning and the end of a COPY in binary form.
std::string_view CopyHeader();
void AppendCopyEnd(std::string& out);
// Begins a row of `fields` fields.
void AppendCopyRow(std::string& out, std::size_t fields);
// Appends a field. False when a column of `type` cannot hold it.
bool AppendCopyField(std::string& out, const Parameter& parameter,
                     PostgresType type);

}  // namespace welfare::platform
