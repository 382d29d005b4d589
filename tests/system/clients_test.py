#!/usr/bin/python3
"""Clients that are not ours read through the gateway: Debian's grpcio with
stubs compiled on the fly, buf curl, and curl.

usage: clients_test.py one|five [sqlite|postgresql]
"""

import json
import subprocess
import tempfile
import unittest

import harness


class Clients(harness.LoadedTest):
    shape = harness.shape_from_command_line()

    @classmethod
    def setUpClass(cls):
        stubs = tempfile.TemporaryDirectory()
        cls.addClassCleanup(stubs.cleanup)
        harness.compile_protos(stubs.name)
        super().setUpClass()

    # --- Python ---------------------------------------------------------------

    def channel(self):
        import grpc
        channel = grpc.insecure_channel(self.product.grpc_address)
        self.addCleanup(channel.close)
        return channel

    def test_python_reads_a_roster(self):
        from welfare.registry.v1 import registry_service_pb2 as messages
        from welfare.registry.v1 import registry_service_pb2_grpc as stubs
        from welfare.registry.v1 import status_pb2
        registry = stubs.RegistryServiceStub(self.channel())
        roster = registry.GetRoster(
            messages.GetRosterRequest(name="programs/jusou/rosters/2025"), timeout=20)
        self.assertEqual(roster.implementing_count, 30)
        self.assertEqual(sum(e.implementing == status_pb2.IMPLEMENTING_YES
                             for e in roster.entries), 30)
        self.assertEqual(sum(e.newcomer for e in roster.entries), roster.newcomer_count)

    def test_python_reads_an_indicator_equal_to_the_json_one(self):
        from google.protobuf import json_format
        from welfare.indicator.v1 import indicator_service_pb2 as messages
        from welfare.indicator.v1 import indicator_service_pb2_grpc as stubs
        name = "surveys/jusou/indicators/plan_formulated/values/2025"
        value = stubs.IndicatorServiceStub(self.channel()).GetIndicatorValue(
            messages.GetIndicatorValueRequest(name=name), timeout=20)
        self.assertEqual((value.cells[0].key, value.cells[0].count,
                          value.cells[0].base, value.cells[0].percent),
                         ("formulated", 23, 30, "76.7"))
        # Google's own JSON writer and the gateway's agree.
        self.assertEqual(
            json_format.MessageToDict(value, including_default_value_fields=True),
            self.http.get(f"/v1/{name}"))

    def test_python_reads_a_stream(self):
        from welfare.registry.v1 import registry_service_pb2 as messages
        from welfare.registry.v1 import registry_service_pb2_grpc as stubs
        registry = stubs.RegistryServiceStub(self.channel())
        municipalities, version = set(), 0
        for batch in registry.StreamChanges(messages.StreamChangesRequest(), timeout=20):
            version = batch.version
            municipalities |= {c.municipality.name for c in batch.changes
                               if c.WhichOneof("change") == "municipality"}
        self.assertEqual(len(municipalities), 62)
        self.assertEqual(version, int(self.http.get(
            "/v1/programs/jusou/rosters/2025")["version"]))

    def test_python_downloads_a_report(self):
        from welfare.report.v1 import report_service_pb2 as messages
        from welfare.report.v1 import report_service_pb2_grpc as stubs
        report, page, _ = self.product.report()
        parts = list(stubs.ReportServiceStub(self.channel()).DownloadReport(
            messages.DownloadReportRequest(name=report["name"], format="html"), timeout=20))
        self.assertTrue(parts[0].content_type.startswith("text/html"))
        self.assertEqual(b"".join(part.data for part in parts), page)
        self.assertEqual(parts[0].size, len(page))

    def test_python_gets_the_details_of_an_error(self):
        import grpc
        from google.rpc import error_details_pb2, status_pb2
        from welfare.registry.v1 import registry_service_pb2 as messages
        from welfare.registry.v1 import registry_service_pb2_grpc as stubs
        registry = stubs.RegistryServiceStub(self.channel())
        with self.assertRaises(grpc.RpcError) as raised:
            registry.GetMunicipality(
                messages.GetMunicipalityRequest(name="municipalities/131017"), timeout=20)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        trailers = dict(raised.exception.trailing_metadata())
        details = status_pb2.Status.FromString(trailers["grpc-status-details-bin"]).details
        info = error_details_pb2.ErrorInfo()
        self.assertTrue(any(d.Unpack(info) for d in details))
        self.assertEqual((info.reason, info.domain), ("CHECK_DIGIT", "registry.welfare"))

    # --- buf ------------------------------------------------------------------

    def buf_curl(self, method, request):
        done = subprocess.run(
            [str(harness.SOURCE / "tools" / "buf"), "curl",
             "--schema", str(harness.BINARY / "protos" / "welfare.binpb"),
             "--protocol", "grpc", "--http2-prior-knowledge",
             "--data", json.dumps(request),
             f"http://{self.product.grpc_address}/{method}"],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_buf_curl_reads_a_roster(self):
        roster = self.buf_curl("welfare.registry.v1.RegistryService/GetRoster",
                               {"name": "programs/jusou/rosters/2024"})
        self.assertEqual(roster["implementingCount"], 23)

    def test_buf_curl_reads_an_indicator(self):
        value = self.buf_curl("welfare.indicator.v1.IndicatorService/GetIndicatorValue",
                              {"name": "surveys/jusou/indicators/plan_formulated/values/2025"})
        self.assertEqual(value["cells"][0]["percent"], "76.7")

    # --- curl -----------------------------------------------------------------

    def curl(self, address, *flags):
        done = subprocess.run(
            ["/usr/bin/curl", "--silent", "--show-error", "--max-time", "30",
             "--write-out", "\n%{http_version} %{http_code}", *flags,
             f"http://{address}/v1/programs/jusou/rosters/2025"],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        body, _, facts = done.stdout.rpartition("\n")
        return facts, json.loads(body)["implementingCount"]

    def test_curl_speaks_both_versions_of_http_on_both_ports(self):
        http = f"{self.http.host}:{self.http.port}"
        for address in (http, self.product.grpc_address):
            with self.subTest(address=address):
                self.assertEqual(self.curl(address, "--http1.1"), ("1.1 200", 30))
                self.assertEqual(self.curl(address, "--http2-prior-knowledge"), ("2 200", 30))


if __name__ == "__main__":
    unittest.main(verbosity=2)
