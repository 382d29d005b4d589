#!/usr/bin/python3
"""Checks the synthetic (架空) demonstration rounds against codebook and figures.

Reads the CSV files as a stranger would: it shares no code with the generator.
It checks every answer against the codebook (routing, types, options, exclusive
codes, other texts, constraints), recomputes every published statement that can be
computed, and the structure of the rounds. Prints a table; exit 1 on any
disagreement.

usage: check_rounds.py --rounds DIR [--services DIR] [--quiet]
"""

import argparse
import csv
import datetime
import pathlib
import re
import sys
import unicodedata

import yaml

from expression import Expression

ABSENCES = ("NO_ANSWER", "NOT_COUNTED", "UNKNOWN")
KINDS = ("municipality", "council")
LABEL = "label::日本語 (ja)"


def read(path):
    raw = path.read_bytes()
    if b"\r" in raw or raw.startswith(b"\xef\xbb\xbf"):
        raise SystemExit(f"{path}: not plain UTF-8 with LF")
    return list(csv.DictReader(raw.decode("utf-8").splitlines(keepends=True)))


def check_digit_holds(code):
    if not re.fullmatch(r"\d{6}", code):
        return False
    weighted = sum(int(d) * w for d, w in zip(code, (6, 5, 4, 3, 2)))
    return (11 - weighted % 11) % 10 == int(code[5])


class Registry:
    def __init__(self, folder):
        self.codes = [row["code"] for row in read(folder / "municipalities.csv")]
        self.facts = {}
        for row in read(folder / "status-jusou.csv"):
            key = (row["municipality_code"], int(row["fiscal_year"]))
            self.facts[key] = row

    def fact(self, code, year, name):
        row = self.facts.get((code, year))
        if row is None or row[name] == "unknown":
            return None
        return row[name] == "yes"


class Item:
    def __init__(self, row, options):
        self.id = row["name"]
        self.type, _, self.list = row["type"].partition(" ")
        self.respondents = row["respondent"].split()
        self.required = row["required"] == "yes"
        self.or_other = row["or_other"] == "yes"
        self.population = row["population"].split()
        self.relevant = Expression(row["relevant"] or "true()")
        self.constraint = Expression(row["constraint"]) if row["constraint"] else None
        self.absences = row["absences"].split()
        self.offset = int(row["reference_year_offset"])
        self.options = options.get(self.list, {})

    def ids(self):
        if self.type == "table":
            return [f"{self.id}/{row}" for row in self.options]
        return [self.id]


class Codebook:
    def __init__(self, folder):
        options = {}
        for row in read(folder / "choices.csv"):
            options.setdefault(row["list_name"], {})[row["name"]] = (
                row["exclusive"] == "yes")
        self.items, depth, names = {}, 0, set()
        for row in read(folder / "survey.csv"):
            depth += {"begin_group": 1, "end_group": -1}.get(row["type"], 0)
            assert depth in (0, 1), row
            if row["type"] == "end_group":
                continue
            assert row["name"] not in names, row["name"]
            names.add(row["name"])
            if row["type"] != "begin_group":
                self.items[row["name"]] = Item(row, options)
        assert depth == 0

    def item_of(self, answer_id):
        item = self.items.get(answer_id.split("/")[0])
        return item if item and answer_id in item.ids() else None


class Context:
    """One respondent of a round, for the expressions."""

    def __init__(self, round_, code, kind, current=None):
        self.round, self.code, self.kind, self.value = round_, code, kind, current

    def item(self, name):
        return self.round.typed(self.code, self.kind, name)

    def current(self):
        return self.value

    def registry(self, fact, offset):
        return self.round.registry.fact(self.code, self.round.year + offset, fact)

    def fiscal_year(self):
        return self.round.year


