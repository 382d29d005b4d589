#!/usr/bin/python3
"""The settings and units that the bundle lays down are ones that the programs
take, and its installer is a script that bash reads.

usage: settings_test.py
"""

import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / part) for part in ("system", "k8s")]
import harness
from code_table import environment_name, read_code

OFFLINE = harness.SOURCE / "tools/offline"


def load_bundle():
    loader = importlib.machinery.SourceFileLoader("bundle", str(harness.SOURCE / "tools/bundle"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bundle", loader))
    loader.exec_module(module)
    return module


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bundle = load_bundle()
        cls.code = read_code(harness.SOURCE, harness.BIN)
        folder = tempfile.TemporaryDirectory(prefix="woffline-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.bundle.lay_units(cls.folder)

    def test_every_process_has_its_settings_and_unit(self):
        self.assertEqual({*self.bundle.APART}, {f"welfare-{name}" for name in self.code.processes})
        for folder, end in (("etc", "env"), ("units", "service")):
            self.assertEqual({path.name for path in (self.folder / folder).iterdir()},
                             {f"{program}.{end}" for program in self.bundle.PROGRAMS})

    def test_settings_are_known_and_peers_are_where_they_listen(self):
        for name, process in self.code.processes.items():
            text = (self.folder / f"etc/welfare-{name}.env").read_text()
            known = {environment_name(setting) for setting in process.settings}
            known |= {environment_name(setting) + "_FILE" for setting in self.code.secrets & process.settings}
            for setting in re.findall(r"^#?(WELFARE_\w+)=", text, re.M):
                self.assertIn(setting, known, name)
            peers = dict(re.findall(r"^WELFARE_PEER_(\w+)=127\.0\.0\.1:(\d+)$", text, re.M))
            self.assertEqual(peers, {peer.upper(): str(self.code.processes[peer].grpc_port)
                                     for peer in process.peers}, name)

    def test_programs_take_what_is_laid_down(self):
        for program in self.bundle.PROGRAMS:
            if not (harness.BIN / program).exists():
                continue
            unit = (self.folder / f"units/{program}.service").read_text()
            given = re.findall(r"^Environment=(.*)$", unit, re.M)
            settings = [word for line in given for word in line.split()]
            settings += re.findall(r"^(WELFARE_\w+=.*)$", (self.folder / f"etc/{program}.env").read_text(), re.M)
            environment = dict(setting.split("=", 1) for setting in settings)
            environment["WELFARE_DATA_DIR"] = str(self.folder / "data")
            done = subprocess.run([harness.BIN / program, f"--assets-dir={harness.SOURCE}", "--verify-config"],
                                  env=environment, capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), program)

    def test_units_name_nothing_that_is_left_to_fill_in(self):
        for unit in (self.folder / "units").iterdir():
            text = unit.read_text()
            self.assertNotIn("@PROGRAM@", text)
            self.assertIsNone(re.search(r"@[A-Z]+@", text), unit.name)
            self.assertIn(f"ExecStart=/opt/welfare/current/bin/{unit.stem}\n", text)

    def test_the_installer_is_readable(self):
        done = subprocess.run(["bash", "-n", OFFLINE / "install"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(subprocess.run(["bash", OFFLINE / "install", "--nonsense"], capture_output=True,
                                        cwd=self.folder, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
