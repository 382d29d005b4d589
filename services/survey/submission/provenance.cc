#include "services/survey/submission/provenance.h"

#include <cstdint>
#include <map>
#include <string>

namespace welfare::survey {
namespace {

// Of an answer that is new.
Provenance NewProvenance(Author author, Provenance sent) {
  switch (author) {
    case Author::kRespondent:
      return sent == Provenance::kCarried ? Provenance::kCarried
                                          : Provenance::kEntered;
    case Author::kOnBehalf:
      return Provenance::kCorrected;
    case Author::kFile:
      return Provenance::kImported;
    case Author::kAnybody:
      return sent;
  }
  return sent;
}

}  // namespace

std::vector<Answer> SettleProvenance(Author author,
                                     std::span<const Answer> stored,
                                     std::vector<Answer> next) {
  struct How {
    Provenance provenance;
    std::uint64_t mapping;
  };
  std::map<std::string, How> before;
  if (author != Author::kFile) {
    for (const Answer& answer : stored) {
      before.emplace(DigestText(answer),
                     How{answer.provenance, answer.mapping});
    }
  }
  for (Answer& answer : next) {
    const auto same =
        before.empty() ? before.end() : before.find(DigestText(answer));
    if (same != before.end()) {
      answer.provenance = same->second.provenance;
      answer.mapping = same->second.mapping;
      continue;
    }
    answer.provenance = NewProvenance(author, answer.provenance);
  }
  return next;
}

}  // namespace welfare::survey
