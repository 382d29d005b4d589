#!/usr/bin/python3
"""From a provisional report to a final one and its correction, over HTTP/JSON.

usage: editions_test.py one|five

What the platform says has changed is held against a comparison of the published
tables that shares no code with it.
"""

import collections
import csv
import io
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import uuid
import zipfile

import demo_data
import harness

ROUND = "surveys/jusou/rounds/2025"
ITEM = "plan_position_in_welfare_plan"
CITY = f"{ROUND}/submissions/{min(demo_data.implementing(2025))}-municipality"


def tables(archive):
    """Returns {(table, row, number of the row's key, column): text} of an archive of CSV."""
    cells = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        for name in files.namelist():
            if "/" in name or not name.endswith(".csv") or name.endswith("dictionary.csv"):
                continue
            seen = collections.Counter()
            text = files.read(name).decode("utf-8-sig")
            header, *rows = csv.reader(io.StringIO(text))
            label = next(i for i, column in enumerate(header) if column.endswith("_label"))
            for row in rows:
                key = row[label - 1]
                seen[key] += 1
                symbols = dict(one.split("=") for one in row[-1].split())
                for column, datum in list(zip(header, row))[label + 1:-1]:
                    cells[row[0], key, seen[key], column] = " ".join(
                        part for part in (datum, symbols.get(column, "")) if part)
    return cells


FORMATS = ("html", "csv", "pdf", "xlsx", "json")


def recipes():
    """The commands of the README that make a key and check a signature, as it has them."""
    text = (harness.SOURCE / "services/report/README.md").read_text("utf-8")
    section = text[text.index("## Signatures"):text.index("## Decisions")]
    make, check = re.findall(r"```\n(.*?)```", section, re.S)
    return make, check


def shell(script, folder):
    return subprocess.run(["/bin/bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=60,
                          check=False, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})


