#!/usr/bin/python3
"""welfarectl audit at work: logs of a real platform, honest and altered, and a
second verifier that must say the same."""

import csv
import hashlib
import io
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import unittest
import uuid

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests" / "system"))
sys.path.insert(0, str(SOURCE / "tests" / "base" / "audit"))

import audit_verifier  # noqa: E402
import harness  # noqa: E402

SERVICES = audit_verifier.SERVICES
COLUMNS = ("sequence", "recorded_micros", "actor", "action", "resource", "request_id", "detail")


def leaf(row):
    """The leaf hash of a row of the table."""
    data = row[0].to_bytes(8, "big") + row[1].to_bytes(8, "big")
    for text in row[2:]:
        data += len(text.encode()).to_bytes(4, "big") + text.encode()
    return hashlib.sha256(b"\x00" + data).digest()


class AuditTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(harness.ONE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()
        cls.product.report()
        cls.product.report()
        for year in ("2026", "2027", "2028"):
            cls.product.ctl("status", "record", "131016", "--fiscal-year", year,
                            "--implementing", "no", "--preparation", "unknown")
        cls.head = cls.product.folder / "heads.json"
        cls.product.ctl("audit", "head", "--out", cls.head)

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def ctl(self, *arguments, code=0):
        done = self.product.ctl(*arguments, check=False)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, code=0):
        return json.loads(self.ctl("--output", "json", *arguments, code=code).stdout)

    def verdicts(self, *arguments, code):
        return {v["service"]: v for v in self.json("audit", "verify", *arguments, code=code)}

    def second_verifier(self, *arguments):
        return subprocess.run(
            ["/usr/bin/python3", "-B", str(SOURCE / "tests/base/audit/audit_verifier.py"),
             *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)

    def url(self):
        return f"http://{self.product.http.host}:{self.product.http.port}"


class Reading(AuditTest):
    def test_list_speaks_table_json_and_csv(self):
        for service in SERVICES:
            with self.subTest(service=service):
                records = self.json("audit", "list", service)
                self.assertEqual([int(r["sequence"]) for r in records], list(range(len(records))))
                table = self.ctl("audit", "list", service)
                # Below the headings and a line.
                self.assertEqual(len(table.stdout.splitlines()), len(records) + 2)
                self.assertIn(f"{len(records)} record", table.stderr)
                for word in ("local", records[-1]["action"], records[-1]["resource"],
                             records[-1]["detail"]):
                    self.assertIn(word, table.stdout)
                rows = list(csv.DictReader(io.StringIO(
                    self.ctl("--output", "csv", "audit", "list", service).stdout)))
                self.assertEqual([r["leaf_hash"] for r in rows], [r["leafHash"] for r in records])
        self.assertIn("操作", self.ctl("--lang", "ja", "audit", "list", "report").stdout)

    def test_a_part_of_the_list(self):
        records = self.json("audit", "list", "registry")
        self.assertEqual(self.json("audit", "list", "registry", "--first", "1", "--count", "2"),
                         records[1:3])
        self.assertEqual(self.json("audit", "list", "registry", "--first", "99999"), [])
        self.ctl("audit", "list", "registry", "--first", "-1", code=2)
        self.ctl("audit", "list", "indicator", code=2)

    def test_heads_are_those_of_the_file(self):
        saved = json.loads(self.head.read_text("utf-8"))["heads"]
        self.assertEqual([h["service"] for h in saved], list(SERVICES))
        shown = self.json("audit", "head")["heads"]
        for before, now in zip(saved, shown):
            for key in ("service", "incarnation", "size", "root"):
                self.assertEqual(before[key], now[key])
            self.assertGreater(int(now["size"]), 1)
        self.assertEqual(json.loads(self.ctl("audit", "head", "--out", "-").stdout)["heads"][0]["root"],
                         shown[0]["root"])
        self.assertIn(shown[2]["root"], self.ctl("audit", "head").stdout)

    def test_an_honest_log_is_right(self):
        done = self.ctl("audit", "verify", "--head", self.head)
        sentences = done.stdout.splitlines()
        self.assertEqual(len(sentences), 3)
        for service, sentence in zip(SERVICES, sentences):
            self.assertRegex(sentence, rf"^{service}: all \d+ records are right")
        self.assertIn("only a saved head shows", self.ctl("audit", "verify").stdout)
        for words in (("--head", self.head), ()):
            done = self.ctl("--lang", "ja", "audit", "verify", *words)
            self.assertRegex(done.stdout, r"report: \d+ 件の記録はすべて")
        self.assertEqual({v["verdict"] for v in self.verdicts("--head", self.head, code=0).values()},
                         {"right"})
        rows = list(csv.DictReader(io.StringIO(
            self.ctl("--output", "csv", "audit", "verify").stdout)))
        self.assertEqual([row["verdict"] for row in rows], ["right"] * 3)

    def test_the_second_verifier_agrees(self):
        done = self.second_verifier("--url", self.url(), "--head", self.head)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(len(done.stdout.splitlines()), 3)
        listing = self.product.folder / "listing.json"
        listing.write_text(json.dumps(self.json("audit", "list", "survey")), "utf-8")
        done = self.second_verifier("--log", listing, "--head", self.head, "--service", "survey")
        self.assertEqual(done.returncode, 0, done)

    def test_what_is_appended_keeps_the_head(self):
        self.product.http.post("/v1/reports", {
            "template": "jusou", "round": "surveys/jusou/rounds/2025"}, requestId=uuid.uuid4())
        before = json.loads(self.head.read_text("utf-8"))["heads"][2]
        now = self.json("audit", "head")["heads"][2]
        self.assertEqual(int(now["size"]), int(before["size"]) + 1)
        self.ctl("audit", "verify", "--head", self.head)

    def test_a_file_that_holds_no_heads_is_refused(self):
        file = self.product.folder / "no-heads.json"
        for content in ("a,b\n", '{"heads": [{"service": "registry", "size": "1", "root": "00"}]}',
                        '{"heads": [{"service": "registry", "size": "-1"}]}'):
            file.write_text(content, "utf-8")
            done = self.ctl("audit", "verify", "--head", file, code=1)
            self.assertIn("AUDIT_HEADS_FORMAT", done.stderr)
        self.assertIn("FILE_UNREADABLE",
                      self.ctl("audit", "verify", "--head", "/nowhere", code=1).stderr)
        self.assertIn("FILE_UNWRITABLE",
                      self.ctl("audit", "head", "--out", "/nowhere/a", code=1).stderr)
        heads = json.loads(self.head.read_text("utf-8"))
        heads["heads"].pop()
        file.write_text(json.dumps(heads), "utf-8")
        found = self.verdicts("--head", file, code=1)
        self.assertEqual([found[s]["verdict"] for s in SERVICES], ["right", "right", "head_missing"])

    def test_the_door_answers_and_refuses(self):
        http = self.product.http
        head = http.get("/v1/registry/audit/head")
        first = http.get("/v1/registry/audit/head", size=0)
        self.assertEqual(first["root"], hashlib.sha256(b"").hexdigest())
        proof = http.get("/v1/registry/audit:prove", oldSize=1, size=head["size"])
        self.assertEqual(proof["head"]["root"], head["root"])
        for path, reason in (("head?size=99999", "AUDIT_HEAD_NOT_REACHED"),
                             ("head?size=-1", "AUDIT_REQUEST_INVALID"),
                             ("records?firstSequence=-1", "AUDIT_REQUEST_INVALID"),
                             ("records?pageToken=x", "PAGE_TOKEN_INVALID")):
            reply = http.send("GET", f"/v1/registry/audit/{path}")
            self.assertEqual(reply.status, 400, reply)
            self.assertIn(reason, reply.body.decode())


class Altered(AuditTest):
    """Somebody writes the registry's database past the platform."""

    def setUp(self):
        self.product.stop()
        self.file = self.product.folder / "data" / "registry.db"
        self.kept = self.product.folder / "kept.db"
        with sqlite3.connect(self.file) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        shutil.copyfile(self.file, self.kept)

    def tearDown(self):
        self.product.stop()
        # Into the file that was there: it stays the same store.
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)
        self.product.start()

    def tamper(self, *statements):
        with sqlite3.connect(self.file, timeout=20) as database:
            for trigger in ("update", "delete"):
                database.execute(f"DROP TRIGGER IF EXISTS audit_log_refuses_{trigger}")
            for statement in statements:
                database.execute(statement)
            rows = database.execute(
                f"SELECT {', '.join(COLUMNS)} FROM audit_log ORDER BY sequence").fetchall()
        database.close()
        return rows

    def hash_anew(self):
        rows = self.tamper()
        with sqlite3.connect(self.file, timeout=20) as database:
            for row in rows:
                database.execute("UPDATE audit_log SET leaf_hash = ? WHERE sequence = ?",
                                 (leaf(row), row[0]))
        database.close()

    def expect(self, verdict, record, words, theirs, head=True):
        """Both verifiers find it; the other services are right."""
        saved = ("--head", self.head) if head else ()
        found = self.verdicts(*saved, code=1)
        self.assertEqual(found["registry"]["verdict"], verdict)
        self.assertEqual(found["registry"].get("record"), record)
        self.assertEqual(found["survey"]["verdict"], "right")
        self.assertIn(words, self.ctl("audit", "verify", *saved, code=1).stdout)
        listing = self.product.folder / "listing.json"
        listing.write_text(json.dumps(self.json("audit", "list", "registry")), "utf-8")
        done = self.second_verifier("--log", listing, *saved)
        self.assertEqual((done.returncode, done.stdout), (1, f"registry: {theirs}\n"), done)

    def damaged(self, record):
        """The service finds it as well, and says where."""
        reply = self.product.http.send("GET", "/v1/registry/audit/head")
        self.assertEqual(reply.status, 500)
        error = json.loads(reply.body)["error"]
        self.assertEqual(error["status"], "DATA_LOSS")
        info = next(d for d in error["details"] if d["@type"].endswith("ErrorInfo"))
        self.assertEqual((info["reason"], info["metadata"]["sequence"]),
                         ("AUDIT_LOG_DAMAGED", record))

    def test_an_edited_record(self):
        self.tamper("UPDATE audit_log SET actor = 'nobody' WHERE sequence = 1")
        self.product.start()
        self.expect("changed", "1", "record 1 was changed", "changed 1")
        self.damaged("1")

    def test_a_dropped_record(self):
        self.tamper("DELETE FROM audit_log WHERE sequence = 2")
        self.product.start()
        self.expect("missing", "2", "record 2 is missing", "missing 2")
        self.damaged("2")

    def test_records_in_another_order(self):
        self.tamper("UPDATE audit_log SET sequence = 99 WHERE sequence = 1",
                    "UPDATE audit_log SET sequence = 1 WHERE sequence = 2",
                    "UPDATE audit_log SET sequence = 2 WHERE sequence = 99")
        self.product.start()
        self.expect("changed", "1", "record 1 was changed", "changed 1")

    def test_an_edited_record_with_its_hash(self):
        self.tamper("UPDATE audit_log SET resource = 'x' WHERE sequence = 1")
        self.hash_anew()
        self.product.start()
        size = json.loads(self.head.read_text("utf-8"))["heads"][0]["size"]
        self.expect("replaced", None, f"the first {size} records", "another log")
        # Without a head from before nothing can show it.
        self.ctl("audit", "verify")

    def test_a_log_that_was_cut_off(self):
        size = int(json.loads(self.head.read_text("utf-8"))["heads"][0]["size"])
        self.tamper(f"DELETE FROM audit_log WHERE sequence >= {size - 2}")
        self.product.start()
        self.expect("cut_off", str(size - 2), "are gone", f"cut off {size - 2}")

    def test_the_service_remembers_what_it_read(self):
        self.product.start()
        self.product.http.get("/v1/registry/audit/head")
        self.tamper("UPDATE audit_log SET resource = 'x' WHERE sequence = 1")
        self.hash_anew()
        found = self.verdicts(code=1)["registry"]
        self.assertEqual((found["verdict"], found["record"]), ("replaced", "1"))
        self.assertIn("record 1 was replaced", self.ctl("audit", "verify", code=1).stdout)
        done = self.second_verifier("--url", self.url())
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("registry: another log than its head", done.stdout)

    def test_the_service_remembers_its_last_record(self):
        self.product.start()
        size = int(self.product.http.get("/v1/registry/audit/head")["size"])
        self.tamper(f"DELETE FROM audit_log WHERE sequence = {size - 1}")
        found = self.verdicts(code=1)["registry"]
        self.assertEqual(found["verdict"], "damaged")
        self.damaged(str(size - 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
