// Sentences of a template, filled with figures of a snapshot.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/report/snapshot/snapshot.h"
#include "services/report/template/fit.h"
#include "services/report/template/placeholder.h"

namespace welfare::report {

// What became of a text.
struct Sentence {
  enum class Kind {
    kFilled,    // `text` is the sentence
    kOmitted,   // it speaks of a year before that does not exist or did not ask
    kReplaced,  // `text` is a note that says why it is not there
  };
  Kind kind = Kind::kFilled;
  std::string text;
  std::optional<Misfit> misfit;  // of a replaced one, without a place
};

// Fills placeholders; which forms there are and what becomes of a figure that
// is undefined stands in placeholder.h. Does not copy the snapshot.
class Sentences {
 public:
  explicit Sentences(const Snapshot& snapshot)
      : snapshot_(snapshot),
        shapes_(ShapesOf(snapshot.values)),
        previous_shapes_(ShapesOf(snapshot.previous_values)) {}

  // Fills `text`. `what` names it in a note: この文, 見出し.
  Sentence Fill(std::string_view text, std::string_view what) const;
  // The returns of a kind of respondent in words, of `returns.all` and so on.
  std::string ReturnsWords(std::string_view name) const;

  const IndicatorShapes& shapes() const { return shapes_; }

 private:
  const Snapshot& snapshot_;
  IndicatorShapes shapes_;
  IndicatorShapes previous_shapes_;
};

}  // namespace welfare::report
