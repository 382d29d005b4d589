#!/usr/bin/python3
"""The whole product asks its callers who they are: a round is loaded and read
with tokens and API keys, and whoever may not is told what would be needed.

usage: access_test.py one|five [sqlite|postgresql]
"""

import hashlib
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import unittest

import harness  # finds tests/support
import demo_data
import certificates
import tokens

CITY, OTHER = "131016-municipality", "131024-municipality"
SUBMISSIONS = "/v1/surveys/jusou/rounds/2025/submissions"


class Access(unittest.TestCase):
    shape = harness.shape_from_command_line()

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wacc-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.issuer = tokens.Issuer(folder.name)
        cls.jwks, cls.keys = cls.folder / "jwks.json", cls.folder / "keys.json"
        cls.jwks.write_text(tokens.jwks(cls.issuer))
        cls.keys.write_text('{"version":1,"keys":[]}')
        cls.token = cls.folder / "token"
        cls.token.write_text(cls.issuer.token("registrar@*", "manager@*"))
        servers = certificates.Authority(folder.name, "servers")
        cls.certificate, cls.key = servers.issue("localhost", "serverAuth")
        cls.product = harness.Product(
            cls.shape, tls=ssl.create_default_context(cafile=servers.certificate),
            environment={"WELFARE_TOKEN_FILE": str(cls.token),
                         "WELFARE_CA_FILE": str(servers.certificate)},
            settings={"auth": "jwt+api-key"},
            gateway_settings={**tokens.settings(cls.jwks), "api_keys_file": cls.keys,
                              "tls_cert_file": cls.certificate, "tls_key_file": cls.key},
            processes=certificates.Authority(folder.name, "processes")
            if cls.shape == harness.FIVE else None)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def send(self, path, token=None, method="GET", body=None, **headers):
        if token:
            headers["authorization"] = f"Bearer {token}"
        return self.product.http.send(method, path, body,
                                      {name.replace("_", "-"): value for name, value in headers.items()})

    def assert_answers(self, reply, status, reason=None):
        self.assertEqual(reply.status, status, reply)
        if reason:
            self.assertIn(reason, reply.body.decode())
        if status == 401:
            self.assertEqual(reply.headers["www-authenticate"], "Bearer")

    def ctl(self, *arguments, **environment):
        product, before = self.product, self.product.environment
        product.environment = {**before, **environment}
        try:
            return product.ctl(*arguments, check=False)
        finally:
            product.environment = before

    def respondent(self, code="131016"):
        return self.issuer.token("respondent@jusou", municipality_code=code,
                                 respondent_kind="municipality")

    def test_services_call_each_other_on_their_own_account(self):
        token = self.issuer.token("reviewer@jusou")
        reply = self.send("/v1/surveys/jusou/indicators/plan_formulated/values/2025", token)
        self.assert_answers(reply, 200)
        self.assertEqual(json.loads(reply.body)["cells"][0]["count"], 23)
        report = self.product.ctl("report", "create", "--fiscal-year", "2025", "--output", "json")
        self.assertIn("reports/", report.stdout)

    def test_anybody_reads_what_is_public_and_nothing_else(self):
        self.assert_answers(self.send("/v1/programs/jusou/rosters/2025"), 200)
        self.assert_answers(self.send("/v1/surveys/jusou/rounds/2025/progress"), 200)
        for path in (SUBMISSIONS, f"{SUBMISSIONS}/{CITY}", f"{SUBMISSIONS}/131016-nobody"):
            reply = self.send(path)
            self.assert_answers(reply, 401, "CREDENTIALS_MISSING")
            self.assertIn("manager, reviewer", reply.body.decode())

    def test_a_respondent_reads_its_own_alone(self):
        token = self.respondent()
        self.assert_answers(self.send(f"{SUBMISSIONS}/{CITY}", token), 200)
        denied = self.send(f"{SUBMISSIONS}/{OTHER}", token)
        self.assert_answers(denied, 403, "ACCESS_DENIED")
        # The same for one that is not there.
        self.assertEqual(json.loads(self.send(f"{SUBMISSIONS}/011002-municipality", token).body)
                         ["error"]["message"], json.loads(denied.body)["error"]["message"])
        listed = json.loads(self.send(SUBMISSIONS, token).body)["submissions"]
        self.assertEqual([one["name"].rpartition("/")[2] for one in listed], [CITY])

    def take_excerpt(self):
        """Takes an excerpt from the first written answer there is; returns whose it is."""
        round_, manager = "surveys/jusou/rounds/2025", self.issuer.token("manager@jusou")
        for code in sorted(demo_data.implementing(2025)):
            reply = self.send(f"/v1/{round_}/excerpts?excerptId=own-1", manager, "POST", {
                "submission": f"{round_}/submissions/{code}-municipality", "item": "mlc_consent_issue",
                "editedText": "同意までに時間がかかる", "category": "本人同意"})
            if b"EXCERPT_SOURCE_EMPTY" not in reply.body:
                self.assert_answers(reply, 200)
                return code
        return self.fail("nobody wrote anything")

    def test_a_respondent_consents_itself_to_what_would_be_printed(self):
        code = self.take_excerpt()
        other = next(one for one in sorted(demo_data.implementing(2025)) if one != code)
        callers = {}
        for name, token in (("own", self.respondent(code)), ("other", self.respondent(other)),
                            ("manager", self.issuer.token("manager@jusou"))):
            path = self.folder / f"consents-{name}"
            path.write_text(token)
            callers[name] = {"WELFARE_TOKEN_FILE": str(path)}

        def ask(caller, *arguments):
            return self.ctl("--output", "json", "report", "excerpt", *arguments, "--fiscal-year", "2025",
                            **callers[caller])
        awaiting = json.loads(ask("own", "proposals").stdout)
        self.assertEqual([one["printedText"] for one in awaiting], ["同意までに時間がかかる"])
        digest = awaiting[0]["digest"]
        self.assertEqual(json.loads(ask("other", "proposals").stdout), [])
        for caller, reason in (("other", "EXCERPT_NOT_FOUND"), ("manager", "ACCESS_DENIED")):
            refused = ask(caller, "agree", "own-1", "--digest", digest)
            self.assertNotEqual(refused.returncode, 0, refused)
            self.assertIn(reason, refused.stderr)
        refused = ask("own", "agree", "own-1", "--digest", "0" * 64)
        self.assertIn("EXCERPT_OTHER_TEXT", refused.stderr)
        given = json.loads(ask("own", "agree", "own-1", "--digest", digest, "--level", "public").stdout)
        self.assertEqual((given["consent"], given["consentLevel"]), ("CONSENT_GIVEN", "PUBLISH_LEVEL_PUBLIC"))
        self.assertEqual(json.loads(ask("own", "proposals").stdout), [])
        self.assertTrue(json.loads(ask("manager", "get", "own-1").stdout)["respondentDecides"])
        # What it takes back staff gives no more.
        ask("own", "agree", "own-1", "--digest", digest, "--withdraw")
        self.assertEqual([one["consent"] for one in json.loads(ask("own", "proposals", "--all").stdout)],
                         ["CONSENT_WITHDRAWN"])
        refused = ask("manager", "consent", "own-1", "--note", "電話による")
        self.assertIn("EXCERPT_CONSENT_RESERVED", refused.stderr)

    def test_bad_credentials_are_401(self):
        good = self.issuer.token("manager@*")
        forger = tokens.Issuer(self.folder, "forger")
        forger.kid = self.issuer.kid
        for token in ("x", good[:-4] + "AAAA", forger.token("manager@*"),
                      self.issuer.token("manager@*", subject="service:survey"),
                      self.issuer.token("manager@*", aud="another")):
            self.assert_answers(self.send("/v1/programs/jusou/rosters/2025", token), 401,
                                "TOKEN_INVALID")
        self.assert_answers(self.send("/v1/programs/jusou/rosters/2025",
                                      self.issuer.token(lifetime=-3600)), 401, "TOKEN_EXPIRED")
        # What the gateway says to services is said by nobody else.
        self.assert_answers(self.send(SUBMISSIONS, x_welfare_identity_bin="CgRyb290"), 401,
                            "CREDENTIALS_MISSING")

    def test_an_api_key_works_from_when_it_is_made_until_it_is_revoked(self):
        made = self.product.ctl("key", "create", "--api-keys-file", self.keys, "--subject", "batch",
                                "--grant", "reviewer@jusou").stdout.strip()
        key = self.folder / "key"
        key.write_text(made)

        def listed():
            return self.ctl("submission", "list", "--fiscal-year", "2025",
                            WELFARE_TOKEN_FILE="", WELFARE_API_KEY_FILE=str(key)).returncode
        harness.wait_for(lambda: listed() == 0, "the gateway to know the key")
        self.product.ctl("key", "revoke", made.split("_")[1], "--api-keys-file", self.keys)
        harness.wait_for(lambda: listed() == 4, "the gateway to refuse the key")

    def test_welfarectl_says_which_role_is_needed(self):
        for environment, words in (({"WELFARE_TOKEN_FILE": ""}, "CREDENTIALS_MISSING"),
                                   ({}, "ACCESS_DENIED")):
            if not environment:
                auditor = self.folder / "auditor"
                auditor.write_text(self.issuer.token("auditor@*"))
                environment = {"WELFARE_TOKEN_FILE": str(auditor)}
            done = self.ctl("submission", "list", "--fiscal-year", "2025", **environment)
            self.assertEqual(done.returncode, 4, done)
            self.assertIn(words, done.stderr)
            self.assertIn("manager, reviewer", done.stderr)
            japanese = self.ctl("--lang", "ja", "submission", "list", "--fiscal-year", "2025",
                                **environment)
            self.assertIn("必要", japanese.stderr)

    def test_who_wrote_stands_in_the_history(self):
        reply = self.send("/v1/municipalities/131016/history", self.issuer.token("registrar@*"))
        self.assertIn("office", reply.body.decode())

    def test_every_bad_setting_is_a_sentence(self):
        symmetric, roles = self.folder / "oct.json", self.folder / "roles.json"
        symmetric.write_text(json.dumps({"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]}))
        roles.write_text(json.dumps({"version": 1, "callers": [
            {"certificate": "dns:a.example", "grants": ["root@*"]}]}))
        tls = {"tls-cert-file": self.certificate, "tls-key-file": self.key}
        jwt = {**tls, "auth": "jwt", "jwks-file": self.jwks, "jwt-audience": "a"}
        good = {**jwt, "jwt-issuer": "i"}
        for settings, code, words in (
                (good, 0, ""),
                ({**good, "jwks-file": "/nowhere.json"}, 1, "--jwks-file: /nowhere.json cannot be read"),
                ({**good, "jwks-file": symmetric}, 1, "keys[0].kty: A symmetric key"),
                (jwt, 2, "jwt needs --jwt-issuer"),
                ({**tls, "auth": "api-key"}, 2, "api-key needs --api-keys-file"),
                ({**tls, "auth": "api-key", "api-keys-file": self.jwks}, 1,
                 "version: This build reads version 1"),
                ({**tls, "auth": "mtls", "mtls-callers-file": roles}, 1,
                 "callers[0].grants[0]: A role is registrar, manager"),
                ({"auth": "off", "jwks-file": self.jwks}, 2, "it is of use with --auth jwt alone"),
                ({"auth": "off", "listen": "0.0.0.0:0"}, 2, "without authentication"),
                ({**good, "tls-cert-file": "", "tls-key-file": "", "listen": "0.0.0.0:0"}, 2,
                 "it speaks TLS alone"),
                ({**good, "listen": "0.0.0.0:0"}, 0, ""),
                ({**good, "allow-addresses": "10.0.0.1/8"}, 2, "10.0.0.1/8: Bits are set"),
                ({**good, "peer-registry": "127.0.0.1:7101"}, 2, "inside it; leave it out"),
                ({"auth": "jwt+basic"}, 2, "joined by +")):
            with self.subTest(settings=settings):
                done = subprocess.run(
                    [harness.BIN / "welfared", "--verify-config",
                     *(f"--{name}={value}" for name, value in
                       {"data-dir": self.folder / "data", "listen": "127.0.0.1:0", **settings}.items() if value)],
                    capture_output=True, text=True, check=False, timeout=30)
                self.assertEqual(done.returncode, code, done)
                self.assertIn(words, done.stderr)

    def test_the_log_says_who_called_and_names_nobody(self):
        """The same in each process, found from the actor of the audit log by one
        command; a service on its own account is written out."""
        subject = "taro.yamada@city.example.jp"
        token = self.issuer.token("reviewer@jusou", subject=subject)
        reply = self.send("/v1/surveys/jusou/indicators/plan_formulated/values/2025", token,
                          x_request_id="who-1", cache_control="no-cache")
        self.assert_answers(reply, 200)
        self.assert_answers(self.send(f"{SUBMISSIONS}/{CITY}", token, x_request_id="who-2"), 200)
        self.assert_answers(self.send(SUBMISSIONS, x_request_id="who-3"), 401)
        self.product.gateway.logged("request", request_id="who-3")
        said = {}
        for process in self.product.processes.values():
            for message in ("request", "call"):
                for line in process.log_entries(message):
                    # Who shows bad credentials is nobody yet.
                    said.setdefault(line["request_id"], set()).add(line.get("principal"))
        digits = hashlib.sha256(subject.encode()).hexdigest()[:12]
        self.assertLessEqual(said["who-1"], {f"token:{digits}", "service:indicator"})
        self.assertIn(f"token:{digits}", said["who-1"])
        self.assertEqual(said["who-2"], {f"token:{digits}"})
        self.assertEqual(said["who-3"], {"anonymous"})
        self.assertNotIn("yamada", "".join(
            path.read_text(errors="replace") for path in pathlib.Path(self.product.folder).rglob("*.log")))

    def test_no_secret_stands_in_a_log(self):
        token = self.issuer.token("manager@*", subject="leak-test")
        self.send(SUBMISSIONS, token)
        self.send(SUBMISSIONS, token[:-4] + "AAAA")
        self.product.gateway.logged("a caller was refused")
        text = "".join(path.read_text(errors="replace")
                       for path in pathlib.Path(self.product.folder).rglob("*.log"))
        self.assertTrue(text)
        self.assertNotIn(token.split(".")[1][:40], text)


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main(verbosity=2)
