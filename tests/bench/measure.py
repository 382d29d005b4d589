"""How tools/bench measures: processes, load generators, rounds and goals.

A figure compares sides: the product first, then the limit or peer that it is
held against. A round starts a fresh process of every side; then the sides take
turns of a fraction of a second, so that whatever else the machine does falls
on all of them alike: it changes its speed by half within seconds. A round's
value is the median of its turns, and what counts is the median of the rounds'
ratios.
"""

import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """A measurement that cannot be trusted: says why."""


class Skipped(Exception):
    """A measurement that needs what this machine does not have: says what."""


# --- figures -----------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Goal:
    """A bound on one metric: of its ratio to the limit, or of its value."""

    metric: str
    at_least: float = None
    at_most: float = None
    absolute: bool = False
    load: str = ""  # only of this one

    def met(self, value):
        return value >= self.at_least if self.at_most is None else value <= self.at_most

    def __str__(self):
        sign, bound = (">=", self.at_least) if self.at_most is None else ("<=", self.at_most)
        return f"{self.metric} {sign} {_number(bound)}{'' if self.absolute else 'x'}" \
            f"{f' at {self.load}' if self.load else ''}"


@dataclasses.dataclass(frozen=True)
class Figure:
    """`sides(bench)` is a context manager that prepares what all rounds share
    and yields {side: start}, the product first. `start()` is one for a round:
    it starts a process and yields {load: take_turn}, alike for all sides, and
    `take_turn()` returns {metric: number}."""

    name: str
    about: str
    sides: object
    goals: tuple = ()
    rounds: int = 5
    turns: int = 1


class Bench:
    """What figures know of this run of tools/bench."""

    def __init__(self, binary_dir, engine="sqlite", scale=1.0):
        self.binary_dir = pathlib.Path(binary_dir)
        self.engine = engine
        self.scale = scale  # of the number of requests and records

    def program(self, name):
        for folder in ("bin", "tests"):
            path = self.binary_dir / folder / name
            if path.exists():
                return path
        raise BenchError(f"{name} is not built in {self.binary_dir}")

    def count(self, full):
        return max(64, int(full * self.scale))

    @contextlib.contextmanager
    def folder(self):
        # Short, since a path of a unix socket holds 107 bytes.
        path = pathlib.Path(tempfile.mkdtemp(prefix="wbench-", dir="/tmp"))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def measure(figure, bench, rounds=None, say=lambda text: None):
    """Runs a figure; returns what goes into the JSON file."""
    rounds = rounds or figure.rounds
    seen = {}  # load -> side -> metric -> [one value for each round]
    with figure.sides(bench) as sides:
        names = list(sides)
        for number in range(rounds):
            say(f"{figure.name}: round {number + 1} of {rounds}")
            for load, by_side in _round(sides, figure.turns).items():
                for side, values in by_side.items():
                    kept = seen.setdefault(load, {}).setdefault(side, {})
                    for metric, value in values.items():
                        kept.setdefault(metric, []).append(value)
    result = {"name": figure.name, "about": figure.about, "rounds": rounds, "turns": figure.turns,
              "loads": {}}
    for load, by_side in seen.items():
        product = by_side[names[0]]
        ratios = {}
        if len(names) > 1:
            limit = by_side[names[1]]
            for metric in product:
                pairs = list(zip(product[metric], limit.get(metric, ())))
                if pairs and all(base for _, base in pairs):
                    ratios[metric] = [value / base for value, base in pairs]
        goals = []
        for goal in figure.goals:
            values = product.get(goal.metric) if goal.absolute else ratios.get(goal.metric)
            if values is None or goal.load not in ("", load):
                continue
            value = statistics.median(values)
            goals.append({"goal": str(goal), "value": value, "met": goal.met(value)})
        result["loads"][load] = {
            "sides": {side: {metric: _spread(values) for metric, values in metrics.items()}
                      for side, metrics in by_side.items()},
            "ratios": {metric: _spread(values) for metric, values in ratios.items()},
            "goals": goals,
        }
    return result


