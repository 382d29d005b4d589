#!/usr/bin/python3
"""welfarectl backfill: planned, applied as planned, resumed, and every row told.

usage: backfill_cli_test.py [five postgresql] [unittest...]
"""

import csv
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests" / "system"))

import harness  # noqa: E402

DATA = SOURCE / "services" / "registry" / "data"
SURVEY = "kakuu"
ANSWERS = ("survey", "fiscal_year", "municipality_code", "respondent_kind",
           "item_id", "value", "other_text", "absence")
CODEBOOK = {
    "survey": "type,name,label,respondent\n"
              "select_one yn,has,実施の有無,municipality council\n"
              "integer,visits,訪問の回数,municipality council\n"
              "text,remarks,自由記述,municipality council\n",
    "choices": "list_name,name,label\nyn,yes,はい\nyn,no,いいえ\n",
    "settings": f"form_title,form_id,version\n架空の調べ,{SURVEY},1\n"}
YEARS = (2024, 2025)
CHIYODA, CHUO, MINATO, SHINJUKU, BUNKYO = (
    "131016", "131024", "131032", "131041", "131059")


def row(code, item, value, year=2025, kind="municipality", absence=""):
    return (SURVEY, year, code, kind, item, value, "", absence)


def answers(code, visits=1, remarks="なし", has="yes", **which):
    return [row(code, "has", has, **which), row(code, "visits", visits, **which),
            row(code, "remarks", remarks, **which)]


# Line, column, reason of each fault in the test of bad input.
BAD = [(6, "item_id", "ANSWER_MISSING"), (7, "", "CSV_STRAY_QUOTE"),
       (8, "", "CSV_CELLS"), (9, "", "SUBMISSION_REJECTED"),
       (10, "value", "TYPE_MISMATCH"), (11, "", "SUBMISSION_REJECTED"),
       (12, "municipality_code", "UNKNOWN_MUNICIPALITY"),
       (13, "value", "OPTION_NOT_OFFERED"), (14, "", "SUBMISSION_REJECTED"),
       (15, "item_id", "DUPLICATE_ANSWER"), (16, "", "SUBMISSION_REJECTED"),
       (17, "item_id", "DUPLICATE_ANSWER"), (18, "municipality_code", "CHECK_DIGIT"),
       (19, "respondent_kind", "RESPONDENT_KIND"), (20, "", "BYTES_ILLEGAL")]


