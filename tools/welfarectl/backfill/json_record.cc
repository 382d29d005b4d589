#include "tools/welfarectl/backfill/json_record.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/text/visible.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {
namespace {

// More than any table has columns.
constexpr std::size_t kMostMembers = 200;
constexpr std::size_t kNameBytesShown = 100;

std::string Shown(const std::string& name) {
  return text::Shorten(name, kNameBytesShown);
}

// Takes the events of one object. Every method returns whether to go on.
class Taker {
 public:
  JsonRecord record;
  std::string fault;                  // of the text; empty: none
  std::optional<std::string> unsaid;  // the member that no cell can say

  bool null() { return Put("", false); }
  bool boolean(bool) { return Refuse(); }
  bool number_integer(std::int64_t number) {
    return Put(std::to_string(number), true);
  }
  bool number_unsigned(std::uint64_t number) {
    return Put(std::to_string(number), true);
  }
  bool number_float(double, const std::string& digits) {
    return Put(digits, true);
  }
  bool string(std::string& text) {
    if (text.find('\0') != std::string::npos) return Refuse();
    const bool word =
        !text.empty() && text.find_first_of(" \t\r\n") == std::string::npos;
    return Put(std::move(text), word);
  }
  // JSON has none.
  bool binary(std::vector<std::uint8_t>&) { return Refuse(); }

  bool start_object(std::size_t) {
    if (begun_) return Refuse();
    begun_ = true;
    return true;
  }
  bool key(std::string& name) {
    if (std::find(record.names.begin(), record.names.end(), name) !=
        record.names.end()) {
      fault = Shown(name) + ": twice";
      return false;
    }
    if (record.names.size() == kMostMembers) {
      fault = "more than " + std::to_string(kMostMembers) + " members";
      return false;
    }
    record.names.push_back(std::move(name));
    return true;
  }
  bool end_object() { return true; }
  bool start_array(std::size_t) {
    if (in_list_ || record.names.empty()) {
      return begun_ ? Refuse() : NoObject();
    }
    in_list_ = true;
    record.cells.emplace_back();
    return true;
  }
  bool end_array() {
    in_list_ = false;
    return true;
  }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::json::exception&) {
    fault = "byte " + std::to_string(at);
    return false;
  }

 private:
  bool NoObject() {
    fault = "no object";
    return false;
  }
  bool Refuse() {
    if (!begun_) return NoObject();
    unsaid = record.names.back();
    return false;
  }
  // `word`: it may stand in a list.
  bool Put(std::string text, bool word) {
    if (!begun_) return NoObject();
    if (!in_list_) {
      record.cells.push_back(std::move(text));
      return true;
    }
    if (!word) return Refuse();
    std::string& cell = record.cells.back();
    if (!cell.empty()) cell += ' ';
    cell += text;
    return true;
  }

  bool begun_ = false;
  bool in_list_ = false;
};

}  // namespace

absl::StatusOr<JsonRecord> ReadJsonRecord(std::string_view line) {
  Taker taker;
  if (nlohmann::json::sax_parse(line, &taker)) return std::move(taker.record);
  if (taker.unsaid) {
    return base::MakeError(CtlRow("JSON_VALUE"))
        .With("member", Shown(*taker.unsaid));
  }
  return base::MakeError(CtlRow("JSON_RECORD")).With("why", taker.fault);
}

absl::StatusOr<std::vector<std::string>> CellsOf(
    JsonRecord record, const std::vector<std::string>& names) {
  const auto other = [](const std::string& name) -> absl::Status {
    return base::MakeError(CtlRow("JSON_MEMBERS")).With("member", Shown(name));
  };
  // Mostly they stand in one order.
  if (record.names == names) return std::move(record.cells);
  std::vector<std::string> cells(names.size());
  for (const std::string& name : names) {
    if (std::find(record.names.begin(), record.names.end(), name) ==
        record.names.end()) {
      return other(name);
    }
  }
  for (std::size_t i = 0; i < record.names.size(); ++i) {
    const auto at = std::find(names.begin(), names.end(), record.names[i]);
    if (at == names.end()) return other(record.names[i]);
    cells[static_cast<std::size_t>(at - names.begin())] =
        std::move(record.cells[i]);
  }
  return cells;
}

}  // namespace welfare::ctl
