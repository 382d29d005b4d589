#include "tests/access/roles/policy_table.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

namespace welfare::access {

std::string Cell::ToString() const {
  return method + " by " + role + " of " + relation + ": " + verdict + " (" +
         reason + ")";
}

std::vector<Cell> ReadPolicyTable() {
  const char* source = std::getenv("WELFARE_SOURCE_DIR");
  EXPECT_NE(source, nullptr);
  if (source == nullptr) return {};
  std::ifstream file(std::string(source) + "/tests/access/policy.csv");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "method,role,relation,verdict,reason");
  std::vector<Cell> cells;
  while (std::getline(file, line)) {
    std::istringstream parts(line);
    Cell cell;
    for (std::string* part : {&cell.method, &cell.role, &cell.relation,
                              &cell.verdict, &cell.reason}) {
      std::getline(parts, *part, ',');
      EXPECT_FALSE(part->empty()) << line;
    }
    cells.push_back(cell);
  }
  return cells;
}

const google::protobuf::ServiceDescriptor* FindService(
    const std::string& service) {
  const std::string word =
      static_cast<char>(service[0] - 'a' + 'A') + service.substr(1);
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "welfare." + service + ".v1." + word + "Service");
}

const google::protobuf::MethodDescriptor* FindMethod(
    const std::string& method) {
  const std::size_t dot = method.find('.');
  const auto* service = FindService(method.substr(0, dot));
  return service == nullptr ? nullptr
                            : service->FindMethodByName(method.substr(dot + 1));
}

Identity IdentityOf(const Cell& cell, const std::string& survey,
                    const std::vector<std::string>& more_grants) {
  constexpr std::string_view kService = "service:";
  if (cell.role == "none") return Identity::Anonymous();
  if (cell.role.starts_with(kService)) {
    return Identity::Service(cell.role.substr(kService.size()));
  }
  const bool other = cell.relation == "other";
  std::vector<std::string> grants = more_grants;
  // There is no registrar of another survey: whoever asks for one has nothing.
  if (cell.role != "registrar") {
    grants.push_back(cell.role + "@" + (other ? "elsewhere" : survey));
  } else if (!other) {
    grants.push_back("registrar@*");
  }
  const bool respondent = cell.role == "respondent";
  return *Identity::Make({.subject = cell.role,
                          .grants = grants,
                          .municipality_code = respondent ? "131016" : "",
                          .respondent_kind = respondent ? "municipality" : ""});
}

}  // namespace welfare::access
