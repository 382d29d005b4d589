// The font that a report is printed in.
#pragma once

#include <memory>
#include <string>

namespace welfare::report {

// The bytes of a font file and their digest, shared by everybody who prints.
struct PrintFont {
  std::shared_ptr<const std::string> bytes;
  std::string digest;  // SHA-256, hexadecimal
};

}  // namespace welfare::report
