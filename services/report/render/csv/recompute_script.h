// The script that lies beside the tables of an archive.
#pragma once

#include <string_view>

namespace welfare::report {

// Reads an archive and computes every share anew from its own columns.
inline constexpr std::string_view kRecomputeName = "recompute.py";
inline constexpr std::string_view kRecomputeScript = R"py(#!/usr/bin/env python3
"""Computes every share of this archive anew from its own columns, and says
where one differs. Needs Python 3 alone.

usage: recompute.py REPORT-CSV.zip

The dictionary says of what a column of shares is: `numerator` is a column,
`denominator` is one, or stands in the column of the numerator in the row that
`denominator_row` names. Shares are in percent, one decimal, rounded half up in
whole numbers. Exit code 0: all agree; 1: not.
"""

import csv
import io
import sys
import zipfile


def percent(count, base):
    tenths = (2000 * count + base) // (2 * base)
    return f"{tenths // 10}.{tenths % 10}"


def key_of(row):
    """The key of a row: its first column that is no mark of the whole table."""
    return next(value for column, value in row.items()
                if column not in ("figure", "synthetic", "edition", "previous_synthetic"))


def tables(archive):
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            if name.endswith(".csv") and "/" not in name:
                text = files.read(name).decode("utf-8-sig")
                yield name, list(csv.DictReader(io.StringIO(text)))


def main(archive):
    found = dict(tables(archive))
    dictionary = next(rows for name, rows in found.items() if name.endswith("dictionary.csv"))
    computed, wrong = 0, 0
    for column in dictionary:
        if not column["numerator"]:
            continue
        rows = found[column["file"]]
        for row in rows:
            share = row[column["column"]]
            if not share:
                continue
            base = row[column["denominator"]] if column["denominator"] else next(
                one for one in rows if key_of(one) == column["denominator_row"])[column["numerator"]]
            expected = percent(int(row[column["numerator"]]), int(base))
            computed += 1
            if share != expected:
                wrong += 1
                print(f"{column['file']}, {column['column']}: {share} is {expected}: {row}")
    print(f"{computed} shares computed, {wrong} differ")
    return 1 if wrong or not computed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
)py";

}  // namespace welfare::report
