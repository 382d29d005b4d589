#!/usr/bin/python3
"""The file of API keys as `welfarectl key` changes it, and what welfarectl
shows of who calls."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import stat
import subprocess
import tempfile
import threading
import unittest

import grpc

CTL = pathlib.Path(os.environ["WELFARE_BINARY_DIR"]) / "bin" / "welfarectl"


def run(*arguments, **environment):
    return subprocess.run([str(CTL), *arguments], capture_output=True, text=True,
                          timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment})


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wkey-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class Keys(InFolder):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "keys.json"

    def key(self, *arguments, **environment):
        return run("key", *arguments, "--api-keys-file", str(self.path), **environment)

    def create(self, subject="batch", *arguments, grant="manager@jusou"):
        done = self.key("create", "--subject", subject, "--grant", grant, *arguments)
        self.assertEqual(done.returncode, 0, done)
        return done

    def content(self):
        return json.loads(self.path.read_text())

    def listed(self):
        return json.loads(self.key("list", "--output", "json").stdout)

    def assert_refused(self, done, code, reason):
        self.assertEqual((done.returncode, done.stdout), (code, ""), done)
        self.assertIn(reason, done.stderr)

    def test_a_key_is_shown_once_and_kept_as_a_digest(self):
        done = self.create()
        self.assertRegex(done.stdout, r"\Awk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}\n\Z")
        text = done.stdout.strip()
        entry, = self.content()["keys"]
        self.assertIn(entry["id"], text)
        self.assertEqual(entry["grants"], ["manager@jusou"])
        self.assertNotIn(text[20:], self.path.read_text())
        self.assertNotIn(text[20:], done.stderr)
        self.assertIn("this once", done.stderr)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["keys.json"])

    def test_a_key_of_a_respondent_ends_with_its_last_day(self):
        done = self.key("create", "--subject", "forms of 131016", "--grant", "respondent@jusou",
                        "--municipality-code", "131016", "--respondent-kind", "municipality",
                        "--expires", "2998-03-31", "--output", "json")
        self.assertEqual(done.returncode, 0, done)
        made = json.loads(done.stdout)
        self.assertTrue(made["key"].startswith(f"wk_{made['id']}_"))
        entry, = self.content()["keys"]
        self.assertEqual(entry["expires"], "2998-03-31T15:00:00Z")  # in Tokyo
        self.assertEqual(entry["municipality_code"], "131016")

    def test_keys_are_listed_without_what_opens_doors(self):
        self.assertIn("no key", self.refusing_list().stderr)
        text = self.create().stdout.strip()
        self.create("other", grant="auditor@*")
        table = self.key("list")
        for words in ("batch", "other", "manager@jusou", "in force"):
            self.assertIn(words, table.stdout)
        self.assertNotIn(text[20:], table.stdout)
        self.assertIn("2 keys", table.stderr)
        digest = self.content()["keys"][0]["secret_sha256"]
        for output in ("json", "csv", "table"):
            self.assertNotIn(digest, self.key("list", "--output", output).stdout)
        japanese = self.key("list", LANG="ja_JP.UTF-8")
        self.assertIn("有効", japanese.stdout)

    def refusing_list(self):
        self.path.write_text('{"version":1,"keys":[]}')
        return self.key("list")

    def test_a_revoked_key_stays_for_the_record(self):
        self.create()
        key, = self.listed()
        done = self.key("revoke", key["id"])
        self.assertEqual((done.returncode, done.stdout), (0, ""), done)
        self.assertIn("revoked", self.key("list").stdout)
        before = self.listed()[0]["revoked"]
        self.assertTrue(before)
        self.key("revoke", key["id"])
        self.assertEqual(self.listed()[0]["revoked"], before)
        self.assert_refused(self.key("revoke", "0123456789abcdef"), 1, "KEY_UNKNOWN")

    def test_what_is_wrong_is_said_and_changes_nothing(self):
        for arguments, code, reason in (
                (("--subject", "a"), 2, "ARGUMENT_MISSING"),
                (("--subject", "a", "--grant", "root@*"), 2, "grants[0]"),
                (("--subject", "service:survey", "--grant", "auditor@*"), 2, "subject"),
                (("--subject", "a", "--grant", "respondent@jusou"), 2, "municipality_code"),
                (("--subject", "a", "--grant", "auditor@*", "--expires", "tomorrow"), 2,
                 "EXPIRY_FORMAT"),
                (("--subject", "a", "--grant", "auditor@*", "--expires", "2020-01-01"), 2,
                 "EXPIRY_FORMAT")):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.key("create", *arguments), code, reason)
                self.assertFalse(self.path.exists())
        self.path.write_text("{}")
        good = ("--subject", "a", "--grant", "auditor@*")
        self.assert_refused(self.key("create", *good), 1, "API_KEYS_INVALID")
        self.assertEqual(self.path.read_text(), "{}")
        self.path.unlink()
        self.assert_refused(self.key("list"), 1, "FILE_UNREADABLE")
        self.assert_refused(run("key", "create", *good, "--api-keys-file",
                                str(self.folder / "nowhere" / "keys.json")), 1, "FILE_UNWRITABLE")

    def test_a_file_that_says_who_calls_is_none_of_its_business(self):
        missing = str(self.folder / "missing")
        environment = {"WELFARE_TOKEN_FILE": missing, "WELFARE_CA_FILE": missing}
        self.create()
        done = self.key("list", **environment)
        self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, 3), done)
        self.assertEqual(run("version", **environment).returncode, 0)
        # Whoever calls the platform with it hears of it.
        done = run("roster", "show", "--fiscal-year", "2025", **environment)
        self.assertEqual(done.returncode, 1)
        self.assertIn(missing, done.stderr)

    def test_a_flag_without_a_value_does_not_take_its_neighbour(self):
        self.create()
        done = run("--token-file=", "key", "list", f"--api-keys-file={self.path}")
        self.assertEqual(done.returncode, 0, done)
        done = self.key("create", "--subject=", "--grant", "manager@jusou")
        self.assertEqual(done.returncode, 2)
        self.assertIn("subject", done.stderr)

    def test_a_full_file_is_said(self):
        self.path.write_text(json.dumps({"version": 1, "keys": [
            {"id": f"{n:016x}", "secret_sha256": hashlib.sha256(str(n).encode()).hexdigest(),
             "subject": "a", "grants": [], "created": "2026-01-01T00:00:00Z"}
            for n in range(5000)]}))
        self.assert_refused(self.key("create", "--subject", "a", "--grant", "auditor@*"), 1,
                            "KEYS_FULL")

    def test_many_at_once_lose_nothing_and_readers_see_whole_files(self):
        self.create("first")
        over = threading.Event()
        seen = []

        def read():
            while not over.is_set():
                seen.append(len(self.content()["keys"]))
        reader = threading.Thread(target=read)
        reader.start()
        try:
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                list(pool.map(lambda n: self.create(f"batch {n}"), range(12)))
        finally:
            over.set()
            reader.join()
        self.assertEqual({entry["subject"] for entry in self.content()["keys"]},
                         {"first", *(f"batch {n}" for n in range(12))})
        self.assertEqual(seen, sorted(seen))


class Credentials(InFolder):
    """What welfarectl shows to a server of ours, and of it."""

    def setUp(self):
        super().setUp()
        self.seen = []
        self.answer = lambda context: b""

        def asked(request, context):
            self.seen.append(dict(context.invocation_metadata()))
            return self.answer(context)
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(
            "welfare.registry.v1.RegistryService",
            {"ListMunicipalities": grpc.unary_unary_rpc_method_handler(asked)})])
        self.address = f"unix:{self.folder}/fake.sock"
        server.add_insecure_port(self.address)
        server.start()
        self.addCleanup(lambda: server.stop(None).wait())
        self.token = self.folder / "token"

    def list(self, *flags, server=None):
        return run(*flags, "municipality", "list", WELFARE_SERVER=server or self.address)

    def test_a_token_or_a_key_goes_with_each_call(self):
        self.token.write_text("eyJ.a.b\n")
        self.assertEqual(self.list("--token-file", str(self.token)).returncode, 0)
        self.assertEqual(self.seen[-1]["authorization"], "Bearer eyJ.a.b")
        self.assertEqual(self.list("--api-key-file", str(self.token)).returncode, 0)
        self.assertEqual(self.seen[-1]["x-api-key"], "eyJ.a.b")
        self.assertNotIn("authorization", self.seen[-1])
        self.assertEqual(self.list().returncode, 0)
        self.assertFalse({"authorization", "x-api-key"} & self.seen[-1].keys())
        done = self.list("--token-file", str(self.token), "--api-key-file", str(self.token))
        self.assertEqual(done.returncode, 2, done)

    def test_a_token_that_is_renewed_counts_from_the_next_call(self):
        self.token.write_text("old")

        def page(context):
            self.token.write_text("" if len(self.seen) == 2 else "new")
            # next_page_token: one more call of the same run, twice.
            return b"\x12\x01n" if len(self.seen) < 3 else b""
        self.answer = page
        done = self.list("--token-file", str(self.token))
        self.assertEqual(done.returncode, 0, done)
        # One that is empty while it is written counts as it was.
        self.assertEqual([metadata["authorization"] for metadata in self.seen],
                         ["Bearer old", "Bearer new", "Bearer new"])

    def test_not_known_and_not_allowed_are_4_and_say_what_is_needed(self):
        for code, words in ((grpc.StatusCode.UNAUTHENTICATED, "--token-file"),
                            (grpc.StatusCode.PERMISSION_DENIED, "manager")):
            self.answer = lambda context, code=code: context.abort(code, "needs manager@jusou")
            done = self.list()
            self.assertEqual((done.returncode, done.stdout), (4, ""), done)
            self.assertIn(words, done.stderr)

    def test_files_that_hold_no_token_are_told_before_anything_is_sent(self):
        for content, reason in ((None, "FILE_UNREADABLE"), ("", "CREDENTIAL_FORMAT"),
                                ("two words", "CREDENTIAL_FORMAT"), ("班", "CREDENTIAL_FORMAT")):
            with self.subTest(content=content):
                self.token.unlink(missing_ok=True)
                if content is not None:
                    self.token.write_text(content)
                done = self.list("--token-file", str(self.token))
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(reason, done.stderr)
        self.token.write_text("token")
        for server in ("gateway.example:7100", "192.0.2.1:7100"):
            done = self.list("--token-file", str(self.token), server=server)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("CREDENTIAL_WITHOUT_TLS", done.stderr)
        self.assertEqual(self.seen, [])
        self.assertNotRegex(done.stderr, re.escape("token\n"))


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main(verbosity=2)
