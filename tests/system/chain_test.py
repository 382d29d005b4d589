#!/usr/bin/python3
"""The whole chain over HTTP/JSON: registry, survey, indicators, report.

usage: chain_test.py one|five [sqlite|postgresql]
"""

import csv
import html.parser
import io
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.parse
import uuid
import zipfile

import demo_data
import harness

JUSOU = "/v1/surveys/jusou"
AGREE = ("VERDICT_FITS", "VERDICT_HIGHER_CLASS_FITS")
MUST_AGREE = ("CHECK_COMPUTED", "CHECK_REGISTRY", "CHECK_PROGRESS")


class Chain(harness.LoadedTest):
    shape = harness.shape_from_command_line()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = {year: demo_data.Round(cls.product.folder / "demo", year)
                    for year in (2024, 2025)}

    # --- one request over all hops --------------------------------------------

    def lines(self, request_id):
        """Returns the lines that the processes wrote of a request, in their order."""
        return [line for process in self.product.processes.values()
                for message in ("request", "call") for line in process.log_entries(message)
                if line["request_id"] == request_id]

    def make_report(self, request_id, headers):
        reply = self.http.send(
            "POST", f"/v1/reports?requestId={uuid.uuid4()}",
            {"template": "jusou", "round": "surveys/jusou/rounds/2025"},
            {"x-request-id": request_id, **headers})
        self.assertEqual(reply.status, 200, reply.body)
        return harness.wait_for(
            lambda: self.lines(request_id)
            if any(line["message"] == "request" for line in self.lines(request_id)) else None,
            "the gateway's line")

    def test_one_trace_goes_through_every_hop(self):
        trace = uuid.uuid4().hex
        lines = self.make_report("hops-1", {
            "traceparent": f"00-{trace}-b7ad6b7169203331-01", "tracestate": "theirs=1"})
        self.assertEqual({line["trace_id"] for line in lines}, {trace})
        self.assertEqual({line["principal"] for line in lines if line["message"] == "request"}, {"local"})
        called = [line["method"] for line in lines if line["message"] == "call"]
        self.assertEqual({method.split(".")[1] for method in called},
                         {"report", "indicator", "survey", "registry"})
        # One line for each call of each process.
        self.assertEqual(sum(line["message"] == "request" for line in lines), 1)
        self.assertEqual(sum(method.endswith("/CreateReport") for method in called), 1)
        for line in lines:
            self.assertLessEqual({"code", "seconds", "principal", "request_id", "method"}, set(line))

    def test_what_is_no_trace_is_dropped_and_the_call_goes_on(self):
        lines = self.make_report("hops-2", {"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01",
                                            "tracestate": "theirs=1"})
        self.assertGreater(len(lines), 4)
        self.assertFalse(any("trace_id" in line for line in lines))

    # --- registry -------------------------------------------------------------

    def test_rosters_hold_the_published_numbers(self):
        counts = {}
        for year in harness.ROSTER_YEARS:
            roster = self.http.get(f"/v1/programs/jusou/rosters/{year}")
            counts[year] = roster["implementingCount"]
            self.assertEqual(len(roster["entries"]), 62)
            self.assertEqual(roster["notImplementingCount"], 62 - counts[year])
        self.assertEqual(counts, {2021: 2, 2022: 7, 2023: 12, 2024: 23, 2025: 30})

    def test_rosters_name_who_the_register_names(self):
        for year in harness.ROSTER_YEARS:
            entries = self.http.get(f"/v1/programs/jusou/rosters/{year}")["entries"]
            codes = [e["municipality"].removeprefix("municipalities/") for e in entries]
            self.assertEqual(codes, sorted(codes))
            now = demo_data.implementing(year)
            self.assertEqual({c for c, e in zip(codes, entries)
                              if e["implementing"] == "IMPLEMENTING_YES"}, now)
            self.assertEqual({c for c, e in zip(codes, entries) if e["newcomer"]},
                             now - demo_data.implementing(year - 1), year)

    def test_six_prepare_in_2025_and_earlier_years_are_unknown(self):
        roster = self.http.get("/v1/programs/jusou/rosters/2025")
        preparing = {e["municipality"].removeprefix("municipalities/")
                     for e in roster["entries"] if e["preparation"] == "PREPARATION_YES"}
        self.assertEqual(len(preparing), 6)
        self.assertEqual(preparing, demo_data.preparing(2025))
        self.assertEqual(roster["preparingCount"], 6)
        self.assertFalse(preparing & demo_data.implementing(2025))
        words = {"yes": "PREPARATION_YES", "no": "PREPARATION_NO",
                 "unknown": "PREPARATION_UNKNOWN"}
        for entry in self.http.get("/v1/programs/jusou/rosters/2022")["entries"]:
            code = entry["municipality"].removeprefix("municipalities/")
            self.assertEqual(entry["preparation"],
                             words[demo_data.status()[code, 2022][1]], code)

    def test_municipality_carries_its_council(self):
        found = self.http.get("/v1/municipalities/131016")
        self.assertEqual(found["displayName"], "千代田区")
        self.assertEqual(found["council"]["name"], "municipalities/131016/council")
        self.assertEqual(len(self.http.list("/v1/municipalities", "municipalities",
                                            pageSize=25, fiscalYear=2025)), 62)

    def test_names_resolve_and_are_printed_in_the_registers_form(self):
        for text in ("青ヶ島村", "青ケ島村", "134023"):
            found = self.http.get("/v1/municipalities:resolve", text=text)
            self.assertEqual(found["displayName"], "青ヶ島村")
        reply = self.http.send(
            "GET", "/v1/municipalities:resolve?text=" + urllib.parse.quote("青ガ島村"))
        self.assertEqual(reply.status, 404)
        self.assertIn("青ヶ島村", reply.body.decode())

    def test_facts_are_changed_and_taken_back_over_json(self):
        name = "municipalities/133078"
        found = self.http.get(f"/v1/{name}", fiscalYear=2025)
        patch = {"etag": found["etag"], "populationBand": "under_5k"}
        path = f"/v1/{name}?updateMask=populationBand&firstFiscalYear=2025&reason=test"
        changed = self.http.send("PATCH", path, patch)
        self.assertEqual(changed.status, 200, changed.body)
        self.assertEqual(self.http.get(f"/v1/{name}", fiscalYear=2025)["populationBand"], "under_5k")
        self.assertEqual(self.http.get(f"/v1/{name}", fiscalYear=2024)["populationBand"], "")
        # The second writer is told.
        again = self.http.send("PATCH", path, {**patch, "populationBand": "over_5k"})
        self.assertEqual(again.status, 409, again.body)
        self.assertIn("ETAG_MISMATCH", again.body.decode())
        made = self.http.post("/v1/municipalities", {
            "code": "342076", "displayName": "誤り市", "kana": "アヤマリシ", "displayNameEn": "Error-shi",
            "type": "TYPE_CITY", "area": "市部"})
        self.assertEqual(made["council"]["displayName"], "誤り市社会福祉協議会")
        gone = self.http.send("DELETE", f"/v1/{made['name']}?reason=test")
        self.assertEqual((gone.status, gone.body), (200, b"{}"))
        history = self.http.get(f"/v1/{made['name']}/history")["history"]
        self.assertEqual([e["action"] for e in history], ["CreateMunicipality", "DeleteMunicipality"])

    def test_timeline_holds_the_chart_of_implementing_municipalities(self):
        timeline = self.http.get("/v1/programs/jusou/timeline")
        self.assertEqual([(y["fiscalYear"], y["implementingCount"], len(y["newcomers"]))
                          for y in timeline["years"]],
                         [(2021, 2, 2), (2022, 7, 5), (2023, 12, 5), (2024, 23, 11), (2025, 30, 7)])

    def test_a_municipality_that_ends_later_stays_in_the_rounds_before(self):
        before = {year: self.http.get(f"{JUSOU}/rounds/{year}/progress") for year in (2024, 2025)}
        roster = self.http.get("/v1/programs/jusou/rosters/2025")
        event = self.http.post("/v1/lineageEvents", {
            "kind": "KIND_MERGER", "effectiveDate": {"year": 2025, "month": 11, "day": 1},
            "predecessors": ["municipalities/133035", "municipalities/133051"],
            "successors": ["municipalities/133051"], "reason": "架空の合併"})
        self.assertEqual(event["fiscalYear"], 2026)
        for year, progress in before.items():
            after = self.http.get(f"{JUSOU}/rounds/{year}/progress")
            self.assertEqual(after, progress)
            self.assertLessEqual(after["received"], after["expected"])
        again = self.http.get("/v1/programs/jusou/rosters/2025")
        self.assertEqual({**again, "version": ""}, {**roster, "version": ""})
        self.assertEqual(len(self.http.get("/v1/programs/jusou/rosters/2026")["entries"]), 61)
        taken_back = self.http.post(f"/v1/{event['name']}:retract", {"reason": "取りやめ"})
        self.assertIs(taken_back["retracted"], True)
        self.assertEqual(len(self.http.get("/v1/programs/jusou/rosters/2026")["entries"]), 62)

    # --- survey ---------------------------------------------------------------

    def test_round_says_what_it_is(self):
        found = self.http.get(f"{JUSOU}/rounds/2025")
        self.assertEqual(found["state"], "STATE_CLOSED")
        self.assertIs(found["synthetic"], True)
        self.assertEqual(found["codebook"], "surveys/jusou/codebooks/2025-1")
        self.assertEqual(found["windowEnd"], {"year": 2025, "month": 7, "day": 11})
        for field in ("displayName", "purpose", "method", "publisher"):
            self.assertTrue(found[field], field)
        self.assertIsInstance(found["revision"], str)  # int64 in proto3 JSON

    def test_everybody_answered_on_time_in_2025(self):
        progress = self.http.get(f"{JUSOU}/rounds/2025/progress")
        self.assertEqual((progress["expected"], progress["received"]), (124, 124))
        self.assertEqual(
            [(g["respondentKind"], g["implementing"], g["expected"], g["onTime"])
             for g in progress["groups"]],
            [("RESPONDENT_KIND_MUNICIPALITY", True, 30, 30),
             ("RESPONDENT_KIND_MUNICIPALITY", False, 32, 32),
             ("RESPONDENT_KIND_COUNCIL", True, 30, 30),
             ("RESPONDENT_KIND_COUNCIL", False, 32, 32)])

    def test_earlier_round_lacks_some_returns(self):
        progress = self.http.get(f"{JUSOU}/rounds/2024/progress")
        self.assertEqual(progress["expected"], 124)
        self.assertEqual(progress["received"], len(self.demo[2024].answers))

    def test_exported_answers_are_those_that_were_loaded(self):
        for year, demo in self.demo.items():
            exported = csv.DictReader(io.StringIO(self.product.ctl(
                "submission", "export", "--round", year).stdout))
            found = {}
            for row in exported:
                respondent = f"{row['municipality_code']}-{row['respondent_kind']}"
                found[respondent, row["item_id"]] = (
                    sorted(row["value"].split(" ")), row["other_text"], row["absence"])
            for respondent, answers in demo.answers.items():
                for item, row in answers.items():
                    self.assertEqual(
                        found.pop((respondent, item), None),
                        (sorted(row["value"].split(" ")), row["other_text"], row["absence"]),
                        f"{respondent} {item}")
            # What the files leave out is stored as left blank, and nothing else.
            self.assertEqual({value for value in map(str, found.values())} -
                             {str(([""], "", "NO_ANSWER"))}, set())

    def test_submission_shows_what_was_not_asked(self):
        newcomer = min(demo_data.implementing(2025) - demo_data.implementing(2024))
        found = self.http.get(f"{JUSOU}/rounds/2025/submissions/{newcomer}-municipality")
        self.assertIs(found["synthetic"], True)
        self.assertEqual(found["state"], "STATE_SUBMITTED")
        self.assertEqual({a["absence"] for a in found["computedAbsences"]},
                         {"NOT_APPLICABLE"})
        about_last_year = {i.id for i in demo_data.codebook().values()
                           if i.relevant == "registry('implementing', -1)" and
                           "municipality" in i.respondents}
        self.assertTrue(about_last_year)
        self.assertLessEqual(about_last_year,
                             {a["item"] for a in found["computedAbsences"]})

    # --- indicators -----------------------------------------------------------

    def value(self, indicator, year=2025):
        return self.http.get(f"{JUSOU}/indicators/{indicator}/values/{year}")

    def test_value_has_the_agreed_json_shape(self):
        value = self.value("plan_formulated")
        self.assertEqual(value["name"], "surveys/jusou/indicators/plan_formulated/values/2025")
        self.assertEqual((value["fiscalYear"], value["referenceYear"]), (2025, 2025))
        self.assertEqual(value["measure"], "DISTRIBUTION")
        self.assertEqual(value["population"]["id"], "implementing")
        self.assertEqual(value["population"]["label"], "令和7年度 実施自治体")
        self.assertEqual(value["population"]["size"], 30)
        first = value["cells"][0]
        self.assertEqual({key: first[key] for key in ("key", "label", "count", "base", "percent")},
                         {"key": "formulated", "label": "策定済み", "count": 23,
                          "base": 30, "percent": "76.7"})
        self.assertIs(type(first["count"]), int)
        self.assertNotIn("value", first)
        no_answer = [a for a in value["absences"] if a["kind"] == "NO_ANSWER"]
        self.assertEqual([(a["kind"], a["count"]) for a in no_answer], [("NO_ANSWER", 0)])
        for version in ("registry", "round", "definition"):
            self.assertRegex(value["versions"][version], r"^[1-9][0-9]*$")
        self.assertIs(value["synthetic"], True)

    def test_every_coded_item_agrees_with_a_count_over_the_files(self):
        for year, demo in self.demo.items():
            for item in demo_data.codebook().values():
                if not item.options or len(item.respondents) != 1:
                    continue
                with self.subTest(year=year, item=item.id):
                    value = self.value(item.id, year)
                    cells = {c["key"]: c for c in value["cells"]}
                    base = len(demo.asked(item.id))
                    self.assertEqual(value["base"], base)
                    for code in item.options:
                        self.assertEqual(
                            (cells[code]["count"], cells[code]["base"]),
                            (len(demo.choosing(item.id, code)), base), code)
                    absences = {a["kind"]: a["count"] for a in value["absences"]}
                    for kind in ("NO_ANSWER", "NOT_COUNTED", "UNKNOWN"):
                        self.assertEqual(absences.get(kind, 0),
                                         len(demo.absent(item.id, kind)), kind)

    def test_every_number_agrees_with_a_sum_over_the_files(self):
        demo = self.demo[2025]
        for item in demo_data.codebook().values():
            if item.type != "integer" or len(item.respondents) != 1:
                continue
            value = self.value(item.id)
            if value["measure"] != "SUM":
                continue
            with self.subTest(item=item.id):
                cells = {c["key"]: c for c in value["cells"]}
                numbers = demo.numbers(item.id)
                self.assertEqual(cells["total"]["value"], str(sum(numbers)))
                self.assertEqual(value["answered"], len(numbers))
                if numbers:
                    self.assertEqual(cells["max"]["value"], str(numbers[-1]))

    def test_size_is_base_plus_those_outside_it(self):
        values = self.http.list(f"{JUSOU}/rounds/2025/indicatorValues", "indicatorValues")
        self.assertGreater(len(values), 80)
        for value in values:
            outside = sum(a["count"] for a in value["absences"] if a["kind"] in
                          ("NOT_APPLICABLE", "NOT_ASKED", "UNIT_NONRESPONSE"))
            inside = sum(a["count"] for a in value["absences"]) - outside
            self.assertEqual(value["population"]["size"], value["base"] + outside, value["name"])
            self.assertEqual(value["base"], value["answered"] + inside, value["name"])
            for cell in value["cells"]:
                flags = cell.get("flags", [])
                self.assertEqual("UNDEFINED" in flags, cell["base"] == 0, (value["name"], cell))
                self.assertEqual("percent" in cell,
                                 cell["base"] > 0 and "value" not in cell
                                 and "NO_VALUE" not in flags, (value["name"], cell))

    def test_every_item_has_an_indicator_of_its_id(self):
        ids = {i["name"].rsplit("/", 1)[1]
               for i in self.http.list(f"{JUSOU}/indicators", "indicators")}
        missing = {i.id for i in demo_data.codebook().values() if i.type != "text"} - ids
        self.assertEqual(missing, set())

    def test_explain_names_exactly_the_respondents(self):
        demo = self.demo[2025]
        for item, code in (("plan_formulated", "formulated"), ("mlc_setup", "same_as_sc"),
                           ("outreach_timing", "all_timings")):
            with self.subTest(item=item, cell=code):
                answer = self.http.get(
                    f"{JUSOU}/indicators/{item}/values/2025:explain", cell=code)
                explained = {e["respondent"]: e for e in answer["explanations"]}
                self.assertEqual({r for r, e in explained.items() if e["in"]},
                                 demo.choosing(item, code))
                self.assertEqual({r for r, e in explained.items() if e["inBase"]},
                                 demo.asked(item))
                self.assertTrue(all(e["reason"] and e["displayName"]
                                    for e in explained.values()))

    def test_values_of_an_earlier_revision_stay(self):
        now = self.value("plan_formulated")
        pinned = self.http.get(f"{JUSOU}/indicators/plan_formulated/values/2025",
                               dataVersion=now["versions"]["round"])
        self.assertEqual(pinned["cells"], now["cells"])
        # Revision 1 planned the round, revision 2 opened it: nobody had answered.
        before = self.http.get(f"{JUSOU}/indicators/plan_formulated/values/2025", dataVersion=2)
        self.assertEqual((before["base"], before["population"]["size"]), (0, 30))
        self.assertEqual({a["kind"]: a["count"] for a in before["absences"]}["UNIT_NONRESPONSE"], 30)
        for cell in before["cells"]:
            self.assertEqual((cell["count"], cell["base"]), (0, 0))
            self.assertNotIn("percent", cell)
            self.assertIn("UNDEFINED", cell["flags"])

    # --- statements -----------------------------------------------------------

    def test_every_computable_statement_agrees_in_a_named_reading(self):
        statements = self.http.list(f"{JUSOU}/rounds/2025/statements", "statements")
        published = demo_data.published()
        self.assertEqual({s["name"].rsplit("/", 1)[1] for s in statements}, set(published))
        for statement in statements:
            with self.subTest(statement=statement["name"].rsplit("/", 1)[1]):
                agreeing = [r["reading"] for r in statement["readings"]
                            if r["verdict"] in AGREE]
                if statement["check"] in MUST_AGREE:
                    self.assertIn(statement["verdict"], AGREE)
                    self.assertTrue(statement["agreeingReadings"])
                    self.assertEqual(statement["agreeingReadings"], ", ".join(agreeing))
                    for reading in statement["readings"]:
                        self.assertTrue(reading["computed"], reading)
                        self.assertTrue(reading["population"]["label"], reading)
                elif statement["verdict"] == "VERDICT_NOT_COMPUTED":
                    self.assertTrue(statement["notComputedReason"], statement)
                elif not agreeing:
                    # Figures are shown, and the rule says why none judges them.
                    for reading in statement["readings"]:
                        self.assertTrue(reading["computed"] and reading["rule"], reading)

    def test_exact_counts_are_the_published_ones(self):
        statements = {s["name"].rsplit("/", 1)[1]: s for s in self.http.list(
            f"{JUSOU}/rounds/2025/statements", "statements")}
        for name, rows in demo_data.published().items():
            for row in rows:
                if (row["check"] not in ("computed", "registry") or
                        row["kind"] != "exact" or not row["numerator"] or
                        statements[name]["agreeingReadings"] != row["reading"]):
                    continue
                reading = next(r for r in statements[name]["readings"]
                               if r["reading"] == row["reading"])
                with self.subTest(statement=name):
                    self.assertEqual(reading.get("count"), int(row["numerator"]))
                    if row["denominator"]:
                        self.assertEqual(reading.get("base"), int(row["denominator"]))

    def test_command_line_agrees_and_exits_0(self):
        done = self.product.ctl("statement", "check", "--fiscal-year", "2025")
        self.assertRegex(done.stdout, r"statements: \d+ met, 0 not met, \d+ not computable")

    # --- report ---------------------------------------------------------------

    def test_report_is_made_downloaded_and_whole(self):
        report, page, archive = self.product.report()
        paper = self.product.download(report, "pdf")
        self.assertTrue(paper.startswith(b"%PDF-1."))
        self.assertIs(report["synthetic"], True)
        self.assertRegex(report["snapshot"], r"^[0-9a-f]{64}$")
        workbook = self.product.download(report, "xlsx")
        data = self.product.download(report, "json")
        cube = json.loads(data)
        self.assertTrue(workbook.startswith(b"PK"))
        self.assertEqual((cube["version"], cube["class"]), ("2.0", "collection"))
        self.assertEqual({f["format"] for f in report["files"]}, {"html", "csv", "pdf", "xlsx", "json"})
        self.assertEqual({f["format"]: int(f["size"]) for f in report["files"]},
                         {"html": len(page), "csv": len(archive), "pdf": len(paper),
                          "xlsx": len(workbook), "json": len(data)})
        document = Document(page.decode("utf-8"))
        self.assertEqual(document.faults, [])
        self.assertEqual(document.external, [])
        self.assertEqual(set(document.pages) - {"contents"},
                         {f"p{number:02}" for number in range(1, 21)} | {"annex-1", "annex-2", "annex-changes"})
        for name, text in document.pages.items():
            self.assertIn("架空", text, name)
        for name in ("p04", "p13"):
            self.assertIn("n=30", document.pages[name].replace(" ", "").replace("＝", "="), name)
        for statement in self.http.list(f"{JUSOU}/rounds/2025/statements", "statements"):
            self.assertIn(statement["label"], document.pages["annex-1"])
        self.assertEqual(self.product.report()[1], page)

        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            self.assertIsNone(files.testzip())
            names = files.namelist()
            self.assertTrue(names)
            for name in names:
                if not name.endswith(".csv"):
                    continue
                if name.startswith("cp932/"):
                    self.assertEqual(files.read(name).decode("cp932"),
                                     files.read(name.removeprefix("cp932/")).decode("utf-8-sig"))
                    continue
                self.assertTrue(name.startswith("synthetic-"), name)
                text = files.read(name).decode("utf-8-sig")
                table = list(csv.reader(io.StringIO(text), strict=True))
                self.assertEqual(len({len(row) for row in table}), 1, name)
                if name == "synthetic-dictionary.csv":  # columns, no figures
                    continue
                marks = {row[table[0].index("synthetic")] for row in table[1:]}
                self.assertLessEqual(marks, {"1"}, name)

    def test_formats_of_the_report_say_the_same(self):
        if self.shape != harness.ONE:
            self.skipTest("renderers know no shape")
        report, _, archive = self.product.report()
        with tempfile.TemporaryDirectory(prefix="wchain-") as folder:
            files = {"csv": pathlib.Path(folder) / "report-csv.zip"}
            files["csv"].write_bytes(archive)
            for kind in ("xlsx", "json"):
                files[kind] = pathlib.Path(folder) / f"report.{kind}"
                files[kind].write_bytes(self.product.download(report, kind))
            for check, arguments in (("csv", ("csv",)), ("xlsx", ("xlsx", "csv")), ("json_stat", ("json", "csv"))):
                done = subprocess.run(
                    ["/usr/bin/python3", "-B", harness.SOURCE / f"tests/report/{check}_check.py",
                     *(files[kind] for kind in arguments)],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=170, check=False)
                self.assertEqual(done.returncode, 0, f"{check}: {done.stdout}")

    def test_download_says_what_it_is(self):
        report = self.product.report()[0]
        reply = self.http.send("GET", f"/v1/{report['name']}:download?format=html")
        headers = {k.lower(): v for k, v in reply.headers.items()}
        self.assertEqual(headers["content-type"].lower().replace(" ", ""),
                         "text/html;charset=utf-8")
        self.assertIn("filename", headers["content-disposition"])
        # A client that goes once it has the file is no broken transfer.
        whole = 'code="200",method="GET",route="/v1/{name=reports/*}:download"'
        harness.wait_for(lambda: whole in self.product.metrics().body.decode(),
                         "the download to be counted")
        self.assertNotIn('code="499"', self.product.metrics().body.decode())

    # --- the whole --------------------------------------------------------------

    def test_second_load_changes_nothing(self):
        before = self.product.state_digest()
        revision = self.http.get(f"{JUSOU}/rounds/2025")["revision"]
        version = self.http.get("/v1/programs/jusou/rosters/2025")["version"]
        self.product.load()
        self.assertEqual(self.product.state_digest(), before)
        self.assertEqual(self.http.get(f"{JUSOU}/rounds/2025")["revision"], revision)
        self.assertEqual(self.http.get("/v1/programs/jusou/rosters/2025")["version"], version)

    def test_a_second_survey_with_the_same_items_lives_beside_the_first(self):
        before = self.value("plan_formulated")
        round_ = self.product.open_second_survey("second")
        self.http.post(f"/v1/{round_}/submissions", {
            "answers": [{"item": "plan_formulated", "codes": {"codes": ["formulated"]}}]},
            submissionId=f"{min(demo_data.implementing(2025))}-municipality")
        self.assertEqual(self.value("plan_formulated"), before)
        self.assertEqual(len(self.http.list(f"/v1/{round_}/submissions", "submissions")), 1)


