#!/usr/bin/python3
"""The worst day of an operator, with nothing but what he is given: his database is
stopped, a real Prometheus raises exactly the alerts that it should, their runbooks
lead back; then the database is lost, and the backup brings the same state.

usage: incident_test.py [--haste]

Rules run as they are, so this takes half an hour; with --haste their windows
are shortened as in live_test.py. Run by tools/check-operations.
"""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # finds tests/support
import postgres_fixture
import room

import prometheus_server

HASTE = "--haste" in sys.argv
RUNBOOKS = harness.SOURCE / "k8s/monitoring/runbooks"
# What is read ten times a second meanwhile.
READ = "/v1/surveys/jusou/rounds/2025/progress"
PAGES = {"WelfareDatabaseFailing", "WelfareNotReady"}
# At its own pace the slow one waits an hour, by which the database is back.
FAULTS = {f"Welfare{part}Faults{pace}" for part in ("Gateway", "Service")
          for pace in (("Fast", "Steady", "Slow") if HASTE else ("Fast", "Steady"))}
# The rules want so many calls before a share of faults counts.
CALLS = 300
PATIENCE = 60 if HASTE else 1200


class Incident(unittest.TestCase):
    def setUp(self):
        self.server = postgres_fixture.Server()
        self.addCleanup(self.server.remove)
        self.server.make()
        self.product = harness.Product(harness.FIVE, engine=harness.POSTGRESQL, postgres=self.server)
        self.addCleanup(self.product.abandon)
        self.product.start()
        self.product.load()

    # --- an alert, and what its runbook says -----------------------------------

    def call(self):
        while not self.ended.wait(0.1):
            with contextlib.suppress(OSError):
                self.product.http.send("GET", READ)

    def watch(self):
        self.ops = {program: process.logged("started")["metrics"]
                    for program, process in self.product.processes.items()}
        self.prometheus = prometheus_server.Prometheus(self.ops, haste=HASTE)
        self.addCleanup(self.prometheus.remove)
        self.ended = threading.Event()
        caller = threading.Thread(target=self.call)
        caller.start()
        self.addCleanup(caller.join)
        self.addCleanup(self.ended.set)

    def diagnose(self, alert):
        """Runs what the alert's runbook says to run, where it runs without a
        cluster; returns what that said."""
        text = (RUNBOOKS / f"{alert['labels']['alertname']}.md").read_text("utf-8")
        diagnosis = re.search(r"^## Diagnosis\n(.*?)^## ", text, re.M | re.S)[1]
        said = ""
        for block in re.findall(r"^```\n(.*?)^```", diagnosis, re.M | re.S):
            for line in block.replace("\\\n", " ").splitlines():
                if not line.startswith(("curl ", "psql ", "promtool ")):
                    continue
                done = subprocess.run(
                    ["/bin/bash", "-c", line.replace("http://PROMETHEUS:9090", f"http://{self.prometheus.address}")],
                    capture_output=True, text=True, timeout=60, check=False,
                    env={"PATH": f"{postgres_fixture.programs()}:{os.environ['PATH']}", "LANG": "C.UTF-8",
                         "INSTANCE": alert["labels"]["instance"], "PGHOST": str(self.server.folder), "PGUSER": "postgres"})
                said += done.stdout + done.stderr
        return said

    def readyz(self):
        """Which processes are ready, by the last step of the runbook."""
        return {program for program, address in self.ops.items()
                if harness.Http(address).send("GET", "/readyz").status == 200}

    def test_1_a_stopped_database_is_found_by_its_alerts_and_mended_by_their_runbooks(self):
        digest = self.product.state_digest()
        self.watch()
        harness.wait_for(lambda: self.prometheus.query("gateway:http_requests:rate1h > 0"), "calls to be counted")
        harness.wait_for(lambda: self.prometheus.query(f"sum(welfare_http_requests_total) > {CALLS}"), "calls to be enough")
        self.assertEqual(self.prometheus.firing(), set())
        self.assertEqual(self.readyz(), set(self.ops))

        began = time.monotonic()
        self.server.stop()
        firing = self.prometheus.wait_for_firing(PAGES | FAULTS, PATIENCE)
        print(f"database stopped; after {time.monotonic() - began:.0f} s exactly these alerts: {', '.join(sorted(firing))}", flush=True)
        alerts = [alert for alert in self.prometheus.alerts() if alert["labels"]["alertname"] in PAGES]
        self.assertEqual({alert["labels"]["database"] for alert in alerts if "database" in alert["labels"]},
                         {"registry", "survey", "report"})
        for alert in alerts:
            self.assertTrue((harness.SOURCE / alert["annotations"]["runbook_url"]).is_file(), alert)
            # It leads to what is wrong: the part that is not ready, and a server
            # that does not answer.
            self.assertRegex(self.diagnose(alert), r"(?s)database.*No such file or directory", alert)
        for process in self.product.processes.values():
            self.assertIsNone(process.child.poll(), process.name)

        began = time.monotonic()
        self.server.start()  # its first step
        self.prometheus.wait_for_firing({name for name in FAULTS if not name.endswith("Fast")}, PATIENCE)
        harness.wait_for(lambda: self.readyz() == set(self.ops), "every process to be ready")
        print(f"server started, as the runbook says; after {time.monotonic() - began:.0f} s only the burn rates of hours "
              "remember it, and every process is ready", flush=True)
        self.assertEqual(self.product.http.send("GET", READ).status, 200)
        self.assertEqual(self.product.state_digest(), digest)

    # --- a database that is lost ----------------------------------------------

    def audit_is_whole(self):
        said = self.product.ctl("audit", "verify").stdout
        self.assertTrue(said)

    def test_2_a_lost_server_is_restored_to_the_same_state(self):
        """By the commands of the operations guide, into another server."""
        digest = self.product.state_digest()
        name = self.product.settings["database_url"].partition("?")[0].rpartition("/")[2]
        text = (harness.SOURCE / "k8s/operations.md").read_text("utf-8")
        dump, restore = (block.replace("-d welfare ", f"-d {name} ").replace("welfare_", f"{name}_") for block in
                         re.findall(r"^```\n(for s in .*?)^```", text, re.M | re.S))
        self.run_as_operator(dump, self.server)
        self.server.remove()  # with everything in it
        self.product.stop()

        other = postgres_fixture.Server()
        self.addCleanup(other.remove)
        other.make()
        self.run_as_operator(restore, other)
        self.product.settings["database_url"] = other.url(name + "_{module}", f"{name}_new")
        self.product.start()
        self.assertEqual(self.product.state_digest(), digest)
        self.audit_is_whole()
        print(f"PostgreSQL lost and restored into another server: the state is the same, {digest[:16]}", flush=True)
        self.product.stop()

    def run_as_operator(self, commands, server):
        kept = self.product.folder / "dumps"
        kept.mkdir(exist_ok=True)
        done = subprocess.run(
            ["/bin/bash", "-euc", commands], capture_output=True, text=True, timeout=300, check=False, cwd=kept,
            env={"PATH": f"{postgres_fixture.programs()}:{os.environ['PATH']}", "LANG": "C.UTF-8",
                 "PGHOST": str(server.folder), "PGUSER": "postgres"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_3_a_lost_folder_is_restored_to_the_same_state(self):
        product = harness.Product(harness.FIVE)
        self.addCleanup(product.abandon)
        self.product.stop()
        self.product = product
        product.start()
        product.load()
        digest = product.state_digest()
        data, copy = product.folder / "data", product.folder / "copy"
        subprocess.run([harness.BIN / "welfared", "--data-dir", data, "--backup-to", copy], check=True,
                       capture_output=True, timeout=120, env=product.environment)
        product.kill()
        shutil.rmtree(data)
        copy.rename(data)
        product.start()
        self.assertEqual(product.state_digest(), digest)
        self.audit_is_whole()
        print(f"folder lost and restored from a copy: the state is the same, {digest[:16]}", flush=True)
        product.stop()


if __name__ == "__main__":
    room.enter()
    unittest.main(verbosity=2 if sys.stderr.isatty() else 0, argv=[argument for argument in sys.argv if argument != "--haste"])
