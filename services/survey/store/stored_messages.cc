#include "services/survey/store/stored_messages.h"

#include <google/protobuf/arena.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/mapping/answer_mapping.h"

namespace welfare::survey {
namespace {

base::Truth FactFromProto(bool known, bool value) {
  return known ? base::ToTruth(value) : base::Truth::kUnknown;
}

// The wire format of protobuf: a field's number and kind, then its length or
// number, seven bits at a time.
enum WireKind : unsigned { kVarint = 0, kLengthDelimited = 2 };

std::size_t VarintSize(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7U) ++size;
  return size;
}

void PutVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) {
    out += static_cast<char>((value & 0x7FU) | 0x80U);
  }
  out += static_cast<char>(value);
}

// Numbers of fields are below 16, so that a tag is one byte.
void PutTag(std::string& out, int field, WireKind kind) {
  PutVarint(out, static_cast<unsigned>(field) << 3U | kind);
}

std::size_t TextSize(std::string_view text) {
  return text.empty() ? 0 : 1 + VarintSize(text.size()) + text.size();
}

// An empty one is left out, but where its being there says something.
void PutText(std::string& out, int field, std::string_view text) {
  if (text.empty()) return;
  PutTag(out, field, kLengthDelimited);
  PutVarint(out, text.size());
  out += text;
}

// One v1.Answer; `codes` are those of a single or multiple answer, with the
// bytes that they take as v1.Answer.Codes.
struct WireAnswer {
  std::string_view item;
  std::string_view row;
  const PlainAnswer& plain;
  std::span<const std::string_view> codes;
  std::size_t codes_size = 0;

  std::size_t Size() const {
    std::size_t size = TextSize(item) + TextSize(row) +
                       TextSize(plain.other_text) + 2;  // the provenance
    if (const auto* text = std::get_if<std::string_view>(&plain.content)) {
      size += 1 + VarintSize(text->size()) + text->size();
    } else if (const auto* number = std::get_if<std::int64_t>(&plain.content)) {
      size += 1 + VarintSize(ZigZag(*number));
    } else if (std::holds_alternative<base::Absence>(plain.content)) {
      size += 2;
    } else {
      size += 1 + VarintSize(codes_size) + codes_size;
    }
    return size;
  }

  void Put(std::string& out) const {
    PutText(out, v1::Answer::kItemFieldNumber, item);
    PutText(out, v1::Answer::kRowFieldNumber, row);
    if (const auto* text = std::get_if<std::string_view>(&plain.content)) {
      PutTag(out, v1::Answer::kTextFieldNumber, kLengthDelimited);
      PutVarint(out, text->size());
      out += *text;
    } else if (const auto* number = std::get_if<std::int64_t>(&plain.content)) {
      PutTag(out, v1::Answer::kIntegerFieldNumber, kVarint);
      PutVarint(out, ZigZag(*number));
    } else if (const auto* absence =
                   std::get_if<base::Absence>(&plain.content)) {
      PutTag(out, v1::Answer::kAbsenceFieldNumber, kVarint);
      PutVarint(out, static_cast<std::uint64_t>(*absence));
    } else {
      PutTag(out, v1::Answer::kCodesFieldNumber, kLengthDelimited);
      PutVarint(out, codes_size);
      for (const std::string_view code : codes) {
        PutText(out, v1::Answer::Codes::kCodesFieldNumber, code);
      }
    }
    PutText(out, v1::Answer::kOtherTextFieldNumber, plain.other_text);
    PutTag(out, v1::Answer::kProvenanceFieldNumber, kVarint);
    PutVarint(out, static_cast<std::uint64_t>(plain.provenance()));
  }

  static std::uint64_t ZigZag(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return value < 0 ? ~(bits << 1U) : bits << 1U;
  }
};

}  // namespace

std::string StoredAnswers(std::span<const Answer> answers) {
  // Many small messages: they are made in one piece of memory.
  google::protobuf::Arena arena;
  auto& stored =
      *google::protobuf::Arena::CreateMessage<v1::Submission>(&arena);
  for (const Answer& answer : answers) Fill(answer, *stored.add_answers());
  return stored.SerializeAsString();
}

std::string StoredAnswers(const Codebook& codebook, const PlainAnswers& plain) {
  std::string out;
  out.reserve(64 * plain.answers.size());
  std::vector<std::string_view> codes;
  for (const PlainAnswer& answer : plain.answers) {
    const Codebook::Place& place = codebook.place(answer.place);
    const Item& item = codebook.item(place.item);
    std::size_t codes_size = 0;
    codes.clear();
    if (const auto* chosen = std::get_if<ChosenOptions>(&answer.content)) {
      for (std::size_t i = 0; i < item.options.size(); ++i) {
        if ((chosen->bits >> i & 1U) == 0) continue;
        codes.push_back(item.options[i].code);
        codes_size += TextSize(codes.back());
      }
    }
    const WireAnswer one{
        .item = item.id,
        .row = place.row < 0
                   ? std::string_view()
                   : item.rows[static_cast<std::size_t>(place.row)].code,
        .plain = answer,
        .codes = codes,
        .codes_size = codes_size};
    PutTag(out, v1::Submission::kAnswersFieldNumber, kLengthDelimited);
    PutVarint(out, one.Size());
    one.Put(out);
  }
  return out;
}

