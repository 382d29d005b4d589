// The vocabulary and the contract say the same words with the same numbers.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "services/base/absence.h"
#include "services/base/names/respondent.h"
#include "services/vocabulary/agreement.h"
#include "services/vocabulary/answer_type.h"
#include "services/vocabulary/basis.h"
#include "services/vocabulary/cell_flag.h"
#include "services/vocabulary/check.h"
#include "services/vocabulary/claim.h"
#include "services/vocabulary/implementing.h"
#include "services/vocabulary/measure.h"
#include "services/vocabulary/option_role.h"
#include "services/vocabulary/preparation.h"
#include "services/vocabulary/publish_level.h"
#include "services/vocabulary/submission_state.h"
#include "services/vocabulary/verdict.h"
#include "welfare/indicator/v1/indicator.pb.h"
#include "welfare/registry/v1/status.pb.h"
#include "welfare/survey/v1/codebook.pb.h"
#include "welfare/survey/v1/submission.pb.h"
#include "welfare/type/v1/absence.pb.h"
#include "welfare/type/v1/publish_level.pb.h"
#include "welfare/type/v1/respondent.pb.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::vocabulary {
namespace {

using Names = std::map<int, std::string>;

// The values of an enum of the contract without `prefix`, apart from 0, which
// says nothing.
Names InContract(const google::protobuf::EnumDescriptor& contract,
                 const std::string& prefix) {
  Names names;
  for (int i = 0; i < contract.value_count(); ++i) {
    const auto& value = *contract.value(i);
    if (value.number() == 0) continue;
    std::string name = value.name();
    EXPECT_EQ(name.rfind(prefix, 0), 0u) << name;
    names[value.number()] = name.substr(prefix.size());
  }
  return names;
}

template <typename Enum, std::size_t kSize>
Names InVocabulary(const Word<Enum> (&words)[kSize]) {
  Names names;
  for (const Word<Enum>& word : words) {
    EXPECT_TRUE(names.emplace(static_cast<int>(word.value), word.name).second);
    EXPECT_EQ(ToString(word.value), word.name);
    EXPECT_EQ(FindIn(words, word.name), word.value);
    EXPECT_EQ(FindIn(words, static_cast<int>(word.value)), word.value);
  }
  EXPECT_EQ(FindIn(words, "NO_SUCH_WORD"), std::nullopt);
  EXPECT_EQ(FindIn(words, 99), std::nullopt);
  return names;
}

TEST(Vocabulary, SubmissionState) {
  EXPECT_EQ(InVocabulary(kSubmissionStates),
            InContract(*survey::v1::Submission::State_descriptor(), "STATE_"));
}

TEST(Vocabulary, Basis) {
  EXPECT_EQ(InVocabulary(kBases),
            InContract(*type::v1::Basis::Kind_descriptor(), ""));
}

TEST(Vocabulary, AnswerType) {
  EXPECT_EQ(InVocabulary(kAnswerTypes),
            InContract(*survey::v1::Item::Type_descriptor(), "TYPE_"));
}

TEST(Vocabulary, PublishLevel) {
  EXPECT_EQ(
      InVocabulary(kPublishLevels),
      InContract(*type::v1::PublishLevel_descriptor(), "PUBLISH_LEVEL_"));
  EXPECT_EQ(InVocabulary(kPublishLevels),
            InContract(*survey::v1::Item::PublishLevel_descriptor(),
                       "PUBLISH_LEVEL_"));
}

TEST(Vocabulary, Measure) {
  EXPECT_EQ(InVocabulary(kMeasures),
            InContract(*indicator::v1::Indicator::Measure_descriptor(), ""));
}

TEST(Vocabulary, CellFlag) {
  EXPECT_EQ(InVocabulary(kCellFlags),
            InContract(*indicator::v1::Cell::Flag_descriptor(), ""));
}

TEST(Vocabulary, OptionRole) {
  EXPECT_EQ(InVocabulary(kOptionRoles),
            InContract(*indicator::v1::Cell::Role_descriptor(), "ROLE_"));
  EXPECT_EQ(static_cast<int>(OptionRole::kAnswer), 0);
}

TEST(Vocabulary, Check) {
  EXPECT_EQ(
      InVocabulary(kChecks),
      InContract(*indicator::v1::Statement::Check_descriptor(), "CHECK_"));
}

TEST(Vocabulary, Verdict) {
  EXPECT_EQ(
      InVocabulary(kVerdicts),
      InContract(*indicator::v1::Statement::Verdict_descriptor(), "VERDICT_"));
}

TEST(Vocabulary, Claim) {
  EXPECT_EQ(
      InVocabulary(kClaims),
      InContract(*indicator::v1::Statement::Claim_descriptor(), "CLAIM_"));
}

TEST(Vocabulary, Agreement) {
  EXPECT_EQ(InVocabulary(kAgreements),
            InContract(*indicator::v1::Statement::Agreement_descriptor(),
                       "AGREEMENT_"));
}

TEST(Vocabulary, Implementing) {
  EXPECT_EQ(
      InVocabulary(kImplementing),
      InContract(*registry::v1::Implementing_descriptor(), "IMPLEMENTING_"));
}

TEST(Vocabulary, Preparation) {
  EXPECT_EQ(
      InVocabulary(kPreparation),
      InContract(*registry::v1::Preparation_descriptor(), "PREPARATION_"));
}

TEST(Vocabulary, Absence) {
  Names names;
  for (const base::Absence absence : base::kAllAbsences) {
    names[static_cast<int>(absence)] = base::ToString(absence);
  }
  Names contract = InContract(*type::v1::Absence::Kind_descriptor(), "");
  EXPECT_EQ(names, contract);
}

TEST(Vocabulary, RespondentKind) {
  const Names names = {
      {static_cast<int>(base::RespondentKind::kMunicipality), "MUNICIPALITY"},
      {static_cast<int>(base::RespondentKind::kCouncil), "COUNCIL"}};
  EXPECT_EQ(names, InContract(*type::v1::RespondentKind_descriptor(),
                              "RESPONDENT_KIND_"));
}

}  // namespace
}  // namespace welfare::vocabulary
