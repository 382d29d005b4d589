// A round as the survey sends it, before any basis.
#pragma once

#include <memory>
#include <vector>

#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

struct FetchedRound {
  RoundHeader header;
  std::shared_ptr<const Questionnaire> questionnaire;
  std::vector<FrameRow> rows;
  std::vector<RawColumn> columns;
};

}  // namespace welfare::indicator
