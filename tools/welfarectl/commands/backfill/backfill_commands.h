// backfill: plan, apply, verify.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

void AddBackfillCommands(const Command& app, Session& session);

}  // namespace welfare::ctl
