// key.
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/access/api_keys.h"
#include "services/access/identity.h"
#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/base/time/clock.h"
#include "services/base/time/date.h"
#include "tools/welfarectl/commands/access/access_commands.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/api_keys_file.h"
#include "tools/welfarectl/output/printer.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {
namespace {

constexpr std::chrono::hours kDay{24};
// Of a key that is made without --expires.
constexpr int kDefaultDays = 365;

base::Timestamp Now() {
  return base::Timestamp::FromMicros(
      std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count());
}

// What a new key is to be.
struct KeyWish {
  std::string subject;
  std::vector<std::string> grants;
  std::string municipality_code;
  std::string respondent_kind;
  std::string expires;  // the last day on which it is good
};

// When the key ends; nothing for a day that is none, or over.
std::optional<base::Timestamp> EndOf(const KeyWish& wish, base::Timestamp now) {
  if (wish.expires.empty()) return now + kDefaultDays * kDay;
  const auto day = base::Date::Parse(wish.expires);
  if (!day.ok()) return std::nullopt;
  const base::Timestamp end = base::StartOfDayInTokyo(*day) + kDay;
  if (end <= now) return std::nullopt;
  return end;
}

std::string GrantsOf(const access::Identity& identity) {
  std::string grants;
  for (const access::Grant& grant : identity.grants()) {
    if (!grants.empty()) grants += ' ';
    grants += grant.ToString();
  }
  return grants;
}

std::string TextOf(const std::optional<base::Timestamp>& time) {
  return time.has_value() ? time->ToRfc3339() : "";
}

base::JsonObject ToJson(const access::ApiKey& key) {
  base::JsonObject json;
  json.Add("id", key.id)
      .Add("subject", key.identity.subject())
      .Add("grants", GrantsOf(key.identity))
      .Add("created", key.created.ToRfc3339())
      .Add("expires", TextOf(key.expires))
      .Add("revoked", TextOf(key.revoked));
  return json;
}

int CreateKey(Session& session, const std::string& path, const KeyWish& wish) {
  const base::Timestamp now = Now();
  const auto end = EndOf(wish, now);
  if (!end.has_value()) {
    return Fail(base::MakeError(CtlRow("EXPIRY_FORMAT")), kUsage);
  }
  const auto identity = access::Identity::Make(
      {.subject = wish.subject,
       .grants = wish.grants,
       .municipality_code = wish.municipality_code,
       .respondent_kind = wish.respondent_kind,
       .authentication = access::Authentication::kApiKey});
  if (!identity.ok()) return Fail(identity.status(), kUsage);
  const access::NewApiKey made = access::MakeApiKey(*identity, now, end);
  const absl::Status written =
      ChangeApiKeysFile(path, [&made](access::ApiKeys& keys) -> absl::Status {
        if (keys.Add(made.key)) return absl::OkStatus();
        return base::MakeError(CtlRow("KEYS_FULL"))
            .With("limit", static_cast<long long>(access::kMaxApiKeys));
      });
  if (!written.ok()) return Fail(written);
  if (session.output() == Output::kJson) {
    std::cout << ToJson(made.key).Add("key", made.text).Text() << "\n";
  } else {
    std::cout << made.text << "\n";
  }
  std::cerr << Say("Key {id} of {subject} is good until {end}. It is shown "
                   "this once: keep it where its owner alone can read it.",
                   {{"id", made.key.id},
                    {"subject", identity->subject()},
                    {"end", TextOf(end)}})
            << "\n";
  return kOk;
}

int ListKeys(Session& session, const std::string& path) {
  const auto keys = ReadApiKeysFile(path);
  if (!keys.ok()) return Fail(keys.status());
  const base::Timestamp now = Now();
  Table table({{.title = "id"},
               {.title = "subject"},
               {.title = "grants", .fit = Table::Fit::kFold},
               {.title = "respondent", .spare = 1},
               {.title = "created", .spare = 3},
               {.title = "expires"},
               {.title = "revoked", .spare = 2},
               {.title = "state"}});
  std::vector<std::string> objects;
  for (const auto& [id, key] : keys->all()) {
    const auto& respondent = key.identity.respondent();
    const bool over = key.expires.has_value() && now >= *key.expires;
    table.Add({id, key.identity.subject(), GrantsOf(key.identity),
               respondent.has_value() ? respondent->ToString() : "",
               key.created.ToRfc3339(), TextOf(key.expires),
               TextOf(key.revoked),
               key.revoked.has_value() ? SayInCell(session, "revoked")
               : over                  ? SayInCell(session, "expired")
                                       : SayInCell(session, "in force")});
    objects.push_back(ToJson(key).Text());
  }
  if (session.output() == Output::kJson) {
    PrintJsonList(objects);
  } else if (session.output() == Output::kCsv || table.size() > 0) {
    PrintRows(session, table);
  }
  PrintCount(
      session, table.size(),
      Say(table.size() == 1 ? Phrase("{count} key") : Phrase("{count} keys")),
      Say("The file holds no key."));
  return kOk;
}

int RevokeKey(const std::string& path, const std::string& id) {
  std::string subject;
  const absl::Status written =
      ChangeApiKeysFile(path, [&](access::ApiKeys& keys) -> absl::Status {
        if (!keys.Revoke(id, Now())) {
          return base::MakeError(CtlRow("KEY_UNKNOWN")).With("id", id);
        }
        subject = keys.all().find(id)->second.identity.subject();
        return absl::OkStatus();
      });
  if (!written.ok()) return Fail(written);
  std::cerr << Say("Key {id} of {subject} is revoked; a gateway that reads "
                   "this file refuses it within three seconds.",
                   {{"id", id}, {"subject", subject}})
            << "\n";
  return kOk;
}

}  // namespace

