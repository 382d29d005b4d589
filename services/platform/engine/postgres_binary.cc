#include "services/platform/engine/postgres_binary.h"

#include <libpq-fe.h>

#include <utility>
#include <variant>

#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

// The types we read and write, by their fixed numbers (pg_type.dat).
constexpr Oid kBoolOid = 16;
constexpr Oid kByteaOid = 17;
constexpr Oid kNameOid = 19;
constexpr Oid kInt8Oid = 20;
constexpr Oid kInt2Oid = 21;
constexpr Oid kInt4Oid = 23;
constexpr Oid kTextOid = 25;
constexpr Oid kUnknownOid = 705;
constexpr Oid kBpcharOid = 1042;
constexpr Oid kVarcharOid = 1043;

template <typename T>
void AppendBigEndian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0;
       shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

std::int64_t BigEndian(const char* data, int size) {
  // The sign is in the first byte.
  std::int64_t value = static_cast<signed char>(data[0]);
  for (int i = 1; i < size; ++i) {
    value = value * 256 + static_cast<unsigned char>(data[i]);
  }
  return value;
}

bool IsText(Oid type) {
  return type == kTextOid || type == kVarcharOid || type == kBpcharOid ||
         type == kNameOid || type == kUnknownOid;
}

}  // namespace

bool PostgresRow::IsNull(int column) const {
  return !Exists(column) || PQgetisnull(result_, row_, column) == 1;
}

std::int64_t PostgresRow::Int64(int column) const {
  if (!Exists(column)) return 0;
  const Oid type = PQftype(result_, column);
  if (PQgetisnull(result_, row_, column) == 1 ||
      (type != kInt8Oid && type != kInt4Oid && type != kInt2Oid &&
       type != kBoolOid)) {
    return Mismatch(column, "an integer"), 0;
  }
  return BigEndian(PQgetvalue(result_, row_, column),
                   PQgetlength(result_, row_, column));
}

std::string_view PostgresRow::TextView(int column) const {
  if (!Exists(column)) return {};
  if (PQgetisnull(result_, row_, column) == 1 ||
      !IsText(PQftype(result_, column))) {
    return Mismatch(column, "text"), std::string_view();
  }
  return Raw(column);
}

std::string_view PostgresRow::BytesView(int column) const {
  if (!Exists(column)) return {};
  if (PQgetisnull(result_, row_, column) == 1 ||
      PQftype(result_, column) != kByteaOid) {
    return Mismatch(column, "bytes"), std::string_view();
  }
  return Raw(column);
}

bool PostgresRow::Exists(int column) const {
  if (column >= 0 && column < PQnfields(result_)) return true;
  Mismatch(column, "a column");
  return false;
}

void PostgresRow::Mismatch(int column, std::string_view word) const {
  if (status_.ok()) status_ = ColumnMismatch(query_.name, column, word);
}

std::string_view PostgresRow::Raw(int column) const {
  return {PQgetvalue(result_, row_, column),
          static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

char TypeLetter(const Parameter& parameter) {
  constexpr std::string_view kLetters = "nitb";
  return kLetters[parameter.value().index()];
}

PostgresType TypeOf(const Parameter& parameter) {
  constexpr std::array<PostgresType, 4> kTypes = {0, kInt8Oid, kTextOid,
                                                  kByteaOid};
  return kTypes[parameter.value().index()];
}

std::array<char, 8> BinaryNumber(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  std::array<char, 8> bytes{};
  for (std::size_t byte = 0; byte < 8; ++byte) {
    bytes[byte] = static_cast<char>((bits >> (56 - 8 * byte)) & 0xff);
  }
  return bytes;
}

std::string_view CopyHeader() {
  // Signature, flags, no header extension.
  return {"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
}

void AppendCopyEnd(std::string& out) { AppendBigEndian(out, std::int16_t{-1}); }

void AppendCopyRow(std::string& out, std::size_t fields) {
  AppendBigEndian(out, static_cast<std::int16_t>(fields));
}

bool AppendCopyField(std::string& out, const Parameter& parameter,
                     PostgresType type) {
  const Parameter::Value& value = parameter.value();
  if (std::holds_alternative<std::nullptr_t>(value)) {
    AppendBigEndian(out, std::int32_t{-1});
    return true;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (type == kInt8Oid) {
      AppendBigEndian(out, std::int32_t{8});
      AppendBigEndian(out, *number);
      return true;
    }
    if (type == kInt4Oid && std::in_range<std::int32_t>(*number)) {
      AppendBigEndian(out, std::int32_t{4});
      AppendBigEndian(out, static_cast<std::int32_t>(*number));
      return true;
    }
    if (type == kInt2Oid && std::in_range<std::int16_t>(*number)) {
      AppendBigEndian(out, std::int32_t{2});
      AppendBigEndian(out, static_cast<std::int16_t>(*number));
      return true;
    }
    return false;
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr ? type != kByteaOid : !IsText(type)) return false;
  const std::string& data =
      text == nullptr ? std::get<Bytes>(value).data : *text;
  if (!std::in_range<std::int32_t>(data.size())) return false;
  AppendBigEndian(out, static_cast<std::int32_t>(data.size()));
  out += data;
  return true;
}

}  // namespace welfare::platform
