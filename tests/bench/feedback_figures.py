"""The figure of feedback sheets."""

import contextlib
import functools
import json
import tempfile
import time

import bystander
from figures import platform
from measure import BenchError, Figure, Goal, run

RESPONDENTS = 124


@contextlib.contextmanager
def feedback(bench):
    """Every sheet of Tokyo's demonstration: read from the survey, laid out, printed,
    stored, and fetched into a folder."""
    def ctl(address, *arguments):
        return run([bench.program("welfarectl"), "--server", address, "--output", "json",
                    "--lang", "en", "report", *arguments])

    def make(server, address, folder):
        report = json.loads(ctl(address, "create", "--fiscal-year", "2025"))["name"]
        before = server.cpu_seconds()
        began = time.monotonic()
        made = json.loads(ctl(address, "feedback", "make", report))
        seconds = time.monotonic() - began
        cpu = server.cpu_seconds() - before
        if made["ownSheets"] != RESPONDENTS:
            raise BenchError(f"there are not {RESPONDENTS} sheets: {made}")
        with tempfile.TemporaryDirectory(dir=folder) as out:
            began = time.monotonic()
            ctl(address, "feedback", "download", report, "--out", out)
            fetched = time.monotonic() - began
        return {"seconds": seconds, "server_cpu_s": cpu, "sheets": sum(made.values()),
                "download_seconds": fetched, "peak_rss_mib": server.peak_rss_mib()}

    @contextlib.contextmanager
    def product():
        with bench.folder() as folder:
            data = folder / "data"
            data.mkdir()
            with platform(bench, folder, data) as (server, grpc, _):
                bystander.load_demonstration(bench.program("welfarectl"), grpc, folder / "demo")
                yield {"all sheets": functools.partial(make, server, grpc, folder)}
    yield {"platform": product}


FIGURES = (
    Figure("report.feedback", "the feedback sheets of 124 respondents and 62 pairs, as PDF and as HTML, made and"
           " stored", feedback, (Goal("seconds", at_most=8.0, absolute=True),), rounds=2),
)
