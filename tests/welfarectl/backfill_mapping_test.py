#!/usr/bin/python3
"""Files of an old questionnaire, read by a mapping.

usage: backfill_mapping_test.py [one sqlite] [unittest...]
"""

import csv
import hashlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import backfill_cli_test as backfill  # noqa: E402
from backfill_cli_test import ANSWERS, CHIYODA, CHUO, MINATO, SURVEY  # noqa: E402

import harness  # noqa: E402

NEW = {
    "survey": "type,name,label,respondent,unit,absences,concept\n"
              "select_one plan,plan,計画の策定状況,municipality,,NO_ANSWER UNKNOWN,plan\n"
              "integer,budget,予算額,municipality,円,NO_ANSWER UNKNOWN,budget\n"
              "select_multiple ways,ways,取組の方法,municipality,,NO_ANSWER,ways\n"
              "text,remarks,自由記述,municipality,,NO_ANSWER,remarks\n",
    "choices": "list_name,name,label\nplan,made,策定済み\nplan,making,策定中\n"
               "plan,none,未策定\nways,visit,訪問支援\nways,online,オンライン\n",
    "settings": f"form_title,form_id,version\n架空の調べ,{SURVEY},2\n"}
OLD = {
    "survey": "type,name,label,respondent,unit,absences,concept\n"
              "select_one plan,q1,策定状況,municipality,,NO_ANSWER,plan\n"
              "integer,q2,予算,municipality,千円,NO_ANSWER,budget\n"
              "select_multiple ways,q3,方法,municipality,,NO_ANSWER,ways\n"
              "text,q4,記述,municipality,,NO_ANSWER,remarks\n",
    "choices": "list_name,name,label\nplan,made,策定済み\nplan,zero,なし\n"
               "ways,visit,訪問支援\n",
    "settings": f"form_title,form_id,version\n架空の旧い調べ,{SURVEY},1\n"}
# As the files of the last decade have it.
DECADE = {"計画の状況": "策定済", "予算": "1,234.5", "取組方法": "訪問、オンライン支援",
          "自由記述欄": "なし", "担当者の年齢": "40"}
# What whoever reads the rejects knows of the words.
MEANT = {"策定済": "made", "策定準備中": "making", "訪問": "visit",
         "オンライン支援": "online"}
HEAD = f"survey: {SURVEY}\ncodebook: '2'\n"


