// Answers of a file that nothing speaks against, taken where they stand,
// without texts of their own: what nearly all submissions of a bulk load are.
// Pure.
//
// It knows no rule of its own and refuses nothing. Whatever is not plainly in
// order is left to ValidateAnswers and LayOver, which decide the same of what
// is; a test holds the two against each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/base/absence.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// What a row says of its place, where it stands in a file.
struct RowCells {
  std::string_view item = {};  // `item` or `item/row`
  std::string_view value = {};
  std::string_view other_text = {};
  std::string_view absence = {};
};

// The options of a single or multiple answer, by their number.
struct ChosenOptions {
  std::uint64_t bits = 0;

  friend bool operator==(ChosenOptions, ChosenOptions) = default;
};

// One answer that is right. Its texts are those of the row.
struct PlainAnswer {
  std::size_t place = 0;
  std::variant<ChosenOptions, std::int64_t, std::string_view, base::Absence>
      content = {};
  std::string_view other_text = {};
  bool said = true;  // false: left blank, and no row says so

  Provenance provenance() const {
    return said ? Provenance::kImported : Provenance::kEntered;
  }
};

// A whole submission.
struct PlainAnswers {
  std::vector<PlainAnswer> answers;  // in codebook order
  std::string digest;                // AnswersDigest of them

  // The places that no row says and that become blank, `item` or `item/row`.
  std::vector<std::string> Blanks(const Codebook& codebook) const;
};

// As it would have been stored by ValidateAnswers; the answers of rows as
// imported.
Answer ToAnswer(const Codebook& codebook, const PlainAnswer& plain);

// Takes submissions of one round. Used by one thread.
class PlainReader {
 public:
  // `codebook` outlives the object.
  PlainReader(const Codebook& codebook, int fiscal_year);

  // Returns what a submission will hold of which nothing is stored yet, where
  // each row says the value or the absence of a place of its own and nothing is
  // wrong with any; else nothing. The texts stay those of `rows`.
  std::optional<PlainAnswers> Read(const FrameRow& frame,
                                   std::span<const RowCells> rows);

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // What is the same for all answers of a place.
  struct Place {
    const Item* item = nullptr;
    // Of a name that stands in files as it is here, and options too.
    bool plain = false;
    bool blank = false;  // may be left so by a file
    std::string digest;  // the beginning of its DigestText
  };

  bool Take(const RowCells& row, base::RespondentKind kind);
  bool TakeValue(const Place& place, std::string_view value,
                 PlainAnswer& answer) const;
  // Whether every place that has an answer is asked, and every constraint kept;
  // learns which are asked.
  bool Route(const FrameRow& frame);
  std::string Digest();

  const Codebook& codebook_;
  const int fiscal_year_;
  bool conditions_ = false;  // the codebook has some
  std::vector<Place> places_;
  std::vector<std::size_t> by_digest_;  // places in the order of digests

  // Of the submission that is read.
  std::vector<std::size_t> at_;  // by place: index of its answer, or kNone
  std::vector<PlainAnswer> answers_;
  std::vector<bool> asked_;  // by item
  std::size_t next_ = 0;
  std::size_t text_bytes_ = 0;
  std::string text_;  // that the digest is of
};

}  // namespace welfare::survey
