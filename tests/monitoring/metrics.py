"""What metrics there are: those of the platform as its golden file has them,
those of Prometheus itself, and those that the rules record."""

import dataclasses
import re

import promql

# What a target is called. Prometheus adds the first two; the others are usual
# where targets are found by themselves, and only taken away by rules.
TARGET = {"job", "instance"}
WHERE = TARGET | {"pod", "node"}
# Which platform is meant is for whoever runs Prometheus to say.
NEVER_FIXED = WHERE | {"cluster", "namespace", "service", "container", "endpoint"}
HISTOGRAM = ("_bucket", "_sum", "_count")


@dataclasses.dataclass
class Metrics:
    labels: dict = dataclasses.field(default_factory=dict)  # of each name

    def wrong(self, expression, extra=frozenset()):
        """Yields (line within the expression, sentence). `extra`: labels that
        may be matched by a variable."""
        def line(offset):
            return expression.count("\n", 0, offset)
        try:
            selectors, groupings = promql.read(expression)
        except ValueError as error:
            yield 0, str(error)
            return
        known = set()
        for selector in selectors:
            labels = self.labels.get(selector.metric)
            if labels is None:
                yield line(selector.offset), f"nobody exports the metric {selector.metric}"
                continue
            known |= labels
            for label, operator, value in selector.matchers:
                if label in NEVER_FIXED:
                    if label not in extra or operator != "=~" or value != f"${label}":
                        yield (line(selector.offset),
                               f"{label}{operator}\"{value}\" ties the expression to one place")
                elif label not in labels:
                    yield (line(selector.offset),
                           f"{selector.metric} has no label {label}")
        for label, clause, offset in groupings:
            allowed = WHERE if clause in ("without", "ignoring") else TARGET
            if label not in known | allowed:
                yield line(offset), f"{clause} ({label}): no metric here has that label"

    def labels_of(self, expression):
        """Returns the labels that an expression's value may have, TARGET aside."""
        return set().union(*(self.labels.get(s.metric, set())
                             for s in promql.read(expression)[0]))


def exported(golden):
    """Returns the metrics of tests/system/golden/metrics.txt."""
    found = Metrics()
    found.labels["up"] = set()
    for line in golden.read_text("utf-8").splitlines():
        if match := re.fullmatch(r"(\w+) (counter|gauge|histogram) (.*)", line):
            labels = set(match[3].split()) - {"-"}
            if match[2] != "histogram":
                found.labels[match[1]] = labels
                continue
            for ending in HISTOGRAM:
                found.labels[match[1] + ending] = labels | ({"le"} if ending == "_bucket" else set())
    return found
