#!/usr/bin/python3
"""Who has an answer is not sent it again, and is never told to keep one that its
own write has changed.

usage: caching_test.py one|five [sqlite|postgresql]
"""

import gzip
import http.client
import json
import sys
import threading
import unittest
import uuid

import harness

sys.path.append(str(harness.SOURCE / "tools" / "demo"))
import make_examples  # noqa: E402

SHAPE = harness.shape_from_command_line()
ROSTER = "/v1/programs/jusou/rosters/2025"
WRITERS, WRITES = 4, 15

# How answers of the contract's GETs are known, by operation. By a state that the
# service names, so that who has it costs no answer:
BY_STATE = {
    *(f"RegistryService_{method}" for method in (
        "GetMunicipality", "BatchGetMunicipalities", "ListMunicipalities", "ResolveMunicipality",
        "ListHistory", "GetProgram", "ListPrograms", "GetRoster", "GetProgramTimeline",
        "ListStatusRecords", "ListLineageEvents", "ListBoundaryMappings", "GetRegistryState")),
    *(f"SurveyService_{method}" for method in (
        "GetCodebook", "GetMapping", "GetRound", "ListRounds", "GetRoundProgress", "GetSubmission",
        "ListSubmissions", "ListSubmissionRevisions")),
    *(f"IndicatorService_{method}" for method in (
        "GetIndicatorValue", "ListIndicatorValues", "ExplainIndicatorValue", "ListStatements")),
    "ReportService_GetReport", "ReportService_ListReports", "ReportService_ListReportChanges",
}
# By a digest of the answer, and why.
BY_BYTES = {
    "SurveyService_ListCodebooks": "each has a state of its own, and all have none",
    "SurveyService_ListMappings": "as ListCodebooks",
    "IndicatorService_GetIndicator": "of the build, and a questionnaire that another service has",
    "IndicatorService_ListIndicators": "as GetIndicator",
    "IndicatorService_CheckDefinitions": "as GetIndicator",
    "ReportService_CheckTemplates": "as GetIndicator",
    "ReportService_GetExcerpt": "seldom asked for, and each answer is written down",
    "ReportService_ListExcerpts": "as GetExcerpt",
    "ReportService_ListExcerptProposals": "as GetExcerpt",
    "ReportService_GetFeedbackSheet": "as GetExcerpt",
    "ReportService_ListFeedbackSheets": "as GetExcerpt",
    "ReportService_GetTemplateRevision": "of the build where nothing is stored",
    "ReportService_ListTemplateRevisions": "a page of old ones outlives what is stored after it",
    "ReportService_VerifyReport": "looks at what is stored, which no state stands for",
    **{f"{service}_ListAuditRecords": "a page of old records outlives every state of the log"
       for service in ("RegistryService", "SurveyService", "ReportService")},
}
# They say when they were read.
NEVER_THE_SAME = {f"{service}_{method}" for method in ("GetAuditHead", "ProveAudit")
                  for service in ("RegistryService", "SurveyService", "ReportService")}
# By the digest of the file.
FILES = {"ReportService_DownloadReport", "ReportService_DownloadFeedbackSheet"}
# What goes on has no tag; a position takes it up again.
STREAMS = {
    "RegistryService_StreamChanges", "RegistryService_WatchVersions",
    "SurveyService_StreamRoundColumns", "SurveyService_StreamRoundChanges",
    "SurveyService_WatchVersions", "IndicatorService_WatchVersions", "ReportService_WatchVersions",
}


