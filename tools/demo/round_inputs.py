"""What the demonstration rounds are made from: the codebook and the registry."""

import csv

MUN, COU = "municipality", "council"


class Codebook:
    """The items in order with their type, list and respondents."""

    def __init__(self, folder):
        label = "label::日本語 (ja)"
        self.options, self.exclusive = {}, {}
        for row in read(folder / "choices.csv"):
            self.options.setdefault(row["list_name"], []).append(row["name"])
            if row["exclusive"] == "yes":
                self.exclusive[row["list_name"]] = row["name"]
        self.items = {}
        for row in read(folder / "survey.csv"):
            if row["type"] in ("begin_group", "end_group"):
                continue
            kind, _, name = row["type"].partition(" ")
            self.items[row["name"]] = {
                "type": kind, "list": name, "label": row[label],
                "or_other": row["or_other"] == "yes",
                "respondents": row["respondent"].split()}

    def order(self):
        """Yields every answerable id: items, and the cells of tables."""
        for name, item in self.items.items():
            if item["type"] == "table":
                for option in self.options[item["list"]]:
                    yield f"{name}/{option}"
            else:
                yield name


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


class Registry:
    def __init__(self, folder):
        self.codes = [r["code"] for r in read(folder / "municipalities.csv")]
        self.implementing, self.preparation = {}, {}
        for row in read(folder / "status-jusou.csv"):
            key = (row["municipality_code"], int(row["fiscal_year"]))
            self.implementing[key] = row["implementing"] == "yes"
            self.preparation[key] = row["preparation"]

    def start(self, code):
        years = [y for (c, y), v in self.implementing.items() if c == code and v]
        return min(years)

    def set_of(self, year):
        return [c for c in self.codes if self.implementing.get((c, year))]
