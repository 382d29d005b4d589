#!/usr/bin/python3
"""Reads a PDF of a report with the tools that others read it with.

Usage: pdf_check.py FILE.pdf: 20 pages and an annex, A4 landscape, the font
embedded and subset, every sheet marked, every text readable, bookmarks
and page labels in place, the contents linked, everything tagged, and every
figure in words.
"""

import re
import subprocess
import sys


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def main(path):
    faults = []

    def expect(holds, words):
        if not holds:
            faults.append(words)

    facts = dict(re.split(r":\s*", line, maxsplit=1)
                 for line in run("pdfinfo", "-isodates", path).splitlines() if ":" in line)
    pages = int(facts["Pages"])
    expect(pages > 20, f"{pages} pages: there is no annex")
    expect(facts["Page size"].startswith("841.89 x 595.276 pts (A4)"), facts["Page size"])
    expect("架空データ" in facts["Title"], facts["Title"])
    expect(facts["CreationDate"].startswith("2025-07-1"), facts["CreationDate"])

    fonts = run("pdffonts", path).splitlines()[2:]
    expect(len(fonts) > 0, "no font")
    for font in fonts:
        expect(re.match(r"[A-Z]{6}\+IPAexGothic\s", font), font)
        embedded, subset, unicode_ = re.search(r"(yes|no) (yes|no) (yes|no)", font).groups()
        expect((embedded, subset, unicode_) == ("yes", "yes", "yes"), font)

    texts = run("pdftotext", "-layout", path, "-").split("\f")[:pages]
    expect(len(texts) == pages, f"{len(texts)} texts of {pages} pages")
    for number, text in enumerate(texts, start=1):
        expect(text.count("架空データ") >= 2, f"sheet {number} is not marked twice")
        expect(text.split("\n\n")[-1].count("架空データ") <= 1, f"the footer of sheet {number} says it twice")
        expect("結果の概要" in text, f"sheet {number} has no title")
        label = str(number) if number <= 20 else f"資-{number - 20}"
        expect(text.split()[-1] == label, f"sheet {number} ends with {text.split()[-1:]}")
        expect("\ufffd" not in text and "□" not in text, f"sheet {number} lacks a glyph")
    for number in range(2, 21):
        expect("n=" in texts[number - 1], f"sheet {number} has no n")

    run("qpdf", "--check", path)
    objects = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", path, "-"],
                             capture_output=True, timeout=120).stdout.decode("latin-1")
    expect("/Outlines" in objects and "/PageLabels" in objects, "no bookmarks or labels")

    # Who hears it: a language, elements in their order, words for what is drawn.
    expect(facts["Tagged"] == "yes", "no tags")
    done = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, text=True, timeout=120)
    expect("Warning" not in done.stderr and "Error" not in done.stderr, done.stderr[:300])
    elements = [line.strip() for line in done.stdout.splitlines()]
    expect(elements[0] == "Document" and elements.count("Sect") == pages, f"{elements.count('Sect')} sections")
    expect(elements.count("H1 (block)") >= 20, f"{elements.count('H1 (block)')} headings")
    for element in ("H2 (block)", "P (block)", "L (block)", "LI (block)", "BlockQuote", "Table (block)", "TR", "TH", "TD"):
        expect(element in elements, f"no {element}")
    heard = set(re.sub(r"\s", "", "".join(re.findall(r'^\s*"(.*)"$', done.stdout, re.M))))
    expect(not set(re.sub(r"\s", "", texts[2])) - heard - set("3"), "a text of sheet 3 is in no element")
    figures = re.findall(r"<<[^<>]*/Alt <([0-9a-f]*)>[^<>]*/S /Figure|/S /Figure", objects)
    expect(len(figures) > 20 and all(figures), f"{figures.count('')} of {len(figures)} figures without words")
    for figure in figures:
        words = bytes.fromhex(figure).decode("utf-16") if figure else ""
        expect(re.search(r"\d", words), f"a figure says {words[:60]}")
    expect("/Lang (ja-JP)" in objects, "no language")
    expect("/DisplayDocTitle true" in objects, "the title is not shown")
    links = re.findall(r"/Dest \(([^)]*)\)[^<>]*/Rect", objects)
    expect(len(links) >= 20, f"{len(links)} links")
    names = re.findall(r"\(([^)]*)\)\s*\[?", objects[objects.find("/Names ["):])
    expect(not set(links) - set(names), f"links that lead nowhere: {set(links) - set(names)}")

    print("\n".join(faults) or f"{path}: {pages} sheets, nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
