"""The figures of backfills, beside the tools that people load such files with."""

import contextlib
import csv
import ctypes
import dataclasses
import functools
import http.client
import json
import os
import pathlib
import statistics
import struct
import subprocess
import tempfile
import threading
import time

from figures import platform, postgres_database
from measure import SOURCE, BenchError, Figure, Goal, percentile, run

REGISTRY_DATA = SOURCE / "services" / "registry" / "data"
YEARS = (2021, 2022, 2023, 2024, 2025)
ITEMS = 192
COLUMNS = ("survey", "fiscal_year", "municipality_code", "respondent_kind", "item_id",
           "value", "other_text", "absence")
KEY = COLUMNS[:5]
# As many as Japan has, in 47 prefectures.
NATION = 1741
# A live respondent sends so often, in seconds; one of them after the other.
PAUSE = 0.01
# About as long as the backfill takes, in seconds.
COUNTING = 4
# What leaves processors to others on a machine of two, in records a second.
SPARING = 800_000
# Of Linux from 6.12 on (services/platform/work/background), in nanoseconds.
SHORT_TURN, LONG_TURN = 300_000, 50_000_000
SCHED_OTHER, SCHED_BATCH, SCHED_SETATTR = 0, 3, 314


@dataclasses.dataclass(frozen=True)
class Rounds:
    """Rounds of some surveys in each year, and what they are made of."""
    surveys: tuple
    codes: tuple
    municipalities: pathlib.Path  # files of the registry
    statuses: pathlib.Path
    items: int

    @property
    def answers(self):
        return len(self.surveys) * len(YEARS) * len(self.codes) * 2 * self.items


def ten_of_tokyo(bench, _):
    """Two surveys of Tokyo."""
    with open(REGISTRY_DATA / "municipalities.csv", encoding="utf-8-sig", newline="") as table:
        codes = tuple(row["code"] for row in csv.DictReader(table))
    return Rounds(("bench-one", "bench-two"), codes, REGISTRY_DATA / "municipalities.csv",
                  REGISTRY_DATA / "status-jusou.csv", min(ITEMS, bench.count(ITEMS)))


def code_of(prefecture, number):
    """A code with its check digit."""
    five = f"{prefecture:02}{number:03}"
    rest = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2))) % 11
    return five + str((11 - rest) % 10)