class Caching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(SHAPE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.load()

    def get(self, path, tag=None, **headers):
        if tag is not None:
            headers["If-None-Match"] = tag
        return self.product.http.send("GET", path, headers=headers)

    def record(self, year, note, first):
        record = {"municipality": "municipalities/131016", "fiscalYear": year,
                  "implementing": "IMPLEMENTING_NO", "preparation": "PREPARATION_NO", "note": note,
                  "correction": not first, "reason": "" if first else note}
        reply = self.product.http.send("POST", "/v1/programs/jusou/statusRecords", record,
                                       {"Idempotency-Key": str(uuid.uuid4())})
        self.assertEqual(reply.status, 200, reply.body)
        return json.loads(reply.body)

    def operations(self):
        """Yields (id, target, content type) of every GET of the contract."""
        document = json.loads(self.get("/openapi.json").body)
        report, _, _ = self.product.report()
        self.product.http.post(f"/v1/{report['name']}/feedbackSheets:make")
        self.product.excerpt()
        self.product.http.post("/v1/surveys/jusou/mappings:import",
                               {"content": make_examples.MAPPING})
        for path, operation in make_examples.operations(document):
            known, query = make_examples.parameters(operation, report["name"].split("/")[1])
            yield (operation["operationId"], make_examples.target(path, known, query),
                   next(iter(operation["responses"]["200"]["content"])))

    def known_again(self, target):
        """Asks twice; returns the first answer, which must have been enough."""
        first = self.get(target)
        self.assertEqual(first.status, 200, first.body[:200])
        tag = first.headers["etag"]
        self.assertRegex(tag, r'^"[^"]+"$')
        again = self.get(target, tag)
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(again.headers["etag"], tag)
        self.assertEqual(again.headers["cache-control"], first.headers["cache-control"])
        return first

    def test_every_get_is_known_by_what_its_method_has(self):
        found = set()
        for id_, target, media in self.operations():
            with self.subTest(method=id_):
                found.add(id_)
                if media == "application/x-ndjson":
                    self.assertIn(id_, STREAMS)
                    self.assertNotIn("etag", self.begin(target))
                    continue
                if id_ in NEVER_THE_SAME:
                    tags = {self.get(target).headers["etag"] for _ in range(2)}
                    self.assertEqual(len(tags), 2)
                    continue
                first = self.known_again(target)
                if id_ in FILES:
                    continue
                # A state is of a language, bytes are what they are.
                english, japanese = (
                    self.get(target, **{"Accept-Language": one}).headers["etag"].split(".")[0]
                    for one in ("en", "ja"))
                self.assertEqual(english == japanese, id_ in BY_BYTES)
                self.assertEqual(english != japanese, id_ in BY_STATE)
                packed = self.get(target, **{"Accept-Encoding": "gzip"})
                if packed.headers.get("content-encoding") == "gzip":
                    self.assertEqual(gzip.decompress(packed.body), first.body)
                    self.assertNotEqual(packed.headers["etag"], first.headers["etag"])
        self.assertEqual(found, {*BY_STATE, *BY_BYTES, *NEVER_THE_SAME, *FILES, *STREAMS})

    def test_files_and_whole_submissions_are_known_again(self):
        report, _, _ = self.product.report()
        for target in (f"/v1/{report['name']}:download?format=csv",
                       "/v1/surveys/jusou/rounds/2025/submissions?full=true"):
            self.known_again(target)

    def test_a_read_of_what_the_caller_has_is_a_read(self):
        submission = self.product.http.list("/v1/surveys/jusou/rounds/2025/submissions",
                                            "submissions")[0]["name"]

        def reads():
            return sum(1 for record in self.product.http.list("/v1/survey/audit/records", "records")
                       if record["action"] == "GetSubmission")
        before = reads()
        first = self.known_again(f"/v1/{submission}")
        self.assertEqual(first.headers["cache-control"], "no-store")
        self.assertEqual(reads(), before + 2)

    def begin(self, target):
        """The headers of an answer that may have no end."""
        connection = http.client.HTTPConnection(self.product.http.host, self.product.http.port,
                                                timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", target)
        response = connection.getresponse()
        self.addCleanup(response.close)
        self.assertEqual(response.status, 200)
        return {name.lower() for name, _ in response.getheaders()}

    def test_nobody_keeps_what_its_own_write_has_changed(self):
        stale = []

        def write(writer):
            path = f"/v1/programs/jusou/rosters/{2030 + writer}"
            tags = {}
            for number in range(WRITES):
                version = int(self.record(2030 + writer, f"{writer}-{number}", number == 0)["version"])
                for one in (path, ROSTER, "/v1/municipalities"):
                    reply = self.get(one, tags.get(one))
                    if reply.status != 200 or int(json.loads(reply.body)["version"]) < version:
                        stale.append((one, version, reply.status))
                    tags[one] = reply.headers["etag"]
        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(stale, [])

    def test_a_value_is_kept_until_an_answer_changes(self):
        path = "/v1/surveys/jusou/indicators/plan_formulated/values/2025"
        tag = self.get(path).headers["etag"]
        self.assertEqual(self.get(path, tag).status, 304)
        submission = next(one for one in self.product.http.list(
            "/v1/surveys/jusou/rounds/2025/submissions", "submissions")
            if one["state"] == "STATE_SUBMITTED")
        before = json.loads(self.get(path).body)["versions"]["round"]
        self.product.http.post(f"/v1/{submission['name']}:return", {"reason": "試験"})
        reply = self.get(path, tag)
        self.assertEqual(reply.status, 200)
        self.assertGreater(int(json.loads(reply.body)["versions"]["round"]), int(before))

    def test_an_edit_compares_what_was_read(self):
        read = self.get("/v1/municipalities/131024")
        tag = read.headers["etag"]
        edit = {"populationBand": "over_500k"}

        def patch(tag):
            return self.product.http.send(
                "PATCH", "/v1/municipalities/131024?updateMask=populationBand&firstFiscalYear=2025"
                "&reason=test", edit, {"If-Match": tag})
        self.assertEqual(patch(tag).status, 200)
        refused = patch(tag)
        self.assertEqual(refused.status, 412)
        detail = json.loads(refused.body)["error"]["details"][0]
        self.assertEqual(detail["reason"], "ETAG_MISMATCH")
        # The one that the refusal names, and the one of a new reading.
        edit["populationBand"] = "under_100k"
        self.assertEqual(patch(detail["metadata"]["etag"]).status, 200)
        edit["populationBand"] = "over_500k"
        self.assertEqual(patch(self.get("/v1/municipalities/131024").headers["etag"]).status, 200)

    def test_a_key_is_good_for_one_write(self):
        key = str(uuid.uuid4())
        body = {"template": "jusou", "round": "surveys/jusou/rounds/2025"}
        made = [self.product.http.send("POST", "/v1/reports", body, {"Idempotency-Key": key})
                for _ in range(2)]
        self.assertEqual([reply.status for reply in made], [200, 200])
        self.assertEqual(made[0].body, made[1].body)
        other = self.product.http.send("POST", "/v1/reports", {**body, "basis": "FINAL"},
                                       {"Idempotency-Key": key})
        self.assertEqual(other.status, 422, other.body)


if __name__ == "__main__":
    unittest.main(verbosity=2)
