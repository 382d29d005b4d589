"""Where something is wrong: files read so that every value knows its line."""

import pathlib
import re

import yaml


class Findings:
    """Sentences, each with file and line."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.lines = []

    def add(self, path, line, sentence):
        path = pathlib.Path(path)
        if path.is_relative_to(self.root):
            path = path.relative_to(self.root)
        self.lines.append(f"{path}:{line}: {sentence}")


class Mapping(dict):
    """A mapping of YAML. `line`: where it begins; `lines`: where each value does."""
    line = 0
    lines = {}


class _Loader(yaml.CSafeLoader):
    pass


def _mapping(loader, node):
    made = Mapping()
    made.line, made.lines = node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            raise yaml.MarkedYAMLError(problem=f"{key!r} stands twice",
                                       problem_mark=key_node.start_mark)
        made[key] = loader.construct_object(value_node, deep=True)
        # A block of text begins in the line after its mark.
        block = isinstance(value_node, yaml.ScalarNode) and value_node.style in ("|", ">")
        made.lines[key] = value_node.start_mark.line + (2 if block else 1)
    return made


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path, findings):
    """Returns what the file holds; None where it is no YAML, which is a finding."""
    try:
        return yaml.load(path.read_text("utf-8"), _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        findings.add(path, mark.line + 1 if mark else 1, f"no YAML: {error.problem}")
        return None


def of_promtool(output):
    """Yields (path, line, sentence) of what promtool says of files of rules."""
    path = None
    for line in output.splitlines():
        if match := re.match(r"(\S+): (\d+):\d+: (.*)", line):
            yield pathlib.Path(match[1]), int(match[2]), match[3]
        elif match := re.match(r"(\S+): yaml: (?:line (\d+): )?(.*)", line):
            path = pathlib.Path(match[1])
            if match[2]:
                yield path, int(match[2]), match[3]
        elif path and (match := re.match(r"\s+line (\d+): (.*)", line)):
            yield path, int(match[1]), match[2]
