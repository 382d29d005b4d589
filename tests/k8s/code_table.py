"""What the code says of the five processes: ports, peers, settings, stores.

Read from the programs themselves (`--help`), or, where they are not built, from
the sources that make that text.
"""

import dataclasses
import pathlib
import re
import subprocess


@dataclasses.dataclass(frozen=True)
class Process:
    name: str
    grpc_port: int
    ops_port: int
    peers: frozenset
    settings: frozenset  # flags without their dashes
    keeps_data: bool
    caches: bool


@dataclasses.dataclass(frozen=True)
class Code:
    processes: dict  # by name
    secrets: frozenset  # settings that ..._FILE may give
    origin: str  # where it was read


def environment_name(setting):
    return "WELFARE_" + setting.upper().replace("-", "_")


def read_code(source, binaries=None):
    source = pathlib.Path(source)
    module = (source / "services/platform/process/module.cc").read_text()
    settings = (source / "services/platform/process/settings.cc").read_text()
    peers = {name: frozenset(re.findall(r'"(\w+)"', body)) for name, body in
             re.findall(r"(k\w+Peers) = \{(.*?)\};", module, re.S)}
    rows = re.findall(r'\{"(\w+)", (\d+), (\d+), (\{\}|k\w+)\}', module)
    if len(rows) < 2:
        raise SystemExit("the table of modules cannot be read in services/platform/process/module.cc")
    secrets = frozenset(re.findall(r'\.name = "([\w-]+)"(?:(?!\.name).)*?Kind::kSecret', settings, re.S))
    programs = {row[0]: pathlib.Path(binaries) / f"welfare-{row[0]}" for row in rows} if binaries else {}
    built = bool(programs) and all(program.exists() for program in programs.values())
    processes = {}
    for name, grpc_port, ops_port, called in rows:
        own = peers.get(called, frozenset())
        if built:
            found = _asked(programs[name])
            if found != (int(grpc_port), int(ops_port), own):
                raise SystemExit(f"{programs[name]} is older than the sources: build it first")
            flags = _flags(programs[name])
        else:
            flags = _flags_of_sources(source, settings, name, own)
        processes[name] = Process(
            name, int(grpc_port), int(ops_port), own, flags,
            keeps_data=_says(source, name, "OpenDatabase()"),
            caches=_says(source, name, "context.cache()"))
    return Code(processes, secrets, "the programs" if built else "the sources")


def _help(program):
    return subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout


def _flags(program):
    return frozenset(re.findall(r"^ +--([\w-]+)", _help(program), re.M)) - {"verify-config", "print-config", "version"}


def _asked(program):
    text = _help(program)
    port = {flag: int(re.search(rf"--{flag} .*default [\d.]+:(\d+)\]", text).group(1))
            for flag in ("listen", "ops-listen")}
    return port["listen"], port["ops-listen"], frozenset(
        re.findall(r"--peer-(\w+) TEXT +address of", text))


def _flags_of_sources(source, settings, name, peers):
    name_of = r'\.name = "([\w-]*\w)"'
    flags = set(re.findall(name_of, settings)) | {f"peer-{peer}" for peer in peers}
    own = source / "gateway/module.cc" if name == "gateway" else None
    if own:
        flags |= set(re.findall(name_of, own.read_text()))
    return frozenset(flags)


def _says(source, name, words):
    folder = source / ("gateway" if name == "gateway" else f"services/{name}")
    return any(words in file.read_text() for file in folder.rglob("*_module.cc")) or (
        name == "gateway" and words in (folder / "module.cc").read_text())
