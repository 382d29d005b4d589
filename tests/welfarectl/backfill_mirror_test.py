#!/usr/bin/python3
"""A platform exported as files, and backfilled into an empty one.

usage: backfill_mirror_test.py [unittest...]
"""

import collections
import csv
import hashlib
import json
import os
import pathlib
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests" / "system"))
sys.path.insert(0, str(SOURCE / "tools" / "demo"))

import demo_data  # noqa: E402
import harness  # noqa: E402
from expression import Expression  # noqa: E402

DATA = SOURCE / "services" / "registry" / "data"
ACCEPTED = "131016-municipality"


def figures(product):
    """All that is published of the last round, as it is downloaded."""
    report = product.http.post("/v1/reports", {
        "template": "jusou", "round": "surveys/jusou/rounds/2025"})
    files = {kind: product.download(report, kind)
             for kind in ("html", "csv", "json", "xlsx", "pdf")}
    shown = product.ctl("--output", "csv", "statement", "list", "--fiscal-year", 2025).stdout
    counted = [product.ctl("--output", "csv", "indicator", "get", indicator,
                           "--fiscal-year", year).stdout
               for indicator in ("plan_formulated", "issues") for year in (2024, 2025)]
    return files | {"statements": shown, "counted": counted}


class Exporting(unittest.TestCase):
    """Platforms of their own for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def product(self, engine):
        product = harness.Product(harness.ONE, engine=engine)
        self.addCleanup(product.abandon)
        product.start()
        self.addCleanup(product.stop)
        return product

    def export(self, product, name):
        out = self.folder / name
        done = product.ctl("--output", "json", "backfill", "export", "--out", out)
        self.stderr = done.stderr
        return out, json.loads(done.stdout)

    def backfill(self, product, *files):
        plan = self.folder / "plan.json"
        product.ctl("backfill", "plan", *files, "--strategy", "merge", "--out", plan,
                    "--progress", "none")
        product.ctl("backfill", "apply", "--plan", plan, "--progress", "none")
        done = product.ctl("--output", "json", "backfill", "verify", "--plan", plan,
                           "--progress", "none")
        self.assertTrue(json.loads(done.stdout)["equal"])

    def take_in(self, product, out):
        for codebook in sorted((out / "codebooks").iterdir()):
            product.ctl("codebook", "import", codebook, "--version-id", codebook.name)
            product.ctl("codebook", "publish", codebook.name)
        for part in ("registry", "rounds"):
            self.backfill(product, *sorted((out / part).iterdir()))


class Mirror(Exporting):

    def test_a_platform_goes_to_the_other_engine_and_back(self):
        source = self.product("sqlite")
        source.load()
        source.ctl("submission", "accept", ACCEPTED, "--fiscal-year", 2025)
        source.ctl("round", "close", "--fiscal-year", 2024)
        out, manifest = self.export(source, "there")
        self.assertEqual(manifest["left"], {})
        for file in manifest["files"]:
            self.assertEqual(hashlib.sha256((out / file["path"]).read_bytes()).hexdigest(),
                             file["sha256"])
        expected, shown = source.state_digest(), figures(source)

        other = self.product("postgresql")
        self.take_in(other, out)
        self.assertEqual(other.state(), source.state())
        self.assertEqual(other.state_digest(), expected)
        self.assertEqual(figures(other), shown)

        back, again = self.export(other, "back")
        self.assertEqual([(file["path"], file["sha256"]) for file in again["files"]],
                         [(file["path"], file["sha256"]) for file in manifest["files"]])
        third = self.product("sqlite")
        self.take_in(third, back)
        self.assertEqual(third.state_digest(), expected)
        self.assertEqual(figures(third), shown)

    def test_what_is_not_carried_is_said(self):
        product = self.product("sqlite")
        product.load()
        product.ctl("submission", "return", ACCEPTED, "--fiscal-year", 2025,
                    "--reason", "架空の理由")
        product.ctl("round", "create", "--fiscal-year", 2026, "--title", "架空の調査",
                    "--codebook", "2025-1", "--window-start", "2026-06-15",
                    "--window-end", "2026-07-10")
        out, manifest = self.export(product, "out")
        self.assertEqual(manifest["left"], {
            "rounds that are not opened": ["surveys/jusou/rounds/2026"],
            "submissions that are not handed in": [
                f"surveys/jusou/rounds/2025/submissions/{ACCEPTED}"]})
        self.assertIn("Not carried: rounds that are not opened: 1.", self.stderr)
        # Nothing is written over.
        done = product.ctl("backfill", "export", "--out", out, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("EXPORT_FOLDER", done.stderr)


class FiveYears(Exporting):
    """Five synthetic (架空) rounds, made of the questionnaire itself: what is
    asked by its routing is answered, and most of it left blank."""

    def answers(self, code, year, kind):
        questions = [line for line in demo_data.rows(
            harness.DATA / "survey/data/jusou/survey.csv")
            if not line["type"].startswith(("begin", "end")) and line["type"]]
        given = {}

        class Context:
            def item(self, name):
                return given.get(name)

            def current(self):
                return None

            def registry(self, fact, offset):
                facts = demo_data.status().get((code, year + offset))
                if facts is None:
                    return None
                word = facts[0] if fact == "implementing" else facts[1]
                return None if word == "unknown" else word == "yes"

            def fiscal_year(self):
                return year

        said = self.said(code, year)
        for line in questions:
            if kind not in line["respondent"].split():
                continue
            if line["relevant"] and Expression(line["relevant"]).evaluate(Context()) is not True:
                continue
            item = line["name"]
            if item in said:
                given[item] = said[item]
                yield item, said[item], ""
            elif "NO_ANSWER" in line["absences"].split():
                if line["type"].split()[0] != "text":
                    yield item, "", "NO_ANSWER"

    def formulated(self, code, year):
        """Half of those that implement, and each the year after its start."""
        before = demo_data.status().get((code, year - 1), ("no",))[0] == "yes"
        return before or int(code) % 2 == 0

    def said(self, code, year):
        runs, prepares = demo_data.status()[(code, year)]
        made = "formulated" if self.formulated(code, year) else "none"
        return {"mun_program_status": "implementing" if runs == "yes" else "not_implementing",
                "mun_transition_prep": "yes" if prepares == "yes" else "no",
                "plan_formulated": made}

    def test_the_series_of_implementers_and_of_plans_come_out_right(self):
        product = self.product("sqlite")
        folder = SOURCE / "services/survey/data/jusou"
        product.ctl("codebook", "import", folder, "--version-id", "2025-1")
        product.ctl("codebook", "publish", "2025-1")
        self.backfill(product, DATA / "municipalities.csv", DATA / "status-jusou.csv")
        codes = sorted({code for code, _ in demo_data.status()})
        years = range(2021, 2026)
        rounds, rows = self.folder / "rounds.csv", self.folder / "answers.csv"
        with open(rounds, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["survey", "fiscal_year", "title", "codebook", "window_start",
                          "window_end", "publisher", "synthetic"])
            out.writerows(["jusou", year, f"架空の調査（{year}年度）", "2025-1",
                           f"{year}-06-16", f"{year}-07-11", "架空", "架空"]
                          for year in years)
        with open(rows, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["survey", "fiscal_year", "municipality_code", "respondent_kind",
                          "item_id", "value", "other_text", "absence", "state", "synthetic",
                          "received_on"])
            for year in years:
                for code in codes:
                    for kind in ("municipality", "council"):
                        out.writerows(
                            ["jusou", year, code, kind, item, value, "", absence, "", "架空",
                             f"{year}-07-01"]
                            for item, value, absence in self.answers(code, year, kind))
        self.backfill(product, rounds, rows)
        run = {year: demo_data.implementing(year) for year in years}
        self.assertEqual([len(run[year]) for year in years], [2, 7, 12, 23, 30])
        plans = {year: sum(self.formulated(code, year) for code in run[year]) for year in years}
        self.assertEqual(self.series(product, "mun_program_status", "implementing"),
                         {year: (len(run[year]), len(codes)) for year in years})
        self.assertEqual(self.series(product, "plan_formulated", "formulated"),
                         {year: (plans[year], len(run[year])) for year in years})
        for year in years:
            progress = product.http.get(f"/v1/surveys/jusou/rounds/{year}/progress")
            for group in progress["groups"]:
                self.assertEqual((group["received"], group["onTime"]),
                                 (group["expected"], group["expected"]), (year, group))

    def series(self, product, indicator, key):
        found = collections.OrderedDict()
        for year in range(2021, 2026):
            value = product.http.get(
                f"/v1/surveys/jusou/indicators/{indicator}/values/{year}")
            cell = next(cell for cell in value["cells"] if cell["key"] == key)
            found[year] = (cell["count"], cell["base"])
            shown = product.ctl("--output", "csv", "indicator", "get", indicator,
                                "--fiscal-year", year).stdout
            self.assertTrue(any(line.startswith(f"{key},") and f",{cell['count']}," in line
                                for line in shown.splitlines()), shown)
        return dict(found)


if __name__ == "__main__":
    unittest.main()
