#!/usr/bin/python3
"""A platform of an earlier version goes on under this one: it starts on the
earlier databases, brings their tables up to date, and shows what it showed.

usage: upgrade_test.py sqlite|postgresql
"""

import gzip
import json
import pathlib
import sqlite3
import sys
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "system"))
import harness  # noqa: E402
import observed  # noqa: E402

DUMPS = sorted(path for path in (HERE / "dumps").iterdir() if path.is_dir())


def read(path):
    return gzip.decompress(path.read_bytes()).decode("utf-8")


def database(product):
    """Returns the role and the database of a platform on PostgreSQL."""
    url = urllib.parse.urlsplit(product.settings["database_url"])
    return url.username, url.path[1:]


def restore(product, dump):
    """Puts the databases of a dump where the product looks for its own."""
    if product.engine == harness.SQLITE:
        folder = product.folder / "data"
        folder.mkdir(mode=0o700)
        for store in observed.STORES:
            with sqlite3.connect(folder / f"{store}.db") as target:
                target.executescript(read(dump / f"sqlite-{store}.sql.gz"))
                # A repeat is known for 30 days; the dump is older.
                target.execute(f"UPDATE request_replies SET recorded_micros = {NOW_SQLITE}")
            target.close()
        return
    server = harness.shared_postgres()
    role, name = database(product)
    file = server.folder / f"{name}.sql"
    file.write_text(read(dump / "postgresql.sql.gz"), "utf-8")
    # As the role of the product, which then owns what it restored.
    server._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.folder,
                "-U", role, "-d", name, "-f", file)
    file.unlink()
    for store in observed.STORES:
        server.sql(f"UPDATE {store}.request_replies SET recorded_micros = {NOW_POSTGRES}", name)


NOW_SQLITE = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
NOW_POSTGRES = "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000000"


def audit(product, store):
    if product.engine == harness.SQLITE:
        return observed.audit_of_sqlite(product.folder / "data" / f"{store}.db")
    return observed.audit_of_postgres(harness.shared_postgres(), database(product)[1], store)


def lost(before, after, path=""):
    """Returns where `after` does not say what `before` said. Fields may be new,
    and entity tags are given anew."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [fault for key, value in before.items() if key != "etag" for fault in
                (lost(value, after[key], f"{path}.{key}") if key in after
                 else [f"{path}.{key} is gone"])]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [fault for at, value in enumerate(before)
                for fault in lost(value, after[at], f"{path}[{at}]")]
    return [] if before == after else [f"{path}: {before!r} is now {after!r}"]


def untagged(value):
    """An entity tag is good until it is read again: it may have another form."""
    if isinstance(value, dict):
        return {key: untagged(each) for key, each in value.items() if key != "etag"}
    if isinstance(value, list):
        return [untagged(each) for each in value]
    return value


class Upgrade(unittest.TestCase):
    """The tests share one platform for each dump; those that write stand last
    in the alphabet."""
    dump = None

    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(harness.ONE)
        cls.addClassCleanup(cls.product.abandon)
        cls.expected = json.loads(read(
            cls.dump / f"{cls.product.engine}-expected.json.gz"))
        restore(cls.product, cls.dump)
        cls.product.start()
        cls.http = cls.product.http

    def test_shows_what_it_showed(self):
        now = observed.observed(self.product)
        for part, before in self.expected["observed"].items():
            with self.subTest(part=part):
                self.assertEqual(lost(untagged(before), now[part]), [])

    def test_answers_an_old_request_as_it_did(self):
        for request in self.expected["requests"]:
            with self.subTest(path=request["path"]):
                reply = self.http.post(request["path"], request["body"])
                self.assertEqual(lost(request["reply"], reply), [])

    def test_keeps_the_audit_log(self):
        """Old records keep their hashes, and new ones follow them."""
        for request in self.expected["requests"]:  # repeats leave no record
            self.http.post(request["path"], request["body"])
        for store, before in self.expected["audit"].items():
            rows = audit(self.product, store)
            self.assertEqual(observed.audit_faults(rows), [], store)
            self.assertEqual(observed.audit_summary(rows), before, store)

    def test_writes_go_on(self):
        # After the other tests, which look at what was there.
        entry = self.http.get("/v1/programs/jusou/rosters/2025")["entries"][0]
        version = int(self.http.get("/v1/registryState")["version"])
        record = self.http.post("/v1/programs/jusou/statusRecords", {
            "program": "programs/jusou", "municipality": entry["municipality"],
            "fiscalYear": 2027, "implementing": "IMPLEMENTING_YES",
            "preparation": "PREPARATION_NO"})
        self.assertEqual(int(record["version"]), version + 1)
        trial = "surveys/trial/rounds/2025"
        returned = self.http.list(f"/v1/{trial}/submissions", "submissions",
                                  state="STATE_RETURNED")
        self.assertEqual(len(returned), 1)
        sent = self.http.post(f"/v1/{returned[0]['name']}:submit")
        self.assertEqual(sent["state"], "STATE_SUBMITTED")
        self.assertEqual(self.http.post(f"/v1/{trial}:close")["state"], "STATE_CLOSED")
        made, page, _ = self.product.report()
        self.assertIn("架空", page.decode("utf-8"))
        self.assertIn(made["name"], [r["name"] for r in self.http.list("/v1/reports", "reports")])
        for store, before in self.expected["audit"].items():
            rows = audit(self.product, store)
            self.assertEqual(observed.audit_faults(rows), [], store)
            self.assertGreater(len(rows), before["size"], store)
            self.assertEqual(observed.audit_summary(rows, before["size"]), before, store)

    @classmethod
    def tearDownClass(cls):
        # It starts on its own databases again, as on those of before.
        cls.product.stop()
        cls.product.start()
        cls.product.stop()


def load_tests(loader, _tests, _pattern):
    """One class of tests for each dump."""
    return unittest.TestSuite(
        loader.loadTestsFromTestCase(type(f"Upgrade_{dump.name}", (Upgrade,), {"dump": dump}))
        for dump in DUMPS)


if __name__ == "__main__":
    harness.engine_from_command_line()
    unittest.main(verbosity=2)
