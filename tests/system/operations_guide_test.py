#!/usr/bin/python3
"""The operations guide (k8s/operations.md): its blocks of shell are run, one after
the other, on a loaded platform; what its capacity table names is what is measured.

usage: operations_guide_test.py
"""

import os
import re
import socket
import subprocess
import sys
import unittest

import harness

GUIDE = harness.SOURCE / "k8s" / "operations.md"


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


class Guide(harness.LoadedTest):
    def run_block(self, block):
        product = self.product
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], capture_output=True, text=True,
            timeout=240, check=False, cwd=product.folder,
            env={**product.environment, "PATH": f"{harness.BIN}:/usr/bin:/bin",
                 "WELFARE_SERVER": product.grpc_address,
                 "OPS": product.gateway.logged("started")["metrics"],
                 "DATA": str(product.folder / "data"), "COPY": str(product.folder / "copy"),
                 "DRILL": free_address()})
        self.assertEqual(done.returncode, 0, f"{block}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_the_blocks_do_what_the_guide_says(self):
        blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text("utf-8"), re.M | re.S)
        self.assertEqual(len(blocks), 3)
        well, copy, drill = blocks
        self.assertIn('welfare_ready{part="survey"} 1', self.run_block(well))
        self.assertEqual(self.run_block(copy).split()[-3:],
                         ["registry.db", "report.db", "survey.db"])
        said = self.run_block(drill)
        for year in (2024, 2025):
            self.assertIn(f"round {year}: the same\n", said)
        # By these the platform shows that it was copied, within a minute.
        self.assertEqual(sorted(path.name for path in (self.product.folder / "data").glob("*.backup")),
                         ["registry.db.backup", "report.db.backup", "survey.db.backup"])
        self.assertEqual(list((self.product.folder / "copy").glob("*.backup")), [])

    def test_every_link_leads_somewhere(self):
        for target in re.findall(r"\]\(([^)]+)\)", GUIDE.read_text("utf-8")):
            path, _, anchor = target.partition("#")
            there = GUIDE.parent / path
            self.assertTrue(there.exists(), target)
            if anchor:
                heads = [re.sub(r"[^\w -]", "", head.lower()).strip().replace(" ", "-")
                         for head in re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.M)]
                self.assertIn(anchor, heads, target)

    def test_the_capacity_table_is_of_what_is_measured(self):
        done = subprocess.run(
            [sys.executable, "-B", str(harness.SOURCE / "tests/bench/capacity.py"), "--few"],
            capture_output=True, text=True, timeout=240, check=False,
            env={**os.environ, "WELFARE_SOURCE_DIR": str(harness.SOURCE),
                 "WELFARE_BINARY_DIR": str(harness.BINARY)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        measured = [re.split(r"  +", line)[0] for line in done.stdout.splitlines()]
        table = GUIDE.read_text("utf-8").partition("| what | cost |\n")[2].partition("\n\n")[0]
        shown = re.findall(r"^\| ([^|-][^|]*?) \|", table, re.M)
        self.assertEqual(shown, measured)


if __name__ == "__main__":
    unittest.main(verbosity=2)
