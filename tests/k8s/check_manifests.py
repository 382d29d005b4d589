#!/usr/bin/python3
"""Holds the Kubernetes files of the tree against types, rules and the code, as
far as that goes without a cluster, and the Dockerfile against its language and
rules. Says file and line of whatever is wrong.

usage: check_manifests.py [--deployable] [OVERLAY...]

OVERLAY: a folder with a kustomization; default: all of k8s/overlays. With
--deployable what stands for values of one's own (.invalid, digests of zeros) is
wrong too. Exit code 0: nothing is wrong; 1: something is; 2: usage.

Environment: WELFARE_BINARY_DIR, a build tree whose programs are asked for their
settings; without them the sources are read. WELFARE_KUBECTL, the kubectl that
renders (empty: none); without one that can, the parts are looked at unrendered.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import dockerfile
import manifests
import network
import wiring
import workloads
from code_table import read_code

SOURCE = pathlib.Path(os.environ.get("WELFARE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
NPM = SOURCE / "tools/npm"
# What is made in the sources and never of them (.gitignore); what holds a key by its name.
MADE = ("build", "out", "welfare-data")
KEYS = (".pem", ".key", ".p12", ".pfx")
PRIVATE_KEY = re.compile(rb"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----")


class Types:
    """The findings of types.mjs, each object looked at once."""

    def __init__(self):
        self.known = {}  # by digest

    @staticmethod
    def digest(thing):
        return hashlib.sha256(json.dumps(thing.value, sort_keys=True, default=str).encode()).hexdigest()

    def look(self, objects):
        new = {self.digest(thing): thing.value for thing in objects}
        new = {digest: value for digest, value in new.items() if digest not in self.known}
        if not new:
            return
        with tempfile.TemporaryDirectory(prefix="wk8s-") as scratch:
            listed = pathlib.Path(scratch) / "objects.json"
            listed.write_text(json.dumps(list(new.values()), default=str))
            done = subprocess.run(["node", pathlib.Path(__file__).with_name("types.mjs"), NPM, listed, scratch],
                                  capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise SystemExit(f"types.mjs cannot look: {done.stderr[-2000:]}")
        digests = list(new)
        self.known.update({digest: [] for digest in digests})
        for found in json.loads(done.stdout):
            self.known[digests[found["index"]]].append((found["key"], found["text"][:300]))

    def of(self, thing):
        return self.known[self.digest(thing)]


class Gate:
    def __init__(self, code, kubectl):
        self.code, self.kubectl, self.types = code, kubectl, Types()

    def read(self, folder, overlay, beside=None):
        """The tree, its objects as `overlay` makes them, and what is wrong with
        the files themselves. `beside`: the tree on which `folder` builds."""
        tree = manifests.Tree(folder, manifests.Tree(beside) if beside else None)
        manifests.check_kustomizations(tree)
        secrets_in_files(tree)
        findings = list(tree.findings)
        if self.kubectl:
            objects, failed = manifests.render(self.kubectl, overlay)
            findings += failed
        else:
            objects = manifests.gather(tree, overlay)
        return tree, objects, findings

    def judge(self, tree, objects, deployable=False):
        """What is wrong with rendered objects, of which `types` knows already."""
        findings = []

        def report(thing, path, text):
            findings.append(manifests.Finding(f"{tree.where(thing, path)} ({thing})", text))

        for thing in objects:
            for key, text in self.types.of(thing):
                findings.append(manifests.Finding(f"{tree.where_key(thing, key)} ({thing})", f"{key}: {text}"))
        if findings or not objects:
            return findings  # rules may rely on types
        rendered = self.kubectl is not None
        workloads.check(objects, report, rendered)
        network.check(objects, self.code, report, rendered)
        if rendered:
            wiring.check(objects, self.code, report)
        if deployable:
            workloads.placeholders(objects, report)
        return findings


def secrets_in_files(tree):
    """No key and no login in any file of the tree, YAML or not."""
    for file in sorted(tree.folder.rglob("*")):
        if not file.is_file() or file.name == "make-secrets":
            continue
        if file.suffix in (*KEYS, ".env"):
            tree.add(file, 1, "keys and secrets never stand in the tree")
            continue
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if PRIVATE_KEY.search(line.encode()):
                tree.add(file, number, "a private key")
            if "secretGenerator" in line and file.suffix == ".yaml":
                tree.add(file, number, "a secret is made in the cluster and never stands in the tree")


def keys_in(folder):
    """No private key in any file of the sources, whatever it is for."""
    findings = []
    for root, folders, files in os.walk(folder):
        here = pathlib.Path(root)
        made = MADE if here == folder else ()
        folders[:] = sorted(name for name in folders if name not in (".git", "node_modules", *made))
        for file in sorted(here / name for name in files):
            if file.suffix in KEYS:
                lines = [(1, "keys and secrets never stand in the tree")]
            else:
                lines = [(number, "a private key") for number, line in enumerate(
                    b"" if file.is_symlink() else file.read_bytes().splitlines(), 1) if PRIVATE_KEY.search(line)]
            findings += [manifests.Finding(f"{file.relative_to(folder)}:{number}", text) for number, text in lines]
    return findings


def npm_packages():
    done = subprocess.run([NPM / "install"], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise SystemExit(f"tools/npm/install: {done.stderr[-2000:]}")


def default_gate():
    npm_packages()
    binary = os.environ.get("WELFARE_BINARY_DIR")
    code = read_code(SOURCE, pathlib.Path(binary) / "bin" if binary else None)
    kubectl = os.environ.get("WELFARE_KUBECTL")
    return Gate(code, manifests.find_kubectl() if kubectl is None else kubectl or None)


def main(arguments):
    deployable = "--deployable" in arguments
    overlays = [pathlib.Path(a).resolve() for a in arguments if a != "--deployable"]
    if any(str(a).startswith("-") for a in arguments if a != "--deployable"):
        print(__doc__, file=sys.stderr)
        return 2
    gate = default_gate()
    if not overlays:
        overlays = sorted(p.parent for p in (SOURCE / "k8s/overlays").glob("*/kustomization.yaml"))
    print(f"Code: {gate.code.origin}. Rendered by: "
          f"{gate.kubectl or 'nobody: no kubectl that can. The parts are checked as they stand, without patches'}")
    image = SOURCE / "k8s/image/Dockerfile"
    (findings,) = dockerfile.check([image], NPM)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{image.name}: {len(findings)} findings")
    wrong = len(findings)
    findings = keys_in(SOURCE)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"Keys in the sources: {len(findings)} findings")
    wrong += len(findings)
    for overlay in overlays:
        if not (overlay / "kustomization.yaml").exists():
            print(f"{overlay}: no kustomization.yaml", file=sys.stderr)
            return 2
        ours = SOURCE / "k8s"
        tree, objects, findings = (gate.read(ours, overlay) if overlay.is_relative_to(ours)
                                   else gate.read(overlay, overlay, beside=ours))
        gate.types.look(objects)
        findings += gate.judge(tree, objects, deployable)
        for finding in dict.fromkeys(findings):
            print(finding, file=sys.stderr)
        print(f"{overlay.name}: {len(objects)} objects, {len(set(findings))} findings")
        wrong += len(findings)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
