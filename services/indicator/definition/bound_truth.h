// A definition's expression over the questionnaire of a round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "services/indicator/questionnaire/questionnaire.h"

namespace welfare::indicator {

// Parses and checks `expression`, which must give a truth. Returns nothing
// where it does not fit: then each violation of the language stands in
// `violations`, under `where` and with the expression.
std::optional<base::CheckedExpression> BindTruth(
    const std::string& expression, const Questionnaire& questionnaire,
    const std::string& where, std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
