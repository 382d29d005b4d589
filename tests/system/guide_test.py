#!/usr/bin/python3
"""The client guide (gateway/clients.md), block by block as its reader would run
it: files are written, commands run, in one folder and in order. What installs
packages is held against what the tests have instead.

usage: guide_test.py
"""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import harness

GUIDE = harness.SOURCE / "gateway" / "clients.md"
NPM = harness.SOURCE / "tools" / "npm"
BLOCK = re.compile(r"^```(\w+)( install)?\n(.*?)^```$", re.S | re.M)


class Guide(harness.LoadedTest):
    @classmethod
    def setUpClass(cls):
        subprocess.run([NPM / "install"], check=True)
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="wguide-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "protos").symlink_to(harness.SOURCE / "protos")
        (cls.folder / "node_modules").symlink_to(NPM / "node_modules")

    def check_packages(self, command):
        words = command.split()
        if words[0] == "apt-get":
            for package in words[3:]:
                done = subprocess.run(["dpkg-query", "-W", package], capture_output=True,
                                      check=False)
                self.assertEqual(done.returncode, 0, f"{package} is not installed")
            return
        self.assertEqual(words[:2], ["npm", "install"])
        pinned = json.loads((NPM / "package.json").read_text("utf-8"))["dependencies"]
        for package in words[2:]:
            name, _, major = package.rpartition("@") if "@" in package[1:] else (package, "", "")
            self.assertIn(name, pinned)
            self.assertEqual(pinned[name].split(".")[0], major or pinned[name].split(".")[0])

    def run_block(self, text):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, capture_output=True,
            text=True, timeout=170, check=False,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
                 "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual(done.returncode, 0, f"{text}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_every_block_does_what_it_says(self):
        text = GUIDE.read_text("utf-8")
        text = text.replace("127.0.0.1:7180", f"{self.http.host}:{self.http.port}")
        text = text.replace("127.0.0.1:7100", self.product.grpc_address)
        said = []
        for language, install, block in BLOCK.findall(text):
            named = re.match(r"(?:#|//) (\w+\.\w+)\n", block)
            if install:
                self.check_packages(block)
            elif language != "sh":
                self.assertIsNotNone(named, block)
                (self.folder / named.group(1)).write_text(block, "utf-8")
            else:
                said.append(self.run_block(block))
        said = "\n".join(said)
        # One of each kind of answer: a read, 62 of a list, a write, a failure.
        self.assertEqual(said.count("131016 千代田区"), 2)  # curl and TypeScript
        self.assertIn("CHECK_DIGIT", said)
        self.assertRegex(said, r"(?m)^304$")
        self.assertIn("INVALID_ARGUMENT CHECK_DIGIT", said)
        records = self.http.get("/v1/programs/jusou/statusRecords", fiscalYear=2026)
        self.assertEqual(sorted(r["municipality"] for r in records["statusRecords"]),
                         [f"municipalities/{code}" for code in (131016, 131024, 131032)])


if __name__ == "__main__":
    unittest.main()
