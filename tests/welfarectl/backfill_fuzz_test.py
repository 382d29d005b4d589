#!/usr/bin/python3
"""Whatever bytes a backfill is given, every record of them is accounted for.

usage: backfill_fuzz_test.py [--files COUNT] [--seed SEED] [unittest...]

Files are made of good ones by what hands, spreadsheets and broken disks do to
them, by a seed: the same corpus each time. Of each, read = created + updated +
unchanged + deleted + rejected; each refused record is told, and stands once
among those that can be mended; these, fed back as they are, are the same
records again.
"""

import csv
import gzip
import json
import pathlib
import random
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import backfill_cli_test as backfill  # noqa: E402
from backfill_cli_test import ANSWERS, answers  # noqa: E402

CODES = ("131016", "131024", "131032", "131041", "131059", "131067")
STATUSES = ("program", "municipality_code", "fiscal_year", "implementing",
            "preparation", "note")
TOWNS = ("code", "name", "population_band")
WIDE = (*ANSWERS[:4], "has", "visits", "visits:absence", "remarks")
ROUNDS = ("survey", "fiscal_year", "title", "codebook", "window_start", "window_end",
          "synthetic")
# What is put into a cell, or anywhere.
CELLS = ("", "#CLEAR", "多数", "１２", "-1", "0", "9" * 40, "ｱ", "yes", "yes no", "NO_ANSWER",
         "令和7", "2025", "131016", "13101", "139998", "架空", "=1+1", " ", "\u3000",
         "一行目\n二行目", 'a"b', "é", "\u200b", "𠮷", "a,b", "kakuu")
BYTES = (b'"', b"\n", b"\r", b"\r\n", b",", b",,,", b"\0", b"\xff", b"\x81", b"\xef\xbb\xbf",
         b'""', b"\t", b";", b" ", b"{", b"}", b"\\", b"\xe3\x81")


def argument(flag, default):
    """Takes `flag` and its number from the command line."""
    if flag not in sys.argv:
        return default
    at = sys.argv.index(flag)
    number = int(sys.argv[at + 1])
    del sys.argv[at:at + 2]
    return number


FILES = argument("--files", 60)
SEED = argument("--seed", 20211114)


class Maker:
    """Makes one file of each number."""

    def __init__(self, number):
        self.chance = random.Random(SEED * 1_000_003 + number)
        self.notes = []

    def often(self, share):
        return self.chance.random() < share

    def rows(self):
        """Columns and rows that are good."""
        kind = self.chance.choice(("answers", "answers", "answers", "wide", "status", "towns",
                                   "rounds"))
        self.notes.append(kind)
        if kind == "status":
            return STATUSES, [["jusou", code, 2026, "yes", "no", "覚え"] for code in CODES]
        if kind == "towns":
            return TOWNS, [[code, "", ""] for code in CODES]
        if kind == "rounds":
            return ROUNDS, [["kakuu", year, "架空の調べ", "1", f"{year}-06-16", f"{year}-07-11",
                             "架空"] for year in range(2020, 2024)]
        if kind == "wide":
            return WIDE, [["kakuu", 2025, code, who, "yes", self.chance.randrange(9), "", "なし"]
                          for code in CODES for who in ("municipality", "council")]
        return ANSWERS, [list(line) for code in CODES for year in (2025, 2024)
                         for line in answers(code, visits=self.chance.randrange(9), year=year)]

    def shake(self, columns, rows):
        """Changes whole cells and rows."""
        columns = list(columns)
        for _ in range(self.chance.randrange(6)):
            line = self.chance.choice(rows)
            what = self.chance.randrange(7)
            if what == 0 and line:
                line.pop()
            elif what == 1:
                line.append(self.chance.choice(CELLS))
            elif what == 2:
                rows.insert(self.chance.randrange(len(rows)), list(line))
            elif what == 3:
                self.chance.shuffle(rows)
            elif what == 4 and len(rows) > 1:
                rows.remove(line)
            elif line:
                line[self.chance.randrange(len(line))] = self.chance.choice(CELLS)
        if self.often(0.05):
            columns[self.chance.randrange(len(columns))] = self.chance.choice(("x", "", "value"))
        return columns, rows

    def text(self, columns, rows):
        if self.often(0.25):
            self.notes.append("json")
            return "".join(json.dumps(dict(zip(columns, line)), ensure_ascii=False) + "\n"
                           for line in rows)
        path = ""
        for line in [columns, *rows]:
            cells = [str(cell) for cell in line]
            quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"'
                      if any(c in cell for c in ',"\n') else cell for cell in cells]
            path += ",".join(quoted) + ("\r\n" if "crlf" in self.notes else "\n")
        return path

    def bytes(self):
        if self.often(0.2):
            self.notes.append("crlf")
        columns, rows = self.shake(*self.rows())
        text = self.text(columns, rows)
        encoding = self.chance.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "cp932", "utf-16"))
        self.notes.append(encoding)
        data = text.encode(encoding, "replace")
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 5))):
            self.notes.append("bytes")
            at = self.chance.randrange(len(data) + 1)
            what = self.chance.randrange(4)
            if what == 0:
                data = data[:at] + self.chance.choice(BYTES) + data[at:]
            elif what == 1:
                data = data[:at] + data[at + 1:]
            elif what == 2:
                data = data[:at] + data[at + self.chance.randrange(200):]
            else:
                data = data[:at] + bytes([self.chance.randrange(256)]) + data[at + 1:]
        if self.often(0.05):
            data = data[:self.chance.randrange(len(data) + 1)]
        return data

    def write(self, folder, data):
        form = self.chance.choice(("csv", "csv", "gz", "zst", "zip"))
        path = folder / f"fuzzed.{form}"
        if form == "zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
                out.writestr("fuzzed.csv", data)
            return path
        if form == "gz":
            data = gzip.compress(data, mtime=0)
        elif form == "zst":
            data = subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE,
                                  timeout=60, check=True).stdout
        if form != "csv" and self.often(0.1):
            self.notes.append("cut")
            data = data[:self.chance.randrange(len(data))]
        path.write_bytes(data)
        return path


