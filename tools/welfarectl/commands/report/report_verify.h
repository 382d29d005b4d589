// report verify: a file against its signature, or a stored report against what
// it was made from.
#pragma once

#include <string>
#include <string_view>

namespace welfare::ctl {

class Command;
class Session;

// Of the file beside a file that is its signature.
inline constexpr std::string_view kSignatureSuffix = ".sig";

// `jusou-2025-0001` or the whole name, as the whole name.
std::string ReportName(const std::string& id);

void AddReportVerify(const Command& noun, Session& session);

}  // namespace welfare::ctl
