#!/usr/bin/python3
"""A part that is gone makes others slower or narrower, never wrong.

usage: degrade_test.py
"""

import json
import re
import subprocess
import unittest
import uuid

import demo_data
import harness
import postgres_fixture


class RedisGone(unittest.TestCase):
    """The second cache dies: the same answers, without it."""

    def start_redis(self, folder):
        socket = folder / "redis.sock"
        server = subprocess.Popen(
            ["/usr/bin/redis-server", "--port", "0", "--unixsocket", str(socket),
             "--save", "", "--appendonly", "no", "--dir", str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        harness.wait_for(socket.exists, "redis-server to listen")
        return server, f"unix://{socket}"

    def test_answers_continue_without_redis(self):
        product = harness.Product(harness.ONE)
        self.addCleanup(product.abandon)
        redis, url = self.start_redis(product.folder)
        product.settings["redis_url"] = url
        product.start()
        product.load()
        paths = ["/v1/surveys/jusou/indicators/plan_formulated/values/2025",
                 "/v1/programs/jusou/rosters/2025", "/v1/surveys/jusou/rounds/2025/progress"]
        before = [product.http.get(path) for path in paths]
        redis.kill()
        redis.wait()
        self.assertEqual([product.http.get(path) for path in paths], before)
        # What no cache has seen before is answered too.
        product.http.get("/v1/surveys/jusou/indicators/issues/values/2024")
        self.assertTrue(product.report()[1])
        self.assertTrue(product.ready())
        # Nothing that is asked whether it is ready looks at the cache.
        ops = harness.Http(product.gateway.logged("started")["metrics"])
        for path in ("/livez", "/readyz"):
            self.assertEqual(ops.send("GET", path).status, 200, path)
        parts = dict(re.findall(r'^welfare_ready\{part="(\w+)"\} (\d)$', ops.send("GET", "/metrics").body.decode(), re.M))
        self.assertEqual(parts, dict.fromkeys(("gateway", *harness.SERVICES), "1"))
        product.stop()

    def test_starts_without_redis(self):
        product = harness.Product(harness.ONE)
        self.addCleanup(product.abandon)
        product.settings["redis_url"] = f"unix://{product.folder}/nobody.sock"
        product.start()
        self.assertEqual(product.http.get("/v1/municipalities")["municipalities"], [])
        product.stop()


class DatabaseGone(unittest.TestCase):
    """PostgreSQL is stopped and started again under the running product."""

    def test_intake_goes_on_when_the_database_is_back(self):
        server = postgres_fixture.Server()
        self.addCleanup(server.remove)
        server.make()
        product = harness.Product(harness.FIVE, engine=harness.POSTGRESQL, postgres=server)
        self.addCleanup(product.abandon)
        product.start()
        product.load()
        round_ = product.open_second_survey()
        codes = sorted(demo_data.implementing(2025))
        acknowledged = {}

        def hand_in(code):
            name = f"/v1/{round_}/submissions?submissionId={code}-municipality"
            reply = product.http.send("POST", name, {"answers": [
                {"item": "plan_formulated", "codes": {"codes": ["formulated"]}}]})
            if reply.status == 200:
                made = json.loads(reply.body)
                acknowledged[made["name"]] = made["answers"]
            return reply

        self.assertEqual(hand_in(codes[0]).status, 200)
        services = ("registry", "survey", "report")  # indicator has no database
        server.stop()
        self.assertEqual(hand_in(codes[1]).status, 503)
        for service in services:
            harness.wait_for(
                lambda s=service: harness.health(product.address(s), "readiness") == "NOT_SERVING",
                f"{service} to say that it is not ready")
            self.assertEqual(harness.health(product.address(service), "liveness"), "SERVING")
        server.start()
        for service in services:
            harness.wait_for(
                lambda s=service: harness.health(product.address(s), "readiness") == "SERVING",
                f"{service} to be ready again")
        harness.wait_for(lambda: hand_in(codes[2]).status == 200, "intake to work again")
        # Under load: cut at any moment, nothing that was answered is lost.
        for code in codes[3:15]:
            if code == codes[8]:
                server.stop("immediate")
                server.start()
            harness.wait_for(lambda c=code: hand_in(c).status in (200, 409),
                             "a submission to be taken")
        for name, answers in acknowledged.items():
            self.assertEqual(product.http.get(f"/v1/{name}")["answers"], answers)
        product.stop()


class ServicesGone(unittest.TestCase):
    """Five processes of which some are gone: intake goes on."""

    def setUp(self):
        self.product = harness.Product(harness.FIVE)
        self.addCleanup(self.product.abandon)
        self.product.start()
        self.product.load()
        self.round = self.product.open_second_survey()
        self.codes = sorted(demo_data.implementing(2025))

    def hand_in(self, code):
        """Creates, reads and lists a submission."""
        made = self.product.http.post(f"/v1/{self.round}/submissions", {
            "answers": [{"item": "plan_formulated", "codes": {"codes": ["formulated"]}}]},
            submissionId=f"{code}-municipality", requestId=uuid.uuid4())
        self.assertEqual(self.product.http.get(f"/v1/{made['name']}")["answers"],
                         made["answers"])
        self.assertIn(made["name"], [s["name"] for s in self.product.http.list(
            f"/v1/{self.round}/submissions", "submissions")])

    def unavailable(self, path):
        reply = self.product.http.send("GET", path)
        self.assertEqual(reply.status, 503, reply.body)
        error = json.loads(reply.body)["error"]
        self.assertEqual(error["status"], "UNAVAILABLE")
        self.assertEqual(sum("ErrorInfo" in d["@type"] for d in error["details"]), 1, error)

    def test_intake_goes_on_without_indicator_and_report(self):
        value = "/v1/surveys/jusou/indicators/plan_formulated/values/2025"
        before = self.product.http.get(value)
        self.product.stop_service("report")
        self.product.stop_service("indicator")
        self.hand_in(self.codes[0])
        self.unavailable(value)
        self.unavailable("/v1/reports")
        # Back by itself once they are.
        for service in ("indicator", "report"):
            self.product.start_service(service)
            self.product.wait_until_serving(service)
        after = harness.wait_for(
            lambda: self.product.http.send("GET", value).status == 200 and
            self.product.http.get(value), "the indicator to be back")
        self.assertEqual(after, before)
        self.product.stop()

    def test_intake_goes_on_without_the_registry(self):
        self.product.stop_service("registry")
        self.hand_in(self.codes[1])
        self.unavailable("/v1/programs/jusou/rosters/2025")
        self.product.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