class Round:
    def __init__(self, folder, year, registry, codebook, plan):
        stem = f"synthetic-jusou-{year}"
        self.year, self.registry, self.codebook = year, registry, codebook
        self.first, self.last = plan["window_start"], plan["window_end"]
        self.header_rows = read(folder / f"{stem}-headers.csv")
        self.answer_rows = read(folder / f"{stem}-answers.csv")
        self.submissions = {(r["municipality_code"], r["respondent_kind"])
                            for r in self.header_rows}
        self.answers = {}
        for row in self.answer_rows:
            self.answers[(row["municipality_code"], row["respondent_kind"],
                          row["item_id"])] = row

    def typed(self, code, kind, name):
        row = self.answers.get((code, kind, name))
        if row is None or row["absence"]:
            return None
        item = self.codebook.item_of(name)
        return int(row["value"]) if item.type == "integer" else row["value"]

    def asked(self, code, kind, item):
        return kind in item.respondents and item.relevant.evaluate(
            Context(self, code, kind)) is True

    # -- findings about form

    def findings(self):
        yield from self.header_findings()
        order = {}
        for item in self.codebook.items.values():
            for answer_id in item.ids():
                order[answer_id] = len(order)
        seen, last = set(), None
        for row in self.answer_rows:
            key = (row["municipality_code"], row["respondent_kind"], row["item_id"])
            problem = self.problem(row, seen)
            seen.add(key)
            if problem:
                yield f"{self.year} {' '.join(key)}: {problem}"
            place = (key[0], KINDS.index(key[1]), order.get(key[2], -1))
            if last and place <= last:
                yield f"{self.year} {' '.join(key)}: out of order"
            last = place
        for code, kind in sorted(self.submissions):
            for item in self.codebook.items.values():
                if not self.asked(code, kind, item):
                    continue
                for answer_id in item.ids():
                    if (code, kind, answer_id) not in seen:
                        yield f"{self.year} {code} {kind} {answer_id}: asked, no row"

    def header_findings(self):
        if len(self.header_rows) != len(self.submissions):
            yield f"{self.year}: a respondent has two headers"
        for row in self.header_rows:
            name = f"{self.year} {row['municipality_code']} {row['respondent_kind']}"
            if row["municipality_code"] not in self.registry.codes or (
                    not check_digit_holds(row["municipality_code"])):
                yield f"{name}: unknown code"
            if row["survey"] != "jusou" or row["fiscal_year"] != str(self.year):
                yield f"{name}: other survey or year"
            if "架空" not in row["department"] or (
                    not row["contact"].startswith("synthetic") or
                    not row["contact"].endswith("@example.invalid")):
                yield f"{name}: not marked synthetic"
            if row["received_on"] < self.first:
                yield f"{name}: received before the window"

    def problem(self, row, seen):
        code, kind = row["municipality_code"], row["respondent_kind"]
        key = (code, kind, row["item_id"])
        if row["survey"] != "jusou" or row["fiscal_year"] != str(self.year):
            return "other survey or year"
        if key in seen:
            return "answered twice"
        if (code, kind) not in self.submissions:
            return "no header"
        item = self.codebook.item_of(row["item_id"])
        if item is None:
            return "unknown item"
        if not self.asked(code, kind, item):
            return "answered but not asked"
        if bool(row["value"]) == bool(row["absence"]):
            return "needs a value or an absence"
        if row["absence"]:
            if row["absence"] not in ABSENCES or row["absence"] not in item.absences:
                return f"absence {row['absence']} not allowed"
            return "other text beside an absence" if row["other_text"] else None
        return self.value_problem(row, item) or self.constraint_problem(key, item)

    def value_problem(self, row, item):
        value = row["value"]
        codes = value.split(" ")
        if item.type == "integer":
            if not re.fullmatch(r"-?(0|[1-9]\d*)", value):
                return "not an integer"
        elif item.type in ("text", "table"):
            if not all(line.startswith("(架空)") for line in value.split("\n")):
                return "text not marked synthetic"
            if unicodedata.normalize("NFC", value) != value:
                return "text not in NFC"
        else:
            if item.type == "select_one" and len(codes) != 1:
                return "several codes in a single answer"
            if len(set(codes)) != len(codes):
                return "a code twice"
            if not set(codes) <= set(item.options):
                return f"option not offered: {value}"
            if len(codes) > 1 and any(item.options[c] for c in codes):
                return "exclusive option combined"
        wants = item.or_other and "other" in codes
        if wants != bool(row["other_text"]):
            return "other without its text, or text without other"
        if row["other_text"] and "架空" not in row["other_text"]:
            return "other text not marked synthetic"
        return None

    def constraint_problem(self, key, item):
        if item.constraint is None:
            return None
        context = Context(self, key[0], key[1], self.typed(*key))
        if item.constraint.evaluate(context) is False:
            return f"constraint broken: {item.constraint.text}"
        return None


