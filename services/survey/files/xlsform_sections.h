// The sections of the sheet `survey`.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/survey/codebook/item.h"
#include "services/survey/files/xlsform_sheet.h"

namespace welfare::survey {

// Follows the sections that open and close while the questions are read.
class XlsFormSections {
 public:
  // REQUIRES: `sheet` outlives the object.
  explicit XlsFormSections(const XlsFormSheet& sheet) : sheet_(sheet) {}

  // Reads a record that begins or ends a section. Returns whether it is one;
  // `type` are the words of its type.
  bool Read(const XlsFormSheet::Record& record,
            const std::vector<std::string>& type);

  // Bytes that a question takes over from the sections around it: titles and
  // conditions.
  std::size_t bytes() const { return open_.empty() ? 0 : open_.back().bytes; }

  // Puts a question that has been read into the section that is open.
  void Place(Item& item);

  // Whether a section has this name.
  bool HasName(const std::string& name) const { return names_.contains(name); }

  // Adds GROUP_UNBALANCED for each section that is still open.
  void CheckClosed() const;

  // Adds what is wrong with what they hold: GROUP_EMPTY; LABEL_PLACEHOLDER for
  // a title that names a year where its questions speak of several.
  void CheckContents();

  // In the order of the sheet.
  std::vector<Section> Take() { return std::move(sections_); }

 private:
  struct Open {
    std::string name;
    std::string title;      // with those around it
    std::size_t bytes = 0;  // of title and conditions, those around it too
    int line = 0;
    std::optional<std::size_t> index;  // among sections_
  };

  void Begin(const XlsFormSheet::Record& record);
  void End(const XlsFormSheet::Record& record);
  // Names a word too many in the type.
  void CheckType(const XlsFormSheet::Record& record, bool more) const;
  // Names every cell of a section's row that is not one of `columns`.
  void CheckCells(const XlsFormSheet::Record& record,
                  std::span<const std::string_view> columns) const;
  // Adds GROUP_UNBALANCED: what begins and what ends differ.
  void AddUnbalanced(int line, std::string_view column, std::string_view begin,
                     std::string_view end) const;

  const XlsFormSheet& sheet_;
  std::vector<Open> open_;
  std::set<std::string> names_;
  std::vector<Section> sections_;
  std::vector<std::set<int>> offsets_;  // of the items in each section
};

}  // namespace welfare::survey
