// Feedback sheets as models: what one respondent answered against what all did,
// and a municipality beside its council.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/model/feedback/answer_words.h"
#include "services/report/model/feedback/own_figure.h"
#include "services/report/model/feedback/pair_concepts.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/answers.h"
#include "services/report/template/template.h"

namespace welfare::report {

// A value: building a sheet reads it and changes nothing. Any thread may call
// it.
class FeedbackBuilder {
 public:
  // `declared`: of years, by the template of the report; what is not declared
  // shows no last year. `has_glyph` is kept.
  FeedbackBuilder(FeedbackContent content, Comparabilities declared,
                  HasGlyph has_glyph);

  // Positions of a municipality and its council.
  struct Pair {
    std::size_t municipality = 0;
    std::size_t council = 0;
  };

  const std::vector<RespondentAnswers>& respondents() const {
    return content_.now.respondents;
  }
  bool synthetic() const { return content_.figures.round.synthetic; }
  // Every municipality whose council is asked as well; none where the
  // questionnaire has no facts that both state.
  std::vector<Pair> Pairs() const;
  // Whether the level of every question on the sheet of a pair shows
  // respondents what others answered. Else managers and reviewers alone read it.
  bool PairsShownToRespondents() const;

  // Returns the sheet of a respondent; `digest` is printed as its number.
  ReportModel OwnSheet(std::size_t respondent, std::string_view digest) const;
  ReportModel PairSheet(const Pair& pair, std::string_view digest) const;

 private:
  // A question of the round before that asks the same.
  const AskedItem* FindBefore(const AskedItem& item, std::size_t& at) const;
  const RespondentAnswers* FindBefore(const RespondentAnswers& one) const;
  const IndicatorValue* FindValue(const AskedItem& item,
                                  base::RespondentKind kind) const;
  // The note that says why last year does not stand beside a question; empty
  // where it does, and where there was no round. `years` may be null.
  std::string WhyNoLastYear(const AskedItem& item, base::RespondentKind kind,
                            const TwoYears* years) const;
  std::string TitleOf(const AskedItem& item) const;
  OwnQuestion QuestionOf(std::size_t item, const RespondentAnswers& now,
                         const RespondentAnswers* before) const;
  ReportModel Begin(std::string whose, std::string restriction,
                    std::string id) const;
  Page Cover(const ReportModel& model, std::string_view addressee,
             std::string_view digest) const;
  Page Request(const RespondentAnswers& now) const;
  Page Guide(const ReportModel& model) const;
  void AddChanges(const RespondentAnswers& now, const RespondentAnswers* before,
                  ReportModel& model) const;
  void AddSections(const RespondentAnswers& now,
                   const RespondentAnswers* before, ReportModel& model) const;
  void AddNotAsked(const RespondentAnswers& now, ReportModel& model) const;
  Figure FactFigure(const PairedFact& fact, const Pair& pair) const;
  static void Finish(ReportModel& model);

  FeedbackContent content_;
  Comparabilities declared_;
  std::vector<PairedFact> facts_;
  bool replaced_ = false;  // characters that cannot be printed
};

}  // namespace welfare::report
