#include "services/indicator/peers/survey_peer.h"

#include <grpcpp/channel.h>

#include <utility>
#include <vector>

#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/indicator/errors.h"
#include "services/indicator/peers/convert.h"
#include "services/indicator/peers/peer_failure.h"
#include "services/indicator/peers/peer_versions.h"
#include "services/platform/rpc/peer_call.h"
#include "services/platform/rpc/status_mapping.h"

namespace welfare::indicator {
namespace {

using platform::PeerCall;

absl::Status SurveyFailure(const platform::CallContext& call,
                           const grpc::Status& status) {
  return PeerFailure(call, "survey", &SurveyUnavailable,
                     platform::FromGrpcStatus(status));
}

// The same for calls that name a round.
absl::Status RoundFailure(const platform::CallContext& call,
                          const grpc::Status& status,
                          const base::RoundName& name, std::int64_t revision) {
  const absl::Status failure = platform::FromGrpcStatus(status);
  switch (failure.code()) {
    case absl::StatusCode::kNotFound:
      return RoundNotFound(name.ToString());
    case absl::StatusCode::kFailedPrecondition:
      if (IsOtherStore(failure)) return failure;
      return RoundNotOpened(name.ToString());
    case absl::StatusCode::kOutOfRange:
      return VersionNotReached(name.ToString(), revision, 0);
    default:
      return PeerFailure(call, "survey", &SurveyUnavailable, failure);
  }
}

// Adds a column, or the next rows of the last one: a column whose texts are
// long comes in several messages.
//
// Errors: those of PeerAnswerInvalid: rows are missing.
absl::Status Add(const survey::v1::Column& message,
                 std::vector<RawColumn>& columns) {
  RawColumn column = FromProto(message);
  if (message.first_row() == 0) {
    columns.push_back(std::move(column));
    return absl::OkStatus();
  }
  if (columns.empty() || columns.back().item != column.item ||
      columns.back().row != column.row ||
      columns.back().absences.size() !=
          static_cast<std::size_t>(message.first_row())) {
    return PeerAnswerInvalid("survey", "rows of a column are missing");
  }
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  RawColumn& whole = columns.back();
  append(whole.absences, column.absences);
  append(whole.codes, column.codes);
  append(whole.integers, column.integers);
  append(whole.texts, column.texts);
  return absl::OkStatus();
}

}  // namespace

struct SurveyPeer::Stub {
  std::unique_ptr<survey::v1::SurveyService::Stub> service;
};

SurveyPeer::SurveyPeer(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(std::make_unique<Stub>(
          Stub{survey::v1::SurveyService::NewStub(channel)})) {}

SurveyPeer::~SurveyPeer() = default;

absl::StatusOr<RoundHeader> SurveyPeer::GetRound(
    const platform::CallContext& call, const base::RoundName& name) const {
  PeerCall peer(call);
  survey::v1::GetRoundRequest request;
  request.set_name(name.ToString());
  survey::v1::Round round;
  const grpc::Status status =
      stub_->service->GetRound(peer.context(), request, &round);
  if (!status.ok()) return RoundFailure(call, status, name, 0);
  return FromProto(round);
}

absl::Status SurveyPeer::CheckStore(const platform::CallContext& call,
                                    const base::RoundName& name,
                                    std::int64_t revision,
                                    const std::string& incarnation) const {
  PeerCall peer(call);
  // The smallest read that takes a pin.
  survey::v1::ListSubmissionsRequest request;
  request.set_parent(name.ToString());
  request.set_page_size(1);
  request.set_data_version(revision);
  request.set_data_incarnation(incarnation);
  survey::v1::ListSubmissionsResponse response;
  const grpc::Status status =
      stub_->service->ListSubmissions(peer.context(), request, &response);
  if (!status.ok()) return RoundFailure(call, status, name, revision);
  return absl::OkStatus();
}

absl::StatusOr<FetchedRound> SurveyPeer::FetchRound(
    const platform::CallContext& call, const base::RoundName& name,
    std::int64_t revision) const {
  PeerCall peer(call);
  survey::v1::StreamRoundColumnsRequest request;
  request.set_name(name.ToString());
  request.set_revision(revision);
  const auto reader =
      stub_->service->StreamRoundColumns(peer.context(), request);
  FetchedRound fetched;
  absl::Status unreadable;
  int expected = -1;
  survey::v1::StreamRoundColumnsResponse part;
  while (reader->Read(&part)) {
    if (!unreadable.ok()) continue;  // drain, so that Finish can answer
    if (part.has_header()) {
      const auto& header = part.header();
      expected = header.columns();
      auto read = FromProto(header.round());
      auto codebook = FromProto(header.codebook());
      if (!read.ok()) unreadable = read.status();
      if (!codebook.ok()) unreadable = codebook.status();
      if (!unreadable.ok()) continue;
      fetched.header = *std::move(read);
      fetched.questionnaire = *std::move(codebook);
      for (const survey::v1::Frame::Row& row : header.frame().rows()) {
        auto frame = FromProto(row);
        if (!frame.ok()) {
          unreadable = frame.status();
          break;
        }
        fetched.rows.push_back(*std::move(frame));
      }
    } else if (part.has_column()) {
      unreadable = Add(part.column(), fetched.columns);
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return RoundFailure(call, status, name, revision);
  if (!unreadable.ok()) return unreadable;
  if (expected != static_cast<int>(fetched.columns.size())) {
    return PeerAnswerInvalid("survey", "the stream of columns is incomplete");
  }
  if (fetched.header.revision != revision) {
    return PeerAnswerInvalid("survey", "the round came at another revision");
  }
  return fetched;
}

absl::StatusOr<std::optional<LatestCodebook>> SurveyPeer::FindLatestCodebook(
    const platform::CallContext& call, const base::SurveyName& survey) const {
  survey::v1::ListCodebooksRequest request;
  request.set_parent(survey.ToString());
  request.set_page_size(1000);
  std::optional<LatestCodebook> latest;
  std::pair<std::int64_t, std::int32_t> latest_time;
  do {
    PeerCall peer(call);
    survey::v1::ListCodebooksResponse response;
    const grpc::Status status =
        stub_->service->ListCodebooks(peer.context(), request, &response);
    if (!status.ok()) {
      if (status.error_code() == grpc::StatusCode::NOT_FOUND) return latest;
      return SurveyFailure(call, status);
    }
    for (const survey::v1::Codebook& codebook : response.codebooks()) {
      if (codebook.state() != survey::v1::Codebook::STATE_PUBLISHED) continue;
      const std::pair time(codebook.publish_time().seconds(),
                           codebook.publish_time().nanos());
      if (latest.has_value() && time < latest_time) continue;
      const auto name = base::CodebookName::Parse(codebook.name());
      if (!name.ok()) {
        return PeerAnswerInvalid("survey", "a codebook's name cannot be read");
      }
      latest = LatestCodebook{.name = *name, .digest = codebook.digest()};
      latest_time = time;
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return latest;
}

absl::StatusOr<std::shared_ptr<const Questionnaire>> SurveyPeer::GetCodebook(
    const platform::CallContext& call, const base::CodebookName& name) const {
  PeerCall peer(call);
  survey::v1::GetCodebookRequest request;
  request.set_name(name.ToString());
  survey::v1::Codebook codebook;
  const grpc::Status status =
      stub_->service->GetCodebook(peer.context(), request, &codebook);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return CodebookNotFound(name.ToString());
  }
  if (!status.ok()) return SurveyFailure(call, status);
  return FromProto(codebook);
}

absl::Status SurveyPeer::FollowVersions(std::stop_token stop,
                                        platform::VersionFeed& feed) const {
  return FollowPeer(*stub_->service, "survey", &SurveyUnavailable,
                    std::move(stop), feed);
}

}  // namespace welfare::indicator
