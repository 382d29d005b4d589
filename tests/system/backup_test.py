#!/usr/bin/python3
"""A copy made while everybody writes is a platform that starts, holds what was
acknowledged before it began, and in which no service knows more than the one
that owns what it knows.

usage: backup_test.py [sqlite|postgresql]
"""

import itertools
import pathlib
import stat
import subprocess
import threading
import unittest
import uuid

import harness

MUNICIPALITY = "133078"
BANDS = ("under_5k", "over_5k")
# Each is a change of the one before it.
ANSWERS = ([], [{"item": "mun_program_status", "codes": {"codes": ["not_implementing"]}}])


class Writer:
    """Writes one thing after the other and remembers what was acknowledged:
    registry version, then round revision, over and over. Each draft names in
    its department the registry version that was there before it."""

    def __init__(self, product, round_):
        self.product = product
        self.round = round_
        self.registry_version = self.revision = 0
        self.failure = None
        self.stop = threading.Event()
        made = product.http.post(
            f"/v1/{round_}/submissions",
            {"answers": ANSWERS[1]}, submissionId=f"{MUNICIPALITY}-municipality")
        self.submission = made["name"]
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        if self.failure:
            raise self.failure

    def run(self):
        try:
            for number in itertools.count():
                if self.stop.is_set():
                    return
                self.write(number)
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure

    def write(self, number):
        changed = self.patch(
            f"municipalities/{MUNICIPALITY}?updateMask=populationBand"
            "&firstFiscalYear=2025&reason=test",
            {"populationBand": BANDS[number % 2]})
        self.registry_version = int(changed["version"])
        self.patch(
            f"{self.submission}?updateMask=header,answers",
            {"header": {"department": str(self.registry_version)},
             "answers": ANSWERS[number % 2]})
        self.revision = int(self.product.http.get(f"/v1/{self.round}")["revision"])

    def patch(self, path, body):
        reply = self.product.http.send("PATCH", f"/v1/{path}", body)
        if reply.status != 200:
            raise AssertionError(f"{path}: {reply.status} {reply.body.decode()}")
        return harness.json.loads(reply.body)


