#include "tools/welfarectl/output/printer.h"

#include <google/protobuf/util/json_util.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string_view>

#include "services/text/csv.h"
#include "services/text/display_width.h"
#include "tools/welfarectl/session/phrase.h"

namespace welfare::ctl {
namespace {

// A column is not made narrower than this.
constexpr std::size_t kMinWidth = 12;
// Room that folded text should have.
constexpr std::size_t kFoldWidth = 20;

// Characters that begin no line and those that end none.
constexpr std::string_view kNeverFirst[] = {"、", "。", "，", "．", "」", "』",
                                            "）", "・", "ー", ")",  ",",  "."};
constexpr std::string_view kNeverLast[] = {"「", "『", "（", "("};

template <std::size_t kSize>
bool IsOneOf(std::string_view character,
             const std::string_view (&some)[kSize]) {
  return std::find(std::begin(some), std::end(some), character) !=
         std::end(some);
}

// Bytes of the character at `at`.
std::size_t CharacterSize(const std::string& text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() &&
         (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) {
    ++size;
  }
  return size;
}

// Cuts at character boundaries so that text and ellipsis fit `limit` columns.
std::string Shorten(const std::string& text, std::size_t limit) {
  if (limit == 0 || text::DisplayWidth(text) <= limit) return text;
  std::string shortened;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t next = at + CharacterSize(text, at);
    const std::string candidate = text.substr(0, next);
    if (text::DisplayWidth(candidate) + 2 > limit) break;
    shortened = candidate;
    at = next;
  }
  return shortened + "…";
}

// A column as it will stand on the page.
struct Drawn {
  const Table::Column* column;
  std::string heading;
  std::vector<std::string> cells = {};
  std::size_t width = 0;
};

std::size_t LineWidth(const std::vector<Drawn>& drawn) {
  std::size_t width = drawn.empty() ? 0 : 2 * (drawn.size() - 1);
  for (const Drawn& d : drawn) width += d.width;
  return width;
}

// What the line needs when cells that may be folded are at most `folded` wide,
// and cells that may be shortened as narrow as can be.
std::size_t LeastWidth(const std::vector<Drawn>& drawn, std::size_t folded) {
  std::size_t width = LineWidth(drawn);
  for (const Drawn& d : drawn) {
    if (d.column->fit == Table::Fit::kKeep) continue;
    const std::size_t least =
        std::max(d.column->fit == Table::Fit::kFold ? folded : kMinWidth,
                 text::DisplayWidth(d.heading));
    if (d.width > least) width -= d.width - least;
  }
  return width;
}

// Leaves spare columns out until the line fits the page, the first that may be
// left out first: all but the last of them so that folded text has some room,
// the last where there is no other way.
std::vector<std::string> LeaveOut(std::vector<Drawn>& drawn, std::size_t page) {
  std::vector<std::string> left_out;
  const auto spare = [](const Drawn& a, const Drawn& b) {
    return a.column->spare < b.column->spare;
  };
  const bool folds = std::any_of(drawn.begin(), drawn.end(), [](auto& d) {
    return d.column->fit == Table::Fit::kFold;
  });
  while (!drawn.empty() && LineWidth(drawn) > page) {
    const auto most = std::max_element(drawn.begin(), drawn.end(), spare);
    if (most->column->spare == 0) break;
    const std::size_t room = most->column->spare > 1 ? kFoldWidth : kMinWidth;
    if (folds && LeastWidth(drawn, room) <= page) break;
    left_out.push_back(most->heading);
    drawn.erase(most);
  }
  return left_out;
}

// Makes the widest of the columns that may be narrower so, step by step.
void Narrow(std::vector<Drawn>& drawn, std::size_t page) {
  while (LineWidth(drawn) > page) {
    Drawn* widest = nullptr;
    for (Drawn& d : drawn) {
      const std::size_t least =
          std::max(kMinWidth, text::DisplayWidth(d.heading));
      if (d.column->fit != Table::Fit::kKeep && d.width > least &&
          (widest == nullptr || d.width > widest->width)) {
        widest = &d;
      }
    }
    if (widest == nullptr) return;
    --widest->width;
  }
}

// The lines of a cell.
std::vector<std::string> FitCell(const Drawn& drawn, const std::string& cell) {
  if (text::DisplayWidth(cell) <= drawn.width) return {cell};
  if (drawn.column->fit == Table::Fit::kFold) return Fold(cell, drawn.width);
  return {Shorten(cell, drawn.width)};
}

}  // namespace

void Table::Add(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::vector<std::string> Table::PrintTable(std::ostream& out,
                                           const Page& page) const {
  std::vector<Drawn> drawn;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    if (column.csv_only) continue;
    Drawn d{.column = &column,
            .heading = HeadingOf(column.heading.empty() ? column.title
                                                        : column.heading)};
    d.width = text::DisplayWidth(d.heading);
    for (const auto& row : rows_) {
      d.cells.push_back(Shorten(OneLine(row[c]), column.limit));
      d.width = std::max(d.width, text::DisplayWidth(d.cells.back()));
    }
    const bool empty =
        std::all_of(d.cells.begin(), d.cells.end(),
                    [](const std::string& cell) { return cell.empty(); });
    if (column.spare > 0 && empty && !rows_.empty()) continue;
    drawn.push_back(std::move(d));
  }
  std::vector<std::string> left_out;
  if (page.width > 0) {
    left_out = LeaveOut(drawn, page.width);
    Narrow(drawn, page.width);
  }
  const auto print = [&](const std::vector<std::string>& cells, bool bold) {
    std::string line;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c > 0) line += "  ";
      line += drawn[c].column->number
                  ? text::PadLeft(cells[c], drawn[c].width)
                  : text::PadRight(cells[c], drawn[c].width);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << (bold ? Bold(page, line) : line) << "\n";
  };
  std::vector<std::string> headings, rules;
  for (const Drawn& d : drawn) {
    headings.push_back(d.heading);
    rules.emplace_back(d.width, '-');
  }
  print(headings, true);
  print(rules, false);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::vector<std::vector<std::string>> folded;
    std::size_t lines = 1;
    for (const Drawn& d : drawn) {
      folded.push_back(FitCell(d, d.cells[r]));
      lines = std::max(lines, folded.back().size());
    }
    for (std::size_t line = 0; line < lines; ++line) {
      std::vector<std::string> cells;
      for (const auto& cell : folded) {
        cells.push_back(line < cell.size() ? cell[line] : std::string());
      }
      print(cells, false);
    }
  }
  return left_out;
}

