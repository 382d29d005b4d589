#!/usr/bin/python3
"""welfarectl submission import: every file and every record is used or named."""

import csv
import io
import json
import os
import pathlib
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
HEADERS = ("survey", "fiscal_year", "municipality_code", "respondent_kind",
           "department", "contact", "received_on")
CODEBOOK = {
    "survey": "type,name,label,respondent\n"
              "integer,visits,訪問の回数,municipality council\n"
              "text,remarks,自由記述,municipality council\n",
    "choices": "list_name,name,label\n",
    "settings": f"form_title,form_id,version\n架空の調べ,{SURVEY},1\n"}
CHUO, MINATO, SHINJUKU = "131024", "131032", "131041"
BUNKYO, TAITO = "131059", "131067"
WRONG_DIGIT = "131025"


def answers(code, visits=1, remarks="なし", kind="municipality"):
    key = (SURVEY, 2025, code, kind)
    return [(*key, "visits", visits, "", ""), (*key, "remarks", remarks, "", "")]


def header(code, department, day="2025-07-01", kind="municipality"):
    return (SURVEY, 2025, code, kind, department, "担当", day)


class SubmissionImportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(harness.ONE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        ctl = cls.product.ctl
        ctl("municipality", "import", DATA / "municipalities.csv")
        ctl("status", "import", DATA / "status-jusou.csv")
        codebook = cls.product.folder / "codebook"
        codebook.mkdir()
        for sheet, text in CODEBOOK.items():
            (codebook / f"{sheet}.csv").write_text(text, "utf-8")
        ctl("--survey", SURVEY, "codebook", "import", codebook, "--version-id", "1")
        cls.product.http.post(f"/v1/surveys/{SURVEY}/codebooks/1:publish")
        ctl("--survey", SURVEY, "round", "create", "--fiscal-year", "2025", "--title",
            "架空の調べ", "--codebook", "1", "--window-start", "2025-06-16",
            "--window-end", "2025-07-11")
        ctl("--survey", SURVEY, "round", "open", "--fiscal-year", "2025")

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def lint(self, server):
        return subprocess.run(
            [str(harness.BIN / "welfarectl"), "--server", server, "--survey", SURVEY,
             "--lang", "ja", "codebook", "lint", str(self.folder), "--version-id", "2"],
            capture_output=True, text=True, timeout=60, check=False)

    def test_many_problems_are_told_by_the_gateway_and_by_a_service(self):
        sheets = {**CODEBOOK, "survey": "type,name,label,respondent\n" + "".join(
            f"note,q{i},説明,municipality\n" for i in range(200))}
        for sheet, text in sheets.items():
            (self.folder / f"{sheet}.csv").write_text(text, "utf-8")
        service, = (entry["address"]
                    for entry in self.product.gateway.log_entries("module serves")
                    if entry["module"] == "survey")
        told = self.lint(self.product.grpc_address).stderr
        # The number comes first, because not all are told.
        self.assertRegex(told, r"^[^\n]*20[01][^\n]*件")
        self.assertIn("TYPE_UNKNOWN", told)
        told = self.lint(service).stderr
        self.assertGreaterEqual(told.count("TYPE_UNKNOWN"), 200)

    def test_a_server_that_is_none_of_ours_is_named_as_such(self):
        for sheet, text in CODEBOOK.items():
            (self.folder / f"{sheet}.csv").write_text(text, "utf-8")
        # It knows health alone.
        done = self.lint(self.product.admin_address)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("ANSWER_EMPTY", done.stderr)
        self.assertIn("--server", done.stderr)

    def file(self, name, columns, rows):
        path = self.folder / name
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        return path

    def run_import(self, *files, code=0):
        """Imports; returns the result and the rejects as (file, line, reason)."""
        rejects = self.folder / "rejects.csv"
        done = self.product.ctl("--survey", SURVEY, "--output", "json", "submission",
                                "import", *files, "--rejects", rejects, check=False)
        self.assertEqual(done.returncode, code, done)
        self.stderr = done.stderr
        if not done.stdout:
            return None, []
        with open(rejects, encoding="utf-8", newline="") as table:
            named = [(pathlib.Path(row["source_file"]).name, int(row["source_line"]),
                      row["reason_code"]) for row in csv.DictReader(table)]
        return json.loads(done.stdout), named

    def test_rejects_that_cannot_be_written_are_a_failure(self):
        done = self.product.ctl(
            "--survey", SURVEY, "submission", "import",
            self.file("answers.csv", ANSWERS, answers(WRONG_DIGIT)),
            "--rejects", self.folder / "nowhere" / "rejects.csv", check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("FILE_UNWRITABLE", done.stderr)

    def submission(self, code, kind="municipality"):
        return json.loads(self.product.ctl(
            "--survey", SURVEY, "--output", "json", "submission", "get",
            f"{code}-{kind}", "--fiscal-year", "2025").stdout)

    def revision(self):
        return self.product.http.get(f"/v1/surveys/{SURVEY}/rounds/2025")["revision"]

    def hand_in(self, *codes):
        self.run_import(self.file("first.csv", ANSWERS,
                                  [row for code in codes for row in answers(code)]))

    def test_a_header_of_a_misspelt_code_is_a_reject(self):
        result, rejects = self.run_import(
            self.file("answers.csv", ANSWERS, answers(CHUO)),
            self.file("headers.csv", HEADERS, [header(WRONG_DIGIT, "福祉課")]), code=3)
        # Taken without it the answers would count as received today.
        self.assertEqual(rejects, [("answers.csv", 2, "SUBMISSION_REJECTED"),
                                   ("answers.csv", 3, "SUBMISSION_REJECTED"),
                                   ("headers.csv", 2, "CHECK_DIGIT")])
        self.assertEqual(result["counts"]["rejected"], 2)

    def test_headers_alone_are_sent(self):
        self.hand_in(CHUO)
        _, rejects = self.run_import(
            self.file("headers.csv", HEADERS, [header(CHUO, "地域課")]))
        self.assertEqual(rejects, [])
        self.assertIn("地域課", json.dumps(self.submission(CHUO), ensure_ascii=False))

    def test_a_header_of_nobody_is_a_reject(self):
        _, rejects = self.run_import(self.file(
            "headers.csv", HEADERS, [header(SHINJUKU, "福祉課", kind="council")]), code=3)
        self.assertEqual(rejects, [("headers.csv", 2, "SUBMISSION_NOT_FOUND")])

    def test_each_of_several_files_of_headers_is_sent(self):
        self.run_import(
            self.file("answers.csv", ANSWERS,
                      answers(CHUO) + answers(MINATO) + answers(SHINJUKU)),
            self.file("a.csv", HEADERS, [header(CHUO, "甲課"), header(SHINJUKU, "丙課")]),
            self.file("b.csv", HEADERS, [header(MINATO, "乙課")]))
        for code, department in ((CHUO, "甲課"), (MINATO, "乙課"), (SHINJUKU, "丙課")):
            text = json.dumps(self.submission(code), ensure_ascii=False)
            self.assertIn(department, text)
            self.assertIn('"day": 1', text)

    def test_a_respondent_in_two_files_of_headers_stops_it_before_anything(self):
        before = self.revision()
        self.run_import(
            self.file("answers.csv", ANSWERS, answers(CHUO, visits=77)),
            self.file("a.csv", HEADERS, [header(CHUO, "甲課")]),
            self.file("b.csv", HEADERS, [header(MINATO, "乙課"), header(CHUO, "乙課")]),
            code=1)
        self.assertIn("HEADER_REPEATED", self.stderr)
        self.assertIn("b.csv line 3", self.stderr)
        self.assertEqual(self.revision(), before)

    def test_a_respondent_in_two_files_of_answers_stops_it_before_anything(self):
        before = self.revision()
        self.run_import(self.file("a.csv", ANSWERS, answers(CHUO, visits=78)[:1]),
                        self.file("b.csv", ANSWERS, answers(CHUO, visits=78)[1:]), code=1)
        self.assertIn("ANSWERS_REPEATED", self.stderr)
        self.assertEqual(self.revision(), before)

    def test_a_file_of_no_known_format_is_a_usage_error_before_anything(self):
        before = self.revision()
        for columns in (("department",), ("department", "phone"), ("foo", "bar")):
            self.run_import(self.file("answers.csv", ANSWERS, answers(CHUO, visits=79)),
                            self.file("other.csv", columns, [["x"] * len(columns)]), code=2)
            self.assertIn("other.csv", self.stderr)
        self.assertEqual(self.revision(), before)

    def test_a_file_of_headers_without_a_column_is_refused(self):
        self.hand_in(CHUO)
        self.run_import(self.file("headers.csv", HEADERS[:-1],
                                  [header(CHUO, "福祉課")[:-1]]), code=1)
        self.assertIn("CSV_INVALID", self.stderr)
        self.assertIn("received_on", self.stderr)

    def test_a_header_line_alone_is_sent(self):
        for columns in (ANSWERS, HEADERS):
            result, _ = self.run_import(self.file("empty.csv", columns, []))
            self.assertEqual(result["counts"]["rows"], 0)
        self.run_import(self.file("wrong.csv", (*ANSWERS, "colour"), []), code=1)
        self.assertIn("colour", self.stderr)

    def test_a_row_with_a_wrong_check_digit_blanks_no_answer(self):
        self.run_import(self.file("good.csv", ANSWERS, answers(MINATO, 5, "残る文")))
        rows = answers(MINATO, 5, "新しい文")
        typo = (*rows[1][:2], "131033", *rows[1][3:])
        _, rejects = self.run_import(self.file("typo.csv", ANSWERS, [rows[0], typo]), code=3)
        self.assertIn(("typo.csv", 3, "CHECK_DIGIT"), rejects)
        self.assertIn("残る文", json.dumps(self.submission(MINATO), ensure_ascii=False))

    def test_a_row_of_nobody_blanks_no_answer_of_another_batch(self):
        self.run_import(self.file("good.csv", ANSWERS, answers(SHINJUKU, 5, "残る文")))
        # Enough between them that they do not travel together.
        filler = [(SURVEY, 2025, code, kind, f"item{i}", i, "", "")
                  for code in ("131059", "131067", "131075") for kind in ("municipality", "council")
                  for i in range(1500)]
        lost = (SURVEY, "25", SHINJUKU, "municipality", "remarks", "新しい文", "", "")
        _, rejects = self.run_import(
            self.file("far.csv", ANSWERS,
                      [*answers(SHINJUKU, 6)[:1], *filler, lost]), code=3)
        self.assertIn("残る文", json.dumps(self.submission(SHINJUKU), ensure_ascii=False))
        self.assertIn(2, {line for _, line, _ in rejects})
        self.assertIn(len(filler) + 3, {line for _, line, _ in rejects})

    def test_the_rejects_file_names_every_fault(self):
        # Few enough answers of each respondent that every one is looked at.
        with open(SOURCE / "services/registry/data/municipalities.csv", encoding="utf-8-sig") as file:
            codes = [row["code"] for row in csv.DictReader(file)]
        rows = [(SURVEY, 2025, codes[i // 50], "municipality", f"item{i}", i, "", "")
                for i in range(2500)]
        result, rejects = self.run_import(self.file("many.csv", ANSWERS, rows), code=3)
        self.assertEqual({line for _, line, reason in rejects if reason == "UNKNOWN_ITEM"},
                         set(range(2, 2502)))
        self.assertEqual(result["rejectsTotal"], len(rejects))
        self.assertEqual(len(result["rejects"]), len(rejects))

    def export(self, *flags):
        done = self.product.ctl("--survey", SURVEY, "submission", "export",
                                "--fiscal-year", "2025", *flags)
        self.stderr = done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def test_an_export_holds_what_counts_at_one_revision(self):
        self.hand_in(BUNKYO)
        revision = self.revision()
        draft = self.folder / "draft.json"
        draft.write_text('{"answers": [{"item": "visits", "integer": "7"}]}', "utf-8")
        self.product.ctl("--survey", SURVEY, "submission", "create",
                         f"{TAITO}-municipality", "--fiscal-year", "2025", "--file", draft,
                         "--reason", "by telephone")
        history = self.product.ctl("--survey", SURVEY, "submission", "history",
                                   f"{TAITO}-municipality", "--fiscal-year", "2025")
        self.assertIn("by telephone", history.stdout)
        rows = self.export()
        self.assertIn(f"Round revision {self.revision()}:", self.stderr)
        self.assertEqual({row["state"] for row in rows}, {"SUBMITTED"})
        self.assertEqual({row["synthetic"] for row in rows}, {""})
        self.assertNotIn(TAITO, {row["municipality_code"] for row in rows})
        # As it was, though it is returned since.
        self.product.ctl("--survey", SURVEY, "submission", "return",
                         f"{BUNKYO}-municipality", "--fiscal-year", "2025",
                         "--reason", "why")
        self.assertNotIn(BUNKYO, {row["municipality_code"] for row in self.export()})
        self.assertIn(BUNKYO, {row["municipality_code"]
                               for row in self.export("--revision", str(revision))})
        # A draft is written when it is asked for, and never handed in by that.
        rows = self.export("--state", "DRAFT", "--state", "RETURNED")
        self.assertEqual({(row["municipality_code"], row["state"]) for row in rows},
                         {(BUNKYO, "RETURNED"), (TAITO, "DRAFT")})
        _, rejects = self.run_import(
            self.file("back.csv", rows[0].keys(), [row.values() for row in rows]), code=3)
        self.assertEqual({reason for _, _, reason in rejects} & {"NOT_HANDED_IN"},
                         {"NOT_HANDED_IN"})
        self.assertEqual(self.submission(TAITO)["state"], "STATE_DRAFT")

    def test_whoever_accepts_says_whose(self):
        done = self.product.ctl("--survey", SURVEY, "submission", "accept", "--fiscal-year", "2025", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("RESPONDENT, --all", done.stderr)
        done = self.product.ctl("--survey", SURVEY, "submission", "accept", "--all", "--fiscal-year", "2025",
                                f"{BUNKYO}-municipality", check=False)
        self.assertEqual(done.returncode, 2)


class RegistryImportTest(unittest.TestCase):
    """A header line alone, of the registry's files."""

    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(harness.ONE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.ctl("municipality", "import", DATA / "municipalities.csv")
        cls.product.ctl("status", "import", DATA / "status-jusou.csv")

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def run_import(self, noun, text, *flags, code=0):
        path = self.product.folder / "file.csv"
        path.write_text(text, "utf-8")
        done = self.product.ctl("--output", "json", noun, "import", path, *flags,
                                check=False)
        self.assertEqual(done.returncode, code, done)
        return done

    def test_a_right_one_answers_with_counts_and_the_version(self):
        version = self.product.http.get("/v1/municipalities", pageSize=1)["version"]
        for noun, name in (("status", "status-jusou.csv"), ("municipality", "municipalities.csv")):
            header_line = (DATA / name).read_text("utf-8-sig").splitlines()[0]
            result = json.loads(self.run_import(noun, header_line + "\n").stdout)
            self.assertEqual(result["counts"]["rows"], 0)
            self.assertEqual(result["version"], version)

    def test_the_rejects_file_names_every_fault(self):
        header_line = (DATA / "status-jusou.csv").read_text("utf-8-sig").splitlines()[0]
        text = header_line + "\n" + "jusou,131016,2025,perhaps,no,\n" * 3000
        rejects = self.product.folder / "rejects.csv"
        for flags in ((), ("--atomic",), ("--dry-run",)):
            with self.subTest(flags=flags):
                self.run_import("status", text, "--rejects", rejects, *flags, code=3)
                with open(rejects, encoding="utf-8", newline="") as table:
                    lines = [int(row["source_line"]) for row in csv.DictReader(table)]
                self.assertEqual(set(lines), set(range(2, 3002)))

    def test_a_wrong_one_is_refused(self):
        for noun in ("status", "municipality"):
            done = self.run_import(noun, "colour,shape\n", code=1)
            self.assertIn("CSV_INVALID", done.stderr)
            self.assertIn("colour", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
