"""The figures of backfills, beside the tools that people load such files with."""

import contextlib
import csv
import functools
import json
import os
import subprocess
import tempfile
import time

from figures import platform, postgres_database
from measure import SOURCE, BenchError, Figure, Goal, run

REGISTRY_DATA = SOURCE / "services" / "registry" / "data"
# Ten rounds: Tokyo's rosters of two surveys.
SURVEYS = ("bench-one", "bench-two")
YEARS = (2021, 2022, 2023, 2024, 2025)
ITEMS = 192
COLUMNS = ("survey", "fiscal_year", "municipality_code", "respondent_kind", "item_id",
           "value", "other_text", "absence")
KEY = COLUMNS[:5]


def codes_of_tokyo():
    with open(REGISTRY_DATA / "municipalities.csv", encoding="utf-8-sig", newline="") as table:
        return [row["code"] for row in csv.DictReader(table)]


def write_answers(path, items):
    """Writes every answer of the ten rounds; returns their number."""
    rows = [(code, kind, f"q{item}", f"架空の回答{item}", "", "")
            for code in codes_of_tokyo() for kind in ("municipality", "council")
            for item in range(items)]
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for survey in SURVEYS:
            for year in YEARS:
                writer.writerows((survey, year, *row) for row in rows)
    return len(SURVEYS) * len(YEARS) * len(rows)


def open_rounds(bench, address, folder, items):
    """Loads the registry and opens the rounds, all empty."""
    def ctl(*arguments):
        run([bench.program("welfarectl"), "--server", address, *arguments])
    codebook = folder / "codebook"
    codebook.mkdir(exist_ok=True)
    (codebook / "survey.csv").write_text(
        "type,name,label,respondent\n" + "".join(
            f"text,q{item},設問{item},municipality council\n" for item in range(items)), "utf-8")
    (codebook / "choices.csv").write_text("list_name,name,label\n", "utf-8")
    ctl("municipality", "import", REGISTRY_DATA / "municipalities.csv")
    ctl("status", "import", REGISTRY_DATA / "status-jusou.csv")
    for survey in SURVEYS:
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


@contextlib.contextmanager
def ten_rounds(bench):
    """Ten rounds planned and applied, against the engine's own loader of CSV."""
    items = min(ITEMS, bench.count(ITEMS))
    with bench.folder() as shared:
        answers = shared / "answers.csv"
        number = write_answers(answers, items)

        def backfill(server, address, folder):
            ctl = [bench.program("welfarectl"), "--server", address, "--output", "json",
                   "--lang", "en", "backfill"]
            quiet = ("--progress", "none")
            planned, plan_peak, _ = timed([*ctl, "plan", answers, "--strategy", "merge", *quiet], folder)
            applied, apply_peak, said = timed(
                [*ctl, "apply", "--plan", "backfill-plan.json", *quiet], folder)
            created = json.JSONDecoder().raw_decode(said[said.index("{"):])[0]["counts"]["created"]
            if created != number:
                raise BenchError(f"{created} answers were created, not {number}:\n{said[-2000:]}")
            seconds = planned + applied
            return {"seconds": seconds, "answers_per_second": number / seconds,
                    "plan_seconds": planned, "apply_seconds": applied,
                    "client_peak_mib": max(plan_peak, apply_peak),
                    "service_peak_mib": server.peak_rss_mib()}

        @contextlib.contextmanager
        def product():
            with bench.folder() as folder:
                data = folder / "data"
                data.mkdir()
                with platform(bench, folder, data) as (server, address, _):
                    open_rounds(bench, address, folder, items)
                    yield {"load": functools.partial(backfill, server, address, folder)}

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


FIGURES = (
    Figure("backfill.ten_rounds", "ten rounds of Tokyo from a long CSV, planned and applied, against the"
           " engine's own loader into a keyed table", ten_rounds,
           (Goal("answers_per_second", at_least=1.0),
            Goal("answers_per_second", at_least=1_000_000, absolute=True),
            Goal("seconds", at_most=1.0, absolute=True),
            Goal("client_peak_mib", at_most=256, absolute=True),
            Goal("service_peak_mib", at_most=256, absolute=True)), rounds=3),
)
