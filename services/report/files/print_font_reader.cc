#include "services/report/files/print_font_reader.h"

#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/report/errors.h"

namespace welfare::report {

absl::StatusOr<PrintFont> ReadPrintFont(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream || bytes.view().empty()) return FontMissing(file);
  PrintFont font;
  font.digest = base::Sha256Hex(bytes.view());
  font.bytes = std::make_shared<const std::string>(std::move(bytes).str());
  return font;
}

absl::StatusOr<PrintFont> LoadPrintFont() {
  return ReadPrintFont(WELFARE_PRINT_FONT);
}

}  // namespace welfare::report
