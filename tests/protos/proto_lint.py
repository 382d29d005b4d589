#!/usr/bin/python3
"""Checks of the contract that buf cannot make.

Usage: proto_lint.py PROTO_DIR GOOGLEAPIS_DIR AUDITED_METHODS

Over every file of package welfare.*: a comment on every element, a Japanese
summary on every method, field and enum that a caller sees, an error list
and an access policy of known roles and peers on every method, an HTTP binding on every public
method, a behavior on every field, the shape of List methods, an etag on what
Update changes, a request_id on everything that writes, and no year in an id.
What shows a field of personal data says so in its policy, and AUDITED_METHODS
is the list of what is audited, which WELFARE_UPDATE_GOLDEN=1 renews.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

ROLES = {'registrar', 'manager', 'reviewer', 'respondent', 'auditor',
         'operator'}
SERVICES = {'registry', 'survey', 'indicator', 'report'}


def main():
    proto_dir, googleapis_dir, audited_methods = sys.argv[1:4]
    import google
    out = tempfile.mkdtemp()
    files = sorted(
        os.path.relpath(f, proto_dir)
        for f in glob.glob(f'{proto_dir}/welfare/**/*.proto', recursive=True))
    assert files, 'no protos found'
    subprocess.run(
        ['protoc', f'-I{proto_dir}', f'-I{googleapis_dir}',
         f'--python_out={out}', '--include_imports', '--include_source_info',
         f'--descriptor_set_out={out}/all.binpb',
         *files, 'google/api/annotations.proto', 'google/api/http.proto'],
        check=True)
    sys.path.insert(0, out)
    google.__path__.append(f'{out}/google')
    # Importing the modules registers the option extensions, so that parsing
    # the set below makes them readable.
    from google.api import annotations_pb2
    from google.protobuf import descriptor_pb2
    from welfare.options.v1 import options_pb2

    descriptor_set = descriptor_pb2.FileDescriptorSet()
    with open(f'{out}/all.binpb', 'rb') as f:
        descriptor_set.ParseFromString(f.read())

    problems = []
    counted = {'methods': 0, 'fields': 0, 'enums': 0}
    by_name = {}
    audited = []

    def add_names(messages, scope):
        for message in messages:
            by_name[f'{scope}.{message.name}'] = message
            add_names(message.nested_type, f'{scope}.{message.name}')

    for file in descriptor_set.file:
        add_names(file.message_type, f'.{file.package}')

    def shows_personal_data(name, seen=()):
        """Whether a message, or one within it, has such a field."""
        return name not in seen and any(
            field.options.Extensions[options_pb2.personal_data] or
            field.type == field.TYPE_MESSAGE and
            shows_personal_data(field.type_name, (*seen, name))
            for field in by_name[name].field)

    for file in descriptor_set.file:
        if not file.package.startswith('welfare.'):
            continue
        comments = {
            tuple(l.path): l.leading_comments.strip()
            for l in file.source_code_info.location
        }
        is_options = file.package == 'welfare.options.v1'
        is_public = file.package not in ('welfare.options.v1',
                                         'welfare.internal.v1')

        def complain(what, why):
            problems.append(f'{file.name}: {what}: {why}')

        def need_summary(summary, what):
            """A noun phrase in Japanese."""
            if is_public and not re.fullmatch(
                    r'(?=.*[^\x00-\x7f])[^。\n]{1,40}', summary):
                complain(what, f'has no Japanese summary: {summary!r}')

        def need_comment(path, what):
            if not comments.get(tuple(path)):
                complain(what, 'has no comment')

        def check_enum(enum, path, scope):
            counted['enums'] += 1
            name = f'{scope}.{enum.name}'
            need_comment(path, name)
            need_summary(enum.options.Extensions[options_pb2.enum_summary_ja],
                         name)
            for i, value in enumerate(enum.value):
                if value.number:
                    need_summary(
                        value.options.Extensions[options_pb2.value_summary_ja],
                        f'{name}.{value.name}')
                need_comment([*path, 2, i], f'{name}.{value.name}')
            if not enum.value[0].name.endswith('_UNSPECIFIED'):
                complain(name, 'its zero value must end in _UNSPECIFIED')

        def check_message(message, path, scope):
            name = f'{scope}.{message.name}'
            need_comment(path, name)
            for i, field in enumerate(message.field):
                counted['fields'] += 1
                what = f'{name}.{field.name}'
                need_comment([*path, 2, i], what)
                if re.search(r'(19|20)\d\d|_fy\d', field.name):
                    complain(what, 'has a year in its name')
                if is_options:
                    continue
                need_summary(
                    field.options.Extensions[options_pb2.field_summary_ja],
                    what)
                behavior = field.options.Extensions[options_pb2.behavior]
                if behavior == options_pb2.FIELD_BEHAVIOR_UNSPECIFIED:
                    complain(what, 'states no behavior')
            for i, nested in enumerate(message.nested_type):
                check_message(nested, [*path, 3, i], name)
            for i, enum in enumerate(message.enum_type):
                check_enum(enum, [*path, 4, i], name)

        need_comment([12], 'the file')  # the comment above `syntax`
        for i, message in enumerate(file.message_type):
            check_message(message, [4, i], file.package)
        for i, enum in enumerate(file.enum_type):
            check_enum(enum, [5, i], file.package)
        for i, extension in enumerate(file.extension):
            need_comment([7, i], extension.name)

        for s, service in enumerate(file.service):
            need_comment([6, s], service.name)
            if 'Resource model:' not in comments.get((6, s), ''):
                complain(service.name, 'its comment states no resource model')
            for m, method in enumerate(service.method):
                counted['methods'] += 1
                what = f'{service.name}.{method.name}'
                comment = comments.get((6, s, 2, m), '')
                if not comment:
                    complain(what, 'has no comment')
                if (method.options.Extensions[options_pb2.policy].audience !=
                        options_pb2.AUDIENCE_INTERNAL):
                    need_summary(
                        method.options.Extensions[options_pb2.method_summary_ja],
                        what)
                errors = re.findall(r'^ ?- `[A-Z_]+` \(`[A-Z_`, \n]+`\)',
                                    comment, re.M)
                if 'Errors:' not in comment or not errors:
                    complain(what, 'lists no errors with their reasons')
                policy = method.options.Extensions[options_pb2.policy]
                if policy.audience == options_pb2.AUDIENCE_UNSPECIFIED:
                    complain(what, 'states no access policy')
                if (policy.audience == options_pb2.AUDIENCE_ROLES) != bool(
                        policy.roles):
                    complain(what, 'roles and audience contradict each other')
                for role in set(policy.roles) - ROLES:
                    complain(what, f'its policy names no role: {role}')
                for peer in set(policy.peers) - SERVICES:
                    complain(what, f'its policy names no service: {peer}')
                if (policy.audience == options_pb2.AUDIENCE_INTERNAL and
                        not policy.peers):
                    complain(what, 'is for services alone and names none')
                if (method.options.Extensions[options_pb2.endless] and
                        not method.server_streaming):
                    complain(what, 'is endless, but streams nothing')
                rule = method.options.Extensions[annotations_pb2.http]
                if (policy.audience != options_pb2.AUDIENCE_INTERNAL and
                        not rule.WhichOneof('pattern')):
                    complain(what, 'has no HTTP binding')
                request = by_name[method.input_type]
                response = by_name[method.output_type]
                request_fields = {f.name: f for f in request.field}
                response_fields = {f.name: f for f in response.field}
                if policy.resource_field and (
                        policy.resource_field.split('.')[0]
                        not in request_fields):
                    complain(what, 'its policy names no field of the request')
                audited.append(
                    f'{file.package.split(".")[1]}.{method.name},' +
                    ('change' if policy.mutates else
                     'read' if policy.personal else 'none'))
                if (shows_personal_data(method.output_type) and
                        not policy.mutates and not policy.personal):
                    complain(what, 'shows personal data, but is not audited')
                if policy.mutates and 'request_id' not in request_fields:
                    complain(what, 'writes, but takes no request_id')
                if method.name.startswith('List'):
                    for field in ('page_size', 'page_token'):
                        if field not in request_fields:
                            complain(what, f'lists, but takes no {field}')
                    if 'next_page_token' not in response_fields:
                        complain(what, 'lists, but returns no next_page_token')
                    if not any(f.label == f.LABEL_REPEATED
                               for f in response.field):
                        complain(what, 'lists, but returns nothing repeated')
                if method.name.startswith('Update'):
                    if 'update_mask' not in request_fields:
                        complain(what, 'updates, but takes no update_mask')
                    if 'etag' not in response_fields:
                        complain(what, 'updates what has no etag')

    written = 'method,audited\n' + ''.join(f'{line}\n' for line in sorted(audited))
    if os.environ.get('WELFARE_UPDATE_GOLDEN'):
        with open(audited_methods, 'w', encoding='utf-8') as f:
            f.write(written)
    with open(audited_methods, encoding='utf-8') as f:
        if f.read() != written:
            problems.append(f'{audited_methods}: says otherwise than the policies')

    for problem in problems:
        print(problem)
    print(f'{counted["methods"]} methods, {counted["fields"]} fields, '
          f'{counted["enums"]} enums: {len(problems)} problems')
    # A run that looked at nothing must not pass.
    sys.exit(1 if problems or min(counted.values()) == 0 else 0)


if __name__ == '__main__':
    main()
