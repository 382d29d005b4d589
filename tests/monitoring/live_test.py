#!/usr/bin/python3
"""A real Prometheus watches the running platform: it finds every metric and every
value of a label that a rule or a dashboard names, and faults raise exactly the
alerts they should.

usage: live_test.py
"""

import contextlib
import json
import pathlib
import re
import shlex
import ssl
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # finds tests/support
import certificates
import postgres_fixture

import dashboards
import prometheus_server
import promql

MONITORING = harness.SOURCE / "k8s" / "monitoring"
# Exist once something has happened: a request that was answered so.
HAPPENS = {("welfare_http_requests_total", "code")}


def address(product, program):
    return product.processes[program].logged("started")["metrics"]


def runbook_blocks():
    """Yields (file name, text of a block of commands), continued lines joined."""
    for path in sorted((MONITORING / "runbooks").glob("*.md")):
        for block in re.findall(r"^```\n(.*?)^```", path.read_text("utf-8"), re.M | re.S):
            yield path.name, block.replace("\\\n", " ")


def declared_methods():
    """Yields (package, service, method) of the platform's contract."""
    for path in sorted((harness.SOURCE / "protos/welfare").glob("*/v1/*_service.proto")):
        text = path.read_text("utf-8")
        package = re.search(r"^package ([\w.]+);", text, re.M)[1]
        for name, body in re.findall(r"^service (\w+) \{(.*?)^\}", text, re.M | re.S):
            for method in re.findall(r"^  rpc (\w+)\(", body, re.M):
                yield package, name, method


