#!/usr/bin/python3
"""The forms in which the files of a backfill come: packed, as JSON, unsorted.

usage: backfill_forms_test.py [unittest...]
"""

import gzip
import json
import pathlib
import subprocess
import sys
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import backfill_cli_test as backfill  # noqa: E402
from backfill_cli_test import ANSWERS, CHIYODA, CHUO, MINATO, answers  # noqa: E402


class Forms(backfill.Backfill):
    def test_packed_files_and_standard_input_are_read_and_a_cut_one_refused(self):
        path = self.answers(answers(CHIYODA))
        packed = self.folder / "answers.csv.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        archive = self.folder / "answers.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            out.write(path, "answers.csv")
        squeezed = self.folder / "answers.csv.zst"
        squeezed.write_bytes(self.zstd(path))
        for one in (packed, archive, squeezed):
            self.assertEqual(self.counts(self.plan(one)), {"rows": 3, "created": 3})
        done = subprocess.run(self.command("plan", "-", "--strategy", "merge"),
                              input=packed.read_bytes(), capture_output=True, timeout=60,
                              check=False, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done)
        self.plan(packed)
        self.apply()
        self.assertEqual(self.stored(CHIYODA)["visits"], "1")
        before = self.digest()
        packed.write_bytes(packed.read_bytes()[:-9])
        with zipfile.ZipFile(archive, "a") as out:
            out.write(path, "more.csv")
        squeezed.write_bytes(squeezed.read_bytes()[:-2])
        for one in (packed, archive, squeezed):
            self.plan(one, code=1)
            self.assertIn("ARCHIVE_BROKEN", self.stderr)
        self.assertEqual(self.digest(), before)

    def zstd(self, path):
        return subprocess.run(["zstd", "-q", "-c", str(path)], stdout=subprocess.PIPE,
                              timeout=60, check=True).stdout

    def test_zstd_of_several_frames_is_one_file_whatever_its_size(self):
        # Its end lies behind many buffers, and squeezes to less than one.
        more = self.folder / "more"
        path = self.answers(answers(CHIYODA))
        more.write_text("\n" * 3_000_000 + path.read_text("utf-8").split("\n", 1)[1]
                        .replace(CHIYODA, CHUO), "utf-8")
        squeezed = self.folder / "answers.csv.zst"
        whole = self.zstd(path) + self.zstd(more)
        squeezed.write_bytes(whole)
        self.assertEqual(self.counts(self.plan(squeezed)), {"rows": 6, "created": 6})
        self.apply()
        self.assertEqual(self.stored(CHUO)["visits"], "1")
        for broken in (whole[:-1], whole[:len(self.zstd(path)) + 3], whole + b"more",
                       whole[:60] + bytes([whole[60] ^ 1]) + whole[61:]):
            squeezed.write_bytes(broken)
            self.plan(squeezed, code=1)
            self.assertIn("ARCHIVE_BROKEN", self.stderr)

    def test_json_lines_are_records(self):
        rows = answers(CHIYODA, remarks="一行目\n二行目") + answers(CHUO, visits="多数")
        path = self.folder / "answers.jsonl"
        path.write_text("".join(
            json.dumps(dict(zip(ANSWERS, line)), ensure_ascii=False) + "\n"
            for line in rows) + '{"survey": true}\n', "utf-8")
        planned = self.plan(path, code=3, rejects="rejects.csv", mend="mend")
        self.assertEqual(self.counts(planned), {"rows": 7, "created": 3, "rejected": 4})
        self.assertEqual([told[:3] for told in self.rejects()],
                         [(4, "", "SUBMISSION_REJECTED"), (5, "value", "TYPE_MISMATCH"),
                          (6, "", "SUBMISSION_REJECTED"), (7, "", "JSON_VALUE")])
        mended, = (self.folder / "mend").iterdir()
        lines = mended.read_text("utf-8").replace("多数", "3").splitlines()[:-1]
        self.apply(code=3)
        self.assertEqual(self.stored(CHIYODA)["remarks"], "一行目\n二行目")
        mended.write_text("\n".join(lines) + "\n", "utf-8")
        self.assertEqual(self.counts(self.plan(mended)), {"rows": 3, "created": 3})

    def test_wide_records_are_rows(self):
        columns = ("survey", "fiscal_year", "municipality_code", "respondent_kind", "has",
                   "visits", "visits:absence", "remarks")
        good = ("kakuu", 2025, CHIYODA, "municipality", "yes", 3, "", "一行目\n二行目")
        lines = [good, ("kakuu", 2025, CHUO, "council", "no", "", "NO_ANSWER", "なし"),
                 ("kakuu", 2025, MINATO, "municipality", "yes", "多数", "", "なし"),
                 ("kakuu", 2025, MINATO, "council", "yes", 1)]
        path = self.file("wide.csv", columns, lines)
        planned = self.plan(path, code=3, rejects="rejects.csv", mend="mend")
        self.assertEqual(self.counts(planned), {"rows": 10, "created": 6, "rejected": 4})
        told = self.rejects()
        self.assertEqual([one[:3] for one in told],
                         [(5, "", "SUBMISSION_REJECTED"), (5, "value", "TYPE_MISMATCH"),
                          (5, "", "SUBMISSION_REJECTED"), (6, "", "RECORD_CELLS")])
        self.assertEqual(told[1][3], "kakuu,2025,131032,municipality,yes,多数,,なし")
        self.apply(code=3)
        self.assertEqual(self.stored(CHIYODA)["remarks"], "一行目\n二行目")
        self.assertEqual(self.stored(CHUO, kind="council")["visits"], "NO_ANSWER")
        # The refused records, as they stood, are mended and fed back.
        mended, = (self.folder / "mend").iterdir()
        text = mended.read_text("utf-8")
        self.assertEqual(text.splitlines()[0], ",".join(columns))
        mended.write_text(text.replace("多数", "7").replace("council,yes,1", "council,yes,1,,済"),
                          "utf-8")
        self.assertEqual(self.counts(self.plan(mended)), {"rows": 6, "created": 6})
        self.apply()
        # Wide and replaced: what is blank is taken back.
        again = self.file("wide.csv", columns, [(*good[:7], "")])
        replaced = self.plan(again, strategy="replace")
        self.assertEqual(replaced["omittedDeleted"], 1)
        self.apply()
        self.assertEqual(self.stored(CHIYODA)["remarks"], "NO_ANSWER")

    def test_rows_that_do_not_stand_together_are_sorted(self):
        rows = [line for lines in zip(answers(CHIYODA), answers(CHUO, year=2024),
                                      answers(MINATO, visits="多数"))
                for line in lines]
        planned = self.plan(self.answers(rows), batch_size=1, code=3,
                            rejects="rejects.csv")
        self.assertIn("sorted", self.stderr)
        self.assertEqual(self.counts(planned), {"rows": 9, "created": 6, "rejected": 3})
        # Lines are those of the file.
        self.assertEqual([told[:3] for told in self.rejects()],
                         [(4, "", "SUBMISSION_REJECTED"), (7, "value", "TYPE_MISMATCH"),
                          (10, "", "SUBMISSION_REJECTED")])
        self.assertEqual(self.apply(code=3)["counts"], planned["counts"])
        self.assertEqual(self.stored(CHUO, year=2024)["visits"], "1")


if __name__ == "__main__":
    unittest.main()
