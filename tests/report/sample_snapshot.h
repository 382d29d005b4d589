// Snapshots for tests of the report.
#pragma once

#include <string>

#include "services/report/snapshot/snapshot.h"
#include "services/report/template/template.h"

namespace welfare::report {

// A small round of five municipalities with every kind of figure, absence and
// statement, and a smaller round before it.
Snapshot SmallSnapshot();

// A template of three pages over SmallSnapshot.
std::string SmallTemplateYaml();

// One value for every item of the questionnaire in services/survey/data, with
// made-up counts; both years. For tests of the whole template, and to look at.
Snapshot QuestionnaireSnapshot();

// Reads a file of the source tree.
std::string ReadSource(const std::string& path);

}  // namespace welfare::report
