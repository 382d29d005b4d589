#!/usr/bin/python3
"""Equal version numbers of two stores are not one state: a platform that was
restored, or whose registry is another one, says so instead of showing another
state's figures.
"""

import json
import shutil
import subprocess
import unittest
import uuid

import harness

ROUND = "surveys/jusou/rounds/2025"
VALUES = "/v1/surveys/jusou/indicators/{}/values/2025"


class Identity(unittest.TestCase):
    def setUp(self):
        self.product = self.make()
        self.product.start()
        self.product.load()

    def make(self):
        product = harness.Product(harness.ONE)
        self.addCleanup(product.abandon)
        return product

    def value(self, product, indicator="plan_formulated", **query):
        return product.http.get(VALUES.format(indicator), **query)

    def refused(self, product, path, body=None):
        reply = product.http.send("POST" if body else "GET", path, body)
        self.assertEqual(reply.status, 400, reply.body)
        error = json.loads(reply.body)["error"]
        reasons = [detail.get("reason") for detail in error["details"]]
        self.assertIn("STORE_RESTORED", reasons, error)

    def create(self, product, **fields):
        return product.http.post("/v1/reports", {
            "template": "jusou", "round": ROUND, **fields}, requestId=uuid.uuid4())

    @staticmethod
    def send_back(product, position):
        """Returns one submission that counts; the round has one revision more."""
        handed_in = product.http.list(f"/v1/{ROUND}/submissions", "submissions",
                                      state="STATE_SUBMITTED")
        product.http.post(f"/v1/{handed_in[position]['name']}:return", {"reason": "test"})

    def test_a_copy_answers_pins_of_the_original_only_where_it_is_one(self):
        before = self.value(self.product)
        report = self.create(self.product)
        versions = before["versions"]
        self.assertEqual(report["versions"]["roundIncarnation"], versions["roundIncarnation"])
        self.assertEqual(report["versions"]["registryIncarnation"],
                         versions["registryIncarnation"])
        copies = []
        # As the platform copies itself, and as somebody copies its files.
        backup = self.product.folder / "backup"
        subprocess.run([str(harness.BIN / "welfared"), "--data-dir",
                        self.product.folder / "data", "--backup-to", backup],
                       check=True, timeout=60, env=self.product.environment,
                       stdout=subprocess.DEVNULL)
        self.product.stop()
        for source in (backup, self.product.folder / "data"):
            copy = self.make()
            shutil.copytree(source, copy.folder / "data")
            copies.append(copy)
        self.product.start()
        self.send_back(self.product, 0)
        there = self.value(self.product)
        self.assertEqual(there["versions"]["roundIncarnation"], versions["roundIncarnation"])

        names = {versions["roundIncarnation"]}
        for copy in copies:
            copy.start()
            # What was pinned before is what it was, and so is its report.
            pin = {"dataVersion": versions["round"],
                   "dataIncarnation": versions["roundIncarnation"]}
            same = self.value(copy, **pin)
            self.assertEqual(same["cells"], before["cells"])
            again = self.create(copy, **pin)
            self.assertEqual(again["snapshot"], report["snapshot"])
            # From here on the two go apart, by equal numbers.
            self.send_back(copy, -1)
            here = self.value(copy)
            self.assertEqual(here["versions"]["round"], there["versions"]["round"])
            self.assertNotIn(here["versions"]["roundIncarnation"], names)
            names.add(here["versions"]["roundIncarnation"])
            pin = (f"dataVersion={there['versions']['round']}"
                   f"&dataIncarnation={versions['roundIncarnation']}")
            self.refused(copy, VALUES.format("plan_formulated") + "?" + pin)
            self.refused(copy, f"/v1/{ROUND}/indicatorValues?{pin}")
            self.refused(copy, f"/v1/{ROUND}/statements?{pin}")
            self.refused(copy, "/v1/reports", {
                "template": "jusou", "round": ROUND,
                "dataVersion": there["versions"]["round"],
                "dataIncarnation": versions["roundIncarnation"]})
            copy.stop()
        self.product.stop()

    def test_another_registry_is_no_answer(self):
        other = self.make()
        other.start()
        other.load()
        # At a later version, so that the number alone would do.
        for known in ("131016", "131024"):
            reply = other.http.send(
                "PATCH", f"/v1/municipalities/{known}?updateMask=populationBand"
                "&firstFiscalYear=2025&reason=test", {"populationBand": "over_500k"})
            self.assertIn(reply.status, (200, 400), reply.body)
        other.stop()
        before = self.value(self.product, "implementing_by_year")
        self.product.stop()
        for suffix in ("", "-wal", "-shm"):
            (self.product.folder / "data" / f"registry.db{suffix}").unlink(missing_ok=True)
        shutil.copy(other.folder / "data" / "registry.db", self.product.folder / "data")
        self.product.start()
        self.refused(self.product, VALUES.format("implementing_by_year"))
        self.refused(self.product, f"/v1/{ROUND}/statements")
        self.refused(self.product, "/v1/reports", {"template": "jusou", "round": ROUND})
        # Answers need no registry: what the round was opened with is its own.
        self.assertEqual(
            self.value(self.product)["versions"]["registryIncarnation"],
            before["versions"]["registryIncarnation"])
        self.product.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
