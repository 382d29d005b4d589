#!/usr/bin/python3
"""The gate finds nothing in this tree, and each fault that is put into a copy of it,
with file and line.

usage: gate_test.py tree|faults [unittest...]
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

import dashboards
import gate

SOURCE = dashboards.SOURCE
PARTS = ("k8s/monitoring", "tests/monitoring/alerts", "tests/system/golden")
RULES, RUNBOOKS, ALERTS, DASHBOARDS = (
    "k8s/monitoring/rules", "k8s/monitoring/runbooks", "tests/monitoring/alerts",
    "k8s/monitoring/dashboards")


class Tree(unittest.TestCase):
    def test_nothing_is_wrong(self):
        self.assertEqual(gate.Gate(SOURCE).check(), [])

    def test_rules_are_what_the_operator_of_prometheus_takes(self):
        """As the README makes them."""
        text = (SOURCE / "k8s/monitoring/README.md").read_text("utf-8")
        command = re.search(r"^for file in (?:.|\n)*?^done", text, re.MULTILINE)[0]
        made = subprocess.run(["bash", "-ec", command], cwd=SOURCE, capture_output=True,
                              text=True, timeout=60, check=True).stdout
        found = {one["metadata"]["name"]: one["spec"]
                 for one in yaml.safe_load_all(made) if one is not None}
        self.assertEqual(found, {f"welfare-{path.stem}": yaml.safe_load(path.read_text("utf-8"))
                                 for path in (SOURCE / RULES).glob("*.yaml")})

    def test_alerts_go_to_those_whom_they_concern(self):
        config = SOURCE / "k8s/monitoring/alertmanager.yaml"
        for severity, receiver in (("page", "on-call"), ("ticket", "tickets")):
            done = subprocess.run(
                [gate.AMTOOL, "config", "routes", "test", f"--config.file={config}",
                 f"--verify.receivers={receiver}", f"severity={severity}", "alertname=Any"],
                capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Faults(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="welfare-gate-")
        self.addCleanup(made.cleanup)
        self.root = pathlib.Path(made.name)
        for part in PARTS:
            shutil.copytree(SOURCE / part, self.root / part)

    def change(self, file, before, after, count=1):
        """Changes the file where `before` (a pattern) first stands; returns the
        line."""
        path = self.root / file
        text = path.read_text("utf-8")
        match = re.search(before, text, re.MULTILINE)
        self.assertIsNotNone(match, f"{file} has no {before}")
        changed = re.sub(before, after, text, count=count, flags=re.MULTILINE)
        self.assertNotEqual(changed, text)
        path.write_text(changed, "utf-8")
        return text.count("\n", 0, match.start()) + 1

    def line_of(self, text):
        """Returns where that text first stands in the files of rules."""
        for path in (self.root / RULES).glob("*.yaml"):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if text in line:
                    return number
        raise AssertionError(f"no rule has {text}")

    def found(self, file, line, sentence, **parts):
        """The gate says `sentence` (a pattern) of that line of the file; line
        None: of any."""
        findings = gate.Gate(self.root).check(
            alert_tests=parts.get("alert_tests", False), types=parts.get("types", False))
        number = r"\d+" if line is None else line
        wanted = re.compile(rf"{re.escape(file)}:{number}: .*{sentence}")
        self.assertTrue(any(wanted.match(each) for each in findings),
                        f"wanted {wanted.pattern}, found:\n" + "\n".join(findings))

    # --- reference --------------------------------------------------------------

    def test_a_reference_that_is_older_than_the_programs(self):
        with open(self.root / "tests/system/golden/metrics.txt", "a", encoding="utf-8") as golden:
            golden.write("welfare_zeal gauge -\n  How eager it is.\n")
        shown = (self.root / "k8s/monitoring/metrics.md").read_text("utf-8").splitlines()
        self.found("k8s/monitoring/metrics.md", len(shown) + 1, "make it anew")

    def test_a_reference_that_somebody_wrote_in(self):
        line = self.change("k8s/monitoring/metrics.md", "welfare_build_info", "welfare_builds_info")
        self.found("k8s/monitoring/metrics.md", line, "make it anew")

    # --- alerts -----------------------------------------------------------------

    def test_an_alert_without_its_runbook(self):
        (self.root / RUNBOOKS / "WelfareTargetDown.md").unlink()
        line = self.line_of("runbooks/WelfareTargetDown.md")
        self.found(f"{RULES}/process.yaml", line, "WelfareTargetDown has no runbook: there is no")

    def test_an_alert_that_names_no_runbook(self):
        self.change(f"{RULES}/storage.yaml", r"^ +runbook_url: .*\n", "")
        self.found(f"{RULES}/storage.yaml", self.line_of("alert: WelfareDatabaseFailing"),
                   "WelfareDatabaseFailing has no runbook_url")

    def test_an_alert_that_names_another_runbook(self):
        line = self.change(f"{RULES}/storage.yaml", r"WelfareDatabaseFailing\.md", "Other.md")
        self.found(f"{RULES}/storage.yaml", line, "its runbook is .*, not k8s/.*Other.md")

    def test_an_alert_without_severity(self):
        self.change(f"{RULES}/survey.yaml", "severity: page", "importance: high")
        self.found(f"{RULES}/survey.yaml", self.line_of("alert: WelfareAnswersLost"),
                   "its severity is none of page, ticket")

    def test_a_severity_that_nobody_routes(self):
        self.change(f"{RULES}/survey.yaml", "severity: page", "severity: critical")
        self.found(f"{RULES}/survey.yaml", self.line_of("alert: WelfareAnswersLost"),
                   "its severity is none of page, ticket")

    def test_an_alert_without_a_text(self):
        for text in gate.TEXTS:
            with self.subTest(text=text):
                self.setUp()
                self.change(f"{RULES}/survey.yaml", rf"^ +{text}: .*\n", "")
                self.found(f"{RULES}/survey.yaml", self.line_of("alert: WelfareAnswersLost"),
                   f"WelfareAnswersLost has no {text}")

    def test_a_text_in_the_other_language(self):
        line = self.change(f"{RULES}/survey.yaml", r"summary_ja: .*", 'summary_ja: "Answers lost"')
        self.found(f"{RULES}/survey.yaml", line, "summary_ja is in the other language")

    def test_an_annotation_that_is_misspelt(self):
        line = self.change(f"{RULES}/survey.yaml", r"^( +)summary: (.*)$",
                           r"\1summary: \2\n\1sumary: \2")
        self.found(f"{RULES}/survey.yaml", line + 1, "nobody knows the annotation sumary")

    def test_an_alert_without_for(self):
        self.change(f"{RULES}/storage.yaml", r"^ +for: .*\n", "")
        self.found(f"{RULES}/storage.yaml", self.line_of("alert: WelfareDatabaseFailing"),
                   "does not say for how long")

    def test_two_alerts_of_one_name(self):
        line = self.change(f"{RULES}/storage.yaml", "alert: WelfareCacheUseless",
                           "alert: WelfareDatabaseFailing")
        self.found(f"{RULES}/storage.yaml", line, "there is another alert WelfareDatabaseFailing")

    # --- expressions --------------------------------------------------------------

    def test_an_expression_that_is_none(self):
        line = self.change(f"{RULES}/storage.yaml", r"welfare_cache_connected == 0",
                           "welfare_cache_connected == (0")
        self.found(f"{RULES}/storage.yaml", line, "could not parse expression")

    def test_a_field_that_is_misspelt(self):
        line = self.change(f"{RULES}/storage.yaml", r"^        for:", "        four:")
        self.found(f"{RULES}/storage.yaml", line, "field four not found")

    def test_a_metric_that_nobody_exports(self):
        line = self.change(f"{RULES}/storage.yaml", "welfare_cache_connected ==",
                           "welfare_cache_conected ==")
        self.found(f"{RULES}/storage.yaml", line,
                   "nobody exports the metric welfare_cache_conected")

    def test_a_metric_that_is_exported_no_more(self):
        self.change("tests/system/golden/metrics.txt", r"^welfare_cache_connected .*\n.*\n", "")
        self.found(f"{RULES}/storage.yaml", None,
                   "nobody exports the metric welfare_cache_connected")

    def test_a_label_that_the_metric_has_not(self):
        line = self.change(f"{RULES}/process.yaml", 'grpc_code="ResourceExhausted"',
                           'code="ResourceExhausted"')
        self.found(f"{RULES}/process.yaml", line, "grpc_server_handled_total has no label code")

    def test_a_group_by_a_label_that_nothing_has(self):
        line = self.change(f"{RULES}/recording.yaml", r"pod, node, grpc_method, grpc_type, grpc_code",
                           "pod, node, grpc_method, grpc_type, grpc_status")
        self.found(f"{RULES}/recording.yaml", line, r"without \(grpc_status\)")

    def test_an_expression_tied_to_one_place(self):
        for label in ("job", "cluster", "namespace", "instance"):
            with self.subTest(label=label):
                self.setUp()
                line = self.change(f"{RULES}/storage.yaml", r"welfare_cache_connected ==",
                                   f'welfare_cache_connected{{{label}="welfare"}} ==')
                self.found(f"{RULES}/storage.yaml", line, f"{label}=.* ties the expression")

    def test_a_recorded_name_that_tells_nothing(self):
        line = self.change(f"{RULES}/recording.yaml", "record: round:welfare_submissions:all",
                           "record: all_submissions")
        self.found(f"{RULES}/recording.yaml", line, "is not named level:metric:operation")

    # --- tests of alerts ------------------------------------------------------------

    def test_an_alert_that_no_test_sees_fire(self):
        self.change(f"{ALERTS}/trust.yaml",
                    r'  - name: "WelfareTlsFilesRefused fires(.|\n)*?(?=\n  - name)', "")
        self.found(f"{RULES}/trust.yaml", None, "WelfareTlsFilesRefused: no test in which it fires")

    def test_an_alert_that_no_test_sees_silent(self):
        self.change(f"{ALERTS}/trust.yaml",
                    r'  - name: "WelfareTlsFilesRefused is silent(.|\n)*?(?=\n  - name)', "")
        self.found(f"{RULES}/trust.yaml", None, "WelfareTlsFilesRefused: no test .* is silent")

    def test_a_test_of_a_metric_that_nobody_exports(self):
        line = self.change(f"{ALERTS}/trust.yaml", "'welfare_tls_files_refused",
                           "'welfare_tls_file_refused")
        self.found(f"{ALERTS}/trust.yaml", line, "nobody exports welfare_tls_file_refused")

    def test_a_test_without_a_label_that_targets_set(self):
        line = self.change(f"{ALERTS}/trust.yaml", r'welfare_tls_files_refused\{job="any", ',
                           "welfare_tls_files_refused{")
        self.found(f"{ALERTS}/trust.yaml", line, "has a label job")

    def test_a_threshold_that_was_moved(self):
        self.change(f"{RULES}/survey.yaml", r"> 0\.2", "> 0.8")
        self.found(f"{ALERTS}/survey.yaml", 1, "promtool test rules", alert_tests=True)

    # --- runbooks -------------------------------------------------------------------

    def test_a_runbook_of_no_alert(self):
        shutil.copy(self.root / RUNBOOKS / "WelfareTargetDown.md",
                    self.root / RUNBOOKS / "WelfareTargetUp.md")
        self.found(f"{RUNBOOKS}/WelfareTargetUp.md", 1, "is the runbook of no alert")

    def test_a_runbook_without_a_section(self):
        self.change(f"{RUNBOOKS}/WelfareTargetDown.md", "^## Impact", "## Result")
        self.found(f"{RUNBOOKS}/WelfareTargetDown.md", 1, "its sections are not Meaning, Impact")

    def test_a_runbook_that_says_nothing(self):
        line = self.change(f"{RUNBOOKS}/WelfareTargetDown.md",
                           r"^## Impact\n\n(.|\n)*?\n(?=## Diagnosis)", "## Impact\n\nTODO\n\n")
        self.found(f"{RUNBOOKS}/WelfareTargetDown.md", line, "Impact says nothing")

    def test_a_runbook_without_commands(self):
        self.change(f"{RUNBOOKS}/WelfareTargetDown.md", r"^```$", "", count=0)
        self.found(f"{RUNBOOKS}/WelfareTargetDown.md", None, "Diagnosis names no command")

    def test_a_runbook_that_asks_for_what_nobody_exports(self):
        line = self.change(f"{RUNBOOKS}/WelfareCacheUseless.md", "welfare_cache_requests_total",
                           "welfare_cache_request_total")
        self.found(f"{RUNBOOKS}/WelfareCacheUseless.md", line,
                   "nobody exports welfare_cache_request_total")

    def test_a_runbook_that_leads_nowhere(self):
        line = self.change(f"{RUNBOOKS}/WelfareCacheUseless.md", r"\(WelfareCacheUnreachable\.md\)",
                           "(WelfareCacheAway.md)")
        self.found(f"{RUNBOOKS}/WelfareCacheUseless.md", line, "there is no WelfareCacheAway.md")

    # --- dashboards -----------------------------------------------------------------

    def test_a_dashboard_that_is_no_json(self):
        line = self.change(f"{DASHBOARDS}/round.json", r'^ "tags": \["welfare"\],$',
                           ' "tags": ["welfare"]')
        self.found(f"{DASHBOARDS}/round.json", line + 1, "no JSON")

    def test_a_query_that_is_none(self):
        line = self.change(f"{DASHBOARDS}/round.json", r'"expr": "sum\(max by', '"expr": "sum(max bye')
        self.found(f"{DASHBOARDS}/round.json", line, "could not parse expression")

    def test_a_query_of_what_nobody_exports(self):
        line = self.change(f"{DASHBOARDS}/service.json", r"welfare_indicator_compute_seconds_bucket",
                           "welfare_indicator_seconds_bucket")
        self.found(f"{DASHBOARDS}/service.json", line,
                   "nobody exports the metric welfare_indicator_seconds_bucket")

    def test_a_query_of_one_job(self):
        line = self.change(f"{DASHBOARDS}/service.json", r'job=~\\"\$job\\", instance',
                           r'job=\\"welfare\\", instance')
        self.found(f"{DASHBOARDS}/service.json", line, "job=.*ties the expression to one place")

    def test_a_query_of_every_job(self):
        line = self.change(f"{DASHBOARDS}/overview.json", r'welfare_build_info\{job=~\\"\$job\\"\}\)"',
                           'welfare_build_info)"')
        self.found(f"{DASHBOARDS}/overview.json", line, "is not asked of job")

    def test_a_rate_over_a_fixed_time(self):
        line = self.change(f"{DASHBOARDS}/service.json", r"\[\$__rate_interval\]", "[5m]")
        self.found(f"{DASHBOARDS}/service.json", line, "rate over 5m, not over")

    def test_a_variable_that_is_not_there(self):
        line = self.change(f"{DASHBOARDS}/round.json", r'round=~\\"\$round\\"', r'round=~\\"$rund\\"')
        self.found(f"{DASHBOARDS}/round.json", line, "there is no variable rund")

    def test_a_panel_bound_to_a_data_source(self):
        self.change(f"{DASHBOARDS}/import.json",
                    r'("title": "Records",(?:.|\n)*?"uid": )"\$\{datasource\}"', r'\1"main"')
        self.found(f"{DASHBOARDS}/import.json", None, "panel Records is bound to a data source")

    def test_a_panel_without_unit(self):
        self.change(f"{DASHBOARDS}/overview.json", r'"unit": "reqps"', '"decimals": 1')
        self.found(f"{DASHBOARDS}/overview.json", None, "has no unit")

    def test_a_field_of_a_panel_that_is_misspelt(self):
        lines = {file: self.change(f"{DASHBOARDS}/{file}.json", before, after)
                 for file, before, after in (
                     ("round", '"gridPos"', '"gridpos"'),
                     ("import", '"fillOpacity"', '"fillOpacty"'),
                     ("overview", '"calcs"', '"calc"'),
                     ("service", '"legendFormat"', '"legend"'))}
        for file, line in lines.items():
            with self.subTest(file=file):
                self.found(f"{DASHBOARDS}/{file}.json", None, "TS", types=True)

    # --- Alertmanager -----------------------------------------------------------------

    def test_an_alertmanager_with_a_field_that_is_misspelt(self):
        line = self.change("k8s/monitoring/alertmanager.yaml", "group_wait: 30s", "group_wate: 30s")
        self.found("k8s/monitoring/alertmanager.yaml", line, "field group_wate not found")

    def test_an_alertmanager_with_a_secret(self):
        line = self.change("k8s/monitoring/alertmanager.yaml", "auth_password_file: .*",
                           "auth_password: x")
        self.found("k8s/monitoring/alertmanager.yaml", line, "a secret is read from a file")

    def test_an_inhibition_by_an_alert_that_is_not_there(self):
        line = self.change("k8s/monitoring/alertmanager.yaml", 'alertname="WelfareTargetDown"',
                           'alertname="WelfareDown"')
        self.found("k8s/monitoring/alertmanager.yaml", line, "there is no alert WelfareDown")


if __name__ == "__main__":
    chosen = {"tree": Tree, "faults": Faults}[sys.argv.pop(1)]
    unittest.main(defaultTest=[] if len(sys.argv) > 1 else chosen.__name__)
