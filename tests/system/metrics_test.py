#!/usr/bin/python3
"""The names, types, helps and labels of all metrics, which dashboards and alerts
rely on.

usage: metrics_test.py

They are held by golden/metrics.txt. To renew it, and the reference that is made
from it (k8s/monitoring/metrics.md), run this test with WELFARE_UPDATE_GOLDEN=1 and
review the difference.
"""

import os
import pathlib
import re
import ssl
import sys
import unittest

import harness  # finds tests/support
import certificates

sys.path.insert(0, str(harness.SOURCE / "tests" / "monitoring"))
import reference

GOLDEN = pathlib.Path(__file__).parent / "golden" / "metrics.txt"
# What a family of type histogram exposes, and the label only its buckets have.
HISTOGRAM = re.compile(r"_(bucket|sum|count)$")


def families(text):
    """Returns {name: (type, help, {label})} of what /metrics answers."""
    found = {}
    for line in text.splitlines():
        if match := re.fullmatch(r"# HELP (\S+) (.*)", line):
            found[match[1]] = ["", match[2], set()]
        elif match := re.fullmatch(r"# TYPE (\S+) (\S+)", line):
            found[match[1]][0] = match[2]
        elif match := re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+", line):
            name = match[1] if match[1] in found else HISTOGRAM.sub("", match[1])
            labels = re.findall(r'(\w+)="(?:[^"\\]|\\.)*"', match[2] or "")
            found[name][2] |= set(labels) - {"le"}
        else:
            raise AssertionError(f"no line of a metric: {line}")
    return found


class Metrics(harness.LoadedTest):
    maxDiff = None

    def test_families_are_the_recorded_ones(self):
        self.http.get("/v1/surveys/jusou/rounds/2025/progress")
        self.product.ctl("report", "create", "--fiscal-year", "2025")
        # Reports and rounds are seen at the next look of their services.
        harness.wait_for(lambda: all(family in self.product.metrics().body for family in (
            b"\nwelfare_report_made", b"\nwelfare_round_open", b"\nwelfare_submissions_expected")),
                         "the report and its round to be told of")
        found = families(self.product.metrics().body.decode())
        # A cache and listeners of another kind, of which nothing more is asked
        # than to exist.
        servers = certificates.Authority(self.product.folder, "servers")
        certificate, key = servers.issue("localhost", "serverAuth")
        keys = self.product.folder / "keys.json"
        keys.write_text('{"version":1,"keys":[]}')
        with harness.Product(
                harness.ONE, tls=ssl.create_default_context(cafile=servers.certificate),
                settings={"redis_url": f"unix://{self.product.folder}/nobody.sock"},
                gateway_settings={"tls_cert_file": certificate, "tls_key_file": key,
                                  "auth": "api-key", "api_keys_file": keys}) as other:
            found = {**families(other.metrics().body.decode()), **found}
        text = "".join(f"{name} {kind} {' '.join(sorted(labels)) or '-'}\n  {help_}\n"
                       for name, (kind, help_, labels) in sorted(found.items()))
        if os.environ.get("WELFARE_UPDATE_GOLDEN") == "1":
            GOLDEN.write_text(text, "utf-8")
            reference.main()
        self.assertEqual(text, GOLDEN.read_text("utf-8"),
                         f"{GOLDEN}: renew with WELFARE_UPDATE_GOLDEN=1")


if __name__ == "__main__":
    unittest.main()