def _round(sides, turns):
    """One round; returns {load: {side: {metric: median of the turns}}}."""
    taken = {}
    with contextlib.ExitStack() as stack:
        running = {side: stack.enter_context(start()) for side, start in sides.items()}
        for load in next(iter(running.values())):
            for _ in range(turns):
                for side, loads in running.items():
                    taken.setdefault(load, {}).setdefault(side, []).append(loads[load]())
    return {load: {side: {metric: statistics.median(turn[metric] for turn in values)
                          for metric in values[0]}
                   for side, values in by_side.items()}
            for load, by_side in taken.items()}


def _spread(values):
    return {"median": statistics.median(values), "rounds": values}


def table(results):
    """Returns the results as lines for a terminal."""
    columns = ("figure", "load", "side", "rps", "p50_us", "p99_us", "cpu_us", "bytes", "other")
    rows = [columns]
    verdicts = []
    for result in results:
        for load, data in result["loads"].items():
            for side, metrics in data["sides"].items():
                medians = {metric: spread["median"] for metric, spread in metrics.items()}
                shown = [_number(medians.pop(column, None)) for column in columns[3:8]]
                other = ", ".join(f"{metric} {_number(value)}" for metric, value in medians.items())
                rows.append((result["name"], load, side, *shown, other))
            for metric, spread in data["ratios"].items():
                low, high = min(spread["rounds"]), max(spread["rounds"])
                verdicts.append((result["name"], load, f"{metric} ratio {spread['median']:.2f}",
                                 f"({low:.2f} to {high:.2f})", "", ""))
            for goal in data["goals"]:
                verdicts.append((result["name"], load, f"goal {goal['goal']}", f"{goal['value']:,.2f}",
                                 "met" if goal["met"] else "NOT MET", ""))
    return _columns(rows) + [""] + _columns(verdicts)


def _number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _columns(rows):
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


# --- processes ---------------------------------------------------------------


def wait_for(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise BenchError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.005)


class Server:
    """A process under load; its output goes to a file, as a container's would."""

    def __init__(self, arguments, folder):
        self.name = pathlib.Path(arguments[0]).name
        handle, path = tempfile.mkstemp(prefix=self.name + "-", suffix=".log", dir=folder)
        self.log_path = pathlib.Path(path)
        with os.fdopen(handle, "wb") as log:
            self.child = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=folder)

    def find_in_log(self, pattern):
        def find():
            if self.child.poll() is not None:
                raise BenchError(f"{self.name} ended with {self.child.returncode}:\n"
                                 + self.log_path.read_text("utf-8", "replace")[-2000:])
            return re.search(pattern, self.log_path.read_text("utf-8", "replace"))
        return wait_for(find, f"{self.name} to say {pattern}").group(1)

    def cpu_seconds(self):
        """User and system time so far, to the nanosecond."""
        # The clock that clock_getcpuclockid(3) names: Linux makes its number
        # of the process's.
        return time.clock_gettime((~self.child.pid << 3) | 2)

    def peak_rss_mib(self):
        return self._memory_mib("VmHWM")

    def rss_mib(self):
        return self._memory_mib("VmRSS")

    def _memory_mib(self, field):
        text = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", text).group(1)) / 1024

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


