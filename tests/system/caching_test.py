#!/usr/bin/python3
"""Who has an answer is not sent it again, and is never told to keep one that its
own write has changed.

usage: caching_test.py one|five [sqlite|postgresql]
"""

import gzip
import json
import threading
import unittest
import uuid

import harness

SHAPE = harness.shape_from_command_line()
ROSTER = "/v1/programs/jusou/rosters/2025"
WRITERS, WRITES = 4, 15


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

    def test_every_get_is_known_by_a_tag(self):
        round_, survey = "/v1/surveys/jusou/rounds/2025", "/v1/surveys/jusou"
        report, _, _ = self.product.report()
        codebook = self.product.http.list(f"{survey}/codebooks", "codebooks")[0]["name"]
        submission = self.product.http.list(f"{round_}/submissions", "submissions")[0]["name"]
        for path in (ROSTER, "/v1/municipalities", "/v1/municipalities/131016", "/v1/programs",
                     "/v1/programs/jusou/timeline", "/v1/municipalities/131016/history",
                     round_, f"{survey}/rounds", f"{round_}/progress", f"/v1/{codebook}",
                     f"{round_}/submissions?full=true", f"/v1/{submission}",
                     f"{survey}/indicators", f"{survey}/indicators/plan_formulated/values/2025",
                     f"{round_}/indicatorValues", f"{round_}/statements",
                     "/v1/reports", f"/v1/{report['name']}",
                     f"/v1/{report['name']}:download?format=html",
                     f"/v1/{report['name']}:download?format=csv"):
            with self.subTest(path=path):
                first = self.get(path)
                self.assertEqual(first.status, 200, first.body[:200])
                tag = first.headers["etag"]
                self.assertRegex(tag, r'^"[^"]+"$')
                again = self.get(path, tag)
                self.assertEqual((again.status, again.body), (304, b""))
                self.assertEqual(again.headers["etag"], tag)
                self.assertEqual(again.headers["cache-control"], first.headers["cache-control"])
                if "download" in path:
                    continue
                packed = self.get(path, **{"Accept-Encoding": "gzip"})
                if packed.headers.get("content-encoding") == "gzip":
                    self.assertEqual(gzip.decompress(packed.body), first.body)
                    self.assertNotEqual(packed.headers["etag"], tag)

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
