// A registry that holds Tokyo's real data and can be told to change or fail.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace grpc {
class Service;
}

namespace welfare::survey {

// Version 7 is the data of services/registry/data; version 8 differs in one
// fact: 131016 implements in FY2025.
class FakeRegistry {
 public:
  FakeRegistry();
  ~FakeRegistry();

  grpc::Service& service();

  void SetVersion(std::int64_t version);
  // The municipality of the code `id` had that code until FY2019 and has
  // `code` since.
  void ChangeCode(const std::string& id, const std::string& code);
  // The registry never knew whether this municipality implements in `year`.
  // Before the calls that are to see it.
  void Forget(const std::string& code, int year);
  // After so many rosters it is another registry, "registry-b".
  void RestoreAfter(int rosters);
  // From now on every call fails.
  void Break(bool broken);

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace welfare::survey
