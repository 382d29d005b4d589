#!/usr/bin/python3
"""What staff change of a report from year to year, by welfarectl and plain text files.

usage: templates_test.py one|five
"""

import json
import pathlib
import tempfile
import unittest

import harness

NAME = "surveys/jusou/rounds/2025/templates/jusou"


class Templates(harness.LoadedTest):
    shape = harness.shape_from_command_line()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wtemplates-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ctl(self, *words):
        return self.product.ctl(*words).stdout

    def create(self, *words):
        return json.loads(self.ctl("report", "create", "--fiscal-year", "2025", "--output", "json", *words))

    def html(self, report):
        reply = self.http.send("GET", f"/v1/{report['name']}:download?format=html")
        self.assertEqual(reply.status, 200)
        return reply.body.decode()

    def test_a_year_has_its_own_text(self):
        built_in = self.create()
        self.assertEqual(built_in["templateRevision"], "")
        file = self.folder / "template.yaml"
        self.ctl("report", "template", "get", "--fiscal-year", "2025", "--out", file)
        text = file.read_text("utf-8")
        self.assertIn("template: jusou", text)

        # A slip of the pen is refused with its line and the word that was meant.
        line = next(i for i, one in enumerate(text.splitlines(), 1) if "{plan_formulated.formulated" in one and not one.startswith("#"))
        file.write_text(text.replace("{plan_formulated.formulated", "{plan_formulated.formulatd"), "utf-8")
        refused = self.product.ctl("report", "template", "set", file, "--fiscal-year", "2025", check=False)
        self.assertEqual(refused.returncode, 1)
        said = refused.stderr
        self.assertIn(f"template.yaml line {line}, column ", said)
        self.assertIn("plan_formulated.formulated", said)
        self.assertEqual(self.ctl("report", "template", "list", "--fiscal-year", "2025", "--output", "csv").count("\n"), 1)

        topic = next(one for one in text.splitlines() if one.strip().startswith("topic:") and "実施計画" in one)
        file.write_text(text.replace(topic, topic.replace("実施計画", "実施計画の策定")), "utf-8")
        self.ctl("report", "template", "set", file, "--fiscal-year", "2025", "--dry-run")
        stored = json.loads(self.ctl("report", "template", "set", file, "--fiscal-year", "2025",
                                     "--comment", "見出しの変更", "--output", "json"))
        self.assertEqual(stored["name"], f"{NAME}/revisions/1")
        changed = self.create()
        self.assertEqual(changed["templateRevision"], stored["name"])
        self.assertIn("実施計画の策定", self.html(changed))

        # And what was made before is made again, byte for byte.
        again = self.create("--template-digest", built_in["templateDigest"])
        self.assertEqual(again["snapshot"], built_in["snapshot"])
        self.assertEqual([file["digest"] for file in again["files"]],
                         [file["digest"] for file in built_in["files"]])

    def test_an_excerpt_is_shown_while_its_respondent_consents(self):
        excerpt = self.product.excerpt()
        self.assertEqual(excerpt["consent"], "CONSENT_NONE")
        original = excerpt["originalText"]
        file = self.folder / "template.yaml"
        self.ctl("report", "template", "get", "--fiscal-year", "2024", "--revision", "built-in", "--out", file)
        text = file.read_text("utf-8")
        block = "      - texts: [mlc_consent_issue]\n"
        file.write_text(text.replace(block, block + "      - excerpts: [consent-1]\n"), "utf-8")
        words = ("report", "template", "set", file, "--fiscal-year", "2025")
        refused = self.product.ctl(*words, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"template.yaml line \d+, column \d+, .*EXCERPT_NOT_RELEASED")

        consent = ("report", "excerpt", "consent", "consent-1", "--fiscal-year", "2025", "--note", "電話による")
        self.ctl(*consent, "--level", "stakeholders")
        self.ctl(*words)
        report = self.create()
        page = self.html(report)
        self.assertIn(excerpt["editedText"], page)
        self.assertNotIn(original, page)
        publish = ("report", "publish", report["name"].split("/")[1], "--level")
        self.assertEqual(self.product.ctl(*publish, "public", check=False).returncode, 5)
        self.ctl(*publish, "stakeholders")

        self.ctl(*consent, "--withdraw")
        again = self.product.ctl("report", "create", "--fiscal-year", "2025", check=False)
        self.assertEqual(again.returncode, 5)
        self.assertIn("consent-1: its respondent withdrew the consent", again.stderr)
        listed = self.ctl("report", "excerpt", "list", "--fiscal-year", "2025", "--output", "csv")
        self.assertIn(",withdrawn,", listed)
        # Nothing of the text stands in the log.
        records = self.http.list("/v1/report/audit/records", "records")
        self.assertIn("RecordExcerptConsent", {record["action"] for record in records})
        self.assertNotIn(excerpt["editedText"], json.dumps(records, ensure_ascii=False))


if __name__ == "__main__":
    unittest.main(verbosity=2)
