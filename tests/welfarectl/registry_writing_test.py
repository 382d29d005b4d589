#!/usr/bin/python3
"""welfarectl writes the registry: the real client, gateway and service."""

import pathlib
import re
import signal
import subprocess
import unittest

from registry_cases import DATA, MUNICIPALITIES, STATUS, RegistryTest
import harness

# What two villages become.
MERGED_VILLAGES = ("code,name,kana,name_en,type,area,council_name\n"
                   "133655,架空村,カクウムラ,Kaku-mura,village,島しょ,\n")


class Files(RegistryTest):
    def test_exports_import_as_unchanged(self):
        before = self.state()
        for noun, rows in (("municipality", 62), ("status", 310)):
            text = self.ctl(noun, "export", *(("--fiscal-year", "2025")
                                              if noun == "municipality" else ())).stdout
            path = self.file(f"{noun}.csv", text)
            for flags in ((), ("--atomic",), ("--dry-run",)):
                self.assertEqual(self.counts(noun, "import", path, *flags),
                                 {"rows": rows, "unchanged": rows})
        self.assertEqual(self.state(), before)

    def test_cp932_and_five_digits_read_as_the_same(self):
        before = self.state()
        for noun, path, column in (("municipality", MUNICIPALITIES, "code"),
                                   ("status", STATUS, "municipality_code")):
            text = path.read_text("utf-8")
            five = re.sub(r"(?m)(^|,)(\d{5})\d(?=,)", r"\1\2", text)
            self.assertNotEqual(five, text)
            rows = len(text.splitlines()) - 1
            unchanged = {"rows": rows, "unchanged": rows}
            cp932 = self.file("cp932.csv", text.replace("\n", "\r\n").encode("cp932"))
            self.assertEqual(self.counts(noun, "import", cp932), unchanged)
            path = self.file("five.csv", five)
            self.assertEqual(self.counts(noun, "import", path, "--code-digits", "5"), unchanged)
            faults, _ = self.faults(noun, "import", path)
            self.assertEqual(set(map(frozenset, faults.values())),
                             {frozenset({"CODE_AMBIGUOUS"})}, column)
        self.assertEqual(self.state(), before)

    def test_a_file_of_mistakes_changes_nothing(self):
        header = "code,name,kana,name_en,type,area,council_name\n"
        good = "131016,千代田市,チヨダシ,Chiyoda-shi,city,市部,\n"
        mistakes = (
            ("131017,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,", {"CHECK_DIGIT"}),
            ("13102,中央区,チュウオウク,Chuo-ku,special_ward,区部,", {"CODE_AMBIGUOUS"}),
            ("131032,港区,ミナトク,Minato-ku,hamlet,区部,", {"MUNICIPALITY_TYPE"}),
            ("131041,新宿区,シンジュクク,Shinjuku-ku,special_ward,山部,", {"AREA_UNKNOWN"}),
            ("131059,文京区,ぶんきょうく,Bunkyo-ku,special_ward,区部,", {"KANA_INVALID"}),
            ("131067,,タイトウク,Taito-ku,special_ward,区部,", {"VALUE_MISSING"}),
            ("131075,墨田区,スミダク,Sumida-ku,special_ward", {"CELL_COUNT"}),
            ("131016,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,", {"DUPLICATE_RECORD"}),
            ("131083,江\x07東区,コウトウク,Koto-ku,special_ward,区部,", {"TEXT_INVALID"}),
            ('131091,"品川区,シナガワク,Shinagawa-ku,special_ward,区部,',
             {"CSV_UNTERMINATED_QUOTE"}),
        )
        path = self.file("mistakes.csv",
                         header + good + "".join(f"{line}\n" for line, _ in mistakes))
        self.refused(path, "municipality", {
            number: reasons for number, (_, reasons) in enumerate(mistakes, start=3)})

    def test_a_status_file_of_mistakes_changes_nothing(self):
        header = "program,municipality_code,fiscal_year,implementing,preparation,note\n"
        good = "jusou,131016,2026,yes,no,\n"
        mistakes = (
            ("jusuo,131024,2026,yes,no,", {"PROGRAM_NOT_FOUND"}),
            ("jusou,131032,2020,no,no,", {"YEAR_BEFORE_PROGRAM"}),
            ("jusou,131041,2026,yes,yes,", {"PREPARATION_WHILE_IMPLEMENTING"}),
            ("jusou,131059,2026,maybe,no,", {"IMPLEMENTING_INVALID"}),
            ("jusou,131067,2026,no,perhaps,", {"PREPARATION_INVALID"}),
            ("jusou,132268,2026,yes,no,", {"MUNICIPALITY_NOT_FOUND"}),
            ("jusou,131121,2026,no,no,", {"TRANSITION_UNLAWFUL"}),
            ("jusou,131016,2025,yes,no,", {"CORRECTION_REASON_REQUIRED"}),
            ("jusou,131016,2026,no,no,", {"DUPLICATE_RECORD"}),
            ("jusou,131075,soon,no,no,", {"FISCAL_YEAR_FORMAT"}),
            ("jusou,131083,2026,no,no,a\x01b", {"TEXT_INVALID"}),
            ("jusou,131091,2026,no", {"CELL_COUNT"}),
            ('jusou,131105,2026,no,no,"open', {"CSV_UNTERMINATED_QUOTE"}),
        )
        path = self.file("mistakes.csv",
                         header + good + "".join(f"{line}\n" for line, _ in mistakes))
        self.refused(path, "status", {
            number: reasons for number, (_, reasons) in enumerate(mistakes, start=3)})

    def test_a_fault_shows_what_is_hidden_and_what_may_be_meant(self):
        path = self.file(
            "codes.csv",
            "program,municipality_code,fiscal_year,implementing,preparation,note\n"
            "jusou,131016\u200b,2026,yes,no,\n"
            ",,,,,\n"
            "jusou,13102,2026,yes,no,\n")
        shown = self.ctl("status", "import", path, code=3).stderr
        self.assertIn("131016<U+200B>", shown)
        self.assertNotIn("\u200b", shown)
        self.assertIn(f"{path}:4: CODE_AMBIGUOUS", shown)
        self.assertIn("131024 or 013102", shown)
        self.assertEqual(shown.count(f"{path}:"), 2, shown)

    def refused(self, path, noun, expected):
        before = self.state()
        found, done = self.faults(noun, "import", path, "--atomic")
        self.assertEqual(set(found), set(expected), done.stderr)
        for line, reasons in expected.items():
            self.assertEqual(found[line], reasons, f"line {line}")
        rows = len(expected) + 1
        self.assertEqual(self.counts(noun, "import", path, "--atomic", code=3),
                         {"rows": rows, "rejected": rows})
        shown = self.ctl(noun, "import", path, "--atomic", code=3).stderr
        for line in expected:
            self.assertIn(f"{path}:{line}: ", shown)
        self.assertNotIn("\x07", shown)
        self.assertIn(f"{len(expected)} of its {rows} records are at fault", shown)
        self.assertEqual(self.state(), before, "a refused file changed something")

    def test_a_wrong_header_is_refused_and_nothing_is_written(self):
        before = self.state()
        for flags in ((), ("--atomic",)):
            done = self.ctl("municipality", "import", DATA / "programs.csv", *flags, code=1)
            self.assertEqual(done.stdout, "")
            self.assertIn("CSV_INVALID", done.stderr)
            self.assertIn("COLUMN_MISSING", done.stderr)
            self.assertIn("Nothing is written", done.stderr)
        self.assertEqual(self.state(), before)

    def test_counts_of_an_atomic_file_in_many_batches_add_up(self):
        # More than 2,000 records are two batches.
        lines = ["program,municipality_code,fiscal_year,implementing,preparation,note"]
        codes = self.not_implementing()
        for year in range(2030, 2110):
            lines += [f"jusou,{code},{year},no,unknown," for code in codes]
        text = "\n".join(lines) + "\n"
        rows = len(lines) - 1
        self.assertGreater(rows, 2000)
        before = self.state()
        bad = self.file("bad.csv", text + "jusou,131016,2110,maybe,no,\n")
        self.assertEqual(self.counts("status", "import", bad, "--atomic", code=3),
                         {"rows": rows + 1, "rejected": rows + 1})
        self.assertEqual(self.state(), before)
        good = self.file("good.csv", text)
        self.assertEqual(self.counts("status", "import", good, "--atomic", "--dry-run"),
                         {"rows": rows, "created": rows})
        self.assertEqual(self.state(), before)
        self.assertEqual(self.counts("status", "import", good, "--atomic"),
                         {"rows": rows, "created": rows})
        self.assertEqual(int(self.state()[0]), int(before[0]) + 1)
        take_back = self.file("back.csv", "\n".join(
            line + (",operation" if i == 0 else ",retract")
            for i, line in enumerate(lines)) + "\n")
        self.assertEqual(self.counts("status", "import", take_back, "--correction-reason",
                                     "試験", "--atomic"), {"rows": rows, "deleted": rows})
        self.assertEqual(self.state()[1], before[1])


