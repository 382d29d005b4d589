#include "services/registry/api/change_message.h"

#include <string_view>
#include <utility>

#include "services/base/names/resource_name.h"
#include "services/registry/api/convert.h"
#include "services/registry/history/plans.h"

namespace welfare::registry {
namespace {

using Change = v1::StreamChangesResponse::Change;
using Record = v1::StatusRecord;

// Wire types of the protocol buffer encoding.
constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kLengthDelimited = 2;

void AppendVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void AppendTag(std::string& out, int field, std::uint32_t wire_type) {
  AppendVarint(out, (static_cast<std::uint32_t>(field) << 3) | wire_type);
}

// Zeros and empty texts are not written, as in every proto3 message.
void AppendNumber(std::string& out, int field, std::int64_t value) {
  if (value == 0) return;
  AppendTag(out, field, kVarint);
  AppendVarint(out, static_cast<std::uint64_t>(value));
}

void AppendText(std::string& out, int field, std::string_view text) {
  if (text.empty()) return;
  AppendTag(out, field, kLengthDelimited);
  AppendVarint(out, text.size());
  out += text;
}

// A sub-message is written even when it is empty.
void AppendMessage(std::string& out, int field, std::string_view bytes) {
  AppendTag(out, field, kLengthDelimited);
  AppendVarint(out, bytes.size());
  out += bytes;
}

std::size_t VarintSize(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

// One text of two parts.
void AppendJoined(std::string& out, int field, std::string_view first,
                  std::string_view second) {
  AppendTag(out, field, kLengthDelimited);
  AppendVarint(out, first.size() + second.size());
  out += first;
  out += second;
}

}  // namespace

void ChangeMessage::AddStatus(const StatusRecord& record) {
  std::string& body = record_;
  body.clear();
  AppendJoined(body, Record::kProgramFieldNumber, "programs/", record.program);
  AppendJoined(body, Record::kMunicipalityFieldNumber, "municipalities/",
               record.municipality.ToString());
  AppendNumber(body, Record::kFiscalYearFieldNumber,
               record.fiscal_year.value());
  AppendNumber(body, Record::kImplementingFieldNumber,
               ToProto(record.facts.implementing));
  AppendNumber(body, Record::kPreparationFieldNumber,
               ToProto(record.facts.preparation));
  AppendText(body, Record::kNoteFieldNumber, record.note);
  AppendText(body, Record::kReasonFieldNumber, record.reason);
  AppendNumber(body, Record::kCorrectionFieldNumber, record.correction ? 1 : 0);
  body += commit_.record;
  body += record.retracted ? commit_.retracted : commit_.etag;
  AppendNumber(body, Record::kRestoredVersionFieldNumber, record.restores);
  AppendTag(bytes_, v1::StreamChangesResponse::kChangesFieldNumber,
            kLengthDelimited);
  // One byte for the tag of the record within the change.
  AppendVarint(bytes_, commit_.change.size() + 1 + VarintSize(body.size()) +
                           body.size());
  bytes_ += commit_.change;
  AppendMessage(bytes_, Change::kStatusRecordFieldNumber, body);
}

std::size_t ChangeMessage::Add(const History& history, const Commit& commit,
                               std::size_t first, std::size_t limit) {
  if (commit_.version != commit.version) {
    commit_ = {};
    commit_.version = commit.version;
    AppendNumber(commit_.change, Change::kVersionFieldNumber, commit.version);
    AppendNumber(commit_.record, Record::kVersionFieldNumber, commit.version);
    AppendMessage(commit_.record, Record::kRecordTimeFieldNumber,
                  ToProto(commit.recorded_time).SerializeAsString());
    AppendText(commit_.etag, Record::kEtagFieldNumber,
               MakeEtag(history.incarnation(), commit.version));
    AppendNumber(commit_.retracted, Record::kRetractedFieldNumber, 1);
    AppendText(commit_.retracted, Record::kEtagFieldNumber, MakeEtag({}, 0));
  }
  const RegistryView view = history.At(commit.version);
  const std::size_t municipalities = commit.municipalities.size();
  const std::size_t statuses = commit.statuses.size();
  std::size_t at = first;
  for (; at < commit.size() && !Full(limit); ++at) {
    if (at >= municipalities && at < municipalities + statuses) {
      AddStatus(*commit.statuses[at - municipalities]);
      ++size_;
      continue;
    }
    Change change;
    change.set_version(commit.version);
    if (at < municipalities) {
      const base::MunicipalityCode& id = commit.municipalities[at]->first_code;
      // The last record of a municipality stands for all of them.
      if (at + 1 < municipalities &&
          commit.municipalities[at + 1]->first_code == id) {
        continue;
      }
      if (const Municipality* municipality = view.FindMunicipality(id)) {
        *change.mutable_municipality() =
            ToProto(view, *municipality, municipality->Last().last);
        // Of all years, not of one.
        change.mutable_municipality()->clear_fiscal_year();
      } else {
        change.set_deleted(base::MunicipalityName{id}.ToString());
      }
    } else {
      *change.mutable_lineage_event() =
          ToProto(*commit.lineage_events[at - municipalities - statuses],
                  commit.recorded_time);
    }
    AppendMessage(bytes_, v1::StreamChangesResponse::kChangesFieldNumber,
                  change.SerializeAsString());
    ++size_;
  }
  return at - first;
}

std::string ChangeMessage::Take(std::int64_t version) {
  AppendNumber(bytes_, v1::StreamChangesResponse::kVersionFieldNumber, version);
  size_ = 0;
  return std::exchange(bytes_, {});
}

}  // namespace welfare::registry
