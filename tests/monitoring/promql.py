"""What a PromQL expression names: metrics, what it asks of their labels, and
labels by which it groups.

Whether an expression is PromQL at all says promtool; this reads one that is.
"""

import collections
import re

# One mention of a metric. `matchers`: (label, operator, value).
Selector = collections.namedtuple("Selector", "metric matchers offset")
# A label in by (), without (), on (), ignoring (), group_left () or
# group_right (), and in which of them.
Grouping = collections.namedtuple("Grouping", "label clause offset")

_TOKEN = re.compile(r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
  | (?P<range>\[[^\]]*\])
  | (?P<duration>\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)
  | (?P<number>0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[a-zA-Z_:][\w:]*)
  | (?P<sign>=~|!~|!=|==|<=|>=|[-+*/%^<>=(){},@])
""", re.VERBOSE)
_CLAUSES = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_WORDS = _CLAUSES | {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"}
_AGGREGATIONS = {"sum", "min", "max", "avg", "group", "stddev", "stdvar", "count",
                 "count_values", "bottomk", "topk", "quantile"}


def _tokens(expression):
    found, at = [], 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise ValueError(f"no PromQL at {expression[at:at + 20]!r}")
        if match.lastgroup != "space":
            found.append((match.lastgroup, match[0], at))
        at = match.end()
    return found + [("end", "", at)] * 3


def _unquoted(text):
    if text[0] == "`":
        return text[1:-1]
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def read(expression):
    """Returns ([Selector], [Grouping]); ValueError: not to be read."""
    tokens, selectors, groupings = _tokens(expression), [], []
    at = 0
    while tokens[at][0] != "end":
        kind, text, offset = tokens[at]
        at += 1
        if kind == "sign" and text == "{":
            raise ValueError("a selector without a metric")
        if kind != "word":
            continue
        following = tokens[at][1]
        if text.lower() in _CLAUSES and following == "(":
            at += 1
            while tokens[at][1] not in (")", ""):
                if tokens[at][0] == "word":
                    groupings.append(Grouping(tokens[at][1], text.lower(), tokens[at][2]))
                at += 1
            at += 1
        elif following == "(" or text.lower() in _WORDS:
            continue  # a function, or a word of the language
        elif text in _AGGREGATIONS and following in ("by", "without"):
            continue
        else:
            matchers = []
            if following == "{":
                at += 1
                while tokens[at][1] not in ("}", ""):
                    (_, label, _), (_, operator, _), (form, value, _) = tokens[at:at + 3]
                    if form != "text":
                        raise ValueError(f"no matcher: {label}{operator}{value}")
                    matchers.append((label, operator, _unquoted(value)))
                    at += 3
                    if tokens[at][1] == ",":
                        at += 1
                at += 1
            selectors.append(Selector(text, tuple(matchers), offset))
    return selectors, groupings