class Writing(RegistryTest):
    def test_a_municipality_is_created_changed_and_taken_back(self):
        digest = self.state()[1]
        facts = ("--name", "架空市", "--kana", "カクウシ", "--name-en", "Kaku-shi",
                 "--type", "city", "--area", "市部")
        self.ctl("municipality", "create", "132306", *facts, "--dry-run")
        self.assertEqual(self.state()[1], digest)
        created = self.json("municipality", "create", "132306", *facts, "--reason", "試験")
        self.assertEqual(created["council"]["displayName"], "架空市社会福祉協議会")
        done = self.ctl("municipality", "create", "132306", *facts, code=1)
        self.assertIn("MUNICIPALITY_EXISTS", done.stderr)
        self.ctl("municipality", "update", "架空市", "--set", "population_band=under_50k",
                 "name_en=Kakuu-shi", "--set", "council_name=架空福祉会", "council_name_checked=yes",
                 "--reason", "試験")
        self.ctl("municipality", "update", "132306", "--set", "type=town", "--set", "area=町村部",
                 "--set", "name=架空町", "--set", "kana=カクウマチ",
                 "--fiscal-year", "2027", "--reason", "町制", "--note", "官報")
        old, new = (self.csv("municipality", "get", "132306", "--fiscal-year", year)[0]
                    for year in ("2026", "2027"))
        self.assertEqual((old["display_name"], old["type"], old["display_name_en"],
                          old["population_band"], old["council_name_checked"]),
                         ("架空市", "city", "Kakuu-shi", "under_50k", "yes"))
        self.assertEqual((new["display_name"], new["type"]), ("架空町", "town"))
        shown = self.ctl("municipality", "get", "132306").stdout
        self.assertRegex(shown, r"(?m)^ +2026 +132306 +架空市 ")
        self.assertRegex(shown, r"(?m)^2027 +132306 +架空町 ")
        for year in ("2025", "2027"):
            path = self.file("export.csv",
                             self.ctl("municipality", "export", "--fiscal-year", year).stdout)
            self.assertEqual(self.counts("municipality", "import", path),
                             {"rows": 63, "unchanged": 63}, year)
        history = self.ctl("municipality", "history", "132306").stdout
        self.assertRegex(history, r"from FY2027: .*架空町.*  町制 +官報\n")
        self.ctl("municipality", "delete", "132306", code=2)
        self.ctl("municipality", "delete", "132306", "--reason", "試験")
        self.assertEqual(self.state()[1], digest)
        done = self.ctl("municipality", "delete", "131016", "--reason", "試験", code=5)
        self.assertIn("MUNICIPALITY_IN_USE", done.stderr)

    def test_unknown_fields_are_usage_errors(self):
        for assignment in ("colour=red", "kana", "type=hamlet", "council.name_checked=maybe"):
            done = self.ctl("municipality", "update", "131016", "--set", assignment,
                            "--reason", "x", code=2)
            self.assertIn(assignment, done.stderr)

    def test_the_second_of_two_writers_is_refused(self):
        # Of a municipality.
        etag = self.json("municipality", "get", "131024")["etag"]
        self.ctl("municipality", "update", "131024", "--set", "name_en=Chuo-Ku", "--reason", "一",
                 "--etag", etag)
        current = self.json("municipality", "get", "131024")["etag"]
        self.assertNotEqual(current, etag)
        done = self.ctl("municipality", "update", "131024", "--set", "name_en=Chuo", "--reason",
                        "二", "--etag", etag, code=5)
        self.assertIn("ETAG_MISMATCH", done.stderr)
        self.assertIn(f"current etag: {current}", done.stderr)
        # Without quotes, as a shell leaves it.
        self.ctl("municipality", "update", "131024", "--set", "name_en=Chuo-ku", "--reason", "三",
                 "--etag", current.strip('"'))
        # Of a status record.
        facts = ("--fiscal-year", "2026", "--implementing", "no", "--preparation", "yes")
        first = self.json("status", "record", "131016", *facts, "--etag", "0")
        done = self.ctl("status", "record", "131016", *facts, "--etag", "0", code=5)
        self.assertIn(f"current etag: {first['etag']}", done.stderr)
        done = self.ctl("status", "retract", "131016", "--fiscal-year", "2026", "--reason", "x",
                        "--etag", "0", code=5)
        self.assertIn("ETAG_MISMATCH", done.stderr)
        self.ctl("status", "retract", "131016", "--fiscal-year", "2026", "--reason", "誤り",
                 "--etag", first["etag"])

    def test_a_record_is_made_corrected_and_taken_back(self):
        digest = self.state()[1]
        year = ("--fiscal-year", "2026")
        self.ctl("status", "record", "港区", *year, "--implementing", "yes", "--preparation",
                 "no", "--note", "区の公表資料")
        done = self.ctl("status", "record", "港区", *year, "--implementing", "ended",
                        "--preparation", "no", code=5)
        self.assertIn("CORRECTION_REASON_REQUIRED", done.stderr)
        self.ctl("status", "record", "港区", *year, "--implementing", "ended", "--preparation",
                 "no", "--correction", "--reason", "訂正")
        records = self.csv("status", "list", "--municipality", "港区", *year)
        self.assertEqual([(r["implementing"], r["correction"], r["reason"]) for r in records],
                         [("yes", "no", ""), ("ended", "yes", "訂正")])
        self.assertEqual(len(self.csv("status", "list", "--municipality", "131032", *year,
                                      "--in-force")), 1)
        # Ended is not implementing, beside those that never did.
        listed = self.csv("municipality", "list", *year, "--status", "not-implementing")
        self.assertEqual([m["code"] for m in listed], ["131032"])
        # One step back: the record that the correction had replaced.
        table = self.ctl("status", "retract", "港区", *year, "--reason", "誤り").stdout
        self.assertIn("in force again", table)
        records = self.csv("status", "list", "--municipality", "131032", *year, "--in-force")
        self.assertEqual([r["implementing"] for r in records], ["yes"])
        table = self.ctl("status", "retract", "港区", *year, "--reason", "誤り").stdout
        self.assertIn("taken back", table)
        self.assertEqual(self.csv("status", "list", "--municipality", "131032", *year,
                                  "--in-force"), [])
        self.assertEqual(self.state()[1], digest)
        self.assertIn("taken back", self.ctl("municipality", "history", "港区").stdout)
        self.assertIn("STATUS_NOT_FOUND",
                      self.ctl("status", "retract", "港区", *year, "--reason", "誤り",
                               code=1).stderr)

    def test_imports_correct_and_delete_with_a_reason_only(self):
        path = self.file("correct.csv", "program,municipality_code,fiscal_year,implementing,"
                         "preparation,note\njusou,133612,2025,no,yes,訂正\n")
        faults, _ = self.faults("status", "import", path)
        self.assertEqual(faults, {2: {"CORRECTION_REASON_REQUIRED"}})
        self.assertEqual(self.counts("status", "import", path, "--correction-reason", "訂正"),
                         {"rows": 1, "updated": 1})
        path = self.file("new.csv", "code,name,kana,name_en,type,area,council_name,operation\n"
                         "132314,架空市,カクウシ,Kaku-shi,city,市部,,\n")
        self.assertEqual(self.counts("municipality", "import", path), {"rows": 1, "created": 1})
        path = self.file("gone.csv", "code,name,kana,name_en,type,area,council_name,operation\n"
                         "132314,,,,,,,delete\n")
        faults, _ = self.faults("municipality", "import", path)
        self.assertEqual(faults, {2: {"REASON_REQUIRED"}})
        self.assertEqual(self.counts("municipality", "import", path, "--reason", "試験"),
                         {"rows": 1, "deleted": 1})