class Watched(unittest.TestCase):
    """Five processes, and another platform with everything that is optional."""

    @classmethod
    def setUpClass(cls):
        certificates_folder = tempfile.TemporaryDirectory(prefix="wmon-")
        cls.addClassCleanup(certificates_folder.cleanup)
        cls.product = harness.Product(
            harness.FIVE, processes=certificates.Authority(certificates_folder.name, "processes"))
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()
        cls.product.http.get("/v1/surveys/jusou/rounds/2025/progress")
        cls.product.ctl("report", "create", "--fiscal-year", "2025")
        folder = cls.product.folder
        servers = certificates.Authority(folder, "servers")
        certificate, key = servers.issue("localhost", "serverAuth")
        keys = folder / "keys.json"
        keys.write_text('{"version":1,"keys":[]}')
        cls.other = harness.Product(
            harness.ONE, tls=ssl.create_default_context(cafile=servers.certificate),
            settings={"redis_url": f"unix://{folder}/nobody.sock"},
            gateway_settings={"tls_cert_file": certificate, "tls_key_file": key,
                              "auth": "api-key", "api_keys_file": keys})
        cls.addClassCleanup(cls.other.abandon)
        cls.other.start()
        # Names that nobody would guess: no rule may count on any.
        targets = {f"x{number}": address(cls.product, program)
                   for number, program in enumerate(cls.product.processes)}
        cls.prometheus = prometheus_server.Prometheus(
            {**targets, "another": address(cls.other, "welfared")}, haste=True)
        cls.addClassCleanup(cls.prometheus.remove)
        harness.wait_for(lambda: len(cls.prometheus.query("up == 1")) == 6, "all targets")
        # What is computed from windows has to have one.
        harness.wait_for(lambda: cls.prometheus.query("gateway:http_requests:rate3d"),
                         "rules to be evaluated")
        harness.wait_for(lambda: cls.prometheus.query("cache:welfare_cache_hits:increase1h"),
                         "rules to be evaluated")

    def expressions(self):
        """Yields (where, expression)."""
        for rule in self.prometheus.rules():
            yield rule["name"], rule["query"]
        for path in sorted((MONITORING / "dashboards").glob("*.json")):
            for panel, expression in dashboards.expressions(json.loads(path.read_text("utf-8"))):
                yield f"{path.name}: {panel['title']}", dashboards.plain(expression)
        for name, block in runbook_blocks():
            for command in re.findall(r"promtool query instant \S+\s+'([^']*)'", block):
                yield name, command

    def test_every_rule_is_evaluated(self):
        rules = self.prometheus.rules()
        self.assertGreater(len(rules), 50)
        harness.wait_for(lambda: all(r["health"] != "unknown" for r in self.prometheus.rules()),
                         "every rule to be evaluated")
        self.assertEqual([(r["name"], r["lastError"]) for r in self.prometheus.rules()
                          if r["health"] != "ok"], [])

    def test_every_metric_is_there(self):
        for where, expression in self.expressions():
            for selector in promql.read(expression)[0]:
                with self.subTest(where=where, metric=selector.metric):
                    counted = f"count({selector.metric})"
                    # One that a rule records is there once the rule has had its turn.
                    harness.wait_for(lambda: self.prometheus.query(counted), counted, seconds=30)

    def test_every_value_of_a_label_is_there(self):
        """Each alternative of a matcher, so that no misspelt one stands in an
        alert for ever silent."""
        seen = {}
        for where, expression in self.expressions():
            for selector in promql.read(expression)[0]:
                for label, operator, value in selector.matchers:
                    if value == ".+" or (selector.metric, label) in HAPPENS:
                        continue
                    key = (selector.metric, label)
                    if key not in seen:
                        seen[key] = self.prometheus.ask(f"label/{label}/values",
                                                        **{"match[]": selector.metric})
                    alternatives = value.split("|") if "~" in operator else [re.escape(value)]
                    for each in alternatives:
                        # Watchers come through the gateway only when there are any.
                        if (label, each) == ("route", ".*/WatchVersions"):
                            continue
                        with self.subTest(where=where, label=label, value=each):
                            self.assertTrue(any(re.fullmatch(each, known) for known in seen[key]),
                                            f"{selector.metric}: {seen[key]}")

    def test_series_stay_within_their_budget(self):
        """Whatever a scrape of it costs: 2,000 of a service, 6,000 of all in one.
        Loaded with two rounds, each of which has some twenty series; those of the
        gateway's routes have a bound of their own (request_metrics_test.cc)."""
        for product, budget in ((self.product, 2000), (self.other, 6000)):
            for program in product.processes:
                lines = product.metrics(program).body.decode().splitlines()
                series = [line for line in lines if not line.startswith("#")]
                with self.subTest(program=program):
                    self.assertLess(len(series), budget)
                    # A duplicate would be taken for a restart, again and again.
                    names = [line.rpartition(" ")[0] for line in series]
                    self.assertEqual(len(names), len(set(names)))

    def test_every_method_stands_at_zero_from_the_start(self):
        """Of a platform that nobody has called: the first fault must be seen."""
        text = self.other.metrics().body.decode()
        methods = {f"{package}.{service}/{method}" for package, service, method in declared_methods()}
        for metric in ("grpc_server_started_total", "grpc_server_handled_total"):
            found = {f"{service}/{method}" for method, service in re.findall(
                rf'^{metric}\{{.*grpc_method="(\w+)",grpc_service="([\w.]+)"', text, re.M)}
            self.assertEqual(found, methods)
        public = {route[1:] for route in re.findall(
            r'^welfare_http_requests_total\{code="500",.*route="(/welfare[\w./]+)"', text, re.M)}
        self.assertLessEqual(public, methods)
        self.assertGreater(len(public), 60)

    def test_every_query_is_answered(self):
        for where, expression in self.expressions():
            with self.subTest(where=where):
                self.prometheus.query(expression)

    def test_a_healthy_platform_raises_nothing(self):
        """Certificates of tests are of a day: enough for a night between
        processes, too little toward clients. The other platform's cache is not
        there."""
        expected = {("WelfareCertificateExpiresSoon", "clients"),
                    ("WelfareCertificateExpiresSoon", "processes"),
                    ("WelfareCertificateExpiresNow", "clients"),
                    ("WelfareCacheUnreachable", None)}

        self.prometheus.wait_for_firing({name for name, _ in expected})
        self.assertEqual({(alert["labels"]["alertname"], alert["labels"].get("toward"))
                          for alert in self.prometheus.alerts()}, expected)

    def test_runbooks_name_commands_that_exist(self):
        for name, block in runbook_blocks():
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                if not words or words[0] != "welfarectl":
                    continue
                verbs = [w for w in words[1:3] if re.fullmatch("[a-z]+", w)]
                with self.subTest(runbook=name, command=line):
                    shown = self.product.ctl(*verbs, "--help").stdout
                    options = re.findall(r"^  (?:-\w,)?(--[a-z-]+)", shown, re.M)
                    everywhere = ["--output", "--server", "--lang", "--help"]
                    for word in words:
                        if word.startswith("--"):
                            self.assertIn(word, options + everywhere)


