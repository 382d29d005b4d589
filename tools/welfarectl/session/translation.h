// One text in both languages.
#pragma once

#include <string_view>

namespace welfare::ctl {

struct Translation {
  std::string_view english;
  std::string_view japanese;
};

}  // namespace welfare::ctl
