#!/usr/bin/python3
"""What operators rely on: metrics, health, a graceful end, exit codes, settings.

usage: operations_test.py one|five [sqlite|postgresql]
"""

import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

import harness

SHAPE = harness.shape_from_command_line()
PROGRAMS = (["welfared"] if SHAPE == harness.ONE else
            [f"welfare-{s}" for s in (*harness.SERVICES, "gateway")])
LISTENERS = ("listen", "ops-listen", *(("http-listen", "admin-listen") if SHAPE == harness.ONE else ()))


class Running(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(SHAPE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.http.get("/v1/municipalities")

    def test_metrics_are_what_prometheus_reads(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                reply = self.product.metrics(program)
                self.assertEqual(reply.status, 200)
                self.assertIn(b"welfare_build_info{", reply.body)
                if program != "welfare-gateway":
                    self.assertIn(b"grpc_server_started_total", reply.body)
                checked = subprocess.run(
                    ["/usr/bin/promtool", "check", "metrics"], input=reply.body,
                    capture_output=True, timeout=60, check=False)
                self.assertEqual((checked.returncode, checked.stderr, checked.stdout), (0, b"", b""))

    def test_connections_to_the_database_are_counted(self):
        for program in PROGRAMS:
            if program == "welfare-gateway":
                continue
            body = self.product.metrics(program).body.decode()
            found = dict(re.findall(
                r'(welfare_database_pool_connections(?:_max)?)\{database="registry"\} (\d+)', body))
            if program in ("welfared", "welfare-registry"):
                self.assertGreaterEqual(int(found["welfare_database_pool_connections"]), 1)
                self.assertLessEqual(int(found["welfare_database_pool_connections"]),
                                     int(found["welfare_database_pool_connections_max"]))

    def test_calls_are_counted(self):
        program = "welfared" if SHAPE == harness.ONE else "welfare-registry"
        counted = re.compile(
            rb'grpc_server_handled_total\{[^}]*grpc_method="ListMunicipalities"[^}]*\} (\d+)')

        def count():
            return sum(int(n) for n in counted.findall(self.product.metrics(program).body))
        before = count()
        self.product.http.get("/v1/municipalities")
        harness.wait_for(lambda: count() == before + 1, "the call to be counted")

    def test_gateway_says_that_it_is_well(self):
        self.assertEqual(self.product.http.send("GET", "/healthz").status, 200)
        self.assertEqual(harness.health(self.product.admin_address), "SERVING")

    @unittest.skipUnless(SHAPE == harness.FIVE, "welfared has private sockets only")
    def test_every_service_answers_health_checks(self):
        for service in harness.SERVICES:
            address = self.product.address(service)
            self.assertEqual(harness.health(address), "SERVING", service)
            self.assertEqual(harness.health(address, "liveness"), "SERVING", service)
            self.assertIsNone(harness.health(address, "nobody"), service)

    def test_the_log_is_json(self):
        for program in PROGRAMS:
            started = self.product.processes[program].logged("started")
            self.assertEqual(started["program"], program)
            for line in self.product.processes[program].log().splitlines():
                self.assertTrue(line.startswith('{"time":"'), line)


class Ending(unittest.TestCase):
    def test_ends_gracefully(self):
        # Nothing is under way, so that nobody waits for the end of the drain.
        product = harness.Product(SHAPE, settings={"drain_timeout_ms": 3_600_000})
        self.addCleanup(product.abandon)
        product.start()
        product.http.get("/v1/municipalities")
        product.http.get("/v1/surveys/jusou/rounds")
        for program in reversed(list(product.processes)):
            process = product.processes.pop(program)
            self.assertEqual(process.terminate(), 0, process.log())
            self.assertEqual(len(process.log_entries("stopped")), 1, program)


class Starting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wsys-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_program(self, program, *flags, **environment):
        return subprocess.run(
            [str(harness.BIN / program), *flags], capture_output=True, text=True,
            timeout=60, check=False, cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                 "WELFARE_DATA_DIR": f"{self.folder}/data",
                 "WELFARE_OPS_LISTEN": "127.0.0.1:0",
                 "WELFARE_HTTP_LISTEN": "127.0.0.1:0",
                 "WELFARE_ADMIN_LISTEN": "127.0.0.1:0", **environment})

    def test_taken_port_is_a_sentence_and_exit_1(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for program in PROGRAMS:
                with self.subTest(program=program):
                    done = self.run_program(program, f"--listen={address}",
                                            "--log-level=error")
                    self.assertEqual(done.returncode, 1, done)
                    self.assertRegex(done.stderr, rf"^{program}: .*{re.escape(address)}.*\n$")

    def test_taken_metrics_port_is_a_sentence_and_exit_1(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = self.run_program(PROGRAMS[0], f"--ops-listen={address}")
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(address, done.stderr)

    def test_unknown_flag_exits_2(self):
        for program in PROGRAMS:
            done = self.run_program(program, "--lisen=127.0.0.1:0")
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("--lisen", done.stderr)

    def test_public_address_without_authentication_exits_2(self):
        for program in PROGRAMS:
            done = self.run_program(program, "--listen=0.0.0.0:0")
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("--listen", done.stderr)

    def test_settings_are_checked_without_starting(self):
        for program in PROGRAMS:
            good = self.run_program(program, "--verify-config")
            self.assertEqual((good.returncode, good.stderr), (0, ""), good)
            bad = self.run_program(program, "--verify-config", "--log-level=loud")
            self.assertEqual(bad.returncode, 2, bad)
            self.assertIn("--log-level", bad.stderr)

    def test_settings_are_printed_with_origin_and_without_secrets(self):
        done = self.run_program(PROGRAMS[0], "--print-config", "--log-level=debug",
                                WELFARE_REDIS_URL="redis://:secret@127.0.0.1:1/0",
                                WELFARE_LOG_LEVEL="error")
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn("secret", done.stdout)
        lines = dict(line.split(" = ", 1) for line in done.stdout.splitlines())
        self.assertEqual(lines["log-level"], "debug  # flag")
        self.assertIn("# environment", lines["redis-url"])
        self.assertIn("# default", lines["auth"])

    @unittest.skipUnless(harness.Product.default_engine == harness.SQLITE,
                         "a PostgreSQL serves several processes")
    def test_two_processes_do_not_share_a_data_folder(self):
        """The second waits, and serves when the first is gone."""
        product = harness.Product(SHAPE)
        self.addCleanup(product.abandon)
        product.start()
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        second = harness.Process(
            PROGRAMS[0], [f"--data-dir={product.folder}/data", f"--assets-dir={harness.SOURCE}",
                          "--log-format=json", "--drain-wait-ms=0", *(
                              f"--{name}=127.0.0.1:0" for name in LISTENERS)],
            pathlib.Path(self.folder) / "second.log", environment)
        self.addCleanup(second.kill)
        waiting = second.logged("waiting for the database; the module serves once it answers")
        self.assertEqual(waiting["reason"], "DATABASE_IN_USE")
        self.assertIn(str(product.folder), waiting["cause"])
        product.http.get("/v1/municipalities")
        product.stop()
        second.logged("started")
        self.assertEqual(second.terminate(), 0, second.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
