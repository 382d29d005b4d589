// The script that lies beside the tables of an archive.
#pragma once

#include <string_view>

namespace welfare::report {

// Reads an archive and computes every share and every change anew from its own
// columns.
inline constexpr std::string_view kRecomputeName = "recompute.py";
inline constexpr std::string_view kRecomputeScript = R"py(#!/usr/bin/env python3
"""Computes every share and every change of this archive anew from its own
columns, and says where one differs. Needs Python 3 alone.

usage: recompute.py REPORT-CSV.zip

The dictionary says of what a column of shares is: `numerator` is a column,
`denominator` is one, or stands in the column of the numerator in the row that
`denominator_row` names. Shares are in percent, one decimal, rounded half up in
whole numbers.

A change is the difference of this year's share and last year's in points, one
decimal, rounded once, half away from zero. None stands where a class has no share
in one of the years, or a bound, or a base below 10; and where too much is unknown.
Of `unknown` of a base nobody knows what they would have answered, so that a share
lies between count/base and (count + unknown)/base. Where that is more than 15 of
100 of a base in one of the years, a change stands only if no share that is possible
in one year is possible in the other; where it is more than half of a base, never.

Exit code 0: all agree; 1: not.
"""

import csv
import io
import sys
import zipfile


def percent(count, base):
    tenths = (2000 * count + base) // (2 * base)
    return f"{tenths // 10}.{tenths % 10}"


def change(row):
    """What `change` has to be in a row; empty: no number."""
    years = [[row[prefix + part] for part in ("count", "base", "unknown")] for prefix in ("", "previous_")]
    bounds = [mark for mark in row["symbols"].split() if mark.endswith("count=LOWER_BOUND")]
    if bounds or not all(number for year in years for number in year):
        return ""
    now, before = ([int(number) for number in year] for year in years)
    if min(now[1], before[1]) < 10:
        return ""
    if any(100 * unknown > 15 * base for _, base, unknown in (now, before)):
        most = any(2 * unknown > base for _, base, unknown in (now, before))
        apart = any((one[0] + one[2]) * other[1] < other[0] * one[1]
                    for one, other in ((now, before), (before, now)))
        if most or not apart:
            return ""
    whole = now[1] * before[1]
    part = 1000 * (now[0] * before[1] - before[0] * now[1])
    tenths = (2 * abs(part) + whole) // (2 * whole)
    return f"{'-' if part < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


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
    computed, changes, wrong = 0, 0, 0
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
    for name, rows in found.items():
        for row in rows:
            if "change" not in row or "previous_unknown" not in row:
                continue
            expected = change(row)
            changes += bool(expected)
            if row["change"] != expected:
                wrong += 1
                print(f"{name}, change: {row['change'] or 'none'} is {expected or 'none'}: {row}")
    print(f"{computed} shares and {changes} changes computed, {wrong} differ")
    return 1 if wrong or not computed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
)py";

}  // namespace welfare::report