class Mapping(backfill.Backfill):

    def new_product(self, rounds=True):
        product = super().new_product(rounds=False)
        for version, sheets in (("1", OLD), ("2", NEW)):
            codebook = self.folder / f"codebook-{version}"
            codebook.mkdir()
            for sheet, text in sheets.items():
                (codebook / f"{sheet}.csv").write_text(text, "utf-8")
            product.ctl("--survey", SURVEY, "codebook", "import", codebook,
                        "--version-id", version)
            product.http.post(f"/v1/surveys/{SURVEY}/codebooks/{version}:publish")
        for year, version in ((2024, "1"), (2025, "2")):
            product.ctl("--survey", SURVEY, "round", "create", "--fiscal-year", year,
                        "--title", "架空の調べ", "--codebook", version, "--window-start",
                        f"{year}-06-16", "--window-end", f"{year}-07-11")
            product.ctl("--survey", SURVEY, "round", "open", "--fiscal-year", year)
        return product

    def command(self, *arguments):
        command = super().command(*arguments)
        return [*command[:1], "--survey", SURVEY, *command[1:]]

    def old_file(self, codes=(CHIYODA, CHUO), **changed):
        cells = DECADE | changed
        return self.answers([(SURVEY, 2025, code, "municipality", item, value, "", "")
                             for code in codes for item, value in cells.items()])

    def mapping(self, text):
        path = self.folder / "mapping.yaml"
        path.write_text(text, "utf-8")
        return path

    def planned(self, file, mapping, code=0, **flags):
        return self.plan(file, "--mapping", mapping, code=code, **flags)

    def told(self):
        with open(self.folder / "rejects.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def mappings(self, *arguments, output="json", lang="en"):
        """Runs `backfill mappings`; returns what it prints and says."""
        done = subprocess.run(
            [str(harness.BIN / "welfarectl"), "--server", self.product.grpc_address,
             "--survey", SURVEY, "--lang", lang, "--output", output, "backfill", "mappings",
             *arguments], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout, done.stderr.strip()

    def answers_of(self, code):
        stored = self.product.http.get(
            f"/v1/surveys/{SURVEY}/rounds/2025/submissions/{code}-municipality")
        return {answer["item"]: answer for answer in stored["answers"]}

    def written_from_rejects(self):
        """A mapping as somebody writes it who has the rejects alone."""
        words = {}
        nearest = {}
        for reject in self.told():
            if reject["reason_code"] != "ITEM_UNMAPPED":
                continue
            cells = next(csv.reader([reject["raw_record"]]))
            words.setdefault(reject["value"], set()).update(cells[5].split("、"))
            nearest[reject["value"]] = next(iter(reject["candidates"].split()), None)
        items = []
        for item, target in nearest.items():
            if target is None:
                items.append({"from": item, "drop": "is not asked any more"})
            elif target == "budget":
                items.append({"from": item, "to": target, "unit": "千円", "scale": "1000"})
            elif target == "remarks":
                items.append({"from": item, "to": target})
            else:
                items.append({"from": item, "to": target, "separator": "、",
                              "values": {word: MEANT[word] for word in sorted(words[item])}})
        # JSON is YAML.
        return HEAD + "items: " + json.dumps(items, ensure_ascii=False) + "\n"

    def test_a_file_of_the_last_decade_goes_in_by_a_mapping_written_from_its_rejects(self):
        file = self.old_file()
        planned = self.planned(file, self.mapping(HEAD), code=3, rejects="rejects.csv")
        self.assertEqual(planned["counts"]["rejected"], 2 * len(DECADE))
        self.assertEqual({reject["reason_code"] for reject in self.told()}, {"ITEM_UNMAPPED"})
        mapping = self.mapping(self.written_from_rejects())
        planned = self.planned(file, mapping)
        self.assertEqual(self.counts(planned), {"rows": 10, "created": 8, "unchanged": 2})
        identity = planned["mapping"].rsplit("/", 1)[1]
        # A plan writes nothing.
        self.assertEqual(self.product.http.send("GET", f"/v1/{planned['mapping']}").status,
                         404)
        self.assertEqual(self.apply()["counts"], planned["counts"])
        stored = self.answers_of(CHIYODA)
        self.assertEqual(stored["plan"]["codes"]["codes"], ["made"])
        self.assertEqual(stored["budget"]["integer"], "1234500")
        self.assertEqual(stored["ways"]["codes"]["codes"], ["visit", "online"])
        self.assertEqual(stored["remarks"]["text"], "なし")
        for answer in stored.values():
            self.assertEqual((answer["provenance"], answer["mapping"]),
                             ("PROVENANCE_IMPORTED", identity))
        # It is kept with the import, as it was.
        kept = subprocess.run(
            [str(harness.BIN / "welfarectl"), "--server", self.product.grpc_address,
             "--survey", SURVEY, "backfill", "mapping", identity],
            capture_output=True, text=True, check=True, timeout=60).stdout
        self.assertEqual(kept, mapping.read_text("utf-8"))
        self.assertTrue(self.backfill("verify", "--plan", "backfill-plan.json")["equal"])
        self.assertTrue(self.backfill("verify", file, "--strategy", "merge", "--mapping",
                                      mapping)["equal"])
        # Again, it is as it was; another mapping that says the same moves nothing.
        self.assertEqual(self.apply()["counts"], planned["counts"])
        other = self.mapping(mapping.read_text("utf-8") + "# the same\n")
        again = self.planned(file, other)
        self.assertNotEqual(again["mapping"], planned["mapping"])
        self.assertEqual(self.counts(again), {"rows": 10, "unchanged": 10})
        self.apply()
        self.assertEqual(self.answers_of(CHIYODA)["plan"]["mapping"], identity)

    def test_the_mappings_that_are_kept_are_listed_with_what_came_through_them(self):
        self.assertEqual(json.loads(self.mappings()[0]), [])
        self.assertEqual(self.mappings(output="table"), ("", "There is no such mapping."))
        file = self.old_file()
        self.planned(file, self.mapping(HEAD), code=3, rejects="rejects.csv")
        mapping = self.mapping(self.written_from_rejects())
        used = self.planned(file, mapping)["mapping"]
        self.assertEqual(json.loads(self.mappings()[0]), [])
        self.apply()
        # Applied as well, and nothing came through it.
        unused = self.planned(file, self.mapping(mapping.read_text("utf-8") + "# 同じ\n"))[
            "mapping"]
        self.apply()
        listed = {one["name"]: one for one in json.loads(self.mappings()[0])}
        self.assertEqual(list(listed), sorted([used, unused]))
        for name, one in listed.items():
            kept = self.product.http.get(f"/v1/{name}")
            self.assertEqual(hashlib.sha256(kept.pop("content").encode()).hexdigest(),
                             one["digest"])
            self.assertEqual(one.pop("content"), "")
            self.assertEqual(one, kept)
            self.assertTrue(one["usesComplete"])
        self.assertEqual(listed[unused]["uses"], [])
        (use,) = listed[used]["uses"]
        self.assertEqual((use["round"], use["rows"]), (f"surveys/{SURVEY}/rounds/2025", "8"))
        self.assertGreaterEqual(int(use["batches"]), 1)
        (only,) = json.loads(self.mappings("--fiscal-year", "2025")[0])
        self.assertEqual(only["name"], used)
        self.assertEqual(self.mappings("--fiscal-year", "2024", output="table", lang="ja"),
                         ("", "該当する読替え表はありません。"))
        rows = {row["mapping"]: row
                for row in csv.DictReader(self.mappings(output="csv")[0].splitlines())}
        row = rows[used.rsplit("/", 1)[1]]
        self.assertEqual((row["codebook"], row["fiscal_year"], row["rows"], row["digest"],
                          row["uses_complete"]),
                         ("2", "2025", "8", listed[used]["digest"], "true"))
        row = rows[unused.rsplit("/", 1)[1]]
        self.assertEqual((row["fiscal_year"], row["rows"], row["last_time"]), ("", "", ""))
        table, said = self.mappings(output="table", lang="ja")
        self.assertEqual(said, "読替え表 2 件")
        self.assertIn("読替え表", table.splitlines()[0])
        self.assertNotIn("数えていません", table)
        # One from before uses were counted says so.
        database = self.product.folder / "data" / "survey.db"
        with sqlite3.connect(database, timeout=60) as rows:
            rows.execute("INSERT INTO mappings VALUES (?, 'f', 'd', '2', '', ?, 'x', 0, 0)",
                         (SURVEY, b"text"))
        self.assertIn("初めの使用は数えていません", self.mappings(output="table", lang="ja")[0])

    def test_words_that_a_mapping_does_not_know_are_told_with_what_is_near(self):
        self.planned(self.old_file(), self.mapping(HEAD), code=3, rejects="rejects.csv")
        mapping = self.mapping(self.written_from_rejects())
        self.planned(self.old_file(計画の状況="策定ずみ", 取組方法="訪問、オンラインの支援"),
                     mapping, code=3, rejects="rejects.csv")
        told = {(one["value"], one["reason_code"]): one for one in self.told()}
        for word, meant in (("策定ずみ", "made"), ("オンラインの支援", "online")):
            one = told[(word, "WORD_UNMAPPED")]
            self.assertIn(f"nearest: {meant}", one["message"])
            self.assertEqual(one["candidates"].split()[0], meant)
        self.planned(self.old_file(予算="1.23456"), mapping, code=3, rejects="rejects.csv")
        self.assertIn("1234.56", {one["value"] for one in self.told()
                                  if one["reason_code"] == "NUMBER_NOT_WHOLE"})

    def test_a_mapping_that_moves_after_the_plan_is_refused(self):
        file = self.old_file()
        self.planned(file, self.mapping(HEAD), code=3, rejects="rejects.csv")
        text = self.written_from_rejects()
        self.planned(file, self.mapping(text))
        self.mapping(text.replace('"made"', '"making"'))
        self.apply(code=5)
        self.assertIn("FILE_MOVED", self.stderr)
        self.assertIn("mapping.yaml", self.stderr)
        self.backfill("verify", "--plan", "backfill-plan.json", code=5)
        self.mapping(text)
        self.apply()
        # A plan whose mapping was changed by hand is none.
        plan = self.folder / "backfill-plan.json"
        changed = json.loads(plan.read_text("utf-8"))
        changed["mapping"]["sha256"] = "0" * 64
        plan.write_text(json.dumps(changed), "utf-8")
        self.apply(code=1)
        self.assertIn("PLAN_FORMAT", self.stderr)

    def test_all_faults_of_a_mapping_are_told_at_once_with_their_lines(self):
        self.plan(self.old_file(), "--mapping", self.mapping(
            "survey: another\ncodebook: '2'\nfrom_codebook: '1'\nitems:\n"
            "- {from: q9, to: plan}\n"
            "- {from: q1, to: plan, values: {なし: nothing, 無し: none}}\n"
            "- {from: q2, to: budget}\n"), code=1)
        for reason in ("MAPPING_SURVEY", "MAPPING_OLD_ITEM_UNKNOWN", "MAPPING_CODE_UNKNOWN"):
            self.assertIn(reason, self.stderr)
        for place, word in (("line 1, column 9", "another"), ("line 5, column 10", "q9"),
                            ("line 6, column 37", "nothing"), ("line 6, column 46", "無し"),
                            ("line 7, column 3", "千円")):
            line = next(line for line in self.stderr.splitlines() if place in line)
            self.assertIn("mapping.yaml", line)
            self.assertIn(word, line)
        self.assertIn("MAPPING_WRONG", self.stderr)
        self.plan(self.old_file(), "--mapping", self.mapping("survey: x\ncodebook: '9'\n"),
                  code=1)
        self.assertIn("MAPPING_CODEBOOK", self.stderr)
        self.assertIn("no published codebook 9", self.stderr)
        self.plan(self.old_file(), "--mapping", self.mapping("items: [\n"), code=1)
        self.assertIn("no YAML", self.stderr)
        self.plan(self.old_file(), "--mapping", self.folder / "nowhere.yaml", code=1)
        self.assertIn("FILE_UNREADABLE", self.stderr)

    def test_a_mapping_is_imported_once_and_named_by_its_text(self):
        url = f"/v1/surveys/{SURVEY}/mappings:import"
        made = self.product.http.post(url, {"content": HEAD})
        self.assertEqual(made["digest"], hashlib.sha256(HEAD.encode()).hexdigest())
        self.assertEqual(made["name"], f"surveys/{SURVEY}/mappings/{made['digest'][:16]}")
        self.assertEqual(made["codebook"], f"surveys/{SURVEY}/codebooks/2")
        self.assertEqual(self.product.http.post(url, {"content": HEAD}), made)
        self.assertEqual(self.product.http.get(f"/v1/{made['name']}"), made)
        reply = self.product.http.send("POST", url, {"content": "survey: x\n"})
        self.assertEqual((reply.status, "MAPPING_INVALID" in reply.body.decode()), (400, True))
        # Another text of the same id, which nobody can write in a lifetime.
        text = HEAD + "# another\n"
        identity = hashlib.sha256(text.encode()).hexdigest()[:16]
        database = self.product.folder / "data" / "survey.db"
        with sqlite3.connect(database, timeout=60) as rows:
            rows.execute("INSERT INTO mappings VALUES (?, ?, '', '2', '', ?, 'x', 0, 1)",
                         (SURVEY, identity, b"something else"))
        reply = self.product.http.send("POST", url, {"content": text})
        self.assertEqual((reply.status, "MAPPING_EXISTS" in reply.body.decode()), (400, True))

    def test_items_of_one_concept_are_joined_between_two_codebooks(self):
        rows = [(SURVEY, 2025, CHIYODA, "municipality", item, value, "", "")
                for item, value in (("q1", "made"), ("q2", "2"), ("q3", "visit"),
                                    ("q4", "記述"))]
        mapping = self.mapping(HEAD + "from_codebook: '1'\nconcepts: true\nitems:\n"
                               "- {from: q2, to: budget, scale: 1000}\n")
        self.planned(self.answers(rows), mapping)
        self.apply()
        stored = self.answers_of(CHIYODA)
        self.assertEqual(stored["plan"]["codes"]["codes"], ["made"])
        self.assertEqual(stored["budget"]["integer"], "2000")
        # An option that only the old one has is no option of the new one.
        rows[0] = (SURVEY, 2025, CHIYODA, "municipality", "q1", "なし", "", "")
        self.planned(self.answers(rows), mapping, code=3, rejects="rejects.csv")
        self.assertIn("WORD_UNMAPPED", {one["reason_code"] for one in self.told()})

    def test_a_mapping_is_of_one_codebook(self):
        rows = [(SURVEY, 2024, MINATO, "municipality", "q1", "made", "", "")]
        mapping = self.mapping(HEAD + "from_codebook: '1'\nitems:\n- {from: q1, to: plan}\n")
        self.planned(self.answers(rows), mapping, code=3, rejects="rejects.csv")
        self.assertEqual([one["reason_code"] for one in self.told()],
                         ["MAPPING_OTHER_CODEBOOK"])

    def test_a_wide_file_has_the_old_items_as_its_columns(self):
        self.planned(self.old_file(), self.mapping(HEAD), code=3, rejects="rejects.csv")
        mapping = self.mapping(self.written_from_rejects())
        file = self.file("wide.csv", ANSWERS[:4] + tuple(DECADE),
                         [(SURVEY, 2025, code, "municipality", *DECADE.values())
                          for code in (CHIYODA, CHUO)])
        planned = self.planned(file, mapping)
        self.assertEqual(self.counts(planned), {"rows": 10, "created": 8, "unchanged": 2})
        self.apply()
        self.assertEqual(self.answers_of(CHUO)["budget"]["integer"], "1234500")

    def test_a_mapping_reads_only_dry_runs_and_strategies(self):
        batch = {"csv": ",".join(ANSWERS) + f"\n{SURVEY},2025,{CHIYODA},municipality,q1,1,,\n"}
        mapping = self.mapping(HEAD).read_text("utf-8")
        name = f"surveys/{SURVEY}/mappings/0123456789abcdef"

        def reason(**request):
            reply = self.product.http.send("POST", "/v1/submissions:batchImport",
                                           {"batch": batch} | request)
            return next(one["reason"] for one in json.loads(reply.body)["error"]["details"]
                        if "reason" in one)

        strategy = {"strategy": "IMPORT_STRATEGY_MERGE"}
        self.assertEqual(reason(mappingToCome=mapping, **strategy), "MAPPING_UNUSABLE")
        self.assertEqual(reason(mappingToCome=mapping, validateOnly=True), "MAPPING_UNUSABLE")
        self.assertEqual(reason(mappingToCome=mapping, mapping=name, validateOnly=True,
                                **strategy), "MAPPING_UNUSABLE")
        self.assertEqual(reason(mapping=name, **strategy), "MAPPING_NOT_FOUND")
        self.assertEqual(reason(mapping=name.replace(SURVEY, "other"), **strategy),
                         "MAPPING_UNUSABLE")
        self.assertEqual(reason(mapping="mappings/1", **strategy), "NAME_INVALID")


if __name__ == "__main__":
    unittest.main()