# -- the wording rules (profile 1), in exact integers


def nearest_tenth(k, n):
    return (20 * k + n) // (2 * n)


def fits(wording, k, n):
    """Returns a verdict for k of n; None where the profile has no rule."""
    if wording in ("ある", "も見られる", "場合もある"):
        return "fits" if k >= 1 else "does not fit"
    if wording == "全て":
        return "fits" if n > 0 and k == n else "does not fit"
    if n == 0:
        return "impossible"
    match = re.fullmatch(r"(\d)割以上", wording)
    if match:
        tenth = int(match[1])
        if 10 * k < tenth * n:
            return "does not fit"
        higher = 10 * k >= (tenth + 1) * n
        return "literally true but a higher class fits" if higher else "fits"
    if wording == "半数以上":
        return "fits" if 2 * k >= n else "does not fit"
    match = re.fullmatch(r"(\d)割", wording)
    if match:
        return "fits" if nearest_tenth(k, n) == int(match[1]) else "does not fit"
    if wording == "7割弱":
        low = 20 * k >= 13 * n and 10 * k < 7 * n
        return "fits" if low else "does not fit"
    match = re.fullmatch(r"(約?)(半数|(\d)/(\d))", wording)
    if match:
        a, b = (1, 2) if match[2] == "半数" else (int(match[3]), int(match[4]))
        if match[1]:
            # |k/n - a/b| <= 1/20; for a half the upper end is excluded.
            distance = 20 * (k * b - a * n)
            width = n * b
            if match[2] == "半数" and distance == width:
                return "does not fit"
            return "fits" if -width <= distance <= width else "does not fit"
        return "fits" if 2 * abs(k * b - a * n) <= b else "does not fit"
    return None


