// The noun of reports.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

void AddReportCommands(const Command& app, Session& session);

}  // namespace welfare::ctl
