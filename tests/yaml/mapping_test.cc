#include "services/yaml/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::yaml {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Reads `text` by `read` and returns the faults, each with its place.
template <typename Read>
std::vector<std::string> FaultsOf(const std::string& text, const Read& read) {
  std::vector<base::Violation> faults;
  const auto node = ReadYaml("", text, faults);
  if (node.has_value()) {
    Mapping fields(*node, faults);
    read(fields);
  }
  std::vector<std::string> said;
  for (const base::Violation& fault : faults) {
    said.push_back(fault.field + " " + fault.reason + ": " + fault.description);
  }
  return said;
}

TEST(Mapping, ReadsWhatItIsAskedFor) {
  const auto faults = FaultsOf(
      "text: 本文\nnumber: -3\ntruth: true\ntexts: [a, 5]\none: x\n"
      "list:\n  - {a: 1}\nnames: {p1: x, p2: y}\n",
      [](Mapping& fields) {
        EXPECT_EQ(fields.RequiredText("text"), "本文");
        EXPECT_EQ(fields.RequiredInteger("number"), -3);
        EXPECT_TRUE(fields.Boolean("truth", false));
        EXPECT_THAT(fields.Texts("texts"), ElementsAre("a", "5"));
        EXPECT_THAT(fields.TextOrTexts("one"), ElementsAre("x"));
        EXPECT_THAT(fields.TextOrTexts("texts"), ElementsAre("a", "5"));
        int elements = 0;
        fields.Each("list", [&](const Node& element) {
          EXPECT_EQ(element.fields.size(), 1U);
          ++elements;
        });
        EXPECT_EQ(elements, 1);
        EXPECT_EQ(fields.Find("names")->fields[1].key, "p2");
        // What is absent and need not be there.
        EXPECT_EQ(fields.Text("no"), "");
        EXPECT_EQ(fields.Integer("no"), std::nullopt);
        EXPECT_TRUE(fields.Boolean("no", true));
        EXPECT_THAT(fields.Texts("no"), IsEmpty());
        EXPECT_EQ(fields.Find("no"), nullptr);
      });
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Mapping, RefusesEverythingWrongAtOnceEachAtItsPlace) {
  const auto faults = FaultsOf(
      "text: [a]\nnumber: 3rd\ntruth: yes\ntexts: [[a]]\nlist: a\n"
      "empty:\nlabell: x\nday: soon\n",
      [](Mapping& fields) {
        fields.Text("text");
        fields.Integer("number");
        fields.Boolean("truth", false);
        fields.Texts("texts");
        fields.Each("list", [](const Node&) {});
        fields.Text("empty");
        fields.RequiredText("label");
        fields.RequiredInteger("year");
        fields.Text("day");
        fields.RefuseKind("day", "a date");
        fields.Refuse("day", "DAY", "Another word.");
        fields.Refuse("", "WHOLE", "Of all.");
      });
  EXPECT_THAT(
      faults,
      ElementsAre(
          "line 1, column 7 FIELD_TYPE: The field `text` must be one value.",
          "line 2, column 9 FIELD_TYPE: The field `number` must be a whole "
          "number.",
          "line 3, column 8 FIELD_TYPE: The field `truth` must be true or "
          "false.",
          "line 4, column 8 FIELD_TYPE: The field `texts` must be a list of "
          "values.",
          "line 5, column 7 FIELD_TYPE: The field `list` must be a list.",
          "line 6, column 1 FIELD_TYPE: The field `empty` must be one value.",
          "line 1, column 1 FIELD_MISSING: The field `label` is needed here.",
          "line 1, column 1 FIELD_MISSING: The field `year` is needed here.",
          "line 8, column 6 FIELD_TYPE: The field `day` must be a date.",
          "line 8, column 6 DAY: Another word.",
          "line 1, column 1 WHOLE: Of all.",
          "line 7, column 1 FIELD_UNKNOWN: There is no field `labell` here."));
}

TEST(Mapping, AllOfItsKeysMayBeNames) {
  EXPECT_THAT(FaultsOf("a: 1\nb: 2\n",
                       [](Mapping& fields) {
                         ASSERT_EQ(fields.All().size(), 2U);
                         EXPECT_EQ(fields.All()[1].key, "b");
                       }),
              IsEmpty());
}

TEST(Mapping, AnotherKindHasNoFields) {
  EXPECT_THAT(
      FaultsOf("- a\n",
               [](Mapping& fields) { EXPECT_EQ(fields.Find("a"), nullptr); }),
      ElementsAre("line 1, column 1 NOT_A_MAPPING: Fields with values are "
                  "needed here."));
}

}  // namespace
}  // namespace welfare::yaml
