#include "services/base/expression/expression.h"

#include <algorithm>

#include "services/base/error.h"
#include "services/base/error_table.h"

namespace welfare::base {

Truth Not(Truth a) {
  switch (a) {
    case Truth::kFalse:
      return Truth::kTrue;
    case Truth::kTrue:
      return Truth::kFalse;
    case Truth::kUnknown:
      break;
  }
  return Truth::kUnknown;
}

Truth And(Truth a, Truth b) {
  if (a == Truth::kFalse || b == Truth::kFalse) return Truth::kFalse;
  if (a == Truth::kTrue && b == Truth::kTrue) return Truth::kTrue;
  return Truth::kUnknown;
}

Truth Or(Truth a, Truth b) {
  if (a == Truth::kTrue || b == Truth::kTrue) return Truth::kTrue;
  if (a == Truth::kFalse && b == Truth::kFalse) return Truth::kFalse;
  return Truth::kUnknown;
}

std::string_view ToString(Truth truth) {
  switch (truth) {
    case Truth::kFalse:
      return "FALSE";
    case Truth::kTrue:
      return "TRUE";
    case Truth::kUnknown:
      return "UNKNOWN";
  }
  return "";
}

std::string_view ToString(RegistryFact fact) {
  switch (fact) {
    case RegistryFact::kImplementing:
      return "implementing";
    case RegistryFact::kPreparation:
      return "preparation";
  }
  return "";
}

std::optional<RegistryFact> FindRegistryFact(std::string_view name) {
  if (name == "implementing") return RegistryFact::kImplementing;
  if (name == "preparation") return RegistryFact::kPreparation;
  return std::nullopt;
}

std::optional<std::size_t> ItemType::FindOption(std::string_view code) const {
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i] == code) return i;
  }
  return std::nullopt;
}

namespace {

absl::StatusOr<std::size_t> ParseOption(const ItemType& type,
                                        std::string_view code) {
  const auto option = type.FindOption(code);
  if (!option || *option >= kMaxOptions) {
    return MakeError(BaseRow("OPTION_UNKNOWN")).With("code", code);
  }
  return *option;
}

absl::StatusOr<Value> ParseOptions(const ItemType& type,
                                   std::string_view text) {
  OptionSet options;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t space = std::min(text.find(' ', from), text.size());
    const std::string_view code = text.substr(from, space - from);
    WELFARE_ASSIGN_OR_RETURN(const std::size_t option, ParseOption(type, code));
    if (options.test(option)) {
      return MakeError(BaseRow("OPTION_REPEATED")).With("code", code);
    }
    options.set(option);
    from = space + 1;
  }
  return Value::OfOptions(options);
}

}  // namespace

absl::StatusOr<Value> ParseItemValue(const ItemType& type,
                                     std::string_view text) {
  if (text.empty()) return Value::Missing();
  switch (type.kind) {
    case ItemKind::kSingle: {
      WELFARE_ASSIGN_OR_RETURN(const std::size_t option,
                               ParseOption(type, text));
      return Value::OfOption(option);
    }
    case ItemKind::kMultiple:
      return ParseOptions(type, text);
    case ItemKind::kInteger:
    case ItemKind::kDecimal: {
      WELFARE_ASSIGN_OR_RETURN(const Rational number,
                               Rational::ParseDecimal(text));
      if (type.kind == ItemKind::kInteger &&
          text.find('.') != std::string_view::npos) {
        return MakeError(BaseRow("INTEGER_EXPECTED")).With("text", text);
      }
      return Value::Of(number);
    }
    case ItemKind::kText:
      return Value::OfText(std::string(text));
    case ItemKind::kDate: {
      WELFARE_ASSIGN_OR_RETURN(const Date date, Date::Parse(text));
      return Value::Of(date);
    }
  }
  return Value::Missing();
}

}  // namespace welfare::base
