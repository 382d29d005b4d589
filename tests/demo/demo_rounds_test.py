#!/usr/bin/python3
"""The demonstration rounds: same bytes twice, accepted by the checker, and the
checker finds what is wrong."""

import csv
import filecmp
from fractions import Fraction
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR",
                                   pathlib.Path(__file__).resolve().parents[2]))
DEMO = ROOT / "tools" / "demo"
sys.path.insert(0, str(DEMO))
from check_rounds import fits  # noqa: E402
from expression import Expression  # noqa: E402

ANSWERS = "synthetic-jusou-2025-answers.csv"
FILES = [f"synthetic-jusou-{year}-{part}.csv"
         for year in (2024, 2025) for part in ("answers", "headers")]


def run(program, *arguments, seed="0"):
    return subprocess.run(
        ["/usr/bin/python3", "-B", str(DEMO / program), *map(str, arguments)],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed,
             "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"})


class Rounds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name) / "one"
        made = run("generate_rounds.py", "--out", cls.out)
        assert made.returncode == 0, made.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_two_runs_make_the_same_bytes(self):
        again = pathlib.Path(self.folder.name) / "two"
        self.assertEqual(run("generate_rounds.py", "--out", again, seed="77").returncode, 0)
        self.assertEqual(sorted(p.name for p in again.iterdir()), FILES)
        self.assertEqual(filecmp.cmpfiles(self.out, again, FILES, shallow=False)[0], FILES)

    def test_checker_agrees(self):
        checked = run("check_rounds.py", "--rounds", self.out)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("60 statements, 0 readings that do not fit", checked.stdout)

    def test_excerpts_are_of_what_was_written(self):
        with open(self.out / ANSWERS, encoding="utf-8", newline="") as f:
            written = {(f"{r['municipality_code']}-{r['respondent_kind']}", r["item_id"]): r["value"]
                       for r in csv.DictReader(f)}
        with open(ROOT / "services/survey/data/jusou/choices.csv", encoding="utf-8", newline="") as f:
            themes = {r["label::日本語 (ja)"] for r in csv.DictReader(f)
                      if r["list_name"] == "new_initiatives_themes"}
        with open(DEMO / "excerpts.csv", encoding="utf-8", newline="") as f:
            excerpts = list(csv.DictReader(f))
        self.assertEqual(len({one["submission"] for one in excerpts}), len(excerpts))
        for one in excerpts:
            with self.subTest(excerpt=one["excerpt"]):
                source = written[(one["submission"], one["item"])]
                # Places are 架空 by their names, and none is printed.
                self.assertNotIn("架空", one["text"])
                self.assertLessEqual(len(one["text"]), 80)
                # An editor shortens; whatever is printed stands in the answer, as
                # whole words of two characters and more of kanji or kana.
                words = re.findall(r"[一-龠々]{2,}|[ァ-ヶー]{2,}", one["text"])
                self.assertEqual([word for word in words if word not in source], [])
        shown = yaml.safe_load((DEMO / "initiatives_page.yaml").read_text("utf-8"))[0]["blocks"]
        self.assertEqual(next(block["excerpts"] for block in shown if "excerpts" in block),
                         [one["excerpt"] for one in excerpts if one["consent_note"]])
        self.assertEqual({one["category"] for one in excerpts if one["consent_note"]}, themes)

    def broken(self, change):
        """Runs the checker on a copy in which `change` altered the FY2025 rows."""
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for name in FILES:
                (copy / name).write_bytes((self.out / name).read_bytes())
            with open(copy / ANSWERS, encoding="utf-8", newline="") as f:
                rows = list(csv.DictReader(f))
            header = list(rows[0])
            self.assertTrue(change(rows), "the change found no row")
            with open(copy / ANSWERS, "w", encoding="utf-8", newline="") as f:
                out = csv.DictWriter(f, header, lineterminator="\n")
                out.writeheader()
                out.writerows(rows)
            checked = run("check_rounds.py", "--quiet", "--rounds", copy)
            self.assertEqual(checked.stderr, "")
            self.assertEqual(checked.returncode, 1, checked.stdout)
            return checked.stdout

    @staticmethod
    def change_first(item, was=None, **fields):
        def change(rows):
            for row in rows:
                if row["item_id"] == item and (was is None or row["value"] == was):
                    row.update(fields)
                    return True
            return False
        return change

    def test_checker_finds_broken_answers(self):
        first = self.change_first
        for said, change in (
                ("option not offered", first("sc_setup", "existing", value="sometimes")),
                ("exclusive option combined",
                 first("sc_setup", "existing", value="existing not_set")),
                ("other without its text", first("outreach_timing", "other", other_text="")),
                ("constraint broken", first("planned_start_fy", "2026", value="2025")),
                ("constraint broken", first("plan_period_years", "y5", value="y6")),
                ("not an integer", first("sc_meetings", "0", value="many")),
                ("absence NOT_COUNTED not allowed",
                 first("window_form", value="", absence="NOT_COUNTED")),
                ("needs a value or an absence", first("sc_meetings", "0", value="")),
                ("p15_supports_preplan_total", self.bump_total),
                ("asked, no row", self.drop_row),
                ("answered but not asked", self.answer_unasked)):
            with self.subTest(said=said):
                self.assertIn(said, self.broken(change))

    @staticmethod
    def bump_total(rows):
        for row in rows:
            if row["item_id"] == "part_supports_preplan" and row["value"]:
                row["value"] = str(int(row["value"]) + 1)
                return True
        return False

    @staticmethod
    def drop_row(rows):
        at = next(i for i, r in enumerate(rows) if r["item_id"] == "issues")
        del rows[at]
        return True

    @staticmethod
    def answer_unasked(rows):
        at = next(i for i, r in enumerate(rows) if r["item_id"] == "mun_transition_prep")
        rows[at]["item_id"] = "mun_first_implementation_fy"
        rows[at]["value"] = "2025"
        return True


