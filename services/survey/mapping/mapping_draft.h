// A mapping as it is written, before it is held to codebooks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/base/numbers/rational.h"

namespace welfare::survey {

// One text of the file, and where it stands: `line 3, column 7`.
struct PlacedText {
  std::string text;
  std::string place;
};

// What one word of the old questionnaire means.
struct MappedWord {
  PlacedText word;
  PlacedText meaning;  // a code, or a kind of absence
};

// What one item of the old questionnaire is, or one row of a table of it.
struct MappingEntry {
  std::string place;
  PlacedText from;  // `item` or `item/row`, as files have it
  // The item of the codebook, or a row of one; empty: its answers are left out,
  // and `dropped` says why.
  PlacedText to;
  PlacedText dropped = {};
  std::vector<MappedWord> values = {};
  bool same_values = false;  // words are the codes of the codebook
  std::vector<MappedWord> absences = {};
  std::string separator = {};  // of several words; empty: a blank
  // What a number is multiplied by; none: it stays.
  std::optional<base::Rational> scale = {};
  std::string scale_place = {};
  bool rounds = false;  // half up, where the product is no whole number
  PlacedText unit = {};  // of the old item
};

// The file.
struct MappingDraft {
  PlacedText survey;
  PlacedText codebook;       // version that is read into
  PlacedText from_codebook;  // version that is read; empty: not known here
  // Items that are not listed are those of the same concept.
  bool concepts = false;
  std::string concepts_place;
  std::vector<MappingEntry> entries;
};

}  // namespace welfare::survey
