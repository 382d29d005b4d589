// Loads a registry with synthetic municipalities and status records, and reads
// all changes back. Prints one JSON object about what it did.
//
//   bench-registry-load --server A --task import --municipalities 1741
//   --programs 2 bench-registry-load --server A --task watch
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/names/municipality_code.h"
#include "tests/bench/flags.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::bench {
namespace {

namespace v1 = ::welfare::registry::v1;
using Clock = std::chrono::steady_clock;

constexpr int kLastYear = 2025;

// The codes of `count` municipalities: prefectures 01 to 47, from number 100
// on, each with its check digit.
std::vector<std::string> Codes(int count) {
  constexpr int kPrefectures = 47;
  std::vector<std::string> codes;
  for (int i = 0; i < count; ++i) {
    char five[16];
    std::snprintf(five, sizeof five, "%02d%03d", i % kPrefectures + 1,
                  100 + i / kPrefectures);
    codes.push_back(five);
    codes.back() += base::MunicipalityCode::CheckDigit(five);
  }
  return codes;
}

// Cuts lines into batches of CSV, each with the header.
class Batches {
 public:
  Batches(std::string header, int rows)
      : header_(std::move(header)), rows_(rows) {}

  void Add(const std::string& line) {
    if (in_last_ == 0) batches_.push_back(header_ + "\n");
    batches_.back() += line + "\n";
    in_last_ = (in_last_ + 1) % rows_;
  }
  const std::vector<std::string>& batches() const { return batches_; }

 private:
  std::string header_;
  int rows_;
  int in_last_ = 0;
  std::vector<std::string> batches_;
};

Batches Municipalities(const std::vector<std::string>& codes, int rows) {
  Batches batches("code,name,kana,name_en,type,area,council_name", rows);
  for (const std::string& code : codes) {
    batches.Add(code + ",架空" + code + "市,カクウシ,Kaku " + code +
                ",city,市部,架空" + code + "市社会福祉協議会");
  }
  return batches;
}

// One programme in order of the years: no later record rewrites what stands.
Batches StatusRecords(const std::vector<std::string>& codes, int program,
                      int years, int rows) {
  Batches batches(
      "program,municipality_code,fiscal_year,implementing,preparation,note",
      rows);
  const std::string name = "bench" + std::to_string(program);
  for (int year = kLastYear - years + 1; year <= kLastYear; ++year) {
    for (const std::string& code : codes) {
      batches.Add(name + "," + code + "," + std::to_string(year) +
                  ",no,unknown,");
    }
  }
  return batches;
}

// Sends the batches on one stream, the next after the answer to the last, and
// counts them in `number`; returns the number of records created, or nothing
// after saying why.
template <typename Request, typename Stream>
std::optional<std::int64_t> Send(const Batches& batches, int& number,
                                 Stream& stream) {
  std::int64_t created = 0;
  for (const std::string& csv : batches.batches()) {
    Request request;
    request.mutable_batch()->set_csv(csv);
    char id[40];
    std::snprintf(id, sizeof id, "00000000-0000-4000-8000-%04x%08x",
                  static_cast<unsigned>(csv.size() & 0xffff),
                  static_cast<unsigned>(++number));
    request.set_request_id(id);
    type::v1::ImportResult result;
    if (!stream.Write(request) || !stream.Read(&result)) break;
    if (result.rejects_size() > 0) {
      std::fprintf(stderr, "rejected: %s\n",
                   result.rejects(0).ShortDebugString().c_str());
      return std::nullopt;
    }
    created += result.counts().created();
  }
  stream.WritesDone();
  if (const grpc::Status status = stream.Finish(); !status.ok()) {
    std::fprintf(stderr, "import failed: %s\n", status.error_message().c_str());
    return std::nullopt;
  }
  return created;
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int Import(v1::RegistryService::Stub& stub, int municipalities, int programs,
           int years, int rows) {
  const std::vector<std::string> codes = Codes(municipalities);
  const Batches places = Municipalities(codes, rows);
  // A stream for each programme: a file has a bound.
  std::vector<Batches> records;
  for (int program = 0; program < programs; ++program) {
    records.push_back(StatusRecords(codes, program, years, rows));
  }
  int number = 0;
  const auto start = Clock::now();
  grpc::ClientContext places_context;
  const auto places_stream = stub.ImportMunicipalities(&places_context);
  const auto made =
      Send<v1::ImportMunicipalitiesRequest>(places, number, *places_stream);
  if (!made.has_value()) return 1;
  std::int64_t recorded = 0;
  for (const Batches& program : records) {
    grpc::ClientContext context;
    const auto stream = stub.ImportStatusRecords(&context);
    const auto created =
        Send<v1::ImportStatusRecordsRequest>(program, number, *stream);
    if (!created.has_value()) return 1;
    recorded += *created;
  }
  const double seconds = SecondsSince(start);
  std::printf(
      "{\"municipalities\": %lld, \"status_records\": %lld, "
      "\"seconds\": %.6f, \"rows_per_second\": %.1f}\n",
      static_cast<long long>(*made), static_cast<long long>(recorded), seconds,
      static_cast<double>(*made + recorded) / seconds);
  return 0;
}

int Watch(v1::RegistryService::Stub& stub) {
  const auto start = Clock::now();
  grpc::ClientContext context;
  const auto reader = stub.StreamChanges(&context, v1::StreamChangesRequest{});
  v1::StreamChangesResponse response;
  std::int64_t changes = 0;
  std::int64_t messages = 0;
  std::int64_t version = 0;
  while (reader->Read(&response)) {
    changes += response.changes_size();
    ++messages;
    version = response.version();
  }
  if (const grpc::Status status = reader->Finish(); !status.ok()) {
    std::fprintf(stderr, "watch failed: %s\n", status.error_message().c_str());
    return 1;
  }
  const double seconds = SecondsSince(start);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto cpu = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  std::printf(
      "{\"changes\": %lld, \"messages\": %lld, \"version\": %lld, "
      "\"seconds\": %.6f, \"changes_per_second\": %.1f, "
      "\"client_cpu_seconds\": %.6f}\n",
      static_cast<long long>(changes), static_cast<long long>(messages),
      static_cast<long long>(version), seconds,
      static_cast<double>(changes) / seconds,
      cpu(used.ru_utime) + cpu(used.ru_stime));
  return 0;
}

int Main(int argc, char** argv) {
  std::string server;
  std::string task;
  int municipalities = 1741;  // of Japan, 2025
  int programs = 1;
  int years = 20;
  int rows = 5000;
  if (const auto end = ReadFlags(
          "Fills a registry (--task=import) or reads it back (--task=watch).",
          {{"--server", "Address of the registry", &server, true},
           {"--task", "import or watch", &task, true},
           {"--municipalities", "To import", &municipalities},
           {"--programs", "To import", &programs},
           {"--years", "To import", &years},
           {"--batch-rows", "Rows of one message", &rows}},
          argc, argv)) {
    return *end;
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  const auto stub = v1::RegistryService::NewStub(grpc::CreateCustomChannel(
      server, grpc::InsecureChannelCredentials(), arguments));
  return task == "import" ? Import(*stub, municipalities, programs, years, rows)
                          : Watch(*stub);
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
