#!/usr/bin/python3
"""Keeps tools/bench working: a few requests of each kind of figure, one round.
Judges no time."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
BINARY = os.environ["WELFARE_BINARY_DIR"]


def bench(*arguments, **environment):
    return subprocess.run([SOURCE / "tools" / "bench", *arguments], capture_output=True, text=True,
                          timeout=220, check=False, env={**os.environ, **environment})


class Smoke(unittest.TestCase):
    def test_lists_figures_with_their_goals(self):
        done = bench("--list")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("registry.get_municipality", done.stdout)
        self.assertIn("goal: rps >= 0.9x", done.stdout)

    def test_refuses_unknown_names(self):
        self.assertEqual(bench("--no-build", "no.such.figure").returncode, 2)

    def test_skips_a_peer_that_is_not_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            tools = pathlib.Path(folder) / "bin"
            tools.mkdir()
            for tool in ("git", "env"):
                (tools / tool).symlink_to(f"/usr/bin/{tool}")
            output = pathlib.Path(folder) / "bench.json"
            done = bench("--no-build", "--binary-dir", BINARY, "--scale", "0.002", "--rounds", "1",
                         "--output", output, "gateway.json_peer", PATH=str(tools))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("gateway.json_peer: skipped: go, ", done.stdout)
            self.assertEqual(json.loads(output.read_text())["skipped"], ["gateway.json_peer"])

    def test_measures_every_kind_of_figure(self):
        names = ["registry.get_municipality", "registry.import_national", "registry.watch",
                 "gateway.grpc", "gateway.json", "gateway.not_modified",
                 "gateway.idle_streams", "gateway.overload", "platform.memory_cache", "platform.audit_log",
                 "access.token", "access.many_tokens",
                 "platform.bystander", "platform.attacks", "backfill.ten_rounds", "backfill.nation",
                 "backfill.beside_live", "report.xlsx"]
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "bench.json"
            done = bench("--no-build", "--binary-dir", BINARY, "--scale", "0.002", "--rounds", "1",
                         "--output", output, *names)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            written = json.loads(output.read_text())
        self.assertEqual([figure["name"] for figure in written["figures"]], names)
        unary = written["figures"][0]["loads"]["4x8"]
        self.assertEqual(unary["sides"]["registry"]["bytes"], unary["sides"]["bare echo"]["bytes"])
        for figure in written["figures"]:
            for load in figure["loads"].values():
                for metrics in load["sides"].values():
                    self.assertTrue(metrics)


if __name__ == "__main__":
    unittest.main()
