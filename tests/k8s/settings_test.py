#!/usr/bin/python3
"""The programs themselves take what the overlays give them: flags, variables
and mounted files, and PostgreSQL as components/postgres makes it.

usage: settings_test.py
"""

import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import check_manifests
import harness  # finds tests/support
import manifests
import postgres_fixture
from mounted import Mounted, give_stores, make_given
from workloads import module_of, workloads

TREE = check_manifests.SOURCE / "k8s"


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kubectl = manifests.find_kubectl()
        if kubectl is None:
            raise unittest.SkipTest("no kubectl that can render")
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="wk8s-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.overlays = {}
        for overlay in ("laptop", "production"):
            objects, failed = manifests.render(kubectl, TREE / "overlays" / overlay)
            assert not failed, failed
            cls.overlays[overlay] = objects
        cls.given = make_given(TREE, cls.folder / "made")
        # What an operator makes beside, and CloudNativePG.
        cls.server = postgres_fixture.Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.make()
        give_stores(cls.given, cls.server, cls.overlays["production"])

    def mounted(self, overlay, where):
        """Module, what it runs, and its container: of each process."""
        for thing, _, pod in workloads(self.overlays[overlay]):
            module = module_of(thing)
            if module:
                container = pod["spec"]["containers"][0]
                yield module, Mounted(self.folder / where / module, pod, container, self.given)

    def test_each_program_takes_its_settings(self):
        for overlay in self.overlays:
            for module, mounted in self.mounted(overlay, f"verify-{overlay}"):
                with self.subTest(overlay=overlay, module=module):
                    done = subprocess.run(
                        [harness.BIN / f"welfare-{module}", *mounted.arguments(), "--verify-config"],
                        env=mounted.environment(), capture_output=True, text=True, timeout=60, check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def start(self, module, mounted, name, addresses):
        """A process as its container says, at addresses of this test."""
        listen = "127.0.0.1:0" if module == "gateway" else f"unix:{self.folder}/{name}.sock"
        replaced = {f"peer_{peer}": address for peer, address in addresses.items()
                    if any(a.startswith(f"--peer-{peer}=") for a in mounted.container["args"])}
        if module == "gateway":
            replaced["http_listen"] = "127.0.0.1:0"
        arguments = mounted.arguments(listen=listen, ops_listen="127.0.0.1:0", **replaced)
        if module == "gateway":
            arguments.append("--admin-listen=127.0.0.1:0")
        environment = mounted.environment()
        environment.pop("WELFARE_REDIS_URL_FILE", None)  # derived values alone
        process = harness.Process(f"welfare-{module}", arguments, self.folder / f"{name}.log", environment)
        self.addCleanup(process.kill)
        return process, listen

    def test_replicas_that_start_at_once_make_the_schema_once(self):
        nobody = {peer: f"unix:{self.folder}/nobody.sock" for peer in ("registry", "survey", "indicator")}
        processes = dict(self.mounted("production", "replicas"))
        replicas = [(module, self.start(module, processes[module], f"{module}-{number}", nobody)[0])
                    for module in ("registry", "survey", "report") for number in range(3)]
        for module, process in replicas:
            ops = harness.Http(process.logged("started")["metrics"])
            harness.wait_for(lambda o=ops: o.send("GET", "/readyz").status == 200, f"{module} to be ready")
        for module in ("registry", "survey", "report"):
            made = self.asked(module, "SELECT count(*) > 0 AND count(*) = count(DISTINCT number) "
                                      f"FROM {module}.schema_migrations")
            self.assertEqual(made, "t", module)
            self.assertEqual(self.asked(module, f"SELECT count(*) FROM {module}.store_incarnation"), "1", module)

    def test_the_five_start_as_production_says_and_stop_when_told(self):
        started = {}
        addresses = {}
        order = ("registry", "survey", "indicator", "report", "gateway")
        processes = dict(self.mounted("production", "run"))
        for module in order:
            started[module], addresses[module] = self.start(module, processes[module], module, addresses)
        for module, process in started.items():
            ops = harness.Http(process.logged("started")["metrics"])
            for path in ("/livez", "/readyz"):
                harness.wait_for(lambda o=ops, p=path: o.send("GET", p).status == 200, f"{module} {path}")
        # Through the door, as a caller with the demonstration's authority.
        http = harness.Http(started["gateway"].logged("module serves", listener="http")["address"],
                            tls=ssl.create_default_context(cafile=self.folder / "made/credentials/ca.pem"))
        self.assertEqual(http.send("GET", "/v1/programs").status, 200)
        # A role sees its own schema alone.
        one = "SELECT count(*) FROM registry.store_incarnation"
        self.assertEqual(self.asked("registry", one), "1")
        with self.assertRaises(subprocess.CalledProcessError):
            self.asked("survey", one)
        for process in started.values():
            process.child.terminate()  # all at once: each drains for its 5 s
        for module, process in started.items():
            self.assertEqual(process.child.wait(40), 0, module)

    def asked(self, module, query):
        """What the database answers to the role of a service."""
        return subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-h", self.server.folder, "-U", f"welfare_{module}",
             "-d", "welfare", "-c", query],
            check=True, capture_output=True, text=True, timeout=60).stdout.strip()


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main(verbosity=2)
