#!/usr/bin/python3
"""Feedback sheets of the demonstration through welfarectl, and the report for
stakeholders beside the one for everybody.

usage: feedback_test.py one|five
"""

import collections
import json
import pathlib
import subprocess
import tempfile
import unittest

import demo_data
import harness

MUNICIPALITIES = harness.DATA / "registry/data/municipalities.csv"
IMPLEMENTING = min(demo_data.implementing(2025))


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], stdout=subprocess.PIPE, check=True,
                          timeout=60).stdout.decode("utf-8")


class Feedback(harness.LoadedTest):
    shape = harness.shape_from_command_line()

    @classmethod
    def make_product(cls):
        keys = tempfile.TemporaryDirectory(prefix="wkeys-")
        cls.addClassCleanup(keys.cleanup)
        cls.keys = pathlib.Path(keys.name)
        key = cls.keys / "signing.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True,
                       capture_output=True, timeout=60)
        key.chmod(0o600)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", cls.keys / "publisher.pem"], check=True,
                       capture_output=True, timeout=60)
        return harness.Product(cls.shape, environment={"WELFARE_SIGNING_KEY_FILE": str(key)})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = json.loads(cls.product.ctl(
            "--output", "json", "report", "create", "--fiscal-year", "2025").stdout)["name"]
        cls.made = json.loads(cls.product.ctl(
            "--output", "json", "report", "feedback", "make", cls.report).stdout)
        folder = tempfile.TemporaryDirectory(prefix="wfeedback-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def ctl(self, *arguments):
        return self.product.ctl("--lang", "en", "--output", "json", "report", *arguments)

    def every_sheet_is_marked(self, text, mark):
        """In the band and at the foot."""
        sheets = text.split("\f")[:-1]
        self.assertTrue(sheets)
        for sheet in sheets:
            self.assertGreaterEqual(sheet.count(mark), 2, sheet)

    def sheets(self, *arguments):
        return json.loads(self.ctl("feedback", "list", self.report, *arguments).stdout)

    def test_there_is_a_sheet_for_everybody_and_a_pair_for_each_municipality(self):
        self.assertEqual(self.made, {"ownSheets": 124, "pairSheets": 62})
        kinds = collections.Counter(sheet["kind"] for sheet in self.sheets())
        self.assertEqual(kinds, {"KIND_OWN": 124, "KIND_PAIR": 62})

    def test_all_are_saved_and_a_run_that_was_cut_goes_on(self):
        out = self.folder / "all"
        done = self.ctl("feedback", "download", self.report, "--out", out)
        self.assertIn("124 sheets fetched, 0 were there", done.stderr)
        files = sorted(out.glob("*.pdf"))
        self.assertEqual(len(files), 124)
        whole = {file.name: file.read_bytes() for file in out.iterdir()}
        # Each with its signature.
        self.assertEqual(set(whole), {file.name for file in files} | {f"{file.name}.sig" for file in files})
        # As after a run that was cut: one is missing, of one there is a part, one
        # was damaged, and of one the signature is lost.
        missing, part, damaged = files[0], files[1], files[2]
        missing.unlink()
        (out / f"{files[3].name}.sig").unlink()
        digest = next(f["digest"] for sheet in self.sheets() for f in sheet["files"]
                      if f["filename"] == part.name)
        part.unlink()
        (out / f"{part.name}.{digest[:16]}.part").write_bytes(whole[part.name][:1000])
        damaged.write_bytes(whole[damaged.name][:-1] + b"x")
        done = self.ctl("feedback", "download", self.report, "--out", out)
        self.assertIn("3 sheets fetched, 121 were there", done.stderr)
        self.assertEqual({file.name: file.read_bytes() for file in out.iterdir()}, whole)
        # A part that is no beginning of the file is thrown away, and told.
        part.unlink()
        (out / f"{part.name}.{digest[:16]}.part").write_bytes(b"x" * 1000)
        done = self.product.ctl("--lang", "en", "report", "feedback", "download", self.report,
                                "--out", out, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("DOWNLOAD_CUT", done.stderr)
        self.ctl("feedback", "download", self.report, "--out", out)
        self.assertEqual({file.name: file.read_bytes() for file in out.iterdir()}, whole)

    def test_a_sheet_is_verified_without_a_server(self):
        name = f"{self.report}/feedbackSheets/{IMPLEMENTING}-council"
        file = self.folder / "sheet.pdf"
        for path, query in ((file, ""), (self.folder / "sheet.pdf.sig", "&signature=true")):
            path.write_bytes(self.http.send("GET", f"/v1/{name}:download?format=pdf{query}").body)
        sheet = json.loads(self.ctl("feedback", "get", name).stdout)
        verify = ("report", "verify", file, "--key", self.keys / "publisher.pem")
        said = json.loads(self.product.ctl("--output", "json", *verify).stdout)
        self.assertEqual((said["sheet"], said["number"]), (name, sheet["digest"]))
        # The number that is signed is the one that the sheet shows.
        page = self.http.send("GET", f"/v1/{name}:download?format=html").body.decode("utf-8")
        self.assertIn(said["number"], page)
        file.write_bytes(file.read_bytes()[:-1])
        refused = self.product.ctl("--lang", "en", *verify, check=False)
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("FILE_NOT_AS_SIGNED", refused.stderr)

    def test_a_sheet_shows_its_respondent_and_is_marked(self):
        out = self.folder / "one"
        self.ctl("feedback", "download", self.report, "--out", out)
        file = out / f"synthetic-feedback-{IMPLEMENTING}-municipality.pdf"
        text = text_of(file)
        self.every_sheet_is_marked(text, "架空データ・速報・確認用・当該団体限り")
        self.assertIn("御中", text)
        own = {row["name"] for row in demo_data.rows(MUNICIPALITIES) if row["code"] == IMPLEMENTING}
        for row in demo_data.rows(MUNICIPALITIES):
            if row["name"] not in own:
                self.assertNotIn(row["council_name"], text)
        fonts = subprocess.run(["pdffonts", file], stdout=subprocess.PIPE, check=True,
                               text=True, timeout=60).stdout.splitlines()[2:]
        self.assertTrue(fonts)
        for line in fonts:
            self.assertIn("IPAexGothic", line)

    def test_who_has_not_confirmed_is_listed(self):
        name = f"{self.report}/feedbackSheets/{IMPLEMENTING}-council"
        sheet = json.loads(self.ctl("feedback", "get", name).stdout)
        self.assertEqual(sheet["state"], "STATE_UNCONFIRMED")
        objected = json.loads(self.ctl("feedback", "object", name, "--digest", sheet["digest"],
                                       "--comment", "件数が違います").stdout)
        self.assertEqual(objected["state"], "STATE_OBJECTED")
        self.assertEqual([one["name"] for one in self.sheets("--state", "objected")], [name])
        self.assertEqual(len(self.sheets("--state", "unconfirmed")), 123)
        short = name.removeprefix("reports/").replace("/feedbackSheets/", "/")
        self.ctl("feedback", "confirm", short, "--digest", sheet["digest"])
        self.assertEqual([one["name"] for one in self.sheets("--state", "confirmed")], [name])
        refused = self.product.ctl("--lang", "en", "report", "feedback", "confirm", name,
                                   "--digest", "0" * 64, check=False)
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertIn("FEEDBACK_OTHER_CONTENT", refused.stderr)

    def test_a_report_for_stakeholders_names_who_wrote(self):
        made = json.loads(self.ctl("create", "--fiscal-year", "2025", "--audience",
                                   "stakeholders").stdout)
        files = {}
        for format_ in ("html", "csv", "pdf"):
            path = self.folder / f"stakeholders.{format_}"
            self.product.ctl("report", "download", made["name"], "--format", format_, "--out", path)
            files[format_] = path
        page = files["html"].read_text("utf-8")
        self.assertIn("団体名の一覧（関係者限り）", page)
        self.every_sheet_is_marked(text_of(files["pdf"]), "架空データ・速報・関係者限り")
        refused = self.product.ctl("--lang", "en", "report", "publish", made["name"], "--level",
                                   "public", check=False)
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertIn("AUDIENCE_WIDER", refused.stderr)
        self.ctl("publish", made["name"], "--level", "stakeholders")


if __name__ == "__main__":
    unittest.main(argv=["feedback_test"])
