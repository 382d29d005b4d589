#include "services/registry/program/status.h"

#include "services/registry/faults.h"

namespace welfare::registry {

std::string_view ToString(Implementing implementing) {
  switch (implementing) {
    case Implementing::kYes:
      return "yes";
    case Implementing::kNo:
      return "no";
    case Implementing::kEnded:
      return "ended";
    case Implementing::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view ToString(Preparation preparation) {
  switch (preparation) {
    case Preparation::kYes:
      return "yes";
    case Preparation::kNo:
      return "no";
    case Preparation::kUnknown:
      break;
  }
  return "unknown";
}

absl::StatusOr<Implementing> ParseImplementing(std::string_view text) {
  for (const Implementing value :
       {Implementing::kYes, Implementing::kNo, Implementing::kEnded}) {
    if (ToString(value) == text) return value;
  }
  return ImplementingInvalid(text);
}

absl::StatusOr<Preparation> ParsePreparation(std::string_view text) {
  for (const Preparation value :
       {Preparation::kYes, Preparation::kNo, Preparation::kUnknown}) {
    if (ToString(value) == text) return value;
  }
  return PreparationInvalid(text);
}

}  // namespace welfare::registry
