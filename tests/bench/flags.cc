#include "tests/bench/flags.h"

#include <getopt.h>

#include <charconv>
#include <cstddef>
#include <iostream>
#include <set>

namespace welfare::bench {
namespace {

bool Read(std::string_view text, std::string& value) {
  value = text;
  return true;
}

bool Read(std::string_view text, int& value) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end;
}

void PrintHelp(const std::string& about, const std::vector<Flag>& flags) {
  std::cout << about << "\n\n";
  for (const Flag& flag : flags) {
    std::cout << "  " << flag.name << " VALUE  " << flag.help
              << (flag.required ? " (required)" : "") << "\n";
  }
}

}  // namespace

std::optional<int> ReadFlags(const std::string& about,
                             const std::vector<Flag>& flags, int argc,
                             char* const* argv) {
  constexpr int kMistake = 2;
  constexpr int kHelp = 256;  // above the places of flags, and of characters
  std::vector<option> options;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    options.push_back({flags[i].name.c_str() + 2, required_argument, nullptr,
                       kHelp + 1 + static_cast<int>(i)});
  }
  options.push_back({"help", no_argument, nullptr, kHelp});
  options.push_back({});
  std::set<std::size_t> seen;
  for (int found = 0;
       (found = getopt_long(argc, argv, "", options.data(), nullptr)) != -1;) {
    if (found == '?') return kMistake;  // getopt said why
    if (found == kHelp) {
      PrintHelp(about, flags);
      return 0;
    }
    const auto at = static_cast<std::size_t>(found - kHelp - 1);
    if (!std::visit([](auto* value) { return Read(optarg, *value); },
                    flags[at].value)) {
      std::cerr << flags[at].name << ": " << optarg << " is no number\n";
      return kMistake;
    }
    seen.insert(at);
  }
  if (optind < argc) {
    std::cerr << argv[optind] << ": there are no arguments without a name\n";
    return kMistake;
  }
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (!flags[i].required || seen.contains(i)) continue;
    std::cerr << flags[i].name << " is required\n";
    return kMistake;
  }
  return std::nullopt;
}

}  // namespace welfare::bench