class Lineage(RegistryTest):
    def test_a_merger_is_recorded_listed_and_mapped(self):
        path = self.file("merged.csv", MERGED_VILLAGES)
        merge = ("lineage", "record", "--kind", "merger", "--date", "2027-04-01",
                 "--from", "利島村", "133639", "--to", "133655", "--reason", "試験",
                 "--note", "官報", "--created", path)
        before = self.state()
        self.ctl(*merge, "--dry-run")
        self.assertEqual(self.state(), before)
        event = self.json(*merge)
        self.assertEqual(event["fiscalYear"], 2027)
        table = self.ctl("lineage", "list").stdout
        self.assertRegex(table, r"(?m)^ *\d+  merger  2027-04-01  2027  133621 133639  133655  ")
        rows = self.csv("lineage", "map", "--from-year", "2026", "--to-year", "2027")
        self.assertEqual(len(rows), 62)
        self.assertEqual({r["successors"] for r in rows if r["display_name"] == "利島村"},
                         {"133655"})
        done = self.ctl("lineage", "map", "--from-year", "2026", "--to-year", "2027")
        self.assertEqual(len(done.stdout.splitlines()), 4)
        self.assertIn("2 of 62 municipalities", done.stderr)
        self.assertIn("merger on 2027-04-01: 133621 133639 -> 133655",
                      self.ctl("municipality", "history", "133639").stdout)
        self.assertEqual(len(self.csv("municipality", "list", "--fiscal-year", "2027")), 61)
        for year, count in (("2026", 62), ("2027", 61)):
            path = self.file("export.csv",
                             self.ctl("municipality", "export", "--fiscal-year", year).stdout)
            self.assertEqual(self.counts("municipality", "import", path),
                             {"rows": count, "unchanged": count}, year)
        done = self.ctl("lineage", "map", "--from-year", "2027", "--to-year", "2026", code=1)
        self.assertIn("BOUNDARIES_BACKWARD", done.stderr)

    def test_a_rename_keeps_the_municipality(self):
        path = self.file("renamed.csv", "code,name,kana,name_en,type,area,council_name\n"
                         "134015,八丈市,ハチジョウシ,Hachijo-shi,city,島しょ,\n")
        event = self.json("lineage", "record", "--kind", "rename", "--date", "2029-10-01", "--from",
                          "八丈町", "--to", "八丈市", "--created", path, "--reason", "市制")
        for year, name in (("2029", "八丈町"), ("2030", "八丈市")):
            found = self.json("municipality", "get", "134015", "--fiscal-year", year)
            self.assertEqual(found["displayName"], name)
        # It did not happen after all.
        number = event["name"].split("/")[1]
        retract = ("lineage", "retract", number, "--reason", "取りやめ")
        before = self.state()
        self.ctl(*retract, "--dry-run")
        self.assertEqual(self.state(), before)
        self.assertRegex(self.ctl(*retract).stdout, r"(?m)^ *\d+  rename  2029-10-01 .* taken back")
        found = self.json("municipality", "get", "134015", "--fiscal-year", "2030")
        self.assertEqual(found["displayName"], "八丈町")
        history = self.ctl("municipality", "history", "134015").stdout
        self.assertIn(f"what version {event['version']} said is taken back", history)
        self.assertIn("taken back: rename on 2029-10-01", history)
        rows = self.csv("lineage", "list")
        self.assertEqual([r["retracted"] for r in rows if r["name"] == event["name"]], ["no", "yes"])
        done = self.ctl("lineage", "retract", event["name"], "--reason", "取りやめ", code=1)
        self.assertIn("LINEAGE_EVENT_NOT_FOUND", done.stderr)

    def test_what_is_wrong_with_an_event_is_said(self):
        path = self.file("bad.csv", MERGED_VILLAGES.replace("village", "hamlet"))
        flags = ("--date", "2028-04-01", "--reason", "x")
        done = self.ctl("lineage", "record", "--kind", "merger", "--from", "131016", "131024",
                        "--to", "133655", "--created", path, *flags, code=1)
        self.assertIn(f"{path} line 2: ", done.stderr)
        self.assertIn("MUNICIPALITY_TYPE", done.stderr)
        done = self.ctl("lineage", "record", "--kind", "split", "--from", "131016",
                        "--to", "131016", *flags, code=1)
        self.assertIn("LINEAGE_INVALID", done.stderr)
        self.ctl("lineage", "record", "--kind", "split", "--from", "131016", "--to", "131016",
                 "--reason", "x", "--date", "1 April", code=2)


