// From a stored report to the feedback sheets of its round.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/write_path.h"
#include "services/report/peers/answers_source.h"
#include "services/report/render/pdf/print_font.h"
#include "services/report/shelf/template_shelf.h"
#include "services/report/snapshot/answers.h"
#include "services/report/store/feedback_store.h"
#include "services/report/store/report_store.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns the sheets of `report` in their files: of every respondent, and of
// every pair; each pair behind its council. Equal content gives equal bytes.
// `declared`: which questions show last year beside this year.
//
// Errors: CANCELLED, DEADLINE_EXCEEDED: the call ended; FAILED_PRECONDITION:
//   PAGE_OVERFLOW, GLYPH_MISSING; INTERNAL, RENDER_FAILED.
absl::StatusOr<std::vector<NewSheet>> RenderSheets(
    const base::CallLimits& limits, const std::string& report,
    FeedbackContent content, Comparabilities declared, const PrintFont& font);

// Any thread may call it.
class FeedbackMaker {
 public:
  struct Dependencies {
    AnswersSource& source;
    TemplateShelf& templates;
    FeedbackStore& store;
    PrintFont font;
    // File of the key that signs what respondents are sent; empty: nothing is
    // signed.
    std::string signing_key_file;
  };
  // What is referred to must outlive the maker.
  explicit FeedbackMaker(Dependencies dependencies)
      : parts_(std::move(dependencies)) {}

  // Makes the sheets of `report` from its revisions and its template, and stores
  // them by `write`.
  //
  // Errors: ALREADY_EXISTS, FEEDBACK_EXISTS; FAILED_PRECONDITION,
  //   FEEDBACK_LATE, SIGNING_KEY_UNUSABLE; INVALID_ARGUMENT, REQUEST_ID_REUSED;
  //   those of AnswersSource::Take and RenderSheets.
  absl::StatusOr<SheetCounts> Make(const platform::CallContext& call,
                                   const StoredReport& report,
                                   const platform::WriteRequest& write) const;

 private:
  // What the template of `report` declares of years.
  absl::StatusOr<Comparabilities> DeclaredBy(const platform::CallContext& call,
                                             const StoredReport& report,
                                             const base::RoundName& round) const;

  Dependencies parts_;
};

}  // namespace welfare::report