class Subject:
    """Facts for one evaluation; what is not given is missing."""

    def __init__(self, items=None, current=None, facts=None):
        self.items, self.now, self.facts = items or {}, current, facts or {}

    def item(self, name):
        return self.items.get(name)

    def current(self):
        return self.now

    def registry(self, fact, offset):
        return self.facts.get((fact, offset))

    def fiscal_year(self):
        return 2025


class Expressions(unittest.TestCase):
    def test_truth_is_three_valued(self):
        known = Subject({"a": "x", "n": 3, "m": "x y"}, current=4,
                        facts={("implementing", 0): True, ("implementing", -1): False})
        for text, expected in (
                ("${a} = 'x'", True), ("${a} != 'x'", False), ("${b} = 'x'", None),
                ("${b} != 'x'", None), ("${b} = ''", True), ("${a} = ''", False),
                ("${b} != ''", False), ("not(${b} = 'x')", None),
                ("${b} = 'x' or true()", True), ("${b} = 'x' and false()", False),
                ("${b} = 'x' or false()", None), ("${b} = 'x' and true()", None),
                ("selected(${m}, 'y')", True), ("selected(${b}, 'y')", None),
                ("count-selected(${m}) >= 2", True), ("count-selected(${b}) = 0", None),
                ("${n} + 1 = .", True), ("${n} + ${b} = 4", None),
                (". > survey_year()", False), ("${n} - 1 - 1 = 1", True),
                ("if(${n} > 2, 1, 2) = 1", True), ("coalesce(${b}, 7) = 7", True),
                ("registry('implementing', 0) and not(registry('implementing', -1))", True),
                ("registry('preparation', 0)", None),
                ("true() or false() and false()", True)):
            with self.subTest(text=text):
                self.assertIs(Expression(text).evaluate(known), expected)

    def test_types_must_agree(self):
        with self.assertRaises(TypeError):
            Expression("'10' = 10").evaluate(Subject())

    def test_nonsense_is_refused(self):
        for text in ("${a} =", "and", "selected(", "1 2", "${a} == 'x'", "x"):
            with self.subTest(text=text), self.assertRaises(ValueError):
                Expression(text)


class Wording(unittest.TestCase):
    def test_counts_that_fit(self):
        for wording, n, low, high in (
                ("8割以上", 30, 24, 26), ("8割以上", 23, 19, 20), ("7割以上", 30, 21, 23),
                ("半数以上", 23, 12, 23), ("7割弱", 23, 15, 16), ("7割弱", 30, 20, 20),
                ("9割", 30, 26, 28), ("9割", 28, 24, 26), ("9割", 23, 20, 21),
                ("6割", 30, 17, 19), ("6割", 23, 13, 14), ("4割", 30, 11, 13),
                ("2/3", 30, 20, 20), ("1/2", 30, 15, 15), ("半数", 23, 11, 12),
                ("半数", 18, 9, 9), ("約半数", 30, 14, 16), ("約半数", 23, 11, 12),
                ("1/3", 30, 10, 10), ("1/3", 23, 8, 8), ("約1/3", 30, 9, 11),
                ("約1/3", 28, 8, 10), ("約半数", 10, 5, 5), ("約1/3", 23, 7, 8)):
            with self.subTest(wording=wording, n=n):
                self.assertEqual([k for k in range(n + 1) if fits(wording, k, n) == "fits"],
                                 list(range(low, high + 1)))
        self.assertEqual([k for k in range(11) if fits("7割弱", k, 10) == "fits"], [])

    def judged(self, rules, wording, k, n):
        """Judges by the rules of the data file; None without a rule."""
        for rule in rules:
            pattern = rule["pattern"].replace("{tenths}", "([1-9])").replace(
                "{fraction}", r"(\d+)/(\d+)")
            match = re.fullmatch(pattern, wording)
            if not match:
                continue
            if rule["kind"] == "exists":
                return k >= 1
            if rule["kind"] == "all":
                return k == n
            value = Fraction(rule["value"]) if "value" in rule else (
                Fraction(int(match[1]), int(match[2]) if match.lastindex == 2 else 10))
            if rule["kind"] == "nearest_integer":
                return abs(k - value * n) <= Fraction(1, 2)
            share, good = Fraction(k, n), True
            if "lower" in rule:
                end = value + Fraction(rule["lower"]["offset"])
                good &= share > end or (rule["lower"]["inclusive"] and share == end)
            if "upper" in rule:
                end = value + Fraction(rule["upper"]["offset"])
                good &= share < end or (rule["upper"]["inclusive"] and share == end)
            if "cap" in rule:
                good &= share < value + Fraction(rule["cap"])
            return good
        return None

    def test_the_data_file_says_the_same(self):
        path = ROOT / "services" / "indicator" / "data" / "wording-profile-1.yaml"
        rules = yaml.safe_load(path.read_text("utf-8"))["rules"]
        words = ["半数以上", "7割弱", "約半数", "半数", "ある", "も見られる", "場合もある", "全て",
                 "1/2", "1/3", "2/3", "約1/3", "約2/3", "約3/4"]
        words += [f"{x}割{end}" for x in range(1, 10) for end in ("", "以上")]
        for wording in words:
            for n in range(1, 63):
                for k in range(n + 1):
                    self.assertEqual(fits(wording, k, n) == "fits",
                                     self.judged(rules, wording, k, n), (wording, k, n))
        for wording in ("多い", "進んでいる", "増えている"):
            self.assertIsNone(self.judged(rules, wording, 1, 2))
            self.assertIsNone(fits(wording, 1, 2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
