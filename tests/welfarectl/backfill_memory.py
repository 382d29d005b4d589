#!/usr/bin/python3
"""Memory of client and service does not grow with the file of a backfill."""

import csv
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import backfill_cli_test as backfill  # noqa: E402
import harness  # noqa: E402

# Questions of a codebook of this test alone, and rounds of a file: the programme
# has no roster before 2021, and a round needs one.
ITEMS = 1000
FEW, MANY = (2021,), tuple(range(2021, 2026))
# What a file of five times the answers may add, in KiB.
SLACK = 24 << 10


class Memory(backfill.Backfill):
    def new_product(self, rounds=True):
        backfill.CODEBOOK["survey"] = "type,name,label,respondent\n" + "".join(
            f"text,q{i},設問{i},municipality council\n" for i in range(ITEMS))
        backfill.CODEBOOK["choices"] = "list_name,name,label\n"
        backfill.YEARS = MANY
        return super().new_product(rounds)

    def open_rounds(self, product):
        self.codes = [entry["code"] for entry in product.http.list(
            "/v1/municipalities", "municipalities")]
        super().open_rounds(product)

    def big(self, years):
        path = self.folder / "big.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(backfill.ANSWERS)
            for year in years:
                for code in self.codes:
                    for kind in ("municipality", "council"):
                        for i in range(ITEMS):
                            writer.writerow((backfill.SURVEY, year, code, kind, f"q{i}",
                                             f"架空の回答{i}", "", ""))
        return path

    def client_peak(self, *arguments):
        """KiB; the peaks of children only rise, so each is measured by its own."""
        script = ("import resource, subprocess, sys\n"
                  "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, "
                  "stderr=subprocess.DEVNULL).returncode\n"
                  "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run([sys.executable, "-c", script, *self.command(*arguments)],
                              capture_output=True, text=True, check=True,
                              cwd=self.folder)
        code, peak = map(int, done.stdout.split())
        self.assertEqual(code, 0)
        return peak

    def service_peak(self):
        pid = next(iter(self.product.processes.values())).pid
        status = pathlib.Path(f"/proc/{pid}/status").read_text("ascii")
        return int(status.split("VmHWM:")[1].split()[0])

    def test_memory_is_that_of_a_batch(self):
        peaks = []
        for years in (FEW, MANY):
            path = self.big(years)
            client = max(self.client_peak("plan", path, "--strategy", "merge"),
                         self.client_peak("apply", "--plan", "backfill-plan.json"))
            peaks.append((client, self.service_peak()))
        print(f"client and service, KiB: {peaks}")
        (client, service), (client_of_many, service_of_many) = peaks
        self.assertLess(client_of_many, client + SLACK)
        self.assertLess(client_of_many, 256 << 10)
        self.assertLess(service_of_many, 256 << 10)
        self.assertLess(service_of_many, service + 4 * SLACK)


if __name__ == "__main__":
    unittest.main()
