#!/usr/bin/python3
"""Tries what lies beside the tables of a report's archive.

Usage: csv_check.py REPORT-CSV.zip

The script within computes every share and every change anew and agrees, and finds
a share that was changed, and a change that stands where none may. Differences
between years are those of the counts in each question's own table, and none stands
where more is unknown there than leaves room for one. The CP932 twin of each table
decodes to the same text.
"""

import csv
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from fractions import Fraction


def run(script, archive):
    return subprocess.run(["/usr/bin/python3", "-I", "-B", script, archive],
                          capture_output=True, text=True, check=False, timeout=120)


def changed(archive, target):
    """The archive with one share that its counts do not give; returns its table."""
    done = None
    with zipfile.ZipFile(archive) as files, zipfile.ZipFile(target, "w") as made:
        for name in files.namelist():
            data = files.read(name)
            if done is None and re.search(r"p04_.*\.csv$", name) and "/" not in name:
                other = re.sub(rb",(\d+)\.(\d)(?=,)", lambda share: b",%s.%d" % (
                    share.group(1), (int(share.group(2)) + 1) % 10), data, count=1)
                if other != data:
                    done, data = name, other
            made.writestr(name, data)
    return done


def surmised(archive, target):
    """The archive with a number in a change that cannot be said; returns its row."""
    done = None
    with zipfile.ZipFile(archive) as files, zipfile.ZipFile(target, "w") as made:
        for name in files.namelist():
            data = files.read(name)
            if name.endswith("annex_changes.csv") and "/" not in name:
                table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
                change, note = (table[0].index(column) for column in ("change", "note"))
                done = next((row for row in table[1:] if not row[change] and "のうち" in row[note]), None)
                if done:
                    done[change] = "78.5"
                text = io.StringIO(newline="")
                csv.writer(text, lineterminator="\r\n").writerows(table)
                data = b"\xef\xbb\xbf" + text.getvalue().encode()
            made.writestr(name, data)
    return done


def shares_possible(row, prefix):
    """The least and the highest share of one year."""
    count, base, unknown = (int(row[prefix + part]) for part in ("count", "base", "unknown"))
    return Fraction(count, base), Fraction(count + unknown, base)


def is_unknown(row):
    """Whether the change of a row cannot be said because of what is unknown."""
    parts = [Fraction(int(row[prefix + "unknown"]), int(row[prefix + "base"])) for prefix in ("", "previous_")]
    (least, highest), (least_before, highest_before) = (shares_possible(row, prefix) for prefix in ("", "previous_"))
    return max(parts) > Fraction(1, 2) or (
        max(parts) > Fraction(15, 100) and least <= highest_before and least_before <= highest)


def wrong_changes(files):
    """Recomputes the differences between years from the counts of each question's own table."""
    def table(name):
        return list(csv.DictReader(io.StringIO(files.read(name).decode("utf-8-sig"))))
    own = {}
    for name in files.namelist():
        if re.search(r"p\d\d_[^/]*\.csv$", name) and "/" not in name:
            own.setdefault(re.search(r"p\d\d_(.*)\.csv$", name).group(1), table(name))
        # A matrix has the columns of several questions.
        for row in table(name) if re.search(r"^[^/]*p\d\d_phases\.csv$", name) else []:
            for column in list(row):
                if found := re.fullmatch(r"(?!previous_)(.*)_count", column):
                    own.setdefault(found.group(1), []).append(
                        {"option": row["phase"]} | {prefix + part: row.get(f"{prefix}{found.group(1)}_{part}")
                                                    for prefix in ("", "previous_") for part in ("count", "base")})
    name = next(name for name in files.namelist() if name.endswith("annex_changes.csv") and "/" not in name)
    rows, computed = table(name), 0
    for row in rows:
        indicator, key = row["option"].split(".", 1)
        there = {one["option"]: one for one in own[indicator]}
        now, whole = there[key], there.get("n")
        for prefix in ("", "previous_"):
            if row[prefix + "count"] != now[prefix + "count"]:
                yield f"{row['option']}: {prefix}count is another in its own table"
            base = now.get(prefix + "base") or whole[prefix + "count"]
            if row[prefix + "count"] and row[prefix + "base"] != base:
                yield f"{row['option']}: {prefix}base is another in its own table"
            unknown = sum(int(there[kind].get(prefix + "count") or 0)
                          for kind in ("NO_ANSWER", "NOT_COUNTED", "UNKNOWN") if kind in there)
            # A matrix has no rows of absences.
            if whole and row[prefix + "count"] and int(row[prefix + "unknown"]) != min(
                    unknown, int(row[prefix + "base"]) - int(row[prefix + "count"])):
                yield f"{row['option']}: {prefix}unknown is another in its own table"
        reliable = all(row[prefix + "count"] and int(row[prefix + "base"]) >= 10
                       for prefix in ("", "previous_")) and "LOWER_BOUND" not in row["symbols"]
        if bool(row["change"]) != (reliable and not is_unknown(row)):
            yield f"{row['option']}: a change of {row['change'] or 'nothing'}"
        if not row["change"]:
            continue
        computed += 1
        exact = 1000 * (Fraction(int(row["count"]), int(row["base"]))
                        - Fraction(int(row["previous_count"]), int(row["previous_base"])))
        tenths = int(abs(exact) + Fraction(1, 2)) * (-1 if exact < 0 else 1)
        if Fraction(row["change"]) * 10 != tenths:
            yield f"{row['option']}: {row['change']} is not {exact}"
    if computed < 100:
        yield f"{computed} changes of {len(rows)}"


def main(archive):
    faults = []
    with zipfile.ZipFile(archive) as files, tempfile.TemporaryDirectory(prefix="wcsv-") as folder:
        folder = pathlib.Path(folder)
        script = folder / "recompute.py"
        script.write_bytes(files.read("recompute.py"))
        tables = [name for name in files.namelist() if name.endswith(".csv") and "/" not in name]
        for name in tables:
            if files.read("cp932/" + name).decode("cp932") != files.read(name).decode("utf-8"):
                faults.append(f"{name} and its twin differ")
        faults.extend(wrong_changes(files))
        agreed = run(script, archive)
        said = re.fullmatch(r"(\d+) shares and (\d+) changes computed, 0 differ\n", agreed.stdout)
        if agreed.returncode != 0 or not said or int(said.group(1)) < 500 or int(said.group(2)) < 100:
            faults.append(agreed.stdout[:2000] + agreed.stderr)
        table = changed(archive, folder / "changed.zip")
        refused = run(script, folder / "changed.zip")
        if refused.returncode != 1 or "1 differ" not in refused.stdout or str(table) not in refused.stdout:
            faults.append(f"{table} was changed: {refused.stdout}{refused.stderr}")
        row = surmised(archive, folder / "surmised.zip")
        refused = run(script, folder / "surmised.zip")
        if row is None or (refused.returncode != 1 or "change: 78.5 is none" not in refused.stdout):
            faults.append(f"{row} was not found: {refused.stdout}{refused.stderr}")
    print("\n".join(faults) or f"{archive}: {len(tables)} tables, {said.group(1)} shares, "
                              f"{said.group(2)} changes, nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
