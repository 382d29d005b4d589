#include "services/survey/files/xlsform_choices.h"

#include "services/survey/codebook/codebook.h"
#include "services/survey/files/xlsform_cells.h"
#include "services/text/normalize.h"

namespace welfare::survey {

void XlsFormChoices::Read(const XlsFormSheet::Record& record) {
  const std::string& list_name = record.at("list_name");
  const std::string& code = record.at("name");
  if (sheet_.every_cell() && list_name.empty()) {
    sheet_.Add(record.line, "list_name", CellFault("LIST_MISSING"),
               {{"code", code}});
    return;
  }
  List& list = lists_[list_name];
  if (list.line == 0) {
    list.line = record.line;
    names_.emplace(text::NameKey(list_name).value_or(""), list_name);
  }
  if (!list.codes.insert(code).second) {
    sheet_.Add(record.line, "name", CellFault("OPTION_DUPLICATE"),
               {{"list", list_name}, {"code", code}});
    return;
  }
  if (sheet_.every_cell() && !IsItemId(code)) {
    sheet_.Add(record.line, "name", CellFault("OPTION_INVALID"),
               {{"code", code}});
  }
  if (record.at("label").empty()) {
    sheet_.Add(record.line, "label", CellFault("LABEL_MISSING"),
               {{"code", code}});
  }
  CheckText(sheet_, record, "label", true);
  const bool exclusive = ReadYes(sheet_, record, "exclusive");
  if (sheet_.every_cell() && list.codes.size() > Codebook::kMaxCodes) {
    if (list.codes.size() == Codebook::kMaxCodes + 1) {
      sheet_.Add(record.line, "list_name", CellFault("TOO_MANY_OPTIONS"),
                 {{"list", list_name}});
    }
    return;
  }
  list.bytes += kPartOverhead + code.size() + record.at("label").size();
  list.options.push_back({.code = code,
                          .label = record.at("label"),
                          .exclusive = exclusive,
                          .takes_text = false});
}

const std::vector<Option>* XlsFormChoices::Use(std::string_view list,
                                               const XlsFormSheet& sheet,
                                               int line,
                                               std::string_view column) {
  if (const auto found = lists_.find(list); found != lists_.end()) {
    found->second.used = true;
    return &found->second.options;
  }
  const std::string key = text::NameKey(list).value_or("");
  const auto meant = names_.find(key);
  if (key.empty() || meant == names_.end()) {
    sheet.Add(line, column, CellFault("LIST_UNKNOWN"),
              {{"list", std::string(list)}});
    return nullptr;
  }
  // The same fault is not named a second time as a list that nobody uses.
  lists_.find(meant->second)->second.used = true;
  sheet.Add(line, column, CellFault("LIST_MISSPELT"),
            {{"found", std::string(list)}, {"list", meant->second}});
  return nullptr;
}

std::size_t XlsFormChoices::BytesOf(std::string_view list) const {
  const auto found = lists_.find(list);
  return found == lists_.end() ? 0 : found->second.bytes;
}

void XlsFormChoices::CheckUsed() const {
  for (const auto& [name, list] : lists_) {
    if (list.used) continue;
    sheet_.Add(list.line, "list_name", CellFault("LIST_UNUSED"),
               {{"list", name}});
  }
}

}  // namespace welfare::survey