class Figures:
    def __init__(self, rounds, registry, folder, plan):
        self.rounds, self.registry, self.plan = rounds, registry, plan
        self.rows = read(folder / "jusou-2025.csv")
        self.populations = {
            r["id"]: (r["respondent"], Expression(r["expression"]))
            for r in read(folder / "populations.csv")}

    def members(self, population, round_):
        kind, expression = self.populations[population]
        return [c for c in self.registry.codes if (c, kind) in round_.submissions and
                expression.evaluate(Context(round_, c, kind)) is True]

    def registry_size(self, population, year):
        """Size of a registry population in any year, without a round."""
        expression = self.populations[population][1]
        assert not expression.items()

        class Facts:
            def __init__(self, registry, code):
                self.registry_, self.code = registry, code

            def registry(self, fact, offset):
                known = self.registry_.fact(self.code, year + offset, fact)
                # Before the first recorded year nobody implemented.
                return False if known is None and year + offset < 2021 else known
        return sum(expression.evaluate(Facts(self.registry, c)) is True
                   for c in self.registry.codes)

    def count(self, row, round_, population):
        """Returns (numerator or value, base) of a computed statement."""
        kind = self.populations[population][0]
        items = row["item_id"].split("|")
        base = self.members(population, round_)
        if row["base"] == "asked":
            base = [c for c in base
                    if any((c, kind, i) in round_.answers for i in items)]
        cell = row["cell"]
        values = [round_.typed(c, kind, items[0]) for c in base]
        if cell == "sum":
            return sum(v for v in values if v is not None), len(base)
        if cell.startswith("rank"):
            ranks = sorted({v for v in values if v is not None}, reverse=True)
            return ranks[int(cell[4:]) - 1], len(base)
        hits = 0
        for c in base:
            if cell in ABSENCES:
                hits += any(round_.answers[(c, kind, i)]["absence"] == cell
                            for i in items if (c, kind, i) in round_.answers)
                continue
            codes = set((round_.typed(c, kind, items[0]) or "").split())
            wanted = set(re.split(r"[|&]", cell))
            hits += wanted <= codes if "&" in cell else bool(wanted & codes)
        return hits, len(base)

    def computed(self, row):
        round_ = self.rounds[int(row["round_fy"])]
        k, n = self.count(row, round_, row["population"])
        shown = f"{k}/{n}" if row["cell"] not in ("sum",) and (
            not row["cell"].startswith("rank")) else str(k)
        if row["denominator"] and int(row["denominator"]) != n:
            return shown, f"base is not {row['denominator']}"
        for column in ("numerator", "value"):
            if row[column] and int(row[column]) != k:
                return shown, f"differs from {row[column]}"
        low, high = row["lower_bound"], row["upper_bound"]
        if (low and k < int(low)) or (high and k > int(high)):
            return shown, f"outside {low}..{high}"
        wording = row["wording"]
        if wording == "変化はなかった":
            now = self.rounds[2025]
            k2, n2 = self.count(row, now, row["population"])
            same = nearest_tenth(k, n) == nearest_tenth(k2, n2)
            return f"{k}/{n}, {k2}/{n2}", "fits" if same else "another class"
        if wording:
            verdict = fits(wording, k, n)
            assert verdict is not None, wording
            return shown, verdict
        return shown, "fits"

    # A statement of the registry: the size of the named set in the year.
    def registry_(self, row):
        if row["population"] == "newcomers":
            sizes = [self.registry_size("newcomers", y) for y in range(2021, 2026)]
            shown = ",".join(map(str, sizes))
            return shown, "fits" if shown == row["value"] else "differs"
        size = self.registry_size(row["population"], int(row["reference_fy"]))
        expected = row["numerator"] or row["value"]
        if row["denominator"] == "62" and len(self.registry.codes) != 62:
            return str(size), "base is not 62"
        if row["denominator"] == "32" and self.registry_size("not_implementing", 2025) != 32:
            return str(size), "base is not 32"
        return str(size), "fits" if size == int(expected) else f"differs from {expected}"

    def progress(self, row):
        round_ = self.rounds[int(row["round_fy"])]
        if not row["numerator"]:
            shown = f"{round_.first}/{round_.last}"
            inside = all(round_.first <= r["received_on"] <= round_.last
                         for r in round_.header_rows)
            return shown, "fits" if inside and shown == row["value"] else "differs"
        counts = []
        for population in row["population"].split():
            kind = self.populations[population][0]
            counts.append((sum(k == kind for _, k in round_.submissions),
                           len(self.registry.codes)))
        good = all(f"{k}" == row["numerator"] and f"{n}" == row["denominator"]
                   for k, n in counts)
        return " ".join(f"{k}/{n}" for k, n in counts), "fits" if good else "differs"

    def trend(self, row):
        before, now = self.rounds[2024], self.rounds[2025]
        if row["wording"] == "進められている":
            return "", "unchecked: no figure and no year to compare with"
        if row["reading"] == "A":
            cohorts = []
            for year in range(2021, 2026):
                members = [c for c in self.members("implementing", now) if min(
                    y for (m, y), f in self.registry.facts.items()
                    if m == c and f["implementing"] == "yes") == year]
                hits = sum(now.typed(c, "municipality", row["item_id"]) == row["cell"]
                           for c in members)
                cohorts.append((hits, len(members)))
            falling = all(a * q >= b * p for (a, p), (b, q) in zip(cohorts, cohorts[1:]))
            strict = cohorts[0][0] * cohorts[-1][1] > cohorts[-1][0] * cohorts[0][1]
            shown = " ".join(f"{k}/{n}" for k, n in cohorts)
            return shown, "fits" if falling and strict else "does not fall with later start"
        k1, n1 = self.count(row, before, row["population"])
        k2, n2 = self.count(row, now, row["population"])
        grows = k2 * n1 > k1 * n2 and k2 > k1
        return f"{k1}/{n1} -> {k2}/{n2}", "fits" if grows else "does not grow"

    def table(self):
        """Yields (row, computed, verdict) for what can be computed."""
        for row in self.rows:
            if row["check"] not in ("computed", "registry", "progress", "trend"):
                continue
            method = "registry_" if row["check"] == "registry" else row["check"]
            yield (row, *getattr(self, method)(row))


