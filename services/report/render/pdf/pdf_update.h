// What cairo cannot say in a PDF, added to a finished one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::report {

// Returns `pdf`, which cairo wrote, with an incremental update (ISO 32000-1,
// section 7.5.6): its language is Japanese, a reader shows its title instead of
// the file's name, and its nth figure has the nth of `alternatives`. Nothing
// where the file is not as cairo 1.16 writes it, or has another number of
// figures.
std::optional<std::string> AddAlternatives(
    std::string pdf, const std::vector<std::string>& alternatives);

}  // namespace welfare::report
