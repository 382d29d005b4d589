#!/usr/bin/python3
"""Makes the report of the demonstration on a platform of its own, once alone and
then several at a time, which all have to be equal.

Usage: report_run.py FOLDER AT_ONCE [DAYS]

Writes its files to FOLDER and their digests to standard output. `RUN_ENVIRONMENT`,
a JSON object, is the environment of the platform; DAYS, how far on that has its
clock, which the time of the report has to show. tools/check-reports holds
the digests of such runs against each other.
"""

import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import sys

import harness

FORMATS = {"html": "report.html", "pdf": "report.pdf", "xlsx": "report.xlsx", "json": "report.json",
           "csv": "report-csv.zip"}


def digests_of(report):
    return {file["format"]: file["digest"] for file in report["files"]}


def main(folder, at_once, days="0"):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    environment = json.loads(os.environ.get("RUN_ENVIRONMENT", "{}"))
    with harness.Product(harness.ONE, environment=environment) as product:
        product.load()
        product.quote()
        report, _, _ = product.report()
        made = datetime.datetime.fromisoformat(report["createTime"][:19] + "+00:00")
        ahead = (made - datetime.datetime.now(datetime.timezone.utc)).total_seconds() / 86400
        if abs(ahead - int(days)) > 0.5:
            sys.exit(f"{report['name']} was made {ahead:.1f} days from now, not {days}")
        with concurrent.futures.ThreadPoolExecutor(int(at_once)) as pool:
            others = [made for made, _, _ in pool.map(lambda _: product.report(), range(int(at_once)))]
        digests = digests_of(report)
        for other in others:
            if digests_of(other) != digests:
                sys.exit(f"{other['name']}, made among {at_once}, is not {report['name']}, made alone")
        for format_, name in FORMATS.items():
            content = product.download(report, format_)
            digest = hashlib.sha256(content).hexdigest()
            if digest != digests[format_]:
                sys.exit(f"{name} has the digest {digest}, and {digests[format_]} in the report")
            (folder / name).write_bytes(content)
            print(digest, name)
        done = product.ctl("report", "verify", report["name"])
        if done.stdout.count("equal") != len(FORMATS):
            sys.exit(f"rendered again it is another:\n{done.stdout}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
