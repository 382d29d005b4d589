#include "gateway/requests/request_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "test/v1/library.pb.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

using ::test::v1::Everything;

bool Exceeds(const std::string& bytes, std::size_t limit) {
  return HoldsMoreFields(bytes, *Everything::descriptor(), limit);
}

TEST(HoldsMoreFields, CountsWhatIsInsideOfFieldsToo) {
  Everything message;
  for (int i = 0; i < 10; ++i) {
    message.add_texts("");
    message.add_children()->add_children();
  }
  const std::string bytes = message.SerializeAsString();
  EXPECT_FALSE(Exceeds(bytes, 30));
  EXPECT_TRUE(Exceeds(bytes, 29));
}

TEST(HoldsMoreFields, CountsWhatItDoesNotKnow) {
  Everything message;
  auto& unknown = *message.GetReflection()->MutableUnknownFields(&message);
  for (int i = 0; i < 5; ++i) {
    unknown.AddVarint(9000, 1);
    unknown.AddFixed32(9001, 1);
    unknown.AddFixed64(9002, 1);
    unknown.AddLengthDelimited(9003, "\x08\x01");
  }
  unknown.AddGroup(9004)->AddVarint(1, 1);
  const std::string bytes = message.SerializeAsString();
  EXPECT_FALSE(Exceeds(bytes, 23));  // a group has a beginning and an end
  EXPECT_TRUE(Exceeds(bytes, 22));
}

TEST(HoldsMoreFields, TakesATextForOneField) {
  Everything message;
  message.add_texts(std::string(10'000, '\x08'));
  EXPECT_FALSE(Exceeds(message.SerializeAsString(), 1));
}

TEST(HoldsMoreFields, EndsAtBytesThatAreNoMessage) {
  Everything message;
  message.add_texts("text");
  std::string bytes = message.SerializeAsString();
  bytes.pop_back();
  EXPECT_FALSE(Exceeds(bytes + std::string(100, '\xff'), 2));
  EXPECT_FALSE(Exceeds(std::string(100, '\0'), 2));
  // Nested without end.
  std::string nested;
  const char tag = static_cast<char>(0x9a);
  for (int i = 0; i < 1000; ++i) nested += {tag, '\x01', '\x7f'};
  EXPECT_FALSE(Exceeds(nested, 500));
}

}  // namespace
}  // namespace welfare::gateway
