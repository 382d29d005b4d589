#!/usr/bin/python3
"""The five kinds of pod in network namespaces, each replica with an address of
its own, as the overlay `production` renders them: its flags, its mutual TLS,
its network policies as packet filters, its services by name.

usage: namespaces_test.py

Exit code 77, with a sentence, where the machine makes no namespaces.
"""

import collections
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import check_manifests
import harness  # finds tests/support
import manifests
import namespaces
import network
import paced_load
import postgres_fixture
import room
from code_table import read_code
from mounted import Mounted, give_stores, make_given
from workloads import module_of, workloads

TREE = check_manifests.SOURCE / "k8s"
# Two, as the overlay's autoscalers have at least, and a spare one.
REPLICAS = {"indicator": 3, "postgres": 1, "redis": 1}
ELSEWHERE = {"kubernetes.io/metadata.name": "elsewhere"}
READS = ("/v1/surveys/jusou/indicators", "/v1/programs")
MODULES = ("registry", "survey", "indicator", "report", "gateway")
DEMO_ISSUER = "https://id.example/demo"


class Process(harness.Process):
    """A program in a pod, which asks the name server of the pods."""

    def __init__(self, pod, module, arguments, folder, environment, resolver):
        self.name, self.log_path, self.log_start = f"{module} at {pod.address}", folder / f"{pod.name}.log", 0
        with open(self.log_path, "wb") as log:
            self.child = subprocess.Popen(
                ["ip", "netns", "exec", pod.place, "unshare", "--mount", "--propagation", "private", "sh", "-c",
                 'mount --bind "$0" /etc/resolv.conf && exec "$@"', resolver,
                 harness.BIN / f"welfare-{module}", *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=folder)


class Gateway:
    """The door, as a caller in another place sees it."""

    def __init__(self, caller, address, authority, token=None):
        self.caller, self.address = caller, str(address)
        self.context = ssl.create_default_context(cafile=authority)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def status(self, *request):
        try:
            return self.ask(*request)[0]
        except OSError as error:
            return error

    def ask(self, path, method="GET", body=None, content_type=None):
        """Returns status and body."""
        connection = http.client.HTTPSConnection("localhost", 7180, timeout=90, context=self.context)
        connection._create_connection = lambda *_: self.caller.inside(
            socket.create_connection, (self.address, 7180), 90)
        try:
            connection.request(method, path, body, {**self.headers, **({"content-type": content_type} if body else {})})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


class Load:
    """Calls from several threads until it is left; what they came to."""

    def __init__(self, gateway):
        self.gateway, self.ended = gateway, threading.Event()
        self.counts = collections.Counter()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._go, args=(number,)) for number in range(4)]

    def _go(self, number):
        while not self.ended.is_set():
            number += 1
            status = self.gateway.status(READS[number % len(READS)])
            with self.lock:
                self.counts[status if isinstance(status, int) else repr(status)] += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def some_more(self, calls=200):
        wanted = sum(self.counts.values()) + calls
        harness.wait_for(lambda: sum(self.counts.values()) >= wanted, f"{calls} calls more")


