#pragma once

#include <string>
#include <string_view>

namespace welfare::platform {

// A column that names a row of another table by its key.
struct Reference {
  std::string table;
  std::string column;
  std::string parent;
  std::string key;
};

// An engine's words for the aliases of migrations.h.
class SchemaAliasWords {
 public:
  virtual ~SchemaAliasWords() = default;

  virtual std::string Bytes() = 0;
  virtual std::string AppendOnly(const std::string& table) = 0;
  virtual std::string CheckOnce(const Reference& reference) = 0;
};

// Returns `sql` with every alias replaced, in the order of the text. What is
// not an alias stays as it is.
std::string ExpandAliases(std::string_view sql, SchemaAliasWords& words);

}  // namespace welfare::platform