v1::Frame::Row ToProto(const FrameRow& row) {
  v1::Frame::Row result;
  result.set_municipality_code(row.respondent.municipality.ToString());
  result.set_respondent_kind(
      static_cast<type::v1::RespondentKind>(row.respondent.kind));
  result.set_display_name(row.display_name);
  result.set_area(row.area);
  for (const StatusFact& fact : row.facts) {
    v1::Frame::StatusFact& status = *result.add_statuses();
    status.set_fiscal_year(fact.fiscal_year);
    if (fact.implementing != base::Truth::kUnknown) {
      status.set_implementing(fact.implementing == base::Truth::kTrue);
    }
    if (fact.preparation != base::Truth::kUnknown) {
      status.set_preparation(fact.preparation == base::Truth::kTrue);
    }
  }
  for (const base::MunicipalityCode& other : row.other_codes) {
    result.add_other_codes(other.ToString());
  }
  return result;
}

absl::StatusOr<FrameRow> FrameRowFromProto(const v1::Frame::Row& row) {
  WELFARE_ASSIGN_OR_RETURN(
      auto code, base::MunicipalityCode::ParseKnown(row.municipality_code()));
  const bool council =
      row.respondent_kind() == type::v1::RESPONDENT_KIND_COUNCIL;
  FrameRow result{
      .respondent = {.municipality = std::move(code),
                     .kind = council ? base::RespondentKind::kCouncil
                                     : base::RespondentKind::kMunicipality},
      .display_name = row.display_name(),
      .area = row.area(),
      .facts = {}};
  for (const v1::Frame::StatusFact& status : row.statuses()) {
    result.facts.push_back(
        {.fiscal_year = status.fiscal_year(),
         .implementing =
             FactFromProto(status.has_implementing(), status.implementing()),
         .preparation =
             FactFromProto(status.has_preparation(), status.preparation())});
  }
  for (const std::string& text : row.other_codes()) {
    WELFARE_ASSIGN_OR_RETURN(auto other,
                             base::MunicipalityCode::ParseKnown(text));
    result.other_codes.push_back(std::move(other));
  }
  return result;
}

v1::Answer ToProto(const Answer& answer) {
  v1::Answer result;
  Fill(answer, result);
  return result;
}

void Fill(const Answer& answer, v1::Answer& result) {
  result.set_item(answer.item);
  result.set_row(answer.row);
  if (const auto* codes = std::get_if<Codes>(&answer.content)) {
    auto& list = *result.mutable_codes()->mutable_codes();
    list.Assign(codes->begin(), codes->end());
  } else if (const auto* integer = std::get_if<std::int64_t>(&answer.content)) {
    result.set_integer(*integer);
  } else if (const auto* text = std::get_if<std::string>(&answer.content)) {
    result.set_text(*text);
  } else {
    result.set_absence(static_cast<type::v1::Absence::Kind>(
        std::get<base::Absence>(answer.content)));
  }
  result.set_other_text(answer.other_text);
  result.set_provenance(static_cast<v1::Answer::Provenance>(answer.provenance));
  if (answer.mapping != 0) {
    result.set_mapping(FormatMappingId(answer.mapping));
  }
}

absl::StatusOr<Answer> AnswerFromProto(const v1::Answer& answer) {
  Answer result{.item = answer.item(),
                .row = answer.row(),
                .content = std::int64_t{0},
                .other_text = answer.other_text(),
                .provenance = static_cast<Provenance>(answer.provenance())};
  if (!answer.mapping().empty()) {
    const auto mapping = ParseMappingId(answer.mapping());
    if (!mapping) return StoredValueInvalid("mapping of an answer");
    result.mapping = *mapping;
  }
  switch (answer.content_case()) {
    case v1::Answer::kCodes:
      result.content =
          Codes(answer.codes().codes().begin(), answer.codes().codes().end());
      return result;
    case v1::Answer::kInteger:
      result.content = std::int64_t{answer.integer()};
      return result;
    case v1::Answer::kText:
      result.content = answer.text();
      return result;
    case v1::Answer::kAbsence:
      if (!IsAbsence(answer.absence())) break;
      result.content = static_cast<base::Absence>(answer.absence());
      return result;
    case v1::Answer::CONTENT_NOT_SET:
      break;
  }
  return StoredValueInvalid("answer");
}

}  // namespace welfare::survey
