// round open, update, reopen, delete.
#include "tools/welfarectl/commands/survey/round_edits.h"

#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/commands/survey/round_commands.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

namespace survey_v1 = ::welfare::survey::v1;

struct EditFlags {
  int fiscal_year = 0;
  std::string reason, etag;
  std::string unknown_municipalities;  // codes, separated by commas
  // What `update` changes: a flag that is given with an empty text erases.
  survey_v1::UpdateRoundRequest update;
  absl::Status wrong;  // a day that cannot be read
};

template <typename Request>
Request MakeRequest(const Session& session, const EditFlags& flags) {
  Request request;
  request.set_name(session.round_name(flags.fiscal_year));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  request.set_request_id(Session::NewRequestId());
  return request;
}

int CallAndPrint(Session& session, const google::protobuf::Message& request) {
  survey_v1::Round reply;
  const int code = Call(session, request, reply);
  return code == kOk ? PrintRound(session, reply) : code;
}

int OpenRound(Session& session, const EditFlags& flags) {
  survey_v1::OpenRoundRequest request;
  request.set_name(session.round_name(flags.fiscal_year));
  request.set_request_id(Session::NewRequestId());
  std::string_view rest = flags.unknown_municipalities;
  while (!rest.empty()) {
    const std::string_view code = rest.substr(0, rest.find(','));
    request.add_unknown_municipalities("municipalities/" + std::string(code));
    rest.remove_prefix(std::min(code.size() + 1, rest.size()));
  }
  return CallAndPrint(session, request);
}

int UpdateRound(Session& session, const EditFlags& flags) {
  if (!flags.wrong.ok()) {
    return Fail(flags.wrong, kUsage);
  }
  survey_v1::UpdateRoundRequest request = flags.update;
  if (request.update_mask().paths().empty()) {
    return Fail(base::MakeError(CtlRow("NOTHING_TO_CHANGE")), kUsage);
  }
  request.mutable_round()->set_name(session.round_name(flags.fiscal_year));
  request.mutable_round()->set_etag(flags.etag);
  request.set_reason(flags.reason);
  request.set_request_id(Session::NewRequestId());
  return CallAndPrint(session, request);
}

int DeleteRound(Session& session, const EditFlags& flags) {
  const auto request =
      MakeRequest<survey_v1::DeleteRoundRequest>(session, flags);
  google::protobuf::Empty reply;
  if (const int code = Call(session, request, reply); code != kOk) return code;
  std::cerr << Say("Deleted {name}.", {{"name", request.name()}}) << "\n";
  return kOk;
}

// A verb that speaks of one round.
Command AddVerb(const Command& noun, const char* verb, const Phrase& help,
                EditFlags& flags) {
  const Command command = noun.AddVerb(verb, help);
  command
      .AddOption("--fiscal-year", flags.fiscal_year, "Fiscal year of the round")
      .Required();
  return command;
}

Flag AddReason(const Command& command, EditFlags& flags) {
  command.AddOption("--etag", flags.etag, "Only if the round still has it");
  return command.AddOption("--reason", flags.reason,
                           "Why; kept with the round's revision");
}

// Flags that change a field of the round and name it in the mask.
void AddFields(const Command& command,
               const std::shared_ptr<EditFlags>& flags) {
  const auto add =
      [&](const char* flag, const char* path, const Phrase& help,
          const std::function<void(const std::string&, survey_v1::Round&)>&
              set) {
        command.AddTextOption(
            flag,
            [flags, path, set](const std::string& text) {
              set(text, *flags->update.mutable_round());
              flags->update.mutable_update_mask()->add_paths(path);
            },
            help);
      };
  add("--title", "display_name", "Name of the survey",
      [](const std::string& text, survey_v1::Round& round) {
        round.set_display_name(text);
      });
  add("--purpose", "purpose", "What it is for",
      [](const std::string& text, survey_v1::Round& round) {
        round.set_purpose(text);
      });
  add("--method", "method", "How it is carried out",
      [](const std::string& text, survey_v1::Round& round) {
        round.set_method(text);
      });
  add("--publisher", "publisher", "Who publishes it",
      [](const std::string& text, survey_v1::Round& round) {
        round.set_publisher(text);
      });
  EditFlags* const raw = flags.get();
  add("--window-start", "window_start", "First day, 2025-06-16",
      [raw](const std::string& text, survey_v1::Round& round) {
        raw->wrong.Update(SetDate(text, *round.mutable_window_start()));
      });
  add("--window-end", "window_end", "Last day, inclusive, 2025-07-11",
      [raw](const std::string& text, survey_v1::Round& round) {
        raw->wrong.Update(SetDate(text, *round.mutable_window_end()));
      });
}

}  // namespace

void AddRoundEdits(const Command& noun, Session& session) {
  auto flags = std::make_shared<EditFlags>();
  const Command open = AddVerb(
      noun, "open", "Open a round: pin the registry and freeze the population",
      *flags);
  open.AddOption("--unknown-municipalities", flags->unknown_municipalities,
                 "Codes of all municipalities that may be without a status in "
                 "the round's year, separated by commas");
  open.Runs(session, [&session, flags] { return OpenRound(session, *flags); });

  const Command update =
      AddVerb(noun, "update", "Change a round's texts or window, with a reason",
              *flags);
  AddFields(update, flags);
  AddReason(update, *flags).Required();
  update.Runs(session,
              [&session, flags] { return UpdateRound(session, *flags); });

  const Command reopen = AddVerb(
      noun, "reopen", "Open a closed round again, with a reason", *flags);
  AddReason(reopen, *flags).Required();
  reopen.Runs(session, [&session, flags] {
    return CallAndPrint(
        session, MakeRequest<survey_v1::ReopenRoundRequest>(session, *flags));
  });

  const Command remove = AddVerb(
      noun, "delete", "Delete a round that nobody has begun to answer", *flags);
  AddReason(remove, *flags);
  remove.Runs(session,
              [&session, flags] { return DeleteRound(session, *flags); });
}

}  // namespace welfare::ctl
