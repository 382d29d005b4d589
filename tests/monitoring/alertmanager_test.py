#!/usr/bin/python3
"""A real Alertmanager with the example: who would be told, what is held back by
something worse, and what a message says.

usage: alertmanager_test.py
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.request

import yaml

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR",
                                     pathlib.Path(__file__).resolve().parents[2]))
EXAMPLE = SOURCE / "k8s/monitoring/alertmanager.yaml"


def wait_for(condition, what, seconds=90):
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)
    return result


class Alertmanager:
    """With the routes and inhibitions of the example, and receivers of its names
    that send nothing."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="welfare-alerts-"))
        config = yaml.safe_load(EXAMPLE.read_text("utf-8"))
        config["receivers"] = [{"name": one["name"]} for one in config["receivers"]]
        path = self.folder / "alertmanager.yaml"
        path.write_text(json.dumps(config), "utf-8")
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                ["/usr/bin/prometheus-alertmanager", f"--config.file={path}",
                 f"--storage.path={self.folder}/data", "--web.listen-address=127.0.0.1:0",
                 "--cluster.listen-address="],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.address = wait_for(self._find_address, "Alertmanager to listen")
        except BaseException:
            self.remove()
            raise

    def _find_address(self):
        if self.child.poll() is not None:
            raise AssertionError(self.log.read_text("utf-8"))
        match = re.search(r'msg="Listening on" address=(\S+)', self.log.read_text("utf-8"))
        return match and match[1]

    def _call(self, body=None):
        request = urllib.request.Request(
            f"http://{self.address}/api/v2/alerts",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def raise_alerts(self, alerts):
        """`alerts`: dicts of labels."""
        self._call([{"labels": labels} for labels in alerts])

    def states(self, alerts):
        """Returns of each alert, in their order, (receiver, whether it is held
        back), or None of one that is not known yet."""
        found = {json.dumps(one["labels"], sort_keys=True): one for one in self._call()}
        told = [found.get(json.dumps(labels, sort_keys=True)) for labels in alerts]
        return [one and (one["receivers"][0]["name"], bool(one["status"]["inhibitedBy"]))
                for one in told]

    def remove(self):
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def alert(name, severity, **labels):
    return {"alertname": name, "severity": severity, **labels}


class Example(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.alertmanager = Alertmanager()
        self.addCleanup(self.alertmanager.remove)

    def check(self, *cases):
        """Each case: an alert, and (receiver, held back)."""
        alerts, expected = zip(*cases)
        self.alertmanager.raise_alerts(alerts)

        def judged():
            self.seen = self.alertmanager.states(alerts)
            return self.seen == list(expected)
        try:
            wait_for(judged, "alerts to be judged so")
        except AssertionError:
            self.assertEqual(dict(zip(map(json.dumps, alerts), self.seen)),
                             dict(zip(map(json.dumps, alerts), expected)))

    def test_a_severity_goes_to_those_whom_it_concerns(self):
        self.check((alert("WelfareAnswersLost", "page", round="surveys/jusou/rounds/2025"),
                    ("on-call", False)),
                   (alert("WelfareCacheUseless", "ticket", job="any"), ("tickets", False)))

    def test_the_faster_burn_holds_back_the_slower_of_the_same_service(self):
        survey, report = {"grpc_service": "survey"}, {"grpc_service": "report"}
        self.check((alert("WelfareServiceFaultsFast", "page", **survey), ("on-call", False)),
                   (alert("WelfareServiceFaultsSteady", "page", **survey), ("on-call", True)),
                   (alert("WelfareServiceFaultsSlow", "ticket", **survey), ("tickets", True)),
                   (alert("WelfareServiceFaultsSteady", "page", **report), ("on-call", False)),
                   (alert("WelfareServiceFaultsSlow", "ticket", **report), ("tickets", True)),
                   (alert("WelfareGatewayFaultsSlow", "ticket"), ("tickets", False)))

    def test_a_database_holds_back_what_follows_from_it(self):
        here, there = {"namespace": "welfare"}, {"namespace": "trial"}
        self.check((alert("WelfareDatabaseFailing", "page", database="survey", **here),
                    ("on-call", False)),
                   (alert("WelfareGatewayFaultsFast", "page", **here), ("on-call", True)),
                   (alert("WelfareServiceFaultsFast", "page", **here), ("on-call", True)),
                   (alert("WelfareGatewayFaultsFast", "page", **there), ("on-call", False)),
                   (alert("WelfareCallsRefused", "ticket", reason="backend_silent", **here),
                    ("tickets", True)),
                   (alert("WelfareAnswersLost", "page", **here), ("on-call", False)))

    def test_a_process_whose_database_fails_need_not_say_that_it_is_not_ready(self):
        one, other = {"job": "a", "instance": "a:1"}, {"job": "a", "instance": "b:1"}
        self.check((alert("WelfareDatabaseFailing", "page", database="survey", **one),
                    ("on-call", False)),
                   (alert("WelfareNotReady", "page", part="survey", **one), ("on-call", True)),
                   (alert("WelfareNotReady", "page", part="gateway", **other), ("on-call", False)))

    def test_a_full_disk_is_told_once(self):
        self.check((alert("WelfareDatabaseFull", "page", database="survey"), ("on-call", False)),
                   (alert("WelfareDatabaseFillsUp", "ticket", database="survey"), ("tickets", True)),
                   (alert("WelfareOverloaded", "ticket"), ("tickets", True)))

    def test_a_process_that_is_down_holds_back_its_own_tickets(self):
        one, other = {"job": "a", "instance": "a:1"}, {"job": "a", "instance": "b:1"}
        self.check((alert("WelfareTargetDown", "page", **one), ("on-call", False)),
                   (alert("WelfareTlsFilesRefused", "ticket", **one), ("tickets", True)),
                   (alert("WelfareTlsFilesRefused", "ticket", **other), ("tickets", False)))

    def test_a_certificate_is_renewed_once(self):
        here = {"instance": "a:1", "toward": "clients"}
        self.check((alert("WelfareCertificateExpiresNow", "page", **here), ("on-call", False)),
                   (alert("WelfareCertificateExpiresSoon", "ticket", **here), ("tickets", True)),
                   (alert("WelfareCertificateExpiresSoon", "ticket", **{**here, "toward": "processes"}),
                    ("tickets", False)))


class Message(unittest.TestCase):
    def test_a_message_says_it_in_both_languages_and_leads_to_the_runbook(self):
        receivers = yaml.safe_load(EXAMPLE.read_text("utf-8"))["receivers"]
        mail = next(one for one in receivers if one["name"] == "tickets")["email_configs"][0]
        texts = {"summary": "The cache is away", "description": "For ten minutes.",
                 "summary_ja": "キャッシュがありません", "description_ja": "10分間です。",
                 "runbook_url": "k8s/monitoring/runbooks/WelfareCacheUnreachable.md"}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as data:
            json.dump({"receiver": "tickets", "status": "firing",
                       "commonLabels": {"alertname": "WelfareCacheUnreachable"},
                       "alerts": [{"status": "firing", "labels": {}, "annotations": texts}]}, data)
            data.flush()
            for template, wanted in ((mail["text"], texts.values()),
                                     (mail["headers"]["Subject"], ["WelfareCacheUnreachable (1)"])):
                done = subprocess.run(
                    ["/usr/bin/amtool", "template", "render", f"--template.text={template}",
                     f"--template.data={data.name}", "--template.glob=/dev/null"],
                    capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                for each in wanted:
                    self.assertIn(each, done.stdout)


if __name__ == "__main__":
    unittest.main()
