"""A bare Debian 12 of its own with systemd and no network but its loopback."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import harness

# The control groups that systemd-nspawn makes.
GROUPS = ("payload", "supervisor")
SOURCES = pathlib.Path("/etc/apt/sources.list.d/debian.sources")


def reason_not_to():
    """Why no such machine runs on this one, or None."""
    if os.geteuid() != 0:
        return "not root"
    for program in ("mmdebstrap", "systemd-nspawn"):
        if shutil.which(program) is None:
            return f"{program} is not installed (tools/install-dependencies operations)"
    # A chroot or a container may not be allowed another one inside.
    done = subprocess.run(["systemd-nspawn", "--directory=/", "--volatile=yes", "--private-network", "--register=no",
                           "--keep-unit", "--quiet", "--pipe", "/bin/true"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120, check=False)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["systemd-nspawn fails"])[-1]


class Machine:
    def __init__(self, folder):
        self.root, self.log_path = folder / "root", folder / "console"
        self.nspawn = self.leader = None

    def make(self):
        """Takes the smallest Debian that has an init, from the mirror of this machine."""
        sources = [str(SOURCES)] if SOURCES.exists() else []
        done = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=systemd,systemd-sysv",
                               "bookworm", self.root, *sources], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"mmdebstrap: {done.stderr[-2000:]}")
        # A mirror that it must not reach, and none of this machine's settings.
        shutil.rmtree(self.root / "etc/apt/apt.conf.d", ignore_errors=True)
        return self

    def boot(self):
        with open(self.log_path, "wb") as console:
            self.nspawn = subprocess.Popen(
                ["systemd-nspawn", f"--directory={self.root}", "--private-network", "--register=no", "--keep-unit",
                 "--resolv-conf=off", "--timezone=off", "--boot"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)

        def leader():
            if self.nspawn.poll() is not None:
                raise AssertionError(f"systemd-nspawn ended:\n{self.log_path.read_text(errors='replace')[-2000:]}")
            found = subprocess.run(["pgrep", "--parent", str(self.nspawn.pid)], capture_output=True, text=True,
                                   check=False).stdout.split()
            return found[0] if found else None
        self.leader = harness.wait_for(leader, "the machine's init")
        harness.wait_for(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip()
                         in ("running", "degraded"), "the machine to be up")
        return self

    def run(self, *command, check=True):
        """Runs a command on the machine, as root."""
        done = subprocess.run(["nsenter", "--target", self.leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
                               "--root", "--wdns=/root", "env", "-i",
                               "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                               "HOME=/root", *map(str, command)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def shell(self, text, check=True):
        return self.run("bash", "-euc", text, check=check)

    def remove(self):
        if self.nspawn and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)  # an orderly end of the machine
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.nspawn.wait(60)
            if self.nspawn.poll() is None:
                self.nspawn.kill()
                self.nspawn.wait()
        shutil.rmtree(self.root.parent, ignore_errors=True)
