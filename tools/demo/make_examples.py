"""The questions whose answers a running platform with the demonstration loaded shows
in its API documents: one real request and answer for each GET of /openapi.json.

A report with its feedback sheets must be there, and the excerpts of make_excerpts.py;
the mapping of an example is imported. Of a list in an answer the first two elements
are kept, of a long text its beginning.
tests/system/openapi_test.py asks the questions and says when
gateway/openapi/examples.json is stale, or writes it (WELFARE_UPDATE_GOLDEN=1); what
differs from one load to the next (times, digests, names of stores) does not count.
"""

import hashlib
import json
import re
import urllib.parse

# How a file of an old questionnaire (架空) would be read.
MAPPING = """survey: jusou
codebook: 2025-1
items:
  - from: 実施計画の策定状況
    to: plan_formulated
    values: {策定済: formulated, 策定中: in_progress, 予定なし: none}
"""
# Parts of names, by the parameter of the path; a report's is found.
PATH = {"municipality": "131016", "program": "jusou", "roster": "2025",
        "survey": "jusou", "round": "2025", "codebook": "2025-1",
        "submission": "131016-municipality", "feedbackSheet": "131016-municipality",
        "indicator": "plan_formulated",
        "value": "2025", "template": "jusou", "revision": "built-in",
        "excerpt": "consent-1",
        "mapping": hashlib.sha256(MAPPING.encode()).hexdigest()[:16]}
# What a query must give beside the size of a page.
QUERY = {
    "RegistryService_BatchGetMunicipalities": {
        "names": ["municipalities/131016", "municipalities/132012"]},
    "RegistryService_ResolveMunicipality": {"text": "檜原村"},
    "RegistryService_ListBoundaryMappings": {
        "fiscalYear": 2024, "boundariesFiscalYear": 2025},
    "RegistryService_ProveAudit": {"sequence": 0},
    "SurveyService_ProveAudit": {"sequence": 0},
    "ReportService_ProveAudit": {"sequence": 0},
    "IndicatorService_ExplainIndicatorValue": {"cell": "formulated"},
    "ReportService_DownloadReport": {"format": "html"},
    "ReportService_DownloadFeedbackSheet": {"format": "html"},
}
# What a respondent alone is shown; without authentication nobody is one.
OF_RESPONDENT = {"ReportService_ListExcerptProposals"}
SHOWN = 2  # elements of a list
LONGEST = 2000  # characters of a text


def operations(document):
    """Yields (path, operation) of every GET of a method."""
    for path, item in document["paths"].items():
        if "get" in item and "x-grpc-method" in item["get"]:
            yield path, item["get"]


def parameters(operation, report):
    """Returns what the example gives in the path and in the query."""
    listed = [p for p in operation["parameters"] if "name" in p]
    path = {p["name"]: {**PATH, "report": report}[p["name"]]
            for p in listed if p["in"] == "path"}
    query = dict(QUERY.get(operation["operationId"], {}))
    if operation["operationId"] == "ReportService_ListReportChanges":
        query["base"] = f"reports/{report}"  # which differs from itself in nothing
    if any(p["name"] == "pageSize" for p in listed):
        query["pageSize"] = SHOWN
    return path, query


def target(path_template, path, query):
    """Returns the target of the request."""
    for name, value in path.items():
        path_template = path_template.replace("{" + name + "}", urllib.parse.quote(value))
    return path_template + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")


def shortened(value):
    if isinstance(value, list):
        return [shortened(element) for element in value[:SHOWN]]
    if isinstance(value, dict):
        return {key: shortened(member) for key, member in value.items()}
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value


def collect(get, post, get_as_respondent):
    """Returns the examples. `get(target)` returns the body of an answer, and
    `post(target, message)` sends a change. `get_as_respondent(target)` is shown what
    the respondent of the excerpt is that awaits an answer."""
    document = json.loads(get("/openapi.json"))
    report = json.loads(get("/v1/reports"))["reports"][0]["name"].split("/")[1]
    examples = {}
    # What the import of a mapping leaves in the logs is shown by none of them.
    asked = sorted(operations(document), key=lambda one: "/mappings" in one[0])
    for template, operation in asked:
        if "/mappings" in template:
            post("/v1/surveys/jusou/mappings:import", {"content": MAPPING})
        path, query = parameters(operation, report)
        example = {"path": path, "query": query}
        if "application/json" in operation["responses"]["200"]["content"]:
            ask = get_as_respondent if operation["operationId"] in OF_RESPONDENT else get
            answer = json.loads(ask(target(template, path, query)))
            example["answer"] = shortened(answer)
        examples[operation["operationId"]] = example
    return examples


VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    # Of stores, also within etags, and of what stands in them.
    (re.compile(r"\b[0-9a-f]{16,64}\b"), "<digest>"),
)


def stable(value, key=""):
    """Returns `value` without what differs from load to load."""
    if isinstance(value, dict):
        return {k: stable(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [stable(element, key) for element in value]
    if isinstance(value, str):
        if value and key == "nextPageToken":
            return "<token>"
        for pattern, word in VOLATILE:
            value = pattern.sub(word, value)
    return value

