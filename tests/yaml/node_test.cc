#include "services/yaml/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::yaml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Said(const std::vector<base::Violation>& faults) {
  std::vector<std::string> said;
  for (const base::Violation& fault : faults) {
    said.push_back(fault.field + " " + fault.reason);
  }
  return said;
}

TEST(Node, KnowsWhereItStands) {
  std::vector<base::Violation> faults;
  const auto node = ReadYaml("a.yaml", "id: 予定\nlist:\n  - 5\n  -\n", faults);
  ASSERT_TRUE(node.has_value());
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(node->kind, Node::Kind::kMapping);
  ASSERT_EQ(node->fields.size(), 2U);
  EXPECT_EQ(node->fields[0].value.scalar, "予定");
  EXPECT_EQ(node->fields[0].value.place, "a.yaml line 1, column 5");
  EXPECT_EQ(node->fields[1].place, "a.yaml line 2, column 1");
  const Node& list = node->fields[1].value;
  ASSERT_EQ(list.elements.size(), 2U);
  EXPECT_EQ(list.elements[0].place, "a.yaml line 3, column 5");
  EXPECT_EQ(list.elements[1].kind, Node::Kind::kEmpty);
}

TEST(Node, EveryKeyThatStandsTwiceIsAFault) {
  std::vector<base::Violation> faults;
  const auto node =
      ReadYaml("", "a: 1\na: 2\nb:\n  c: 1\n  d: 2\n  c: 3\n  c: 4\n", faults);
  ASSERT_TRUE(node.has_value());
  EXPECT_EQ(node->fields[0].value.scalar, "1");
  EXPECT_THAT(Said(faults), ElementsAre("line 2, column 1 FIELD_REPEATED",
                                        "line 6, column 3 FIELD_REPEATED",
                                        "line 7, column 3 FIELD_REPEATED"));
}

TEST(Node, WhatIsNoYamlIsOneFaultAtItsPlace) {
  std::vector<base::Violation> faults;
  EXPECT_FALSE(ReadYaml("x", "a: b\nc: [d\n", faults).has_value());
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].reason, "YAML");
  EXPECT_THAT(faults[0].field, HasSubstr("x line "));
  EXPECT_THAT(faults[0].description, HasSubstr("This is no YAML: "));
}

TEST(Node, WhatRefersToItselfOrToTooMuchIsOneFault) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j == 0 ? "" : ", ") + before;
    bomb += "]\n";
  }
  const std::string deep = std::string(60, '[') + "x" + std::string(60, ']');
  for (const std::string& text :
       {bomb, std::string("a: &a [*a]\n"), "a: " + deep + "\n"}) {
    std::vector<base::Violation> faults;
    static_cast<void>(ReadYaml("", text, faults));
    ASSERT_EQ(faults.size(), 1U) << text.substr(0, 40);
    EXPECT_EQ(faults[0].reason, "TOO_LARGE");
  }
  std::vector<base::Violation> faults;
  EXPECT_FALSE(ReadYaml("", std::string(100'000, '['), faults).has_value());
  EXPECT_EQ(faults.size(), 1U);
}

TEST(Node, ColumnsAreCountedInCharacters) {
  std::vector<base::Violation> faults;
  const auto node = ReadYaml("", "a: 1\nb: {日本: 語, 値: x}\n", faults);
  ASSERT_TRUE(node.has_value());
  const std::vector<Field>& fields = node->fields[1].value.fields;
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].value.place, "line 2, column 9");
  EXPECT_EQ(fields[1].place, "line 2, column 12");
}

TEST(Node, AFileHasAnEnd) {
  std::string many = "[";
  for (int i = 0; i < 200'001; ++i) many += "x,";
  std::vector<base::Violation> faults;
  static_cast<void>(ReadYaml("", many + "]", faults));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].reason, "TOO_LARGE");
}

TEST(Node, AFileHoldsOneDocument) {
  std::vector<base::Violation> faults;
  EXPECT_TRUE(ReadYaml("", "a: 1\n---\na: 2\n", faults).has_value());
  EXPECT_THAT(Said(faults), ElementsAre("line 3, column 1 DOCUMENTS"));
  faults.clear();
  const auto nothing = ReadYaml("", "", faults);
  ASSERT_TRUE(nothing.has_value());
  EXPECT_EQ(nothing->kind, Node::Kind::kEmpty);
  EXPECT_EQ(nothing->place, "line 1, column 1");
}

}  // namespace
}  // namespace welfare::yaml
