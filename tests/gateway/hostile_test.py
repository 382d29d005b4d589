#!/usr/bin/python3
"""The gateway's binary under callers that mean it no good, from the address of a
bystander and from another: every call of the bystander succeeds, health
included, and the process holds no more than it says.

usage: hostile_test.py GATEWAY REGISTRY SOURCE_DIR
"""

import contextlib
import pathlib
import re
import sys
import threading
import time
import unittest
import urllib.request
from http import client

sys.path.append(str(pathlib.Path(sys.argv[3], "tests", "bench")))
import attacks  # noqa: E402
import behind_registry  # noqa: E402

# Beside what callers make it hold: the program, its threads and their heaps.
OWN_MIB = 160
IN_FLIGHT_MIB = 64
# A sanitizer keeps what was freed, so there the memory says nothing.
SANITIZED = b"__asan_init" in pathlib.Path(sys.argv[1]).read_bytes()


class Bystander:
    """Reads and asks for health, on a connection for each, until it is stopped."""

    def __init__(self, http):
        self._http, self._stop = http, threading.Event()
        self.failures, self.calls = [], 0
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._stop.is_set():
            for path in ("/v1/municipalities", "/healthz"):
                try:
                    with urllib.request.urlopen(f"http://{self._http}{path}", timeout=30) as answer:
                        answer.read()
                except OSError as error:
                    self.failures.append(f"{path}: {error}")
                self.calls += 1
            time.sleep(0.005)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *unused):
        self._stop.set()
        self._thread.join()


class Gateway(behind_registry.BehindRegistry):
    binaries = sys.argv[1:4]

    def rss_mib(self, what="VmHWM"):
        text = pathlib.Path(f"/proc/{self.gateway.pid}/status").read_text("utf-8")
        return int(re.search(rf"{what}:\s+(\d+) kB", text)[1]) / 1024

    def assert_bounded_memory(self, in_flight_mib):
        if not SANITIZED:
            self.assertLess(self.rss_mib(), in_flight_mib + OWN_MIB)

    def wait_for_calls(self, bystander, count):
        calls = bystander.calls
        deadline = time.monotonic() + 60
        while bystander.calls < calls + count and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertGreaterEqual(bystander.calls, calls + count)


class Hostile(Gateway):
    SETTINGS = (f"--max-in-flight-mib={IN_FLIGHT_MIB}", "--max-connections=1024",
                "--shared-addresses=127.0.0.1")

    def under(self, attack, *sources):
        for source in sources:
            with self.subTest(source=source), Bystander(self.http) as bystander:
                with contextlib.ExitStack() as held:
                    attack(self.http, source, held)
                    self.wait_for_calls(bystander, 6)
            self.assertEqual(bystander.failures, [])
            self.assert_bounded_memory(IN_FLIGHT_MIB)

    def test_resets(self):
        self.under(lambda http, source, held: attacks.resets(http, source, 300),
                   "127.0.0.1", "127.0.0.2")

    def test_leaving(self):
        self.under(lambda http, source, held: attacks.leaving(http, source, 300),
                   "127.0.0.1", "127.0.0.3")

    def test_bodies_over_http2(self):
        self.under(lambda http, source, held: attacks.hold_bodies_http2(http, source, 10, held),
                   "127.0.0.1", "127.0.0.4")

    def test_bodies_over_http1(self):
        self.under(lambda http, source, held: attacks.hold_bodies_http1(http, source, 2000, held),
                   "127.0.0.1", "127.0.0.5")

    def test_large_bodies_at_once(self):
        body = b'{"validateOnly":true,"batch":{"csv":"' + b"x" * 3_000_000 + b'"}}'
        heard = []

        def send(http, source):
            host, port = http.split(":")
            connection = client.HTTPConnection(host, int(port), timeout=90,
                                               source_address=(source, 0))
            try:
                connection.request("POST", "/v1/municipalities:batchImport", body,
                                   {"Content-Type": "application/json"})
                reply = connection.getresponse()
                heard.append((reply.status, reply.read()))
            except OSError:
                heard.append((None, b""))  # it made room for another
            finally:
                connection.close()

        def attack(http, source, held):
            threads = [threading.Thread(target=send, args=(http, source)) for _ in range(64)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.under(attack, "127.0.0.7")
        reasons = {400: b"CSV_INVALID", 429: b"PEER_OVER_SHARE", 503: b"GATEWAY_OVERLOADED"}
        for status, answer in heard:
            if status is not None:
                self.assertIn(reasons[status], answer)
        self.assertIn(400, {status for status, _ in heard})

    def test_answers_that_nobody_reads(self):
        self.under(lambda http, source, held: attacks.hold_answers(http, source, 100, held),
                   "127.0.0.1", "127.0.0.6")


class Patient(Gateway):
    """A thousand who are slow over either protocol, all of whom have a place."""

    EACH = 1000
    SETTINGS = ("--max-connections=4200", "--shared-addresses=127.0.0.1")

    def test_two_thousand_slow_callers(self):
        with Bystander(self.http) as bystander:
            with contextlib.ExitStack() as held:
                slow = attacks.Slow(self.http, "127.0.0.1", 2 * self.EACH, held)
                self.wait_for_calls(bystander, 20)
                # Who sends no head in time, or takes nothing, is let go of later.
                self.assertGreater(slow.connected(), 2 * self.EACH / 2)
        self.assertEqual(bystander.failures, [])
        self.assert_bounded_memory(256)


if __name__ == "__main__":
    del sys.argv[1:4]
    unittest.main(verbosity=2)
