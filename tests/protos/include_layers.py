#!/usr/bin/python3
"""Keeps the layers apart: reads every #include of ours.

Usage: include_layers.py SOURCE_DIR

Between modules the table of the house holds: which folder may include which.
The libraries of the two-library services are told apart by their CMakeLists: a
file listed in welfare_add_library(NAME <svc>_core ...) belongs to the core.

Within a module its README holds: the table under `## Rooms` is a ladder, and a
room includes what stands above it in the table, never what stands below. Sizes
that need a reason have a line there: `Over a dozen: \`room/\` ...`, `Over 600
lines: \`file\` ...`.
"""
import os
import re
import sys

SERVICES = ('registry', 'survey', 'indicator', 'report')
# Modules whose README is a ladder.
LADDERS = (*(f'services/{service}' for service in SERVICES),
           'services/base', 'services/text', 'services/importing',
           'services/access', 'services/platform', 'gateway', 'tools/welfarectl')
ROOM_UNITS = 12  # a unit is a source with its header
FILE_LINES = 600

# First matching prefix of an include decides what it is.
GRPC = re.compile(r'^(grpc|grpcpp|grpc\+\+)/')
PROTO = re.compile(r'^(google/protobuf/|google/(api|rpc|type)/|welfare/)|\.pb\.h$')
STORAGE = re.compile(r'^(sqlite3|libpq-fe|hiredis/|postgresql/)')
JSON_YAML = re.compile(r'^(nlohmann/|yaml-cpp/|simdjson)')
WORLD = re.compile(r'^(spdlog/|prometheus/|CLI/|boost/|nghttp2/)')
ICU = re.compile(r'^unicode/')


def core_files(source):
    """Files of every <svc>_core."""
    core = {}
    for module in (*SERVICES, 'gateway'):
        folder = module if module == 'gateway' else f'services/{module}'
        path = os.path.join(source, folder, 'CMakeLists.txt')
        with open(path, encoding='utf-8') as f:
            text = re.sub(r'#.*', '', f.read())
        match = re.search(
            r'welfare_add_library\(\s*NAME\s+%s_core\b(.*?)\)\s*$' % module,
            text, re.S | re.M)
        names = re.findall(r'[\w/.-]+\.(?:h|cc)\b',
                           match.group(1)) if match else []
        for name in names:
            core[f'{folder}/{name}'] = module
        if not names:
            raise SystemExit(f'{path}: {module}_core has no files')
    return core


def excuses(source, readme):
    """Names that the README gives a reason for being so large."""
    path = os.path.join(source, readme)
    if not os.path.exists(path):
        return set()
    with open(path, encoding='utf-8') as f:
        return set(re.findall(
            r'^Over (?:a dozen|600 lines): `([\w/.-]+)` *\S', f.read(), re.M))


class Ladder:
    """The rooms of one module, from the ground up, as its README has them."""

    def __init__(self, source, module):
        self.source, self.module = source, module
        self.readme = f'{module}/README.md'
        text = ''
        if os.path.exists(os.path.join(source, self.readme)):
            with open(os.path.join(source, self.readme), encoding='utf-8') as f:
                text = f.read()
        section = re.search(r'^## Rooms$(.*?)(?=^## |\Z)', text, re.S | re.M)
        self.rooms = re.findall(r'^\| `([\w/]+)` \|',
                                section.group(1) if section else '', re.M)
        self.excused = excuses(source, self.readme)

    def room_of(self, path):
        """The row that `path`, relative to the module, belongs to."""
        folder, name = os.path.split(path)
        return f'{folder}/' if folder else os.path.splitext(name)[0]

    def problems(self, files):
        """`files`: path relative to the module -> (lines, own includes)."""
        if not self.rooms:
            return [f'{self.readme}: no table of rooms']
        rung = {room: i for i, room in enumerate(self.rooms)}
        found, units, wanted = [], {}, set()
        for room in self.rooms:
            if self.rooms.count(room) > 1:
                found.append(f'{self.readme}: `{room}` stands there twice')
        for path, (lines, includes) in sorted(files.items()):
            room = self.room_of(path)
            wanted.add(room)
            units.setdefault(room, set()).add(os.path.splitext(path)[0])
            if lines > FILE_LINES and path not in self.excused:
                found.append(f'{self.module}/{path}: {lines} lines')
            for include in includes:
                target = self.room_of(include)
                if room in rung and target in rung and (
                        rung[target] > rung[room]):
                    found.append(f'{self.module}/{path}: {include}: `{target}` '
                                 f'stands above `{room}`')
        for room in sorted(wanted - set(rung)):
            found.append(f'{self.readme}: no row for `{room}`')
        for room in sorted(set(rung) - wanted):
            found.append(f'{self.readme}: `{room}` is not there')
        for room, stems in sorted(units.items()):
            if len(stems) > ROOM_UNITS and room not in self.excused:
                found.append(f'{self.module}/{room}: {len(stems)} units')
        for name in sorted(self.excused):
            if name.endswith('/'):
                needed = len(units.get(name, ())) > ROOM_UNITS
            else:
                needed = files.get(name, (0, ()))[0] > FILE_LINES
            if not needed:
                found.append(f'{self.readme}: `{name}` needs no excuse')
        return found


