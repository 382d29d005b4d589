"""Runs the whole product for a test, in one process or in five, on SQLite or
PostgreSQL.

Nothing listens on a fixed port: services have unix sockets in a temporary
folder, the gateway and the metrics listeners take a free port of 127.0.0.1 and
name it in the log. Waiting is polling with a deadline, in one function.
"""

import atexit
import collections
import contextlib
import functools
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import uuid

SOURCE = pathlib.Path(os.environ.get(
    "WELFARE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARY = pathlib.Path(os.environ.get(
    "WELFARE_BINARY_DIR", SOURCE / "build" / "dev"))
BIN = BINARY / "bin"
DATA = SOURCE / "services"
SERVICES = ("registry", "survey", "indicator", "report")
# Who calls whom; the gateway calls every service.
PEERS = {"registry": (), "survey": ("registry",),
         "indicator": ("survey", "registry"),
         "report": ("indicator", "survey", "registry"), "gateway": SERVICES}
ROSTER_YEARS = (2021, 2022, 2023, 2024, 2025)
ONE, FIVE = "one", "five"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
sys.path.append(str(SOURCE / "tests" / "support"))


def wait_for(condition, what, seconds=90):
    """Returns what `condition` returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


class Process:
    """One program of the product, its log in a file."""

    def __init__(self, name, arguments, log_path, environment):
        self.name = name
        self.log_path = log_path
        self.log_start = log_path.stat().st_size if log_path.exists() else 0
        with open(log_path, "ab") as log:
            self.child = subprocess.Popen(
                [str(BIN / name), *map(str, arguments)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=environment, cwd=log_path.parent)

    @property
    def pid(self):
        return self.child.pid

    def log(self):
        with open(self.log_path, "rb") as log:
            log.seek(self.log_start)
            return log.read().decode("utf-8", "replace")

    def log_entries(self, message):
        """Returns the log lines of this run with that message, as objects."""
        found = []
        for line in self.log().splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("message") == message:
                    found.append(entry)
        return found

    def logged(self, message, **fields):
        def find():
            if self.child.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.child.returncode}:\n{self.log()}")
            for entry in self.log_entries(message):
                if all(entry.get(key) == value for key, value in fields.items()):
                    return entry
            return None
        return wait_for(find, f"{self.name} to log {message!r} {fields}")

    def terminate(self, seconds=90):
        """Ends it gracefully; returns its exit code."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not stop in {seconds} s:\n{self.log()[-3000:]}") from None

    def kill(self):
        """kill -9: nothing is flushed, nobody is told."""
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


Reply = collections.namedtuple("Reply", "status headers body")