class Namespaces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kubectl = manifests.find_kubectl()
        if kubectl is None:
            raise unittest.SkipTest("no kubectl that can render")
        reason = namespaces.reason_not_to()
        if reason:
            raise unittest.SkipTest(f"this machine makes no namespaces: {reason}")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="wnet-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.objects, failed = manifests.render(kubectl, TREE / "overlays/production")
        assert not failed, failed
        cls.code = read_code(check_manifests.SOURCE, harness.BIN)
        cls.make_stores()
        cls.make_pods()
        cls.filters = namespaces.Filters(cls.objects, cls.network.pods)
        cls.processes = {}
        cls.addClassCleanup(lambda: [process.kill() for process in cls.processes.values()])

    names = None

    def tearDown(self):
        """What a test that failed has left running."""
        for process in self.processes.values():
            process.kill()
        self.processes.clear()

    @classmethod
    def make_stores(cls):
        cls.given = make_given(TREE, cls.folder / "made")
        # By a socket in a folder: what policies say of PostgreSQL is asked apart.
        cls.server = postgres_fixture.Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.make()
        give_stores(cls.given, cls.server, cls.objects)

    @classmethod
    def make_pods(cls):
        cls.network = namespaces.Network()
        cls.addClassCleanup(cls.network.remove)
        cls.network.make()
        add = cls.network.add
        cls.pods = {}  # kind -> its replicas
        for number, (kind, pods) in enumerate(network.kinds_of(cls.objects).items(), 1):
            cls.pods[kind] = [add(f"{kind}-{replica}", f"100.64.{number}.{replica}", pods.labels, pods.ports)
                              for replica in range(1, REPLICAS.get(kind, 2) + 1)]
        cls.stranger = add("stranger", "100.64.200.1", {})
        cls.prometheus = add("prometheus", "100.64.201.1", network.PROMETHEUS[0], namespace=network.PROMETHEUS[1])
        cls.dns = add("dns", "100.64.202.1", network.DNS[0], {"dns": 53}, network.DNS[1])
        cls.caller = add("caller", "10.1.0.9", {}, {"https": 443}, namespace=ELSEWHERE)
        (cls.folder / "resolv.conf").write_text(
            f"nameserver {cls.dns.address}\nsearch {namespaces.SEARCH}\noptions ndots:5\n")

    # --- who may talk to whom -------------------------------------------------

    def wanted(self, source, target, port):
        """What the code says, and the surroundings of any platform."""
        caller, called = (pod.name.rsplit("-", 1)[0] for pod in (source, target))
        if target is self.dns:
            return True
        if caller == "postgres":  # backups go to an object store
            return target is self.caller and port == 443
        process = self.code.processes.get(caller)
        if process:
            peers = {peer: self.code.processes[peer].grpc_port for peer in process.peers}
            stores = {**({"postgres": 5432} if process.keeps_data else {}), **({"redis": 6379} if process.caches else {})}
            return {**peers, **stores}.get(called) == port
        if source is self.prometheus:
            return called in self.code.processes and port == self.code.processes[called].ops_port
        if source is self.caller:
            return called == "gateway" and port in (target.ports["grpc"], target.ports["http"])
        return False

    def ways(self):
        for source in self.network.pods:
            for target in self.network.pods:
                # What others do among themselves is not ours to say; replicas of
                # one kind may or may not (CloudNativePG's do).
                if (namespaces.HERE in (source.namespace, target.namespace)
                        and (source.labels, source.namespace) != (target.labels, target.namespace)):
                    for name, port in target.ports.items():
                        yield source, target, name, port

    def reached(self):
        return {(source.name, target.name, name): source.inside(namespaces.connects, target.address, port)
                for source, target, name, port in self.ways()}

    def test_1_default_deny_holds_and_edges_work(self):
        listeners = [pod.inside(socket.create_server, (str(pod.address), port))
                     for pod in self.network.pods for port in set(pod.ports.values())]
        with contextlib.ExitStack() as open_:
            for listener in listeners:
                open_.callback(listener.close)
            # Without policies everybody reaches everybody: what is denied below
            # is denied by them.
            self.assertEqual([way for way, reached in self.reached().items() if not reached], [])
            for pod in self.network.pods:
                pod.filter(self.filters.of(pod))
            self.compare()

    def compare(self):
        wanted = {(source.name, target.name, name): self.wanted(source, target, port)
                  for source, target, name, port in self.ways()}
        self.assertGreater(sum(wanted.values()), 15)
        reached = self.reached()
        self.assertEqual({way for way in wanted if wanted[way] and not reached[way]}, set(), "edges that do not work")
        self.assertEqual({way for way in wanted if reached[way] and not wanted[way]}, set(), "ways that are open")

    # --- the platform on it ---------------------------------------------------

    @classmethod
    def serve_names(cls):
        """From the first test that has programs on; its port was another's before."""
        if cls.names is None:
            cls.names = namespaces.Names(cls.dns, cls.records)
            cls.addClassCleanup(cls.names.close)

    def start(self, module, pod):
        thing = next((pod_, t) for t, _, pod_ in workloads(self.objects) if module_of(t) == module)[0]
        mounted = Mounted(self.folder / "pods" / pod.name, thing, thing["spec"]["containers"][0], self.given)
        environment = mounted.environment()
        environment.pop("WELFARE_REDIS_URL_FILE", None)  # derived values alone
        if module == "gateway":
            environment["WELFARE_JWT_ISSUER"] = DEMO_ISSUER
        self.processes[pod.name] = Process(pod, module, mounted.arguments(), self.folder, environment,
                                           self.folder / "resolv.conf")
        self.processes[pod.name].logged("started")

    @classmethod
    def ready(cls, pod):
        """As the kubelet sees it, from the pod's node."""
        def ask():
            connection = http.client.HTTPConnection(str(pod.address), pod.ports["ops"], timeout=90)
            connection.request("GET", "/readyz")
            with contextlib.closing(connection):
                return connection.getresponse().status == 200
        try:
            return namespaces.inside(cls.network.node, ask)
        except OSError:
            return False

    @classmethod
    def records(cls, name):
        kind = name.removeprefix("welfare-")
        if not name.startswith("welfare-") or kind not in cls.pods:
            return None
        return [pod.address for pod in cls.pods[kind] if pod.name in cls.processes and cls.ready(pod)]

    def handled(self, module):
        """Calls that each replica has answered, as Prometheus reads it."""
        def ask(pod):
            connection = http.client.HTTPConnection(str(pod.address), pod.ports["ops"], timeout=90)
            with contextlib.closing(connection):
                connection.request("GET", "/metrics")
                return connection.getresponse().read().decode()
        return {pod.name: sum(float(count) for count in re.findall(
            rf'^grpc_server_handled_total{{[^}}]*grpc_code="OK"[^}}]*grpc_service="welfare\.{module}\.v1\.[^}}]*}} (\S+)$',
            self.prometheus.inside(ask, pod), re.M))
                for pod in self.pods[module] if pod.name in self.processes}

    def leave(self, pod):
        """As a pod that is deleted: told to end, and no longer named."""
        self.processes[pod.name].child.terminate()
        self.assertEqual(self.processes[pod.name].child.wait(90), 0, self.processes[pod.name].log()[-2000:])
        del self.processes[pod.name]

    def test_2_calls_are_spread_and_replicas_come_and_go(self):
        self.serve_names()
        spare = self.pods["indicator"][-1]
        for module in MODULES:
            for pod in self.pods[module]:
                if pod is not spare:
                    self.start(module, pod)
        gateway = Gateway(self.caller, self.pods["gateway"][0].address, self.folder / "made/credentials/ca.pem")
        for path in READS:
            harness.wait_for(lambda p=path: gateway.status(p) == 200, f"{path} through the gateway")
        self.assertIn(f"welfare-indicator.{namespaces.SEARCH}", self.names.asked)
        self.certificates_are_asked_for()
        with Load(gateway) as load:
            self.spread("indicator", load)
            self.spread("registry", load)
            # One comes, one leaves; who asks for the name again finds the new one.
            self.start("indicator", spare)
            harness.wait_for(lambda: self.ready(spare), "the new replica to be ready")
            self.leave(self.pods["indicator"][0])
            self.leave(self.pods["registry"][0])
            load.some_more()
            harness.wait_for(lambda: self.handled("indicator")[spare.name] > 0, "calls to the new replica")
            self.spread("indicator", load)
        self.assertEqual(set(load.counts), {200}, load.counts)
        print(f"{sum(load.counts.values())} calls while replicas came and went, none failed", flush=True)
        # The policies hold with the programs as they do with a bare listener.
        gone = [pod for pods in self.pods.values() for pod in pods if pod.name not in self.processes]
        for source, target, name, port in self.ways():
            if target not in gone and name in ("grpc", "http", "ops"):
                self.assertEqual(source.inside(namespaces.connects, target.address, port),
                                 self.wanted(source, target, port), (source.name, target.name, name))
        self.stop()

    def stop(self):
        """In the order of the calls, so that nobody waits for anybody."""
        for module in reversed(MODULES):
            for pod in self.pods[module]:
                if pod.name in self.processes:
                    self.leave(pod)

    def test_3_a_rollout_fails_no_request(self):
        """Each replica is replaced by another, one after the other, while 200
        requests a second come: what callers may repeat never fails, and what
        was written was written once."""
        self.serve_names()
        for module in MODULES:
            for pod in self.pods[module][:2]:
                self.start(module, pod)
        for module in MODULES:
            for pod in self.pods[module][:2]:
                harness.wait_for(lambda p=pod: self.ready(p), f"{pod.name} to be ready")
        credentials = self.folder / "made/credentials"
        token = (credentials / "loader.token").read_text().strip()
        gateway = Gateway(self.caller, self.pods["gateway"][0].address, credentials / "ca.pem", token)
        for path in paced_load.READS[2:]:
            harness.wait_for(lambda p=path: gateway.status(p) == 200, f"{path} through the gateway")
        table = (harness.DATA / "registry/data/municipalities.csv").read_bytes()

        def version():
            """As a write says it; reads may be of a replica that has not seen the last one yet."""
            status, body = gateway.ask("/v1/municipalities:batchImport", "POST", table, "text/csv")
            self.assertEqual(status, 200, body)
            return int(json.loads(body)["version"])
        before = version()
        codes = [line.partition(",")[0] for line in table.decode().splitlines()[1:]]
        replaced = 0
        with paced_load.Door(lambda: self.records("welfare-gateway")) as door, paced_load.PacedLoad(
                door, self.caller, credentials / "ca.pem", token, codes, rate=200) as load:
            self.some_requests(load)
            for module in MODULES:
                for pod in self.pods[module][:2]:
                    self.leave(pod)
                    self.start(module, pod)
                    harness.wait_for(lambda p=pod: self.ready(p), f"{pod.name} to be ready again")
                    replaced += 1
                    self.some_requests(load)
        total = sum(load.counts.values())
        print(f"{replaced} replicas replaced under {total / load.seconds:.0f} requests a second: {load.counts[200]} of {total} "
              f"answered, {load.writes} of them writes; {load.resent} sent again on a new connection; "
              f"begun {load.latest * 1e3:.0f} ms late at most", flush=True)
        self.assertEqual(set(load.counts), {200}, load.counts)
        gateway.address = str(self.pods["gateway"][0].address)
        self.assertEqual(version(), before + load.writes)  # what it brings is there already
        self.stop()

    @staticmethod
    def some_requests(load, requests=400):
        wanted = sum(load.counts.values()) + requests
        harness.wait_for(lambda: sum(load.counts.values()) >= wanted, f"{requests} requests more")

    def spread(self, module, load):
        before = self.handled(module)
        load.some_more(400)
        after = self.handled(module)
        answered = {name: after[name] - before[name] for name in after}
        share = sum(answered.values()) / len(answered)
        self.assertGreater(share, 20)
        for name, count in answered.items():
            self.assertGreater(count, share / 2, answered)

    def certificates_are_asked_for(self):
        """By an allowed way, from the gateway's pod: without a certificate
        nobody answers."""
        gateway, registry = self.pods["gateway"][0], self.pods["registry"][0]

        def speaks(module):
            mounted = self.folder / "pods" / (self.pods[module][0].name if module else gateway.name) / "etc/welfare/peer"
            context = ssl.create_default_context(cafile=mounted / "ca.crt")
            context.set_alpn_protocols(["h2"])
            if module:
                context.load_cert_chain(mounted / "tls.crt", mounted / "tls.key")
            try:
                with socket.create_connection((str(registry.address), registry.ports["grpc"]), timeout=90) as plain:
                    with context.wrap_socket(plain, server_hostname="registry.welfare.internal") as stream:
                        stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
                        return len(stream.recv(9)) == 9  # its settings
            except OSError:
                return False
        self.assertTrue(gateway.inside(speaks, "gateway"))
        self.assertFalse(gateway.inside(speaks, None))


if __name__ == "__main__":
    os.umask(0o077)
    room.enter(private=["/run/netns"])
    done = unittest.main(verbosity=2 if sys.stderr.isatty() else 0, exit=False).result
    sys.exit(1 if not done.wasSuccessful() else 77 if done.skipped else 0 if done.testsRun else 1)
