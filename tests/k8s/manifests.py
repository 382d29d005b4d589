"""Kubernetes files: read with their lines, rendered by kustomize, and found
again when something about a rendered object is wrong."""

import dataclasses
import pathlib
import re
import shutil
import subprocess

import yaml

# What a kustomization of this tree may say; kustomize knows more, and each new
# word is one that the checks below have to understand.
KUSTOMIZATION = {
    "Kustomization": {"apiVersion", "kind", "namespace", "resources", "components", "labels",
                      "images", "patches", "configMapGenerator"},
    "Component": {"apiVersion", "kind", "resources", "components", "patches", "replacements",
                  "configMapGenerator"},
}
# The parser in C where there is one.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Folders beside the manifests, with tests of their own.
OTHERS = {"monitoring", "image"}
# One is made from the other (components/sqlite).
ALIKE = {"StatefulSet": {"StatefulSet", "Deployment"}}


@dataclasses.dataclass(frozen=True)
class Finding:
    where: str  # file:line, or what the object is called
    text: str

    def __str__(self):
        return f"{self.where}: {self.text}"


@dataclasses.dataclass
class Object:
    value: dict

    @property
    def kind(self):
        return self.value.get("kind", "")

    @property
    def name(self):
        return self.value.get("metadata", {}).get("name", "")

    @property
    def spec(self):
        return self.value.get("spec") or {}

    def __str__(self):
        return f"{self.kind}/{self.name}"


def at(value, *path, default=None):
    """What stands at `path` of nested mappings and lists, or `default`."""
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return default
    return value


