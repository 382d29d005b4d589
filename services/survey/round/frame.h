// The frozen population of a round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/base/expression/expression.h"
#include "services/base/names/respondent.h"

namespace welfare::survey {

// The registry's two facts about a municipality in one fiscal year.
struct StatusFact {
  int fiscal_year = 0;
  // kUnknown where the registry does not know. Ended is not implementing.
  base::Truth implementing = base::Truth::kUnknown;
  base::Truth preparation = base::Truth::kUnknown;

  friend bool operator==(const StatusFact&, const StatusFact&) = default;
};

// One respondent of a round, with what the registry knew at the pin.
struct FrameRow {
  base::Respondent respondent;
  std::string display_name;       // of the municipality or of the council
  std::string area;               // 区部, 市部, 町村部, 島しょ
  std::vector<StatusFact> facts;  // by fiscal year
  // Codes it holds or held beside the one that names it.
  std::vector<base::MunicipalityCode> other_codes = {};

  // Returns the fact in `fiscal_year`; kUnknown where there is none.
  base::Truth Fact(base::RegistryFact fact, int fiscal_year) const;

  friend bool operator==(const FrameRow&, const FrameRow&) = default;
};

// What the registry knows at one of its versions.
struct RegistryPin {
  std::int64_t version = 0;
  std::string incarnation;     // whose version it is
  std::vector<FrameRow> rows;  // every municipality and its council
};

// The respondents of a round in code order, municipality before council.
// Immutable; any thread may use it.
class Frame {
 public:
  Frame() = default;
  explicit Frame(std::vector<FrameRow> rows);

  std::span<const FrameRow> rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }
  const FrameRow& row(std::size_t index) const { return rows_[index]; }
  // Returns the index of the respondent's row.
  std::optional<std::size_t> Find(const base::Respondent& respondent) const;
  // The same where its code may be any that the municipality holds or held. No
  // code ever meant two municipalities.
  std::optional<std::size_t> Resolve(const base::Respondent& respondent) const;

 private:
  std::vector<FrameRow> rows_;
  std::unordered_map<base::Respondent, std::size_t> index_;
  std::unordered_map<base::Respondent, std::size_t> other_index_;
};

}  // namespace welfare::survey
