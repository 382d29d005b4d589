"""A platform under a client that means it no good, and a bystander who reads.

The client holds 500 reads that wait for a version far ahead and 500 watchers,
asks for the check of 20 codebooks whose conditions read the two before, and of
20 submissions to a round of such a codebook, sends 20 files of wrong rows and 20
submissions of a million empty answers, all at once. The bystander asks for a roster, a
round and an indicator's value, one after the other, on connections of its own and in a
process of its own: the threads of the hostile client take turns with each other
for their interpreter, and its waiting is not the platform's.
"""

import contextlib
import csv
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from measure import SOURCE, BenchError, percentile

READS = ("/v1/programs/jusou/rosters/2025", "/v1/surveys/jusou/rounds/2025",
         "/v1/surveys/jusou/indicators/plan_formulated/values/2025")
ATTACKS = SOURCE / "tests" / "bench" / "attacks.py"
FAR_AHEAD = 1_000_000_000
# Between the reads of a bystander, in seconds: of ten seconds' reads a hundredth
# are enough to speak of.
PAUSE = 0.01
WAITING = ("/v1/programs/jusou/rosters/2025",
           "/v1/surveys/jusou/indicators/plan_formulated/values/2025")
WATCHED = ("registry.v1.RegistryService", "survey.v1.SurveyService", "report.v1.ReportService")
ANSWERS_HEADER = ("survey,fiscal_year,municipality_code,respondent_kind,item_id,value,other_text,"
                  "absence\n")


def entangled_codebook(items, survey="jusou", validate_only=True):
    """A codebook in which every condition reads the two items before."""
    rows = ["type,name,label,relevant,respondent"]
    for i in range(items):
        condition = "" if i < 2 else (f"${{q{i - 1}}} = 'yes' or ${{q{i - 2}}} = 'no'")
        rows.append(f'select_one yn,q{i},問{i},"{condition}",municipality')
    return {"codebookId": "bench-1", "surveyCsv": "\n".join(rows) + "\n",
            "choicesCsv": "list_name,name,label\nyn,yes,はい\nyn,no,いいえ\n",
            "settingsCsv": f"form_title,form_id,version\n架空,{survey},bench-1\n",
            "validateOnly": validate_only}


def open_entangled_round(http, items):
    """Opens a round of such a codebook; returns the path of its submissions."""
    survey = "/v1/surveys/bench"
    round_body = {"displayName": "架空", "windowStart": {"year": 2025, "month": 6, "day": 16},
                  "windowEnd": {"year": 2025, "month": 7, "day": 11}, "program": "programs/jusou",
                  "codebook": "surveys/bench/codebooks/bench-1", "synthetic": True}
    for path, body in (("/codebooks:import", entangled_codebook(items, "bench", False)),
                       ("/codebooks/bench-1:publish", {}), ("/rounds?roundId=2025", round_body),
                       ("/rounds/2025:open", {})):
        status, _ = call(http, survey + path, body)
        if status not in (200, 409):  # there already, by an earlier turn
            raise BenchError(f"{survey}{path} answered {status}")
    return f"{survey}/rounds/2025/submissions"


def entangled_submission(items):
    """What makes every condition true, so that all of them are asked."""
    return {"answers": [{"item": f"q{i}", "codes": {"codes": ["yes"]}} for i in range(items)]}


def wrong_rows(rows):
    """Rows for items that are not there, few enough of each respondent that every one is looked at."""
    with open(SOURCE / "services/registry/data/municipalities.csv", encoding="utf-8-sig") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    respondents = [f"{code},{kind}" for code in codes for kind in ("municipality", "council")]
    lines = [f"jusou,2025,{respondents[i * len(respondents) // rows]},no_such_item_{i},1,,\n"
             for i in range(rows)]
    return {"batch": {"csv": ANSWERS_HEADER + "".join(lines)}}


def call(http, path, body=None, seconds=120):
    """Returns (HTTP status, seconds it took); 0 where there was no answer."""
    began = time.monotonic()
    request = urllib.request.Request(f"http://{http}{path}")
    if body is not None:
        request.data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        error.read()
        status = error.code
    except OSError:
        status = 0
    return status, time.monotonic() - began