class Tree:
    """All manifests below a folder, with lines."""

    def __init__(self, folder, beside=None):
        """`beside`: a tree on which this one builds, whose files are known to
        be right and may be where something stands."""
        self.folder = pathlib.Path(folder).resolve()
        self.roots = [self.folder]
        self.findings = []
        self.documents = []  # (file, node of the document, its value)
        for file in sorted(self.folder.rglob("*.yaml")):
            if file.relative_to(self.folder).parts[0] not in OTHERS:
                self._read(file)
        self.own = len(self.documents)
        if beside is not None:
            self.roots += beside.roots
            self.documents += beside.documents

    def _read(self, file):
        try:
            nodes = list(yaml.compose_all(file.read_text(), Loader=LOADER))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            self.add(file, mark.line + 1 if mark else 1, "no YAML: " + str(getattr(error, "problem", error)))
            return
        for node in nodes:
            if node is None:
                continue
            self._refuse_twice(file, node)
            value = yaml.SafeLoader("").construct_document(node)
            if isinstance(value, dict):
                self.documents.append((file, node, value))
            else:
                self.add(file, node.start_mark.line + 1, "a document is a mapping")

    def _refuse_twice(self, file, node):
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if key.value in seen:
                    self.add(file, key.start_mark.line + 1, f"the key {key.value} stands twice")
                seen.add(key.value)
                self._refuse_twice(file, value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_twice(file, item)

    def add(self, file, line, text):
        self.findings.append(Finding(f"{self.shown(file)}:{line}", text))

    def shown(self, file):
        file = pathlib.Path(file).resolve()
        root = next(root for root in self.roots if file.is_relative_to(root))
        return f"{root.name}/{file.relative_to(root)}"

    def where(self, thing, path=()):
        """file:line of what stands at `path` of a rendered object, as near as
        the files say it: where several say the same, the patch; where what is
        looked for stands in none, the file that the patches change."""
        best = (-1, False, 0, str(thing))
        kinds = ALIKE.get(thing.kind, {thing.kind})
        names = {thing.name, re.sub(r"-[a-z0-9]{10}$", "", thing.name)}
        for order, (file, node, value) in enumerate(self.documents):
            if value.get("kind") not in kinds or at(value, "metadata", "name") not in names:
                continue
            depth, line = _walk(node, value, thing.value, path)
            same = depth == len(path) and at(value, *path) == at(thing.value, *path)
            best = max(best, (depth + same, value["kind"] == thing.kind,
                               order if same else -order, f"{self.shown(file)}:{line}"))
        return best[3]

    def where_key(self, thing, key):
        """file:line of a key of the object, wherever in it."""
        kinds = ALIKE.get(thing.kind, {thing.kind})
        for file, node, value in self.documents:
            if value.get("kind") in kinds and at(value, "metadata", "name") == thing.name:
                line = _find_key(node, key)
                if line:
                    return f"{self.shown(file)}:{line}"
        return self.where(thing)


def _walk(node, value, rendered, path):
    """How many steps of `path` the node has, and the line where they end."""
    depth, line = 0, node.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
            value, rendered = at(value, step), at(rendered, step)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            wanted = at(rendered, step)
            index = next((i for i, item in enumerate(value or []) if item == wanted or (
                isinstance(item, dict) and isinstance(wanted, dict) and "name" in item
                and item["name"] == wanted.get("name"))), step)
            if index >= len(node.value):
                break
            node = node.value[index]
            line = node.start_mark.line + 1
            value, rendered = at(value, index), wanted
        else:
            break
        depth += 1
    return depth, line


def _find_key(node, key):
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark.line + 1
            line = _find_key(value, key)
            if line:
                return line
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            line = _find_key(item, key)
            if line:
                return line
    return None


def check_kustomizations(tree):
    """Every kustomization says only what is known, and names what is there."""
    named = set()
    targets = {(value.get("kind"), at(value, "metadata", "name")) for _, _, value in tree.documents}
    for file, node, value in tree.documents[:tree.own]:
        if file.name != "kustomization.yaml":
            continue
        known = KUSTOMIZATION.get(value.get("kind"))
        if known is None:
            tree.add(file, 1, "kind is Kustomization or Component")
            continue
        for key in value:
            if key not in known:
                tree.add(file, _find_key(node, key), f"kustomize knows no such key, or this tree does not use it: {key}")
        paths = [*value.get("resources", []), *value.get("components", []),
                 *(patch["path"] for patch in value.get("patches", []) if "path" in patch),
                 *(part for made in value.get("configMapGenerator", []) for part in made.get("files", []))]
        for path in paths:
            place = file.parent / path
            named.add(place.resolve())
            if not place.exists():
                tree.add(file, _line_of(file, path), f"names {path}, which is not there")
        for patch in value.get("patches", []):
            target = patch.get("target")
            if target and not any(kind == target.get("kind") and re.fullmatch(target.get("name", ".*"), name or "")
                                  for kind, name in targets):
                tree.add(file, _find_key(node, "target"), f"a patch changes nothing: no {target}")
    for file, _, _ in tree.documents[:tree.own]:
        if file.name != "kustomization.yaml" and file.resolve() not in named:
            tree.add(file, 1, "no kustomization names this file")


def _line_of(file, text):
    return next((i for i, line in enumerate(file.read_text().splitlines(), 1) if text in line), 1)


def find_kubectl():
    """A kubectl whose kustomize is of today (5; kubectl 1.27 and later), or None:
    Debian 12 has one of 2020, which knows no components."""
    path = shutil.which("kubectl")
    if path is None:
        return None
    done = subprocess.run([path, "version", "--client", "--output=json"], capture_output=True,
                          text=True, timeout=60, check=False)
    version = re.search(r'"kustomizeVersion": *"v(\d+)', done.stdout)
    return path if version and int(version.group(1)) >= 5 else None


def render(kubectl, overlay):
    """The objects of an overlay, or what kustomize has against it."""
    done = subprocess.run([kubectl, "kustomize", str(overlay)], capture_output=True, text=True,
                          timeout=120, check=False)
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["kustomize fails"]
        return [], [Finding(f"{overlay.parent.name}/{overlay.name}/kustomization.yaml:1", said[0])]
    objects = [Object(value) for value in yaml.load_all(done.stdout, Loader=LOADER) if value]
    # A patch that empties everything, or an empty overlay, is no success.
    return objects, [] if objects else [Finding(f"{overlay.parent.name}/{overlay.name}", "renders nothing")]


def gather(tree, overlay):
    """The objects that an overlay names, without its patches and replacements:
    what can be looked at where no kubectl is. What a replacement fills in
    (components/sqlite) is left out."""
    objects = []
    seen = set()

    def visit(folder):
        if folder in seen:
            return
        seen.add(folder)
        for file, _, value in tree.documents:
            if file != folder / "kustomization.yaml":
                continue
            for entry in [*value.get("resources", []), *value.get("components", [])]:
                place = (folder / entry).resolve()
                if place.is_dir():
                    visit(place)
                else:
                    objects.extend(Object(v) for f, _, v in tree.documents if f.resolve() == place)
    visit(overlay.resolve())
    return [o for o in objects if o.kind != "StatefulSet" or "template" in o.spec]
