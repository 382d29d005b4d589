#include "services/indicator/peers/convert.h"

#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/indicator/errors.h"

namespace welfare::indicator {
namespace {

base::Truth ToTruth(bool known, bool value) {
  return known ? base::ToTruth(value) : base::Truth::kUnknown;
}

absl::StatusOr<base::RespondentKind> KindFromProto(
    type::v1::RespondentKind kind) {
  switch (kind) {
    case type::v1::RESPONDENT_KIND_MUNICIPALITY:
      return base::RespondentKind::kMunicipality;
    case type::v1::RESPONDENT_KIND_COUNCIL:
      return base::RespondentKind::kCouncil;
    default:
      return PeerAnswerInvalid("survey", "a respondent kind is not known");
  }
}

// The numbers in `3`, `9 10` or `9,10`.
std::vector<int> Pages(const std::string& text) {
  std::vector<int> pages;
  int page = 0;
  for (const char c : text + " ") {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      page = page * 10 + (c - '0');
    } else if (page != 0) {
      pages.push_back(page);
      page = 0;
    }
  }
  return pages;
}

absl::StatusOr<Item> ItemFromProto(const survey::v1::Item& proto) {
  Item item;
  item.id = proto.item();
  item.label = proto.label();
  const auto type = vocabulary::FindIn(vocabulary::kAnswerTypes, proto.type());
  if (!type.has_value()) {
    return PeerAnswerInvalid("survey",
                             "the item " + proto.item() + " has no known type");
  }
  item.type = *type;
  for (const survey::v1::Option& option :
       item.type == Item::Type::kTable ? proto.rows() : proto.options()) {
    item.options.push_back({option.code(), option.label(), option.exclusive(),
                            option.takes_text()});
  }
  for (const int kind : proto.respondents()) {
    WELFARE_ASSIGN_OR_RETURN(
        const base::RespondentKind respondent,
        KindFromProto(static_cast<type::v1::RespondentKind>(kind)));
    item.respondents.push_back(respondent);
  }
  item.population = proto.population();
  item.unit = proto.unit();
  item.reference_year_offset = proto.reference_year_offset();
  item.pages = Pages(proto.source_page());
  return item;
}

std::optional<base::Date> DateFromProto(const google::type::Date& date) {
  const auto made = base::Date::Make(date.year(), date.month(), date.day());
  if (!made.ok()) return std::nullopt;
  return *made;
}

}  // namespace

absl::StatusOr<RoundHeader> FromProto(const survey::v1::Round& round) {
  const auto name = base::RoundName::Parse(round.name());
  const auto program = base::ProgramName::Parse(round.program());
  if (!name.ok() || !program.ok()) {
    return PeerAnswerInvalid(
        "survey", "a round's names cannot be read: " + round.name() + " " +
                      round.program());
  }
  RoundHeader header;
  header.survey = name->survey;
  header.fiscal_year = name->fiscal_year;
  header.program = program->program;
  header.synthetic = round.synthetic();
  header.registry_version = round.registry_version();
  header.registry_incarnation = round.registry_incarnation();
  header.revision = round.revision();
  header.incarnation = round.incarnation();
  header.window_start = DateFromProto(round.window_start());
  header.window_end = DateFromProto(round.window_end());
  header.opened = round.state() != survey::v1::Round::STATE_PLANNED;
  return header;
}

absl::StatusOr<std::shared_ptr<const Questionnaire>> FromProto(
    const survey::v1::Codebook& codebook) {
  const auto name = base::CodebookName::Parse(codebook.name());
  if (!name.ok()) {
    return PeerAnswerInvalid(
        "survey", "a codebook's name cannot be read: " + codebook.name());
  }
  std::vector<Item> items;
  for (const survey::v1::Item& proto : codebook.items()) {
    WELFARE_ASSIGN_OR_RETURN(Item item, ItemFromProto(proto));
    items.push_back(std::move(item));
  }
  return std::make_shared<const Questionnaire>(name->version, std::move(items));
}

absl::StatusOr<FrameRow> FromProto(const survey::v1::Frame::Row& row) {
  const auto code = base::MunicipalityCode::ParseKnown(row.municipality_code());
  if (!code.ok()) {
    return PeerAnswerInvalid("survey", "a municipality code cannot be read: " +
                                           row.municipality_code());
  }
  WELFARE_ASSIGN_OR_RETURN(const base::RespondentKind kind,
                           KindFromProto(row.respondent_kind()));
  FrameRow frame{
      {*code, kind},
      row.display_name(),
      row.area(),
      {},
      vocabulary::FindIn(vocabulary::kSubmissionStates, row.state()),
      row.late(),
      row.revision(),
      row.has_received_on() ? DateFromProto(row.received_on()) : std::nullopt};
  for (const survey::v1::Frame::StatusFact& fact : row.statuses()) {
    frame.facts[fact.fiscal_year()] = {
        ToTruth(fact.has_implementing(), fact.implementing()),
        ToTruth(fact.has_preparation(), fact.preparation())};
  }
  return frame;
}

RawColumn FromProto(const survey::v1::Column& column) {
  RawColumn raw;
  raw.item = column.item();
  raw.row = column.row();
  raw.absences.assign(column.absences().begin(), column.absences().end());
  raw.codes.assign(column.codes().begin(), column.codes().end());
  raw.integers.assign(column.integers().begin(), column.integers().end());
  raw.texts.assign(column.texts().begin(), column.texts().end());
  return raw;
}

absl::StatusOr<std::map<std::string, RosterEntry>> FromProto(
    const registry::v1::Roster& roster) {
  std::map<std::string, RosterEntry> entries;
  for (const registry::v1::Roster::Entry& proto : roster.entries()) {
    const auto name = base::MunicipalityName::Parse(proto.municipality());
    if (!name.ok()) {
      return PeerAnswerInvalid(
          "registry",
          "a municipality's name cannot be read: " + proto.municipality());
    }
    RosterEntry entry;
    entry.display_name = proto.display_name();
    entry.council_display_name = proto.council_display_name();
    entry.facts.implementing =
        ToTruth(proto.implementing() != registry::v1::IMPLEMENTING_UNSPECIFIED,
                proto.implementing() == registry::v1::IMPLEMENTING_YES);
    entry.facts.preparation =
        ToTruth(proto.preparation() == registry::v1::PREPARATION_YES ||
                    proto.preparation() == registry::v1::PREPARATION_NO,
                proto.preparation() == registry::v1::PREPARATION_YES);
    entries.emplace(name->code.ToString(), std::move(entry));
  }
  return entries;
}

}  // namespace welfare::indicator
