#!/usr/bin/python3
"""welfarectl as its callers see it: help texts and exit codes."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest

import grpc

SOURCE = pathlib.Path(os.environ["WELFARE_SOURCE_DIR"])
CTL = pathlib.Path(os.environ["WELFARE_BINARY_DIR"]) / "bin" / "welfarectl"
GOLDEN = SOURCE / "tests" / "welfarectl" / "golden"


def run(*arguments, **environment):
    return subprocess.run([str(CTL), *arguments], capture_output=True, text=True,
                          timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment})


def subcommands(help_text):
    """Returns the names under `Subcommands:`."""
    _, _, tail = help_text.partition("Subcommands:\n")
    return re.findall(r"^  ([a-z]+)", tail, re.MULTILINE)


class Help(unittest.TestCase):
    maxDiff = None

    def check(self, name, text):
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("WELFARE_UPDATE_GOLDEN") == "1":
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        self.assertEqual(text, path.read_text("utf-8"),
                         f"{path}: refresh with WELFARE_UPDATE_GOLDEN=1")

    def help(self, *words):
        done = run(*words, "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout

    def test_help_is_the_recorded_one(self):
        top = self.help()
        self.check("welfarectl", top)
        nouns = subcommands(top)
        self.assertIn("municipality", nouns)
        for noun in nouns:
            text = self.help(noun)
            for verb in subcommands(text):
                below = self.help(noun, verb)
                text += f"\n$ welfarectl {noun} {verb} --help\n{below}"
                for word in subcommands(below):
                    text += (f"\n$ welfarectl {noun} {verb} {word} --help\n"
                             f"{self.help(noun, verb, word)}")
            with self.subTest(noun=noun):
                self.check(noun, text)
        recorded = {p.stem for p in GOLDEN.glob("*.txt")}
        self.assertEqual(recorded, {"welfarectl", *nouns})


class ExitCodes(unittest.TestCase):
    def test_usage_errors_are_2(self):
        for arguments in ((), ("nothing",), ("roster",), ("roster", "show"),
                          ("roster", "show", "--fiscal-year", "soon"),
                          ("--output", "xml", "municipality", "list"),
                          ("--colour", "municipality", "list"),
                          ("--color", "sometimes", "municipality", "list"),
                          ("municipality", "list", "--status", "maybe"),
                          ("municipality", "list", "--known-at", "noon"),
                          ("municipality", "import", "a.csv", "--code-digits", "4"),
                          ("municipality", "delete", "131016"),
                          ("status", "retract", "131016", "--fiscal-year", "2025"),
                          ("lineage", "record", "--kind", "union", "--date", "2027-04-01",
                           "--from", "131016", "--to", "131016", "--reason", "x"),
                          ("municipality", "list", "--type", "hamlet"),
                          ("status", "record", "131016", "--fiscal-year", "2025",
                           "--implementing", "maybe", "--preparation", "no"),
                          ("round", "create", "--fiscal-year", "2025", "--title", "x",
                           "--codebook", "1", "--window-start", "16 June",
                           "--window-end", "2025-07-11")):
            with self.subTest(arguments=arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, 2, done)
                self.assertEqual(done.stdout, "")
                self.assertTrue(done.stderr)

    def test_version_is_0(self):
        done = run("version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^welfarectl \d+\.\d+\.\d+")

    def test_unreadable_file_is_1_and_a_sentence(self):
        done = run("municipality", "import", "/nowhere/a.csv")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("/nowhere/a.csv", done.stderr)

    def test_nobody_there_is_1_and_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("--timeout", "5", "municipality", "list",
                       WELFARE_SERVER=f"unix:{folder}/nobody.sock")
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stdout, "")
        self.assertIn("--server", done.stderr)


class Languages(unittest.TestCase):
    MISSING = ("municipality", "import", "/nowhere/a.csv")
    JAPANESE = {"LANG": "ja_JP.UTF-8"}

    def test_the_flag_or_the_locale_chooses(self):
        for arguments, environment in (
                (("--lang", "ja"), {}), (("--lang=ja",), {"LC_ALL": "en_US.UTF-8"}),
                ((), self.JAPANESE), ((), {"LC_MESSAGES": "ja_JP.UTF-8"}),
                ((), {"LC_ALL": "ja_JP", "LANG": "C"})):
            with self.subTest(arguments=arguments, environment=environment):
                done = run(*arguments, *self.MISSING, **environment)
                self.assertEqual(done.returncode, 1, done)
                self.assertEqual(done.stderr,
                                 "エラー: /nowhere/a.csv を読めません。パスを確認してください。\n"
                                 "  理由コード: FILE_UNREADABLE\n")
        for arguments, environment in (
                (("--lang", "en"), self.JAPANESE), ((), {"LANG": "de_DE.UTF-8"}),
                ((), {"LC_ALL": "C", **self.JAPANESE})):
            with self.subTest(arguments=arguments, environment=environment):
                done = run(*arguments, *self.MISSING, **environment)
                self.assertEqual(done.returncode, 1, done)
                self.assertTrue(done.stderr.startswith("Error: Cannot read "), done)

    def test_usage_errors_are_2_in_both(self):
        for arguments, reason, words in (
                (("roster", "show"), "ARGUMENT_MISSING", "必要な指定がありません"),
                (("version", "--colour"), "ARGUMENT_UNKNOWN", "--colour はありません。--color でしょうか"),
                (("--lang", "de", "version"), "ARGUMENT_INVALID", "There is|cannot be used"),
                (("roster", "show", "--fiscal-year", "soon"), "ARGUMENT_INVALID",
                 "この指定は使えません"),
                (("municipality", "list", "--known-at", "noon"), "MOMENT_FORMAT",
                 "--known-at は"),
                (("round", "update", "--fiscal-year", "2025", "--reason", "x"),
                 "NOTHING_TO_CHANGE", "変更する内容を"),
                (("municipality", "update", "131016", "--reason", "x", "--set", "a"),
                 "ASSIGNMENT_FORMAT", "--set a を読めません")):
            with self.subTest(arguments=arguments):
                done = run(*arguments, **self.JAPANESE)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertIn(reason, done.stderr)
                self.assertRegex(done.stderr, words)

    def test_help_is_in_both(self):
        text = run("roster", "show", "--help", **self.JAPANESE).stdout
        for words in ("年度の名簿を表示します", "事業のID", "この説明を表示して終わります"):
            self.assertIn(words, text)

    def test_nobody_there_says_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("--timeout", "5", "municipality", "list",
                       WELFARE_SERVER=f"unix:{folder}/nobody.sock", **self.JAPANESE)
        self.assertEqual(done.returncode, 1, done)
        for words in ("サーバーに接続できません", "SERVER_UNREACHABLE", "--server が正しいか"):
            self.assertIn(words, done.stderr)


class SlowImports(unittest.TestCase):
    """The limit is on silence: a file of many batches takes as long as it takes."""

    def run_against(self, answers, timeout):
        """Imports three batches; `answers` sends the answers to the stream."""
        counts = b"\x12\x06\x08\xd0\x0f\x10\xd0\x0f"  # counts { rows: 2000 created: 2000 }
        service = grpc.method_handlers_generic_handler(
            "welfare.registry.v1.RegistryService",
            {"ImportStatusRecords": grpc.stream_stream_rpc_method_handler(
                lambda requests, context: answers(requests, counts))})
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers([service])
        with tempfile.TemporaryDirectory() as folder:
            server.add_insecure_port(f"unix:{folder}/slow.sock")
            server.start()
            try:
                file = pathlib.Path(folder) / "status.csv"
                file.write_text("program,municipality_code,fiscal_year,implementing,preparation,note\n"
                                + "jusou,131016,2025,yes,no,\n" * 6000, "utf-8")
                return run("--timeout", str(timeout), "status", "import", str(file),
                           WELFARE_SERVER=f"unix:{folder}/slow.sock")
            finally:
                server.stop(None).wait()

    def test_an_import_may_take_longer_than_the_limit(self):
        def slowly(requests, counts):
            for _ in requests:
                time.sleep(1.5)
                yield counts
        done = self.run_against(slowly, 4)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertIn("6000", done.stdout.replace(",", ""))

    def test_no_limit_is_too_long(self):
        done = self.run_against(lambda requests, counts: (counts for _ in requests), "1e300")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)

    def test_silence_ends_it_and_what_was_taken_is_said(self):
        over = threading.Event()

        def stuck(requests, counts):
            next(requests)
            yield counts
            over.wait(30)
        try:
            done = self.run_against(stuck, 3)
        finally:
            over.set()
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("no answer within 3 s", done.stderr)
        self.assertIn("--timeout", done.stderr)
        self.assertIn("Taken are 2000 records", done.stderr)
        self.assertIn("the batch from line 2002 of", done.stderr)


def run_against(services, *arguments):
    """Runs welfarectl against a server of unary methods, `{service: {method: f}}`."""
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers([
        grpc.method_handlers_generic_handler(
            service, {name: grpc.unary_unary_rpc_method_handler(method)
                      for name, method in methods.items()})
        for service, methods in services.items()])
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix:{folder}/fake.sock"
        server.add_insecure_port(address)
        server.start()
        try:
            return run(*arguments, WELFARE_SERVER=address)
        finally:
            server.stop(None).wait()


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """One field of a message: bytes and text, or a number."""
    if isinstance(value, int):
        return bytes([number << 3]) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2]) + varint(len(value)) + value


class Writes(unittest.TestCase):
    def test_a_write_that_the_channel_repeats_carries_one_request_id(self):
        seen = []

        def retract(request, context):
            seen.append(request)
            if len(seen) == 1:
                context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
            return b""
        done = run_against({"welfare.registry.v1.RegistryService": {
            "RetractStatus": retract, "ListMunicipalities": lambda request, context: b""}},
            "status", "retract", "131016", "--fiscal-year", "2025", "--reason", "x")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(len(seen), 2)
        self.assertEqual(seen[0], seen[1])
        self.assertRegex(seen[0], rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class OwnFailures(unittest.TestCase):
    def test_what_cannot_be_read_is_named_before_anything_is_sent(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file"
            path.write_text("a,b\n1,2\n", "utf-8")
            for reason, arguments in (
                    ("DATE_FORMAT", ("lineage", "record", "--kind", "merger",
                                     "--date", "2027-4", "--from", "131016",
                                     "--to", "131024", "--reason", "x")),
                    ("FILE_KIND", ("submission", "import", str(path))),
                    ("SUBMISSION_FORMAT", ("submission", "create", "131016-council",
                                           "--fiscal-year", "2025", "--file", str(path)))):
                with self.subTest(reason=reason):
                    done = run(*arguments, WELFARE_SERVER=f"unix:{folder}/nobody.sock")
                    self.assertEqual(done.returncode, 2, done)
                    self.assertIn(reason, done.stderr)

    def test_half_a_report_is_no_report(self):
        def half(request, context):
            yield field(2, "report.html") + field(3, 5) + field(4, "abc")
        service = grpc.method_handlers_generic_handler(
            "welfare.report.v1.ReportService",
            {"DownloadReport": grpc.unary_stream_rpc_method_handler(half)})
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers([service])
        with tempfile.TemporaryDirectory() as folder:
            server.add_insecure_port(f"unix:{folder}/half.sock")
            server.start()
            try:
                out = pathlib.Path(folder) / "report.html"
                done = run("report", "download", "r1", "--format", "html",
                           "--out", str(out), WELFARE_SERVER=f"unix:{folder}/half.sock")
            finally:
                server.stop(None).wait()
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("DOWNLOAD_CUT", done.stderr)
            self.assertFalse(out.exists())


class VerifyingAReport(unittest.TestCase):
    """What the platform found, in words and in the exit code."""

    def verify(self, *verdicts, same=True):
        files = b"".join(field(3, field(1, name) + field(2, verdict) + field(3, "9f" * 32))
                         for name, verdict in zip(("html", "pdf"), verdicts))
        return run_against({"welfare.report.v1.ReportService": {
            "VerifyReport": lambda request, context: field(1, "ab") + field(2, int(same)) + files}},
            "report", "verify", "jusou-2025-0001")

    def test_what_is_equal_is_good(self):
        done = self.verify(1, 1)
        self.assertEqual((done.returncode, done.stderr, done.stdout.count("equal")), (0, "", 2), done)

    def test_what_is_not_is_told_apart(self):
        for verdicts, same, reason in (((1, 2), True, "REPORT_DAMAGED"), ((3, 2), False, "REPORT_DAMAGED"),
                                       ((1, 3), True, "REPORT_DIFFERENT"), ((3, 1), False, "RENDERERS_OTHER")):
            with self.subTest(reason=reason):
                done = self.verify(*verdicts, same=same)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(reason, done.stderr)
                self.assertIn("jusou-2025-0001", done.stderr)
                self.assertIn("damaged" if 2 in verdicts else "different", done.stdout)


class Publishing(unittest.TestCase):
    """A codebook is published when it fits, or when somebody takes it as it is."""

    def setUp(self):
        self.published = 0

    def publish(self, *flags, definitions=b"", templates=b"", reason=None):
        def take(request, context):
            self.published += 1
            return field(1, "surveys/jusou/codebooks/9")

        def refuse(request, context):
            context.abort(getattr(grpc.StatusCode, reason), "somewhere else")
        services = {"welfare.survey.v1.SurveyService": {"PublishCodebook": take}}
        if definitions is not None:
            services["welfare.indicator.v1.IndicatorService"] = {
                "CheckDefinitions": refuse if reason else lambda request, context: definitions}
        if templates is not None:
            services["welfare.report.v1.ReportService"] = {
                "CheckTemplates": lambda request, context: templates}
        return run_against(services, "codebook", "publish", "9", *flags)

    def test_what_fits_is_published(self):
        done = self.publish()
        self.assertEqual((done.returncode, done.stderr, self.published), (0, "", 1), done)

    def test_what_does_not_fit_is_counted_named_and_refused(self):
        misfit = (field(4, "indicators.plan") + field(5, "OPTION_UNKNOWN")
                  + field(6, "formulated") + field(7, "There is no such option."))
        place = (field(1, "jusou") + field(2, "pages[4].headline")
                 + field(3, "CELL_NOT_IN_CODEBOOK") + field(4, "{plan.formulated}")
                 + field(5, "It would be left out."))
        mended = place + field(7, 165) + field(8, "Write 'plan.formulated'.")
        answers = {"definitions": field(1, misfit) + field(2, 1200),
                   "templates": field(1, place) + field(1, mended) + field(2, 2)}
        done = self.publish(**answers)
        self.assertEqual((done.returncode, done.stdout, self.published), (5, "", 0), done)
        self.assertIn("1200 of the definitions would not fit; 1 shown:", done.stderr)
        self.assertIn("indicators.plan (OPTION_UNKNOWN formulated): There is no such",
                      done.stderr)
        self.assertIn("jusou pages[4].headline (CELL_NOT_IN_CODEBOOK {plan.formulated})",
                      done.stderr)
        self.assertIn("jusou line 165, pages[4].headline (CELL_NOT_IN_CODEBOOK {plan.formulated}): "
                      "It would be left out. Write 'plan.formulated'.", done.stderr)
        self.assertIn("--accept-misfits", done.stderr)
        done = self.publish("--accept-misfits", **answers)
        self.assertEqual((done.returncode, self.published), (0, 1), done)
        self.assertIn("indicators.plan", done.stderr)

    def test_whoever_cannot_be_asked_leaves_it_open(self):
        for answers in ({"templates": None}, {"definitions": None},
                        {"reason": "UNAVAILABLE"}):
            with self.subTest(answers=answers):
                self.published = 0
                done = self.publish(**answers)
                self.assertEqual((done.returncode, self.published), (5, 0), done)
                self.assertIn("could not be asked", done.stderr)
                done = self.publish("--accept-misfits", **answers)
                self.assertEqual((done.returncode, self.published), (0, 1), done)

    def test_a_refusal_of_the_question_is_an_answer(self):
        done = self.publish("--accept-misfits", reason="NOT_FOUND")
        self.assertEqual((done.returncode, self.published), (1, 0), done)


if __name__ == "__main__":
    unittest.main(verbosity=2)