class Faults(unittest.TestCase):
    """Callers go on calling; what fails meanwhile is what is alerted, no more."""

    def setUp(self):
        self.server = postgres_fixture.Server()
        self.addCleanup(self.server.remove)
        self.server.make()
        self.product = harness.Product(harness.ONE, engine=harness.POSTGRESQL,
                                       postgres=self.server)
        self.addCleanup(self.product.abandon)
        self.product.start()
        self.product.load()
        self.prometheus = prometheus_server.Prometheus(
            {"any": address(self.product, "welfared")}, haste=True)
        self.addCleanup(self.prometheus.remove)
        self.ended, self.writing = threading.Event(), threading.Event()
        caller = threading.Thread(target=self.call)
        caller.start()
        self.addCleanup(caller.join)
        self.addCleanup(self.ended.set)

    def call(self):
        while not self.ended.wait(0.1):
            with contextlib.suppress(OSError):
                self.product.http.send("GET", "/v1/surveys/jusou/rounds/2025/progress")
                if self.writing.is_set():
                    self.product.http.send(
                        "PATCH", "/v1/municipalities/131024?updateMask=populationBand&firstFiscalYear=2025",
                        {"populationBand": "over_5k"})

    def database(self):
        return self.product.settings["database_url"].partition("?")[0].rpartition("/")[2]

    def test_a_database_that_is_stopped_and_comes_back(self):
        faults = {f"Welfare{part}Faults{pace}" for part in ("Gateway", "Service")
                  for pace in ("Fast", "Steady", "Slow")}
        harness.wait_for(lambda: self.prometheus.query("gateway:http_requests:rate1h > 0"),
                         "calls to be counted")
        self.prometheus.wait_for_firing(set())
        self.server.stop()
        self.prometheus.wait_for_firing({"WelfareDatabaseFailing", "WelfareNotReady"} | faults)
        databases = {alert["labels"]["database"] for alert in self.prometheus.alerts()
                     if alert["labels"]["alertname"] == "WelfareDatabaseFailing"}
        self.assertEqual(databases, {"registry", "survey", "report"})
        self.server.start()
        # Alerts with windows of half an hour and more remember for that long.
        self.prometheus.wait_for_firing({name for name in faults if not name.endswith("Fast")})
        self.assertEqual(self.product.http.send(
            "GET", "/v1/surveys/jusou/rounds/2025/progress").status, 200)

    def test_a_disk_that_is_full(self):
        """As the server says it, of one table; in a test its disk is that of all."""
        harness.wait_for(lambda: self.prometheus.query("gateway:http_requests:rate1h > 0"),
                         "calls to be counted")
        self.prometheus.wait_for_firing(set())
        self.server.sql(
            "CREATE FUNCTION registry.full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;"
            "CREATE TRIGGER full_disk BEFORE INSERT ON registry.audit_log"
            " FOR EACH ROW EXECUTE FUNCTION registry.full_disk()", self.database())
        self.writing.set()
        self.prometheus.wait_for_firing({"WelfareDatabaseFull", "WelfareOverloaded"})
        databases = {alert["labels"].get("database", "") for alert in self.prometheus.alerts()}
        self.assertEqual(databases, {"registry", ""})
        self.server.sql("DROP TRIGGER full_disk ON registry.audit_log", self.database())
        self.prometheus.wait_for_firing(set())

    def test_a_process_that_is_gone(self):
        harness.wait_for(lambda: self.prometheus.query("welfare_build_info"), "a scrape")
        self.product.kill()
        self.prometheus.wait_for_firing({"WelfareTargetDown", "WelfareServiceAbsent"})
        absent = [a for a in self.prometheus.alerts()
                  if a["labels"]["alertname"] == "WelfareServiceAbsent"]
        self.assertEqual(len(absent), 5)
        self.assertIn("the gateway", " ".join(a["annotations"]["summary"] for a in absent))

    def test_what_runbooks_ask_of_the_database(self):
        """As its superuser, in the database of the product."""
        asked = 0
        for name, block in runbook_blocks():
            for statement in re.findall(r'^psql -d welfare -c "(.*)"$', block, re.M):
                with self.subTest(runbook=name, statement=statement):
                    self.server.sql(statement, self.database())
                asked += 1
        self.assertGreater(asked, 10)


if __name__ == "__main__":
    unittest.main()