class Document(html.parser.HTMLParser):
    """Checks an HTML page: every element closed, nothing fetched from outside;
    collects the text of every printed page."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
            "meta", "source", "track", "wbr"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.faults, self.external, self.pages = [], [], [], {}
        self.page = self.depth_of_page = None
        if not text.lower().startswith("<!doctype html>"):
            self.faults.append("no doctype")
        for found in re.findall(r"(?:url\(|@import)[^;)]*", text):
            if "data:" not in found and "#" not in found:
                self.external.append(found)
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.stack]

    def handle_starttag(self, tag, attrs):
        self.look(tag, dict(attrs))
        if tag not in self.VOID:
            self.stack.append(tag)
            if "page" in (dict(attrs).get("class") or "").split():
                self.depth_of_page = len(self.stack)
                self.page = dict(attrs).get("id")
                self.pages[self.page] = ""

    def handle_startendtag(self, tag, attrs):
        self.look(tag, dict(attrs))

    def look(self, tag, attributes):
        for name, value in attributes.items():
            if name in ("src", "href", "xlink:href", "data", "action", "srcset") and \
                    not (value or "").startswith(("#", "data:", "mailto:")):
                self.external.append(f"<{tag} {name}={value}>")
        if tag in ("script", "iframe", "object", "embed", "link"):
            self.external.append(f"<{tag}>")

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes {self.stack[-1:]}")
            if tag in self.stack:
                while self.stack.pop() != tag:
                    pass
        else:
            self.stack.pop()
        if self.depth_of_page is not None and len(self.stack) < self.depth_of_page:
            self.depth_of_page = None

    def handle_data(self, data):
        if self.depth_of_page is not None:
            self.pages[self.page] += data


if __name__ == "__main__":
    unittest.main(verbosity=2)