class Interrupted(RegistryTest):
    def interrupt(self, *arguments):
        """Starts an import of much and ends it with Ctrl-C."""
        codes = self.not_implementing()
        lines = ["program,municipality_code,fiscal_year,implementing,preparation,note"]
        for year in range(2110, 2900):
            lines += [f"jusou,{code},{year},no,unknown," for code in codes]
        path = self.file("much.csv", "\n".join(lines) + "\n")
        child = subprocess.Popen(
            [str(harness.BIN / "welfarectl"), "--server", self.product.grpc_address,
             "status", "import", path, *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.product.environment)
        if "--atomic" in arguments:
            harness.wait_for(lambda: self.waits_for_interrupt(child.pid), "it to wait for Ctrl-C")
        else:
            version = int(self.state()[0])
            harness.wait_for(lambda: int(self.state()[0]) > version, "a batch to be written")
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 130, said)
        return said

    def waits_for_interrupt(self, pid):
        status = pathlib.Path(f"/proc/{pid}/status").read_text("ascii")
        blocked = int(re.search(r"SigBlk:\t([0-9a-f]+)", status)[1], 16)
        return blocked >> (signal.SIGINT - 1) & 1

    def test_ctrl_c_says_what_is_written(self):
        before = self.state()
        said = self.interrupt("--atomic")
        self.assertIn("Interrupted.", said)
        # Between batches nothing is written; nothing can be under way yet.
        self.assertTrue(self.state() == before or "all of it is written" in said, said)
        said = self.interrupt()
        self.assertRegex(said, r"Interrupted\. (Taken are \d+ records|No answer yet)")
        self.assertIn("Run the same command again", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
