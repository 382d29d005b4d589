#!/usr/bin/python3
"""A gRPC service that is not the platform's behind the gateway's binary: a server
of Debian's grpcio, called over HTTP/JSON by curl and over gRPC by grpcio; and what
the gateway says of files that cannot be used.

usage: foreign_test.py GATEWAY PROTOS GOOGLEAPIS
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

GATEWAY, PROTOS, GOOGLEAPIS = sys.argv[1:4]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import certificates  # noqa: E402

ECHO = """
syntax = "proto3";
package acme.v1;
import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";
import "welfare/options/v1/options.proto";
message EchoRequest {
  string name = 1;
  int32 times = 2;
  google.protobuf.Timestamp at = 3;
  Inner inner = 4;
  string request_id = 5;
  message Inner { repeated int64 numbers = 1; map<string, string> labels = 2; }
}
message PokeRequest { string name = 1; }
message EchoResponse { string name = 1; int32 count = 2; EchoRequest request = 3; string etag = 4; }
service Echo {
  rpc Get(EchoRequest) returns (EchoResponse) {
    option (google.api.http) = { get: "/acme/v1/{name=echoes/*}" };
    option (welfare.options.v1.policy) = { audience: AUDIENCE_PUBLIC };
  }
  rpc Set(EchoRequest) returns (EchoResponse) {
    option (google.api.http) = { post: "/acme/v1/echoes" body: "*" };
    option (welfare.options.v1.policy) = { audience: AUDIENCE_ROLES roles: "manager" mutates: true };
  }
  rpc Count(EchoRequest) returns (stream EchoResponse) {
    option (welfare.options.v1.policy) = { audience: AUDIENCE_PUBLIC };
  }
  rpc Talk(stream EchoRequest) returns (stream EchoResponse);
  rpc Poke(PokeRequest) returns (EchoResponse) {
    option (google.api.http) = { post: "/acme/v1/{name=echoes/*}:poke" body: "*" };
  }
  rpc Closed(EchoRequest) returns (EchoResponse) {
    option (google.api.http) = { get: "/acme/v1/closed" };
  }
}
"""

# One service for each server that speaks TLS.
SECURED = ("Good", "Asking", "Stranger", "Misnamed")
SECURED_PROTO = ECHO.split("service Echo")[0].replace("acme.v1", "acme.tls.v1") + "".join(
    f"service {name} {{ rpc Get(PokeRequest) returns (EchoResponse) {{ option (google.api.http) = "
    f'{{ get: "/tls/{name}" }}; }} }}\n' for name in SECURED)

# What is wrong with a file, and what the gateway says of it.
BAD_PROTOS = (
    ("import \"google/protobuf/struct.proto\"; message M { Inner inner = 1; message Inner "
     "{ repeated google.protobuf.Value values = 1; } }", "inner.values is a google.protobuf.Value"),
    ("import \"google/protobuf/any.proto\"; message M { map<string, google.protobuf.Any> any = 1; }",
     "any.value is a google.protobuf.Any"),
    ("import \"google/protobuf/struct.proto\"; message M { google.protobuf.Struct s = 1; }",
     "s is a google.protobuf.Struct"),
)


def compile_set(folder, name, text, *flags):
    """Compiles a proto to a descriptor set; returns its path."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    out = folder / (name + ".pb")
    subprocess.run(["protoc", f"-I{folder}", f"-I{PROTOS}", f"-I{GOOGLEAPIS}",
                    *(flags or ["--include_imports"]), f"--descriptor_set_out={out}",
                    str(folder / name)], check=True)
    return out


def start(folder, *flags):
    """Starts the gateway; returns the process and its addresses."""
    with open(folder / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [GATEWAY, "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
             "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--log-format=json",
             f"--data-dir={folder}/data", *flags], stderr=log, cwd=folder)
    for _ in range(400):
        lines = [json.loads(line) for line in
                 (folder / "log").read_text("utf-8").splitlines(keepends=True)
                 if line.endswith("\n")]
        if any(line["message"] == "started" for line in lines):
            return process, {line["listener"]: line["address"] for line in lines
                             if line["message"] == "module serves"}
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text("utf-8"))


