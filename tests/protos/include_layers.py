#!/usr/bin/python3
"""Keeps the layers apart: reads every #include of ours.

Usage: include_layers.py SOURCE_DIR

The table of the house: which folder may include which. The libraries of the
two-library services are told apart by their CMakeLists: a file listed in
welfare_add_library(NAME <svc>_core ...) belongs to the core.
"""
import os
import re
import sys

SERVICES = ('registry', 'survey', 'indicator', 'report')

# First matching prefix of an include decides what it is.
GRPC = re.compile(r'^(grpc|grpcpp|grpc\+\+)/')
PROTO = re.compile(r'^(google/protobuf/|google/(api|rpc|type)/|welfare/)|\.pb\.h$')
STORAGE = re.compile(r'^(sqlite3|libpq-fe|hiredis/|postgresql/)')
JSON_YAML = re.compile(r'^(nlohmann/|yaml-cpp/|simdjson)')
WORLD = re.compile(r'^(spdlog/|prometheus/|CLI/|boost/|nghttp2/)')
ICU = re.compile(r'^unicode/')


def core_files(source):
    """Files of every pure library: base, text, and each <svc>_core."""
    core = {}
    for module in (*SERVICES, 'gateway'):
        folder = module if module == 'gateway' else f'services/{module}'
        path = os.path.join(source, folder, 'CMakeLists.txt')
        with open(path, encoding='utf-8') as f:
            text = re.sub(r'#.*', '', f.read())
        match = re.search(
            r'welfare_add_library\(\s*NAME\s+%s_core\b(.*?)\)\s*$' % module,
            text, re.S | re.M)
        if match:
            for name in re.findall(r'[\w/.-]+\.(?:h|cc)\b', match.group(1)):
                core[f'{folder}/{name}'] = module
    return core


def main():
    source = sys.argv[1]
    core = core_files(source)
    problems, files = [], 0
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
                    includes = re.findall(
                        r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', f.read(), re.M)
                for include in includes:
                    why = refusal(path, include, core)
                    if why:
                        problems.append(f'{path}: {include}: {why}')
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
    pure = module in ('base', 'text') or path in core
    if pure:
        if GRPC.match(include):
            return 'a pure library knows no gRPC'
        # The gateway's core turns descriptors into requests: protos, no gRPC.
        if PROTO.search(include) and core.get(path) != 'gateway':
            return 'a pure library knows no proto'
        if STORAGE.match(include):
            return 'a pure library knows no database'
        if JSON_YAML.match(include) and core.get(path) != 'gateway':
            return 'a pure library knows no JSON and no YAML'
        if WORLD.match(include):
            return 'a pure library does not touch the world'
        if target == 'platform':
            return 'a pure library does not use platform'
        if module == 'base' and ICU.match(include):
            return 'base knows no ICU'
        if module == 'base' and target not in (None, 'base'):
            return 'base includes nothing but base'
    if module == 'text' and target not in (None, 'base', 'text'):
        return 'text includes base and text only'
    if module == 'platform' and target not in (None, 'base', 'platform'):
        return 'platform includes base and platform only'
    if module in SERVICES:
        if target in SERVICES and target != module:
            return "a service does not include another's code"
        if STORAGE.match(include):
            return 'databases are reached through platform'
    if module == 'gateway' and target in (*SERVICES, 'all'):
        return 'the gateway includes no service'
    if module == 'tools' and target not in (None, 'base', 'text', 'platform'):
        return "tools include no service's internals"
    if module == 'tools' and target == 'platform' and include not in (
            'services/platform/observe/version.h', 'services/platform/rpc/status_mapping.h',
            'services/platform/rpc/channel.h'):
        return 'tools use of platform only channels, statuses and the version'
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
