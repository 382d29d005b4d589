#!/usr/bin/python3
"""Holds pages of reports, in a real Chromium, to what npm's axe-core finds, by day, by night and on a narrow screen.

Usage: axe_check.py FILE...

Also that nothing but charts and tables has to be scrolled sideways on 320 pixels, that the
first key leads to the contents, and that what is scrolled takes keys. A copy with planted
faults has to be refused, so that a look at nothing is noticed. PICTURES=FOLDER keeps what
was looked at.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
NPM = SOURCE / "tools" / "npm"
sys.path.insert(0, str(SOURCE / "tests" / "support"))

import browser  # noqa: E402  (found by the path above)

# (name, width in pixels, dark)
SCREENS = (("day", 1280, False), ("night", 1280, True), ("narrow", 320, False))
# Rules of WCAG 2.0 to 2.2, A and AA, and what axe-core holds to be good practice.
# What it cannot decide counts as found, but for contrasts: it sees no shapes of charts, and nothing
# behind the edge of what is scrolled. palette_test and html_check.py hold all inks to their grounds.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"""axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}, resultTypes: ['violations', 'incomplete']}})
  .then(found => ({{
    passes: found.passes.length,
    violations: [...found.violations, ...found.incomplete.filter(rule => rule.id !== 'color-contrast')].flatMap(
      rule => rule.nodes.map(node => rule.id + ': ' + node.target.join(' ') + ': '
        + [...node.any, ...node.all, ...node.none].map(check => check.message).join('; ')))}}))"""
WIDE = """[...document.querySelectorAll('main *')].filter(one =>
    !one.closest('.charts, .table') && one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.tagName + '.' + one.className).slice(0, 5)"""
# (what is replaced, by what, which rule finds it)
PLANTED = (
    ("--faint:#4a5560", "--faint:#c0c8d0", "color-contrast"),
    (' role="group" tabindex="0"', "", "scrollable-region-focusable"),
    ('<html lang="ja">', "<html>", "html-has-lang"),
)


def axe(page):
    page.evaluate((NPM / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    return page.evaluate(RUN)


def look(chromium, path):
    """Returns what is wrong with a page."""
    faults = []
    for name, width, dark in SCREENS:
        page = chromium.open(path, width=width, dark=dark)
        if os.environ.get("PICTURES"):
            pathlib.Path(os.environ["PICTURES"], f"{path.stem}-{name}.png").write_bytes(page.picture(whole=True))
        found = axe(page)
        if found["passes"] < 10:
            faults.append(f"{path.name}, {name}: axe-core looked at {found['passes']} rules")
        faults += [f"{path.name}, {name}: {fault}" for fault in found["violations"]]
        for wide in page.evaluate(WIDE):
            faults.append(f"{path.name}, {name}: {wide} is wider than the screen")
        page.evaluate("document.activeElement.blur()")
        page.press("Tab", 9)
        if (first := page.evaluate("document.activeElement.getAttribute('href')")) != "#contents":
            faults.append(f"{path.name}, {name}: the first key leads to {first}")
    return faults


def main(*files):
    subprocess.run([NPM / "install"], check=True)
    faults = []
    with browser.Chromium() as chromium, tempfile.TemporaryDirectory(prefix="waxe-") as folder:
        for file in files:
            faults += look(chromium, pathlib.Path(file))
        text = pathlib.Path(files[0]).read_text("utf-8")
        for i, (old, new, rule) in enumerate(PLANTED):
            assert old in text, old
            copy = pathlib.Path(folder, f"planted{i}.html")
            copy.write_text(text.replace(old, new), "utf-8")
            found = axe(chromium.open(copy, width=320))["violations"]
            if not any(fault.startswith(rule + ":") for fault in found):
                faults.append(f"{rule} overlooks what was planted: {found[:3]}")
    print("\n".join(faults[:100]) or f"{len(files)} pages on {len(SCREENS)} screens, nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