class Http:
    """A small HTTP/1.1 client of the gateway; one connection for each call.

    `tls` is the ssl context of a gateway behind TLS.
    """

    def __init__(self, address, tls=None):
        self.host, port = address.rsplit(":", 1)
        self.port, self.tls = int(port), tls

    def send(self, method, path, body=None, headers=None):
        connection = (http.client.HTTPSConnection(self.host, self.port, timeout=60, context=self.tls)
                      if self.tls else http.client.HTTPConnection(self.host, self.port, timeout=60))
        try:
            headers = dict(headers or {})
            if body is not None and not isinstance(body, (bytes, str)):
                body = json.dumps(body)
                headers.setdefault("Content-Type", "application/json")
            if isinstance(body, str):
                body = body.encode()
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def get(self, path, **query):
        """Returns the JSON answer of a GET that must succeed."""
        return self._json("GET", path, None, query)

    def post(self, path, body=None, **query):
        """Returns the JSON answer of a POST that must succeed."""
        return self._json("POST", path, {} if body is None else body, query)

    def _json(self, method, path, body, query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        reply = self.send(method, path, body)
        if reply.status != 200:
            raise AssertionError(f"{method} {path}: {reply.status} {reply.body[:2000].decode('utf-8', 'replace')}")
        return json.loads(reply.body)

    def list(self, path, field, **query):
        """Returns all elements of a list, page by page."""
        elements = []
        query.setdefault("pageSize", 1000)
        while True:
            page = self.get(path, **query)
            elements += page[field]
            if not page.get("nextPageToken"):
                return elements
            query["pageToken"] = page["nextPageToken"]


@functools.cache
def shared_postgres():
    """Returns the server that CTest started, or one of this program's own."""
    import postgres_fixture
    server = postgres_fixture.read(BINARY / "tests" / "postgres-url")
    if server is None:
        server = postgres_fixture.Server()
        atexit.register(server.remove)
        server.make()
    return server


def make_database(server, shape):
    """Makes a database on that server; returns its URL for the product.

    Five processes have a role and a schema each, made for them; one process
    has one role that makes its schemas.
    """
    name = f"w{uuid.uuid4().hex[:12]}"
    server.sql(f"CREATE DATABASE {name}")
    if shape == ONE:
        server.sql(f"CREATE ROLE {name} LOGIN")
        server.sql(f"GRANT CREATE ON DATABASE {name} TO {name}", name)
        return server.url(name, name)
    for service in SERVICES:
        server.sql(f"CREATE ROLE {name}_{service} LOGIN")
        server.sql(f"CREATE SCHEMA {service} AUTHORIZATION {name}_{service}", name)
    return server.url(name + "_{module}", name)


class Product:
    """The product on a data folder of its own."""

    # What a test without a wish of its own runs on.
    default_engine = SQLITE

    def __init__(self, shape, folder=None, environment=None, settings=None, engine=None,
                 postgres=None, tls=None, gateway_settings=None, processes=None):
        """`settings`: further flags by name, for every process;
        `gateway_settings`: for the one with the gateway. `postgres`: a server of
        the test's own. `tls`: the ssl context of clients; welfarectl finds its
        files in the environment. `processes`: the authority of five processes
        that speak mutual TLS with each other, over TCP."""
        self.shape = shape
        self.engine = engine or self.default_engine
        # Short, since a path of a unix socket holds 107 bytes.
        self.owned = None if folder else tempfile.mkdtemp(prefix="wsys-")
        self.folder = pathlib.Path(folder or self.owned)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.settings = dict(settings or {})
        self.tls, self.gateway_settings = tls, dict(gateway_settings or {})
        if self.engine == POSTGRESQL:
            self.settings["database_url"] = make_database(
                postgres or shared_postgres(), shape)
        self.environment = {
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
            **{k: v.replace("lsan_suppressions", "lsan_process_suppressions")
               for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))},
            **(environment or {})}
        self.processes = {}
        self.grpc_address = self.admin_address = None
        self.authority, self.addresses, self.identities = processes, {}, {}
        self.gateway = self.http = None

    # --- life ---------------------------------------------------------------

    def address(self, service):
        """Where a service of the five-process shape listens."""
        if self.authority:
            return self.addresses[service]
        return f"unix:{self.folder / service}.sock"

    def identity(self, module):
        """The settings with which a process proves to others that it is `module`."""
        if self.authority and module not in self.identities:
            certificate, key = self.authority.issue(f"{module}.welfare.internal",
                                                    "serverAuth,clientAuth")
            self.identities[module] = {"peer_ca_file": self.authority.certificate,
                                       "peer_cert_file": certificate, "peer_key_file": key}
        return self.identities.get(module, {})

    def _flags(self, **flags):
        flags = {"data_dir": self.folder / "data", "assets_dir": SOURCE,
                 "ops_listen": "127.0.0.1:0", "log_format": "json",
                 "drain_wait_ms": 0, **flags, **self.settings}
        return [f"--{name.replace('_', '-')}={value}" for name, value in flags.items()]

    def _launch(self, program, **flags):
        self.processes[program] = Process(
            program, self._flags(**flags), self.folder / f"{program}.log",
            self.environment)
        return self.processes[program]

    def start_service(self, service):
        """Starts one of the four services (five-process shape)."""
        if self.authority:
            self.addresses.setdefault(service, "127.0.0.1:0")
        process = self._launch(f"welfare-{service}", listen=self.address(service),
                               **self.identity(service),
                               **{f"peer_{peer}": self.address(peer)
                                  for peer in PEERS[service]})
        if self.authority:
            self.addresses[service] = process.logged("module serves", module=service)["address"]
        return process

    def _start_gateway(self):
        listen = {"listen": "127.0.0.1:0", "http_listen": "127.0.0.1:0",
                  "admin_listen": "127.0.0.1:0", **self.gateway_settings}
        if self.shape == ONE:
            return self._launch("welfared", **listen)
        return self._launch("welfare-gateway", **listen, **self.identity("gateway"),
                            **{f"peer_{peer}": self.address(peer)
                               for peer in PEERS["gateway"]})

    def start(self):
        try:
            if self.shape == FIVE:
                for service in SERVICES:
                    self.start_service(service)
            self.gateway = self._start_gateway()
            self.find_addresses()
            if self.shape == FIVE:
                for service in SERVICES:
                    self.wait_until_serving(service)
            wait_for(self.ready, "the gateway to be ready")
            wait_for(lambda: health(self.admin_address) == "SERVING",
                     "the gateway to be SERVING")
        except BaseException:
            self.abandon()
            raise
        return self

    def find_addresses(self):
        self.gateway.logged("started")
        listeners = {entry["listener"]: entry["address"]
                     for entry in self.gateway.log_entries("module serves")
                     if entry["module"] == "gateway"}
        self.grpc_address = listeners["grpc"]
        self.admin_address = listeners["admin"]
        self.http = Http(listeners["http"], self.tls)

    def ready(self):
        with contextlib.suppress(OSError):
            return self.http.send("GET", "/healthz").status == 200
        return False

    def metrics(self, program=None):
        """Returns the reply of /metrics of one program."""
        process = self.processes[program] if program else self.gateway
        return Http(process.logged("started")["metrics"]).send("GET", "/metrics")

    def wait_until_serving(self, service):
        identity = self.identity("gateway")
        wait_for(lambda: health(self.address(service), identity=identity) == "SERVING",
                 f"{service} to be SERVING")

    def stop(self):
        """Ends every process in the order of the calls; each must exit 0."""
        codes = {}
        for program in reversed(list(self.processes)):
            codes[program] = self.processes.pop(program).terminate()
        assert not any(codes.values()), f"exit codes {codes}; logs in {self.folder}"

    def stop_service(self, service):
        code = self.processes.pop(f"welfare-{service}").terminate()
        assert code == 0, f"{service} exited with {code}"

    def kill(self):
        """kill -9 of everything."""
        for process in self.processes.values():
            process.kill()
        self.processes.clear()

    def abandon(self):
        self.kill()
        self.remove()

    def remove(self):
        if self.owned:
            shutil.rmtree(self.owned, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self.stop()
        finally:
            if kind is not None:
                for process in self.processes.values():
                    print(f"--- {process.name}\n{process.log()[-3000:]}", file=sys.stderr)
            self.abandon()

    # --- use ----------------------------------------------------------------

    def ctl(self, *arguments, check=True):
        """Runs welfarectl against the gateway."""
        done = subprocess.run(
            [str(BIN / "welfarectl"), "--server", self.grpc_address,
             *map(str, arguments)], capture_output=True, text=True,
            timeout=120, check=False, env=self.environment)
        if check and done.returncode != 0:
            raise AssertionError(f"welfarectl {arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def load_command(self):
        """Command line and environment of the load."""
        return ([str(SOURCE / "tools" / "load-demo"), self.grpc_address,
                 str(self.folder / "demo")],
                {**self.environment, "WELFARECTL": str(BIN / "welfarectl")})

    def load(self):
        """Loads registry, codebook, rounds and synthetic answers."""
        command, environment = self.load_command()
        done = subprocess.run(command, env=environment, capture_output=True,
                              text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise AssertionError(f"load-demo: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def quote(self):
        """Takes the demonstration's excerpts, one of which awaits its respondent."""
        done = subprocess.run(
            [str(SOURCE / "tools" / "demo" / "make_excerpts.py"), self.grpc_address, "2025"],
            env={**self.environment, "WELFARECTL": str(BIN / "welfarectl")}, capture_output=True,
            text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise AssertionError(f"make_excerpts: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def state(self, surveys=("jusou",)):
        """Returns every current value as sorted lines, without versions, times,
        authors and request ids."""
        lines = []
        for survey in surveys:
            for round_ in self.http.list(f"/v1/surveys/{survey}/rounds", "rounds"):
                lines.append(f"{round_['name']} {round_['state']} {round_['codebook']}")
                if round_["state"] == "STATE_PLANNED":
                    continue
                for submission in self.http.list(f"/v1/{round_['name']}/submissions",
                                                 "submissions", full="true"):
                    lines.append(f"{submission['name']} {submission['state']}")
                    for answer in submission["answers"]:
                        lines.append(" ".join([submission["name"], answer_key(answer),
                                               *map(repr, answer_content(answer))]))
        for year in ROSTER_YEARS:
            for entry in self.http.get(f"/v1/programs/jusou/rosters/{year}")["entries"]:
                lines.append(f"{year} {json.dumps(entry, sort_keys=True)}")
        return sorted(lines)

    def state_digest(self, surveys=("jusou",)):
        return hashlib.sha256("\n".join(self.state(surveys)).encode()).hexdigest()

    def report(self, fiscal_year=2025):
        """Makes a report; returns it, its HTML and its CSV archive."""
        made = self.http.post("/v1/reports", {
            "template": "jusou", "round": f"surveys/jusou/rounds/{fiscal_year}"},
            requestId=uuid.uuid4())
        return made, self.download(made, "html"), self.download(made, "csv")

    def excerpt(self, id_="consent-1", item="mlc_consent_issue", text="同意までに時間がかかる"):
        """Takes an excerpt from the first written answer there is; returns it."""
        import demo_data  # which imports this
        round_ = "surveys/jusou/rounds/2025"
        for code in sorted(demo_data.implementing(2025)):
            reply = self.http.send("POST", f"/v1/{round_}/excerpts?excerptId={id_}&requestId={uuid.uuid4()}", {
                "submission": f"{round_}/submissions/{code}-municipality", "item": item,
                "editedText": text, "category": "本人同意"})
            # Not everybody wrote something.
            if b"EXCERPT_SOURCE_EMPTY" in reply.body:
                continue
            assert reply.status in (200, 409), reply.body
            return json.loads(self.http.send("GET", f"/v1/{round_}/excerpts/{id_}").body)
        raise AssertionError("nobody wrote anything")

    def download(self, report, format_):
        reply = self.http.send("GET", f"/v1/{report['name']}:download?format={format_}")
        assert reply.status == 200, reply
        return reply.body

    def open_second_survey(self, survey="trial", fiscal_year=2025):
        """Opens a round of another survey with the same questionnaire."""
        sheets = {name: (DATA / "survey/data/jusou" / f"{name}.csv").read_text("utf-8")
                  for name in ("survey", "choices", "settings")}
        self.http.post(f"/v1/surveys/{survey}/codebooks:import", {
            "codebookId": "1", "surveyCsv": sheets["survey"],
            "choicesCsv": sheets["choices"],
            "settingsCsv": sheets["settings"].replace(",jusou,2025-1,", f",{survey},1,"),
            "requestId": str(uuid.uuid4())})
        self.http.post(f"/v1/surveys/{survey}/codebooks/1:publish")
        date = {"year": fiscal_year, "month": 6, "day": 1}
        self.http.post(f"/v1/surveys/{survey}/rounds", {
            "displayName": "架空の調査", "codebook": f"surveys/{survey}/codebooks/1",
            "program": "programs/jusou", "synthetic": True,
            "windowStart": date, "windowEnd": {**date, "month": 7}},
            roundId=fiscal_year, requestId=uuid.uuid4())
        self.http.post(f"/v1/surveys/{survey}/rounds/{fiscal_year}:open")
        return f"surveys/{survey}/rounds/{fiscal_year}"


# --- values -------------------------------------------------------------------

def answer_key(answer):
    return answer["item"] + (f"/{answer['row']}" if answer.get("row") else "")


def answer_content(answer):
    """Returns (value, other_text, absence) as the long CSV form has them."""
    if "codes" in answer:
        value = " ".join(answer["codes"]["codes"])
    elif "integer" in answer:
        value = str(answer["integer"])
    else:
        value = answer.get("text", "")
    return value, answer.get("otherText", ""), answer.get("absence", "")


# --- gRPC ---------------------------------------------------------------------

def channel_to(address, identity=None):
    """Returns a channel of grpcio, with TLS where the caller has an identity."""
    import grpc
    if not identity:
        return grpc.insecure_channel(address)
    files = [pathlib.Path(identity[name]).read_bytes() if name in identity else None
             for name in ("peer_ca_file", "peer_key_file", "peer_cert_file")]
    # Whom it finds there is not what these callers want to know: certificates
    # of processes name 127.0.0.1 too.
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(*files))


def health(address, service="", identity=None):
    """Asks the standard health service; returns the state or None. `identity`: as
    `Product.identity` returns it, of who asks."""
    states = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}
    # The two messages have one field each. By curl: grpcio would begin and end its
    # threads in a process that starts others all the time, which aborts it now and
    # then (https://github.com/grpc/grpc/issues/31885).
    name = service.encode()
    request = b"\x0a" + bytes([len(name)]) + name if name else b""
    command = ["curl", "--silent", "--max-time", "5", "--header", "content-type: application/grpc",
               "--header", "te: trailers", "--data-binary", "@-"]
    for option, file in (("--cacert", "peer_ca_file"), ("--key", "peer_key_file"), ("--cert", "peer_cert_file")):
        if identity and file in identity:
            command += [option, str(identity[file])]
    if address.startswith("unix:"):
        command += ["--unix-socket", address.removeprefix("unix:")]
        address = "localhost"
    command += (["--http2", f"https://{address}/grpc.health.v1.Health/Check"] if identity else
                ["--http2-prior-knowledge", f"http://{address}/grpc.health.v1.Health/Check"])
    done = subprocess.run(command, input=b"\0" + len(request).to_bytes(4, "big") + request,
                          capture_output=True, timeout=10, check=False)
    # An error has no message.
    if done.returncode != 0 or len(done.stdout) < 5:
        return None
    reply = done.stdout[5:]
    return states[reply[1] if len(reply) > 1 else 0]


def compile_protos(folder):
    """Compiles the contract for Python with Debian's protoc and plugin."""
    protos = SOURCE / "protos"
    installed = pathlib.Path("/usr/share/gocode/src/github.com/gogo/googleapis")
    ours = sorted(str(p.relative_to(protos)) for p in protos.glob("welfare/**/*.proto"))
    subprocess.run(
        ["/usr/bin/protoc", f"-I{protos}", f"-I{installed}", "-I/usr/include",
         f"--python_out={folder}", f"--grpc_python_out={folder}",
         "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", *ours,
         "google/api/annotations.proto", "google/api/http.proto",
         "google/rpc/status.proto", "google/rpc/error_details.proto",
         "google/type/date.proto"], check=True, timeout=60)
    sys.path.insert(0, str(folder))


# --- tests --------------------------------------------------------------------

def shape_from_command_line():
    """Takes shape and engine off the command line:
    `chain_test.py five postgresql [unittest...]`."""
    shape = ONE
    if len(sys.argv) > 1 and sys.argv[1] in (ONE, FIVE):
        shape = sys.argv.pop(1)
    engine_from_command_line()
    return shape


def engine_from_command_line():
    if len(sys.argv) > 1 and sys.argv[1] in (SQLITE, POSTGRESQL):
        Product.default_engine = sys.argv.pop(1)


class LoadedTest(unittest.TestCase):
    """Tests that share one product with the demonstration loaded."""
    shape = ONE

    @classmethod
    def make_product(cls):
        return Product(cls.shape)

    @classmethod
    def setUpClass(cls):
        cls.product = cls.make_product()
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.load_output = cls.product.load()
        cls.http = cls.product.http

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()


