#!/usr/bin/python3
"""Clients that are not ours, through TLS, with tokens of four roles: curl over
both versions of HTTP, @grpc/grpc-js, Debian's grpcio and buf curl do a round
from codebook to report, and the same tokens are refused everything else.

usage: secure_clients_test.py
"""

import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import unittest
import uuid

import harness

ROUND = "surveys/jusou/rounds/2025"
CITY = f"{ROUND}/submissions/131016-municipality"
OTHER = f"{ROUND}/submissions/131024-municipality"
VALUE = "surveys/jusou/indicators/plan_formulated/values/2025"
NPM = harness.SOURCE / "tools" / "npm"
DESCRIPTORS = harness.BINARY / "protos" / "welfare.binpb"
SURVEY = "welfare.survey.v1.SurveyService"


class SecureClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wsec-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        demo = harness.SOURCE / "tools" / "demo"
        subprocess.run([sys.executable, "-B", demo / "make_credentials.py", cls.folder], check=True)
        subprocess.run([sys.executable, "-B", demo / "generate_rounds.py", "--out", cls.folder],
                       check=True, stdout=subprocess.DEVNULL)
        harness.compile_protos(cls.folder)
        subprocess.run([NPM / "install"], check=True)
        cls.ca = cls.folder / "ca.pem"
        cls.product = harness.Product(
            harness.ONE, tls=ssl.create_default_context(cafile=cls.ca),
            gateway_settings={
                "tls_cert_file": cls.folder / "gateway.pem", "tls_key_file": cls.folder / "gateway.key",
                "auth": "jwt", "jwks_file": cls.folder / "jwks.json",
                "jwt_issuer": "https://id.example/demo", "jwt_audience": "welfare"})
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.do_a_round()

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    # --- the clients ------------------------------------------------------------

    @classmethod
    def curl(cls, role, version, path, body=None):
        """Returns (HTTP status, JSON answer)."""
        command = ["/usr/bin/curl", "--silent", "--show-error", "--max-time", "60",
                   "--cacert", cls.ca, version, "--write-out", "\n%{http_version} %{http_code}"]
        if role:
            command += ["--header", "authorization: Bearer " + cls.token(role)]
        if body is not None:
            sent = cls.folder / "body.json"
            sent.write_text(json.dumps(body))
            command += ["--header", "content-type: application/json", "--data-binary", f"@{sent}"]
        done = subprocess.run(
            [*command, f"https://{cls.product.http.host}:{cls.product.http.port}/v1/{path}"],
            capture_output=True, text=True, check=True, timeout=90)
        answer, _, facts = done.stdout.rpartition("\n")
        spoken, status = facts.split()
        assert spoken == {"--http1.1": "1.1", "--http2": "2"}[version], facts
        return int(status), json.loads(answer)

    @classmethod
    def grpc_js(cls, role, method, request):
        """Returns (code, answer)."""
        # Node warns of addresses where a name of TLS belongs.
        address = cls.product.grpc_address.replace("127.0.0.1", "localhost")
        done = subprocess.run(
            ["node", harness.SOURCE / "tests" / "system" / "grpc_js_call.mjs", NPM, DESCRIPTORS,
             address, cls.ca, cls.token_file(role), method, json.dumps(request)],
            capture_output=True, text=True, check=False, timeout=90)
        if done.returncode == 0:
            return "OK", json.loads(done.stdout)
        return done.stderr.strip(), None

    @classmethod
    def buf_curl(cls, role, method, request):
        """Returns (code, answer)."""
        done = subprocess.run(
            [harness.SOURCE / "tools" / "buf", "curl", "--schema", DESCRIPTORS, "--protocol", "grpc",
             "--cacert", cls.ca, "--header", "authorization: Bearer " + cls.token(role),
             "--data", json.dumps(request), f"https://{cls.product.grpc_address}/{method}"],
            capture_output=True, text=True, check=False, timeout=90)
        if done.returncode == 0:
            return "OK", json.loads(done.stdout)
        return json.loads(done.stderr)["code"].upper(), None

    @classmethod
    def python(cls, role, service, method, request, **fields):
        """Returns (code, answer, or the list of what a stream says)."""
        import grpc
        import importlib
        package = service.rpartition(".")[0]
        module = package + "." + package.split(".")[1] + "_service_pb2"
        messages = importlib.import_module(module)
        stubs = importlib.import_module(module + "_grpc")
        credentials = grpc.composite_channel_credentials(
            grpc.ssl_channel_credentials(cls.ca.read_bytes()),
            grpc.access_token_call_credentials(cls.token(role)))
        with grpc.secure_channel(cls.product.grpc_address, credentials) as channel:
            stub = getattr(stubs, service.rpartition(".")[2] + "Stub")(channel)
            try:
                answer = getattr(stub, method)(getattr(messages, request)(**fields), timeout=60)
                return "OK", list(answer) if hasattr(answer, "__next__") else answer
            except grpc.RpcError as error:
                return error.code().name, None

    @classmethod
    def token_file(cls, role):
        return cls.folder / f"{role}.token"

    @classmethod
    def token(cls, role):
        return cls.token_file(role).read_text().strip()

    # --- the round --------------------------------------------------------------

    @classmethod
    def do_a_round(cls):
        def done(answer):
            assert answer[0] in (200, "OK"), answer
            return answer[1]

        def csv(path):
            return {"batch": {"csv": pathlib.Path(path).read_text("utf-8")},
                    "requestId": str(uuid.uuid4())}

        for kind, file in (("municipalities", "municipalities.csv"),
                           ("statusRecords", "status-jusou.csv")):
            done(cls.curl("registrar", "--http1.1", f"{kind}:batchImport",
                          csv(harness.DATA / "registry" / "data" / file)))
        sheets = {f"{name}Csv": (harness.DATA / "survey/data/jusou" / f"{name}.csv").read_text("utf-8")
                  for name in ("survey", "choices", "settings")}
        for path, body in (
                ("surveys/jusou/codebooks:import", {"codebookId": "2025-1", **sheets}),
                ("surveys/jusou/codebooks/2025-1:publish", {}),
                ("surveys/jusou/rounds?roundId=2025",
                 {"displayName": "架空の調査", "codebook": "surveys/jusou/codebooks/2025-1",
                  "program": "programs/jusou", "synthetic": True,
                  "windowStart": {"year": 2025, "month": 6, "day": 16},
                  "windowEnd": {"year": 2025, "month": 7, "day": 11}}),
                (f"{ROUND}:open", {}),
                ("submissions:batchImport",
                 {**csv(cls.folder / "synthetic-jusou-2025-answers.csv"),
                  "headers": csv(cls.folder / "synthetic-jusou-2025-headers.csv")["batch"]})):
            done(cls.curl("manager", "--http2", path, body))
        # One goes back to who gave it, comes again, and is accepted.
        done(cls.buf_curl("reviewer", f"{SURVEY}/ReturnSubmission",
                          {"name": CITY, "reason": "確認してください。"}))
        # A reviewer mends something for it, and says why.
        mended = {"submission": {"name": CITY, "header": {"contact": "内線 2"}}}
        code, _ = cls.buf_curl("reviewer", f"{SURVEY}/UpdateSubmission", mended)
        assert code == "INVALID_ARGUMENT", code
        revision = done(cls.buf_curl("reviewer", f"{SURVEY}/UpdateSubmission",
                                     {**mended, "reason": "電話で確認"}))
        assert revision["reason"] == "電話で確認", revision
        done(cls.grpc_js("respondent", f"{SURVEY}/SubmitSubmission", {"name": CITY}))
        done(cls.python("reviewer", SURVEY, "AcceptSubmission", "AcceptSubmissionRequest", name=CITY))
        done(cls.curl("manager", "--http2", f"{ROUND}:close", {}))
        cls.report = done(cls.buf_curl(
            "reviewer", "welfare.report.v1.ReportService/CreateReport",
            {"report": {"template": "jusou", "round": ROUND}}))["name"]

    def test_the_figures_are_those_of_the_round(self):
        status, value = self.curl("reviewer", "--http1.1", VALUE)
        self.assertEqual((status, value["cells"][0]["count"]), (200, 23))
        code, value = self.grpc_js("reviewer", "welfare.indicator.v1.IndicatorService/GetIndicatorValue",
                                   {"name": VALUE})
        self.assertEqual((code, value["cells"][0]["percent"]), ("OK", "76.7"))

    def test_the_report_is_there(self):
        code, parts = self.python("reviewer", "welfare.report.v1.ReportService", "DownloadReport",
                                  "DownloadReportRequest", name=self.report, format="html")
        self.assertEqual(code, "OK")
        self.assertIn(b"<html", b"".join(part.data for part in parts))

    def test_the_description_is_for_everybody(self):
        for path in ("/", "/openapi.json"):
            self.assertEqual(self.product.http.send("GET", path).status, 200, path)

    def test_the_same_tokens_are_refused_everything_else(self):
        # What the owner of each token may not do; nobody hears what exists.
        for role, path, body in (
                ("registrar", f"{ROUND}:close", {}), ("registrar", CITY, None),
                ("manager", "municipalities:batchImport", {"batch": {"csv": "code\n"}}),
                ("reviewer", f"{ROUND}:reopen", {}),
                ("reviewer", "municipalities:batchImport", {"batch": {"csv": "code\n"}}),
                ("respondent", OTHER, None), ("respondent", f"{CITY}:accept", {}),
                ("respondent", f"{ROUND}:open", {})):
            for version in ("--http1.1", "--http2"):
                with self.subTest(role=role, path=path, version=version):
                    status, answer = self.curl(role, version, path, body)
                    self.assertEqual(status, 403, answer)
        with self.subTest("nobody"):
            self.assertEqual(self.curl(None, "--http2", CITY)[0], 401)
        for role, method, request in (
                ("registrar", f"{SURVEY}/GetSubmission", {"name": CITY}),
                ("respondent", f"{SURVEY}/GetSubmission", {"name": OTHER}),
                ("respondent", "welfare.report.v1.ReportService/CreateReport",
                 {"report": {"template": "jusou", "round": ROUND}}),
                ("reviewer", f"{SURVEY}/OpenRound", {"name": ROUND}),
                ("manager", "welfare.registry.v1.RegistryService/DeleteMunicipality",
                 {"name": "municipalities/131016", "reason": "x"})):
            with self.subTest(role=role, method=method):
                self.assertEqual(self.grpc_js(role, method, request)[0], "PERMISSION_DENIED")
                self.assertEqual(self.buf_curl(role, method, request)[0], "PERMISSION_DENIED")
        code, _ = self.python("respondent", SURVEY, "GetSubmission", "GetSubmissionRequest", name=OTHER)
        self.assertEqual(code, "PERMISSION_DENIED")

    def test_whoever_is_not_trusted_is_not_spoken_to(self):
        done = subprocess.run(
            ["/usr/bin/curl", "--silent", "--max-time", "20",
             f"https://{self.product.http.host}:{self.product.http.port}/"],
            check=False, timeout=60)
        self.assertEqual(done.returncode, 60)


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main(verbosity=2)
