#include "services/survey/files/xlsform_sections.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/survey/codebook/label.h"
#include "services/survey/files/xlsform_cells.h"

namespace welfare::survey {

bool XlsFormSections::Read(const XlsFormSheet::Record& record,
                           const std::vector<std::string>& type) {
  const std::string word = type.empty() ? "" : type[0];
  const bool group = type.size() == 2 && type[1] == "group";
  if (word == "begin_group" || (word == "begin" && group)) {
    CheckType(record, word == "begin_group" && type.size() > 1);
    Begin(record);
    return true;
  }
  if (word == "end_group" || (word == "end" && group)) {
    CheckType(record, word == "end_group" && type.size() > 1);
    End(record);
    return true;
  }
  return false;
}

void XlsFormSections::Place(Item& item) {
  if (open_.empty()) return;
  item.section = open_.back().title;
  item.group = open_.back().index;
  if (item.group) offsets_[*item.group].insert(item.reference_year_offset);
}

void XlsFormSections::CheckClosed() const {
  for (const Open& section : open_) {
    sheet_.Add(section.line, "type", "GROUP_UNBALANCED",
               "The section '" + section.name + "' has no end.");
  }
}

void XlsFormSections::CheckType(const XlsFormSheet::Record& record,
                                bool more) const {
  if (!sheet_.every_cell() || !more) return;
  sheet_.Add(record.line, "type", "TYPE_UNKNOWN",
             "'" + record.at("type") +
                 "' is neither begin_group nor end_group; nothing stands "
                 "after these.");
}

void XlsFormSections::CheckCells(const XlsFormSheet::Record& record,
                                 std::span<const std::string_view> columns,
                                 std::string_view what) const {
  if (!sheet_.every_cell()) return;
  for (const auto& [column, cell] : record.cells) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      sheet_.Add(record.line, column, "CELL_UNUSED",
                 std::string(what) + " '" + column + "' means nothing.");
    }
  }
}

void XlsFormSections::Begin(const XlsFormSheet::Record& record) {
  const std::string& name = record.at("name");
  const std::string& label = record.at("label");
  if (!name.empty() || !sheet_.every_cell()) {
    if (!names_.insert(name).second) {
      sheet_.Add(record.line, "name", "NAME_DUPLICATE",
                 "The section '" + name + "' stands twice.");
    }
  }
  Open section{.name = name, .title = label, .line = record.line, .index = {}};
  if (sheet_.every_cell()) {
    section.bytes = kPartOverhead + label.size() +
                    record.at("relevant").size() +
                    (open_.empty() ? 0 : open_.back().bytes);
    if (!IsItemId(name)) {
      sheet_.Add(record.line, "name", "NAME_INVALID",
                 "The name '" + name +
                     "' of the section is not an id: a-z, 0-9 and _, "
                     "beginning with a letter.");
    }
    if (label.empty()) {
      sheet_.Add(record.line, "label", "LABEL_MISSING",
                 "The section '" + name + "' has no title.");
    }
    CheckText(sheet_, record, "label", true);
    static constexpr std::array<std::string_view, 5> kColumns = {
        "type", "name", "label", "relevant", "origin"};
    CheckCells(record, kColumns,
               "A section takes type, name, label and relevant; write "
               "the rest at its questions:");
    // A title reaches the reader with a question, so it says where it is.
    if (!open_.empty() && !open_.back().title.empty()) {
      section.title = open_.back().title + " / " + label;
    }
    section.index = sections_.size();
    sections_.push_back(
        {.id = name,
         .label = label,
         .relevant = record.at("relevant"),
         .parent = open_.empty() ? std::nullopt : open_.back().index,
         .line = record.line});
    offsets_.emplace_back();
  }
  open_.push_back(std::move(section));
}

void XlsFormSections::End(const XlsFormSheet::Record& record) {
  static constexpr std::array<std::string_view, 3> kColumns = {"type", "name",
                                                               "origin"};
  CheckCells(record, kColumns, "At the end of a section");
  if (open_.empty()) {
    sheet_.Add(record.line, "type", "GROUP_UNBALANCED",
               "No section is open here.");
    return;
  }
  const std::string& name = record.at("name");
  if (sheet_.every_cell() && !name.empty() && name != open_.back().name) {
    sheet_.Add(record.line, "name", "GROUP_UNBALANCED",
               "The section that ends here is '" + open_.back().name +
                   "', not '" + name + "'.");
  }
  open_.pop_back();
}

// A section without a question is shown nowhere; one whose title names a year
// has one to name.
void XlsFormSections::CheckContents() {
  for (std::size_t s = sections_.size(); s-- > 0;) {
    if (sections_[s].parent) {
      offsets_[*sections_[s].parent].insert(offsets_[s].begin(),
                                            offsets_[s].end());
    }
    if (offsets_[s].empty()) {
      sheet_.Add(sections_[s].line, "type", "GROUP_EMPTY",
                 "The section '" + sections_[s].id + "' has no question.");
    } else if (offsets_[s].size() > 1 &&
               NamesReferenceYear(sections_[s].label)) {
      sheet_.Add(sections_[s].line, "label", "LABEL_PLACEHOLDER",
                 "The questions of the section '" + sections_[s].id +
                     "' speak of different years, so {ref_fy_ja} has no "
                     "meaning in its title.");
    }
  }
}

}  // namespace welfare::survey
