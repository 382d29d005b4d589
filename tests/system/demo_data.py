"""An independent reading of the files the demonstration is made of.

Shares no code with the product: plain csv, so that the product's figures can be
counted again.
"""

import collections
import csv
import functools

import harness

Item = collections.namedtuple("Item", "id type options respondents relevant")


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


@functools.cache
def status():
    """Returns (implementing, preparation) by (code, fiscal year)."""
    return {(r["municipality_code"], int(r["fiscal_year"])):
            (r["implementing"], r["preparation"])
            for r in rows(harness.DATA / "registry/data/status-jusou.csv")}


def implementing(year):
    return {code for (code, y), facts in status().items()
            if y == year and facts[0] == "yes"}


def preparing(year):
    return {code for (code, y), facts in status().items()
            if y == year and facts == ("no", "yes")}


@functools.cache
def codebook():
    """Returns the items by id."""
    folder = harness.DATA / "survey/data/jusou"
    options = collections.defaultdict(list)
    for choice in rows(folder / "choices.csv"):
        options[choice["list_name"]].append(choice["name"])
    items = {}
    for line in rows(folder / "survey.csv"):
        kind, _, list_name = line["type"].partition(" ")
        if kind in ("select_one", "select_multiple", "integer", "text"):
            items[line["name"]] = Item(line["name"], kind, options[list_name],
                                       line["respondent"].split(), line["relevant"])
    return items


class Round:
    """The generated answers of one round."""

    def __init__(self, folder, year):
        self.year = year
        self.answers = collections.defaultdict(dict)  # respondent -> item -> row
        for row in rows(folder / f"synthetic-jusou-{year}-answers.csv"):
            respondent = f"{row['municipality_code']}-{row['respondent_kind']}"
            self.answers[respondent][row["item_id"]] = row

    def asked(self, item):
        return {r for r, answers in self.answers.items() if item in answers}

    def choosing(self, item, code):
        return {r for r in self.asked(item)
                if code in self.answers[r][item]["value"].split()}

    def absent(self, item, kind):
        return {r for r in self.asked(item)
                if self.answers[r][item]["absence"] == kind}

    def numbers(self, item):
        return sorted(int(self.answers[r][item]["value"]) for r in self.asked(item)
                      if self.answers[r][item]["value"])


def published():
    """Returns the rows of the published figures by statement."""
    statements = collections.defaultdict(list)
    for row in rows(harness.DATA / "indicator/data/published/jusou-2025.csv"):
        statements[row["statement_id"]].append(row)
    return statements