void AddKeyCommands(const Command& program, Session& session) {
  struct Values {
    std::string path;
    std::string id;
    KeyWish wish;
  };
  const auto values = std::make_shared<Values>();
  const Command noun = program.AddNoun(
      "key", "API keys of batch systems, in the file of the gateway");
  const auto add_file = [&values](const Command& verb) {
    verb.AddOption("--api-keys-file", values->path,
                   "The file that the gateway reads (--api-keys-file)")
        .File()
        .FromEnvironment("WELFARE_API_KEYS_FILE")
        .Required();
  };

  const Command create = noun.AddVerb(
      "create", "Make a key and print it, once; the file keeps its digest");
  add_file(create);
  create
      .AddOption("--subject", values->wish.subject,
                 "Whose key it is, as logs are to name it")
      .Required();
  create
      .AddOption("--grant", values->wish.grants,
                 "What it may do, manager@jusou or auditor@*; may be repeated")
      .Required();
  create.AddOption("--municipality-code", values->wish.municipality_code,
                   "Of a respondent: its municipality, six digits");
  create
      .AddOption("--respondent-kind", values->wish.respondent_kind,
                 "Of a respondent: which one")
      .OneOf({"municipality", "council"});
  create.AddOption("--expires", values->wish.expires,
                   "The last day on which it is good, 2027-03-31; left out: a "
                   "year from now");
  create.RunsAlone(session, [&session, values] {
    return CreateKey(session, values->path, values->wish);
  });

  const Command list = noun.AddVerb("list", "List the keys of the file");
  add_file(list);
  list.RunsAlone(
      session, [&session, values] { return ListKeys(session, values->path); });

  const Command revoke =
      noun.AddVerb("revoke", "Refuse a key from now on; it stays in the file");
  add_file(revoke);
  revoke.AddOption("ID", values->id, "Its id, as the list shows it").Required();
  revoke.RunsAlone(session,
                   [values] { return RevokeKey(values->path, values->id); });
}

}  // namespace welfare::ctl
