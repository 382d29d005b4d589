"""What a platform shows of what it keeps: the part that no later version may
show otherwise. Asked of the version that a dump is made of, and again of every
version that starts on the dump.
"""

import base64
import csv
import hashlib
import sqlite3
import tempfile

import harness

# The databases; the indicator service keeps nothing.
STORES = ("registry", "survey", "report")
SURVEYS = ("jusou", "trial")
YEARS = (2024, 2025)
# One or more of each measure that counts respondents, and one of numbers.
INDICATORS = ("plan_formulated", "mlc_setup", "outreach_timing", "sc_meetings")


def observed(product):
    """Returns what the running platform answers."""
    http = product.http
    return {
        "registry": {
            "state": http.get("/v1/registryState"),
            "municipality": http.get("/v1/municipalities/131016", fiscalYear=2025),
            "history": http.list("/v1/municipalities/133035/history", "history"),
            "records": http.list("/v1/programs/jusou/statusRecords", "statusRecords"),
            "lineage": http.list("/v1/lineageEvents", "lineageEvents"),
            "rosters": {str(year): roster(http, year) for year in harness.ROSTER_YEARS},
        },
        "rounds": [round_ for survey in SURVEYS
                   for round_ in http.list(f"/v1/surveys/{survey}/rounds", "rounds")],
        "answers": {survey: digest(answers(http, survey)) for survey in SURVEYS},
        "revisions": [http.list(f"/v1/{submission['name']}/revisions", "revisions")
                      for submission in http.list("/v1/surveys/trial/rounds/2025/submissions",
                                                  "submissions")],
        "figures": {f"{name}/{year}": figure(http, name, year)
                    for name in INDICATORS for year in YEARS},
        "reports": [{"name": report["name"], "snapshot": report["snapshot"],
                     "files": {file["format"]: hashlib.sha256(
                         product.download(report, file["format"])).hexdigest()
                         for file in report["files"]}}
                    for report in http.list("/v1/reports", "reports")],
    }


def roster(http, year):
    return [[entry[key] for key in ("municipality", "implementing", "preparation")]
            for entry in http.get(f"/v1/programs/jusou/rosters/{year}")["entries"]]


def answers(http, survey):
    """Returns every current state and answer as sorted lines."""
    lines = []
    for round_ in http.list(f"/v1/surveys/{survey}/rounds", "rounds"):
        for submission in http.list(f"/v1/{round_['name']}/submissions",
                                    "submissions", full="true"):
            lines.append(f"{submission['name']} {submission['state']}")
            lines += [" ".join([submission["name"], harness.answer_key(answer),
                                *map(repr, harness.answer_content(answer))])
                      for answer in submission["answers"]]
    return sorted(lines)


def digest(lines):
    return {"lines": len(lines),
            "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def figure(http, name, year):
    value = http.get(f"/v1/surveys/jusou/indicators/{name}/values/{year}")
    return {"size": value["population"]["size"], "base": value["base"],
            "cells": {cell["key"]: [cell["value"]] if "value" in cell else
                      [cell["count"], cell["base"], cell.get("percent")]
                      for cell in value["cells"]}}


# --- the audit log ------------------------------------------------------------

AUDIT_COLUMNS = ("sequence", "recorded_micros", "actor", "action", "resource",
                 "request_id", "detail", "leaf_hash")


def audit_of_sqlite(file):
    """Returns the rows of the audit log, oldest first, hashes as bytes."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return database.execute(
            f"SELECT {', '.join(AUDIT_COLUMNS)} FROM audit_log ORDER BY sequence").fetchall()


def audit_of_postgres(server, database, schema):
    columns = ", ".join(AUDIT_COLUMNS[:-1]) + ", encode(leaf_hash, 'base64')"
    # Written by the server, into a folder of its own.
    with tempfile.NamedTemporaryFile(dir=server.folder, suffix=".csv", delete=False) as file:
        pass
    path = server.folder / file.name
    path.unlink()
    server.sql(f"COPY (SELECT {columns} FROM {schema}.audit_log ORDER BY sequence)"
               f" TO '{path}' CSV", database)
    with open(path, encoding="utf-8", newline="") as rows:
        return [(int(row[0]), int(row[1]), *row[2:7], base64.b64decode(row[7]))
                for row in csv.reader(rows)]


def leaf(row):
    """RFC 6962's leaf hash over the canonical bytes of one record."""
    data = row[0].to_bytes(8, "big") + row[1].to_bytes(8, "big")
    for text in row[2:7]:
        data += len(text.encode()).to_bytes(4, "big") + text.encode()
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves):
    """RFC 6962's tree hash."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def audit_faults(rows):
    """Returns what is wrong with an audit log as it is stored."""
    return [f"record {at}" for at, row in enumerate(rows)
            if row[0] != at or leaf(row) != row[7]]


def audit_summary(rows, size=None):
    """Returns size and root of the log, or of its first `size` records."""
    rows = rows[:size]
    return {"size": len(rows), "root": root([row[7] for row in rows]).hex()}