def structure(figures, rounds, registry, codebook):
    """Yields (what, seen, expected) beyond the published statements."""
    now, before = rounds[2025], rounds[2024]

    def size(population, round_=now):
        return len(figures.members(population, round_))

    def municipalities(item, *codes, round_=now):
        return {c for c in registry.codes if set(codes) & set(
            str(round_.typed(c, "municipality", item) or "").split())}

    yield "municipalities", len(registry.codes), 62
    yield "submissions FY2025", len(now.submissions), 124
    for population, expected in (
            ("implementing", 30), ("not_implementing", 32), ("transition", 6),
            ("preparing_self_reported", 10), ("newcomers", 7), ("plan_made", 23),
            ("no_plan", 7), ("implementing_previous_year", 23),
            ("window_installed", 18), ("window_not_installed", 12),
            ("outreach_direct", 5), ("outreach_outsourced", 28),
            ("outreach_direct_and_outsourced", 3), ("outreach_to_council", 26),
            ("regular_place_councils", 18)):
        yield f"size of {population}", size(population), expected
    plans = set(figures.members("plan_made", now))
    last = set(figures.members("implementing_previous_year", now))
    yield "the two sets of 23 are one set", plans == last, False
    yield "132101 has a plan and did not implement in FY2024", (
        "132101" in plans and "132101" not in last), True
    yield "no plan and newcomer are one set", (
        set(figures.members("no_plan", now)) == set(figures.members("newcomers", now))), False
    transition = set(figures.members("transition", now))
    yield "transition inside not implementing", (
        transition <= set(figures.members("not_implementing", now))), True
    yield "the preparing include transition and others", (
        0 < len(transition & set(figures.members("preparing_self_reported", now))) < 10), True
    direct = municipalities("outreach_operation", "direct")
    outsourced = municipalities("outreach_operation", "outsourced")
    yield "outreach split", (len(direct - outsourced), len(direct & outsourced),
                             len(outsourced - direct)), (2, 3, 25)
    position = "plan_position_in_welfare_plan"
    current, following = municipalities(position, "current"), municipalities(position, "next")
    yield "plan position", (
        len(current & plans), len(current), len((current | following) & plans),
        len(current | following)), (19, 24, 21, 27)
    structure_ = municipalities("eval_structure_exists", "yes")
    yield "evaluation structure of the 23", len(structure_ & last), 16
    yield "evaluation structure at least half of 30", len(structure_) >= 15, True
    yield "not set support conferences FY2025", len(municipalities("sc_setup", "not_set")), 0
    yield "not set multi-layer conferences FY2025", len(municipalities("mlc_setup", "not_set")), 0
    contacts = [now.typed(c, "municipality", "outreach_max_contacts") or 0
                for c in registry.codes]
    yield "contacts above 12", sorted(v for v in contacts if v > 12), [14, 40]
    newcomers = set(figures.members("newcomers", now))
    yield "newcomers' answers to last year's items", sum(
        row["municipality_code"] in newcomers and
        codebook.item_of(row["item_id"]).offset == -1 for row in now.answer_rows), 0
    yield "NOT_COUNTED on page 15", sum(
        row["item_id"].startswith("part_supports_") and row["absence"] == "NOT_COUNTED"
        for row in now.answer_rows) >= 1, True
    for kind in ABSENCES:
        yield f"{kind} occurs in FY2025", any(
            row["absence"] == kind for row in now.answer_rows), True
    yield "a real zero occurs", any(row["value"] == "0" for row in now.answer_rows), True
    for row in now.answer_rows:
        if row["item_id"] == "mun_first_implementation_fy" and row["value"]:
            code = row["municipality_code"]
            years = [y for (c, y), f in registry.facts.items()
                     if c == code and f["implementing"] == "yes"]
            first = min(years, default=None)
            if first != int(row["value"]):
                yield f"{code} first year", row["value"], first
    for partner in ("ur_jkk", "realtor", "housing_support_corp", "hello_work"):
        yield f"{partner} named more often in FY2025", (
            len(municipalities("collab_partners", partner)) >
            len(municipalities("collab_partners", partner, round_=before))), True
    yield "implementing FY2024", size("implementing", before), 23
    yield "frame not implementing FY2024", figures.registry_size("not_implementing", 2024), 39
    yield "base of last year's items in FY2024", size("implementing_previous_year", before), 12
    yield "windows FY2024", size("window_installed", before), 14
    yield "the FY2024 round is smaller", (
        len(before.answer_rows) < len(now.answer_rows)), True
    known = {c for c in registry.codes if before.typed(
        c, "municipality", "mun_transition_prep") is not None}
    yield "preparation FY2024 known for", sorted(known), ["132101"]
    items = [(i, k) for i in codebook.items.values() for k in i.respondents]
    yield "items of the codebook", len(codebook.items), 86
    yield "pairs of item and respondent kind", len(items), 88
    for item, kind in items:
        population = item.population[item.respondents.index(kind)]
        for round_ in rounds.values():
            asked = [c for c in registry.codes if (c, kind) in round_.submissions and
                     round_.asked(c, kind, item)]
            if asked != figures.members(population, round_):
                yield f"{item.id}: population {population}", len(asked), size(population, round_)


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text, columns):
    while width(text) > columns:
        text = text[:-1]
    return text + " " * (columns - width(text))


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", required=True, type=pathlib.Path)
    parser.add_argument("--services", type=pathlib.Path, default=root / "services")
    parser.add_argument("--quiet", action="store_true", help="disagreements only")
    arguments = parser.parse_args()

    plan = yaml.safe_load(
        (arguments.services / "survey/data/jusou/rounds.yaml").read_text("utf-8"))
    windows = {r["fiscal_year"]: r for r in plan["rounds"]}
    registry = Registry(arguments.services / "registry/data")
    codebook = Codebook(arguments.services / "survey/data/jusou")
    rounds = {y: Round(arguments.rounds, y, registry, codebook, windows[y])
              for y in (2024, 2025)}
    figures = Figures(rounds, registry,
                      arguments.services / "indicator/data/published", plan)
    bad = []
    for round_ in rounds.values():
        bad += round_.findings()

    met, statements, weak = {}, 0, []
    for row, computed, verdict in figures.table():
        good = verdict == "fits" or verdict.startswith("unchecked")
        met[row["statement_id"]] = met.get(row["statement_id"], False) or good
        if not good:
            weak.append(f"{row['figure_id']}: {computed} {verdict}")
        if not arguments.quiet or not good:
            print(pad(f"p{row['page']}", 4), pad(row["label"], 52), pad(row["reading"], 5),
                  pad(row["value_as_published"], 14), pad(computed, 22), verdict)
    bad += [f"statement not met: {s}" for s, good in met.items() if not good]
    checks = 0
    for what, seen, expected in structure(figures, rounds, registry, codebook):
        checks += 1
        if seen != expected:
            bad.append(f"{what}: {seen}, expected {expected}")
    for line in bad:
        print("DISAGREES", line)
    for year, round_ in rounds.items():
        late = sum(r["received_on"] > round_.last for r in round_.header_rows)
        print(f"FY{year} (架空): {len(round_.submissions)} submissions ({late} late), "
              f"{len(round_.answer_rows)} answers")
    print(f"{len(met)} statements, {len(weak)} readings that do not fit, "
          f"{checks} structural checks, {len(bad)} disagreements")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
