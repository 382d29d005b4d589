#include "services/report/sheets/book.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "services/report/errors.h"
#include "services/report/model/layout.h"
#include "services/report/sheets/annex_sheets.h"
#include "services/report/sheets/cover_sheet.h"
#include "services/report/sheets/figure_numbers.h"
#include "services/report/sheets/page_sheet.h"

namespace welfare::report {
namespace {

// As many are named; who mends these sees the rest.
constexpr std::size_t kFaultsNamed = 8;

Book BeginBook(const ReportModel& model) {
  Book book;
  book.title = DocumentTitle(model);
  book.subject = model.subtitle;
  book.author = model.synthetic ? "" : model.publisher;
  book.date = model.date;
  return book;
}

Book LayOut(const ReportModel& model) {
  Book book = BeginBook(model);
  Annex annex = LayOutAnnex(model);
  std::vector<ContentsEntry> contents;
  for (const Page& page : model.pages) {
    if (IsAnnex(page) || page.cover) continue;
    contents.push_back(
        {page.label, page.topic, page.headline, PageTarget(page)});
  }
  contents.insert(contents.end(), annex.contents.begin(), annex.contents.end());
  for (const Page& page : model.pages) {
    if (IsAnnex(page)) continue;
    book.bookmarks.push_back(
        {1,
         page.label + " " +
             (page.cover ? std::string(kContentsTitle) : page.topic),
         PageTarget(page)});
    for (const auto& [index, number] : NumbersOf(page)) {
      if (!page.places.contains(index)) continue;
      const auto& figure = std::get<Figure>(page.blocks[index]);
      book.bookmarks.push_back(
          {2,
           (number.figure.empty() ? number.table : number.figure) + " " +
               figure.title,
           FigureTarget(figure)});
    }
    book.sheets.push_back(page.cover ? LayOutCover(model, page, contents)
                                     : LayOutPage(model, page));
  }
  for (Sheet& sheet : annex.sheets) book.sheets.push_back(std::move(sheet));
  for (BookMark& mark : annex.bookmarks) {
    book.bookmarks.push_back(std::move(mark));
  }
  return book;
}

std::vector<SheetFault> FaultsOf(const Book& book) {
  std::vector<SheetFault> faults;
  for (const Sheet& sheet : book.sheets) {
    for (const std::string& words : sheet.drawing.faults) {
      faults.push_back({sheet.label, words});
    }
  }
  return faults;
}

// Nothing is printed that has no room.
absl::StatusOr<Book> Checked(Book book) {
  const std::vector<SheetFault> faults = FaultsOf(book);
  if (faults.empty()) return book;
  std::string words;
  for (std::size_t i = 0; i < faults.size() && i < kFaultsNamed; ++i) {
    words += (i == 0 ? "" : " ") + faults[i].words;
  }
  if (faults.size() > kFaultsNamed) {
    words += " ほか" + std::to_string(faults.size() - kFaultsNamed) + "件。";
  }
  return PageOverflow(words);
}

}  // namespace

std::vector<SheetFault> FindSheetFaults(const ReportModel& model) {
  return FaultsOf(LayOut(model));
}

absl::StatusOr<Book> LayOutBook(const ReportModel& model) {
  return Checked(LayOut(model));
}

absl::StatusOr<Book> LayOutFeedback(const ReportModel& model) {
  Book book = BeginBook(model);
  // The letter is the cover, the request and the guide.
  const auto answers = std::ranges::find_if(
      model.pages, [](const Page& page) { return page.id == kFirstOfAnswers; });
  Annex sheets = LayOutInColumns(
      model, static_cast<std::size_t>(answers - model.pages.begin()));
  book.sheets = std::move(sheets.sheets);
  book.bookmarks = std::move(sheets.bookmarks);
  return Checked(std::move(book));
}

}  // namespace welfare::report
