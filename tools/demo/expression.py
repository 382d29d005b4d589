"""A small evaluator of the house's expression language.

It is XLSForm's syntax with `registry(fact, offset)` and `survey_year()`, written
apart from the C++ one, so that each can check the other. Truth has three values:
True, False and None (UNKNOWN). A missing operand is None too.

    Expression("${a} = 'x' and registry('implementing', 0)").evaluate(context)

A context has `item(name)`, `current()`, `registry(fact, offset)` and
`fiscal_year()`; `item` and `current` give an int, a string (codes of a multiple
answer separated by spaces) or None.
"""

from fractions import Fraction
import re

TOKEN = re.compile(r"""\s*(?:
    (?P<item>\$\{[a-z0-9_/]+\}) | (?P<number>\d+(?:\.\d+)?) |
    (?P<string>'[^']*') | (?P<name>[a-z][a-z_]*(?:-[a-z]+)*) |
    (?P<symbol><=|>=|!=|[=<>+*(),.-]))""", re.VERBOSE)
COMPARE = ("=", "!=", "<", "<=", ">", ">=")


class Expression:
    def __init__(self, text):
        self.text, self.tokens, at = text, [], 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError(f"cannot read {text[at:]!r} in {text!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self.at = 0
        self.tree = self._or()
        if self.at != len(self.tokens):
            raise ValueError(f"trailing text in {text!r}")

    def evaluate(self, context):
        return run(self.tree, context)

    def items(self):
        """Returns the ids of the items it reads."""
        return [t[2:-1] for k, t in self.tokens if k == "item"]

    # -- recursive descent; each level returns a tuple

    def _peek(self, *texts):
        return (self.at < len(self.tokens) and
                self.tokens[self.at][0] in ("symbol", "name") and
                self.tokens[self.at][1] in texts)

    def _take(self, *texts):
        if self._peek(*texts):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def _need(self, text):
        if not self._take(text):
            raise ValueError(f"{text!r} expected in {self.text!r}")

    def _left(self, below, *symbols):
        tree = below()
        while True:
            symbol = self._take(*symbols)
            if not symbol:
                return tree
            tree = (symbol, tree, below())

    def _or(self):
        return self._left(self._and, "or")

    def _and(self):
        return self._left(self._comparison, "and")

    def _comparison(self):
        tree = self._sum()
        symbol = self._take(*COMPARE)
        return (symbol, tree, self._sum()) if symbol else tree

    def _sum(self):
        return self._left(self._product, "+", "-")

    def _product(self):
        return self._left(self._unary, "*", "div", "mod")

    def _unary(self):
        if self._take("-"):
            return ("-", ("number", Fraction(0)), self._unary())
        return self._primary()

    def _primary(self):
        if self._take("("):
            tree = self._or()
            self._need(")")
            return tree
        if self._take("."):
            return ("current",)
        if self.at >= len(self.tokens):
            raise ValueError(f"unfinished: {self.text!r}")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "item":
            return ("item", text[2:-1])
        if kind == "number":
            return ("number", Fraction(text))
        if kind == "string":
            return ("string", text[1:-1])
        if kind == "name":
            self._need("(")
            arguments = []
            if not self._peek(")"):
                arguments.append(self._or())
                while self._take(","):
                    arguments.append(self._or())
            self._need(")")
            return ("call", text, arguments)
        raise ValueError(f"{text!r} not expected in {self.text!r}")


def both(a, b):
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def either(a, b):
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def compare(symbol, a, b):
    if "" in (a, b) and symbol in ("=", "!="):
        # `${x} = ''` asks for absence and is never UNKNOWN.
        other = b if a == "" else a
        return (other in (None, "")) == (symbol == "=")
    if a is None or b is None:
        return None
    if isinstance(a, str) != isinstance(b, str):
        raise TypeError(f"{a!r} and {b!r} do not compare")
    return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b,
            ">": a > b, ">=": a >= b}[symbol]


def run(tree, context):
    kind = tree[0]
    if kind in ("number", "string"):
        return tree[1]
    if kind == "current":
        return context.current()
    if kind == "item":
        return context.item(tree[1])
    if kind == "call":
        return call(tree[1], tree[2], context)
    a, b = run(tree[1], context), run(tree[2], context)
    if kind == "and":
        return both(a, b)
    if kind == "or":
        return either(a, b)
    if kind in COMPARE:
        return compare(kind, a, b)
    if a is None or b is None:
        return None
    if kind == "+":
        return a + b
    if kind == "-":
        return a - b
    if kind == "*":
        return a * b
    if b == 0:
        return None
    return Fraction(a) / b if kind == "div" else a % b


def call(name, arguments, context):
    if name == "true" and not arguments:
        return True
    if name == "false" and not arguments:
        return False
    if name == "survey_year" and not arguments:
        return context.fiscal_year()
    if name == "registry":
        fact, offset = (run(a, context) for a in arguments)
        return context.registry(fact, int(offset))
    if name == "if":
        condition, yes, no = arguments
        truth = run(condition, context)
        return None if truth is None else run(yes if truth else no, context)
    values = [run(a, context) for a in arguments]
    if name == "not":
        return None if values[0] is None else not values[0]
    if name == "selected":
        return None if values[0] is None else values[1] in values[0].split()
    if name == "count-selected":
        return None if values[0] is None else len(values[0].split())
    if name == "coalesce":
        return next((v for v in values if v not in (None, "")), None)
    raise ValueError(f"unknown function {name}")
