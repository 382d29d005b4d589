#!/usr/bin/python3
"""The description at /openapi.json, held against the platform that serves it, by
programs that are not ours: linted, every path called, every answer validated, its
examples asked for again, a client generated of it.

usage: openapi_test.py
"""

import http.client
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import harness

DEMO = harness.SOURCE / "tools" / "demo"
sys.path.append(str(DEMO))
import make_credentials  # noqa: E402
import make_examples  # noqa: E402

NPM = harness.SOURCE / "tools" / "npm"
HERE = pathlib.Path(__file__).resolve().parent / "openapi"
EXAMPLES = harness.SOURCE / "gateway" / "openapi" / "examples.json"


def run(*command, **options):
    """Runs a program; returns (exit code, what it wrote)."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=170, check=False, **options)
    return done.returncode, done.stdout


def pointer(*parts):
    """A JSON pointer into the document, as a fragment."""
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in parts)
    return "#/" + "/".join(urllib.parse.quote(part, safe="~") for part in escaped)


class OpenApi(harness.LoadedTest):
    @classmethod
    def setUpClass(cls):
        subprocess.run([NPM / "install"], check=True)
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="woas-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.product.quote()
        cls.report = cls.product.report()[0]
        cls.http.post(f"/v1/{cls.report['name']}/feedbackSheets:make")
        # Before other reads: reading named answers leaves records.
        cls.made = make_examples.collect(cls.get, cls.post, cls.get_as_respondent)
        if os.environ.get("WELFARE_UPDATE_GOLDEN") == "1":
            EXAMPLES.write_text(json.dumps(cls.made, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
                                "utf-8")
        reply = cls.http.send("GET", "/openapi.json")
        assert reply.status == 200, reply.status
        cls.reply = reply
        cls.document_file = cls.folder / "openapi.json"
        cls.document_file.write_bytes(reply.body)
        cls.document = json.loads(reply.body)
        cls.examples = json.loads(EXAMPLES.read_text("utf-8"))

    @classmethod
    def get(cls, target):
        reply = cls.http.send("GET", target)
        assert reply.status == 200, f"{target}: {reply.body[:300]}"
        return reply.body

    @classmethod
    def post(cls, target, message):
        return cls.http.post(target, message)

    @classmethod
    def get_as_respondent(cls, target):
        """Asks as whoever wrote the excerpt that awaits an answer, with the token of
        the secure demonstration, for which the platform is started once more:
        without authentication nobody is a respondent."""
        made = cls.folder / "secure"
        subprocess.run([sys.executable, "-B", DEMO / "make_credentials.py", made], check=True)
        product = cls.product
        before = product.tls, product.gateway_settings
        product.stop()
        product.tls = ssl.create_default_context(cafile=made / "ca.pem")
        product.gateway_settings = {
            "auth": "jwt", "jwks_file": made / "jwks.json", "jwt_issuer": make_credentials.ISSUER,
            "jwt_audience": make_credentials.AUDIENCE, "tls_cert_file": made / "gateway.pem",
            "tls_key_file": made / "gateway.key"}
        product.start()
        token = (made / "writer.token").read_text().strip()
        reply = product.http.send("GET", target, headers={"authorization": f"Bearer {token}"})
        product.stop()
        product.tls, product.gateway_settings = before
        cls.http = product.start().http
        assert reply.status == 200, f"{target}: {reply.body[:300]}"
        return reply.body

    def operations(self):
        for path, item in self.document["paths"].items():
            for verb, operation in item.items():
                yield path, verb, operation

    # --- serving --------------------------------------------------------------

    def test_is_served_with_a_strong_etag(self):
        headers = {name.lower(): value for name, value in self.reply.headers.items()}
        self.assertEqual(headers["content-type"], "application/json")
        self.assertRegex(headers["etag"], r'^"[0-9a-f]{64}"$')
        again = self.http.send("GET", "/openapi.json", headers={"If-None-Match": headers["etag"]})
        self.assertEqual((again.status, again.body), (304, b""))

    # --- lint -----------------------------------------------------------------

    def test_redocly_finds_nothing(self):
        code, said = run("node", NPM / "node_modules/@redocly/cli/bin/cli.js", "lint",
                         "--config", HERE / "redocly.yaml", "--format", "stylish",
                         "--max-problems", "40", self.document_file,
                         env={"PATH": "/usr/bin:/bin", "REDOCLY_TELEMETRY": "off",
                              "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "HOME": str(self.folder)})
        self.assertEqual(code, 0, said)
        self.assertIn("valid", said)
        self.assertNotIn("warning", said)

    # --- answers --------------------------------------------------------------

    def target(self, path, operation):
        example = self.examples[operation["operationId"]]
        known = {**example["path"]}
        if "report" in known:
            known["report"] = self.report["name"].split("/")[1]
        return make_examples.target(path, known, example["query"])

    def begin(self, target):
        """The first line of a stream: some have no end."""
        connection = http.client.HTTPConnection(self.http.host, self.http.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", target)
        response = connection.getresponse()
        self.addCleanup(response.close)
        return harness.Reply(response.status, dict(response.getheaders()), response.readline())

    def test_every_get_answers_what_the_document_says(self):
        answers, asked = [], 0
        for path, verb, operation in self.operations():
            if verb != "get":
                continue
            asked += 1
            own = "x-grpc-method" not in operation
            target = path if own else self.target(path, operation)
            described = operation["responses"]["200"]["content"]
            media = next(iter(described))
            stream = media == "application/x-ndjson"
            reply = self.begin(target) if stream else self.http.send("GET", target)
            with self.subTest(target=target):
                self.assertEqual(reply.status, 200, reply.body[:500])
                self.assertEqual(self.http.send("HEAD", target).status, 200)
                content_type = {n.lower(): v for n, v in reply.headers.items()}["content-type"]
                if media != "*/*":
                    self.assertEqual(content_type.split(";")[0], media)
                said = ([reply.body] if media == "application/json" else
                        reply.body.splitlines() if stream else [])
                self.assertTrue(said or not stream, "a stream without a line")
                for answer in said:
                    answers.append({
                        "id": operation["operationId"], "answer": json.loads(answer),
                        "pointer": pointer("paths", path, verb, "responses", "200", "content",
                                           media, "schema")})
        self.assertGreater(asked, 40)
        self.validate(answers)

    def test_every_other_method_is_there_and_refuses_an_empty_body_as_it_says(self):
        answers, asked = [], 0
        for path, verb, operation in self.operations():
            if verb == "get":
                continue
            asked += 1
            # Names that nothing can have, so that nothing is changed.
            target = re.sub(r"\{(\w+)\}", "!", path)
            reply = self.http.send(verb.upper(), target, b"",
                                   {"Content-Type": "application/json"})
            with self.subTest(operation=operation["operationId"]):
                self.assertNotIn(reply.status, (404, 405, 501), reply.body)
                self.assertGreaterEqual(reply.status, 400, reply.body)
                error = json.loads(reply.body)
                answers.append({"id": operation["operationId"], "answer": error,
                                "pointer": "#/components/schemas/Error"})
                reason = next(d["reason"] for d in error["error"]["details"]
                              if d["@type"].endswith("ErrorInfo"))
                self.assertIn(reason, self.reasons(operation, str(reply.status)))
        self.assertGreater(asked, 20)
        self.validate(answers)

    def reasons(self, operation, status):
        """The reasons that the document names for a status."""
        response = operation["responses"].get(status, {})
        default = self.document["components"]["responses"]["Failure"]
        return {entry["reason"] for r in (response, default) for entry in r.get("x-reasons", [])}

    def test_a_download_is_resumed_as_the_document_says(self):
        found = 0
        for path, item in self.document["paths"].items():
            if not path.endswith(":download"):
                continue
            found += 1
            operation = item["get"]
            named = {parameter.get("name") or parameter["$ref"].rsplit("/", 1)[1]
                     for parameter in operation["parameters"]}
            self.assertIn("range", named)
            # A header says it.
            self.assertNotIn("offset", named)
            self.assertLessEqual({"200", "206", "304", "416"}, set(operation["responses"]))
        self.assertEqual(found, 2)

    def test_a_file_is_sent_as_the_document_says(self):
        found = []
        for path, _, operation in self.operations():
            body = operation.get("requestBody", {})
            types = set(body.get("content", ())) - {"application/json", "application/x-ndjson"}
            for type_ in types:
                found.append(path)
                self.assertEqual(body["content"][type_]["schema"], {"type": "string"})
                reply = self.http.send("POST", path + "?validateOnly=true", b"a,b\n1,2\n",
                                       {"Content-Type": type_})
                # It was read as a file: what is wrong with it is its header line.
                self.assertEqual(reply.status, 400, reply.body)
                reasons = [d["reason"] for d in json.loads(reply.body)["error"]["details"]
                           if d["@type"].endswith("ErrorInfo")]
                self.assertEqual(reasons, ["CSV_INVALID"], path)
                named = {p["name"] for p in operation["parameters"] if "name" in p}
                self.assertLessEqual({"validateOnly", "requestId", "batch.sourceFile"}, named)
                self.assertNotIn("batch.csv", named)
        self.assertEqual(len(found), 3, found)

    def test_failures_look_as_the_document_says(self):
        answers = []
        for target, accept, name in (
                ("/v1/municipalities/131017", "*/*", "Error"),
                ("/v1/municipalities/999999", "*/*", "Error"),
                ("/v1/municipalities?pageSize=x&nothing=1", "*/*", "Error"),
                ("/v1/nothing", "*/*", "Error"),
                ("/v1/municipalities/131017", "application/problem+json", "Problem"),
                ("/v1/nothing", "application/problem+json", "Problem")):
            reply = self.http.send("GET", target, headers={"Accept": accept})
            self.assertGreaterEqual(reply.status, 400)
            answers.append({"id": target, "answer": json.loads(reply.body),
                            "pointer": f"#/components/schemas/{name}"})
        self.validate(answers)

    def validate(self, answers):
        file = self.folder / "answers.json"
        file.write_text(json.dumps(answers), "utf-8")
        code, said = run("node", HERE / "check_document.mjs", NPM, self.document_file, file)
        self.assertEqual(code, 0, said)

    # --- examples -------------------------------------------------------------

    def test_examples_are_what_the_demonstration_answers(self):
        stale = [id_ for id_ in sorted(self.made.keys() | self.examples.keys())
                 if make_examples.stable(self.made.get(id_)) !=
                 make_examples.stable(self.examples.get(id_))]
        self.assertEqual(stale, [], "gateway/openapi/examples.json is stale: renew with WELFARE_UPDATE_GOLDEN=1")
        # Examples show something.
        self.assertEqual([one["name"] for one in self.made["ReportService_ListExcerptProposals"]["answer"]
                          ["excerptProposals"]], ["surveys/jusou/rounds/2025/excerpts/consent-1"])

    def test_every_get_has_an_example(self):
        for path, verb, operation in self.operations():
            json_ = operation["responses"]["200"]["content"].get("application/json")
            if verb == "get" and json_ and path != "/openapi.json":
                self.assertTrue("example" in json_ or "examples" in json_, path)

    # --- a generated client ---------------------------------------------------

    def test_z_a_generated_client_reads_lists_and_writes(self):
        folder = self.folder / "client"
        folder.mkdir()
        (folder / "node_modules").symlink_to(NPM / "node_modules")
        (folder / "package.json").write_text('{"type": "module"}')
        for name in ("client.ts", "tsconfig.json"):
            shutil.copy(HERE / name, folder)
        modules = NPM / "node_modules"
        for command in (
                (modules / "openapi-typescript/bin/cli.js", self.document_file,
                 "--output", folder / "openapi.d.ts"),
                (modules / "typescript/bin/tsc", "--project", folder)):
            code, said = run("node", *command, cwd=folder)
            self.assertEqual(code, 0, said)
        code, said = run("node", folder / "client.js",
                         f"http://{self.http.host}:{self.http.port}", cwd=folder)
        self.assertEqual(code, 0, said)
        got = json.loads(said)
        self.assertEqual(got["chiyoda"], "千代田区")
        self.assertEqual((len(got["codes"]), len(set(got["codes"])), got["pages"]), (62, 62, 4))
        self.assertEqual(got["reason"], "CHECK_DIGIT")
        self.assertEqual(got["recordedVersion"], got["repeatedVersion"])
        self.assertEqual((got["rows"], got["rejected"], got["sourceFile"]), (2, 1, "架空.csv"))
        self.assertEqual((got["renamed"], got["kana"]), ("Chiyoda City", "チヨダク"))
        records = self.http.get("/v1/programs/jusou/statusRecords", fiscalYear=2026)
        self.assertEqual([r["municipality"] for r in records["statusRecords"]],
                         ["municipalities/131016"])


if __name__ == "__main__":
    unittest.main()
