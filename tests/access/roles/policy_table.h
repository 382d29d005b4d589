// tests/access/policy.csv: who may call what, as the table of roles says.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "services/access/identity.h"

namespace welfare::access {

// One row of the file; README.md says what the words mean.
struct Cell {
  std::string method;    // "survey.GetSubmission"
  std::string role;      // "manager", "none", "service:indicator"
  std::string relation;  // "own", "other", "none"
  std::string verdict;   // "allow", "deny", "rows", "hidden"
  std::string reason;

  // Names the cell in a failure.
  std::string ToString() const;
};

// All of the file. A row that cannot be read fails the test.
std::vector<Cell> ReadPolicyTable();

// The service "survey" and the method "survey.GetSubmission" of the contract;
// null where there is none.
const google::protobuf::ServiceDescriptor* FindService(
    const std::string& service);
const google::protobuf::MethodDescriptor* FindMethod(const std::string& method);

// Whom a cell speaks of: nobody known, a service, or its role granted for
// `survey`, or, where the relation is "other", for another one; the registrar's
// for every survey. A respondent is 131016-municipality. The subject is the
// role.
Identity IdentityOf(const Cell& cell, const std::string& survey,
                    const std::vector<std::string>& more_grants = {});

}  // namespace welfare::access
