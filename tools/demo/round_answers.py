"""The answers of one demonstration round (架空), and how they are drawn."""

import itertools

from drawing import below, chance, ranked
from round_inputs import COU, MUN
from round_numbers import PLAN, TEXT_MISSING_PERCENT, TEXTS, UNIT_NONRESPONSE

NO_ANSWER, NOT_COUNTED, UNKNOWN = "NO_ANSWER", "NOT_COUNTED", "UNKNOWN"


class Value:
    def __init__(self, value, other=""):
        self.value, self.other = str(value), other


class Absence:
    def __init__(self, kind):
        self.kind = kind


class RoundAnswers:
    """The answers of one round, `answers[(code, kind)][item]`, and the ways to draw
    them."""

    def __init__(self, year, registry, codebook):
        self.year, self.registry, self.codebook = year, registry, codebook
        self.n = PLAN[year]
        self.all = registry.codes
        self.impl = registry.set_of(year)
        self.rest = [c for c in self.all if c not in self.impl]
        self.last = registry.set_of(year - 1)
        self.old = [c for c in self.impl if registry.implementing[(c, 2024)]]
        self.new = [c for c in self.impl if c not in self.old]
        self.answers = {(c, k): {} for c in self.all for k in (MUN, COU)}
        missing = UNIT_NONRESPONSE[year]
        self.silent = {(c, k) for k in (MUN, COU)
                       for c in ranked(self.rest, "silent", year, k)[:missing[k]]}

    # -- writing answers

    def put(self, code, item, value, kind=MUN, other=""):
        if isinstance(value, Absence):
            self.answers[(code, kind)][item] = value
            return
        info = self.codebook.items[item.split("/")[0]]
        codes = str(value).split()
        if info["or_other"] and "other" in codes and not other:
            other = "架空の記述(その他)"
        if info["list"] and info["type"] == "select_multiple":
            order = self.codebook.options[info["list"]]
            value = " ".join(sorted(codes, key=order.index))
        self.answers[(code, kind)][item] = Value(value, other)

    def chosen(self, code, item, kind=MUN):
        answer = self.answers[(code, kind)].get(item)
        return answer.value.split() if isinstance(answer, Value) else []

    def having(self, item, *options, members=None, kind=MUN):
        return [c for c in (members if members is not None else self.all)
                if set(options) & set(self.chosen(c, item, kind))]

    # -- ways to draw

    def first(self, members, count, *key):
        """Returns `count` members by hash; in code order."""
        chosen = set(ranked(members, *key)[:count])
        return [m for m in members if m in chosen]

    def by_group(self, old, new, *key):
        """Returns `old` of FY2024's implementers and `new` newcomers."""
        return (self.first(self.old, old, *key) +
                self.first(self.new, new, *key))

    def deal(self, item, members, parts, kind=MUN):
        """Deals values to members in hash order: [(value, count)...]; the last
        part takes the rest. A value may be an Absence."""
        order = ranked(members, item)
        at = 0
        for index, (value, count) in enumerate(parts):
            end = len(order) if index == len(parts) - 1 else at + count
            for code in order[at:end]:
                self.put(code, item, value, kind)
            at = end

    def several(self, item, members, kind=MUN, always=(), rates=None, missing=True):
        """Draws a multiple answer for each member, stable over the years."""
        name = self.codebook.items[item]["list"]
        exclusive = self.codebook.exclusive.get(name)
        options = [o for o in self.codebook.options[name] if o != exclusive]
        for code in members:
            if missing and chance(self.n["generic_missing"], "blank", self.year,
                                  item, code, kind):
                self.put(code, item, Absence(NO_ANSWER), kind)
                continue
            chosen = set(always)
            for option in options:
                rate = 7 if option == "other" else 30 + below(45, "rate", item, option)
                if rates and option in rates:
                    rate = rates[option]
                if chance(rate * self.n["scale"] / 100, item, option, code, kind):
                    chosen.add(option)
            if not chosen:
                if exclusive and chance(60, "none", item, code, kind):
                    chosen = {exclusive}
                else:
                    plain = [o for o in options if o != "other"]
                    chosen = {plain[below(len(plain), "one", item, code, kind)]}
            self.put(code, item, " ".join(chosen), kind)

    def text(self, item, members, kind=MUN):
        """Writes invented notes, or leaves the field blank. Nobody writes what
        another wrote while notes are left."""
        notes = itertools.cycle(TEXTS[item])
        for code in ranked(members, "note", item, kind):
            key = (self.year, item, code, kind)
            if chance(TEXT_MISSING_PERCENT[self.year], "text", *key):
                self.put(code, item, Absence(NO_ANSWER), kind)
                continue
            lines = [next(notes)]
            # One line per initiative: some report two.
            if item == "new_initiatives" and chance(25, "second", *key):
                lines.append(next(notes))
            self.put(code, item, "\n".join(f"(架空){line}" for line in lines), kind)

    def spread(self, total, members, *key):
        """Splits `total` into shares that differ; exact sum."""
        weights = {m: 1 + below(100, *key, m) ** 2 for m in members}
        whole = sum(weights.values())
        shares = {m: total * weights[m] // whole for m in members}
        for m in ranked(members, "remainder", *key)[:total - sum(shares.values())]:
            shares[m] += 1
        return shares
