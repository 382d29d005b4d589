#!/usr/bin/python3
"""Starts and stops the one PostgreSQL that the tests of a run share.

usage: postgres_fixture.py start|stop FILE

`start` writes its URL to FILE, `stop` ends the server that FILE names. Tests in
Python import Server for one of their own.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

PREFIX = "welfare-pg-"


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        sys.exit("there is no PostgreSQL: tools/install-dependencies test")
    return found[-1].parent


class Server:
    """A PostgreSQL with a unix socket in a folder of its own and no other
    address. It runs without fsync: its tests end processes, not the machine.
    Only a `durable` one is as in production, for measuring."""

    def __init__(self, folder=None, durable=False):
        """Takes an existing server's folder, or makes one without a server."""
        self.durable = durable
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix=PREFIX))
        if not folder and os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)

    def url(self, role="postgres", database="welfare"):
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def make(self):
        self._run("initdb", "-D", self.folder / "data", "-U", "postgres",
                  "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync")
        self.start()
        self.sql("CREATE DATABASE welfare", "postgres")
        return self

    def start(self):
        # The server must not hold the pipes of whoever waits for this program.
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-o",
                  # What a server that is killed leaves goes with its folder.
                  f"-k {self.folder} -c listen_addresses= -c max_connections=300 -c dynamic_shared_memory_type=mmap"
                  + ("" if self.durable else
                     " -c fsync=off -c full_page_writes=off -c autovacuum=off"
                     " -c wal_level=minimal -c max_wal_senders=0"), "start")

    def stop(self, mode="fast"):
        """Cuts every connection and waits for the end."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop")

    def remove(self):
        self.stop("immediate")
        if self.folder.name.startswith(PREFIX):
            shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text, database="welfare"):
        self._run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U",
                  "postgres", "-d", database, "-c", text)

    def _run(self, program, *arguments):
        """Runs a program as somebody whom PostgreSQL accepts."""
        options = {}
        if os.geteuid() == 0:
            options.update(user="postgres", group="postgres", extra_groups=[])
        done = subprocess.run(
            [str(programs() / program), *map(str, arguments)], cwd=self.folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
            check=False, **options)
        if done.returncode != 0:
            log = self.folder / "log"
            raise RuntimeError(f"{program}: exit {done.returncode}\n{done.stdout}{done.stderr}"
                               + (log.read_text("utf-8", "replace") if log.exists() else ""))


def read(file):
    """Returns the server that FILE names, or None."""
    if not file.exists():
        return None
    return Server(file.read_text("utf-8").strip().rpartition("host=")[2])


def start(file):
    stop(file)
    server = Server()
    # Before anything can go wrong, so that `stop` finds it.
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(server.url() + "\n", "utf-8")
    server.make()


def stop(file):
    server = read(file)
    if server is not None:
        server.remove()
        file.unlink()


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](pathlib.Path(sys.argv[2]))
