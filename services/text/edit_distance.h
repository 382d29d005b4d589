#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace welfare::text {

// Returns how many elements must be left out, put in or changed to make one
// sequence of the other (Levenshtein's distance). `Sequence` has size() and
// operator[]: a text by its bytes, or characters one by one. The work grows
// with the product of the lengths: bound them.
template <typename Sequence>
std::size_t EditDistance(const Sequence& a, const Sequence& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] =
          std::min({above + 1, row[j - 1] + 1,
                    diagonal + (a[i - 1] == b[j - 1] ? std::size_t{0} : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace welfare::text
