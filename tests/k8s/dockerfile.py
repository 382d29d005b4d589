"""What a Dockerfile of the tree may say: what a linter knows of the language, and
what our images are: nobody's base, no shell, no root, no secret."""

import json
import pathlib
import re
import subprocess

from manifests import Finding

LABELS = {f"org.opencontainers.image.{name}" for name in
          ("title", "description", "version", "revision", "created", "base.name")}
SECRET = re.compile(r"passw|secret|token|credential|_key\b|apikey", re.I)
# What the engine of the builder gives by itself.
GIVEN = {"PATH"}


def look(files, npm):
    """What dockerfile.mjs says of each file."""
    done = subprocess.run(["node", pathlib.Path(__file__).with_suffix(".mjs"), npm, *files],
                          capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise SystemExit(f"dockerfile.mjs cannot look: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


class Stage:
    def __init__(self, base, name, line):
        self.base, self.name, self.line = base, name, line
        self.instructions, self.known = [], set(GIVEN)

    def all(self, keyword):
        return [found for found in self.instructions if found["keyword"] == keyword]


class Rules:
    """Holds the instructions of one file against the rules; `findings` is what
    is wrong."""

    def __init__(self, where, looked):
        self.where = where
        self.findings = [Finding(f"{where}:{found['line']}", found["text"]) for found in looked["findings"]]
        self.stages, self.before = [], {}  # arguments before the first stage, by name: their lines
        for instruction in looked["instructions"]:
            self._take(instruction)
        if not self.stages:
            self.add(1, "there is no stage")
            return
        for stage in self.stages[:-1]:
            if not any(f"--from={stage.name}" in copy["text"].split() for other in self.stages for copy in other.all("COPY")):
                self.add(stage.line, f"nobody takes anything from the stage {stage.name}")
        self._last(self.stages[-1])

    def add(self, line, text):
        self.findings.append(Finding(f"{self.where}:{line}", text))

    def _take(self, instruction):
        keyword, text, line = (instruction[key] for key in ("keyword", "text", "line"))
        if keyword == "FROM":
            return self._begin(text, line)
        if not self.stages:
            if keyword == "ARG":
                self.before[text.partition("=")[0]] = line
            return None
        stage = self.stages[-1]
        stage.instructions.append(instruction)
        if keyword in ("ARG", "ENV"):
            for name in (re.findall(r"(\w+)=", text) or [text.split()[0]] if text else []):
                stage.known.add(name)
                if SECRET.search(name):
                    self.add(line, f"{name} looks like a secret, and stands in the image for ever")
        else:
            for name in re.findall(r"\$\{?(\w+)", text):
                if name not in stage.known:
                    self.add(line, f"{name} is no argument of this stage")
        if keyword == "ADD":
            self.add(line, "ADD fetches and unpacks as it sees fit; COPY does neither")
        elif keyword == "COPY":
            for name in re.findall(r"--from=(\S+)", text):
                if name not in {other.name for other in self.stages[:-1]}:
                    self.add(line, f"there is no stage {name} above")
        elif keyword in ("RUN", "CMD", "ENTRYPOINT") and not text.startswith("["):
            self.add(line, f"{keyword} by a shell; write a list of words")
        return None

    def _begin(self, text, line):
        match = re.fullmatch(r"(\S+)(?:\s+AS\s+(\S+))?", text, re.I)
        base, name = match.groups() if match else (text, None)
        self.stages.append(Stage(base, name, line))
        argument = re.fullmatch(r"\$\{(\w+)\}", base)
        if argument and argument[1] in self.before:
            return
        if base != "scratch" and "@sha256:" not in base and base not in {stage.name for stage in self.stages[:-1]}:
            self.add(line, f"{base} is another image tomorrow; give its digest, or an argument for it")

    def _last(self, stage):
        if stage.base != "scratch":
            self.add(stage.line, "the image begins with nothing (scratch)")
        for found in stage.all("RUN"):
            self.add(found["line"], "nothing runs in the image itself, which has no shell")
        for keyword, form, text in (
                ("USER", r"[1-9]\d*:[1-9]\d*", "a user and a group by number, neither 0, for a node that has to see it"),
                ("STOPSIGNAL", r"SIGTERM", "SIGTERM, on which the program drains"),
                ("ENTRYPOINT", r'\["/[^"]+"\]', "the program alone, by its path")):
            found = stage.all(keyword)
            if not found or not re.fullmatch(form, found[-1]["text"]):
                self.add(found[-1]["line"] if found else stage.line, f"{keyword} is {text}")
        given = set(re.findall(r"(org\.opencontainers\.image\.[\w.]+)=", " ".join(found["text"] for found in stage.all("LABEL"))))
        for name in sorted(LABELS - given):
            self.add(stage.line, f"the label {name} is missing")


def check(files, npm):
    """Returns a list of findings for each file."""
    return [Rules(f"{file.parent.parent.name}/{file.parent.name}/{file.name}", looked).findings
            for file, looked in zip(files, look(files, npm))]
