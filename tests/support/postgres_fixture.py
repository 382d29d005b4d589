#!/usr/bin/python3
"""Starts and stops the one PostgreSQL that the tests of a run share.

usage: postgres_fixture.py start|stop FILE

`start` writes its URL to FILE, `stop` ends the server that FILE names. It has a
unix socket in a temporary folder and no other address. It runs without fsync:
no test of it takes the machine's power away.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        sys.exit("there is no PostgreSQL: tools/install-dependencies test")
    return found[-1].parent


def run(command, folder, **options):
    """Runs a program as somebody whom PostgreSQL accepts."""
    if os.geteuid() == 0:
        options.update(user="postgres", group="postgres", extra_groups=[])
    done = subprocess.run([str(part) for part in command], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False, **options)
    if done.returncode != 0:
        log = folder / "log"
        sys.exit(f"{command[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}"
                 + (log.read_text("utf-8", "replace") if log.exists() else ""))


def start(file):
    stop(file)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="welfare-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    # Before anything can go wrong, so that `stop` finds it.
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"postgresql://postgres@/welfare?host={folder}\n", "utf-8")
    run([programs() / "initdb", "-D", folder / "data", "-U", "postgres",
         "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"], folder)
    # The server must not hold CTest's pipes.
    run([programs() / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w",
         "-o", f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=300",
         "start"], folder)
    run([programs() / "createdb", "-h", folder, "-U", "postgres", "welfare"], folder)


def stop(file):
    if not file.exists():
        return
    folder = pathlib.Path(file.read_text("utf-8").strip().rpartition("host=")[2])
    if (folder / "data" / "postmaster.pid").exists():
        run([programs() / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"],
            folder)
    if folder.name.startswith("welfare-pg-"):
        shutil.rmtree(folder, ignore_errors=True)
    file.unlink()


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](pathlib.Path(sys.argv[2]))
