#!/usr/bin/python3
"""What an image may hold of the machine on which it is built.

usage: gather_test.py
"""

import hashlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
from unittest import mock

import yaml

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
IMAGE = SOURCE / "k8s/image"


def load(path):
    loader = importlib.machinery.SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


gather = load(IMAGE / "gather")


class Gathering(unittest.TestCase):
    """On a machine with one package, which brought one file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wgather-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.library = self.folder / "lib/liba.so.1.2"
        self.library.parent.mkdir()
        self.library.write_bytes(b"a library")
        (self.folder / "lib/liba.so.1").symlink_to("liba.so.1.2")
        dpkg = self.folder / "dpkg"
        (dpkg / "info").mkdir(parents=True)
        digest = hashlib.md5(b"a library", usedforsecurity=False).hexdigest()
        (dpkg / "info/liba1:amd64.list").write_text(f"/.\n{self.library}\n")
        (dpkg / "info/liba1:amd64.md5sums").write_text(f"{digest}  {str(self.library).lstrip('/')}\n")
        (dpkg / "status").write_text("Package: liba1\nStatus: install ok installed\nArchitecture: amd64\n"
                                     "Maintainer: Somebody <a@example.org>\nVersion: 1:1.2+b1-3\n\n")
        patched = mock.patch.object(gather, "DPKG", dpkg)
        patched.start()
        self.addCleanup(patched.stop)
        self.tree = gather.Tree(self.folder / "tree")

    def taken(self, path):
        return self.tree.root / str(path).lstrip("/")

    def test_a_library_comes_with_its_name_and_its_papers(self):
        self.tree.take(self.folder / "lib/liba.so.1")
        self.assertEqual(self.taken(self.library).read_bytes(), b"a library")
        self.assertEqual(os.readlink(self.taken(self.folder / "lib/liba.so.1")), "liba.so.1.2")
        self.tree.papers()
        records = self.tree.root / "var/lib/dpkg/status.d"
        self.assertIn("Version: 1:1.2+b1-3", (records / "liba1").read_text())
        self.assertIn("liba.so.1.2", (records / "liba1.md5sums").read_text())

    def test_the_list_names_package_and_version(self):
        self.tree.take(self.library)
        self.tree.write("usr/bin/welfare-x", "a program")
        made = gather.spdx("welfare-x", "1", "abc", self.tree, "2026-01-01T00:00:00Z")
        self.assertEqual([package["name"] for package in made["packages"]], ["welfare-x", "liba1"])
        self.assertEqual(made["packages"][1]["externalRefs"][0]["referenceLocator"],
                         "pkg:deb/debian/liba1@1%3A1.2%2Bb1-3?arch=amd64&distro=debian-12")
        json.dumps(made)

    def test_headers_that_are_compiled_in_are_told_apart(self):
        self.tree.write("usr/bin/welfare-x", "a program")
        made = gather.spdx("welfare-x", "1", "abc", self.tree, "2026-01-01T00:00:00Z", ["liba1:amd64"])
        self.assertEqual([(one["spdxElementId"], one["relationshipType"]) for one in made["relationships"]],
                         [("SPDXRef-DOCUMENT", "DESCRIBES"), ("SPDXRef-Debian-liba1", "BUILD_DEPENDENCY_OF")])
        with mock.patch.object(gather, "DOCUMENTS", self.folder / "doc"):
            (self.folder / "doc/liba1").mkdir(parents=True)
            (self.folder / "doc/liba1/copyright").write_text("as you like")
            self.tree.papers(["liba1:amd64"])
        self.assertTrue((self.tree.root / "usr/share/doc/liba1/copyright").exists())
        self.assertFalse((self.tree.root / "var/lib/dpkg/status.d").exists())

    def test_a_file_of_no_package_ends_it(self):
        stray = self.folder / "lib/libstray.so.1"
        stray.write_bytes(b"from somewhere")
        with self.assertRaisesRegex(SystemExit, "libstray.so.1 belongs to no Debian package"):
            self.tree.take(stray)

    def test_a_changed_file_ends_it(self):
        self.library.write_bytes(b"another library")
        with self.assertRaisesRegex(SystemExit, "is not what liba1:amd64 brought"):
            self.tree.take(self.library)

    def test_a_library_that_is_missing_is_named(self):
        said = "\tlibgone.so.3 => not found\n"
        done = subprocess.CompletedProcess([], 0, said, "")
        with mock.patch.object(subprocess, "run", return_value=done):
            with self.assertRaisesRegex(SystemExit, "misses libgone.so.3"):
                gather.libraries(self.folder / "program")


class Agreement(unittest.TestCase):
    """Image and manifests speak of the same user, folders and name."""

    def test_who_runs(self):
        user = f"{gather.USER}:{gather.USER}"
        self.assertIn(f"\nUSER {user}\n", (IMAGE / "Dockerfile").read_text())
        for file in sorted((SOURCE / "k8s/base").glob("*.yaml")):
            for thing in yaml.safe_load_all(file.read_text()):
                if thing["kind"] == "Deployment":
                    context = thing["spec"]["template"]["spec"]["securityContext"]
                    self.assertEqual((context["runAsUser"], context["runAsGroup"]), (gather.USER,) * 2, file.name)

    def test_every_process_has_data_where_it_looks(self):
        for service in ("registry", "survey", "indicator", "report"):
            listed = (SOURCE / "services" / service / "CMakeLists.txt").read_text()
            self.assertIn(f"install(DIRECTORY data DESTINATION share/welfare/services/{service})", listed)

    def test_the_font_that_a_program_was_configured_with_goes_along(self):
        with tempfile.TemporaryDirectory(prefix="wgather-") as folder:
            with self.assertRaisesRegex(SystemExit, "does not say WELFARE_PRINT_FONT"):
                gather.opened(folder, "welfare-report")
            (pathlib.Path(folder) / "CMakeCache.txt").write_text(
                "//The font\nWELFARE_PRINT_FONT:FILEPATH=/usr/share/fonts/a b.ttf\nOTHER:BOOL=ON\n")
            for program in ("welfare-report", "welfared"):
                self.assertEqual(gather.opened(folder, program), ["/usr/share/fonts/a b.ttf"])
            for program in ("welfare-gateway", "welfare-registry", "welfare-survey", "welfare-indicator", "welfarectl"):
                self.assertEqual(gather.opened(folder, program), [])

    def test_every_file_that_the_build_looks_for_goes_along(self):
        listed = (SOURCE / "tools/cmake/Dependencies.cmake").read_text()
        self.assertEqual(set(re.findall(r"find_file\((WELFARE_\w+)", listed)), set(gather.OPENED))

    def test_every_process_has_a_limit(self):
        limits = re.search(r"LIMITS = \{(.*)\}", (SOURCE / "tools/image").read_text()).group(1)
        self.assertEqual(set(re.findall(r'"(\w+)"', limits)),
                         {"gateway", "registry", "survey", "indicator", "report"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
