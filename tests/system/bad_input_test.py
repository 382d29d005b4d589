#!/usr/bin/python3
"""Bad input gets a clear error and changes nothing.

usage: bad_input_test.py one|five [sqlite|postgresql]
"""

import concurrent.futures
import json
import unittest
import uuid

import demo_data
import harness


class BadInput(harness.LoadedTest):
    shape = harness.shape_from_command_line()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.round = cls.product.open_second_survey()
        implementing = sorted(demo_data.implementing(2025))
        cls.code, cls.other_code = implementing[:2]
        not_implementing = {c for c, y in demo_data.status() if y == 2025} - set(implementing)
        cls.outsider = min(not_implementing)
        # Something is there that bad input could damage.
        cls.http.post(f"/v1/{cls.round}/submissions", {
            "answers": [{"item": "plan_formulated", "codes": {"codes": ["formulated"]}}]},
            submissionId=f"{cls.other_code}-municipality", requestId=uuid.uuid4())

    def setUp(self):
        self.before = self.product.state_digest(("jusou", "trial"))

    def tearDown(self):
        self.assertEqual(self.product.state_digest(("jusou", "trial")), self.before,
                         "bad input changed the state")

    def refused(self, method, path, body, status, code, reason):
        """Sends it, checks the form of the error, returns violations by field."""
        reply = self.http.send(method, path, body)
        text = reply.body.decode("utf-8")
        self.assertEqual(reply.status, status, text)
        content_type = {k.lower(): v for k, v in reply.headers.items()}["content-type"]
        self.assertTrue(content_type.startswith("application/json"), content_type)
        error = json.loads(text)
        self.assertEqual(set(error), {"error"})
        error = error["error"]
        self.assertEqual(set(error), {"code", "message", "status", "details"})
        self.assertEqual((error["code"], error["status"]), (status, code))
        self.assertRegex(error["message"], r"^[A-Z].*\.$")
        kinds = [d["@type"] for d in error["details"]]
        self.assertEqual(len(kinds), len(set(kinds)), "each kind of detail once")
        infos = [d for d in error["details"]
                 if d["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"]
        self.assertEqual(len(infos), 1, text)
        self.assertEqual(infos[0]["reason"], reason, text)
        self.assertRegex(infos[0]["domain"], r"^(registry|survey|indicator|report|gateway)\.welfare$")
        self.info = infos[0]
        violations = {}
        for detail in error["details"]:
            for violation in detail.get("fieldViolations", []):
                self.assertTrue(violation["description"], violation)
                violations[violation["field"]] = violation["description"]
        return violations

    def submit(self, answers, status=400, code="INVALID_ARGUMENT",
               reason="SUBMISSION_INVALID", respondent=None, round_=None):
        respondent = respondent or f"{self.code}-municipality"
        return self.refused(
            "POST", f"/v1/{round_ or self.round}/submissions?submissionId={respondent}",
            {"answers": answers}, status, code, reason)

    def kept(self, answers, respondent=None):
        """Asks what a draft would keep of wrong answers; returns what is wrong by item."""
        respondent = respondent or f"{self.code}-municipality"
        draft = self.http.post(
            f"/v1/{self.round}/submissions?submissionId={respondent}&validateOnly=true",
            {"answers": answers})
        self.assertEqual(len(draft["answers"]), len(answers))
        return {v["item"]: v["reason"] for v in draft["violations"] if v["message"]}

    @staticmethod
    def choose(item, *codes):
        return {"item": item, "codes": {"codes": list(codes)}}

    def good(self):
        return [self.choose("plan_formulated", "formulated")]

    # --- who --------------------------------------------------------------------

    def test_unknown_municipality(self):
        # 139998 has a right check digit and is nobody.
        reply = self.http.send("GET", "/v1/municipalities/139998")
        self.assertEqual(reply.status, 404, reply.body)
        self.submit(self.good(), respondent="139998-municipality")

    def test_wrong_check_digit(self):
        wrong = self.code[:5] + str((int(self.code[5]) + 1) % 10)
        self.refused("GET", f"/v1/municipalities/{wrong}", None, 400,
                     "INVALID_ARGUMENT", "CHECK_DIGIT")
        self.submit(self.good(), respondent=f"{wrong}-municipality", reason="CHECK_DIGIT")

    def test_unknown_kind_of_respondent(self):
        self.refused("POST", f"/v1/{self.round}/submissions?submissionId={self.code}-mayor",
                     {"answers": self.good()}, 400, "INVALID_ARGUMENT", "NAME_INVALID")

    # --- what -------------------------------------------------------------------

    def test_unknown_item(self):
        found = self.submit([self.choose("favourite_colour", "blue")])
        self.assertEqual(set(found), {"answers.favourite_colour"})
        self.assertIn("UNKNOWN_ITEM", found["answers.favourite_colour"])

    def test_option_not_offered(self):
        found = self.kept([self.choose("plan_formulated", "sometimes")])
        self.assertEqual(found, {"plan_formulated": "OPTION_NOT_OFFERED"})

    def test_two_exclusive_options(self):
        item, exclusive, other = exclusive_item(self.code)
        found = self.kept([self.choose(item, exclusive, other)])
        self.assertEqual(found, {item: "EXCLUSIVE_OPTION"})

    def test_two_options_of_a_single_answer(self):
        first, second = demo_data.codebook()["plan_formulated"].options[:2]
        found = self.kept([self.choose("plan_formulated", first, second)])
        self.assertEqual(found, {"plan_formulated": "SINGLE_ANSWER"})

    def test_answer_to_a_question_that_was_not_asked(self):
        found = self.kept(self.good(), respondent=f"{self.outsider}-municipality")
        self.assertEqual(found, {"plan_formulated": "NOT_ASKED_BY_ROUTING"})

    def test_question_for_the_other_kind_of_respondent(self):
        found = self.kept(self.good(), respondent=f"{self.code}-council")
        self.assertEqual(found, {"plan_formulated": "WRONG_RESPONDENT_KIND"})

    def test_text_where_a_number_belongs(self):
        found = self.kept([{"item": "mun_first_implementation_fy", "text": "many"}])
        self.assertEqual(found, {"mun_first_implementation_fy": "TYPE_MISMATCH"})

    def test_text_in_a_json_number(self):
        self.refused("POST", f"/v1/{self.round}/submissions?submissionId={self.code}-municipality",
                     {"answers": [{"item": "mun_first_implementation_fy", "integer": "many"}]},
                     400, "INVALID_ARGUMENT", "INVALID_REQUEST")

    def test_all_violations_at_once(self):
        item, exclusive, other = exclusive_item(self.code)
        found = self.submit([
            self.choose("favourite_colour", "blue"),
            self.choose("plan_formulated", "sometimes"),
            self.choose(item, exclusive, other),
            {"item": "mun_first_implementation_fy", "text": "many"}])
        self.assertEqual(set(found), {
            "answers.favourite_colour", "answers.plan_formulated",
            f"answers.{item}", "answers.mun_first_implementation_fy"})

    def test_handing_in_what_is_incomplete_names_every_gap(self):
        found = self.refused(
            "POST", f"/v1/{self.round}/submissions/{self.other_code}-municipality:submit",
            {}, 400, "INVALID_ARGUMENT", "SUBMISSION_INVALID")
        self.assertGreater(len(found), 20)
        self.assertTrue(all("ANSWER_MISSING" in d for d in found.values()), found)

    # --- when -------------------------------------------------------------------

    def test_submission_to_a_round_that_is_not_open(self):
        self.submit(self.good(), status=400, code="FAILED_PRECONDITION",
                    reason="ROUND_NOT_OPEN", round_="surveys/jusou/rounds/2025")

    def test_submission_to_no_round(self):
        self.submit(self.good(), status=404, code="NOT_FOUND",
                    reason="ROUND_NOT_FOUND", round_="surveys/trial/rounds/1999")

    def test_second_submission_of_one_respondent(self):
        self.submit(self.good(), status=409, code="ALREADY_EXISTS",
                    reason="SUBMISSION_EXISTS", respondent=f"{self.other_code}-municipality")

    def test_stale_etag(self):
        self.refused(
            "POST", f"/v1/{self.round}/submissions/{self.other_code}-municipality:submit",
            {"etag": '"999"'}, 409, "ABORTED", "ETAG_MISMATCH")

    # --- how --------------------------------------------------------------------

    def test_same_request_id_with_a_different_body(self):
        name = f"{self.round}/submissions/{self.code}-council"
        path = (f"/v1/{self.round}/submissions?submissionId={self.code}-council"
                f"&requestId={uuid.uuid4()}")
        item = next(i for i in demo_data.codebook().values()
                    if i.type == "select_one" and i.respondents == ["council"] and not i.relevant)
        first = {"answers": [self.choose(item.id, item.options[0])]}
        made = self.http.post(path, first)
        self.assertEqual(made["name"], name)
        self.before = self.product.state_digest(("jusou", "trial"))
        self.assertEqual(self.http.post(path, first), made, "a repeat returns the first answer")
        self.refused("POST", path, {"answers": [self.choose(item.id, item.options[1])]},
                     400, "INVALID_ARGUMENT", "REQUEST_ID_REUSED")

    def test_import_names_every_refused_record_and_writes_none(self):
        header = ("survey,fiscal_year,municipality_code,respondent_kind,"
                  "item_id,value,other_text,absence\n")
        records = [f"trial,2025,{self.code},municipality,favourite_colour,blue,,\n",
                   f"trial,2025,{self.code},municipality,plan_formulated,sometimes,,\n",
                   "trial,2025,131017,municipality,plan_formulated,formulated,,\n",
                   "trial,2025,139998,municipality,plan_formulated,formulated,,\n",
                   f"trial,2025,{self.outsider},municipality,plan_start_fy,many,,\n"]
        result = self.http.post("/v1/submissions:batchImport", {
            "batch": {"csv": header + "".join(records), "sourceFile": "a.csv"},
            "requestId": str(uuid.uuid4())})
        self.assertEqual((result["counts"]["rows"], result["counts"]["rejected"]), (5, 5))
        reasons = {}
        for reject in result["rejects"]:
            reasons.setdefault(reject["sourceLine"], set()).add(reject["reasonCode"])
        self.assertEqual(set(reasons), {2, 3, 4, 5, 6})
        self.assertIn("UNKNOWN_ITEM", reasons[2])
        self.assertIn("OPTION_NOT_OFFERED", reasons[3])
        self.assertIn("CHECK_DIGIT", reasons[4])

    def test_import_into_a_closed_round_is_refused(self):
        folder = self.product.folder / "demo"
        done = self.product.ctl("submission", "import",
                                folder / "synthetic-jusou-2025-answers.csv", check=False)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("ROUND_NOT_OPEN", done.stderr)

    def test_command_line_tells_refusals_from_failures(self):
        refused = self.product.ctl("round", "open", "--fiscal-year", "2025", check=False)
        self.assertEqual(refused.returncode, 5, refused)
        self.assertIn("ROUND_STATE", refused.stderr)
        unknown = self.product.ctl("indicator", "get", "happiness",
                                   "--fiscal-year", "2025", check=False)
        self.assertEqual(unknown.returncode, 1, unknown)
        self.assertIn("INDICATOR_NOT_FOUND", unknown.stderr)

    # --- in the language asked for ------------------------------------------------

    def described(self, method, path, body, language):
        """Sends it; returns what is said of its fields."""
        reply = self.http.send(method, path, body, {
            "Accept-Language": language, "Content-Type": "application/json"})
        headers = {k.lower(): v for k, v in reply.headers.items()}
        self.assertEqual(headers["content-language"], language[:2])
        self.assertIn("accept-language", headers["vary"])
        details = json.loads(reply.body)["error"]["details"]
        return [v["description"] for d in details for v in d.get("fieldViolations", [])]

    def test_gateway_and_services_describe_in_the_language_asked_for(self):
        submission = f"/v1/{self.round}/submissions?submissionId={self.code}-municipality"
        for method, path, body, english, japanese in (
                ("POST", submission, '{"colour": 1}',
                 "FIELD_UNKNOWN: is no field of Submission",
                 "FIELD_UNKNOWN: Submissionにこの項目はありません。"),
                ("GET", "/v1/municipalities?pageSize=-1", None,
                 "PAGE_SIZE_INVALID: Use 0 or more.",
                 "PAGE_SIZE_INVALID: 0以上にしてください。")):
            with self.subTest(path=path):
                self.assertEqual(self.described(method, path, body, "en-US,ja;q=0.5"), [english])
                self.assertEqual(self.described(method, path, body, "ja,en;q=0.5"), [japanese])

    # --- the gateway's own ------------------------------------------------------

    def test_no_such_path(self):
        self.refused("GET", "/v1/nothing", None, 404, "NOT_FOUND", "PATH_NOT_FOUND")

    def test_broken_json_and_unknown_fields(self):
        path = f"/v1/{self.round}/submissions?submissionId={self.code}-municipality"
        for body in ('{"answers": [', "[]", '{"answers": [],}', '{"colour": 1}',
                     '{"answers": [], "answers": []}'):
            with self.subTest(body=body):
                reply = self.http.send("POST", path, body,
                                       {"Content-Type": "application/json"})
                self.assertEqual(reply.status, 400, reply.body)
                error = json.loads(reply.body)["error"]
                self.assertEqual(error["status"], "INVALID_ARGUMENT")
                self.assertEqual(sum("ErrorInfo" in d["@type"] for d in error["details"]), 1)

    def test_a_million_empty_answers_cost_little(self):
        path = f"/v1/{self.round}/submissions?submissionId={self.code}-municipality"
        body = '{"answers":[' + ",".join(["{}"] * 1_000_000) + "]}"
        before = self.peak_mib(forget=True)
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            replies = list(pool.map(lambda _: self.http.send(
                "POST", path, body, {"Content-Type": "application/json"}), range(20)))
        self.assertEqual({reply.status for reply in replies}, {413})
        self.assertIn(b'"reason":"TOO_MANY_FIELDS"', replies[0].body)
        # Each would be a hundred megabytes where it is read.
        self.assertLess(self.peak_mib() - before, 500)

    def peak_mib(self, forget=False):
        """The most memory that the processes had, together; from now on with `forget`."""
        total = 0
        for process in self.product.processes.values():
            if forget:
                with open(f"/proc/{process.pid}/clear_refs", "w", encoding="ascii") as file:
                    file.write("5")
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                total += int(next(line for line in file if line.startswith("VmHWM")).split()[1])
        return total / 1024


def exclusive_item(code):
    """Returns an item asked of every implementing municipality with an exclusive
    option, that option and another."""
    exclusive = {(c["list_name"], c["name"]) for c in
                 demo_data.rows(harness.DATA / "survey/data/jusou/choices.csv")
                 if c["exclusive"] == "yes"}
    for item in demo_data.codebook().values():
        if (item.type == "select_multiple" and item.respondents == ["municipality"] and
                item.relevant in ("", "registry('implementing', 0)")):
            alone = [o for o in item.options if (item.id, o) in exclusive]
            other = [o for o in item.options
                     if (item.id, o) not in exclusive and o != "other"]
            if alone and other:
                return item.id, alone[0], other[0]
    raise AssertionError(f"no item with an exclusive option for {code}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
