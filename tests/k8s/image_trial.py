"""Starts images as a node would, as strictly as k8s/base asks for, and ends them
while a call runs."""

import contextlib
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness

# The order in which they need each other.
ORDER = ("registry", "survey", "indicator", "report", "gateway")
USER = 65532
# What a pod may and may not (k8s/base); the two limits are what podman would raise.
CONFINED = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--network=host",
            "--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL",
            "--security-opt", "no-new-privileges", "--memory", "768m")
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
LIST_SERVICES = b"\x3a\x00"


class Container(harness.Process):
    """One running image; `podman run` in the foreground ends as the program does."""

    def __init__(self, podman, image, process, folder, flags):
        self.podman, self.name = podman, f"welfare-trial-{uuid.uuid4().hex[:12]}"
        self.log_path, self.log_start = folder / f"{process}.log", 0
        data = folder / process  # as the kubelet hands a volume to the group of a pod
        data.mkdir()
        os.chown(data, USER, USER)
        with open(self.log_path, "wb") as log:
            self.child = subprocess.Popen(
                [*podman, "run", "--rm", "--name", self.name, *CONFINED, "--tmpfs", "/tmp",
                 "--volume", f"{data}:/var/lib/welfare", image, *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ask(self, *command):
        return subprocess.run([*self.podman, *command], capture_output=True, text=True, timeout=90, check=True).stdout

    def status(self):
        """What the kernel says of the program, and its mounts."""
        pid = self.ask("inspect", "--format", "{{.State.Pid}}", self.name).strip()
        proc = pathlib.Path("/proc") / pid
        fields = dict(re.findall(r"^(\w+):\s*(.*)$", (proc / "status").read_text(), re.M))
        mounts = {line.split()[4]: line.split()[5].split(",") for line in (proc / "mountinfo").read_text().splitlines()}
        return fields, mounts

    def end(self):
        self.ask("kill", "--signal", "TERM", self.name)

    def kill(self):
        if self.child.poll() is None:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.ask("kill", "--signal", "KILL", self.name)
        self.child.wait(90)


class Stream:
    """A call that runs until it is told to end: the requests are a queue."""

    def __init__(self, address, method, serializer=None, deserializer=None):
        import grpc
        self.channel = grpc.insecure_channel(address)
        self.requests = queue.Queue()
        self.replies = self.channel.stream_stream(method, serializer, deserializer)(
            iter(self.requests.get, None), timeout=harness.wait_for.__defaults__[0])

    def ask(self, request):
        self.requests.put(request)
        return next(self.replies)

    def finish(self):
        """Ends it; raises where the call did not end well."""
        self.requests.put(None)
        rest = list(self.replies)
        self.channel.close()
        assert not rest and self.replies.code().value[0] == 0, (rest, self.replies.code())


class RunningImport:
    """Municipalities handed in, half before the end begins and half after."""

    def __init__(self, address, folder):
        protos = folder / "protos"
        protos.mkdir()
        harness.compile_protos(protos)
        from welfare.registry.v1 import municipality_requests_pb2 as requests
        from welfare.type.v1 import csv_import_pb2
        lines = (harness.DATA / "registry/data/municipalities.csv").read_text("utf-8").splitlines(keepends=True)
        self.batches = [lines[0] + "".join(half) for half in (lines[1:31], lines[31:])]
        self.make = requests.ImportMunicipalitiesRequest
        self.stream = Stream(address, "/welfare.registry.v1.RegistryService/ImportMunicipalities",
                             self.make.SerializeToString, csv_import_pb2.ImportResult.FromString)
        self.send()

    def send(self):
        request = self.make(request_id=str(uuid.uuid4()))
        request.batch.csv = self.batches.pop(0)
        result = self.stream.ask(request)
        assert result.counts.created, result

    def finish(self):
        self.send()
        self.stream.finish()


class RunningReflection:
    def __init__(self, address, folder):
        self.stream = Stream(address, REFLECTION)
        self.stream.ask(LIST_SERVICES)

    def finish(self):
        assert b"grpc.health.v1.Health" in self.stream.ask(LIST_SERVICES)
        self.stream.finish()


def check(condition, sentence):
    if not condition:
        raise AssertionError(sentence)


class Trial:
    """Images by process; started together, looked at, ended one by one."""

    def __init__(self, podman, images, say):
        self.podman, self.images, self.say = podman, images, say
        self.running, self.addresses, self.ops = {}, {}, {}

    def run(self):
        with tempfile.TemporaryDirectory(prefix="wimage-") as folder:
            folder = pathlib.Path(folder)
            try:
                for process in (p for p in ORDER if p in self.images):
                    self._start(process, folder)
                for process in self.running:
                    self._look(process)
                if len(self.running) == len(ORDER):
                    self._through_the_door()
                for process in reversed(list(self.running)):
                    self._end(process, folder)
            except BaseException:
                for process, container in self.running.items():
                    print(f"--- {process}\n{container.log()[-3000:]}", file=sys.stderr)
                raise
            finally:
                for container in self.running.values():
                    container.kill()

    def _start(self, process, folder):
        flags = ["--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--data-dir=/var/lib/welfare/data",
                 "--log-format=json", "--drain-wait-ms=500", "--drain-timeout-ms=20000"]
        flags += [f"--peer-{peer}={self.addresses[peer]}" for peer in harness.PEERS[process] if peer in self.addresses]
        if process == "gateway":
            flags += ["--http-listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"]
        began = time.monotonic()
        container = Container(self.podman, self.images[process], process, folder, flags)
        self.running[process] = container
        self.ops[process] = harness.Http(container.logged("started")["metrics"])
        name = {"listener": "admin"} if process == "gateway" else {"module": process}
        self.addresses[process] = container.logged("module serves", **name)["address"]
        for path in ("/livez", "/readyz"):
            harness.wait_for(lambda p=path: self.ops[process].send("GET", p).status == 200, f"{process} {path}")
        self.say(f"{process}: ready {time.monotonic() - began:.1f} s after podman began")

    def _look(self, process):
        container = self.running[process]
        fields, mounts = container.status()
        check(set(fields["Uid"].split()) == {str(USER)}, f"{process} runs as {fields['Uid']}")
        for name in ("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb"):
            check(int(fields[name], 16) == 0, f"{process} has capabilities: {name} {fields[name]}")
        check(fields["NoNewPrivs"] == "1", f"{process} may gain privileges")
        check("ro" in mounts["/"], f"{process} may write to its root")
        check(harness.health(self.addresses[process]) == "SERVING", f"{process} answers no health check")
        metrics = self.ops[process].send("GET", "/metrics")
        check(metrics.status == 200 and b"welfare_build_info{" in metrics.body, f"{process} has no metrics")
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics.body,
                                 capture_output=True, timeout=60, check=False)
        check(checked.returncode == 0, f"promtool on {process}: {checked.stderr.decode()}")
        for shell in ("/bin/sh", "/bin/bash", "/usr/bin/busybox"):
            done = subprocess.run([*self.podman, "exec", container.name, shell, "-c", "true"],
                                  capture_output=True, timeout=90, check=False)
            check(done.returncode != 0, f"{process} has a shell: {shell}")
        self.say(f"{process}: serves health and metrics; uid {USER}, root read-only, no capability, no shell")

    def _through_the_door(self):
        door = self.running["gateway"].logged("module serves", listener="http")["address"]
        http = harness.Http(door)
        for path in ("/v1/programs", "/v1/surveys/jusou/rounds", "/v1/surveys/jusou/indicators", "/v1/reports"):
            harness.wait_for(lambda p=path: http.send("GET", p).status == 200, f"{path} through the gateway")
        self.say("gateway: each of the four answers through it")

    def _end(self, process, folder):
        container = self.running[process]
        make = RunningImport if process == "registry" else RunningReflection
        call = make(self.addresses[process], folder)
        container.end()
        harness.wait_for(lambda: self.ops[process].send("GET", "/readyz").status == 503, f"{process} to drain")
        call.finish()
        code = container.child.wait(90)
        check(code == 0, f"{process} exited with {code}")
        check(len(container.log_entries("stopped")) == 1, f"{process} did not say that it stopped")
        del self.running[process]
        self.say(f"{process}: finished its call after SIGTERM, exit 0")


def reason_not_to_run(podman, folder):
    """Why no container runs on this machine whatever is in it, or None: its own
    /bin/true is tried, as strictly confined as an image."""
    if os.geteuid() != 0:
        return "not root"
    root = folder / "probe"
    (root / "usr").mkdir(parents=True, exist_ok=True)
    for name in ("bin", "lib", "lib64"):
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")
    try:
        done = subprocess.run([*podman, "run", "--rm", *CONFINED, "--volume", "/usr:/usr:ro", "--rootfs", root,
                               "/usr/bin/true"], capture_output=True, text=True, timeout=120, check=False)
    except FileNotFoundError:
        return "podman is not installed"
    said = done.stderr.strip().splitlines()
    return None if done.returncode == 0 else (said[-1] if said else f"podman ends with {done.returncode}")
