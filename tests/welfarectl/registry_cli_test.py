#!/usr/bin/python3
"""welfarectl reads the registry: the real client, gateway and service."""

import os
import pty
import re
import subprocess
import unittest

from registry_cases import RegistryTest
import harness

ESCAPE = "\x1b["


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
