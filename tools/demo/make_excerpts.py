#!/usr/bin/python3
"""Quotes what the demonstration's respondents wrote (架空), as an editor does: takes
the excerpts of excerpts.csv from their answers, records the consents (架空 too, as
staff is told by mail or telephone), and gives the round a template whose last page
(initiatives_page.yaml) shows what is consented to. An excerpt without a note of its
consent awaits its respondent's answer.

Every step may be repeated: what is there stays.

Usage: make_excerpts.py SERVER FISCAL_YEAR
  SERVER: gRPC address of the gateway, 127.0.0.1:7100
Environment: WELFARECTL, the program to call; default: that of the release build.
"""

import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CTL = os.environ.get("WELFARECTL", HERE.parents[1] / "build/release/bin/welfarectl")
COMMENT = "新しい取組みの記述を20頁に引用"


def excerpts(year):
    """Returns the rows of excerpts.csv that are of the year."""
    with open(HERE / "excerpts.csv", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["fiscal_year"] == year]


def with_page(text, page):
    """Returns the template `text` with `page` in place of its page 20, the last one."""
    before, last, after = text.rpartition("  - page: 20\n")
    if not last or "\n  - page:" in after:
        raise SystemExit("make_excerpts: page 20 is not the last one of the built-in template")
    return before + page


class Editor:
    """Who edits the excerpts of one round."""

    def __init__(self, server, year):
        self.server, self.year = server, year

    def say(self, *arguments):
        """Calls welfarectl for the round; returns what it writes."""
        done = subprocess.run([CTL, "--server", self.server, "--output", "json", "report", *arguments,
                               "--fiscal-year", self.year], stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise SystemExit(done.returncode)  # welfarectl has said why
        return done.stdout.decode()

    def ask(self, *arguments):
        """As `say`; returns the JSON of it."""
        return json.loads(self.say(*arguments))

    def take(self, row, stored):
        """Takes the excerpt of the row, unless it is `stored`; returns it."""
        return stored.get(row["excerpt"]) or self.ask(
            "excerpt", "create", row["excerpt"], "--submission", row["submission"], "--item", row["item"],
            "--text", row["text"], "--category", row["category"], "--attribution", row["attribution"])

    def consent(self, row, excerpt):
        """Records the consent of the row, unless its respondent has answered."""
        if excerpt["consent"] != "CONSENT_NONE" or not row["consent_note"]:
            return excerpt
        # To the text that was read, not to what somebody made of it meanwhile.
        return self.ask("excerpt", "consent", row["excerpt"], "--level", "public",
                        "--note", row["consent_note"], "--etag", excerpt["etag"])

    def show(self):
        """Gives the round the template that shows them, unless it has one of its own."""
        if self.ask("template", "list"):
            return
        text = self.say("template", "get", "--revision", "built-in", "--out", "-")
        page = (HERE / "initiatives_page.yaml").read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "template.yaml"
            file.write_text(with_page(text, page), "utf-8")
            self.say("template", "set", str(file), "--comment", COMMENT)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    server, year = sys.argv[1:]
    editor, rows = Editor(server, year), excerpts(year)
    if not rows:
        return
    stored = {one["name"].rpartition("/")[2]: one for one in editor.ask("excerpt", "list")}
    kept = [editor.consent(row, editor.take(row, stored)) for row in rows]
    given = sum(one["consent"] == "CONSENT_GIVEN" for one in kept)
    awaiting = sum(one["consent"] == "CONSENT_NONE" for one in kept)
    editor.show()
    print(f"FY{year}: {len(kept)} excerpts (架空): {given} consented to, {awaiting} awaiting an answer")


if __name__ == "__main__":
    main()