class Backup(unittest.TestCase):
    def setUp(self):
        self.product = harness.Product(harness.ONE)
        self.addCleanup(self.product.abandon)
        self.product.start()
        self.product.load()
        self.round = self.product.open_second_survey()
        self.made = self.product.http.post(
            "/v1/reports", {"template": "jusou", "round": "surveys/jusou/rounds/2025"},
            requestId=uuid.uuid4())

    def test_a_copy_under_load_is_a_platform(self):
        with Writer(self.product, self.round) as writer:
            for number in range(3):
                begun = writer.revision
                harness.wait_for(lambda least=begun: writer.failure or writer.revision > least + 3,
                                 "the writer")
                before = (writer.registry_version, writer.revision)
                restored = self.copy(number)
                self.addCleanup(restored.abandon)
                restored.start()
                self.check(restored, writer.submission, before)
                restored.stop()
        self.product.stop()

    def check(self, restored, submission, before):
        registry = int(restored.http.get("/v1/registryState")["version"])
        revision = int(restored.http.get(f"/v1/{self.round}")["revision"])
        self.assertGreaterEqual(registry, before[0])
        self.assertGreaterEqual(revision, before[1])
        known = restored.http.get(f"/v1/{submission}")["header"]["department"]
        self.assertLessEqual(int(known), registry)
        reports = restored.http.list("/v1/reports", "reports")
        self.assertIn(self.made["name"], [report["name"] for report in reports])
        self.assertEqual(restored.download(self.made, "html"),
                         self.product.download(self.made, "html"))
        self.check_identity(restored)
        # It goes on from there.
        reply = restored.http.send(
            "PATCH", f"/v1/{submission}?updateMask=header",
            {"header": {"department": "restored"}})
        self.assertEqual(reply.status, 200, reply.body)

    def check_identity(self, restored):
        """It is a store of its own, and knows what it has from the other."""
        jusou = "/v1/surveys/jusou/rounds/2025"
        there = self.product.http.get(jusou)
        here = restored.http.get(jusou)
        self.assertNotEqual(here["incarnation"], there["incarnation"])
        # The round's registry version is one of the registry before, too.
        self.assertEqual(here["registryIncarnation"], there["registryIncarnation"])
        self.assertNotEqual(restored.http.get("/v1/registryState")["incarnation"],
                            here["registryIncarnation"])
        pin = {"dataVersion": there["revision"], "dataIncarnation": there["incarnation"]}
        series = "/v1/surveys/jusou/indicators/implementing_by_year/values/2025"
        self.assertEqual(restored.http.get(series, **pin)["cells"],
                         self.product.http.get(series, **pin)["cells"])
        path = f"/v1/{self.round}/submissions?dataVersion=1000000&dataIncarnation="
        reply = restored.http.send("GET", path + there["incarnation"])
        self.assertIn(b"STORE_RESTORED", reply.body)

    def copy(self, number):
        if harness.Product.default_engine == harness.POSTGRESQL:
            return self.copy_of_schemas(number)
        place = self.product.folder / f"copy-{number}"
        restored = harness.Product(harness.ONE)
        done = self.back_up(place)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        names = [line.split()[1] for line in done.stdout.splitlines()]
        self.assertEqual(names, ["report.db", "survey.db", "registry.db"])
        self.assertEqual(stat.S_IMODE(place.stat().st_mode), 0o700)
        self.assertEqual(sorted(file.name for file in place.iterdir()), sorted(names))
        for file in place.iterdir():
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)
        restored.settings["data_dir"] = place
        return restored

    def copy_of_schemas(self, number):
        """The same by PostgreSQL's own tools: one schema after the other, who
        consumes first."""
        server = harness.shared_postgres()
        url = self.product.settings["database_url"]
        name = url.split("?")[0].rpartition("/")[2]
        new = f"{name}_{number}"
        server.sql(f"CREATE DATABASE {new} OWNER {name}", "postgres")
        for schema in ("report", "survey", "registry"):
            dump = server.folder / f"{new}-{schema}.sql"
            server._run("pg_dump", "-h", server.folder, "-U", "postgres",  # pylint: disable=protected-access
                        "-n", schema, "-f", dump, name)
        for schema in ("registry", "survey", "report"):
            dump = server.folder / f"{new}-{schema}.sql"
            server._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.folder,  # pylint: disable=protected-access
                        "-U", "postgres", "-d", new, "-f", dump,
                        "-c", f"DELETE FROM {schema}.store_incarnation")
        restored = harness.Product(harness.ONE)
        restored.settings["database_url"] = url.replace(f"/{name}?", f"/{new}?")
        return restored

    def back_up(self, place, data=None):
        return subprocess.run(
            [str(harness.BIN / "welfared"), "--data-dir", data or self.product.folder / "data",
             "--backup-to", place], capture_output=True, text=True, timeout=60,
            check=False, env=self.product.environment)

    def test_nothing_is_overwritten_or_half_made(self):
        if harness.Product.default_engine == harness.POSTGRESQL:
            self.skipTest("of embedded databases")
        full = self.product.folder / "full"
        full.mkdir()
        (full / "something").write_text("x")
        done = self.back_up(full)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("not empty", done.stderr)
        self.assertEqual([file.name for file in full.iterdir()], ["something"])
        # A data folder without databases.
        empty = self.product.folder / "empty"
        empty.mkdir()
        done = self.back_up(self.product.folder / "none", empty)
        self.assertEqual(done.returncode, 1, done)
        self.assertFalse((self.product.folder / "none").exists())
        # A disk that takes no more leaves nothing behind.
        script = f'ulimit -f 8; exec "{harness.BIN}/welfared" --data-dir "$1" --backup-to "$2" 2>&1 | cat'
        done = subprocess.run(
            ["/bin/sh", "-c", script, "sh", self.product.folder / "data",
             self.product.folder / "none"], capture_output=True, text=True, timeout=60,
            check=False, env=self.product.environment)
        self.assertIn("The backup failed", done.stdout)
        self.assertEqual(
            [file.name for file in pathlib.Path(self.product.folder).iterdir()
             if file.name.startswith("none")], [])
        done = self.back_up(empty)
        self.assertEqual(done.returncode, 0, done)
        self.product.stop()


if __name__ == "__main__":
    harness.engine_from_command_line()
    unittest.main(verbosity=2)
