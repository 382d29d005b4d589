// The verbs of `municipality` beside get and resolve.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// list, export.
void AddMunicipalityLists(const Command& noun, Session& session);
// history.
void AddMunicipalityHistory(const Command& noun, Session& session);
// import, create, update, delete.
void AddMunicipalityWrites(const Command& noun, Session& session);

}  // namespace welfare::ctl
