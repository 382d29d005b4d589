#!/usr/bin/python3
"""Rounds that a backfill creates, opens, fills and closes from a file.

usage: backfill_rounds_test.py [one sqlite] [unittest...]
"""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import backfill_cli_test as backfill  # noqa: E402
from backfill_cli_test import CHIYODA, CHUO, CODEBOOK, SURVEY, answers  # noqa: E402

COLUMNS = ("survey", "fiscal_year", "title", "codebook", "window_start", "window_end",
           "publisher", "synthetic")
YEARS = (2021, 2022, 2023, 2024, 2025)


def described(year, **changed):
    """The record of one round."""
    cells = {"survey": SURVEY, "fiscal_year": year, "title": f"架空の調べ（{year}年度）",
             "codebook": "1", "window_start": f"{year}-06-16", "window_end": f"{year}-07-11",
             "publisher": "架空県", "synthetic": "架空"} | changed
    return [cells[column] for column in COLUMNS]


class Rounds(backfill.Backfill):

    def new_product(self, rounds=False):
        product = super().new_product(rounds=False)
        codebook = self.folder / "codebook"
        codebook.mkdir()
        for sheet, text in CODEBOOK.items():
            (codebook / f"{sheet}.csv").write_text(text, "utf-8")
        product.ctl("--survey", SURVEY, "codebook", "import", codebook, "--version-id", "1")
        product.http.post(f"/v1/surveys/{SURVEY}/codebooks/1:publish")
        return product

    def described(self, *records):
        return self.file("rounds.csv", COLUMNS, records)

    def round(self, year):
        made = self.product.http.get(f"/v1/surveys/{SURVEY}/rounds/{year}")
        return made | {"state": made["state"].removeprefix("STATE_")}

    def rounds(self):
        return self.product.http.list(f"/v1/surveys/{SURVEY}/rounds", "rounds")

    def test_five_synthetic_rounds_are_created_filled_and_closed(self):
        codes = [entry["code"] for entry in self.product.http.list(
            "/v1/municipalities", "municipalities")]
        rows = [line for year in YEARS for number, code in enumerate(codes)
                for kind in ("municipality", "council")
                for line in answers(code, year=year, kind=kind, visits=number + year,
                                    has="yes" if number < year - 2015 else "no")]
        files = (self.described(*map(described, YEARS)), self.answers(rows))
        planned = self.plan(*files)
        self.assertEqual(self.rounds(), [])
        self.assertEqual([file["kind"] for file in planned["files"]], ["rounds", "answers"])
        self.assertEqual(planned["files"][0]["counts"]["created"], 5)
        self.assertEqual(planned["files"][1]["counts"]["created"], len(rows))
        self.assertEqual(self.apply()["counts"], planned["counts"])
        # What is applied already is told as it was.
        self.assertEqual(self.apply()["counts"], planned["counts"])
        for year in YEARS:
            made = self.round(year)
            self.assertEqual((made["state"], made["publisher"], made["synthetic"],
                              made["displayName"], made["windowEnd"]["month"]),
                             ("CLOSED", "架空県", True, f"架空の調べ（{year}年度）", 7))
            self.assertEqual(self.stored(codes[5], year=year)["visits"], str(5 + year))
        # The series of those that implement is that of the file.
        for year in YEARS:
            exported = self.product.ctl("--survey", SURVEY, "submission", "export",
                                        "--fiscal-year", year).stdout
            said = [line for line in exported.splitlines()
                    if ",municipality,has,yes," in line]
            self.assertEqual(len(said), year - 2015)
        self.assertTrue(self.backfill("verify", *files, "--strategy", "merge")["equal"])
        again = self.plan(*files)
        self.assertEqual(again["counts"]["unchanged"], again["counts"]["rows"])

    def test_records_that_make_no_round_are_told_and_so_are_their_answers(self):
        self.product.ctl("--survey", SURVEY, "round", "create", "--fiscal-year", 2025,
                         "--title", "別の名", "--codebook", "1", "--window-start",
                         "2025-06-16", "--window-end", "2025-07-11")
        rounds = self.described(
            described(2021), described(2021), described(2022, window_end="昨日"),
            described(2023, codebook="2"), described(2024, window_end="2024-01-01"),
            described(2025), described("令和"), described(2020)[:-1])
        rows = answers(CHIYODA, year=2021) + answers(CHIYODA, year=2023)
        planned = self.plan(rounds, self.answers(rows), code=3, rejects="rejects.csv")
        told = [one[:3] for one in self.rejects()]
        self.assertEqual(told[:5], [
            (3, "fiscal_year", "ROUND_REPEATED"), (4, "window_end", "DATE_FORMAT"),
            (5, "", "CODEBOOK_NOT_PUBLISHED"), (6, "round.window_end", "ROUND_INVALID"),
            (7, "title", "ROUND_DIFFERS")])
        self.assertIn((8, "fiscal_year", "FISCAL_YEAR_FORMAT"), told)
        self.assertIn((9, "", "RECORD_CELLS"), told)
        self.assertEqual(told[-1][1:], ("fiscal_year", "ROUND_NOT_FOUND"))
        self.assertEqual(planned["counts"]["created"], 1 + 3)
        self.apply(code=3)
        # What was refused can be fed back.
        self.assertIn("stay open", self.stderr)
        self.assertEqual(self.round(2021)["state"], "OPEN")
        self.assertEqual(self.stored(CHIYODA, year=2021)["visits"], "1")

    def test_a_round_that_somebody_makes_meanwhile_is_refused(self):
        self.plan(self.described(described(2024)), self.answers(answers(CHUO, year=2024)))
        self.product.ctl("--survey", SURVEY, "round", "create", "--fiscal-year", 2024,
                         "--title", "別の名", "--codebook", "1", "--window-start",
                         "2024-06-16", "--window-end", "2024-07-11")
        self.apply(code=5)
        self.assertIn("ROUND_EXISTS", self.stderr)
        self.assertEqual(self.round(2024)["state"], "PLANNED")

    def test_a_registry_that_moves_before_they_are_opened_is_refused_with_its_author(self):
        self.plan(self.described(described(2024)), self.answers(answers(CHUO, year=2024)))
        self.product.ctl("status", "record", CHUO, "--fiscal-year", "2026",
                         "--implementing", "yes", "--preparation", "no")
        self.apply(code=5)
        self.assertIn("BASE_MOVED", self.stderr)
        self.assertIn("local", self.stderr)
        self.assertEqual(self.rounds(), [])
        # What was opened before is gone on with.
        self.plan(self.described(described(2024)), self.answers(answers(CHUO, year=2024)))
        self.apply()
        self.product.ctl("status", "record", CHIYODA, "--fiscal-year", "2026",
                         "--implementing", "yes", "--preparation", "no")
        self.assertEqual(self.apply()["counts"]["created"], 4)

    def test_a_round_that_was_refused_is_not_made_unplanned(self):
        files = (self.described(described(2024, codebook="2")),
                 self.answers(answers(CHUO, year=2024)))
        self.plan(*files, code=3)
        settings = self.folder / "codebook" / "settings.csv"
        settings.write_text(CODEBOOK["settings"].replace(",1\n", ",2\n"), "utf-8")
        self.product.ctl("--survey", SURVEY, "codebook", "import", self.folder / "codebook",
                         "--version-id", "2")
        self.product.http.post(f"/v1/surveys/{SURVEY}/codebooks/2:publish")
        self.backfill("apply", "--plan", "backfill-plan.json", "--rejects", "rejects.csv",
                      code=3)
        self.assertEqual(self.rejects()[0][2], "ROUND_NOT_PLANNED")
        self.assertEqual(self.rounds(), [])

    def test_statuses_that_change_come_first(self):
        statuses = self.file(
            "status.csv", ("program", "municipality_code", "fiscal_year", "implementing",
                           "preparation", "note"),
            [("jusou", CHIYODA, 2026, "yes", "no", "")])
        self.plan(statuses, self.described(described(2025)), code=1)
        self.assertIn("ROUNDS_BEFORE_STATUSES", self.stderr)
        self.plan(statuses)
        self.apply()
        self.plan(statuses, self.described(described(2025)))
        self.apply()
        self.assertEqual(self.round(2025)["state"], "CLOSED")

    def test_killed_between_opening_and_closing_it_goes_on(self):
        rows = [line for year in YEARS for code in (CHIYODA, CHUO)
                for line in answers(code, year=year)]
        files = (self.described(*map(described, YEARS)), self.answers(rows))
        planned = self.plan(*files, batch_size=1)
        for milliseconds in (20, 60, 120, 200, 300):
            with subprocess.Popen(self.command("apply", "--plan", "backfill-plan.json"),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  cwd=self.folder) as client:
                # Not a wait for something: the moment of the fault.
                try:
                    client.wait(milliseconds / 1000)
                except subprocess.TimeoutExpired:
                    client.kill()
                client.communicate()
        self.assertEqual(self.apply()["counts"], planned["counts"])
        self.assertEqual({self.round(year)["state"] for year in YEARS}, {"CLOSED"})


if __name__ == "__main__":
    unittest.main()
