// Over HTTP a request has a path, a query and a body: what one of them names
// cannot be named otherwise by another, and no token is another's.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tests/access/roles/cell_request.h"
#include "tests/access/roles/http_call.h"
#include "tests/access/roles/policy_table.h"
#include "tests/access/roles/served_platform.h"
#include "tests/access/roles/shown_words.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::MethodDescriptor;

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The last name of a path: "name" of "submission.name".
std::string LastOf(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

class JsonDoor : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    served_ = new ServedPlatform;
    served_->Start();
    before_ = served_->Snapshot();
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(served_->Snapshot(), before_);
    delete served_;
  }

  // Methods whose path names something of a survey.
  static std::set<std::string> Methods() {
    std::set<std::string> methods;
    for (const Cell& cell : ReadPolicyTable()) {
      if (!cell.method.starts_with("registry.") &&
          !PathField(*FindMethod(cell.method)).empty()) {
        methods.insert(cell.method);
      }
    }
    return methods;
  }

  // Sends what names `path` in its path and `beside` elsewhere. Whose the path
  // is decides, if anything is answered at all.
  void Send(const std::string& name, const HttpRequest& request, bool is_own,
            const Identity& who) {
    const MethodDescriptor& method = *FindMethod(name);
    const Answer answer = served_->CallJson(method, request, who);
    ++calls_;
    const std::string what = who.grants().front().ToString() + " " +
                             request.verb + " " + request.target + " " +
                             request.body + ": " + answer.status.ToString();
    std::set<std::string> words = WordsIn(answer.bytes);
    for (const auto& message : answer.messages) {
      words.merge(WordsIn(*message));
    }
    for (const std::string& word : words) {
      EXPECT_TRUE(MayBeShown(who, word, false)) << what << " shows " << word;
    }
    const bool is_public =
        method.options().GetExtension(options::v1::policy).audience() ==
        options::v1::AUDIENCE_PUBLIC;
    if (is_own || is_public) return;
    EXPECT_FALSE(answer.status.ok()) << what;
    EXPECT_TRUE(answer.reason == "ACCESS_DENIED" ||
                answer.reason == "REPORT_NOT_FOUND" ||
                absl::IsInvalidArgument(answer.status))
        << what;
  }

  // The request with `value` once more for the field of its path: in the query,
  // and in the body where it has one.
  static std::vector<HttpRequest> Twice(const MethodDescriptor& method,
                                        const HttpRequest& request,
                                        const std::string& value) {
    std::vector<HttpRequest> twice(1, request);
    const std::string field = PathField(method);
    const bool first = request.target.find('?') == std::string::npos;
    twice[0].target += (first ? "?" : "&") + field + "=" + value;
    if (request.body.empty()) return twice;
    twice.push_back(request);
    const std::string rest = request.body.substr(1);
    twice[1].body = "{\"" + LastOf(field) + "\":\"" + value + "\"" +
                    (rest == "}" ? "" : ",") + rest;
    return twice;
  }

  static ServedPlatform* served_;
  static std::string before_;
  int calls_ = 0;
};

ServedPlatform* JsonDoor::served_ = nullptr;
std::string JsonDoor::before_;

TEST_F(JsonDoor, APathIsNotOverruledByAQueryOrABody) {
  for (const std::string& name : Methods()) {
    const MethodDescriptor& method = *FindMethod(name);
    for (const Way& way : WaysToAsk(name, "own")) {
      const HttpRequest own = *Spell(method, *way.request);
      const std::string at = own.target.substr(
          4, own.target.find_first_of("?:") - 4);  // behind /v1/
      const auto try_both = [&](const std::string& from, const std::string& to,
                                const Identity& who) {
        HttpRequest other = own;
        other.target = Replaced(other.target, from, to);
        const std::string beside = Replaced(at, from, to);
        if (beside == at) return;
        for (const HttpRequest& one : Twice(method, own, beside)) {
          Send(name, one, true, who);
        }
        for (const HttpRequest& one : Twice(method, other, at)) {
          Send(name, one, false, who);
        }
      };
      for (const char* role : {"manager@pets", "reviewer@pets"}) {
        try_both("pets", "elsewhere", support::Granted({role}));
      }
      const Identity respondent = support::RespondentOf("pets", "131016");
      try_both("pets", "elsewhere", respondent);
      try_both(kSelf, "131024-municipality", respondent);
    }
  }
  EXPECT_GT(calls_, 400);
}

// Nor by how it is spelt.
TEST_F(JsonDoor, APathNamesWhatItNamesHoweverItIsSpelt) {
  const Identity who = support::Granted({"manager@pets"});
  for (const std::string& name : Methods()) {
    const MethodDescriptor& method = *FindMethod(name);
    const HttpRequest own = *Spell(method, *MakeRequest(name, "own"));
    for (const std::string survey :
         {"pets/../elsewhere", "pets%2F..%2Felsewhere", "elsewhere%2F..%2Fpets",
          "%65lsewhere", "elsewhere%00pets", "pets%2Frounds%2F..%2Felsewhere",
          "elsewhere;pets", "elsewhere%3Fpets", "elsewhere%23pets",
          "/elsewhere", "./elsewhere", "ELSEWHERE", "*", "-", ""}) {
      HttpRequest odd = own;
      odd.target = Replaced(odd.target, "pets", survey);
      const Answer answer = served_->CallJson(method, odd, who);
      ++calls_;
      for (const auto& message : answer.messages) {
        for (const std::string& word : WordsIn(*message)) {
          EXPECT_TRUE(MayBeShown(who, word, false)) << odd.target << word;
        }
      }
      const bool is_public =
          method.options().GetExtension(options::v1::policy).audience() ==
          options::v1::AUDIENCE_PUBLIC;
      EXPECT_TRUE(is_public || !answer.status.ok()) << odd.target;
    }
  }
  EXPECT_GT(calls_, 300);
}

}  // namespace
}  // namespace welfare::access
