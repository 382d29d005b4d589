#include "gateway/requests/write_headers.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/answers/entity_tag.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::gateway {
namespace {

namespace v1 = welfare::registry::v1;

const HttpRoute& RouteOf(const std::string& method) {
  static const HttpRoutes* routes = [] {
    const std::string services[] = {"welfare.registry.v1.RegistryService"};
    auto made = HttpRoutes::Make(
        *v1::Municipality::descriptor()->file()->pool(), services);
    EXPECT_TRUE(made.ok()) << made.status();
    return new HttpRoutes(*std::move(made));
  }();
  for (const HttpRoute& route : routes->all()) {
    if (route.method->name() == method) return route;
  }
  ADD_FAILURE() << method;
  return routes->at(0);
}

// The reason of the failure, or the etags that are meant.
std::string EtagsOf(const std::string& method, const std::string& if_match) {
  const auto read = ReadWriteHeaders({{"if-match", if_match}}, RouteOf(method));
  if (const auto* failure = std::get_if<Failure>(&read)) {
    return InfoOf(*failure).reason();
  }
  const auto& headers = std::get<WriteHeaders>(read);
  EXPECT_TRUE(headers.compares);
  std::string out;
  for (const std::string& etag : headers.etags) out += etag + ' ';
  return out;
}

TEST(WriteHeaders, IfMatchIsTheEtagOfTheResource) {
  const AnswerName name{.state = ShortDigest("s"),
                        .form = ShortDigest("f"),
                        .gzip = true,
                        .resource = "\"store-7\""};
  const std::string ours = '"' + name.Opaque() + '"';
  for (const char* method :
       {"UpdateMunicipality", "DeleteMunicipality", "RecordStatus"}) {
    EXPECT_EQ(EtagsOf(method, ours), "\"store-7\" ") << method;
    EXPECT_EQ(EtagsOf(method, "\"store-7\", " + ours), "\"store-7\" ");
    EXPECT_EQ(EtagsOf(method, "*"), "");
  }
  // What is equal to nothing stays so: weak tags, tags of answers that are no
  // resource, and bytes that no field holds.
  EXPECT_EQ(EtagsOf("DeleteMunicipality", "W/" + ours), "W/" + ours + ' ');
  AnswerName bare = name;
  bare.resource.clear();
  EXPECT_EQ(EtagsOf("DeleteMunicipality", '"' + bare.Opaque() + '"'), "\"-\" ");
  EXPECT_EQ(EtagsOf("DeleteMunicipality", "\"\xe3\x81\""), "\"-\" ");
  EXPECT_EQ(EtagsOf("DeleteMunicipality", "\"\""), "\"\" ");
}

TEST(WriteHeaders, NothingIsTakenForCheckedThatIsNot) {
  // A new resource has no etag to compare.
  EXPECT_EQ(EtagsOf("CreateMunicipality", "\"a\""), "PRECONDITION_UNSUPPORTED");
  EXPECT_EQ(EtagsOf("CreateMunicipality", "*"), "PRECONDITION_UNSUPPORTED");
  EXPECT_EQ(EtagsOf("UpdateMunicipality", "a"), "MALFORMED_HEADER");
  std::string many = "\"0\"";
  for (std::size_t i = 1; i <= kMaxWantedEtags; ++i) {
    many += ",\"" + std::to_string(i) + '"';
  }
  EXPECT_EQ(EtagsOf("UpdateMunicipality", many), "MALFORMED_HEADER");
  const auto none_of =
      ReadWriteHeaders({{"if-none-match", "*"}}, RouteOf("UpdateMunicipality"));
  ASSERT_TRUE(std::holds_alternative<Failure>(none_of));
  EXPECT_EQ(InfoOf(std::get<Failure>(none_of)).reason(),
            "PRECONDITION_UNSUPPORTED");
}

TEST(WriteHeaders, IdempotencyKeyIsAUuid) {
  const auto key = [](std::vector<std::string> values,
                      const std::string& method = "CreateMunicipality") {
    std::vector<Header> headers;
    for (std::string& value : values) {
      headers.push_back({"idempotency-key", std::move(value)});
    }
    const auto read = ReadWriteHeaders(headers, RouteOf(method));
    const auto* failure = std::get_if<Failure>(&read);
    return failure != nullptr ? InfoOf(*failure).reason()
                              : std::get<WriteHeaders>(read).request_id;
  };
  const std::string uuid = "8e03978e-40d5-43e8-bc93-6894a57f9324";
  EXPECT_EQ(key({}), "");
  EXPECT_EQ(key({uuid}), uuid);
  EXPECT_EQ(key({'"' + uuid + '"'}), uuid);
  for (const std::string& wrong : std::vector<std::string>{
           "", "\"", "\"\"", "1", uuid + "0", uuid.substr(1), '"' + uuid,
           uuid + ";a=1", "8e03978e-40d5-43e8-bc93_6894a57f9324",
           "8e03978g-40d5-43e8-bc93-6894a57f9324", std::string(8192, '8')}) {
    EXPECT_EQ(key({wrong}), "MALFORMED_HEADER") << wrong;
  }
  EXPECT_EQ(key({uuid, uuid}), "MALFORMED_HEADER");
}

TEST(WriteHeaders, ArePutIntoTheRequest) {
  const HttpRoute& route = RouteOf("UpdateMunicipality");
  const WriteHeaders headers{.compares = true,
                             .etags = {"\"a\"", "\"b\"", "\"c\""},
                             .request_id = "id"};
  v1::UpdateMunicipalityRequest request;
  EXPECT_FALSE(
      ApplyWriteHeaders(headers, route, base::Language::kEnglish, request));
  EXPECT_EQ(request.municipality().etag(), "\"a\"");
  EXPECT_EQ(request.request_id(), "id");
  // Twice the same is no contradiction.
  EXPECT_FALSE(
      ApplyWriteHeaders(headers, route, base::Language::kEnglish, request));
  request.mutable_municipality()->set_etag("\"b\"");
  request.set_request_id("other");
  const auto failure =
      ApplyWriteHeaders(headers, route, base::Language::kEnglish, request);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(InfoOf(*failure).reason(), "INVALID_REQUEST");
  google::rpc::BadRequest bad;
  for (const auto& detail : failure->status.details()) detail.UnpackTo(&bad);
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "municipality.etag");
  EXPECT_EQ(bad.field_violations(1).field(), "request_id");
}

