// Sentences of a template, filled with figures of a snapshot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/wording/wording.h"
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
  // Words for a share that do not fit it: 「8割以上」は23/30（76.7%）に合わない。
  std::vector<std::string> unfit = {};
};

// Fills placeholders; which forms there are and what becomes of a figure that
// is undefined stands in placeholder.h.
class Sentences {
 public:
  // Neither is copied. `wordings` are those of the template.
  Sentences(const Snapshot& snapshot, const base::WordingProfile& wordings)
      : snapshot_(snapshot),
        wordings_(wordings),
        shapes_(ShapesOf(snapshot.values)),
        previous_shapes_(ShapesOf(snapshot.previous_values)) {}

  // Fills `text`. `what` names it in a note: この文, 見出し.
  Sentence Fill(std::string_view text, std::string_view what) const;
  // The returns of a kind of respondent in words, of `returns.all` and so on.
  std::string ReturnsWords(std::string_view name) const;

  const IndicatorShapes& shapes() const { return shapes_; }

 private:
  const Snapshot& snapshot_;
  const base::WordingProfile& wordings_;
  IndicatorShapes shapes_;
  IndicatorShapes previous_shapes_;
};

}  // namespace welfare::report
