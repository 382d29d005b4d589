// municipality history.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the verb.
void AddMunicipalityHistory(const Command& noun, Session& session);

}  // namespace welfare::ctl
