#!/usr/bin/python3
"""Holds the JSON-stat file of a report, read by npm's jsonstat-toolkit, against
the CSV of the same report: every number, and why there is none.

Usage: json_stat_check.py REPORT.json REPORT-CSV.zip

Installs the npm packages where they are missing.
"""

import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import zipfile

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
NPM = SOURCE / "tools" / "npm"


def numbers_of(archive):
    """{(table, row, column): (datum, symbol)} of the columns of numbers."""
    found = {}
    with zipfile.ZipFile(archive) as files:
        texts = {name: files.read(name).decode("utf-8-sig") for name in files.namelist()
                 if name.endswith(".csv") and "/" not in name}
    dictionary = next(name for name in texts if name.endswith("dictionary.csv"))
    numeric = {(one["figure"], one["column"]) for one in csv.DictReader(io.StringIO(texts.pop(dictionary)))
               if one["column_type"] == "number" and one["column"] not in ("synthetic", "previous_synthetic")}
    for text in texts.values():
        header, *rows = csv.reader(io.StringIO(text))
        key = 4 if "previous_synthetic" in header else 3
        for row in rows:
            symbols = dict(one.split("=") for one in row[-1].split())
            for column, value in zip(header, row):
                if (row[0], column) in numeric:
                    found[row[0], row[key], column] = (value, symbols.get(column))
    return found


def main(path, archive):
    subprocess.run([NPM / "install"], check=True)
    done = subprocess.run(
        ["node", SOURCE / "tests/report/json_stat_check.cjs",
         NPM / "node_modules/jsonstat-toolkit/main.cjs", path],
        capture_output=True, text=True, check=False, timeout=120)
    if done.returncode != 0:
        sys.exit(done.stderr)
    faults, seen = [], set()
    expected = numbers_of(archive)
    for figure, row, column, value, status in json.loads(done.stdout):
        if (figure, row, column) in seen:
            faults.append(f"{figure} {row} {column} stands twice")
        seen.add((figure, row, column))
        datum, symbol = expected.get((figure, row, column), ("", None))
        if (value is None) != (datum == "") or (value is not None and value != float(datum)):
            faults.append(f"{figure} {row} {column}: {value}, in CSV {datum!r}")
        if status != symbol:
            faults.append(f"{figure} {row} {column}: {status}, in CSV {symbol}")
    faults += [f"{' '.join(missing)} is missing" for missing in sorted(expected.keys() - seen)]
    # Numbers as they are printed: no binary fraction.
    text = pathlib.Path(path).read_text("utf-8")
    for values in re.findall(r'"value":\[([^\]]*)\]', text):
        faults += [f"{value} is no exact number" for value in values.split(",")
                   if not re.fullmatch(r"null|-?\d+(\.\d+)?", value)]
    print("\n".join(faults[:20]) or f"{path}: {len(seen)} values, nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
