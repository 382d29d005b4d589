#!/usr/bin/python3
"""What operators are promised of five processes on SQLite: memory at rest, the
time from a start to ready, the time of a scrape.

usage: WELFARE_BINARY_DIR=build/release tests/bench/operations.py

Prints each figure and its bound; exit code 1 if one is missed. Times are those
of this machine: keep it quiet, and ask three times before you believe a miss.
"""

import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # finds tests/support
import room
from capacity import Processes

MOST_MEMORY = 250  # MiB, all five
MOST_START = 1000  # ms, each
MOST_SCRAPE = 10  # ms, each
STARTS, SCRAPES = 5, 25
SETTLED = 5  # seconds: heaps of the start have been given back


def ready_after(start):
    """Starts a process by `start`; returns milliseconds until /readyz says so."""
    began = time.monotonic()
    process = start()
    ops = harness.Http(process.logged("starting")["metrics"])

    def ready():
        try:
            return ops.send("GET", "/readyz").status == 200
        except OSError:
            return False
    harness.wait_for(ready, f"{process.name} to be ready")
    return (time.monotonic() - began) * 1e3


def starts(product):
    """Yields name and milliseconds of a start, loaded, with its peers there."""
    for service in harness.SERVICES:
        took = []
        for _ in range(STARTS):
            product.stop_service(service)
            took.append(ready_after(lambda s=service: product.start_service(s)))
        yield service, took
    took = []
    for _ in range(STARTS):
        product.processes.pop("welfare-gateway").terminate()

        def start():
            product.gateway = product._start_gateway()  # pylint: disable=protected-access
            return product.gateway
        took.append(ready_after(start))
        product.find_addresses()
    yield "gateway", took


def scrapes(product):
    """Yields name, milliseconds and series of a scrape."""
    for name, process in product.processes.items():
        ops = harness.Http(process.logged("started")["metrics"])
        took = []
        for _ in range(SCRAPES):
            began = time.monotonic()
            body = ops.send("GET", "/metrics").body
            took.append((time.monotonic() - began) * 1e3)
        yield name.removeprefix("welfare-"), took, sum(not line.startswith(b"#") for line in body.splitlines())


def main():
    missed = []

    def show(what, value, most, unit, more=""):
        print(f"{what:32} {value:8.1f} {unit}, at most {most}{more}", flush=True)
        if value > most:
            missed.append(what)
    with harness.Product(harness.FIVE) as product:
        time.sleep(SETTLED)
        rest = {name: size / 2**20 for name, size in Processes(product).memory().items()}
        show("at rest, five together", sum(rest.values()), MOST_MEMORY, "MiB",
             f" ({', '.join(f'{name} {size:.0f}' for name, size in rest.items())})")
        product.load()
        for name, took, series in scrapes(product):
            show(f"scrape of {name}", statistics.median(took), MOST_SCRAPE, "ms",
                 f" ({series} series, slowest {max(took):.1f})")
        for name, took in starts(product):
            show(f"start to ready of {name}", statistics.median(took), MOST_START, "ms", f" (slowest {max(took):.0f})")
    if missed:
        print(f"Missed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    room.enter()
    sys.exit(main())
