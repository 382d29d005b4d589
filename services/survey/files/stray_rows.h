// Rows of a batch whose respondent cannot be told.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/names/municipality_code.h"
#include "services/base/names/resource_name.h"
#include "services/survey/codebook/codebook.h"

namespace welfare::survey {

// What the key of a stray row says as far as it can be read.
struct StrayKey {
  std::optional<std::string> survey = {};
  std::optional<base::FiscalYear> fiscal_year = {};
  std::optional<base::RespondentKind> kind = {};
  // The codes it may have meant; none: nobody in particular.
  std::vector<base::MunicipalityCode> codes = {};
};

// Returns the codes that `text`, which is no code, may have meant: what the
// refusal names, and what its digits are when everything else is left out.
std::vector<base::MunicipalityCode> CodesMeant(std::string_view text,
                                               const absl::Status& refusal);

// Remembers stray rows of answers, to tell which submissions could own one of
// them: a row that is refused alone must not make a blank of what it says.
class StrayRows {
 public:
  // Different items, and keys of one code, that are told apart; one more may be
  // any.
  static constexpr std::size_t kMostItems = 10'000;
  static constexpr std::size_t kMostKeysOfACode = 8;
  // In place of an item that cannot be told.
  static constexpr std::string_view kAnyItem = "*";

  // Adds a row of `item` (or kAnyItem) on the physical line `line`; 0 for a row
  // of another batch.
  void Add(const StrayKey& key, std::string_view item, int line);

  // Gives each item the name that `name` says, kAnyItem among them; an empty
  // one is no item any more.
  void Rename(const std::function<std::string(const std::string& item)>& name);

  bool empty() const { return items_.empty(); }

  // Returns the line of a row that may have meant the submission by its key.
  std::optional<int> FindNaming(const base::SubmissionName& name) const;

  // Returns the line of a row that may be the one that `blanks` lack, keys
  // `item` or `item/row` of places that would be left blank. A row of an item
  // that `codebook` has not may be any of them.
  std::optional<int> FindFilling(const Codebook& codebook,
                                 const std::vector<std::string>& blanks) const;

  // The items of this batch's own rows, at most `most`.
  std::vector<std::string> Items(std::size_t most) const;

 private:
  // A key of one code, with the first line that has it.
  struct Key {
    std::optional<std::string> survey = {};
    std::optional<base::FiscalYear> fiscal_year = {};
    std::optional<base::RespondentKind> kind = {};
    int line = 0;
  };

  std::map<base::MunicipalityCode, std::vector<Key>> keys_;
  std::map<std::string, int, std::less<>> items_;  // with the first line
};

}  // namespace welfare::survey
