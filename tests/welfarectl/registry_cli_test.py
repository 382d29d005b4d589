#!/usr/bin/python3
"""welfarectl at work on the registry: the real client, gateway and service."""

import csv
import io
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests" / "system"))

import harness  # noqa: E402

DATA = SOURCE / "services" / "registry" / "data"
MUNICIPALITIES = DATA / "municipalities.csv"
STATUS = DATA / "status-jusou.csv"
COUNTS = ("created", "updated", "unchanged", "deleted", "rejected")
ESCAPE = "\x1b["

# What two villages become.
MERGED_VILLAGES = ("code,name,kana,name_en,type,area,council_name\n"
                   "133655,架空村,カクウムラ,Kaku-mura,village,島しょ,\n")


class RegistryTest(unittest.TestCase):
    """Each class has a registry of its own, with Tokyo loaded."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.product = harness.Product(harness.ONE)
        cls.addClassCleanup(cls.product.abandon)
        cls.product.start()
        cls.product.ctl("municipality", "import", MUNICIPALITIES)
        cls.product.ctl("status", "import", STATUS)

    @classmethod
    def tearDownClass(cls):
        cls.product.stop()

    def ctl(self, *arguments, code=0):
        done = self.product.ctl(*arguments, check=False)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, code=0):
        return json.loads(self.ctl("--output", "json", *arguments, code=code).stdout)

    def csv(self, *arguments, code=0):
        """Returns the rows of a CSV answer, which holds no blank line."""
        text = self.ctl("--output", "csv", *arguments, code=code).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            self.assertNotIn(None, row, text)
            self.assertNotIn(None, row.values(), text)
        return rows

    def state(self):
        state = self.product.http.get("/v1/registryState")
        return state["version"], state["digest"]

    def file(self, name, content):
        path = self.product.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def counts(self, *arguments, code=0):
        """Imports; returns the counts, which must add up."""
        result = self.json(*arguments, code=code)
        counts = result["counts"]
        self.assertEqual(sum(counts[c] for c in COUNTS), counts["rows"], result)
        return {c: counts[c] for c in ("rows", *COUNTS) if counts[c]}

    def not_implementing(self):
        """Codes of those that may go on not to run the programme."""
        return [m["code"] for m in self.json("municipality", "list", "--fiscal-year", "2025",
                                             "--status", "not-implementing")]

    def faults(self, *arguments):
        """Imports what is refused; returns {line: {reason}} from the rejects file."""
        rejects = self.product.folder / "rejects.csv"
        rejects.unlink(missing_ok=True)
        done = self.ctl(*arguments, "--rejects", rejects, code=3)
        faults = {}
        with open(rejects, encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                self.assertTrue(row["message"].endswith("."), row)
                faults.setdefault(int(row["source_line"]), set()).add(row["reason_code"])
        return faults, done


class Reading(RegistryTest):
    def test_every_verb_speaks_table_json_and_csv(self):
        # Verb, a text of its table, columns of its CSV.
        verbs = (
            (("municipality", "get", "131016"), "千代田区",
             "name code display_name kana display_name_en type area etag"),
            (("municipality", "list", "--type", "town"), "奥多摩町",
             "name code display_name council_display_name council_name_checked version"),
            (("municipality", "history", "131016"), "implementing no",
             "version record_time actor action change reason note"),
            (("municipality", "resolve", "青ケ島村"), "134023", "name code display_name"),
            (("municipality", "export", "--fiscal-year", "2025"), "131016,千代田区",
             "code name kana name_en type area council_name"),
            (("status", "list", "--municipality", "131121"), "世田谷区",
             "program municipality fiscal_year implementing preparation version record_time "
             "correction retracted reason note etag"),
            (("status", "export", "--fiscal-year", "2025"), "jusou,131016,2025,no",
             "program municipality_code fiscal_year implementing preparation note"),
            (("roster", "show", "--fiscal-year", "2025"), "港区*",
             "municipality display_name area type implementing preparation newcomer "
             "first_implementation_year years_since_start council_display_name"),
            (("roster", "timeline"), "世田谷区",
             "fiscal_year size implementing_count preparing_count unrecorded_count "
             "newcomers leavers preparing"),
            (("roster", "timeline", "--by", "municipality"), "2021 started",
             "municipality display_name first_implementation_year years transitions"),
            (("lineage", "map", "--from-year", "2021", "--to-year", "2025", "--all"),
             "千代田区", "municipality display_name successors ambiguous lineage_events"),
            (("program", "list"), "重層的支援体制整備事業",
             "name display_name first_fiscal_year first_record_year legal_basis"),
        )
        for verb, text, columns in verbs:
            with self.subTest(verb=verb):
                table = self.ctl(*verb).stdout
                self.assertIn(text, table)
                self.assertNotIn(ESCAPE, table)
                self.assertTrue(self.json(*verb))
                rows = self.csv(*verb)
                self.assertTrue(rows)
                self.assertLessEqual(set(columns.split()), set(rows[0]))

    def test_what_is_empty_is_said_in_words(self):
        for verb in (("lineage", "list"), ("status", "list", "--fiscal-year", "2030"),
                     ("municipality", "list", "--fiscal-year", "2025", "--status", "unknown")):
            with self.subTest(verb=verb):
                done = self.ctl(*verb)
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr, r"^No .*\.\n$")
                self.assertEqual(self.json(*verb), [])
                self.assertEqual(self.csv(*verb), [])

    def test_tables_and_counts_speak_japanese_and_programs_read_the_same(self):
        for verb in (("municipality", "get", "131016"), ("municipality", "list"),
                     ("municipality", "history", "131016"),
                     ("municipality", "resolve", "青ケ島村"), ("program", "list"),
                     ("status", "list", "--municipality", "131016"), ("lineage", "list"),
                     ("lineage", "map", "--from-year", "2024", "--to-year", "2025", "--all"),
                     ("roster", "show", "--fiscal-year", "2025", "--compare", "2024",
                      "--entries"), ("roster", "timeline")):
            with self.subTest(verb=verb):
                done = self.ctl("--lang", "ja", *verb)
                lines = done.stdout.splitlines()
                for line, rule in zip(lines, lines[1:]):
                    if not re.fullmatch(r"-[- ]*", rule):
                        continue
                    for heading in re.split(r" {2,}", line.strip()):
                        self.assertFalse(heading.isascii() and heading != "#+", line)
                for line in done.stderr.splitlines():
                    self.assertFalse(line.isascii(), line)
                for form in ("json", "csv"):
                    self.assertEqual(
                        self.ctl("--lang", "ja", "--output", form, *verb).stdout,
                        self.ctl("--lang", "en", "--output", form, *verb).stdout)

    def test_a_refusal_of_the_service_is_led_in_in_japanese(self):
        done = self.ctl("--lang", "ja", "municipality", "get", "131017", code=1)
        for words in ("エラー: ", "理由コード: CHECK_DIGIT (registry.welfare)", "候補: 131016"):
            self.assertIn(words, done.stderr)

    def test_names_codes_and_resource_names_mean_the_same(self):
        expected = self.json("municipality", "get", "134023")
        for text in ("municipalities/134023", "１３４０２３", "青ヶ島村", "青ケ島村",
                     "青ヶ島村社会福祉協議会"):
            self.assertEqual(self.json("municipality", "get", text), expected, text)

    def test_a_wrong_name_or_code_is_refused_with_what_to_do(self):
        for text, reason, help_ in (
                ("131017", "CHECK_DIGIT", "compare the code with the national table"),
                ("13101", "CODE_AMBIGUOUS", "write all six"),
                ("青ヶ嶋村", "NAME_UNKNOWN", "candidates: 青ヶ島村")):
            for verb in ("get", "resolve", "history"):
                with self.subTest(text=text, verb=verb):
                    done = self.ctl("municipality", verb, text, code=1)
                    self.assertEqual(done.stdout, "")
                    self.assertIn(f"reason: {reason} (registry.welfare)", done.stderr)
                    self.assertIn(help_, done.stderr)
        found = self.json("municipality", "resolve", "--code-digits", "5", "13101")
        self.assertEqual(found["code"], "131016")

    def test_status_filters_divide_the_municipalities(self):
        def names(*flags):
            return [m["code"] for m in self.json("municipality", "list", *flags)]
        year = ("--fiscal-year", "2025")
        implementing = names(*year, "--status", "implementing")
        rest = names(*year, "--status", "not-implementing")
        self.assertEqual((len(implementing), len(rest)), (30, 32))
        self.assertEqual(sorted(implementing + rest), names(*year))
        preparing = names(*year, "--status", "preparing")
        self.assertEqual(len(preparing), 6)
        self.assertLess(set(preparing), set(rest))
        self.assertEqual(names(*year, "--status", "unknown"), [])
        self.assertEqual(names("--fiscal-year", "2026", "--status", "unknown"), names(*year))
        wards = names(*year, "--type", "special_ward", "--area", "区部",
                      "--status", "not-implementing")
        self.assertEqual(len(wards), 8)

    def test_roster_marks_newcomers_and_compares(self):
        shown = self.ctl("roster", "show", "--fiscal-year", "2025", "--compare", "2021").stdout
        self.assertIn("30 implementing (7 new, marked *), 32 not, of these 6 in preparation",
                      shown)
        implementing = re.search(r"^implementing +30  (.*)$", shown, re.MULTILINE)[1].split("、")
        self.assertEqual(len(implementing), 30)
        self.assertEqual(sum(name.endswith("*") for name in implementing), 7)
        self.assertRegex(shown, r"(?m)^in preparation +6  荒川区、")
        self.assertRegex(shown, r"(?m)^the rest +26  千代田区、")
        self.assertRegex(shown, r"(?m)^area +区部 +23 +15 +4 +8 +2 +0$")
        self.assertRegex(shown, r"(?m)^both +2  世田谷区、八王子市$")
        self.assertRegex(shown, r"(?m)^only FY2025 +28  ")
        self.assertRegex(shown, r"(?m)^only FY2021 +0  -$")

    def test_roster_of_a_year_without_records_says_so(self):
        shown = self.ctl("roster", "show", "--fiscal-year", "2026").stdout
        self.assertIn("0 implementing (0 new, marked *), 0 not, of these 0 in preparation, "
                      "62 without a record", shown)
        self.assertRegex(shown, r"(?m)^no record +62  千代田区、")

    def test_timeline_draws_the_published_numbers(self):
        shown = self.ctl("roster", "timeline").stdout
        self.assertEqual(
            [int(n) for n in re.findall(r"(?m)^202\d +62 +(\d+)", shown)], [2, 7, 12, 23, 30])
        self.assertRegex(shown, r"(?m)^2025 .* " + "#" * 30 + r"\+{6}$")

    def test_times_are_those_of_tokyo(self):
        for verb in (("municipality", "history", "131016"), ("status", "list")):
            shown = self.ctl(*verb).stdout
            self.assertRegex(shown, r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+09:00")
        recorded = self.csv("municipality", "history", "131016")[0]["record_time"]
        # A time from a file, given back, finds what was recorded then.
        self.assertEqual(
            len(self.json("municipality", "history", "131016", "--known-at", recorded)), 1)

    def test_the_past_is_asked_for_by_time_or_version(self):
        self.assertEqual(len(self.json("municipality", "list", "--data-version", "1")), 62)
        done = self.ctl("municipality", "list", "--known-at", "2020-01-01")
        self.assertEqual(done.stdout, "")
        self.ctl("municipality", "list", "--known-at", "2020-01-01", "--data-version", "1",
                 code=2)
        self.ctl("municipality", "list", "--known-at", "noon", code=2)
        self.assertIn("KNOWN_AT_IN_FUTURE",
                      self.ctl("municipality", "list", "--known-at", "2999-01-01", code=1).stderr)

    def test_columns_align_by_display_width(self):
        # 千代田区 is eight columns wide, あきる野市 ten.
        lines = self.ctl("municipality", "list").stdout.splitlines()
        at = lines[0].index("kana")
        for line in lines[2:]:
            columns, rest = 0, line
            while columns < at:
                columns += 2 if ord(rest[0]) > 0x2E80 else 1
                rest = rest[1:]
            self.assertEqual(columns, at)
            self.assertRegex(rest, r"^[ァ-ー]+  ", line)


class Terminal(RegistryTest):
    def on_terminal(self, *arguments, columns=80):
        """Runs welfarectl with stdout on a terminal; returns what it shows."""
        try:
            leader, follower = pty.openpty()
        except OSError as error:  # no /dev/pts, as in a bare chroot
            self.skipTest(f"this machine has no terminals to give: {error}")
        import fcntl
        import struct
        import termios
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        child = subprocess.Popen(
            [str(harness.BIN / "welfarectl"), "--server", self.product.grpc_address,
             *arguments], stdin=subprocess.DEVNULL, stdout=follower,
            stderr=subprocess.DEVNULL, env={**self.product.environment, "TERM": "xterm"})
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        os.close(leader)
        self.assertEqual(child.wait(30), 0)
        return shown.decode().replace("\r\n", "\n")

    def widths(self, text):
        return [sum(2 if ord(c) > 0x2E80 else 1 for c in re.sub(r"\x1b\[\d+m", "", line))
                for line in text.splitlines()]

    def test_no_line_is_wider_than_the_terminal(self):
        for verb in (("municipality", "list"), ("municipality", "get", "131016"),
                     ("municipality", "history", "131156"), ("status", "list"),
                     ("roster", "show", "--fiscal-year", "2025", "--compare", "2021",
                      "--entries"), ("roster", "timeline"), ("program", "list")):
            for columns in (80, 120):
                with self.subTest(verb=verb, columns=columns):
                    shown = self.on_terminal(*verb, columns=columns)
                    self.assertLessEqual(max(self.widths(shown)), columns, shown)

    def test_colours_are_for_terminals(self):
        verb = ("roster", "show", "--fiscal-year", "2025")
        self.assertIn(ESCAPE, self.on_terminal(*verb))
        self.assertNotIn(ESCAPE, self.on_terminal("--color", "never", *verb))
        self.assertNotIn(ESCAPE, self.ctl(*verb).stdout)
        self.assertIn(ESCAPE, self.ctl("--color", "always", *verb).stdout)
        for output in ("csv", "json"):
            self.assertNotIn(
                ESCAPE, self.ctl("--color", "always", "--output", output, *verb).stdout)


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
