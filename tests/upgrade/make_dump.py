#!/usr/bin/python3
"""Makes a dump of a platform in use, for the versions after this one.

usage: make_dump.py OUT

Runs the binaries of WELFARE_BINARY_DIR with the assets of WELFARE_SOURCE_DIR,
on SQLite and on PostgreSQL. OUT gets the databases as SQL and what the platform
answered (see README.md).
"""

import gzip
import json
import pathlib
import sqlite3
import sys
import urllib.parse
import uuid

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness  # noqa: E402
import observed  # noqa: E402

NAMESPACE = uuid.UUID("6f1d7f0e-6f38-4c8e-9c50-1a3f3a5d9a61")

# What else is asked of a municipality that does not run the programme.
BLANKS = ("mun_transition_prep", "mun_preparing_self_report", "planned_start_fy",
          "reasons_not_implementing", "issues", "support_wanted", "collab_partners",
          "collab_methods")


class Recorder:
    """Sends writes that are to be answered the same later, and keeps them."""

    def __init__(self, product):
        self.product = product
        self.requests = []

    def post(self, path, body, in_body=False, **query):
        request_id = str(uuid.uuid5(NAMESPACE, f"{len(self.requests)} {path}"))
        if in_body:
            body = {**body, "requestId": request_id}
        else:
            query["requestId"] = request_id
        if query:
            path += "?" + urllib.parse.urlencode(query)
        reply = self.product.http.post(path, body)
        self.requests.append({"path": path, "body": body, "reply": reply})
        return reply


def use(product):
    """Does what leaves something of every kind in the databases."""
    product.load()
    recorder = Recorder(product)
    post = recorder.post
    # A status, corrected, and another taken back.
    entries = product.http.get("/v1/programs/jusou/rosters/2025")["entries"]
    prepares, other = [e["municipality"] for e in entries
                       if e["implementing"] == "IMPLEMENTING_NO"][:2]
    record = {"program": "programs/jusou", "municipality": prepares, "fiscalYear": 2026,
              "implementing": "IMPLEMENTING_NO", "preparation": "PREPARATION_YES",
              "note": "架空の記録"}
    post("/v1/programs/jusou/statusRecords", record)
    post("/v1/programs/jusou/statusRecords",
         {**record, "implementing": "IMPLEMENTING_YES", "preparation": "PREPARATION_NO",
          "correction": True, "reason": "架空の訂正"})
    post("/v1/programs/jusou/statusRecords", {**record, "municipality": other})
    post("/v1/programs/jusou/statusRecords:retract",
         {"parent": "programs/jusou", "municipality": other, "fiscalYear": 2026,
          "reason": "架空の取消し"}, in_body=True)
    # A municipality made by mistake, a merger, and one that did not happen.
    made = post("/v1/municipalities", {
        "code": "342076", "displayName": "架空市", "kana": "カクウシ", "displayNameEn": "Kaku-shi",
        "type": "TYPE_CITY", "area": "市部"})
    deleted = product.http.send("DELETE", f"/v1/{made['name']}?reason=test")
    assert deleted.status == 200, deleted
    merger = {"kind": "KIND_MERGER", "effectiveDate": {"year": 2025, "month": 11, "day": 1},
              "predecessors": ["municipalities/133035", "municipalities/133051"],
              "successors": ["municipalities/133051"], "reason": "架空の合併"}
    event = post("/v1/lineageEvents", merger)
    post(f"/v1/{event['name']}:retract", {"reason": "架空の取りやめ"}, in_body=True)
    post("/v1/lineageEvents", merger)
    # A round of another survey that goes on: a draft, and one given back.
    round_ = product.open_second_survey()
    status = {"item": "mun_program_status", "codes": {"codes": ["not_implementing"]}}
    blanks = [{"item": item, "absence": "NO_ANSWER"} for item in BLANKS]
    drafted, sent = (post(f"/v1/{round_}/submissions", {"answers": [status, *rest]},
                          submissionId=f"{code.removeprefix('municipalities/')}-municipality")
                     for code, rest in ((prepares, []), (other, blanks)))
    assert drafted["state"] == "STATE_DRAFT", drafted
    submitted = post(f"/v1/{sent['name']}:submit", {}, in_body=True)
    post(f"/v1/{submitted['name']}:return", {"reason": "架空の差戻し"}, in_body=True)
    # A report of each round.
    for year in observed.YEARS:
        post("/v1/reports", {"template": "jusou", "round": f"surveys/jusou/rounds/{year}"})
    return recorder.requests


def dump_sqlite(product, out):
    for store in observed.STORES:
        with sqlite3.connect(product.folder / "data" / f"{store}.db") as database:
            write(out / f"sqlite-{store}.sql.gz", "\n".join(database.iterdump()) + "\n")


def dump_postgres(product, out):
    server = harness.shared_postgres()
    schemas = [f"--schema={store}" for store in observed.STORES]
    file = server.folder / "dump.sql"
    server._run("pg_dump", "-h", server.folder, "-U", "postgres", "--no-owner",
                "--no-privileges", *schemas, "-f", file, database(product))
    # What newer releases put in for psql, and older ones do not know.
    lines = [line for line in file.read_text("utf-8").splitlines()
             if not line.startswith(("\\restrict", "\\unrestrict"))]
    write(out / "postgresql.sql.gz", "\n".join(lines) + "\n")


def database(product):
    return urllib.parse.urlsplit(product.settings["database_url"]).path[1:]


def write(path, text):
    """The same text gives the same file."""
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{path}: {path.stat().st_size} bytes")


def audits(product):
    if product.engine == harness.SQLITE:
        return {store: observed.audit_of_sqlite(product.folder / "data" / f"{store}.db")
                for store in observed.STORES}
    return {store: observed.audit_of_postgres(harness.shared_postgres(), database(product), store)
            for store in observed.STORES}


def make(engine, out):
    product = harness.Product(harness.ONE, engine=engine).start()
    try:
        expected = {"requests": use(product), "observed": observed.observed(product)}
        product.stop()
        logs = audits(product)
        assert not any(map(observed.audit_faults, logs.values()))
        expected["audit"] = {store: observed.audit_summary(rows)
                             for store, rows in logs.items()}
        (dump_sqlite if engine == harness.SQLITE else dump_postgres)(product, out)
        write(out / f"{engine}-expected.json.gz",
              json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True))
    finally:
        product.abandon()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for each in (harness.SQLITE, harness.POSTGRESQL):
        make(each, folder)
