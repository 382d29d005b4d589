"""The gateway's binary in front of a registry's, for tests of what comes in at its
ports. What a test gives besides goes to the gateway."""

import pathlib
import re
import subprocess
import tempfile
import time
import unittest


def address_in(log, pattern):
    for _ in range(1200):
        found = re.search(pattern, log.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"{pattern} does not come:\n{log.read_text('utf-8')[-4000:]}")


class BehindRegistry(unittest.TestCase):
    """Both run from before the first test of the class to after its last."""

    SETTINGS = ()
    binaries = None  # gateway, registry, source folder; before the tests run

    @classmethod
    def setUpClass(cls):
        gateway, registry, source = cls.binaries
        folder = tempfile.TemporaryDirectory(prefix="wgate-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        sock = cls.folder / "registry.sock"
        cls.start("registry", registry, f"--listen=unix:{sock}", f"--data-dir={cls.folder}",
                  f"--assets-dir={source}", "--ops-listen=127.0.0.1:0")
        for _ in range(400):
            if sock.exists():
                break
            time.sleep(0.05)
        cls.gateway = cls.start(
            "gateway", gateway, "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", f"--assets-dir={source}",
            f"--peer-registry=unix:{sock}", *cls.SETTINGS,
            *(f"--peer-{peer}=unix:{cls.folder / peer}.sock" for peer in ("survey", "indicator", "report")))
        log = cls.folder / "gateway.log"
        cls.http = address_in(log, r'"listener":"http","address":"([^"]+)"')

    @classmethod
    def start(cls, name, *command):
        log = open(cls.folder / f"{name}.log", "w", encoding="utf-8")
        cls.addClassCleanup(log.close)
        process = subprocess.Popen([*command, "--log-format=json", "--drain-wait-ms=0"], stderr=log,
                                   cwd=cls.folder)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.kill)
        return process
