#!/usr/bin/python3
"""`welfarectl report verify FILE --key` without any platform: signatures are made here, by openssl."""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

CTL = pathlib.Path(os.environ["WELFARE_BINARY_DIR"]) / "bin" / "welfarectl"

FILES = {
    "pdf": b"%PDF-1.5\n" + bytes(range(256)),
    "html": "<!doctype html><title>報告書</title>".encode(),
    "xlsx": b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + bytes(9),
    "csv": b"PK\x03\x04" + b"\0" * 26 + b"README.txt" + bytes(9),
    "json": b'{"version": "2.0"}',
}


def openssl(*arguments, **keywords):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60,
                          **keywords).stdout


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wverify-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        for name in ("now", "before", "stranger"):
            openssl("genpkey", "-algorithm", "ed25519", "-out", cls.folder / f"{name}.pem")
            openssl("pkey", "-in", cls.folder / f"{name}.pem", "-pubout", "-out", cls.public(name))
        for form, content in FILES.items():
            (cls.folder / f"report.{form}").write_bytes(content)
            cls.sign(form)

    @classmethod
    def public(cls, name):
        return cls.folder / f"{name}-public.pem"

    @classmethod
    def key_id(cls, name):
        der = openssl("pkey", "-pubin", "-in", cls.public(name), "-outform", "DER")
        return hashlib.sha256(der).hexdigest()[:16]

    @classmethod
    def sign(cls, form, key="now", path=None, **changes):
        """Writes the signature of a file as the platform would, and returns its path."""
        said = {"report": "reports/jusou-2025-0002", "title": "実施状況調査　令和7年度", "edition": "FINAL",
                "level": "PUBLIC", "published": "2026-03-20T01:00:00Z", "snapshot": "a" * 64, "format": form,
                "file": f"report.{form}", "size": len(FILES[form]),
                "sha256": hashlib.sha256(FILES[form]).hexdigest(), "key": cls.key_id(key), **changes}
        return cls.write(path or cls.folder / f"report.{form}.sig", key, "welfare report signature 1", said)

    @classmethod
    def sign_sheet(cls, path):
        """Writes the signature of the PDF as that of a feedback sheet."""
        said = {"sheet": "reports/jusou-2025-0002/feedbackSheets/131016-council", "title": "回答確認票",
                "edition": "PROVISIONAL", "made": "2026-03-01T01:00:00Z", "number": "b" * 64, "format": "pdf",
                "file": "report.pdf", "size": len(FILES["pdf"]),
                "sha256": hashlib.sha256(FILES["pdf"]).hexdigest(), "key": cls.key_id("now")}
        return cls.write(path, "now", "welfare feedback signature 1", said)

    @classmethod
    def write(cls, path, key, form, said):
        lines = f"{form}\n" + "".join(f"{name}: {value}\n" for name, value in said.items())
        (cls.folder / "lines").write_text(lines, "utf-8")
        signature = openssl("pkeyutl", "-sign", "-inkey", cls.folder / f"{key}.pem", "-rawin",
                            "-in", cls.folder / "lines")
        path.write_text(f"{lines}signature: {base64.b64encode(signature).decode()}\n", "utf-8")
        return path

    def verify(self, file, *arguments, keys=("now",), lang="C.UTF-8"):
        flags = [part for key in keys for part in ("--key", self.public(key))]
        return subprocess.run([str(CTL), "--server", "127.0.0.1:1", "report", "verify", str(file),
                               *map(str, (*flags, *arguments))], capture_output=True, text=True, timeout=60,
                              check=False, env={"PATH": "/usr/bin:/bin", "LANG": lang})

    def assert_refused(self, done, code, reason, *words):
        self.assertEqual((done.returncode, done.stdout), (code, ""), done)
        self.assertIn(reason, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_every_format_is_recognised(self):
        for form, content in FILES.items():
            with self.subTest(form=form):
                done = self.verify(self.folder / f"report.{form}", "--output", "json")
                self.assertEqual(done.returncode, 0, done)
                said = json.loads(done.stdout)
                self.assertEqual((said["report"], said["edition"], said["publishLevel"], said["publishTime"]),
                                 ("reports/jusou-2025-0002", "FINAL", "PUBLIC", "2026-03-20T01:00:00Z"))
                self.assertEqual((said["size"], said["digest"]),
                                 (len(content), hashlib.sha256(content).hexdigest()))
                self.assertIn("is what was published", done.stderr)
        done = self.verify(self.folder / "report.pdf", "--lang", "ja")
        self.assertIn("公表されたファイルそのものです", done.stderr)
        self.assertIn("reports/jusou-2025-0002", done.stdout)

    def test_a_feedback_sheet_says_that_it_is_one(self):
        signature = self.sign_sheet(self.folder / "sheet.sig")
        done = self.verify(self.folder / "report.pdf", "--signature", signature, "--output", "json")
        self.assertEqual(done.returncode, 0, done)
        said = json.loads(done.stdout)
        self.assertEqual((said["sheet"], said["number"], said["createTime"]),
                         ("reports/jusou-2025-0002/feedbackSheets/131016-council", "b" * 64, "2026-03-01T01:00:00Z"))
        self.assertNotIn("publishLevel", said)
        self.assertIn("is what the respondent was sent", done.stderr)
        done = self.verify(self.folder / "report.pdf", "--signature", signature, "--lang", "ja")
        self.assertIn("回答者に送られたファイルそのものです", done.stderr)
        self.assertIn("b" * 64, done.stdout)
        # It is nobody's published report, whatever its first line says.
        text = signature.read_text("utf-8").replace("welfare feedback", "welfare report")
        signature.write_text(text, "utf-8")
        self.assert_refused(self.verify(self.folder / "report.pdf", "--signature", signature), 1,
                            "SIGNATURE_FORMAT", "line 2 ")

    def test_any_of_several_keys_may_have_signed(self):
        path = self.sign("html", key="before", path=self.folder / "earlier.sig")
        report = self.folder / "report.html"
        self.assertEqual(self.verify(report, "--signature", path, keys=("now", "before")).returncode, 0)
        both = self.folder / "both.pem"
        both.write_text(self.public("now").read_text() + self.public("before").read_text())
        self.assertEqual(self.verify(report, "--signature", path, "--key", both, keys=()).returncode, 0)
        self.assertEqual(self.verify(report, "--key", both, keys=()).returncode, 0)

    def test_a_wrong_key_is_named(self):
        self.assert_refused(self.verify(self.folder / "report.pdf", keys=("stranger",)), 1, "SIGNATURE_KEY_OTHER",
                            self.key_id("now"), self.key_id("stranger"))
        # Who says that another's key made it.
        path = self.sign("pdf", key="stranger", path=self.folder / "forged.sig")
        text = path.read_text("utf-8").replace(self.key_id("stranger"), self.key_id("now"))
        path.write_text(text, "utf-8")
        self.assert_refused(self.verify(self.folder / "report.pdf", "--signature", path), 1, "SIGNATURE_FALSE")

    def test_an_altered_byte_is_seen(self):
        for form, content in FILES.items():
            with self.subTest(form=form):
                altered = bytearray(content)
                altered[-1] ^= 1
                path = self.folder / f"altered.{form}"
                path.write_bytes(altered)
                signature = self.folder / f"report.{form}.sig"
                self.assert_refused(self.verify(path, "--signature", signature), 1, "FILE_NOT_AS_SIGNED",
                                    "reports/jusou-2025-0002")
                path.write_bytes(content[:-1])
                self.assert_refused(self.verify(path, "--signature", signature), 1, "FILE_NOT_AS_SIGNED",
                                    f"{len(content) - 1} bytes")

    def test_an_altered_line_is_seen(self):
        good = (self.folder / "report.pdf.sig").read_text("utf-8")
        path = self.folder / "changed.sig"
        for was, becomes in (("FINAL", "CORRECTED"), ("-0002", "-0003"), ("2026-03", "2026-04"),
                             ("PUBLIC", "INTERNAL"), ("令和7年度", "令和6年度")):
            with self.subTest(was=was):
                path.write_text(good.replace(was, becomes, 1), "utf-8")
                self.assert_refused(self.verify(self.folder / "report.pdf", "--signature", path), 1,
                                    "SIGNATURE_FALSE")

    def test_the_signature_of_another_file_is_seen(self):
        self.assert_refused(self.verify(self.folder / "report.html", "--signature", self.folder / "report.pdf.sig"),
                            1, "SIGNATURE_OF_ANOTHER_FILE", "the pdf of reports/jusou-2025-0002")

    def test_a_missing_signature_and_file_are_named(self):
        lonely = self.folder / "lonely.pdf"
        lonely.write_bytes(FILES["pdf"])
        self.assert_refused(self.verify(lonely), 1, "SIGNATURE_MISSING", "lonely.pdf.sig")
        self.assert_refused(self.verify(self.folder / "none.pdf"), 1, "FILE_UNREADABLE", "none.pdf")
        done = self.verify(lonely, "--lang", "ja")
        self.assertIn("署名", done.stderr)

    def test_what_is_no_signature_is_refused_with_its_line(self):
        good = (self.folder / "report.pdf.sig").read_text("utf-8")
        path = self.folder / "wrong.sig"
        for text, line in (("", 1), ("hello\n", 1), (good + "more\n", 13), (good.replace("edition", "version"), 4),
                           (good.replace("\n", "\r\n"), 1), (good[:-9], 13), ("x" * 5000, 1),
                           (good.replace("signature: ", "signature: !"), 13)):
            with self.subTest(line=line):
                path.write_text(text, "utf-8", newline="")
                self.assert_refused(self.verify(self.folder / "report.pdf", "--signature", path), 1,
                                    "SIGNATURE_FORMAT", f"line {line} ")

    def test_what_is_no_public_key_is_refused(self):
        self.assert_refused(self.verify(self.folder / "report.pdf", "--key", self.folder / "now.pem", keys=()), 1,
                            "PUBLIC_KEY_FORMAT", "now.pem")
        self.assert_refused(self.verify(self.folder / "report.pdf", "--key", self.folder / "report.pdf", keys=()), 1,
                            "PUBLIC_KEY_FORMAT")

    def test_a_report_is_asked_of_the_platform(self):
        done = subprocess.run([str(CTL), "--server", "127.0.0.1:1", "--timeout", "0.2", "report", "verify",
                               "jusou-2025-0001"], capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)
        done = self.verify("jusou-2025-0001", "--signature", self.folder / "report.pdf.sig", keys=())
        self.assertEqual(done.returncode, 2, done)


if __name__ == "__main__":
    unittest.main()
