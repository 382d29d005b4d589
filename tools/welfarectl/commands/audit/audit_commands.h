// The noun of the audit logs.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

void AddAuditCommands(const Command& app, Session& session);

}  // namespace welfare::ctl
