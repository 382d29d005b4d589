#!/usr/bin/python3
"""The bundle on a bare Debian 12 without a network: installed, used, upgraded,
taken back, and refused where it is damaged or does not fit.

usage: bundle_test.py [ARCHIVE]

Without an archive it packs one. Exit code 77, with a sentence, where this
machine cannot run another.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import machine
from machine import harness  # finds tests/support
import room

SOURCE = harness.SOURCE
PROGRAMS = ("welfared", "welfare-registry", "welfare-survey", "welfare-indicator", "welfare-report", "welfare-gateway")
APART = PROGRAMS[1:]
DATA = "/opt/welfare/current/share/welfare/services"
ARCHIVE = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 and sys.argv[1].endswith(".gz") else None


class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = machine.reason_not_to()
        if reason:
            raise unittest.SkipTest(f"this machine runs no other: {reason}")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="woffline-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.archive = ARCHIVE or cls.pack()
        cls.machine = machine.Machine(cls.folder / "machine")
        cls.machine.root.parent.mkdir()
        cls.addClassCleanup(cls.machine.remove)
        cls.machine.make().boot()
        shutil.copy(cls.archive, cls.machine.root / "root/bundle.tar.gz")
        cls.do = cls.machine.run
        cls.shell = cls.machine.shell
        cls.shell("mkdir bundle && tar -xzf bundle.tar.gz -C bundle --strip-components=1")
        cls.release = cls.shell("cat bundle/RELEASE").stdout.strip()

    @classmethod
    def pack(cls):
        done = subprocess.run([SOURCE / "tools/bundle", "--out", cls.folder / "out"], capture_output=True, text=True,
                              env={**os.environ, "WELFARE_BINARY_DIR": str(harness.BINARY)}, timeout=900, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        print(done.stdout.splitlines()[-1], flush=True)
        return pathlib.Path(done.stdout.splitlines()[0])

    def install(self, folder, check=True):
        return self.do(f"/root/{folder}/install", check=check)

    def variant(self, name, change, seal=False):
        """A copy of the bundle, changed; `seal`: with checksums that fit."""
        self.shell(f"rm -rf {name}; cp -al bundle {name}; cd {name}; {change}" + (
            "; find . -type f ! -name SHA256SUMS -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum > ../S"
            "; rm SHA256SUMS; mv ../S SHA256SUMS" if seal else ""))

    def roster(self):
        return self.do("welfarectl", "roster", "show", "--fiscal-year", "2025", "--output", "csv", check=False)

    def wait_for_answer(self):
        asked = []

        def answers():
            asked.append(self.do("welfarectl", "program", "list", check=False))
            return asked[-1].returncode == 0
        try:
            harness.wait_for(answers, "the platform to answer")
        except AssertionError as error:
            journal = self.do("journalctl", "--no-pager", "--lines=40", "--unit=welfare*", check=False).stdout
            raise AssertionError(f"{error}: {asked[-1].stderr}\n{journal}") from None

    def wait_for_roster(self, wanted):
        self.wait_for_answer()
        self.assertEqual(self.roster().stdout, wanted)

    def state(self):
        """What an installation could have changed."""
        return self.shell("ls -d /opt/welfare/releases/* /var/backups/welfare/* 2>/dev/null || true;"
                          "readlink /opt/welfare/current || true; dpkg-query -W | sha256sum").stdout

    def refused(self, folder, sentence):
        before = self.state()
        done = self.install(folder, check=False)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, sentence)
        self.assertEqual(self.state(), before)

    def test_1_it_is_bare_and_alone(self):
        self.assertEqual(self.shell("ls /sys/class/net").stdout.split(), ["lo"])
        self.assertEqual(self.shell("dpkg-query -W 'libgrpc*' 'libprotobuf*' python3 2>/dev/null || true").stdout, "")

    def test_2_what_is_wrong_with_a_bundle_is_said_before_anything_changes(self):
        self.variant("damaged", "cp bin/welfared w; printf x >> w; rm bin/welfared; mv w bin/welfared")
        self.refused("damaged", "the bundle is damaged: bin/welfared: FAILED")
        self.variant("lacking", "rm packages/libpq5_*")
        self.refused("lacking", "the bundle is damaged: .*libpq5")
        self.variant("more", "touch packages/other.deb")
        self.refused("more", "files that SHA256SUMS does not name")
        self.shell("sed -i.kept s/VERSION_ID=.*/VERSION_ID=11/ /etc/os-release")
        self.refused("bundle", "the bundle is for Debian 12")
        self.shell("mv /etc/os-release.kept /etc/os-release")
        self.assertEqual(self.do("/root/bundle/install", "--force", check=False).returncode, 2)
        before = self.state()
        self.assertIn("are to be installed", self.do("/root/bundle/install", "--check").stdout)
        self.assertEqual(self.state(), before)

    def test_3_it_installs_and_works(self):
        self.install("bundle")
        self.do("systemctl", "enable", "--now", "welfared")
        self.wait_for_answer()
        data = f"{DATA}/registry/data"
        self.do("welfarectl", "municipality", "import", f"{data}/municipalities.csv")
        self.do("welfarectl", "status", "import", f"{data}/status-jusou.csv")
        type(self).filled = self.roster().stdout
        self.assertGreater(len(self.filled.splitlines()), 60)
        self.assertIn("0 of ", self.install("bundle").stdout)  # again: nothing to do
        self.wait_for_roster(self.filled)

    def test_4_units_are_hardened(self):
        for program in PROGRAMS:
            done = self.do("systemd-analyze", "security", "--threshold=20", "--no-pager", program, check=False)
            level = re.search(r"exposure level for \S+: (\S+)", done.stdout)
            print(f"{program}: exposure {level.group(1)} of at most 2.0", flush=True)
            self.assertEqual(done.returncode, 0, done.stdout[-500:])
            self.do("systemd-analyze", "verify", f"/etc/systemd/system/{program}.service")
        pid = self.do("systemctl", "show", "--property=MainPID", "--value", "welfared").stdout.strip()
        status = dict(re.findall(r"^(\w+):\s*(.*)$", self.do("cat", f"/proc/{pid}/status").stdout, re.M))
        self.assertEqual((int(status["CapEff"], 16), status["NoNewPrivs"], status["Seccomp"]), (0, "1", "2"))
        self.assertNotIn("0", status["Uid"].split())
        self.assertEqual(self.shell("stat -c '%U %a' /var/lib/welfare /etc/welfare /etc/welfare/welfared.env").stdout.split(),
                         ["welfare", "700", "root", "750", "root", "640"])
        # What it tells of itself it still sees, hidden away as it is.
        metrics = self.shell("exec 3<>/dev/tcp/127.0.0.1/7190; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3").stdout
        for name in ("process_start_time_seconds", "process_resident_memory_bytes", "process_open_fds",
                     "welfare_memory_limit_bytes", "welfare_memory_working_set_bytes"):
            self.assertRegex(metrics, rf"(?m)^{name} [0-9.e+]+$")

    def test_5_settings_that_the_new_one_refuses_stop_the_upgrade(self):
        self.variant("next", "cp RELEASE r; echo 9.9.9-next > r; rm RELEASE; mv r RELEASE", seal=True)
        self.shell("echo WELFARE_LOG_LEVEL=loud >> /etc/welfare/welfared.env")
        self.refused("next", "/etc/welfare/welfared.env: .*LOG_LEVEL")
        self.shell("sed -i /loud/d /etc/welfare/welfared.env")
        self.wait_for_roster(self.filled)

    def test_6_it_upgrades_and_goes_back(self):
        pid = self.do("systemctl", "show", "--property=MainPID", "--value", "welfared").stdout
        said = self.install("next").stdout
        copy = re.search(r"Databases as they were: (\S+)", said).group(1)
        self.assertNotEqual(self.do("systemctl", "show", "--property=MainPID", "--value", "welfared").stdout, pid)
        self.wait_for_roster(self.filled)
        self.assertEqual(self.shell("readlink /opt/welfare/current").stdout.strip(), "releases/9.9.9-next")
        self.do("welfarectl", "status", "record", "131016", "--program", "jusou", "--fiscal-year", "2025",
                 "--implementing", "yes", "--preparation", "no", "--reason", "test", "--correction")
        self.assertNotEqual(self.roster().stdout, self.filled)
        # The way back of the README.
        self.shell(f"systemctl stop welfared; mv /var/lib/welfare/data /var/lib/welfare/left;"
                   f"cp -a {copy} /var/lib/welfare/data; ln -sfn releases/{self.release} /opt/welfare/current;"
                   f"systemctl start welfared")
        self.wait_for_roster(self.filled)
        self.shell("rm -r /var/lib/welfare/left")
        self.assertEqual(self.shell("ls /opt/welfare/releases").stdout.split(), sorted([self.release, "9.9.9-next"]))

    def test_7_five_processes_read_the_same(self):
        self.do("systemctl", "disable", "--now", "welfared")
        self.do("systemctl", "enable", "--now", *APART)
        self.wait_for_roster(self.filled)
        for program in APART:
            self.assertEqual(self.do("systemctl", "is-active", program, check=False).stdout.strip(), "active", program)
        self.do("systemctl", "stop", *APART)
        for program in APART:
            shown = self.do("systemctl", "show", "--property=Result", "--value", program).stdout.strip()
            self.assertEqual(shown, "success", program)


if __name__ == "__main__":
    os.umask(0o022)
    # A Debian is much for a folder in memory.
    room.enter(place=harness.BINARY, groups=machine.GROUPS)
    done = unittest.main(verbosity=2 if sys.stderr.isatty() else 0, exit=False).result
    sys.exit(1 if not done.wasSuccessful() else 77 if done.skipped else 0 if done.testsRun else 1)
