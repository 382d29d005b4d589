"""What tests of welfarectl at work on the registry share."""

import csv
import io
import json
import os
import pathlib
import sys
import unittest

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests" / "system"))

import harness  # noqa: E402

DATA = SOURCE / "services" / "registry" / "data"
MUNICIPALITIES = DATA / "municipalities.csv"
STATUS = DATA / "status-jusou.csv"
COUNTS = ("created", "updated", "unchanged", "deleted", "rejected")


class RegistryTest(unittest.TestCase):
    """Each class has a registry of its own, with Tokyo loaded."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(harness.ONE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.ctl("municipality", "import", MUNICIPALITIES)
        cls.product.ctl("status", "import", STATUS)

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def ctl(self, *arguments, code=0):
        done = self.product.ctl(*arguments, check=False)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, code=0):
        return json.loads(self.ctl("--output", "json", *arguments, code=code).stdout)

    def csv(self, *arguments, code=0):
        """Returns the rows of a CSV answer, which holds no blank line."""
        text = self.ctl("--output", "csv", *arguments, code=code).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            self.assertNotIn(None, row, text)
            self.assertNotIn(None, row.values(), text)
        return rows

    def state(self):
        state = self.product.http.get("/v1/registryState")
        return state["version"], state["digest"]

    def file(self, name, content):
        path = self.product.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def counts(self, *arguments, code=0):
        """Imports; returns the counts, which must add up."""
        result = self.json(*arguments, code=code)
        counts = result["counts"]
        self.assertEqual(sum(counts[c] for c in COUNTS), counts["rows"], result)
        return {c: counts[c] for c in ("rows", *COUNTS) if counts[c]}

    def not_implementing(self):
        """Codes of those that may go on not to run the programme."""
        return [m["code"] for m in self.json("municipality", "list", "--fiscal-year", "2025",
                                             "--status", "not-implementing")]

    def faults(self, *arguments):
        """Imports what is refused; returns {line: {reason}} from the rejects file."""
        rejects = self.product.folder / "rejects.csv"
        rejects.unlink(missing_ok=True)
        done = self.ctl(*arguments, "--rejects", rejects, code=3)
        faults = {}
        with open(rejects, encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                self.assertTrue(row["message"].endswith("."), row)
                faults.setdefault(int(row["source_line"]), set()).add(row["reason_code"])
        return faults, done
