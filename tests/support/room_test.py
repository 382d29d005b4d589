#!/usr/bin/python3
"""Nothing outlives a room, however its program ends.

usage: room_test.py

Exit code 77, with a sentence, where this machine allows no rooms.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

import room

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from harness import wait_for

# Makes everything that tests of operations make, says where its daemon can be
# found, and goes on until it is ended.
PROGRAM = textwrap.dedent("""
    import os, pathlib, subprocess, sys, tempfile, time
    sys.path.insert(0, sys.argv[1])
    import room
    room.enter(private=("/run/netns",), groups=["{group}"])
    made = pathlib.Path(tempfile.mkdtemp())
    subprocess.run(["ip", "netns", "add", "room-test"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", made], check=True)
    subprocess.run(["ipcmk", "--shmem", "{segment}"], check=True, stdout=subprocess.DEVNULL)
    for group in room.GROUPS.glob("*/"):
        try:
            (group / "{group}/inner").mkdir(parents=True, exist_ok=True)
        except OSError:
            pass  # not ours to make
    # Away from its parent and its session, as servers go.
    daemon = subprocess.Popen(["setsid", "--fork", "sh", "-c", "trap '' TERM INT HUP; exec 9>&-; sleep 1000"])
    daemon.wait()
    try:
        print("made", flush=True)
        {rest}
    finally:
        print("tidied", flush=True)
""")
GROUP = f"welfare-room-test-{os.getpid()}"
WAITS = "time.sleep(1000)"
SEGMENT = "4242421"  # bytes, which nobody else asks for


class Room(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="room-test-")
        self.addCleanup(self.place.cleanup)
        self.before = self.machine()

    @staticmethod
    def machine():
        """What a program could leave."""
        places = pathlib.Path("/run/netns")
        return (pathlib.Path("/proc/self/mountinfo").read_text("utf-8"),
                sorted(os.listdir(places)) if places.exists() else [],
                [line for line in pathlib.Path("/proc/sysvipc/shm").read_text("utf-8").splitlines()
                 if SEGMENT in line.split()])

    def mine(self):
        """Processes of rooms in the place."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if f"TMPDIR={self.place.name}".encode() in (process / "environ").read_bytes():
                    found.append(process.name)
            except OSError:
                pass
        return found

    def start(self, rest):
        program = subprocess.Popen(
            [sys.executable, "-B", "-c", PROGRAM.format(rest=rest, segment=SEGMENT, group=GROUP), str(pathlib.Path(room.__file__).parent)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "TMPDIR": self.place.name})
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        self.assertEqual(program.stdout.readline(), "made\n", program.poll() is not None and program.stderr.read())
        return program

    def expect_nothing_left(self, groups=False):
        wait_for(lambda: not self.mine(), "every process to end")
        self.assertEqual(self.machine(), self.before)
        if not groups:
            self.assertEqual(list(room.GROUPS.glob(f"*/{GROUP}")), [])

    def test_ended_by_a_signal(self):
        for number in room.ENDS:
            program = self.start(WAITS)
            program.send_signal(number)
            said, _ = program.communicate(timeout=90)
            self.assertEqual((program.returncode, said), (-number, "tidied\n"))
            self.expect_nothing_left()
            self.assertEqual(os.listdir(self.place.name), [])

    def test_told_again_while_it_tidies_up(self):
        program = self.start("os.kill(os.getppid(), 15); time.sleep(1000)\n"
                             "except KeyboardInterrupt:\n"
                             "    for _ in range(9): os.kill(os.getppid(), 2); time.sleep(0.01)")
        said, _ = program.communicate(timeout=90)
        self.assertEqual((program.returncode, said), (0, "tidied\n"))
        self.expect_nothing_left()

    def test_killed(self):
        program = self.start(WAITS)
        program.kill()
        self.assertEqual(program.wait(90), -signal.SIGKILL)
        self.expect_nothing_left(groups=True)
        # Its folder and groups go with the next room.
        left = os.listdir(self.place.name)
        self.assertEqual(len(left), 1)
        other = self.start("pass")
        other.communicate(timeout=90)
        self.expect_nothing_left()
        self.assertEqual(os.listdir(self.place.name), [])

    def test_a_room_in_use_is_left_alone(self):
        program = self.start(WAITS)
        self.start("pass").communicate(timeout=90)
        self.assertEqual(len(os.listdir(self.place.name)), 1)
        self.assertIsNone(program.poll())

    def test_codes_are_the_programs(self):
        for rest, code in (("pass", 0), ("sys.exit(77)", 77), ("os.kill(os.getpid(), 9)", 137)):
            program = self.start(rest)
            program.communicate(timeout=90)
            self.assertEqual(program.returncode, code)
            self.expect_nothing_left()
            self.assertEqual(os.listdir(self.place.name), [])


if __name__ == "__main__":
    if not room._allowed() or subprocess.run(["ip", "netns"], capture_output=True, check=False).returncode != 0:
        print("This machine allows no rooms: not run.")
        sys.exit(77)
    unittest.main(verbosity=2 if sys.stderr.isatty() else 0)