void Table::PrintCsv(std::ostream& out) const {
  const text::CsvWriteOptions options{.line_end = "\n"};
  std::string csv;
  const auto append = [&](const auto& cell_of) {
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (!columns_[c].table_only) cells.push_back(cell_of(c));
    }
    text::AppendCsvRecord(csv, cells, options);
  };
  append([&](std::size_t c) { return columns_[c].title; });
  for (const auto& row : rows_) {
    append([&](std::size_t c) { return row[c]; });
  }
  out << csv;
}

std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      ' ');
  return text;
}

std::vector<std::string> Fold(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;          // what is on the line so far
  std::size_t used = 0;      // its width
  std::size_t break_at = 0;  // where it may be broken; 0: nowhere
  bool after_break = false;  // a line may end after the character before
  bool after_opening = false;
  const auto end_line = [&] {
    const std::size_t at = break_at == 0 ? line.size() : break_at;
    std::string rest = line.substr(at);
    rest.erase(0, rest.find_first_not_of(' '));
    line.erase(at);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
    line = std::move(rest);
    used = text::DisplayWidth(line);
    break_at = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string character = text.substr(at, CharacterSize(text, at));
    at += character.size();
    const std::size_t size = text::DisplayWidth(character);
    const bool space = character == " ";
    if (!line.empty() && (after_break || size > 1) && !after_opening &&
        !IsOneOf(character, kNeverFirst)) {
      break_at = line.size();
    }
    if (used + size > width && !line.empty() && !space) end_line();
    if (space && line.empty() && !lines.empty()) continue;
    line += character;
    used += size;
    after_break = space || size > 1;
    after_opening = IsOneOf(character, kNeverLast);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

Page OutputPage(const Session& session) {
  Page page{.width = 0, .color = session.options.color == "always"};
  if (isatty(STDOUT_FILENO) == 0) return page;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) page.width = size.ws_col;
  const char* terminal = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  if (session.options.color == "auto") {
    page.color = terminal != nullptr && std::string_view(terminal) != "dumb" &&
                 (no_color == nullptr || *no_color == '\0');
  }
  return page;
}

std::string Bold(const Page& page, const std::string& text) {
  return page.color ? "\x1b[1m" + text + "\x1b[0m" : text;
}

std::string Green(const Page& page, const std::string& text) {
  return page.color ? "\x1b[32m" + text + "\x1b[0m" : text;
}

void PrintFields(std::ostream& out, const Page& page, const Fields& fields) {
  std::size_t names = 0;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    names = std::max(names, text::DisplayWidth(HeadingOf(name)));
  }
  const std::size_t indent = names + 2;
  const bool folds = page.width >= indent + kMinWidth;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    std::string before =
        Bold(page, text::PadRight(HeadingOf(name), names)) + "  ";
    const std::string line = OneLine(value);
    for (const std::string& part : folds ? Fold(line, page.width - indent)
                                         : std::vector<std::string>{line}) {
      out << before << part << "\n";
      before.assign(indent, ' ');
    }
  }
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string json;
  // Fails only for Any values of unknown types, which no reply holds.
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return "{}";
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

void PrintJsonList(const std::vector<std::string>& objects) {
  std::cout << "[";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::cout << (i == 0 ? "\n" : ",\n") << objects[i];
  }
  std::cout << "\n]\n";
}

void PrintRows(const Session& session, const Table& table) {
  if (session.output() == Output::kCsv) {
    table.PrintCsv(std::cout);
    return;
  }
  const auto left_out = table.PrintTable(std::cout, OutputPage(session));
  if (left_out.empty()) return;
  std::string names;
  for (const std::string& name : left_out) {
    names += (names.empty() ? "" : ", ") + name;
  }
  std::cout << std::flush;
  std::cerr << Say("(no room for {columns}; --output csv has everything)",
                   {{"columns", names}})
            << "\n";
}

void PrintCount(const Session& session, std::size_t count,
                const std::string& summary, const std::string& none) {
  if (session.output() != Output::kTable) return;
  std::cout << std::flush;
  std::cerr << (count == 0
                    ? none
                    : base::FillIn(summary, {{"count", std::to_string(count)}}))
            << "\n";
}

std::string SayInCell(const Session& session, const Phrase& phrase,
                      const base::ErrorWords& words) {
  return session.output() == Output::kTable
             ? Say(phrase, words)
             : base::FillIn(phrase.In(base::Language::kEnglish), words);
}

void Print(const Session& session, const google::protobuf::Message& message,
           const Table& table) {
  if (session.output() == Output::kJson) {
    std::cout << ToJson(message) << "\n";
  } else {
    PrintRows(session, table);
  }
}

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

std::string ShortName(const std::string& value, const std::string& prefix) {
  std::string name =
      value.starts_with(prefix) ? value.substr(prefix.size()) : value;
  if (name == "UNSPECIFIED") return "";
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return name;
}

}  // namespace welfare::ctl
