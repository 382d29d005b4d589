#include "gateway/openapi/comments.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "gateway/assets.h"

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;

TEST(ReadComment, JoinsLinesToParagraphsAndItems) {
  const Comment comment = ReadComment(
      " Accepts what is\n handed in.\n\n Resource model:\n\n - A "
      "[Round][welfare.survey.v1.Round], named\n   `rounds/1`.\n - Another.\n");
  EXPECT_EQ(comment.text,
            "Accepts what is handed in.\n\nResource model:\n- A `Round`, named "
            "`rounds/1`.\n- Another.");
  EXPECT_TRUE(comment.errors.empty());
}

TEST(ReadComment, TellsErrorsApart) {
  const Comment comment = ReadComment(
      " Closes it.\n\n Errors:\n - `NOT_FOUND` (`ROUND_NOT_FOUND`): no such\n"
      "   round.\n - `ABORTED` (`A_B`, `C_D`):\n   see `etag` (quoted).\n");
  EXPECT_EQ(comment.text, "Closes it.");
  ASSERT_EQ(comment.errors.size(), 2U);
  EXPECT_EQ(comment.errors[0].code, "NOT_FOUND");
  EXPECT_THAT(comment.errors[0].reasons, ElementsAre("ROUND_NOT_FOUND"));
  EXPECT_EQ(comment.errors[0].when, "no such round.");
  EXPECT_EQ(comment.errors[1].code, "ABORTED");
  EXPECT_THAT(comment.errors[1].reasons, ElementsAre("A_B", "C_D"));
  EXPECT_EQ(comment.errors[1].when, "see `etag` (quoted).");
}

TEST(ReadComment, LeavesOutWhatIsSaidToBuf) {
  EXPECT_EQ(
      ReadComment(" buf:lint:ignore ENUM_VALUE_PREFIX\n The kind.\n").text,
      "The kind.");
}

TEST(ReadComment, TakesBracketsThatReferToNothingAsTheyAre) {
  EXPECT_EQ(ReadComment(" `pages[4]`, [a] and ][\n").text,
            "`pages[4]`, [a] and ][");
}

TEST(FirstSentence, EndsBeforeItsStop) {
  EXPECT_EQ(FirstSentence("Returns one. Of v1.2 too."), "Returns one");
  EXPECT_EQ(FirstSentence("Returns one"), "Returns one");
  EXPECT_EQ(FirstSentence("Lists them:\n- one"), "Lists them:");
  EXPECT_EQ(FirstSentence(""), "");
}

TEST(Comments, AreThoseOfTheContract) {
  google::protobuf::FileDescriptorSet files;
  const std::string_view linked = LinkedDescriptorSet();
  ASSERT_TRUE(
      files.ParseFromArray(linked.data(), static_cast<int>(linked.size())));
  const Comments comments(files);
  EXPECT_EQ(comments.Of("welfare.registry.v1.Municipality.etag").text,
            "Quoted entity tag derived from the version.");
  EXPECT_EQ(comments.Of("welfare.type.v1.Absence.Kind.KIND_UNSPECIFIED").text,
            "The answer has a value.");
  EXPECT_EQ(
      comments.Of("welfare.report.v1.ReportService.GetReport").errors.size(),
      1U);
  // Of what it imports, too.
  EXPECT_NE(comments.Of("google.rpc.BadRequest.FieldViolation").text, "");
  EXPECT_EQ(comments.Of("no.such.Name").text, "");
}

}  // namespace
}  // namespace welfare::gateway
