#include "tests/access/policy_table.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>

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

platform::Identity IdentityOf(const Cell& cell, const std::string& survey) {
  platform::Identity identity;
  identity.subject = cell.role;
  identity.unrestricted = false;
  if (cell.role == "none" || cell.role.starts_with("service:")) return identity;
  const bool other = cell.relation == "other";
  const std::string granted = other                      ? "elsewhere"
                              : cell.role == "registrar" ? "*"
                                                         : survey;
  identity.grants = {cell.role + "@" + granted};
  if (cell.role == "respondent") {
    identity.municipality_code = "131016";
    identity.respondent_kind = "municipality";
  }
  return identity;
}

}  // namespace welfare::access
