// The feedback sheets of a report.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds `feedback` below the noun of reports.
void AddFeedbackCommands(const Command& report, Session& session);

}  // namespace welfare::ctl