class Backfill(unittest.TestCase):
    """A platform of its own for each test: bases move."""

    shape = harness.shape_from_command_line()
    engine = harness.engine_from_command_line()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.product = self.new_product()

    def new_product(self, rounds=True):
        product = harness.Product(self.shape, engine=self.engine)
        self.addCleanup(product.abandon)
        product.start()
        self.addCleanup(product.stop)
        product.ctl("municipality", "import", DATA / "municipalities.csv")
        product.ctl("status", "import", DATA / "status-jusou.csv")
        if rounds:
            self.open_rounds(product)
        return product

    def open_rounds(self, product):
        codebook = self.folder / "codebook"
        codebook.mkdir(exist_ok=True)
        for sheet, text in CODEBOOK.items():
            (codebook / f"{sheet}.csv").write_text(text, "utf-8")
        product.ctl("--survey", SURVEY, "codebook", "import", codebook,
                    "--version-id", "1")
        product.http.post(f"/v1/surveys/{SURVEY}/codebooks/1:publish")
        for year in YEARS:
            product.ctl("--survey", SURVEY, "round", "create", "--fiscal-year", year,
                        "--title", "架空の調べ", "--codebook", "1", "--window-start",
                        f"{year}-06-16", "--window-end", f"{year}-07-11")
            product.ctl("--survey", SURVEY, "round", "open", "--fiscal-year", year)

    def file(self, name, columns, rows):
        path = self.folder / name
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        return path

    def answers(self, rows, name="answers.csv", columns=ANSWERS):
        return self.file(name, columns, rows)

    def command(self, *arguments):
        return [str(harness.BIN / "welfarectl"), "--server", self.product.grpc_address,
                "--output", "json", "--lang", "en", "backfill", *map(str, arguments)]

    def backfill(self, *arguments, code=0):
        """Runs a verb; returns its summary, whose counts add up."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True,
                              timeout=300, check=False, cwd=self.folder)
        self.assertEqual(done.returncode, code, done)
        self.stderr = done.stderr
        if not done.stdout:
            return None
        summary = json.loads(done.stdout)
        self.assert_adds_up(summary)
        return summary

    def assert_adds_up(self, summary):
        def check(counts):
            self.assertEqual(counts["rows"], sum(
                counts[word] for word in
                ("created", "updated", "unchanged", "deleted", "rejected")), counts)
        check(summary["counts"])
        for file in summary["files"]:
            check(file["counts"])
            for group in file["groups"]:
                check(group["counts"])
            if file["groups"]:
                for word, count in file["counts"].items():
                    self.assertEqual(count, sum(group["counts"][word]
                                                for group in file["groups"]), file)

    def counts(self, summary):
        return {word: count for word, count in summary["counts"].items() if count}

    def plan(self, *files, strategy="merge", code=0, **flags):
        options = [word for flag, value in flags.items()
                   for word in (f"--{flag.replace('_', '-')}", value)]
        return self.backfill("plan", *files, "--strategy", strategy, *options,
                             code=code)

    def apply(self, code=0, plan="backfill-plan.json", *options):
        return self.backfill("apply", "--plan", plan, *options, code=code)

    def load(self, rows, strategy="merge", columns=ANSWERS):
        planned = self.plan(self.answers(rows, columns=columns), strategy=strategy)
        applied = self.apply()
        self.assertEqual(planned["counts"], applied["counts"])
        return applied

    def stored(self, code, year=2025, kind="municipality"):
        found = self.product.http.get(
            f"/v1/surveys/{SURVEY}/rounds/{year}/submissions/{code}-{kind}")
        stored = {}
        for answer in found["answers"]:
            content = answer.get("codes", {}).get("codes") or answer.get("text") \
                or answer.get("integer") or answer.get("absence")
            stored[answer["item"]] = content
        return stored

    def digest(self, product=None):
        return (product or self.product).state_digest(surveys=(SURVEY,))

    def rejects(self, name="rejects.csv"):
        with open(self.folder / name, encoding="utf-8", newline="") as table:
            return [(int(line["source_line"]), line["column"], line["reason_code"],
                     line["raw_record"]) for line in csv.DictReader(table)]


class Planning(Backfill):
    def test_a_plan_writes_nothing_and_its_application_does_what_it_said(self):
        before = self.digest()
        path = self.answers(answers(CHIYODA) + answers(CHIYODA, kind="council")
                            + answers(CHUO, year=2024))
        planned = self.plan(path)
        self.assertEqual(self.counts(planned), {"rows": 9, "created": 9})
        groups = planned["files"][0]["groups"]
        self.assertEqual(
            [(group["fiscalYear"], group["respondentKind"], group["counts"]["created"])
             for group in groups],
            [(2024, "municipality", 3), (2025, "council", 3),
             (2025, "municipality", 3)])
        self.assertEqual(len(planned["changes"]), 9)
        self.assertEqual(self.digest(), before)
        self.backfill("verify", path, "--strategy", "merge", code=3)
        applied = self.apply()
        self.assertEqual(applied["counts"], planned["counts"])
        self.assertEqual(self.stored(CHIYODA)["visits"], "1")
        self.assertTrue(self.backfill("verify", "--plan", "backfill-plan.json")["equal"])
        again = self.plan(path)
        self.assertEqual(self.counts(again), {"rows": 9, "unchanged": 9})

    def test_a_strategy_is_chosen(self):
        done = subprocess.run(self.command("plan", self.answers(answers(CHIYODA))),
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("--strategy", done.stderr)

    def test_files_of_all_kinds_are_planned_in_the_order_of_their_needs(self):
        product = self.product
        statuses = self.file(
            "status.csv", ("program", "municipality_code", "fiscal_year", "implementing",
                           "preparation", "note"),
            [("jusou", "139998", 2024, "yes", "no", ""),
             ("jusou", "139998", 2025, "ended", "no", "")])
        municipalities = self.file(
            "towns.csv", ("code", "name", "kana", "name_en", "type", "area",
                          "council_name"),
            [("139998", "架空市", "カクウシ", "Kaku", "city", "市部", "")])
        planned = self.plan(self.answers(answers(CHIYODA)), statuses, municipalities)
        self.assertEqual([file["kind"] for file in planned["files"]],
                         ["municipalities", "statuses", "answers"])
        self.assertEqual(self.counts(planned), {"rows": 6, "created": 6})
        self.assertEqual(self.apply()["counts"], planned["counts"])
        self.assertEqual(product.http.get("/v1/municipalities/139998")["displayName"],
                         "架空市")
        self.assertTrue(self.backfill("verify", "--plan", "backfill-plan.json")["equal"])

    def test_a_write_between_plan_and_apply_is_refused_with_its_author(self):
        path = self.answers(answers(CHIYODA) + answers(CHUO, year=2024))
        self.plan(path)
        self.product.ctl("--survey", SURVEY, "submission", "import",
                         self.answers(answers(MINATO), name="other.csv"))
        before = self.digest()
        self.apply(code=5)
        self.assertIn("BASE_MOVED", self.stderr)
        self.assertIn(f"surveys/{SURVEY}/rounds/2025", self.stderr)
        self.assertIn("local", self.stderr)
        # Nothing is written, of the round that has not moved either.
        self.assertEqual(self.digest(), before)

    def test_a_registry_that_moved_and_a_file_that_is_another_are_refused(self):
        statuses = self.file(
            "status.csv", ("program", "municipality_code", "fiscal_year", "implementing",
                           "preparation", "note"),
            [("jusou", CHIYODA, 2026, "yes", "no", "")])
        self.plan(statuses)
        self.product.ctl("status", "record", CHUO, "--fiscal-year", "2026",
                         "--implementing", "yes", "--preparation", "no")
        self.apply(code=5)
        self.assertIn("BASE_MOVED", self.stderr)
        self.plan(statuses)
        with open(statuses, "a", encoding="utf-8") as out:
            out.write(f"jusou,{CHUO},2026,no,no,\n")
        self.apply(code=5)
        self.assertIn("FILE_MOVED", self.stderr)

    def test_a_round_that_moves_while_it_is_planned_is_planned_again(self):
        path = self.answers(answers(CHIYODA) + answers(CHUO) + answers(MINATO))
        with subprocess.Popen(
                self.command("plan", path, "--strategy", "merge", "--batch-size", "1",
                             "--jobs", "1", "--rate-limit", "1", "--progress", "json"),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                cwd=self.folder) as slow:
            slow.stderr.readline()
            self.product.ctl("--survey", SURVEY, "submission", "import",
                             self.answers(answers(SHINJUKU), name="other.csv"))
            _, said = slow.communicate(timeout=90)
        self.assertEqual(slow.returncode, 5, said)
        self.assertIn("MOVED_WHILE_PLANNING", said)

    def test_an_outcome_that_is_not_the_planned_one_is_a_failure(self):
        self.plan(self.answers(answers(CHIYODA)))
        path = self.folder / "backfill-plan.json"
        plan = json.loads(path.read_text("utf-8"))
        # As a build that judged otherwise would have written it.
        plan["counts"]["created"], plan["counts"]["updated"] = 2, 1
        del plan["digest"]
        text = json.dumps(plan, separators=(",", ":"), ensure_ascii=False)
        plan["digest"] = hashlib.sha256(text.encode()).hexdigest()
        path.write_text(json.dumps(plan), "utf-8")
        self.apply(code=1)
        self.assertIn("OUTCOME_DIFFERS", self.stderr)
        self.assertEqual(self.stored(CHIYODA)["visits"], "1")

    def test_more_municipalities_than_a_plan_of_statuses_can_build_on(self):
        towns = self.file("towns.csv", ("code", "name"),
                          [(f"{i:06}", "架" * 3000) for i in range(500)])
        statuses = self.file(
            "status.csv", ("program", "municipality_code", "fiscal_year"), [])
        self.plan(towns, statuses, code=1)
        self.assertIn("MUNICIPALITIES_TOO_MANY", self.stderr)

    def test_a_plan_that_was_changed_by_hand_is_none(self):
        self.plan(self.answers(answers(CHIYODA)))
        plan = self.folder / "backfill-plan.json"
        plan.write_text(plan.read_text("utf-8").replace('"merge"', '"delete"'), "utf-8")
        self.apply(code=1)
        self.assertIn("PLAN_FORMAT", self.stderr)

    def test_what_is_no_file_of_ours_is_named(self):
        self.plan(self.file("x.csv", ("a", "b"), [(1, 2)]), code=1)
        self.assertIn("BACKFILL_KIND", self.stderr)
        header = ("program", "municipality_code", "fiscal_year", "implementing",
                  "preparation", "note")
        one = self.file("one.csv", header, [])
        other = self.file("other.csv", header[:-1], [])
        self.plan(one, other, code=1)
        self.assertIn("HEADERS_DIFFER", self.stderr)
        self.backfill("verify", one, code=2)
        self.assertIn("VERIFY_WHAT", self.stderr)


class Strategies(Backfill):
    """INT-4: {blank, absent column, #CLEAR, value} by strategy."""

    def outcome(self, strategy, rows, columns=ANSWERS):
        """Of `visits`, which held 5: what it holds then, and the counts."""
        self.load(answers(CHIYODA, visits=5), strategy="replace")
        applied = self.load(rows, strategy, columns)
        counts = self.counts(applied)
        counts.pop("rows")
        self.assertTrue(
            self.backfill("verify", "--plan", "backfill-plan.json")["equal"])
        return self.stored(CHIYODA)["visits"], counts, applied["omittedDeleted"]

    def test_truth_table(self):
        kept = [row(CHIYODA, "has", "yes"), row(CHIYODA, "remarks", "なし")]
        other = {"unchanged": 2}
        blank = [*kept, row(CHIYODA, "visits", "")]
        clear = [*kept, row(CHIYODA, "visits", "#CLEAR")]
        value = [*kept, row(CHIYODA, "visits", "7")]
        for what, strategy, rows, expected in (
                ("blank", "merge", blank, ("5", {"unchanged": 3}, 0)),
                ("#CLEAR", "merge", clear, ("NO_ANSWER", {**other, "deleted": 1}, 0)),
                ("value", "merge", value, ("7", {**other, "updated": 1}, 0)),
                ("no row", "merge", kept, ("5", other, 0)),
                ("blank", "replace", blank, ("NO_ANSWER", {**other, "deleted": 1}, 0)),
                ("#CLEAR", "replace", clear, ("NO_ANSWER", {**other, "deleted": 1}, 0)),
                ("value", "replace", value, ("7", {**other, "updated": 1}, 0)),
                ("no row", "replace", kept, ("NO_ANSWER", other, 1)),
                ("blank", "delete", blank[2:], ("NO_ANSWER", {"deleted": 1}, 0)),
                ("#CLEAR", "delete", clear[2:], ("NO_ANSWER", {"deleted": 1}, 0)),
                ("value", "delete", [row(CHIYODA, "visits", "5")],
                 ("NO_ANSWER", {"deleted": 1}, 0)),
                ("no row", "delete", [row(CHIYODA, "remarks", "")],
                 ("5", {"deleted": 1}, 0))):
            with self.subTest(what, strategy=strategy):
                self.assertEqual(self.outcome(strategy, rows), expected)

    def test_absent_column(self):
        columns = ANSWERS[:5]
        key = [row(CHIYODA, "visits", "")[:5]]
        self.assertEqual(self.outcome("merge", key, columns), ("5", {"unchanged": 1}, 0))
        self.assertEqual(self.outcome("delete", key, columns),
                         ("NO_ANSWER", {"deleted": 1}, 0))
        everything = [row(CHIYODA, item, "")[:5] for item in
                      ("has", "visits", "remarks")]
        self.assertEqual(self.outcome("replace", everything, columns),
                         ("NO_ANSWER", {"deleted": 3}, 0))

    def test_another_value_is_not_deleted(self):
        self.load(answers(CHIYODA, visits=5))
        self.plan(self.answers([row(CHIYODA, "visits", "6")]), strategy="delete", code=3,
                  rejects="rejects.csv")
        self.assertEqual([told[:3] for told in self.rejects()],
                         [(2, "value", "ANSWER_DIFFERS")])

    def test_a_blank_never_makes_an_answer_of_nothing(self):
        self.plan(self.answers([row(CHIYODA, "has", "yes"), row(CHIYODA, "visits", "")]),
                  code=3, rejects="rejects.csv")
        self.assertIn("ANSWER_MISSING", [told[2] for told in self.rejects()])

    def test_a_status_and_a_municipality(self):
        header = ("program", "municipality_code", "fiscal_year", "implementing",
                  "preparation", "note")

        def load(strategy, *cells, columns=header):
            self.plan(self.file("status.csv", columns, [cells]), strategy=strategy,
                      reason="過年度の照合")
            return self.counts(self.apply())

        key = ("jusou", CHIYODA, 2026)
        self.assertEqual(load("merge", *key, "yes", "no", "議会資料")["created"], 1)
        self.assertEqual(load("merge", *key, "", "", "")["unchanged"], 1)
        self.assertEqual(load("merge", *key, columns=header[:3])["unchanged"], 1)
        self.assertEqual(load("merge", *key, "", "", "#CLEAR")["updated"], 1)
        self.assertEqual(load("replace", *key, "yes", "no", "議会資料")["updated"], 1)
        self.assertEqual(load("replace", *key, "yes", "no", "")["updated"], 1)
        fresh = ("jusou", CHUO, 2026)
        load("merge", *fresh, "yes", "no", "")
        self.assertEqual(load("delete", *fresh, columns=header[:3])["deleted"], 1)
        self.assertEqual(load("delete", *fresh, columns=header[:3])["unchanged"], 1)
        self.plan(self.file("status.csv", header, [(*fresh, "", "no", "")]), code=3,
                  rejects="rejects.csv")
        self.assertEqual([told[:2] for told in self.rejects()], [(2, "implementing")])

        towns = ("code", "name", "population_band")

        def band(strategy, *cells, columns=towns):
            self.plan(self.file("towns.csv", columns, [cells]), strategy=strategy)
            self.apply()
            return self.product.http.get(f"/v1/municipalities/{CHIYODA}")[
                "populationBand"]

        before = band("merge", CHIYODA, "", columns=("code", "name"))
        self.assertEqual(band("merge", CHIYODA, "", ""), before)
        self.assertEqual(band("merge", CHIYODA, "", "#CLEAR"), "")


class Resuming(Backfill):
    """Killed anywhere, the same command ends in the same state."""

    # Milliseconds after which the client is killed, and the service; so many of
    # each by chance where `tools/check-backfill` asks for them.
    POINTS = int(os.environ.get("WELFARE_BACKFILL_POINTS", "0"))
    CHANCE = random.Random(20211114)
    CLIENT_POINTS = CHANCE.choices(range(1, 1500), k=POINTS) or (5, 40, 90, 200)
    SERVICE_POINTS = CHANCE.choices(range(1, 1500), k=POINTS) or (30, 150)
    CODES = ("131016", "131024", "131032", "131041", "131059", "131067", "131075",
             "131083", "131091", "131105", "131113", "131121")

    def rows(self):
        return [line for year in YEARS for code in self.CODES
                for kind in ("municipality", "council")
                for line in answers(code, visits=int(code) % 97, year=year, kind=kind)]

    def start_apply(self):
        return subprocess.Popen(self.command("apply", "--plan", "backfill-plan.json"),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, cwd=self.folder)

    def test_killed_at_any_point_it_ends_as_if_it_never_was(self):
        # A batch for each respondent: many points to be killed at.
        planned = self.plan(self.answers(self.rows()), batch_size=1)
        cut_off = 0
        for milliseconds in self.CLIENT_POINTS:
            with self.start_apply() as client:
                # Not a wait for something: the moment of the fault.
                try:
                    client.wait(milliseconds / 1000)
                except subprocess.TimeoutExpired:
                    client.send_signal(signal.SIGKILL)
                    cut_off += 1
                client.communicate()
        for milliseconds in self.SERVICE_POINTS:
            with self.start_apply() as client:
                try:
                    client.wait(milliseconds / 1000)
                except subprocess.TimeoutExpired:
                    cut_off += 1
                self.product.kill()
                client.communicate()
            self.product.start()
        self.assertGreater(cut_off, 0)
        applied = self.apply()
        # The account is that of one clean run.
        self.assertEqual(applied["counts"], planned["counts"])
        resumed = self.digest()
        self.product = self.new_product()
        self.plan(self.answers(self.rows()))
        self.apply()
        self.assertEqual(resumed, self.digest())

    def test_what_is_applied_already_is_told_as_it_was(self):
        self.plan(self.answers(self.rows()))
        first = self.apply()
        before = self.digest()
        self.assertEqual(self.apply()["counts"], first["counts"])
        self.assertEqual(self.digest(), before)

    def test_a_write_between_two_halves_is_refused_with_its_author(self):
        self.plan(self.answers(self.rows()), batch_size=1)
        self.apply()
        # As if it had stopped after the first half of a plan of twice the rows.
        more = self.rows()
        for line in range(3):
            more[line] = row(self.CODES[0], more[line][4],
                             {"has": "yes", "visits": 96, "remarks": "後"}[more[line][4]],
                             year=2024)
        self.plan(self.answers(more, name="more.csv"), batch_size=1)
        self.product.ctl("--survey", SURVEY, "submission", "import",
                         self.answers(answers("131130", year=2024), name="other.csv"))
        before = self.digest()
        self.apply(code=5)
        self.assertIn("BASE_MOVED", self.stderr)
        self.assertEqual(self.digest(), before)

    def test_a_second_process_is_refused_and_ctrl_c_says_how_to_go_on(self):
        self.plan(self.answers(self.rows()), batch_size=1)
        with subprocess.Popen(
                self.command("apply", "--plan", "backfill-plan.json", "--rate-limit",
                             "1", "--progress", "json"),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                cwd=self.folder) as slow:
            event = json.loads(slow.stderr.readline())
            self.assertEqual(event["messageType"], "progress")
            self.assertEqual(event["verb"], "apply")
            self.apply(code=5)
            self.assertIn("PLAN_RUNNING", self.stderr)
            slow.send_signal(signal.SIGINT)
            _, said = slow.communicate(timeout=90)
        self.assertEqual(slow.returncode, 130)
        self.assertIn("welfarectl backfill apply --plan backfill-plan.json", said)
        self.assertEqual(self.apply()["counts"]["created"], len(self.rows()))


class BadInput(Backfill):
    def test_every_bad_record_is_told_and_nothing_else_is_changed(self):
        header = ",".join(ANSWERS)
        good = "kakuu,2025,131016,municipality"
        lines = [
            # A byte order mark, CRLF, and a quoted line end.
            "\ufeff" + header,
            f"{good},has,yes,,", f"{good},visits,1,,", f'{good},remarks,"一行目\r\n二行目",,',
            "kakuu,2025,131024,municipality,has,yes,,",
            'kakuu,2025,131024,municipality,visits,1"2,,',
            "kakuu,2025,131032,municipality,has,yes",
            "kakuu,2025,131041,municipality,has,yes,,",
            "kakuu,2025,131041,municipality,visits,多数,,",
            "kakuu,2025,131041,municipality,remarks,なし,,",
            "kakuu,2025,139998,municipality,has,yes,,",
            "kakuu,2025,131059,municipality,has,maybe,,",
            "kakuu,2025,131059,municipality,visits,1,,",
            "kakuu,2025,131067,municipality,visits,1,,",
            "kakuu,2025,131067,municipality,has,no,,",
            "kakuu,令和7,１３１０６７,municipality,visits,2,,",
            "kakuu,2025,131076,municipality,has,ｱ,,",
            "kakuu,2025,131083,munícipality,has,no,,"]
        path = self.folder / "answers.csv"
        path.write_bytes("\r\n".join(lines).encode() + b"\r\n"
                         + b"kakuu,2025,131091,municipality,has,\xff,,\r\n")
        self.plan(path, code=3, encoding="utf-8", rejects="rejects.csv", mend="mend")
        told = [(line, column, reason) for line, column, reason, _ in self.rejects()]
        self.assertEqual(told, BAD)
        self.check_golden(path)
        with open(self.folder / "rejects.csv", encoding="utf-8", newline="") as table:
            raw = {int(line["source_line"]): line["raw_record"]
                   for line in csv.DictReader(table)}
        self.assertEqual(raw[7], lines[5])
        applied = self.apply(code=3)
        self.assertEqual(self.counts(applied)["rejected"], len(raw))
        self.assertEqual(self.stored(CHIYODA)["remarks"], "一行目\r\n二行目")
        # The refused ones alone, as they stood, are planned once they are mended.
        mended, = (self.folder / "mend").iterdir()
        text = mended.read_text("utf-8")
        self.assertTrue(text.startswith(header))
        for wrong, right in (('1"2', "12"), ("131032,municipality,has,yes\n",
                                            "131032,municipality,has,no,,\n"),
                             ("多数", "3"), ("maybe", "no"), ("139998", "131121"),
                             ("ｱ", "no"), ("131076", "131075"), ("munícipality",
                                                                "municipality"),
                             ("<0xFF>", "no"), ("１３１０６７,municipality,visits,2",
                                                "131067,municipality,remarks,済")):
            self.assertIn(wrong, text)
            text = text.replace(wrong, right)
        rows = list(csv.reader(text.splitlines()[1:]))
        found = {}
        for cells in rows:
            found.setdefault(cells[2], []).append(cells)
        every = []
        for code, cells in found.items():
            items = {cell[4] for cell in cells}
            every += cells + [row(code, item, value) for item, value in
                              (("has", "no"), ("visits", 0), ("remarks", "-"))
                              if item not in items]
        planned = self.plan(self.answers(every, name="mended.csv"))
        self.assertNotIn("rejected", self.counts(planned))

    def check_golden(self, path):
        """Every byte of the rejects, but for the folder of the file."""
        golden = SOURCE / "tests" / "welfarectl" / "golden" / "bad_answers_rejects.csv"
        told = (self.folder / "rejects.csv").read_bytes().replace(str(path).encode(),
                                                                  path.name.encode())
        if os.environ.get("WELFARE_UPDATE_GOLDEN") == "1":
            golden.write_bytes(told)
        self.assertEqual(told, golden.read_bytes(),
                         f"{golden}: refresh with WELFARE_UPDATE_GOLDEN=1")

    def test_a_quote_over_records_refuses_what_it_swallows_alone(self):
        rows = answers(CHIYODA) + answers(CHUO) + answers(MINATO)
        path = self.answers(rows)
        lines = path.read_text("utf-8").splitlines()
        lines[6] = lines[6].replace("なし", '"なし')
        lines[8] = lines[8].replace(",1,", ',1",')
        path.write_text("\n".join(lines) + "\n", "utf-8")
        planned = self.plan(path, code=3, rejects="rejects.csv")
        self.assertIn((7, "", "CSV_INVALID"),
                      [told[:3] for told in self.rejects()])
        self.assertEqual(planned["counts"]["created"], 3)
        self.apply(code=3)
        self.assertEqual(self.stored(CHIYODA)["visits"], "1")

    def test_too_many_rejected_stop_it_and_nothing_is_planned(self):
        rows = answers("139998") + answers(CHIYODA)
        path = self.answers(rows)
        self.plan(path, code=1, max_errors="2")
        self.assertIn("TOO_MANY_REJECTED", self.stderr)
        self.assertFalse((self.folder / "backfill-plan.json").exists())
        self.plan(path, code=1, max_errors="40%")
        self.plan(path, code=3, max_errors="50%")
        before = self.digest()
        self.backfill("apply", "--plan", "backfill-plan.json", "--max-errors", "2", code=1)
        self.assertEqual(self.digest(), before)
        self.plan(path, code=2, max_errors="many")
        self.assertIn("MAX_ERRORS_FORMAT", self.stderr)


if __name__ == "__main__":
    unittest.main()
