// The lists of the sheet `choices`.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/survey/codebook/item.h"
#include "services/survey/files/xlsform_sheet.h"

namespace welfare::survey {

// Collects choices into lists and remembers which lists are used.
class XlsFormChoices {
 public:
  // REQUIRES: `sheet` outlives the object.
  explicit XlsFormChoices(const XlsFormSheet& sheet) : sheet_(sheet) {}

  // Reads one record of the sheet.
  void Read(const XlsFormSheet::Record& record);

  // Returns the options of a list, which is in use then. Where there is no such
  // list: null, and LIST_UNKNOWN or LIST_MISSPELT at the cell of `sheet` that
  // asked for it.
  const std::vector<Option>* Use(std::string_view list,
                                 const XlsFormSheet& sheet, int line,
                                 std::string_view column);

  // Bytes that a question takes over from a list, if there is one.
  std::size_t BytesOf(std::string_view list) const;

  // Adds LIST_UNUSED for each list that nobody has used.
  void CheckUsed() const;

 private:
  struct List {
    std::vector<Option> options;
    std::set<std::string, std::less<>> codes;
    std::size_t bytes = 0;  // of the options
    int line = 0;           // of its first choice
    bool used = false;
  };

  const XlsFormSheet& sheet_;
  std::map<std::string, List, std::less<>> lists_;
  // The first list of each name as it looks (text::NameKey).
  std::map<std::string, std::string> names_;
};

}  // namespace welfare::survey