class Editions(harness.LoadedTest):
    shape = harness.shape_from_command_line()

    @classmethod
    def make_product(cls):
        folder = tempfile.TemporaryDirectory(prefix="wkeys-")
        cls.addClassCleanup(folder.cleanup)
        cls.keys = pathlib.Path(folder.name)
        made = shell(recipes()[0], cls.keys)
        assert made.returncode == 0, made
        return harness.Product(cls.shape, environment={"WELFARE_SIGNING_KEY_FILE": str(cls.keys / "signing.pem")})

    def call(self, method, path, body=None, status=200, **query):
        text = "&".join(f"{key}={value}" for key, value in query.items())
        reply = self.http.send(method, f"/v1/{path}" + (f"?{text}" if text else ""), body)
        self.assertEqual(reply.status, status, reply.body)
        return json.loads(reply.body)

    def create(self, edition, status=200, **fields):
        return self.call("POST", "reports", {"template": "jusou", "round": ROUND, "edition": f"EDITION_{edition}",
                                             **fields}, status, requestId=uuid.uuid4())

    def publish(self, report):
        return self.call("POST", f"{report['name']}:publish", {"publishLevel": "PUBLISH_LEVEL_PUBLIC"})

    def verify(self, report):
        """Has the report rendered again; returns the verdicts by format."""
        verified = self.call("GET", f"{report['name']}:verify")
        self.assertTrue(verified["sameRenderers"])
        return {file["format"]: file["verdict"] for file in verified["files"]}

    def check_signatures(self, report):
        """Downloads every file with its signature and checks it in three ways."""
        for form in FORMATS:
            with self.subTest(form=form):
                path = self.keys / f"report.{form}"
                self.product.ctl("report", "download", report["name"], "--format", form, "--out", path)
                said = json.loads(self.product.ctl("--output", "json", "report", "verify", path, "--key",
                                                   self.keys / "publisher.pem").stdout)
                self.assertEqual(said["report"], report["name"])
                self.assertEqual("EDITION_" + said["edition"], report["edition"])
                self.assertEqual(said["publishTime"], report["publishTime"])
                reply = self.http.send("GET", f"/v1/{report['name']}:download?format={form}&signature=true")
                self.assertEqual(reply.body, path.with_name(path.name + ".sig").read_bytes())
                self.assertEqual(reply.headers["content-type"], "text/plain; charset=utf-8")
                # And as the README does it without us.
                script = recipes()[1].replace("report.pdf", path.name)
                self.assertEqual(shell(script, self.keys).returncode, 0)
                altered = path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1])
                path.write_bytes(altered)
                self.assertNotEqual(shell(script, self.keys).returncode, 0)
                done = self.product.ctl("report", "verify", path, "--key", self.keys / "publisher.pem", check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("FILE_NOT_AS_SIGNED", done.stderr)

    def csv(self, report):
        reply = self.http.send("GET", f"/v1/{report['name']}:download?format=csv")
        self.assertEqual(reply.status, 200)
        return tables(reply.body)

    def changes(self, now, then):
        """Returns all changes, by pages."""
        found, token = [], ""
        while True:
            page = self.call("GET", f"{now['name']}/changes", base=then["name"], pageSize=7, pageToken=token)
            found += page["changes"]
            token = page["nextPageToken"]
            if not token:
                self.assertEqual(page["totalSize"], len(found))
                return found

    def correct_one_answer(self):
        """A city chose another option of a question on which no other hangs; returns both."""
        self.call("POST", f"{ROUND}:reopen", {"reason": "回答の訂正を受けるため"})
        self.call("POST", f"{CITY}:return", {"reason": "確認してください。"})
        answers = self.call("GET", CITY)["answers"]
        answer = next(answer for answer in answers if answer["item"] == ITEM)
        before, = answer["codes"]["codes"]
        after = next(code for code in demo_data.codebook()[ITEM].options if code not in (before, "other"))
        answer["codes"] = {"codes": [after]}
        self.call("PATCH", CITY, {"answers": answers}, updateMask="answers")
        self.call("POST", f"{CITY}:submit", {})
        self.call("POST", f"{CITY}:accept", {})
        self.call("POST", f"{ROUND}:close", {})
        return before, after

    def test_from_a_provisional_report_to_a_correction(self):
        early = self.create("PROVISIONAL")
        self.assertIn("速報", early["displayName"])
        self.publish(early)
        refused = self.create("FINAL", 400)
        self.assertIn("SUBMISSIONS_NOT_ACCEPTED", json.dumps(refused))
        accept_all = ("submission", "accept", "--all", "--fiscal-year", "2025")
        said = self.product.ctl(*accept_all)
        submissions = list(self.http.list(f"/v1/{ROUND}/submissions", "submissions"))
        self.assertEqual({submission["state"] for submission in submissions}, {"STATE_ACCEPTED"})
        self.assertEqual(said.stderr, f"{len(submissions)} submissions accepted\n")
        said = self.product.ctl(*accept_all)
        self.assertEqual((said.stdout, said.stderr), ("", "No submission waits to be accepted.\n"))
        final = self.create("FINAL")
        self.assertNotIn("速報", final["displayName"])
        self.publish(final)
        # Nothing but the edition is another.
        self.assertEqual(self.changes(final, early), [])
        self.assertEqual(self.call("GET", early["name"])["supersededBy"], final["name"])

        before, after = self.correct_one_answer()
        again = self.create("FINAL")
        self.call("POST", f"{again['name']}:publish", {"publishLevel": "PUBLISH_LEVEL_PUBLIC"}, 400)
        corrected = self.create("CORRECTED", corrects=final["name"], correctionReason="一つの回答の訂正")
        self.assertEqual(self.publish(corrected)["state"], "STATE_CORRECTED")

        # Exactly what a comparison of the files finds, all of it and for this reason.
        then, now = self.csv(final), self.csv(corrected)
        errata = {key for key in now if key[0] == "annex3_errata"}
        different = {(key[0], key[1], key[3], then.get(key, ""), now.get(key, ""))
                     for key in then.keys() | (now.keys() - errata) if then.get(key) != now.get(key)}
        told = self.changes(corrected, final)
        self.assertEqual({(c["figure"], c["row"], c["column"], c["before"], c["after"]) for c in told}, different)
        self.assertEqual(len(told), len({key[1] for key in errata}))
        self.assertEqual({tuple(c["causes"]) for c in told}, {("CAUSE_CORRECTION",)})
        turned = [c["signChanged"] for c in told]
        self.assertEqual(turned, sorted(turned, reverse=True))
        # The question itself: one less of the one, one more of the other.
        moved = {c["row"]: int(c["after"]) - int(c["before"]) for c in told
                 if c["figure"].endswith(f"_{ITEM}") and c["column"] == "count"}
        self.assertEqual(moved, {before: -1, after: 1})
        # What was published stays what it was.
        self.assertEqual(self.csv(final), then)

        # A report of an earlier revision is the same whenever it is made.
        late = self.create("FINAL", **{pin: final[pin] for pin in (
            "dataVersion", "previousDataVersion", "dataIncarnation")})
        self.assertLess(int(late["dataVersion"]), int(again["dataVersion"]))
        self.assertEqual(late["snapshot"], final["snapshot"])
        self.assertEqual({file["format"]: file["digest"] for file in late["files"]},
                         {file["format"]: file["digest"] for file in final["files"]})
        # Before the answers were accepted they are not ready for it then either.
        refused = self.create("FINAL", 400, dataVersion=early["dataVersion"])
        self.assertIn("SUBMISSIONS_NOT_ACCEPTED", json.dumps(refused))
        refused = self.create("FINAL", 400, dataVersion=int(again["dataVersion"]) + 1)
        self.assertIn("VERSION_NOT_REACHED", json.dumps(refused))

        # Each is signed and, from what was stored with it, rendered to the same bytes.
        equal = dict.fromkeys(FORMATS, "VERDICT_EQUAL")
        for report in (early, final, corrected, again):
            self.assertEqual(self.verify(report), equal)
        for report in (final, corrected):
            self.check_signatures(self.call("GET", report["name"]))
        done = self.product.ctl("report", "verify", corrected["name"])
        self.assertEqual(done.stdout.count("equal"), len(FORMATS))
        refused = self.http.send("GET", f"/v1/{again['name']}:download?format=pdf&signature=true")
        self.assertEqual(refused.status, 400)
        self.assertIn(b"FILE_NOT_SIGNED", refused.body)

    def test_made_again_without_a_previous_round(self):
        """A report of a year before which there was no round, when there is one."""
        def digests(report):
            return {file["format"]: file["digest"] for file in report["files"]}

        earlier = ROUND.replace("2025", "2024")
        first = self.create("PROVISIONAL", round=earlier)
        self.assertEqual(first["previousDataVersion"], "0")
        before = self.call("GET", ROUND)
        self.call("POST", "surveys/jusou/rounds", {
            "displayName": "架空の調査", **{field: before[field] for field in ("codebook", "program", "synthetic")},
            "windowStart": {"year": 2023, "month": 6, "day": 1}, "windowEnd": {"year": 2023, "month": 7, "day": 1}},
            roundId=2023, requestId=uuid.uuid4())
        # One that is planned has nothing to compare with.
        self.assertEqual(digests(self.create("PROVISIONAL", round=earlier)), digests(first))
        self.call("POST", "surveys/jusou/rounds/2023:open", {})
        now = self.create("PROVISIONAL", round=earlier)
        self.assertGreater(int(now["previousDataVersion"]), 0)
        self.assertNotEqual(now["snapshot"], first["snapshot"])
        # What it says of itself is what it is made again from.
        again = self.create("PROVISIONAL", round=earlier, **{pin: first[pin] for pin in (
            "dataVersion", "previousDataVersion", "dataIncarnation")})
        told = json.loads(self.product.ctl("--output", "json", "report", "create", "--fiscal-year", "2024",
                                           "--without-previous").stdout)
        self.assertEqual(set(digests(first)), set(FORMATS))
        for report in (again, told):
            self.assertEqual(report["previousDataVersion"], "0")
            self.assertEqual(report["snapshot"], first["snapshot"])
            self.assertEqual(digests(report), digests(first))


if __name__ == "__main__":
    unittest.main(verbosity=2)
