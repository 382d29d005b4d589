#!/usr/bin/python3
"""Holds every list in every reply to a stated bound.

Usage: reply_bounds.py PROTO_DIR GOOGLEAPIS_DIR SERVICES_README

A repeated field that a reply of any method can hold, however deep, is either
the list of a page (its message has next_page_token) or stands in the table of
SERVICES_README under "What bounds a reply", by message and field. A line there
that names what is no such field is an error as well. That a page is cut by its
bytes and a bound is kept is for the tests of each service.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

TABLE = '## What bounds a reply'


def load(proto_dir, googleapis_dir):
    from google.protobuf import descriptor_pb2
    with tempfile.TemporaryDirectory() as out:
        files = sorted(
            os.path.relpath(f, proto_dir)
            for f in glob.glob(f'{proto_dir}/welfare/**/*.proto', recursive=True))
        assert files, 'no protos found'
        subprocess.run(
            ['protoc', f'-I{proto_dir}', f'-I{googleapis_dir}',
             '--include_imports', f'--descriptor_set_out={out}/all.binpb',
             *files], check=True)
        descriptor_set = descriptor_pb2.FileDescriptorSet()
        with open(f'{out}/all.binpb', 'rb') as file:
            descriptor_set.ParseFromString(file.read())
    return descriptor_set


def lists_in_replies(descriptor_set):
    """Returns {'Message.field': is_page} of all lists; names without package."""
    messages = {}

    def add(message, scope):
        name = f'{scope}.{message.name}'
        messages[name] = message
        for nested in message.nested_type:
            add(nested, name)

    for file in descriptor_set.file:
        for message in file.message_type:
            add(message, f'.{file.package}')
    found = {}
    for file in descriptor_set.file:
        for service in file.service:
            todo = [method.output_type for method in service.method]
            done = set()
            while todo:
                name = todo.pop()
                if name in done or not name.startswith('.welfare.'):
                    continue
                done.add(name)
                message = messages[name]
                short = re.sub(r'^\.welfare\.\w+\.v1\.', '', name)
                tokens = [field.name for field in message.field]
                for field in message.field:
                    if field.type == field.TYPE_MESSAGE:
                        todo.append(field.type_name)
                    if field.label != field.LABEL_REPEATED:
                        continue
                    # The list of a page is its first field (AIP-158).
                    page = 'next_page_token' in tokens and field.number == 1
                    found[f'{short}.{field.name}'] = page
    return found


def stated(readme):
    with open(readme, encoding='utf-8') as file:
        text = file.read()
    assert TABLE in text, f'{readme} has no "{TABLE}"'
    section = text.split(TABLE, 1)[1].split('\n## ', 1)[0]
    names = []
    for line in section.splitlines():
        cells = line.split('|')
        if len(cells) < 3:
            continue
        for message, fields in re.findall(r'`([A-Z][\w.]*?)\.([a-z]\w*|\{[^}]*\})`', cells[1]):
            names += [f'{message}.{field.strip()}' for field in fields.strip('{}').split(',')]
    return names


def main():
    found = lists_in_replies(load(sys.argv[1], sys.argv[2]))
    names = stated(sys.argv[3])
    problems = [f'{name}: nothing says what bounds it'
                for name, page in sorted(found.items()) if not page and name not in names]
    problems += [f'{name}: is no list of a reply, or is a page' for name in names
                 if found.get(name, True)]
    problems += [f'{name}: stands twice' for name in sorted(set(names)) if names.count(name) > 1]
    for problem in problems:
        print(problem)
    pages = sum(found.values())
    print(f'{len(found)} lists in replies: {pages} pages, {len(found) - pages} others')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
