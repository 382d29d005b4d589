#!/usr/bin/python3
"""Opens the files of a report in the programs that people open them in.

Usage: readers_check.py FOLDER

FOLDER has report.html, report.pdf, report.xlsx, report.json and report-csv.zip.
Beside what the checks of this folder say (Chromium with axe-core, html-validate,
poppler, qpdf, the ministry's rules, jsonstat-toolkit): every sheet of the PDF
becomes a picture with something on it; LibreOffice opens the workbook and prints
every sheet of it; openpyxl finds no formula. LibreOffice's PDF stays in FOLDER as
workbook.pdf.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import openpyxl

HERE = pathlib.Path(__file__).parent
CHECKS = (("html_check.py", "report.html"), ("html_validate.py", "report.html"), ("axe_check.py", "report.html"),
          ("pdf_check.py", "report.pdf"), ("xlsx_check.py", "report.xlsx", "report-csv.zip"),
          ("csv_check.py", "report-csv.zip"), ("json_stat_check.py", "report.json", "report-csv.zip"))
NAMED_SHEETS = {"表紙と目次", "図の数値", "データ", "データ項目"}
NO_INK = 250  # of 255: anything darker is ink


def run(*command, timeout=300):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=timeout, check=False)


def pages_of(pdf):
    return int(re.search(r"^Pages:\s+(\d+)", run("pdfinfo", pdf).stdout, re.M)[1])


def is_blank(picture):
    """Whether a picture (PGM) has nothing on it."""
    content = picture.read_bytes()
    header = re.match(rb"P5\s+\d+\s+\d+\s+255\s", content)
    return min(content[header.end():]) > NO_INK


def look_at_pictures(pdf):
    with tempfile.TemporaryDirectory() as folder:
        done = run("pdftoppm", "-gray", "-r", "40", pdf, f"{folder}/sheet")
        if done.returncode != 0 or done.stderr.strip():
            yield f"pdftoppm of {pdf.name}: {done.stderr.strip()[:300]}"
        pictures = sorted(pathlib.Path(folder).iterdir())
        if len(pictures) != pages_of(pdf):
            yield f"{pdf.name} has {pages_of(pdf)} sheets, and {len(pictures)} became pictures"
        yield from (f"{pdf.name}: {picture.stem} is blank" for picture in pictures if is_blank(picture))


def look_at_workbook(path):
    book = openpyxl.load_workbook(path)
    yield from (f"there is no sheet {name}" for name in sorted(NAMED_SHEETS - set(book.sheetnames)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or (isinstance(cell.value, str) and cell.data_type != "s"):
                    yield f"{sheet.title}!{cell.coordinate} is no text: {cell.value!r}"


def print_workbook(path):
    """Has LibreOffice print the workbook; each sheet has to appear, its name in the footer."""
    folder = path.parent
    with tempfile.TemporaryDirectory() as profile:
        done = run("soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
                   "--outdir", profile, path)
        printed = pathlib.Path(profile) / "report.pdf"
        if done.returncode != 0 or not printed.exists():
            yield f"LibreOffice does not print the workbook: {done.stdout[-300:]}{done.stderr[-300:]}"
            return
        if re.search(r"repair|corrupt|error", done.stdout + done.stderr, re.I):
            yield f"LibreOffice has to say: {done.stdout[-300:]}{done.stderr[-300:]}"
        shutil.move(printed, folder / "workbook.pdf")
    texts = re.sub(r"\s", "", run("pdftotext", folder / "workbook.pdf", "-").stdout)
    if "###" in texts:
        yield "a number of the printed workbook does not fit its column"
    book = openpyxl.load_workbook(path, read_only=True)
    for name in book.sheetnames:
        title = re.sub(r"\s", "", name)
        if name not in NAMED_SHEETS and title not in texts:
            yield f"the sheet {name} is not among what LibreOffice prints"
    yield from look_at_pictures(folder / "workbook.pdf")


def main(folder):
    folder = pathlib.Path(folder)
    faults = []
    for check, *files in CHECKS:
        done = run("/usr/bin/python3", "-B", HERE / check, *(folder / file for file in files), timeout=900)
        if done.returncode == 0:
            print(f"{check}: {(done.stdout.strip().splitlines() or ['nothing found'])[-1][:160]}")
        else:
            faults.append(f"{check}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    for look, file in ((look_at_pictures, "report.pdf"), (look_at_workbook, "report.xlsx"),
                       (print_workbook, "report.xlsx")):
        found = list(look(folder / file))
        faults.extend(found)
        if not found:
            print(f"{look.__name__}: {file}: nothing found")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