class Hostile:
    """Everything of the client that holds and sends; one thread for each."""

    def __init__(self, grpc, http, folder, count, items, rows, empty_answers):
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._children = []
        self.statuses = {}
        empty = folder / "empty.bin"
        empty.write_bytes(bytes(5))
        held = max(1, count // len(WAITING))
        jobs = [lambda path=path: self._hold(
            held, f"http://{http}{path}?minVersion={FAR_AHEAD}") for path in WAITING]
        held = max(1, count // len(WATCHED))
        jobs += [lambda service=service: self._hold(
            held, f"http://{grpc}/welfare.{service}/WatchVersions", "-d", str(empty),
            "-H", "content-type: application/grpc", "-H", "te: trailers") for service in WATCHED]
        submissions = open_entangled_round(http, items)
        who = f"{submissions}?submissionId=131016-municipality&validateOnly=true"
        sent = (("/v1/surveys/jusou/codebooks:import", entangled_codebook(items)),
                ("/v1/submissions:batchImport", wrong_rows(rows)), (who, entangled_submission(items)),
                (who, {"answers": [{}] * empty_answers}))
        for path, body in sent:
            data = json.dumps(body, separators=(",", ":")).encode()
            jobs += [lambda path=path, data=data: self._send(http, path, data)] * max(1, count // 25)
        self._threads = [threading.Thread(target=job, daemon=True) for job in jobs]

    def _hold(self, requests, url, *options):
        """Keeps `requests` of them open: asks again where they were answered."""
        streams = min(50, requests)
        while not self._stop.is_set():
            with self._lock:
                child = subprocess.Popen(
                    ["h2load", "-n", str(requests), "-c", str(-(-requests // streams)),
                     "-m", str(streams), "-t", "1", *options, url],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self._children.append(child)
            child.wait()
            self._stop.wait(0.5)

    def _send(self, http, path, body):
        status, _ = call(http, path, body)
        with self._lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *unused):
        self._stop.set()
        with self._lock:
            for child in self._children:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
        for thread in self._threads:
            thread.join(150)


def read_beside(http, seconds, *paths):
    """The bystander; returns its times in order and how many calls failed."""
    done = subprocess.run([sys.executable, "-B", __file__, http, str(seconds), *paths],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"the bystander ended with {done.returncode}")
    return json.loads(done.stdout)


def read(http, seconds, paths):
    """What the process of the bystander does."""
    times, failed = [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in paths:
            status, took = call(http, path, seconds=30)
            times.append(took)
            failed += status != 200
        time.sleep(PAUSE)
    return sorted(times), failed


def turn(server, grpc, http, folder, count, items, rows, empty_answers, seconds, settle):
    """One round against a running platform with the demonstration loaded."""
    quiet, failed = read_beside(http, seconds / 4)
    if failed:
        raise BenchError("a read fails before anybody disturbs it")
    with Hostile(grpc, http, folder, count, items, rows, empty_answers) as hostile:
        beside, failed = read_beside(http, seconds)
    # Done, refused for what it is (only a million empty answers are), or for
    # want of room: anything else was no load.
    if set(hostile.statuses) - {200, 413, 429, 503, 504}:
        raise BenchError(f"the hostile client's calls were not understood: {hostile.statuses}")
    time.sleep(settle)
    return {"quiet_p50_ms": percentile(quiet, 0.5) * 1e3, "p50_ms": percentile(beside, 0.5) * 1e3,
            "max_s": beside[-1], "failed": failed, "calls": len(beside),
            "peak_rss_mib": server.peak_rss_mib(), "rss_after_mib": server.rss_mib()}


@contextlib.contextmanager
def attacking(attack, http, source, seconds):
    """Somebody who attacks `http` for so many seconds, once he has begun."""
    attacker = subprocess.Popen([sys.executable, "-B", ATTACKS, attack, http, source, str(seconds + 1)])
    try:
        time.sleep(0.5)
        yield
    finally:
        attacker.kill()
        attacker.wait()


@contextlib.contextmanager
def sink():
    """Yields the address of one who takes all and does nothing (attacks.py)."""
    with subprocess.Popen([sys.executable, "-B", ATTACKS, "sink"], stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child.stdout.readline().strip()
        finally:
            child.kill()


def look(http, seconds):
    """What a reader of the roster sees, and one who asks for health beside him;
    returns the times of both in order, and how many calls failed."""
    health = []
    asking = threading.Thread(target=lambda: health.append(read_beside(http, seconds, "/healthz")))
    asking.start()
    times, failed = read_beside(http, seconds, READS[0])
    asking.join()
    return times, health[0][0], failed + health[0][1]


def under_attack(server, http, attack, source, seconds):
    """What a reader of the roster, and one who asks for health, see of one of the
    attacks (attacks.py) that comes from `source`: against nobody's attack, and
    against the same attack on a sink, which takes as much of the machine."""
    quiet, _, failed = look(http, seconds)
    with sink() as address, attacking(attack, address, source, seconds):
        beside_sink, _, failed_too = look(http, seconds)
    if failed + failed_too:
        raise BenchError("a read fails where nobody is attacked")
    before, cpu = server.rss_mib(), server.cpu_seconds()
    with attacking(attack, http, source, seconds):
        beside, health, failed = look(http, seconds)
    p99 = percentile(beside, 0.99)
    return {"quiet_p99_ms": percentile(quiet, 0.99) * 1e3,
            "sink_p99_ms": percentile(beside_sink, 0.99) * 1e3, "p99_ms": p99 * 1e3,
            "quiet_p99_ratio": p99 / percentile(quiet, 0.99),
            "p99_ratio": p99 / percentile(beside_sink, 0.99),
            "health_p99_ms": percentile(health, 0.99) * 1e3, "failed": failed,
            "calls": len(beside) + len(health), "server_cpu_s": server.cpu_seconds() - cpu,
            "rss_growth_mib": server.peak_rss_mib() - before}


def load_demonstration(ctl, server, folder):
    done = subprocess.run([SOURCE / "tools" / "load-demo", server, folder], capture_output=True, text=True,
                          env={"WELFARECTL": str(ctl), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                          check=False)
    if done.returncode != 0:
        raise BenchError(f"load-demo ended with {done.returncode}:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    json.dump(read(sys.argv[1], float(sys.argv[2]), sys.argv[3:] or READS), sys.stdout)
