// The verbs of `municipality` beside get and resolve.
#pragma once

namespace CLI {
class App;
}

namespace welfare::ctl {

class Session;

// list, export.
void AddMunicipalityLists(CLI::App& noun, Session& session);
// history.
void AddMunicipalityHistory(CLI::App& noun, Session& session);
// import, create, update, delete.
void AddMunicipalityWrites(CLI::App& noun, Session& session);

}  // namespace welfare::ctl