def of_a_nation(surveys):
    """The same of surveys of a nation, 架空."""
    def make(bench, folder):
        count = min(NATION, bench.count(NATION))
        codes = tuple(sorted(code_of(1 + i % 47, 100 + i // 47) for i in range(count)))
        municipalities, statuses = folder / "municipalities.csv", folder / "statuses.csv"
        municipalities.write_text(
            "code,name,kana,name_en,type,area,council_name\n" + "".join(
                f"{code},架空{code}市,カクウシ,Kaku {code},city,市部,架空{code}市社会福祉協議会\n"
                for code in codes), "utf-8")
        statuses.write_text(
            "program,municipality_code,fiscal_year,implementing,preparation,note\n" + "".join(
                f"jusou,{code},{year},no,no,\n" for year in YEARS for code in codes), "utf-8")
        return Rounds(tuple(f"bench-{i}" for i in range(surveys)), codes, municipalities, statuses,
                      min(ITEMS, bench.count(ITEMS)))
    return make


def write_answers(path, rounds):
    """Writes every answer of the rounds; holds few of them, since the peak of what is run later
    counts from what this process holds."""
    said = [f"q{item},架空の回答{item},,\n" for item in range(rounds.items)]
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerow(COLUMNS)
        for survey in rounds.surveys:
            for year in YEARS:
                for code in rounds.codes:
                    for kind in ("municipality", "council"):
                        key = f"{survey},{year},{code},{kind},"
                        out.write("".join(key + one for one in said))


def open_rounds(bench, address, folder, rounds, surveys=None):
    """Loads the registry and opens the rounds, all empty."""
    def ctl(*arguments):
        run([bench.program("welfarectl"), "--server", address, *arguments])
    codebook = folder / "codebook"
    codebook.mkdir(exist_ok=True)
    (codebook / "survey.csv").write_text(
        "type,name,label,respondent\n" + "".join(
            f"text,q{item},設問{item},municipality council\n" for item in range(rounds.items)), "utf-8")
    (codebook / "choices.csv").write_text("list_name,name,label\n", "utf-8")
    ctl("municipality", "import", rounds.municipalities)
    ctl("status", "import", rounds.statuses)
    for survey in surveys or rounds.surveys:
        (codebook / "settings.csv").write_text(
            f"form_title,form_id,version\n架空の調べ,{survey},1\n", "utf-8")
        ctl("--survey", survey, "codebook", "import", codebook, "--version-id", "1")
        ctl("--survey", survey, "codebook", "publish", "1")
        for year in YEARS:
            ctl("--survey", survey, "round", "create", "--fiscal-year", year, "--title",
                "架空の調べ", "--codebook", "1", "--window-start", f"{year}-06-16",
                "--window-end", f"{year}-07-11")
            ctl("--survey", survey, "round", "open", "--fiscal-year", year)


def timed(arguments, folder):
    """Runs a program to its end; returns (seconds, peak in MiB, standard output)."""
    with tempfile.TemporaryFile("w+", dir=folder) as out:
        began = time.monotonic()
        child = subprocess.Popen([str(argument) for argument in arguments], stdout=out, stderr=out,
                                 stdin=subprocess.DEVNULL, cwd=folder)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if child.returncode != 0:
        raise BenchError(f"{arguments[0]} ended with {child.returncode}:\n{said[-2000:]}")
    return seconds, usage.ru_maxrss / 1024, said


class Backfill:
    """Files planned, applied and verified on one platform."""

    def __init__(self, bench, server, address, folder):
        self.server, self.folder = server, folder
        self.ctl = [bench.program("welfarectl"), "--server", address, "--output", "json", "--lang", "en",
                    "backfill"]
        self.client_peak = 0
        self.pace = ()

    def run(self, verb, *arguments):
        """Returns seconds and the counts of the summary."""
        seconds, peak, said = timed([*self.ctl, verb, *arguments, *self.pace, "--progress", "none"],
                                    self.folder)
        self.client_peak = max(self.client_peak, peak)
        return seconds, json.JSONDecoder().raw_decode(said[said.index("{"):])[0]["counts"]

    def load(self, answers, number):
        planned, _ = self.run("plan", answers, "--strategy", "merge")
        applied, counts = self.run("apply", "--plan", "backfill-plan.json")
        verified, equal = self.run("verify", "--plan", "backfill-plan.json")
        if counts["created"] != number or equal["unchanged"] != number:
            raise BenchError(f"of {number} answers {counts} were written, and {equal} found")
        seconds = planned + applied
        return {"seconds": seconds, "answers_per_second": number / seconds,
                "plan_seconds": planned, "apply_seconds": applied, "verify_seconds": verified,
                "verify_to_plan": verified / planned, "client_peak_mib": self.client_peak,
                "service_peak_mib": self.server.peak_rss_mib()}


def loaded_beside(make_rounds):
    """Rounds planned, applied and verified, against the engine's own loader of CSV."""
    @contextlib.contextmanager
    def sides(bench):
        with bench.folder() as shared:
            answers = shared / "answers.csv"
            rounds = make_rounds(bench, shared)
            write_answers(answers, rounds)
            number = rounds.answers

            @contextlib.contextmanager
            def product():
                with bench.folder() as folder:
                    data = folder / "data"
                    data.mkdir()
                    with platform(bench, folder, data) as (server, address, _):
                        open_rounds(bench, address, folder, rounds)
                        backfill = Backfill(bench, server, address, folder)
                        yield {"load": functools.partial(backfill.load, answers, number)}

            def loaded(folder, arguments):
                seconds, _, said = timed(arguments, folder)
                if str(number) not in said.split():
                    raise BenchError(f"{arguments[0]} has not loaded {number} rows:\n{said[-2000:]}")
                return {"seconds": seconds, "answers_per_second": number / seconds}

            table = (f"CREATE TABLE answers ({', '.join(f'{column} text' for column in COLUMNS)},"
                     f" PRIMARY KEY ({', '.join(KEY)}))")

            @contextlib.contextmanager
            def loader():
                with bench.folder() as folder:
                    if bench.engine == "sqlite":
                        # As durable as the product is.
                        arguments = ["sqlite3", folder / "peer.db", "PRAGMA journal_mode=WAL",
                                     "PRAGMA synchronous=FULL", table + " WITHOUT ROWID",
                                     f".import --csv --skip 1 {answers} answers",
                                     "SELECT count(*) FROM answers"]
                    else:
                        url = postgres_database(folder)
                        run(["psql", "-X", url, "-c", table])
                        arguments = ["psql", "-X", "-t", url, "-c",
                                     f"\\copy answers from '{answers}' with (format csv, header)",
                                     "-c", "SELECT count(*) FROM answers"]
                    yield {"load": functools.partial(loaded, folder, arguments)}
            yield {"backfill": product,
                   "sqlite3 .import" if bench.engine == "sqlite" else "COPY": loader}
    return sides


def ask_for_turns(policy, niceness, nanoseconds):
    """Has the calling thread ask for turns of a processor that are so long; where the system knows
    none, all are alike."""
    wish = struct.pack("IIQiIQQQ", 48, policy, 0, niceness, 0, nanoseconds, 0, 0)
    ctypes.CDLL(None).syscall(SCHED_SETATTR, 0, wish, 0)


@contextlib.contextmanager
def counting():
    """As many processes as there are processors, which do nothing but count, as low as those who
    work through files: what is not due to the work, but to processors that are taken."""
    children = [subprocess.Popen(["sh", "-c", "while :; do :; done"], stdin=subprocess.DEVNULL,
                                 preexec_fn=lambda: ask_for_turns(SCHED_BATCH, 10, LONG_TURN))
                for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


class Respondent:
    """Writes a draft of its own again and again, each time another answer, until it is stopped. It
    has a machine of its own where it counts: here it takes a processor at once."""

    def __init__(self, address, round_path, code):
        self.connection = http.client.HTTPConnection(address.split("://")[-1], timeout=60)
        self.path = f"{round_path}/submissions/{code}-council"
        self.sent = 0
        self.call("POST", f"{round_path}/submissions?submissionId={code}-council")
        self.milliseconds = []
        self.stopped = threading.Event()

    def call(self, method, path):
        self.sent += 1
        body = {"name": self.path.removeprefix("/v1/"),
                "answers": [{"item": "q0", "text": f"架空の回答 {self.sent}"}]}
        self.connection.request(method, path, json.dumps(body), {"content-type": "application/json"})
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise BenchError(f"{method} {path} was answered {answer.status}: {said[:500]}")

    def write(self, at_least):
        """Writes until it is stopped, and `at_least` so often."""
        ask_for_turns(SCHED_OTHER, 0, SHORT_TURN)
        while not self.stopped.is_set() or len(self.milliseconds) < at_least:
            began = time.monotonic()
            self.call("PATCH", self.path)
            self.milliseconds.append(1000 * (time.monotonic() - began))
            time.sleep(PAUSE)

    def p99(self):
        return percentile(sorted(self.milliseconds), 0.99)


@contextlib.contextmanager
def live_beside(bench):
    """Live writes alone, while a nation's rounds are planned, applied and verified, as fast as can be
    and not, and while somebody only counts."""
    with bench.folder() as shared:
        answers = shared / "answers.csv"
        rounds = of_a_nation(1)(bench, shared)
        write_answers(answers, rounds)
        writes = bench.count(1000)

        def beside(work):
            """Measures live writes alone and beside `work` of a platform, which may return more of
            what there is to tell."""
            @contextlib.contextmanager
            def side():
                with bench.folder() as folder:
                    data = folder / "data"
                    data.mkdir()
                    with platform(bench, folder, data) as (server, address, web):
                        open_rounds(bench, address, folder, rounds, (*rounds.surveys, "live"))

                        def measure():
                            codes = iter(rounds.codes)

                            def respondent():
                                return Respondent(web, "/v1/surveys/live/rounds/2025", next(codes))
                            alone, busy = respondent(), respondent()
                            alone.stopped.set()
                            alone.write(writes)
                            writer = threading.Thread(target=busy.write, args=(1,))
                            writer.start()
                            try:
                                told = work(Backfill(bench, server, address, folder))
                            finally:
                                busy.stopped.set()
                                writer.join()
                            return {"p99_alone_ms": alone.p99(), "p99_beside_ms": busy.p99(),
                                    "p99_ratio": busy.p99() / alone.p99(),
                                    "p50_ratio": statistics.median(busy.milliseconds)
                                    / statistics.median(alone.milliseconds),
                                    "writes_beside": len(busy.milliseconds), **told}
                        yield {"live": measure}
            return side

        def load(backfill):
            return {"answers_per_second":
                    backfill.load(answers, rounds.answers)["answers_per_second"]}

        def load_slowly(backfill):
            backfill.pace = ("--rate-limit", str(SPARING))
            return load(backfill)

        def count(_):
            with counting():
                time.sleep(COUNTING)
            return {}
        yield {"backfill": beside(load), "counting": beside(count), "sparing": beside(load_slowly)}


PEAKS = (Goal("client_peak_mib", at_most=256, absolute=True),
         Goal("service_peak_mib", at_most=256, absolute=True))
FASTER = (Goal("answers_per_second", at_least=1.0), Goal("verify_to_plan", at_most=1.1, absolute=True))
# A plan of a few rounds is over before it is under way.
FAST = Goal("answers_per_second", at_least=1_000_000, absolute=True)

FIGURES = (
    Figure("backfill.ten_rounds", "ten rounds of Tokyo from a long CSV, planned and applied, against the"
           " engine's own loader into a keyed table", loaded_beside(ten_of_tokyo),
           (*FASTER, Goal("seconds", at_most=1.0, absolute=True), *PEAKS), rounds=3),
    Figure("backfill.nation", "thirty rounds of a nation, 20 million answers, planned, applied and verified,"
           " against the same loader", loaded_beside(of_a_nation(6)), (*FASTER, FAST, *PEAKS), rounds=1),
    Figure("backfill.beside_live", "writes of live respondents while five rounds of a nation are planned,"
           " applied and verified, against the same alone; with --rate-limit; and while processes of that"
           " priority only count",
           live_beside, (Goal("p99_ratio", at_most=2, absolute=True),
                          Goal("p99_beside_ms", at_most=1.25)), rounds=3),
)
