"""The figures of the report: how fast it is made, against bare runs of the same libraries and against programs
that print its page."""

import base64
import contextlib
import functools
import importlib.util
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
import xml.etree.ElementTree
import zipfile

from figures import engine_flags, platform
from measure import (SOURCE, BenchError, Figure, Goal, Server, Skipped, program_json, run, string_message,
                     yardstick)

sys.path.append(str(SOURCE / "tests" / "support"))

import browser  # noqa: E402

TIMES = 10  # how often a document is written in a turn
DOWNLOADS = 400  # in a turn
DOWNLOAD = "/welfare.report.v1.ReportService/DownloadReport"
# As long as the product's.
STREAM = "/welfare.bench.v1.BareCallbackService/StreamInParts"


# --- all of it ---------------------------------------------------------------


def load_demo(bench, folder, data):
    """Loads the demonstration into a platform of its own, and closes that."""
    with platform(bench, folder, data) as (_, address, _):
        done = subprocess.run([SOURCE / "tools" / "load-demo", address, folder / "demo"], capture_output=True,
                              text=True, timeout=600, check=False,
                              env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                                   "WELFARECTL": str(bench.program("welfarectl"))})
        if done.returncode != 0:
            raise BenchError(f"load-demo ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def create_report(http):
    """Makes a report; returns the seconds it took and its name."""
    request = urllib.request.Request(
        f"http://{http}/v1/reports?requestId={uuid.uuid4()}", method="POST",
        data=b'{"template": "jusou", "round": "surveys/jusou/rounds/2025"}',
        headers={"content-type": "application/json"})
    start = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as reply:
        name = re.search(rb'"name": ?"(reports/[^"]+)"', reply.read())[1].decode()
    return time.perf_counter() - start, name


@contextlib.contextmanager
def cold(bench):
    """The first report of a platform that has just started: figures computed, snapshot taken, every format
    rendered, everything stored."""
    with bench.folder() as folder:
        data = folder / "data"
        data.mkdir()
        load_demo(bench, folder, data)

        @contextlib.contextmanager
        def product():
            with platform(bench, folder, data) as (server, _, http):
                def turn():
                    before = server.cpu_seconds()
                    seconds, _ = create_report(http)
                    return {"seconds": seconds, "server_cpu_s": server.cpu_seconds() - before}
                yield {"first report": turn}
        yield {"platform": product}


# --- one format --------------------------------------------------------------


def written(bench, task, *arguments):
    """A side that writes one document again and again."""
    @contextlib.contextmanager
    def start():
        times = max(2, int(TIMES * min(1.0, bench.scale)))
        yield {"write": functools.partial(program_json, [
            bench.program("bench-report"), f"--task={task}", f"--source={SOURCE}", f"--times={times}", *arguments])}
    return start


@contextlib.contextmanager
def pdf(bench):
    """Laid out and written, against the finished shapes drawn by Pango and Cairo."""
    done = subprocess.run([bench.program("bench-report"), "--task=bare-pdf", f"--source={SOURCE}", "--times=1"],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        if "nothing was written" in done.stderr:
            raise Skipped("bench-report was built without Pango (libpango1.0-dev)")
        raise BenchError(done.stderr)
    yield {"report": written(bench, "pdf"), "bare Pango and Cairo": written(bench, "bare-pdf")}


# --- the workbook ------------------------------------------------------------

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}"


def related(book, part, kind):
    """The parts that `part` leads to, of a kind, in their order."""
    folder, _, name = part.rpartition("/")
    try:
        relations = xml.etree.ElementTree.fromstring(book.read(f"{folder}/_rels/{name}.rels"))
    except KeyError:
        return []
    return ["xl/" + one.get("Target").removeprefix("../") for one in relations.iter(f"{RELATION}Relationship")
            if one.get("Type").endswith("/" + kind)]


def place(reference):
    """`B3` as (2, 1)."""
    letters, digits = re.fullmatch(r"([A-Z]+)([0-9]+)", reference).groups()
    return int(digits) - 1, functools.reduce(lambda n, c: n * 26 + ord(c) - 64, letters, 0) - 1


def line_of(*fields):
    return "\t".join(str(field).replace("\t", " ").replace("\n", " ") for field in fields)


def texts_in(element):
    return "" if element is None else "".join(text.text or "" for text in element.iter(f"{DRAWING}t"))


def describe_series(series):
    """A series of a chart with its fill, its points and what its labels say."""
    formulas = [series.find(f"{CHART}{what}//{CHART}f") for what in ("cat", "val", "tx")]
    colour = series.find(f"{CHART}spPr/{DRAWING}solidFill/{DRAWING}srgbClr")
    outline = series.find(f"{CHART}spPr/{DRAWING}ln//{DRAWING}srgbClr")
    yield line_of("series", *("" if one is None else f"={one.text}" for one in formulas),
                  *("" if one is None else one.get("val") for one in (colour, outline)))
    for label in series.iter(f"{CHART}dLbl"):
        yield line_of("label", texts_in(label))
    for point in series.iter(f"{CHART}dPt"):
        yield line_of("point", point.find(f"{CHART}idx").get("val"))


def describe_chart(chart, row, words):
    """A chart as `chart ROW KIND LEGEND FORMAT MOST TITLE WORDS`, and its series."""
    plot = chart.find(f".//{CHART}plotArea")
    kind = next(child.tag.removeprefix(CHART) for child in plot if child.tag.endswith("Chart"))
    if kind == "barChart":
        grouping = plot.find(f".//{CHART}grouping").get("val")
        kind = "stacked" if grouping == "percentStacked" else plot.find(f".//{CHART}barDir").get("val")
    values = plot.find(f"{CHART}valAx")
    formatted = None if values is None else values.find(f"{CHART}numFmt")
    most = None if values is None else values.find(f".//{CHART}max")
    yield line_of("chart", row, kind, int(chart.find(f".//{CHART}legend") is not None),
                  "" if formatted is None else formatted.get("formatCode"), "" if most is None else most.get("val"),
                  texts_in(chart.find(f"{CHART}chart/{CHART}title")), words)
    for series in chart.iter(f"{CHART}ser"):
        yield from describe_series(series)


def describe_cells(sheet, shared):
    """The cells of a sheet, what is merged and what leads elsewhere."""
    hidden = set()
    for merged in sheet.iter(f"{MAIN}mergeCell"):
        (top, left), (bottom, right) = map(place, merged.get("ref").split(":"))
        inside = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        hidden |= inside - {(top, left)}
        yield line_of("merge", top, left, bottom, right)
    links = {link.get("ref"): link.get("location") for link in sheet.iter(f"{MAIN}hyperlink")}
    for cell in sheet.iter(f"{MAIN}c"):
        row, column = place(cell.get("r"))
        if (row, column) in hidden:
            continue
        value = cell.findtext(f"{MAIN}v", "")
        is_text = cell.get("t") == "s"
        kind = "n" if value and not is_text else "s"
        yield line_of("cell", row, column, cell.get("s", "0"), kind, shared[int(value)] if is_text else value,
                      links.get(cell.get("r"), ""))


def describe_workbook(path, to):
    """Writes what stands in a workbook as bench-report reads it."""
    lines = []
    with zipfile.ZipFile(path) as book:
        def parsed(part):
            return xml.etree.ElementTree.fromstring(book.read(part))
        shared = ["".join(text.text or "" for text in one.iter(f"{MAIN}t"))
                  for one in parsed("xl/sharedStrings.xml").iter(f"{MAIN}si")]
        names = [sheet.get("name") for sheet in parsed("xl/workbook.xml").iter(f"{MAIN}sheet")]
        for number, name in enumerate(names, start=1):
            part = f"xl/worksheets/sheet{number}.xml"
            sheet = parsed(part)
            lines.append(line_of("sheet", name, int(sheet.find(f"{MAIN}pageSetup") is not None),
                                 sheet.findtext(f".//{MAIN}oddHeader", ""), sheet.findtext(f".//{MAIN}oddFooter", "")))
            for column in sheet.iter(f"{MAIN}col"):
                lines.append(line_of("column", *(int(column.get(end)) - 1 for end in ("min", "max")),
                                     column.get("width")))
            for row in sheet.iter(f"{MAIN}row"):
                # A row that is written has a height that was set, or the usual one.
                lines.append(line_of("height", int(row.get("r")) - 1, row.get("ht", "")))
            lines.extend(line_of("break", one.get("id")) for one in sheet.iter(f"{MAIN}brk"))
            lines.extend(describe_cells(sheet, shared))
            for drawing in related(book, part, "drawing"):
                words = [one.get("descr", "") for one in parsed(drawing).iter() if one.tag.endswith("}cNvPr")]
                for at, chart in enumerate(related(book, drawing, "chart")):
                    lines.extend(describe_chart(parsed(chart), at * 20, words[at]))
    to.write_text("\n".join(lines) + "\n", "utf-8")


def write_files(bench, folder):
    """The report in the formats that others are given."""
    run([bench.program("bench-report"), "--task=files", f"--source={SOURCE}", f"--out={folder}"])


@contextlib.contextmanager
def xlsx(bench):
    """Against the same sheets, cells and charts by libxlsxwriter."""
    with bench.folder() as folder:
        write_files(bench, folder)
        describe_workbook(folder / "report.xlsx", folder / "cells.txt")
        yield {"report": written(bench, "xlsx"),
               "bare libxlsxwriter": written(bench, "bare-xlsx", f"--cells={folder / 'cells.txt'}")}


@contextlib.contextmanager
def pdf_chromium(bench):
    """Against a browser that is open and has the page open, and prints it."""
    if not any(map(shutil.which, browser.NAMES)):
        raise Skipped("no Chromium is installed")
    with bench.folder() as folder:
        write_files(bench, folder)

        @contextlib.contextmanager
        def chromium():
            with browser.Chromium() as running:
                page = running.open(folder / "report.html", width=1280)

                def turn():
                    start = time.perf_counter()
                    printed = base64.b64decode(page.call("Page.printToPDF", printBackground=True,
                                                         preferCSSPageSize=True)["data"])
                    return {"seconds": time.perf_counter() - start, "bytes": len(printed)}
                turn()
                yield {"write": turn}
        yield {"report": written(bench, "pdf"), "Chromium": chromium}


@contextlib.contextmanager
def pdf_weasyprint(bench):
    """Against WeasyPrint, its import not counted."""
    if importlib.util.find_spec("weasyprint") is None:
        raise Skipped("WeasyPrint (weasyprint) is not installed")
    with bench.folder() as folder:
        write_files(bench, folder)
        script = ("import sys, time, json, weasyprint\n"
                  "start = time.perf_counter()\n"
                  "size = len(weasyprint.HTML(sys.argv[1]).write_pdf())\n"
                  "print(json.dumps({'seconds': time.perf_counter() - start, 'bytes': size}))\n")

        @contextlib.contextmanager
        def peer():
            yield {"write": functools.partial(program_json, ["/usr/bin/python3", "-c", script,
                                                             folder / "report.html"], 1800)}
        yield {"report": written(bench, "pdf"), "WeasyPrint": peer}


# --- downloads ---------------------------------------------------------------


@contextlib.contextmanager
def download(bench):
    """A PDF from the report service, against a bare stream of as many bytes in parts as large."""
    with bench.folder() as folder:
        data = folder / "data"
        data.mkdir()
        load_demo(bench, folder, data)
        with platform(bench, folder, data) as (_, _, http):
            _, name = create_report(http)
            with urllib.request.urlopen(f"http://{http}/v1/{name}:download?format=pdf", timeout=60) as reply:
                size = len(reply.read())
        request = folder / "request"
        request.write_bytes(string_message(name) + b"\x12\x03pdf")
        count = bench.count(DOWNLOADS)

        def loads(address, path):
            def turn(streams):
                done = program_json([bench.program("bench-download"), f"--server={address}", f"--path={path}",
                                     f"--request-file={request}", f"--streams={streams}", f"--count={count}"])
                # Every part says a little besides.
                if not size * count <= done["bytes"] <= size * count * 1.01:
                    raise BenchError(f"{done['bytes']} bytes came of {count} times {size}")
                return {"mib_per_second": done["bytes_per_second"] / 2**20}
            return {f"{streams} at a time": functools.partial(turn, streams) for streams in (1, 8)}

        @contextlib.contextmanager
        def product():
            peers = [f"--peer-{peer}=unix:{folder / peer}.sock" for peer in ("registry", "survey", "indicator")]
            with Server([bench.program("welfare-report"), "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0",
                         f"--assets-dir={SOURCE}", "--drain-wait-ms=0", "--log-format=json", *peers,
                         *engine_flags(bench.engine, data)], folder) as server:
                yield loads(server.find_in_log(r'"address":"(127[^"]+)"'), DOWNLOAD)

        @contextlib.contextmanager
        def limit():
            with yardstick(bench, folder, "bench-echo", f"--reply-bytes={size}") as (_, address):
                yield loads(address, STREAM)
        yield {"report": product, "bare stream": limit}


FIGURES = (
    Figure("report.cold", "the first report of a platform that has just started, in every format and stored", cold,
           (Goal("seconds", at_most=1.0, absolute=True),)),
    Figure("report.pdf", "the report of 20 pages as PDF, laid out and written, against its finished shapes by Pango and"
           " Cairo", pdf, (Goal("seconds", at_most=1.5),), rounds=3, turns=4),
    Figure("report.pdf_chromium", "the same against Chromium printing the same report's page", pdf_chromium,
           (Goal("seconds", at_most=1 / 15),), rounds=3, turns=2),
    Figure("report.pdf_weasyprint", "the same against WeasyPrint", pdf_weasyprint,
           (Goal("seconds", at_most=1 / 100),), rounds=1),
    Figure("report.xlsx", "the workbook, against the same cells and charts by libxlsxwriter", xlsx,
           (Goal("seconds", at_most=1.3),), rounds=3, turns=4),
    Figure("report.download", "a stored PDF, against a bare stream of as many bytes", download,
           (Goal("mib_per_second", at_least=0.8),), rounds=3, turns=4),
)
