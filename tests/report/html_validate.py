#!/usr/bin/python3
"""Holds pages of reports to HTML and to WCAG as npm's html-validate knows them.

Usage: html_validate.py FILE...

Installs the npm packages where they are missing. A copy with planted faults has
to be refused, so that a validator that looks at nothing is noticed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
NPM = SOURCE / "tools" / "npm"
RULES = {"root": True, "extends": ["html-validate:recommended", "html-validate:document", "html-validate:a11y"]}
# (what is replaced, by what, which rule finds it)
PLANTED = (
    ("</table>", "</tabel>", "close-order"),
    (' lang="ja"', "", "element-required-attributes"),
    ("<h2", "<h5", "heading-level"),
)


def validate(config, *files):
    """Returns {file: rules that it breaks, with a place of each}."""
    # Into a file: what is longer than a pipe is cut off when the program leaves.
    answer = config.with_suffix(".answer")
    with answer.open("wb") as out:
        done = subprocess.run(
            ["node", NPM / "node_modules/html-validate/bin/html-validate.mjs", "--config", config,
             "--formatter", "json", *files],
            stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    words = answer.read_text("utf-8")
    if not words.startswith("["):
        sys.exit(f"html-validate: {words}{done.stderr}")
    return {pathlib.Path(result["filePath"]).name: {
        message["ruleId"]: f"line {message['line']}: {message['message']}" for message in result["messages"]}
        for result in json.loads(words)}


def main(*files):
    subprocess.run([NPM / "install"], check=True)
    faults = []
    with tempfile.TemporaryDirectory(prefix="whtml-") as folder:
        folder = pathlib.Path(folder)
        config = folder / "rules.json"
        config.write_text(json.dumps(RULES))
        for name, broken in validate(config, *files).items():
            faults += [f"{name}: {rule}: {words}" for rule, words in broken.items()]
        page = pathlib.Path(files[0]).read_text("utf-8")
        copies = []
        for i, (old, new, rule) in enumerate(PLANTED):
            assert old in page, old
            copies.append((folder / f"planted{i}.html", rule))
            copies[-1][0].write_text(page.replace(old, new, 1), "utf-8")
        found = validate(config, *(copy for copy, _ in copies))
        faults += [f"{rule} overlooks what was planted: {sorted(found.get(copy.name, {}))}"
                   for copy, rule in copies if rule not in found.get(copy.name, {})]
    print("\n".join(faults) or f"{len(files)} pages, nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
