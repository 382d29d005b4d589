#!/usr/bin/python3
"""Checks rules, alerts, their tests and runbooks, dashboards and the example of
Alertmanager, and names file and line of what is wrong.

usage: gate.py [ROOT]

ROOT holds k8s/monitoring, tests/monitoring/alerts and tests/system/golden; it is
this source tree when left out. Exit 1: something is wrong.
"""

import pathlib
import re
import subprocess
import sys

import dashboards
import metrics
import reference
from findings import Findings, of_promtool, read_yaml

PROMTOOL, AMTOOL = "/usr/bin/promtool", "/usr/bin/amtool"
SEVERITIES = ("page", "ticket")
TEXTS = ("summary", "description", "summary_ja", "description_ja")
SECTIONS = ("Meaning", "Impact", "Diagnosis", "Mitigation")
RUNBOOKS = "k8s/monitoring/runbooks"
RECORDED = re.compile(r"[a-z_]+:[a-z_0-9]+:[a-z_0-9]+")
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def run(*command):
    """Returns (exit code, everything it wrote)."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


class Gate:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.findings = Findings(self.root)
        self.metrics = metrics.exported(self.root / "tests/system/golden/metrics.txt")
        self.rules = []  # (path, Mapping)
        self.alerts = {}  # name: (path, Mapping)

    def add(self, path, line, sentence):
        self.findings.add(path, line, sentence)

    def check(self, alert_tests=True, types=True):
        """Returns all that is wrong, a line each. `alert_tests`: run them;
        `types`: check those of dashboards. Both take seconds."""
        self.read_rules()
        self.check_expressions()
        for name, (path, rule) in self.alerts.items():
            self.check_alert(path, name, rule)
        self.check_runbooks()
        self.check_tests(alert_tests)
        self.check_alertmanager()
        self.check_reference()
        dashboards.check(self.root / "k8s/monitoring/dashboards", self.metrics,
                         self.findings, types)
        return self.findings.lines

    # --- rules ----------------------------------------------------------------

    def files(self, folder):
        """Returns the YAML files there; none, or others, are findings."""
        found = sorted((self.root / folder).glob("*.yaml"))
        if not found:
            self.add(self.root / folder, 1, "holds no *.yaml")
        for other in sorted(set((self.root / folder).iterdir()) - set(found)):
            self.add(other, 1, "is no *.yaml, so nobody reads it")
        return found

    def read_rules(self):
        folder = "k8s/monitoring/rules"
        paths = self.files(folder)
        code, output = run(PROMTOOL, "check", "rules", "--lint=all", "--lint-fatal", *paths)
        if code != 0:
            said = list(of_promtool(output))
            for each in said or [(self.root / folder, 1, " ".join(output.split()))]:
                self.add(*each)
        for path in paths:
            content = read_yaml(path, self.findings)
            for group in (content or {}).get("groups") or []:
                self.rules += [(path, rule) for rule in group.get("rules") or []]
        for path, rule in self.rules:
            if "record" in rule:
                # In the order of the files: what a rule records may use what
                # stands before it.
                try:
                    labels = self.metrics.labels_of(rule.get("expr", ""))
                except ValueError:
                    labels = set()
                self.metrics.labels.setdefault(rule["record"], labels)
                if not RECORDED.fullmatch(rule["record"]):
                    self.add(path, rule.lines["record"],
                             f"{rule['record']} is not named level:metric:operation")
            elif rule.get("alert") in self.alerts:
                self.add(path, rule.line, f"there is another alert {rule['alert']}")
            else:
                self.alerts[rule.get("alert")] = (path, rule)

    def check_expressions(self):
        for path, rule in self.rules:
            for line, sentence in self.metrics.wrong(rule.get("expr", "")):
                self.add(path, rule.lines.get("expr", rule.line) + line, sentence)

    def check_alert(self, path, name, rule):
        line = rule.line
        labels, texts = rule.get("labels") or {}, rule.get("annotations") or {}
        if not re.fullmatch(r"Welfare[A-Z][A-Za-z]*", str(name)):
            self.add(path, line, f"{name}: an alert is named Welfare...")
        if labels.get("severity") not in SEVERITIES:
            self.add(path, line, f"{name}: its severity is none of {', '.join(SEVERITIES)}")
        if "for" not in rule:
            self.add(path, line, f"{name} does not say for how long (for)")
        for key in TEXTS:
            text = texts.get(key)
            if not text:
                self.add(path, line, f"{name} has no {key}")
            elif bool(JAPANESE.search(re.sub(r"\{\{.*?\}\}", "", text))) != key.endswith("_ja"):
                self.add(path, texts.lines[key], f"{name}: {key} is in the other language")
        for key in sorted(set(texts) - set(TEXTS) - {"runbook_url"}):
            self.add(path, texts.lines[key], f"{name}: nobody knows the annotation {key}")
        if not texts.get("runbook_url"):
            self.add(path, line, f"{name} has no runbook_url")
        elif texts["runbook_url"] != f"{RUNBOOKS}/{name}.md":
            self.add(path, texts.lines["runbook_url"],
                     f"{name}: its runbook is {RUNBOOKS}/{name}.md, not {texts['runbook_url']}")
        elif not (self.root / texts["runbook_url"]).is_file():
            self.add(path, texts.lines["runbook_url"],
                     f"{name} has no runbook: there is no {texts['runbook_url']}")

    # --- runbooks ---------------------------------------------------------------

    def check_runbooks(self):
        for path in sorted((self.root / RUNBOOKS).iterdir()):
            if path.stem not in self.alerts or path.suffix != ".md":
                self.add(path, 1, "is the runbook of no alert")
                continue
            text = path.read_text("utf-8")
            if not text.startswith(f"# {path.stem}\n"):
                self.add(path, 1, f"does not begin with # {path.stem}")
            self.check_names(path, text)
            parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
            if tuple(parts[1::2]) != SECTIONS:
                self.add(path, 1, f"its sections are not {', '.join(SECTIONS)}")
                continue
            line = 1 + parts[0].count("\n")
            for title, body in zip(parts[1::2], parts[2::2]):
                if len(body.split()) < 8:
                    self.add(path, line, f"{title} says nothing")
                if title == "Diagnosis" and "```" not in body:
                    self.add(path, line, f"{title} names no command")
                line += 1 + body.count("\n")

    def check_names(self, path, text):
        """Of metrics and of other runbooks."""
        for number, line in enumerate(text.splitlines(), 1):
            for name in re.findall(r"(?<![\w:/.])(?:\w+:)?(?:welfare_|grpc_server_|process_(?!full\b))[\w:]+", line):
                if not any(known.startswith(name) for known in self.metrics.labels):
                    self.add(path, number, f"nobody exports {name}")
            for target in re.findall(r"\]\(([^)]*)\)", line):
                if not (path.parent / target).is_file():
                    self.add(path, number, f"there is no {target}")

    # --- tests ------------------------------------------------------------------

    def check_tests(self, alert_tests):
        cases = {name: set() for name in self.alerts}
        for path in self.files("tests/monitoring/alerts"):
            content = read_yaml(path, self.findings) or {}
            for test in content.get("tests") or []:
                for series in test.get("input_series") or []:
                    self.check_series(path, series)
                for case in test.get("alert_rule_test") or []:
                    if case["alertname"] not in cases:
                        self.add(path, case.line, f"there is no alert {case['alertname']}")
                        continue
                    cases[case["alertname"]].add(bool(case.get("exp_alerts")))
            code, output = run(PROMTOOL, "test", "rules", path) if alert_tests else (0, "")
            if code != 0:
                self.add(path, 1, "promtool test rules: " + " ".join(output.split()))
        for name, seen in cases.items():
            path, rule = self.alerts[name]
            for fires, word in ((True, "fires"), (False, "is silent")):
                if fires not in seen:
                    self.add(path, rule.line, f"{name}: no test in which it {word}")

    def check_series(self, path, series):
        """A test with a series that nobody exports proves nothing."""
        match = re.fullmatch(r"([\w:]+)\{(.*)\}", series["series"])
        labels = match and self.metrics.labels.get(match[1])
        line = series.lines["series"]
        if labels is None:
            self.add(path, line, f"nobody exports {series['series']}")
            return
        given = set(re.findall(r'(\w+)="(?:[^"\\]|\\.)*"', match[2]))
        for label in sorted(given ^ (labels | metrics.TARGET)):
            self.add(path, line, f"{match[1]} {'has no' if label in given else 'has a'} label {label}")

    def check_reference(self):
        path, expected = self.root / reference.REFERENCE, reference.text(self.root).splitlines()
        shown = path.read_text("utf-8").splitlines() if path.is_file() else []
        for number, line in enumerate(expected, 1):
            if number > len(shown) or shown[number - 1] != line:
                self.add(path, number, f"is not what {reference.GOLDEN} says; "
                         "make it anew: tests/monitoring/reference.py")
                return
        if len(shown) > len(expected):
            self.add(path, len(expected) + 1, "says more than there is")

    # --- Alertmanager -----------------------------------------------------------

    def check_alertmanager(self):
        path = self.root / "k8s/monitoring/alertmanager.yaml"
        code, output = run(AMTOOL, "check-config", path)
        if code != 0:
            match = re.search(r"line (\d+): (.*)", output)
            self.add(path, match[1] if match else 1,
                     match[2] if match else output.strip().replace("\n", " "))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(r"(password|secret|token|credentials|api_key|routing_key|service_key):", line):
                self.add(path, number, "a secret is read from a file (..._file), it does not stand here")
            for name, more in re.findall(r"(Welfare\w+)(\.\*)?", line):
                if not any(a == name or more and a.startswith(name) for a in self.alerts):
                    self.add(path, number, f"there is no alert {name}{more}")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    lines = Gate(root).check()
    print("\n".join(lines) if lines else "rules, runbooks, tests and dashboards: nothing is wrong")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
