#!/usr/bin/python3
"""quickstart speaks to the server it started, and to nobody else's."""

import contextlib
import csv
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import unittest

ROOT = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
BIN = pathlib.Path(os.environ["WELFARE_BINARY_DIR"]) / "bin"


class Foreign:
    """Somebody else's server: takes connections, counts them, answers nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.calls = 0
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.calls += 1
                connection.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.listener.close()


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return "127.0.0.1:%d" % listener.getsockname()[1]


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.foreign = Foreign()
        self.addCleanup(self.foreign.close)

    def environment(self, **settings):
        return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                "WELFARE_QUICKSTART_OUT": str(self.folder / "out"), **settings}

    def test_it_refuses_a_taken_port_before_anything(self):
        for setting, other in (("WELFARE_LISTEN", "WELFARE_HTTP_LISTEN"),
                               ("WELFARE_HTTP_LISTEN", "WELFARE_LISTEN")):
            with self.subTest(setting=setting):
                done = subprocess.run(
                    [ROOT / "tools" / "quickstart"], capture_output=True, text=True,
                    timeout=60, check=False, env=self.environment(
                        **{setting: self.foreign.address, other: free_address()}))
                self.assertEqual((done.returncode, done.stdout), (1, ""), done)
                self.assertIn(setting, done.stderr)
                self.assertIn("Nothing is done", done.stderr)
                self.assertFalse((self.folder / "out").exists())
        self.assertEqual(self.foreign.calls, 0)

    def wait_for_own(self, program, server):
        """Starts `program` as quickstart does and waits for it; returns the
        exit code of the waiting."""
        script = f"""
            . {ROOT}/tools/own_server.sh
            export WELFARE_SERVER={server}
            {program} >{self.folder}/log 2>&1 &
            pid=$!
            code=0
            wait_for_own $pid {BIN}/welfarectl {server} || code=$?
            kill $pid 2>/dev/null
            wait $pid
            exit $code"""
        return subprocess.run(["/bin/bash", "-c", script], timeout=120, check=False,
                              env=self.environment()).returncode

    def welfared(self, server):
        return (f"{BIN}/welfared --data-dir {self.folder}/data --assets-dir {ROOT}"
                f" --listen {server} --http-listen 127.0.0.1:0"
                f" --admin-listen 127.0.0.1:0 --ops-listen 127.0.0.1:0"
                f" --drain-wait-ms 0")

    def test_its_own_server_is_recognised(self):
        server = free_address()
        self.assertEqual(self.wait_for_own(self.welfared(server), server), 0,
                         (self.folder / "log").read_text("utf-8"))

    def test_a_port_taken_meanwhile_is_not_its_own(self):
        server = self.foreign.address
        self.assertEqual(self.wait_for_own(self.welfared(server), server), 1)
        self.assertEqual(self.foreign.calls, 0)

    @staticmethod
    def excerpts():
        with open(ROOT / "tools" / "demo" / "excerpts.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def test_a_secure_demonstration_shows_who_may_do_what(self):
        environment = self.environment(
            WELFARE_QUICKSTART_BIN=str(BIN), WELFARE_LISTEN=free_address(),
            WELFARE_HTTP_LISTEN=free_address(), WELFARE_ADMIN_LISTEN="127.0.0.1:0",
            WELFARE_OPS_LISTEN="127.0.0.1:0")
        child = subprocess.Popen(
            [ROOT / "tools" / "quickstart", "--secure", "--serve"], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env=environment)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.kill)
        said = []
        for line in child.stdout:
            said.append(line.rstrip("\n"))
            if line.startswith("Stop with"):
                break
        commands = [line for line in said if line.startswith(("  curl ", "  WELFARE_"))]
        codes = [subprocess.run(["/bin/bash", "-c", command], capture_output=True, timeout=60,
                                check=False, env=environment).returncode for command in commands]
        # As the words above each say; curl ends with 22 where it was refused.
        self.assertEqual(codes, [0, 22, 0, 22, 0, 0, 4, 0], "\n".join(said))
        made = self.folder / "out" / "secure"
        self.assertEqual(made.stat().st_mode & 0o777, 0o700)
        for secret in [*made.glob("*.key"), *made.glob("*.token"), made / "batch.api-key"]:
            self.assertEqual(secret.stat().st_mode & 0o777, 0o600, secret)
        # Every format of the final report, each as it was signed.
        out = self.folder / "out"
        files = ["report.html", "report.pdf", "report.xlsx", "report.json", "report-csv.zip"]
        for name in files:
            done = subprocess.run(
                [BIN / "welfarectl", "--output", "json", "report", "verify", out / name, "--key", out / "publisher.pem"],
                capture_output=True, text=True, timeout=60, check=False, env=environment)
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(json.loads(done.stdout)["edition"], "FINAL")
        self.assertEqual((out / "signing" / "signing.pem").stat().st_mode & 0o777, 0o600)
        self.assertIn("  FY2025: 13 excerpts (架空): 12 consented to, 1 awaiting an answer", said)
        # What was consented to is printed, and that alone.
        printed = (out / "report.html").read_text("utf-8")
        for row in self.excerpts():
            self.assertEqual(row["text"] in printed, row["consent_note"] != "", row)
        # Who wrote the one that awaits an answer is asked, as its command shows.
        asked = subprocess.run(["/bin/bash", "-c", commands[-1]], capture_output=True, text=True,
                               timeout=60, check=True, env=environment)
        self.assertIn("consent-1", asked.stdout)
        self.assertIn("  FY2025: publish the provisional report (速報) reports/jusou-2025-0001", said)
        self.assertIn("  FY2025: publish the final report (確報) reports/jusou-2025-0002", said)
        child.terminate()
        self.assertEqual(child.wait(30), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