def long_tests(source):
    """Sources of tests that are too long."""
    excused = excuses(source, 'tests/README.md')
    found = []
    for folder, _, names in os.walk(os.path.join(source, 'tests')):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), source)
            if not name.endswith(('.h', '.cc')) or path in excused:
                continue
            with open(os.path.join(source, path), encoding='utf-8') as f:
                lines = f.read().count('\n')
            if lines > FILE_LINES:
                found.append(f'{path}: {lines} lines')
    return sorted(found)


def main():
    source = sys.argv[1]
    core = core_files(source)
    problems, files = [], 0
    inside = {module: {} for module in LADDERS}
    for top in ('services', 'gateway', 'tools'):
        for folder, _, names in os.walk(os.path.join(source, top)):
            if 'node_modules' in folder:
                continue
            for name in names:
                if not name.endswith(('.h', '.cc')):
                    continue
                files += 1
                path = os.path.relpath(os.path.join(folder, name), source)
                with open(os.path.join(source, path), encoding='utf-8') as f:
                    text = f.read()
                includes = re.findall(
                    r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', text, re.M)
                for module, known in inside.items():
                    if path.startswith(module + '/'):
                        known[path[len(module) + 1:]] = (
                            text.count('\n'),
                            [include[len(module) + 1:] for include in includes
                             if include.startswith(module + '/')])
                for include in includes:
                    why = refusal(path, include, core)
                    if why:
                        problems.append(f'{path}: {include}: {why}')
    for module, known in inside.items():
        problems += Ladder(source, module).problems(known)
    problems += long_tests(source)
    for problem in problems:
        print(problem)
    print(f'{files} files: {len(problems)} problems')
    sys.exit(1 if problems or files == 0 else 0)


def refusal(path, include, core):
    """Why `path` may not include `include`, or None."""
    module = path.split('/')[1] if path.startswith('services/') else (
        path.split('/')[0])
    ours = re.match(r'^services/(\w+)/', include)
    target = ours.group(1) if ours else None
    # The answers of imports are messages, and an identity on its way is one;
    # nothing else there is.
    reply = path.startswith(('services/importing/reply/',
                             'services/access/metadata/'))
    pure = path in core or (
        module in ('base', 'vocabulary', 'text', 'yaml', 'importing',
                   'access') and not reply)
    if pure:
        if GRPC.match(include):
            return 'a pure library knows no gRPC'
        # The gateway's core turns descriptors into requests: protos, no gRPC.
        if PROTO.search(include) and core.get(path) != 'gateway':
            return 'a pure library knows no proto'
        if STORAGE.match(include):
            return 'a pure library knows no database'
        if JSON_YAML.match(include) and (
                core.get(path) != 'gateway' and module != 'yaml' and
                path != 'services/access/strict_json.cc'):
            return 'a pure library knows no JSON and no YAML'
        if WORLD.match(include):
            return 'a pure library does not touch the world'
        # How a failure is written on the wire has one home.
        if target == 'platform' and not (
                core.get(path) == 'gateway'
                and include == 'services/platform/rpc/wire_status.h'):
            return 'a pure library does not use platform'
        if module == 'base' and ICU.match(include):
            return 'base knows no ICU'
        if module == 'base' and target not in (None, 'base'):
            return 'base includes nothing but base'
    if module == 'vocabulary' and target not in (None, 'base', 'vocabulary'):
        return 'vocabulary includes base and vocabulary only'
    if module == 'text' and target not in (None, 'base', 'text'):
        return 'text includes base and text only'
    if module == 'yaml' and target not in (None, 'base', 'yaml'):
        return 'yaml includes base and yaml only'
    if include.startswith('yaml-cpp/') and module != 'yaml':
        return 'YAML is read by services/yaml'
    if module == 'importing':
        if target not in (None, 'base', 'text', 'importing'):
            return 'importing includes base, text and importing only'
        if reply and (GRPC.match(include) or include.endswith('.grpc.pb.h')):
            return 'importing knows no gRPC'
    if module == 'access':
        if target not in (None, 'base', 'vocabulary', 'access'):
            return 'access includes base, vocabulary and access only'
        if reply and (GRPC.match(include) or include.endswith('.grpc.pb.h')):
            return 'access knows no gRPC'
    if module == 'platform' and target not in (None, 'base', 'access',
                                               'platform'):
        return 'platform includes base, access and platform only'
    if module in SERVICES:
        if target in SERVICES and target != module:
            return "a service does not include another's code"
        if STORAGE.match(include):
            return 'databases are reached through platform'
    if module == 'gateway' and target in (*SERVICES, 'all'):
        return 'the gateway includes no service'
    if module == 'tools' and target not in (None, 'access', 'base', 'vocabulary', 'text', 'platform'):
        return "tools include no service's internals"
    if module == 'tools' and target == 'platform' and include not in (
            'services/platform/observe/version.h', 'services/platform/rpc/status_mapping.h',
            'services/platform/rpc/channel.h', 'services/platform/work/background.h'):
        return 'tools use of platform only channels, statuses, the version and low priority'
    # These headers cost each file that includes them half a minute.
    if path.startswith(('tools/welfarectl/commands/', 'tools/welfarectl/files/',
                        'tools/welfarectl/output/')) and (
            GRPC.match(include) or include.startswith('CLI/')
            or include.endswith('.grpc.pb.h')):
        return 'commands reach gRPC and CLI11 through session/'
    if include.startswith('gateway/') and module not in ('gateway', 'all'):
        return 'nothing but the whole-in-one binary includes the gateway'
    return None


if __name__ == '__main__':
    main()
