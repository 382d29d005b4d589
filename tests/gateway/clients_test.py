#!/usr/bin/python3
"""The gateway's binary between programs that are not ours: a server and a client
of Debian's grpcio, and curl over both versions of HTTP.

usage: clients_test.py GATEWAY PROTOS GOOGLEAPIS
"""

import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

GATEWAY, PROTOS, GOOGLEAPIS = sys.argv[1:4]
SERVICE = "welfare.registry.v1.RegistryService"


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wgw-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        stubs = cls.folder / "stubs"
        stubs.mkdir()
        files = [str(p) for p in pathlib.Path(PROTOS, "welfare").rglob("*.proto")]
        files += [f"{GOOGLEAPIS}/google/{name}.proto" for name in
                  ("api/annotations", "api/http", "rpc/status", "rpc/error_details", "type/date")]
        subprocess.run(["protoc", f"-I{PROTOS}", f"-I{GOOGLEAPIS}",
                        f"--python_out={stubs}", *files], check=True)
        # google/ exists as an installed package, so ours joins its path.
        sys.path.insert(0, str(stubs))
        import google
        google.__path__.append(str(stubs / "google"))
        import grpc
        from google.rpc import error_details_pb2, status_pb2
        from welfare.registry.v1 import municipality_pb2, registry_service_pb2
        cls.grpc, cls.messages, cls.municipality = grpc, registry_service_pb2, municipality_pb2
        cls.details = (status_pb2, error_details_pb2)
        cls.start_backend()
        cls.start_gateway()

    @classmethod
    def start_backend(cls):
        grpc, messages, municipality = cls.grpc, cls.messages, cls.municipality
        status_pb2, error_details_pb2 = cls.details
        cls.read_so_far = threading.Event()

        def get(request, context):
            if request.name.endswith("missing"):
                status = status_pb2.Status(code=5, message="No such municipality.")
                status.details.add().Pack(error_details_pb2.ErrorInfo(
                    reason="MUNICIPALITY_NOT_FOUND", domain="registry.welfare"))
                context.set_trailing_metadata(
                    [("grpc-status-details-bin", status.SerializeToString())])
                context.abort(grpc.StatusCode.NOT_FOUND, status.message)
            return municipality.Municipality(name=request.name, display_name="千代田区",
                                             version=request.data_version)

        def changes(request, context):
            for version in range(request.after_version + 1, request.after_version + 101):
                yield messages.StreamChangesResponse(version=version)
                if request.data_incarnation == "wait":
                    cls.read_so_far.wait(60)
            if request.data_incarnation == "break":
                context.abort(grpc.StatusCode.ABORTED, "the store is another one")

        def handler(make, function, request):
            return make(function, request_deserializer=request.FromString,
                        response_serializer=lambda message: message.SerializeToString())
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {
            "GetMunicipality": handler(grpc.unary_unary_rpc_method_handler, get,
                                       messages.GetMunicipalityRequest),
            "StreamChanges": handler(grpc.unary_stream_rpc_method_handler, changes,
                                     messages.StreamChangesRequest)})])
        server.add_insecure_port(f"unix:{cls.folder}/registry.sock")
        server.start()
        cls.addClassCleanup(server.stop, None)

    @classmethod
    def start_gateway(cls):
        log = open(cls.folder / "log", "w+", encoding="utf-8")
        cls.addClassCleanup(log.close)
        cls.process = subprocess.Popen(
            [GATEWAY, "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
             "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--log-format=json",
             f"--data-dir={cls.folder}/data", f"--peer-registry=unix:{cls.folder}/registry.sock"],
            stderr=log, cwd=cls.folder)
        cls.addClassCleanup(lambda: cls.process.poll() is None and cls.process.kill())
        addresses = {}
        for _ in range(400):
            lines = [json.loads(line) for line in open(cls.folder / "log", encoding="utf-8")
                     if line.endswith("\n")]
            addresses = {line["listener"]: line["address"] for line in lines
                         if line["message"] == "module serves"}
            started = [line for line in lines if line["message"] == "started"]
            if started:
                break
            time.sleep(0.05)
        cls.addresses, cls.metrics = addresses, started[0]["metrics"]

    def call(self, kind, method, response, address="grpc"):
        channel = self.grpc.insecure_channel(self.addresses[address])
        self.addCleanup(channel.close)
        return getattr(channel, kind)(
            f"/{SERVICE}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString)

    def curl(self, path, *flags, address="http"):
        done = subprocess.run(
            ["curl", "-sS", "-m", "20", "-w", "\n%{http_code} %{http_version}", *flags,
             f"http://{self.addresses.get(address, self.metrics)}{path}"],
            capture_output=True, text=True, check=True)
        body, _, status = done.stdout.rpartition("\n")
        return status, body

    def test_grpcio_calls_on_both_ports(self):
        for address in ("grpc", "http"):
            get = self.call("unary_unary", "GetMunicipality", self.municipality.Municipality,
                            address)
            answer = get(self.messages.GetMunicipalityRequest(
                name="municipalities/131016", data_version=7), timeout=20)
            self.assertEqual((answer.display_name, answer.version), ("千代田区", 7))

    def test_grpcio_reads_a_stream(self):
        stream = self.call("unary_stream", "StreamChanges", self.messages.StreamChangesResponse)
        self.assertEqual([m.version for m in stream(
            self.messages.StreamChangesRequest(after_version=5), timeout=20)],
            list(range(6, 106)))

    def test_grpcio_sees_failures_with_details(self):
        get = self.call("unary_unary", "GetMunicipality", self.municipality.Municipality)
        with self.assertRaises(self.grpc.RpcError) as raised:
            get(self.messages.GetMunicipalityRequest(name="municipalities/missing"), timeout=20)
        self.assertEqual(raised.exception.code(), self.grpc.StatusCode.NOT_FOUND)
        metadata = dict(raised.exception.trailing_metadata())
        status = self.details[0].Status.FromString(metadata["grpc-status-details-bin"])
        info = self.details[1].ErrorInfo()
        self.assertTrue(status.details[0].Unpack(info))
        self.assertEqual(info.reason, "MUNICIPALITY_NOT_FOUND")

    def test_curl_over_both_versions(self):
        for flag, version in (("--http1.1", "1.1"), ("--http2-prior-knowledge", "2")):
            with self.subTest(version=version):
                status, body = self.curl("/v1/municipalities/131016?dataVersion=7", flag)
                self.assertEqual(status, f"200 {version}")
                answer = json.loads(body)
                self.assertEqual((answer["displayName"], answer["version"]), ("千代田区", "7"))
                status, body = self.curl("/v1/municipalities/missing", flag)
                self.assertEqual(status, f"404 {version}")
                self.assertEqual(json.loads(body)["error"]["details"][0]["reason"],
                                 "MUNICIPALITY_NOT_FOUND")
                status, body = self.curl("/v1/programs/jusou/statusRecords?x=1", flag, "-d", "{",
                                         "-H", "Content-Type: application/json")
                self.assertEqual(status, f"400 {version}")
                status, _ = self.curl("/v1/surveys/s/rounds/2025", flag)
                self.assertEqual(status, f"503 {version}")  # no such peer runs
                status, body = self.curl("/", flag)
                self.assertIn("/v1/municipalities/{municipality}", body)
                # Larger than curl sends without asking, and than a window.
                big = self.folder / "big.json"
                big.write_text(json.dumps({"requestId": "x" * 2_000_000}))
                status, body = self.curl("/v1/municipalities:batchImport", flag, "-d", f"@{big}",
                                         "-H", "Content-Type: application/json")
                self.assertEqual(status, f"501 {version}", body)  # the fake has no such method

    def test_curl_reads_streams_over_both_versions(self):
        path = "/v1/registry/changes:stream?afterVersion=5"
        for flag, version in (("--http1.1", "1.1"), ("--http2-prior-knowledge", "2")):
            with self.subTest(version=version):
                status, body = self.curl(path, flag)
                self.assertEqual(status, f"200 {version}")
                *results, end = map(json.loads, body.splitlines())
                self.assertEqual([one["result"]["version"] for one in results],
                                 [str(number) for number in range(6, 106)])
                self.assertEqual(end, {"end": {"count": 100}})
                _, body = self.curl(path, flag, "-H", "Accept: text/event-stream",
                                    "-H", "Last-Event-ID: 41")
                self.assertEqual(body.split("\n")[0], "id: 42")
                # Who looks at no line is told by curl that it is not whole.
                broken = subprocess.run(
                    ["curl", "-sS", "-m", "20", flag, f"http://{self.addresses['http']}{path}"
                     "&dataIncarnation=break"], capture_output=True, text=True, check=False)
                self.assertIn(broken.returncode, (18, 92), broken.stderr)
                self.assertEqual(json.loads(broken.stdout.splitlines()[-1])["error"]["status"],
                                 "ABORTED")

    def test_curl_reads_compressed_streams_over_both_versions(self):
        path = "/v1/registry/changes:stream?afterVersion=5"
        for flag, version in (("--http1.1", "1.1"), ("--http2-prior-knowledge", "2")):
            with self.subTest(version=version):
                _, plain = self.curl(path, flag)
                status, body = self.curl(path, flag, "--compressed")
                self.assertEqual((status, body), (f"200 {version}", plain))
                _, head = self.curl(path, flag, "--compressed", "-o", "/dev/null", "-D", "-")
                self.assertIn("content-encoding: gzip", head)
                broken = subprocess.run(
                    ["curl", "-sS", "-m", "20", flag, "--compressed",
                     f"http://{self.addresses['http']}{path}&dataIncarnation=break"],
                    capture_output=True, text=True, check=False)
                self.assertIn(broken.returncode, (18, 92), broken.stderr)
                self.assertEqual(json.loads(broken.stdout.splitlines()[-1])["error"]["status"],
                                 "ABORTED")

    def test_node_follows_a_compressed_stream(self):
        # Its fetch asks for gzip by itself. Each line is there before the next is made.
        script = """
          const reply = await fetch(process.argv[1]);
          const lines = [];
          let text = "";
          for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
            text += piece;
            if (lines.length === 0 && text.includes("\\n")) {
              console.log(reply.headers.get("content-encoding"), text.split("\\n")[0]);
              lines.push(text);
            }
          }
          console.log(text.trimEnd().split("\\n").at(-1));
        """
        node = subprocess.Popen(
            ["node", "--input-type=module", "-e", script,
             f"http://{self.addresses['http']}/v1/registry/changes:stream?dataIncarnation=wait"],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: node.poll() is None and node.kill())
        with node.stdout:
            first = node.stdout.readline()
            self.read_so_far.set()
            self.assertEqual(first, 'gzip {"result":{"changes":[],"version":"1"}}\n')
            self.assertEqual(node.stdout.readline(), '{"end":{"count":100}}\n')
        self.assertEqual(node.wait(timeout=60), 0)

    def test_reflection_is_for_operators_only(self):
        for address, expected in (("grpc", "UNIMPLEMENTED"), ("admin", None)):
            channel = self.grpc.insecure_channel(self.addresses[address])
            self.addCleanup(channel.close)
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            try:
                answer = check(b"", timeout=20)
                self.assertIsNone(expected)
                self.assertEqual(answer, b"\x08\x01")  # SERVING
            except self.grpc.RpcError as error:
                self.assertEqual(error.code().name, expected)

    def test_requests_are_counted(self):
        self.curl("/v1/municipalities/131016")
        _, text = self.curl("/metrics", address="metrics")
        self.assertRegex(text, r'welfare_http_requests_total\{code="200",method="GET",'
                               r'route="/v1/\{name=municipalities/\*\}"\} \d')

    def test_zz_ends_when_asked(self):
        channel = self.grpc.insecure_channel(self.addresses["grpc"])
        self.addCleanup(channel.close)
        self.grpc.channel_ready_future(channel).result(timeout=20)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(timeout=20), 0)


if __name__ == "__main__":
    del sys.argv[1:4]
    os.environ.pop("http_proxy", None)
    unittest.main(verbosity=2)
