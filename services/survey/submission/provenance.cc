#include "services/survey/submission/provenance.h"

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
  std::map<std::string, Provenance> before;
  if (author != Author::kFile) {
    for (const Answer& answer : stored) {
      before.emplace(DigestText(answer), answer.provenance);
    }
  }
  for (Answer& answer : next) {
    const auto same =
        before.empty() ? before.end() : before.find(DigestText(answer));
    answer.provenance = same != before.end()
                            ? same->second
                            : NewProvenance(author, answer.provenance);
  }
  return next;
}

}  // namespace welfare::survey
