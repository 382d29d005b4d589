#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <type_traits>

namespace welfare::support {

template <typename M>
bool ProtoMatches(const M& actual, const std::string& expected_text,
                  bool partially, std::string* explanation) {
  std::remove_cvref_t<M> expected;
  if (!google::protobuf::TextFormat::ParseFromString(expected_text,
                                                     &expected)) {
    *explanation = "the expected text is no " + expected.GetTypeName();
    return false;
  }
  google::protobuf::util::MessageDifferencer differencer;
  if (partially) {
    differencer.set_scope(google::protobuf::util::MessageDifferencer::PARTIAL);
  }
  differencer.ReportDifferencesToString(explanation);
  return differencer.Compare(expected, actual);
}

// Matches a message equal to the one in text format:
//   EXPECT_THAT(round, EqualsProto(R"pb(name:
//   "surveys/jusou/rounds/2025")pb"));
MATCHER_P(EqualsProto, text, "equals the message " + std::string(text)) {
  std::string explanation;
  const bool equal = ProtoMatches(arg, text, false, &explanation);
  *result_listener << explanation;
  return equal;
}

// Matches a message whose fields named in the text have the text's values;
// fields that the text leaves out may be anything.
MATCHER_P(Partially, text, "has the fields " + std::string(text)) {
  std::string explanation;
  const bool equal = ProtoMatches(arg, text, true, &explanation);
  *result_listener << explanation;
  return equal;
}

}  // namespace welfare::support