def run(arguments, seconds=600):
    """Runs a program to its end; returns its standard output."""
    try:
        done = subprocess.run([str(argument) for argument in arguments], capture_output=True,
                              text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise BenchError(f"{arguments[0]} is missing: tools/install-dependencies bench") from None
    if done.returncode != 0:
        raise BenchError(f"{arguments[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def yardstick(bench, folder, name, *arguments):
    """Runs a bare server of tests/bench; yields (server, address)."""
    with Server([bench.program(name), *arguments], folder) as server:
        yield server, "127.0.0.1:" + server.find_in_log(r"listening (\d+)")


# --- load generators ---------------------------------------------------------


def string_message(text):
    """A serialised message with one string in field 1."""
    data = text.encode()
    assert len(data) < 128
    return b"\x0a" + bytes([len(data)]) + data


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def url_of(address):
    """"https://127.0.0.1:7180" stays, "127.0.0.1:7180" is plain."""
    return address if "://" in address else f"http://{address}"


def h2load(address, method, message, clients, streams, requests, folder, headers=()):
    """Sends unary gRPC calls; returns {rps, p50_us, p99_us, bytes}.

    h2load counts every HTTP 200 as a success, and gRPC errors are HTTP 200:
    the caller checks `bytes`, the size of each reply message.
    """
    body = folder / "request.bin"
    body.write_bytes(b"\0" + len(message).to_bytes(4, "big") + message)
    log = folder / "h2load.log"
    log.unlink(missing_ok=True)  # h2load appends
    through = ["-B", address] if address.startswith("unix:") else []
    url = url_of("localhost" if through else address)
    out = run(["h2load", "-n", requests, "-c", clients, "-m", streams, "-t", 1,
               *(word for header in ("content-type: application/grpc", "te: trailers", *headers)
                 for word in ("-H", header)),
               "-d", body, f"--log-file={log}", *through, url + method])
    done = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored", out)
    if not done or int(done.group(1)) != requests:
        raise BenchError(f"h2load on {method}:\n{out}")
    # The exact bytes stand in parentheses.
    data = int(re.search(r"\((\d+)\) data", out).group(1))
    if data % requests:
        raise BenchError(f"{method}: replies differ in size, {data} bytes for {requests}")
    times = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines())
    rate = float(re.search(r"finished in [^,]+, ([\d.]+) req/s", out).group(1))
    # Five bytes frame each message.
    return {"rps": rate, "p50_us": percentile(times, 0.5), "p99_us": percentile(times, 0.99),
            "bytes": data // requests - 5}


def h2load_get(address, path, status, clients, streams, requests, folder, headers=()):
    """Sends GETs over HTTP/2, all answered with a status of the class `status` ("3xx"); returns
    {rps, p50_us, p99_us}."""
    log = folder / "h2load-get.log"
    log.unlink(missing_ok=True)
    out = run(["h2load", "-n", requests, "-c", clients, "-m", streams, "-t", 1,
               *(word for header in headers for word in ("-H", header)), f"--log-file={log}",
               url_of(address) + path])
    answered = re.search(rf"(\d+) {status}", out)
    if not answered or int(answered.group(1)) != requests:
        raise BenchError(f"h2load on {path}:\n{out}")
    times = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines())
    rate = float(re.search(r"finished in [^,]+, ([\d.]+) req/s", out).group(1))
    return {"rps": rate, "p50_us": percentile(times, 0.5), "p99_us": percentile(times, 0.99)}


UNARY_LOADS = ((4, 8), (8, 32))  # connections x streams


def unary_loads(server, address, method, message, reply_bytes, folder, requests, warm_up, headers=()):
    """The turns of a fresh server under each of UNARY_LOADS."""
    def turn(clients, streams):
        before = server.cpu_seconds()
        values = h2load(address, method, message, clients, streams, requests, folder, headers)
        values["cpu_us"] = (server.cpu_seconds() - before) / requests * 1e6
        if reply_bytes is not None and values["bytes"] != reply_bytes:
            raise BenchError(f"{method}: replies of {values['bytes']} bytes, not {reply_bytes}: errors?")
        return values

    for clients, streams in UNARY_LOADS:
        h2load(address, method, message, clients, streams, warm_up, folder, headers)
    return {f"{clients}x{streams}": functools.partial(turn, clients, streams)
            for clients, streams in UNARY_LOADS}


def wrk(address, path, connections, seconds, *options):
    """Sends HTTP/1.1 GETs; returns {rps, p50_us, p99_us, bytes}."""
    out = run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *options,
               url_of(address) + path])
    if "Non-2xx" in out or "Socket errors" in out:
        raise BenchError(f"wrk on {path}:\n{out}")
    requests, size = re.search(r"(\d+) requests in [^,]+, ([\d.]+\w+) read", out).groups()
    micros = {"us": 1, "ms": 1e3, "s": 1e6}

    def time_of(share):
        value, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(value) * micros[unit]
    units = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}
    value, unit = re.fullmatch(r"([\d.]+)(\w+)", size).groups()
    return {"rps": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            "p50_us": time_of(50), "p99_us": time_of(99),
            "bytes": round(float(value) * units[unit] / int(requests)), "requests": int(requests)}


def program_json(arguments, seconds=600):
    """Runs a load program that prints one JSON object."""
    return json.loads(run(arguments, seconds))
