// municipality list, export.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds both verbs.
void AddMunicipalityLists(const Command& noun, Session& session);

}  // namespace welfare::ctl