class Foreign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wfs-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.set = compile_set(cls.folder / "echo", "echo.proto", ECHO)
        stubs = cls.folder / "stubs"
        stubs.mkdir()
        subprocess.run(["protoc", f"-I{cls.folder}/echo", f"-I{PROTOS}", f"-I{GOOGLEAPIS}",
                        f"--python_out={stubs}", str(cls.folder / "echo" / "echo.proto"),
                        f"{PROTOS}/welfare/options/v1/options.proto",
                        f"{GOOGLEAPIS}/google/api/annotations.proto",
                        f"{GOOGLEAPIS}/google/api/http.proto"], check=True)
        sys.path.insert(0, str(stubs))
        import google
        google.__path__.append(str(stubs / "google"))
        import echo_pb2
        import grpc
        cls.grpc, cls.echo = grpc, echo_pb2
        cls.metadata = []
        cls.start_backend()
        cls.process, cls.addresses = start(
            cls.folder, f"--descriptor-set={cls.set}", f"--backend=acme.v1.Echo={cls.backend}",
            "--cors-origins=https://app.example")
        cls.addClassCleanup(cls.end, cls.process)

    @classmethod
    def end(cls, process):
        process.terminate()
        assert process.wait(timeout=20) == 0

    @classmethod
    def start_backend(cls):
        grpc, echo = cls.grpc, cls.echo

        def get(request, context):
            cls.metadata[:] = [key for key, _ in context.invocation_metadata()]
            if request.name == "echoes/absent":
                context.abort(grpc.StatusCode.NOT_FOUND, "no such echo")
            return echo.EchoResponse(name=request.name, request=request, etag='"e1"')

        def count(request, context):
            for i in range(request.times):
                yield echo.EchoResponse(name=request.name, count=i)

        def talk(requests, context):
            for i, request in enumerate(requests):
                yield echo.EchoResponse(name=request.name, count=i, request=request)

        def poke(request, context):
            return echo.EchoResponse(name=request.name)

        def handler(make, function):
            return make(function, request_deserializer=echo.EchoRequest.FromString,
                        response_serializer=lambda message: message.SerializeToString())
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        unary = grpc.unary_unary_rpc_method_handler
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("acme.v1.Echo", {
            "Get": handler(unary, get), "Set": handler(unary, get), "Poke": handler(unary, poke), "Closed": handler(unary, get),
            "Count": handler(grpc.unary_stream_rpc_method_handler, count),
            "Talk": handler(grpc.stream_stream_rpc_method_handler, talk)})])
        cls.backend = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        cls.addClassCleanup(server.stop, None)

    def curl(self, path, *flags, addresses=None, scheme="http"):
        address = (addresses or self.addresses)["http"]
        if scheme == "https":
            address = "localhost:" + address.rsplit(":", 1)[1]
        done = subprocess.run(["curl", "-sS", "-m", "20", "-w", "\n%{http_code}", *flags,
                               f"{scheme}://{address}{path}"],
                              capture_output=True, text=True, check=True)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body

    def call(self, kind, method, channel=None):
        if channel is None:
            channel = self.grpc.insecure_channel(self.addresses["grpc"])
            self.addCleanup(channel.close)
        return getattr(channel, kind)(
            f"/acme.v1.Echo/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self.echo.EchoResponse.FromString)

    def test_json(self):
        status, body = self.curl("/acme/v1/echoes/a?times=3&inner.numbers=7&inner.numbers=8"
                                 "&at=2025-04-01T09:00:00%2B09:00")
        self.assertEqual(status, 200, body)
        answer = json.loads(body)
        self.assertEqual(answer["name"], "echoes/a")
        self.assertEqual(answer["request"]["inner"]["numbers"], ["7", "8"])
        self.assertEqual(answer["request"]["at"], "2025-04-01T00:00:00Z")
        # Nobody gives it an id that its caller did not, and it hears nothing of callers.
        self.assertEqual(answer["request"]["requestId"], "")
        self.assertFalse([key for key in self.metadata if key.startswith("x-welfare")])
        status, body = self.curl("/acme/v1/echoes", "-H", "Content-Type: application/json", "-d",
                                 '{"name":"b","inner":{"labels":{"x":"y"}}}')
        self.assertEqual((status, json.loads(body)["request"]["inner"]["labels"]), (200, {"x": "y"}))
        self.assertEqual(self.curl("/acme/v1/echoes", "-H", "Content-Type: application/json", "-d",
                                   '{"nope":1}')[0], 400)
        self.assertEqual(self.curl("/acme/v1/echoes/absent")[0], 404)
        poke = ("/acme/v1/echoes/a:poke", "-X", "POST")
        self.assertEqual(self.curl(*poke)[0], 200)
        key = "Idempotency-Key: 8e03978e-40d5-43e8-bc93-6894a57f9324"
        status, body = self.curl(*poke, "-H", key)
        self.assertEqual((status, json.loads(body)["error"]["details"][0]["reason"]),
                         (400, "IDEMPOTENCY_KEY_UNSUPPORTED"))
        status, body = self.curl("/acme/v1/echoes", "-H", "Content-Type: application/json", "-H", key,
                                 "-d", "{}")
        self.assertEqual(json.loads(body)["request"]["requestId"], key.split()[1])
        # The platform's own are where they were; it does not run.
        self.assertEqual(self.curl("/v1/municipalities/131016")[0], 503)

    def test_a_second_get_is_not_sent(self):
        status, head = self.curl("/acme/v1/echoes/a", "-D", "-", "-o", "/dev/null")
        self.assertEqual(status, 200)
        lines = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        self.assertEqual(lines["cache-control"], "public, max-age=0, must-revalidate")
        self.assertEqual(self.curl("/acme/v1/echoes/a", "-H", f"If-None-Match: {lines['etag']}")[0],
                         304)
        self.assertEqual(self.curl("/acme/v1/echoes/c", "-H", f"If-None-Match: {lines['etag']}")[0],
                         200)
        _, head = self.curl("/acme/v1/closed", "-D", "-", "-o", "/dev/null")
        self.assertIn("cache-control: private, no-cache", head)

    def test_grpc(self):
        request = self.echo.EchoRequest(name="echoes/a", times=100)
        self.assertEqual(self.call("unary_unary", "Get")(request, timeout=20).name, "echoes/a")
        self.assertEqual([m.count for m in self.call("unary_stream", "Count")(request, timeout=20)],
                         list(range(100)))
        talk = self.call("stream_stream", "Talk")(
            (self.echo.EchoRequest(name=str(i)) for i in range(50)), timeout=20)
        self.assertEqual([(m.name, m.request.request_id) for m in talk],
                         [(str(i), "") for i in range(50)])
        with self.assertRaises(self.grpc.RpcError) as raised:
            self.call("unary_unary", "Get")(self.echo.EchoRequest(name="echoes/absent"), timeout=20)
        self.assertEqual((raised.exception.code().name, raised.exception.details()),
                         ("NOT_FOUND", "no such echo"))

    def test_rules_stand_in_the_place_of_the_protos(self):
        rules = {
            "json": '{"rules":[{"selector":"acme.v1.Echo.Get","get":"/other/{name=echoes/*}",'
                    '"responseBody":"request"}]}',
            "service": '{"type":"google.api.Service","config_version":3,"http":{"rules":'
                       '[{"selector":"acme.v1.Echo.Get","get":"/wrong"},'
                       '{"selector":"acme.v1.Echo.Get","get":"/other/{name=echoes/*}",'
                       '"response_body":"request"}]}}',
            "text": '# comment\nrules { selector: "acme.v1.Echo.Get" get: "/other/{name=echoes/*}" '
                    'response_body: "request" }\n',
        }
        for kind, text in rules.items():
            with self.subTest(kind=kind):
                folder = self.folder / kind
                folder.mkdir()
                (folder / "rules").write_text(text, "utf-8")
                process, addresses = start(
                    folder, f"--descriptor-set={self.set}", f"--http-rules={folder}/rules",
                    f"--backend=acme.v1.Echo={self.backend}")
                self.addCleanup(self.end, process)
                status, body = self.curl("/other/echoes/a?times=2", addresses=addresses)
                self.assertEqual((status, json.loads(body)["times"]), (200, 2))
                self.assertEqual(self.curl("/acme/v1/echoes/a", addresses=addresses)[0], 404)
                # Methods that no rule names keep theirs.
                self.assertEqual(self.curl("/acme/v1/closed", addresses=addresses)[0], 200)

    def refused(self, *flags):
        """The one line that a start ends with, and --verify-config too."""
        said = []
        for action in ([], ["--verify-config"]):
            done = subprocess.run(
                [GATEWAY, "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
                 "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--log-format=text",
                 f"--data-dir={self.folder}/data", *flags, *action], capture_output=True, text=True,
                timeout=60, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
            self.assertIn(done.returncode, (1, 2), done)
            said.append(done.stderr.strip() or done.stdout.strip())
        self.assertEqual(said[0], said[1])
        self.assertEqual(len(said[0].splitlines()), 1, said[0])
        return done.returncode, said[0]

    def test_bad_files_are_one_sentence(self):
        backend = f"--backend=acme.v1.Echo={self.backend}"
        good = f"--descriptor-set={self.set}"
        bad = self.folder / "bad"
        bad.mkdir()

        def file(name, content):
            path = bad / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            return path
        # What is linked into the gateway need not be in the set; this is not.
        compile_set(bad, "other.proto", 'syntax = "proto3"; package acme.v1; message Other {}')
        alone = compile_set(bad, "alone.proto", ECHO.replace(
            "package acme.v1;", 'package acme.v1; import "other.proto"; message M { Other o = 1; }'),
            "--experimental_allow_proto3_optional")
        cases = [
            ([f"--descriptor-set={bad}/none", backend], 1, "none cannot be used: it cannot be opened"),
            ([f"--descriptor-set={file('noise', bytes(range(256)) * 64)}", backend], 1,
             "it is no google.protobuf.FileDescriptorSet"),
            ([f"--descriptor-set={file('empty', b'')}", backend], 1,
             "it is no google.protobuf.FileDescriptorSet"),
            ([f"--descriptor-set={file('torn', self.set.read_bytes()[:-40])}", backend], 1,
             "it is no google.protobuf.FileDescriptorSet"),
        ]
        rules = (
            ("", "it is empty"),
            ("{", "it is no JSON"),
            ("rules {", "it is neither JSON nor text of protobuf: line 1"),
            ('{"rules":[]}', "it has no rules"),
            ('{"rulez":[]}', "'rulez' is no field"),
            ('{"rules":[{"selector":"acme.v1.Echo.Nope","get":"/a"}]}',
             "'acme.v1.Echo.Nope' is no method of a service that --backend names"),
            ('{"rules":[{"selector":"welfare.registry.v1.RegistryService.GetRoster","get":"/a"}]}',
             "is no method of a service that --backend names"),
            ('{"rules":[{"selector":"acme.v1.Echo.Get","get":"/a/{nope}"}]}', "no field 'nope'"),
            ('{"rules":[{"selector":"acme.v1.Echo.Get","get":"a"}]}', "google.api.http of"),
            ('{"rules":[{"selector":"acme.v1.Echo.Get","get":"/acme/v1/closed"}]}',
             "two routes for GET /acme/v1/closed"),
            ('{"rules":[{"selector":"acme.v1.Echo.Get","get":"/v1/municipalities"}]}',
             "two routes for GET /v1/municipalities"),
            ('{"rules":[{"selector":"acme.v1.Echo.Get"}]}', "a binding without an HTTP method"),
        )
        for i, (text, sentence) in enumerate(rules):
            cases.append(([good, backend, f"--http-rules={file(f'rules{i}', text)}"], 1, sentence))
        for i, (body, sentence) in enumerate(BAD_PROTOS):
            made = compile_set(bad, f"bad{i}.proto",
                               'syntax = "proto3"; package bad.v1; ' + body +
                               " service S { rpc Call(M) returns (M); }")
            cases.append(([f"--descriptor-set={made}", f"--backend=bad.v1.S={self.backend}"], 1,
                          sentence))
        cases += [
            ([f"--descriptor-set={alone}", backend], 1, "make it with --include_imports"),
            ([backend], 2, "--descriptor-set must say what the service is"),
            ([good], 2, "--descriptor-set"),
            ([f"--http-rules={self.set}"], 2, "it is of use with --backend alone"),
            ([good, "--backend=acme.v1.Echo"], 2, "an entry is SERVICE=ADDRESS"),
            ([good, "--backend=acme.v1.Nope=127.0.0.1:1"], 2, "has no such service"),
            ([good, "--backend=welfare.report.v1.ReportService=127.0.0.1:1"], 2,
             "a service of the platform"),
            ([good, "--backend=acme.v1.Echo=nowhere"], 2, "none that gRPC can call"),
            ([good, "--backend=acme.v1.Echo=10.0.0.1:9000"], 2, "not of this machine"),
            ([good, f"{backend},acme.v1.Echo={self.backend}"], 2, "has an address already"),
            (["--cors-origins=*"], 2, "name each origin"),
        ]
        for flags, code, sentence in cases:
            with self.subTest(sentence=sentence):
                returned, said = self.refused(*flags)
                self.assertIn(sentence, said)
                self.assertEqual(returned, code, said)

    def serve_by_tls(self, name, credentials):
        """Serves acme.tls.v1 `name`; returns its port."""
        server = self.grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers([self.grpc.method_handlers_generic_handler(
            f"acme.tls.v1.{name}", {"Get": self.grpc.unary_unary_rpc_method_handler(
                lambda request, context: request)})])
        port = server.add_secure_port("127.0.0.1:0", credentials)
        server.start()
        self.addCleanup(server.stop, None)
        return port

    def test_a_service_may_be_called_by_tls(self):
        folder = self.folder / "secured"
        folder.mkdir()
        described = compile_set(folder / "set", "secured.proto", SECURED_PROTO)
        theirs, other = (certificates.Authority(folder, name) for name in ("theirs", "other"))
        own, own_key = theirs.issue("gateway.example", "clientAuth")

        def credentials(authority, name, asks=False):
            certificate, key = authority.issue(name, "serverAuth")
            return self.grpc.ssl_server_credentials(
                [(key.read_bytes(), certificate.read_bytes())],
                authority.certificate.read_bytes() if asks else None, asks)
        ports = {
            "Good": self.serve_by_tls("Good", credentials(theirs, "localhost")),
            "Asking": self.serve_by_tls("Asking", credentials(theirs, "localhost", asks=True)),
            "Stranger": self.serve_by_tls("Stranger", credentials(other, "localhost")),
            "Misnamed": self.serve_by_tls("Misnamed", credentials(theirs, "elsewhere.example"))}
        believed = folder / "believed.pem"
        believed.write_bytes(theirs.certificate.read_bytes())
        flags = [f"--descriptor-set={described}", f"--backend-ca-file={believed}", "--backend="
                 + ",".join(f"acme.tls.v1.{name}=tls://localhost:{port}"
                            for name, port in ports.items())]
        for name, more, expected in (
                ("silent", (), {"Good": 200, "Asking": 503, "Stranger": 503, "Misnamed": 503}),
                ("shown", (f"--backend-cert-file={own}", f"--backend-key-file={own_key}"),
                 {"Good": 200, "Asking": 200, "Stranger": 503, "Misnamed": 503})):
            (folder / name).mkdir()
            process, addresses = start(folder / name, *flags, *more)
            self.addCleanup(self.end, process)
            with self.subTest(gateway=name):
                answers = {one: self.curl(f"/tls/{one}?name=a", addresses=addresses)
                           for one in SECURED}
                self.assertEqual({one: status for one, (status, _) in answers.items()}, expected)
                self.assertEqual(json.loads(answers["Good"][1])["name"], "a")
                # Callers are told nothing of certificates and places.
                self.assertNotRegex(answers["Stranger"][1], "(?i)localhost|certificate|tls")
        # Files are read again when they change, as all others.
        believed.write_bytes(theirs.certificate.read_bytes() + other.certificate.read_bytes())
        for _ in range(900):
            if self.curl("/tls/Stranger", addresses=addresses)[0] == 200:
                break
            time.sleep(0.1)
        self.assertEqual(self.curl("/tls/Stranger", addresses=addresses)[0], 200)

    def test_what_is_wrong_with_tls_is_one_sentence(self):
        folder = self.folder / "wrong"
        folder.mkdir()
        authority = certificates.Authority(folder, "all")
        server, server_key = authority.issue("localhost", "serverAuth")
        good, ca = f"--descriptor-set={self.set}", f"--backend-ca-file={authority.certificate}"
        plain, secured = (f"--backend=acme.v1.Echo={scheme}localhost:9" for scheme in ("", "tls://"))
        for flags, code, sentence in (
                ([ca], 2, "it is of use with --backend SERVICE=tls://HOST:PORT alone"),
                ([good, plain, ca], 2, "it is of use with --backend SERVICE=tls://HOST:PORT alone"),
                ([good, secured], 2, "--backend-ca-file must say whose certificates are believed"),
                ([good, "--backend=acme.v1.Echo=tls://unix:/a", ca], 2, "tls://HOST:PORT"),
                ([good, "--backend=acme.v1.Echo=tls://localhost", ca], 2, "none that gRPC can call"),
                ([good, secured, f"--backend-ca-file={folder}/none"], 1, "none cannot be read"),
                ([good, secured, f"--backend-ca-file={self.set}"], 1, "holds no certificate of an authority"),
                ([good, secured, ca, f"--backend-cert-file={server}"], 1,
                 "--backend-cert-file is set without --backend-key-file"),
                ([good, secured, ca, f"--backend-cert-file={server}",
                  f"--backend-key-file={server_key}"], 1, "is not made for clientAuth")):
            with self.subTest(sentence=sentence):
                returned, said = self.refused(*flags)
                self.assertIn(sentence, said)
                self.assertEqual(returned, code, said)

    def test_who_may_call_says_the_contract(self):
        folder = self.folder / "asking"
        folder.mkdir()
        authority = certificates.Authority(folder, "all")
        server, server_key = authority.issue("localhost", "serverAuth")
        own, own_key = authority.issue("gateway.welfare.internal", "serverAuth,clientAuth")
        callers = {}
        for name in ("manager", "auditor"):
            callers[name] = authority.issue(f"{name}.example", "clientAuth")
        (folder / "callers.json").write_text(json.dumps({"version": 1, "callers": [
            {"certificate": f"dns:{name}.example", "grants": [f"{name}@*"]} for name in callers]}),
            "utf-8")
        os.chmod(folder / "callers.json", 0o600)
        process, addresses = start(
            folder, f"--descriptor-set={self.set}", f"--backend=acme.v1.Echo={self.backend}",
            "--auth=mtls", f"--mtls-callers-file={folder}/callers.json",
            f"--tls-cert-file={server}", f"--tls-key-file={server_key}",
            f"--tls-client-ca-file={authority.certificate}", "--tls-client-cert=optional",
            f"--peer-ca-file={authority.certificate}", f"--peer-cert-file={own}",
            f"--peer-key-file={own_key}")
        self.addCleanup(self.end, process)
        post = ("-H", "Content-Type: application/json", "-d", "{}")
        expected = {  # of Get, Set and Closed
            None: (200, 401, 403), "auditor": (200, 403, 403), "manager": (200, 200, 403)}
        for name, statuses in expected.items():
            with self.subTest(caller=name):
                # Over HTTP/2 curl takes an answer before its body for a fault.
                who = ["--http1.1", "--cacert", authority.certificate]
                if name is not None:
                    who += ["--cert", callers[name][0], "--key", callers[name][1]]
                answers = [self.curl(path, *who, *flags, addresses=addresses, scheme="https")
                           for path, flags in (("/acme/v1/echoes/a", ()), ("/acme/v1/echoes", post),
                                               ("/acme/v1/closed", ()))]
                self.assertEqual(tuple(status for status, _ in answers), statuses, answers)
                self.assertEqual(json.loads(answers[2][1])["error"]["details"][0]["reason"],
                                 "METHOD_CLOSED")
                # Whoever may not read does not hear that nothing has changed.
                self.assertEqual(self.curl("/acme/v1/closed", *who, "-H", "If-None-Match: *",
                                           addresses=addresses, scheme="https")[0], 403)
        self.assertFalse([key for key in self.metadata if key.startswith("x-welfare")])
        credentials = self.grpc.ssl_channel_credentials(authority.certificate.read_bytes())
        with self.grpc.secure_channel("localhost:" + addresses["grpc"].rsplit(":", 1)[1],
                                      credentials) as channel:
            request = self.echo.EchoRequest(name="echoes/a", times=2)
            self.assertEqual(len(list(self.call("unary_stream", "Count", channel)(
                request, timeout=20))), 2)
            for method, code in (("Set", "UNAUTHENTICATED"), ("Closed", "PERMISSION_DENIED")):
                with self.assertRaises(self.grpc.RpcError) as raised:
                    self.call("unary_unary", method, channel)(request, timeout=20)
                self.assertEqual(raised.exception.code().name, code)


if __name__ == "__main__":
    del sys.argv[1:4]
    os.environ.pop("http_proxy", None)
    unittest.main(verbosity=2)
