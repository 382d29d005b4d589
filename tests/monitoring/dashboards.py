"""Checks the dashboards: JSON, types, what each panel must say, and every query."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

import promql
from findings import of_promtool

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR",
                                     pathlib.Path(__file__).resolve().parents[2]))
NPM = SOURCE / "tools" / "npm"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Does not come from a target, so it has no job.
OF_PROMETHEUS = {"ALERTS": {"alertname", "alertstate", "severity"}}
# What Grafana puts in the place of its variables, for promtool.
RANGES = {"$__rate_interval": "5m", "$__range": "6h"}


def compiler():
    """Returns the path of tsc, installing what the lock file says where needed."""
    subprocess.run([NPM / "install"], check=True, timeout=300, stdin=subprocess.DEVNULL)
    return NPM / "node_modules/.bin/tsc"


def expressions(dashboard):
    """Yields (panel, expression) of every query."""
    for panel in dashboard.get("panels") or []:
        for target in panel.get("targets") or []:
            yield panel, target.get("expr", "")


def plain(expression):
    """Returns it as Prometheus gets it, or something of the same form."""
    for variable, range_ in RANGES.items():
        expression = expression.replace(variable, range_)
    return re.sub(r"\$\w+", ".+", expression)


class _Dashboard:
    def __init__(self, path, findings):
        self.path, self.findings = path, findings
        self.text = path.read_text("utf-8")
        try:
            self.content = json.loads(self.text)
        except json.JSONDecodeError as error:
            findings.add(path, error.lineno, f"no JSON: {error.msg}")
            self.content = None

    def line(self, value):
        """Returns where that text first stands as a value of JSON."""
        at = self.text.find(json.dumps(value, ensure_ascii=False))
        return 1 + self.text.count("\n", 0, max(at, 0))

    def add(self, value, sentence):
        self.findings.add(self.path, self.line(value), sentence)

    def check(self, metrics):
        top = self.content
        if top.get("editable") is not False:
            self.add("editable", "can be edited in Grafana, where the next upgrade undoes it")
        variables = {v.get("name"): v for v in top.get("templating", {}).get("list", [])}
        source = variables.get("datasource", {})
        if (source.get("type"), source.get("query")) != ("datasource", "prometheus"):
            self.add("templating", "has no variable datasource")
        if "job" not in variables:
            self.add("templating", "has no variable job")
        for name, variable in variables.items():
            if name != "datasource" and variable.get("datasource") != DATASOURCE:
                self.add(name, f"variable {name} is bound to a data source")
            if (variable.get("current") or {}) != {}:
                self.add(name, f"variable {name} remembers a value")
            self.check_variable(variable, metrics)
        numbers = set()
        for panel in top.get("panels") or []:
            self.check_panel(panel, variables, metrics)
            if panel.get("id") in numbers:
                self.add(panel.get("title"), f"panel {panel.get('id')} is there twice")
            numbers.add(panel.get("id"))

    def check_variable(self, variable, metrics):
        if variable.get("type") != "query":
            return
        definition = variable.get("query", {}).get("query", "")
        match = re.fullmatch(r"label_values\((.*), (\w+)\)", definition)
        if match is None:
            self.add(definition, "is no label_values(metric, label)")
            return
        for _, sentence in metrics.wrong(match[1], {"job", "instance"}):
            self.add(definition, sentence)
        if match[2] not in metrics.labels_of(match[1]) | {"job", "instance"}:
            self.add(definition, f"{match[1]} has no label {match[2]}")

    def check_panel(self, panel, variables, metrics):
        title = panel.get("title") or "?"
        for key in ("title", "description"):
            if not panel.get(key):
                self.add(title, f"panel {panel.get('id')} ({title}) has no {key}")
        if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
            self.add(title, f"panel {title} has no unit")
        if not panel.get("targets"):
            self.add(title, f"panel {title} asks nothing")
        for part in [panel, *(panel.get("targets") or [])]:
            if part.get("datasource") != DATASOURCE:
                self.add(title, f"panel {title} is bound to a data source")
        for target in panel.get("targets") or []:
            self.check_expression(target.get("expr", ""), variables, metrics)

    def check_expression(self, expression, variables, metrics):
        for _, sentence in metrics.wrong(expression, {"job", "instance"}):
            self.add(expression, sentence)
        for used in re.findall(r"\$(\w+)", expression):
            if used not in variables and f"${used}" not in RANGES:
                self.add(expression, f"there is no variable {used}")
        for window in re.findall(r"\brate\([^[]*\[([^\]]*)\]", expression):
            if window != "$__rate_interval":
                self.add(expression, f"rate over {window}, not over $__rate_interval")
        try:
            selectors, _ = promql.read(expression)
        except ValueError:
            return
        for selector in selectors:
            if selector.metric not in OF_PROMETHEUS and not any(
                    matcher[0] == "job" for matcher in selector.matchers):
                self.add(expression, f"{selector.metric} is not asked of job=~\"$job\"")


def check(folder, metrics, findings, types=True):
    """Checks every dashboard of the folder; `types`: those of its fields too."""
    metrics.labels.update(OF_PROMETHEUS)
    found, uids = [], {}
    for path in sorted(folder.iterdir()):
        dashboard = _Dashboard(path, findings)
        if dashboard.content is None:
            continue
        found.append(dashboard)
        dashboard.check(metrics)
        uid = dashboard.content.get("uid")
        if not uid or uid in uids:
            findings.add(path, 1, f"its uid is none, or that of {uids.get(uid)}")
        uids[uid] = path.name
    if not found:
        findings.add(folder, 1, "holds no dashboard")
    if types:
        check_types(found, findings)
    check_syntax(found, findings)


def check_types(found, findings):
    with tempfile.TemporaryDirectory(prefix="welfare-dashboards-") as made:
        made = pathlib.Path(made)
        tsc = compiler()
        (made / "node_modules").symlink_to(NPM / "node_modules")
        types = pathlib.Path(__file__).with_name("dashboard_types.ts")
        (made / types.name).write_text(types.read_text("utf-8"), "utf-8")
        paths = {}
        for dashboard in found:
            # The text begins on the first line, so the lines are the same.
            name = dashboard.path.stem + ".ts"
            paths[name] = dashboard.path
            (made / name).write_text(
                "import type { OurDashboard } from './dashboard_types.js'; "
                f"export const dashboard: OurDashboard = {dashboard.text}", "utf-8")
        done = subprocess.run(
            [tsc, "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext",
             "--moduleResolution", "nodenext", "--pretty", "false", *sorted(paths)],
            cwd=made, capture_output=True, text=True, timeout=300, check=False)
        before = len(findings.lines)
        for line in done.stdout.splitlines():
            if match := re.match(r"(\S+)\((\d+),\d+\): error (.*)", line):
                findings.add(paths.get(match[1], types), match[2], match[3])
        if done.returncode != 0 and len(findings.lines) == before:
            findings.add(types, 1, done.stdout + done.stderr)


def check_syntax(found, findings):
    """Every query goes through promtool, as a rule of its own."""
    queries = [(dashboard, e) for dashboard in found for _, e in expressions(dashboard.content)]
    rules = [{"record": f"panel:query:number{number}", "expr": plain(expression)}
             for number, (_, expression) in enumerate(queries)]
    with tempfile.TemporaryDirectory(prefix="welfare-dashboards-") as made:
        path = pathlib.Path(made) / "rules.yaml"
        # JSON is YAML; a rule stands on each line, from the second on.
        path.write_text('{"groups": [{"name": "queries", "rules": [\n'
                        + ",\n".join(map(json.dumps, rules)) + "\n]}]}\n", "utf-8")
        done = subprocess.run(["/usr/bin/promtool", "check", "rules", path],
                              capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 0:
        return
    wrong = list(of_promtool(done.stdout + done.stderr))
    for _, line, sentence in wrong:
        dashboard, expression = queries[line - 2]
        dashboard.add(expression, sentence)
    if not wrong:
        raise AssertionError(done.stdout + done.stderr)
