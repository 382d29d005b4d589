#include "services/survey/mapping/cell_mapper.h"

#include <cstddef>

#include "services/importing/strategy.h"
#include "services/survey/mapping/mapping_faults.h"
#include "services/survey/mapping/nearest.h"
#include "services/survey/text_limits.h"

namespace welfare::survey {
namespace {

// Words of a batch whose candidates are looked for; others get none.
constexpr std::size_t kMostWords = 1'000;

}  // namespace

bool CellMapper::Drops(std::string_view item) const {
  const AnswerMapping::Target* const target = mapping_.Find(item);
  return target != nullptr && target->item.empty();
}

std::string CellMapper::NameOf(std::string_view item,
                               std::string_view unknown) const {
  const AnswerMapping::Target* const target = mapping_.Find(item);
  if (target == nullptr) return std::string(unknown);
  return target->item.empty() ? std::string() : target->key();
}

template <typename Find>
const std::vector<std::string>& CellMapper::Near(std::string_view item,
                                                 std::string_view word,
                                                 const Find& find) {
  static const std::vector<std::string> kNone;
  const std::pair<std::string, std::string> key(item, word);
  if (const auto known = near_.find(key); known != near_.end()) {
    return known->second;
  }
  if (near_.size() == kMostWords) return kNone;
  return near_.emplace(key, find()).first->second;
}

CellMapper::Fault CellMapper::UnknownItem(std::string_view item) {
  const std::vector<std::string>& near =
      Near(item, "", [&] { return mapping_.NearItems(item); });
  return {.value = std::string(item),
          .violation =
              base::MakeViolation(MappingFault("ITEM_UNMAPPED"), "item_id",
                                  {{"nearest", NearestWords(near)},
                                   {"nearest_ja", NearestWordsJa(near)}}),
          .candidates = near};
}

CellMapper::Fault CellMapper::UnknownWord(const AnswerMapping::Target& target,
                                          const AnswerMapping::Cell& cell) {
  base::ErrorWords words = {{"word", cell.word}, {"item", target.key()}};
  if (cell.fault == "NUMBER_UNREADABLE") {
    return {.value = cell.word,
            .violation = base::MakeViolation(MappingFault("NUMBER_UNREADABLE"),
                                             "value", words),
            .candidates = {}};
  }
  if (cell.fault == "NUMBER_NOT_WHOLE") {
    return {.value = cell.word,
            .violation = base::MakeViolation(MappingFault("NUMBER_NOT_WHOLE"),
                                             "value", words),
            .candidates = {}};
  }
  const std::vector<std::string>& near =
      Near(target.key(), cell.word,
           [&] { return mapping_.NearCodes(target, cell.word); });
  words["nearest"] = NearestWords(near);
  words["nearest_ja"] = NearestWordsJa(near);
  return {.value = cell.word,
          .violation =
              base::MakeViolation(MappingFault("WORD_UNMAPPED"), "value", words),
          .candidates = near};
}

CellMapper::Cells CellMapper::Map(const Cells& cells,
                                  std::deque<std::string>& texts,
                                  std::optional<Fault>& fault) {
  Cells mapped = cells;
  const AnswerMapping::Target* const target = mapping_.Find(cells.item);
  if (target == nullptr) {
    fault = UnknownItem(cells.item);
    // It is no item of the codebook, whatever it is called.
    mapped.item = texts.emplace_back("?" + std::string(cells.item));
    return mapped;
  }
  mapped.item = texts.emplace_back(target->key());
  if (IsBlank(cells.value) || importing::IsClear(cells.value)) return mapped;
  AnswerMapping::Cell cell = mapping_.Read(*target, cells.value);
  if (!cell.fault.empty()) {
    fault = UnknownWord(*target, cell);
    mapped.value = "";
    return mapped;
  }
  mapped.value = texts.emplace_back(std::move(cell.value));
  if (!cell.absence) return mapped;
  // A file that says both is wrong, whatever the two are.
  if (IsBlank(cells.absence)) {
    mapped.absence = base::ToString(*cell.absence);
  } else {
    mapped.value = cells.value;
  }
  return mapped;
}

}  // namespace welfare::survey
