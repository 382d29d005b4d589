"""A real Prometheus for a test, on a free port, with the rules of this tree."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request

import harness

RULES = harness.SOURCE / "k8s" / "monitoring" / "rules"
# By how much windows and waits of rules are shortened, so that a test sees in
# seconds what an operator sees in minutes.
HASTE = 30
# The longest wait before an alert that is left then: one scrape that a busy machine
# did not manage within its second is no fault of the platform.
HASTY_WAIT = 5
# A container of tests that is short of memory says nothing of the platform.
NOT_OURS = {"WelfareMemoryRunsOut"}


def hastened(text):
    """Returns a file of rules with its windows and its waits before an alert
    shortened; numbers it counts in stay as they are."""
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}

    def hasty(match):
        return int(match[1]) * unit[match[2]] // HASTE
    text = re.sub(r"\[(\d+)([smhd])\]", lambda window: f"[{hasty(window)}s]", text)
    return re.sub(r"(?m)(?<=^        for: )(\d+)([smhd])$",
                  lambda wait: f"{min(HASTY_WAIT, hasty(wait))}s", text)


class Prometheus:
    def __init__(self, targets, haste=False):
        """`targets`: {job: address}. `haste`: with hastened rules."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="welfare-prometheus-"))
        rules = self.folder / "rules"
        rules.mkdir()
        for path in RULES.glob("*.yaml"):
            text = path.read_text("utf-8")
            (rules / path.name).write_text(hastened(text) if haste else text, "utf-8")
        (self.folder / "prometheus.yaml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s",
                       "evaluation_interval": "1s"},
            "rule_files": [str(rules / "*.yaml")],
            "scrape_configs": [{"job_name": job, "static_configs": [{"targets": [address]}]}
                               for job, address in targets.items()]}), "utf-8")
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                ["/usr/bin/prometheus", f"--config.file={self.folder}/prometheus.yaml",
                 f"--storage.tsdb.path={self.folder}/data",
                 "--web.listen-address=127.0.0.1:0"], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        try:
            self.address = harness.wait_for(self._find_address, "Prometheus to listen")
            harness.wait_for(self._ready, "Prometheus to be ready")
        except BaseException:
            self.remove()
            raise

    def _find_address(self):
        if self.child.poll() is not None:
            raise AssertionError(self.log.read_text("utf-8"))
        match = re.search(r'msg="Listening on" address=(\S+)', self.log.read_text("utf-8"))
        return match and match[1]

    def _ready(self):
        try:
            with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5) as reply:
                return reply.status == 200
        except OSError:
            return False

    def ask(self, path, **query):
        """Returns the data of an answer of the API."""
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=30) as reply:
            return json.load(reply)["data"]

    def query(self, expression):
        """Returns the series that the expression has now."""
        return self.ask("query", query=expression)["result"]

    def rules(self):
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def alerts(self):
        """Returns the alerts that fire."""
        return [alert for alert in self.ask("alerts")["alerts"]
                if alert["state"] == "firing" and alert["labels"]["alertname"] not in NOT_OURS]

    def firing(self):
        """Returns the names of alerts that fire."""
        return {alert["labels"]["alertname"] for alert in self.alerts()}

    def wait_for_firing(self, expected, seconds=120):
        """Until these alerts fire and no others, at five evaluations one after
        the other; returns them."""
        looked, seen = set(), set()

        def there():
            evaluated = self.rules()[-1]["lastEvaluation"]
            seen.clear()
            seen.update(self.firing())
            if seen != expected:
                looked.clear()
            else:
                looked.add(evaluated)
            return len(looked) >= 5
        try:
            harness.wait_for(there, f"exactly {sorted(expected)}", seconds)
        except AssertionError:
            raise AssertionError(f"not {sorted(expected)}, but {sorted(seen)}") from None
        return expected

    def remove(self):
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