Failure Mismatch(const std::string& current) {
  google::rpc::Status status;
  status.set_code(10);
  google::rpc::ErrorInfo info;
  info.set_reason("ETAG_MISMATCH");
  if (!current.empty()) (*info.mutable_metadata())["etag"] = current;
  status.add_details()->PackFrom(info);
  return FromStatus(status);
}

TEST(WriteHeaders, OneOfSeveralEtagsIsFound) {
  const HttpRoute& route = RouteOf("DeleteMunicipality");
  const auto next = [&](const std::string& current,
                        std::vector<std::string> etags) {
    WriteHeaders headers{
        .compares = true, .etags = std::move(etags), .request_id = ""};
    v1::DeleteMunicipalityRequest request;
    return TakeNextEtag(Mismatch(current), route, headers, request)
               ? request.etag() + std::to_string(headers.etags.size())
               : "none";
  };
  EXPECT_EQ(next("c", {"a", "b", "c"}), "c2");
  EXPECT_EQ(next("d", {"a", "b", "c"}), "none");
  EXPECT_EQ(next("a", {"a"}), "none");
  // A service that does not say what is current is asked for each.
  EXPECT_EQ(next("", {"a", "b", "c"}), "b2");
}

TEST(WriteHeaders, GiveTheirFailuresAStatus) {
  Failure failure = Mismatch("a");
  EXPECT_EQ(failure.http_status, 409);
  SetStatusOfHeaders({}, failure);
  EXPECT_EQ(failure.http_status, 409);
  SetStatusOfHeaders({.compares = true, .etags = {}, .request_id = ""},
                     failure);
  EXPECT_EQ(failure.http_status, 412);
}

}  // namespace
}  // namespace welfare::gateway
