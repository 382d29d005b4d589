#!/usr/bin/python3
"""What a request, a connection and a round cost, of which k8s/operations.md makes
its table: processor time and memory of five processes on SQLite, from /proc, so that
the speed of whoever asks does not count.

usage: WELFARE_BINARY_DIR=build/release tests/bench/capacity.py [--few]

--few: a handful of everything, to see that it works.
"""

import concurrent.futures
import http.client
import itertools
import json
import os
import pathlib
import re
import resource
import socket
import statistics
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGESIZE")
ROUND = "/v1/surveys/jusou/rounds/2025"


class Processes:
    def __init__(self, product):
        self.product = product
        self.pids = {name.removeprefix("welfare-"): process.pid
                     for name, process in product.processes.items()}

    def cpu(self):
        """Returns processor seconds by process."""
        return {name: sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text("ascii")
                              .rpartition(")")[2].split()[11:13])) / TICKS
                for name, pid in self.pids.items()}

    def memory(self):
        """Returns resident bytes by process."""
        return {name: int(pathlib.Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE
                for name, pid in self.pids.items()}

    def peak(self, name):
        """Returns the most bytes that a process ever had."""
        status = pathlib.Path(f"/proc/{self.pids[name]}/status").read_text("ascii")
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.M)[1]) * 1024

    def used(self, work):
        """Returns processor seconds by process that `work` took, and its result."""
        before = self.cpu()
        result = work()
        after = self.cpu()
        return {name: after[name] - before[name] for name in before}, result


def requests(product, method, paths, bodies=itertools.repeat(None), threads=8):
    """Makes one request for each path, over as many connections as threads, and
    returns how many were answered with 200."""
    work = list(zip(paths, bodies))

    def some(part):
        connection = http.client.HTTPConnection(product.http.host, product.http.port, timeout=60)
        good = 0
        for path, body in part:
            connection.request(method, path, body and json.dumps(body),
                               {"content-type": "application/json"} if body else {})
            reply = connection.getresponse()
            reply.read()
            good += reply.status == 200
        connection.close()
        return good
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(some, [work[i::threads] for i in range(threads)]))


def show(what, count, used, unit):
    total = sum(used.values())
    parts = ", ".join(f"{name} {seconds / count * 1e6:.0f}" for name, seconds in used.items()
                      if seconds / total > 0.02) if total else ""
    print(f"{what:44} {total / count * 1e6:12.0f} us {unit:10} ({parts})", flush=True)


def main():
    few = "--few" in sys.argv[1:]
    reads, writes, idle = (40, 4, 20) if few else (8000, 120, 2000)
    # A connection is a file of this process too.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with harness.Product(harness.FIVE) as product:
        processes = Processes(product)
        rest = processes.memory()
        print(f"{'at rest, nothing loaded':44} {sum(rest.values()) / 2**20:12.1f} MiB", flush=True)
        used, _ = processes.used(product.load)
        print(f"{'loading two rounds of 124 respondents':44} {sum(used.values()):12.2f} s", flush=True)
        loaded = processes.memory()
        print(f"{'loaded':44} {sum(loaded.values()) / 2**20:12.1f} MiB", flush=True)
        for database in sorted((product.folder / "data").glob("*.db")):
            wal = pathlib.Path(f"{database}-wal")
            size = database.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
            print(f"{'database ' + database.name:44} {size / 2**20:12.1f} MiB", flush=True)

        for what, path in (("GET a municipality", "/v1/municipalities/131016"),
                           ("GET a submission", f"{ROUND}/submissions/131016-municipality"),
                           ("GET the progress of a round", f"{ROUND}/progress"),
                           ("GET an indicator",
                            "/v1/surveys/jusou/indicators/plan_formulated/values/2025")):
            product.http.send("GET", path)
            used, good = processes.used(
                lambda p=path: requests(product, "GET", itertools.repeat(p, reads)))
            assert good == reads, (what, good)
            show(what, reads, used, "a request")
        before = processes.memory()["report"]
        product.report()
        print(f"{'making a report, at its peak':44} {(processes.peak('report') - before) / 2**20:12.1f} MiB", flush=True)
        used, good = processes.used(lambda: requests(
            product, "POST", (f"/v1/reports?requestId={uuid.uuid4()}" for _ in range(writes // 4)),
            itertools.repeat({"template": "jusou", "round": ROUND[4:]}), threads=2))
        assert good == writes // 4, good
        show("POST a report", writes // 4, used, "a report")
        codes = [m["name"].rpartition("/")[2]
                 for m in product.http.list("/v1/municipalities", "municipalities")]
        product.open_second_survey()
        codes = (codes * (writes // len(codes) + 1))[:min(writes, len(codes))]
        used, good = processes.used(lambda: requests(
            product, "POST",
            (f"/v1/surveys/trial/rounds/2025/submissions?submissionId={code}-municipality"
             f"&requestId={uuid.uuid4()}" for code in codes),
            itertools.repeat({"header": {"department": "x"}}), threads=8))
        assert good == len(codes), (good, len(codes))
        show("POST a submission", len(codes), used, "a write")

        before = processes.memory()["gateway"]
        open_ones = [socket.create_connection((product.http.host, product.http.port))
                     for _ in range(idle)]
        for one in open_ones:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        for one in open_ones:
            assert one.recv(12) == b"HTTP/1.1 200", "a connection without its answer"
        after = processes.memory()["gateway"]
        print(f"{'a connection that waits':44} {(after - before) / idle / 1024:12.1f} KiB", flush=True)
        for one in open_ones:
            one.close()
        ops = harness.Http(product.processes["welfare-survey"].logged("started")["metrics"])
        took = []
        for _ in range(5 if few else 25):
            start = time.monotonic()
            body = ops.send("GET", "/metrics").body
            took.append(time.monotonic() - start)
        print(f"{'a scrape of survey, median':44} {statistics.median(took) * 1e3:12.1f} ms "
              f"({sum(not l.startswith(b'#') for l in body.splitlines())} series)")


if __name__ == "__main__":
    main()
