#include "services/survey/files/xlsform_sections.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/survey/codebook/label.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/files/xlsform_cells.h"

namespace welfare::survey {
namespace {

consteval const base::ViolationRow& SectionFault(std::string_view reason) {
  return base::FindRow(kSectionTable, reason);
}

}  // namespace

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
    AddUnbalanced(section.line, "type", section.name, "");
  }
}

void XlsFormSections::CheckType(const XlsFormSheet::Record& record,
                                bool more) const {
  if (!sheet_.every_cell() || !more) return;
  sheet_.Add(record.line, "type", SectionFault("TYPE_UNKNOWN"),
             {{"found", record.at("type")}});
}

void XlsFormSections::CheckCells(
    const XlsFormSheet::Record& record,
    std::span<const std::string_view> columns) const {
  if (!sheet_.every_cell()) return;
  std::string taken;
  for (const std::string_view column : columns) {
    if (!taken.empty()) taken += ", ";
    taken += column;
  }
  for (const auto& [column, cell] : record.cells) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      sheet_.Add(record.line, column, SectionFault("CELL_UNUSED"),
                 {{"column", column}, {"columns", taken}});
    }
  }
}

void XlsFormSections::AddUnbalanced(int line, std::string_view column,
                                    std::string_view begin,
                                    std::string_view end) const {
  sheet_.Add(line, column, SectionFault("GROUP_UNBALANCED"),
             {{"begin", std::string(begin)}, {"end", std::string(end)}});
}

void XlsFormSections::Begin(const XlsFormSheet::Record& record) {
  const std::string& name = record.at("name");
  const std::string& label = record.at("label");
  if (!name.empty() || !sheet_.every_cell()) {
    if (!names_.insert(name).second) {
      sheet_.Add(record.line, "name", SectionFault("NAME_DUPLICATE"),
                 {{"name", name}});
    }
  }
  Open section{.name = name, .title = label, .line = record.line, .index = {}};
  if (sheet_.every_cell()) {
    section.bytes = kPartOverhead + label.size() +
                    record.at("relevant").size() +
                    (open_.empty() ? 0 : open_.back().bytes);
    if (!IsItemId(name)) {
      sheet_.Add(record.line, "name", SectionFault("NAME_INVALID"),
                 {{"name", name}});
    }
    if (label.empty()) {
      sheet_.Add(record.line, "label", SectionFault("LABEL_MISSING"),
                 {{"name", name}});
    }
    CheckText(sheet_, record, "label", true);
    static constexpr std::array<std::string_view, 5> kColumns = {
        "type", "name", "label", "relevant", "origin"};
    CheckCells(record, kColumns);
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
  CheckCells(record, kColumns);
  const std::string& name = record.at("name");
  if (open_.empty()) {
    AddUnbalanced(record.line, "type", "", name);
    return;
  }
  if (sheet_.every_cell() && !name.empty() && name != open_.back().name) {
    AddUnbalanced(record.line, "name", open_.back().name, name);
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
      sheet_.Add(sections_[s].line, "type", SectionFault("GROUP_EMPTY"),
                 {{"name", sections_[s].id}});
    } else if (offsets_[s].size() > 1 &&
               NamesReferenceYear(sections_[s].label)) {
      sheet_.Add(sections_[s].line, "label", SectionFault("LABEL_PLACEHOLDER"),
                 {{"name", sections_[s].id}});
    }
  }
}

}  // namespace welfare::survey
