"""A room of its own for a program that makes what outlives it: processes that go
their own ways, mounts, network namespaces, shared memory, temporary files. However the program
ends, by itself, by a signal or by kill -9, the room ends with it.

    if __name__ == "__main__":
        room.enter()
"""

import contextlib
import ctypes
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
PR_SET_PDEATHSIG = 1
PREFIX, LOCK = "wroom-", ".lock"
GROUPS = pathlib.Path("/sys/fs/cgroup")
ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Seconds that a program has to tidy up once it was told to end; then all in its
# room is killed.
GRACE = 30


def enter(place=None, private=(), groups=()):
    """Returns in the room, where this program goes on; who called it stays outside,
    waits, and ends as the program does.

    Inside, the program's processes are the only ones; mounts and System V's shared
    memory are the room's own; temporary files lie in one folder (made in `place`),
    which goes with the room; SIGTERM, SIGINT and SIGHUP are a KeyboardInterrupt,
    once. `private`: folders that are empty inside, whatever the machine has there.
    `groups`: control groups that what is called makes and leaves; they go when they
    are empty.

    Where a machine allows no rooms, the program goes on outside with a folder and
    signals as inside: what it started it has to end itself.

    REQUIRES: no other thread runs yet.
    """
    folder = _make_folder(place)
    whole = _allowed()
    sys.stdout.flush()
    sys.stderr.flush()
    # Nobody is told before he can listen.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    if whole:
        _call("unshare", CLONE_NEWPID)  # of children, not of this process
    child = os.fork()
    if child:
        _stay_outside(child, folder, groups)
    _call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL))
    # A terminal tells those outside alone, and they tell once.
    os.setsid()
    if whole:
        _furnish(private)
        _be_init()
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    _listen(_interrupt)


def _listen(handler):
    for number in ENDS:
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)


def _call(name, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _allowed():
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--mount", "--pid", "--fork", "--mount-proc", "mount", "-t", "tmpfs", "room", "/proc/tty"],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False).returncode == 0


# --- the folder ---------------------------------------------------------------

def _make_folder(place):
    place = pathlib.Path(place or tempfile.gettempdir())
    for left in place.glob(f"{PREFIX}*/{LOCK}"):
        _sweep(left)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    folder.chmod(0o711)  # servers run as users of their own
    # Held by everybody in the room that it was forked to; under its name when held.
    held = os.open(folder / f"{LOCK}-new", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    (folder / f"{LOCK}-new").rename(folder / LOCK)
    return folder


def _sweep(lock):
    """Removes the folder of a room whose last process is gone."""
    with contextlib.suppress(OSError), open(lock, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.parent, ignore_errors=True)


# --- who stays outside ----------------------------------------------------------

def _stay_outside(child, folder, groups):
    told = []

    def tell(number, _):
        if not told:
            signal.alarm(GRACE)
        told.append(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)

    def end(*_):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    signal.signal(signal.SIGALRM, end)
    _listen(tell)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    shutil.rmtree(folder, ignore_errors=True)
    _remove_groups(groups)
    code = os.waitstatus_to_exitcode(status)
    _end_like(-told[0] if told and code != 0 else code)


def _remove_groups(names):
    """Below the root and below the group of this process, of each hierarchy."""
    own = {line.split(":", 2)[2].strip("/") for line in
           pathlib.Path("/proc/self/cgroup").read_text("ascii").splitlines()}
    for base in (GROUPS, *GROUPS.glob("*/")):
        for top in {base / place / name for place in ("", *own) for name in names}:
            for folder, _, _ in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):  # somebody is in it
                    os.rmdir(folder)


def _end_like(code):
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL takes no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


# --- inside ---------------------------------------------------------------------

def _furnish(private):
    _call("unshare", CLONE_NEWNS | CLONE_NEWIPC)
    for command in (("mount", "--make-rprivate", "/"), ("mount", "-t", "proc", "proc", "/proc"),
                    *(("mount", "-t", "tmpfs", "-o", "mode=0755", "room", folder) for folder in private)):
        if command[-1] in private:
            os.makedirs(command[-1], exist_ok=True)
        subprocess.run(command, check=True)


def _be_init():
    """Returns in the program. The room's first process buries its dead, passes on
    that it is to end, and takes everybody along when the program has ended."""
    program = os.fork()
    if program == 0:
        return
    def tell(*_):
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.kill(program, signal.SIGTERM)
    _listen(tell)
    while True:
        pid, status = os.wait()
        if pid == program:
            # The first process of a room cannot end by a signal of its own.
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _interrupt(*_):
    for number in ENDS:
        signal.signal(number, lambda *_: None)
    raise KeyboardInterrupt
