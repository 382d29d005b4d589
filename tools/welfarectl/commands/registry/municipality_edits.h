// municipality import, create, update, delete.
#pragma once

namespace welfare::ctl {

class Command;
class Session;

// Adds the four verbs.
void AddMunicipalityWrites(const Command& noun, Session& session);

}  // namespace welfare::ctl