def plain_records(data):
    """How many records CSV of UTF-8 has, where that is beyond doubt."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if any(c in text for c in '"\r\0{}'):
        return None
    lines = [line for line in text.split("\n") if line.strip(", \t\u3000\u200b")]
    return len(lines) - 1


class Accounting(backfill.Backfill):
    def account(self, path, wide, **flags):
        """Plans a file; returns its summary and rejects, or the failure's words."""
        for name in ("rejects.csv", "backfill-plan.json"):
            (self.folder / name).unlink(missing_ok=True)
        mend = self.folder / "mend"
        for old in mend.glob("*"):
            old.unlink()
        options = [word for flag, value in flags.items() for word in (f"--{flag}", value)]
        done = subprocess.run(
            self.command("plan", path, "--strategy", self.strategy, "--rejects", "rejects.csv",
                         "--mend", "mend", *options),
            capture_output=True, text=True, timeout=120, check=False, cwd=self.folder)
        self.assertIn(done.returncode, (0, 1, 3), done)
        if done.returncode == 1:
            # A failure has a reason, and leaves no plan.
            self.assertRegex(done.stderr, r"[A-Z]+_[A-Z_]+", done)
            self.assertFalse((self.folder / "backfill-plan.json").exists(), done)
            return None, done.stderr
        summary = json.loads(done.stdout)
        self.assert_adds_up(summary)
        self.assertEqual(done.returncode, 3 if summary["counts"]["rejected"] else 0, done)
        with open(self.folder / "rejects.csv", encoding="utf-8", newline="") as table:
            rejects = list(csv.DictReader(table))
        self.assertEqual(len(rejects), summary["faults"])
        self.assertTrue(all(told["reason_code"] and told["message"] for told in rejects))
        # A wide record is refused as several answers.
        lines = len({told["source_line"] for told in rejects})
        refused = summary["counts"]["rejected"]
        self.assertTrue(lines == refused or wide and 0 < lines < refused, rejects)
        return summary, rejects

    def test_whatever_bytes_come_every_record_is_accounted_for(self):
        before = self.digest()
        outcomes = {"planned": 0, "refused": 0, "rejected": 0, "fed back": 0}
        for number in range(FILES):
            maker = Maker(number)
            self.strategy = maker.chance.choice(("merge", "merge", "replace", "delete"))
            data = maker.bytes()
            path = maker.write(self.folder, data)
            with self.subTest(number=number, seed=SEED, notes=maker.notes):
                size = maker.chance.choice(("1", "7", "20000"))
                summary, rejects = self.account(path, "wide" in maker.notes,
                                                **{"batch-size": size})
                if summary is None:
                    outcomes["refused"] += 1
                    continue
                outcomes["planned"] += 1
                counts = summary["counts"]
                if not {"json", "wide"} & set(maker.notes) and (known := plain_records(data)) is not None:
                    self.assertEqual(counts["rows"], known)
                outcomes["rejected"] += counts["rejected"]
                if counts["rejected"] == 0:
                    continue
                mended, = (self.folder / "mend").iterdir()
                again = self.folder / "again.csv"
                mended.replace(again)
                fed, _ = self.account(again, "wide" in maker.notes, encoding="utf-8")
                # A quote that is never closed takes along what stands behind it.
                if not any(told["reason_code"].startswith(("CSV_", "BYTES_", "JSON_"))
                           for told in rejects):
                    outcomes["fed back"] += 1
                    self.assertEqual(fed["counts"]["rows"], counts["rejected"])
        self.assertEqual(self.digest(), before)
        # The corpus is one of all kinds.
        self.assertTrue(all(outcomes.values()), outcomes)


if __name__ == "__main__":
    unittest.main()
