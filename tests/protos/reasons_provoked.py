#!/usr/bin/python3
"""Finds reasons that no test provokes.

Usage: reasons_provoked.py SOURCE_DIR

Reads the tables of failures and violations (error_table.h) and looks for each
of their reasons in a string of a test of the same module, or of a test of the
whole product. Where a module makes each failure once, to look at its words
(errors_test.cc), none of them is provoked.
"""
import os
import re
import sys

# Each with the tests that may provoke its failures, besides those of the whole.
TABLES = {
    'gateway/error_table.h': (),  # its tests are among the whole's
    'tools/welfarectl/error_table.h': (),
    'services/base/error_table.h': ('tests/base', 'tests/platform'),
    'services/platform/error_table.h': ('tests/platform',),
    'services/registry/error_table.h': ('tests/registry',),
    'services/survey/error_table.h': ('tests/survey',),
    'services/survey/codebook/problem_table.h': ('tests/survey',),
    'services/survey/mapping/mapping_faults.h': ('tests/survey',),
    'services/indicator/error_table.h': ('tests/indicator',),
    'services/report/error_table.h': ('tests/report',),
    'services/report/template/template_faults.h': ('tests/report/files', 'tests/report/template',
                                                   'tests/report/model'),
    'services/yaml/error_table.h': ('tests/yaml',),
    'services/access/error_table.h': ('tests/access',),
    'services/importing/error_table.h': ('tests/importing', 'tests/registry',
                                         'tests/survey'),
}
WHOLE = ('tests/system', 'tests/welfarectl', 'tests/gateway')
NOT_PROVOKED = ('errors_test.cc',)

ROWS = re.compile(r'constexpr (?:base::)?(?:Error|Violation)Row (\w+)\[\] = \{(.*?)'
                  r'^\};', re.S | re.M)
# Comments match too, so that what they quote is no string.
STRINGS = {
    '.cc': re.compile(r'//[^\n]*|/\*.*?\*/|"((?:\\.|[^"\\\n])*)"', re.S),
    '.h': re.compile(r'//[^\n]*|/\*.*?\*/|"((?:\\.|[^"\\\n])*)"', re.S),
    '.py': re.compile(r'#[^\n]*|"((?:\\.|[^"\\\n])*)"|'
                      r"'((?:\\.|[^'\\\n])*)'"),
}


def reasons_of(text):
    """The reasons in the tables of a header; those of preconditions are types,
    and those of problems pick a sentence for another reason."""
    found = []
    for name, rows in ROWS.findall(text):
        if 'Precondition' not in name and name != 'kProblemTable':
            found += re.findall(r'^    \{"([A-Z0-9_]+)",', rows, re.M)
    return found


def words_of(source, folders):
    """Every word in a string of the tests in `folders`."""
    words = set()
    for top in folders:
        for folder, _, names in os.walk(os.path.join(source, top)):
            for name in names:
                strings = STRINGS.get(os.path.splitext(name)[1])
                if strings is None or name in NOT_PROVOKED:
                    continue
                with open(os.path.join(folder, name), encoding='utf-8') as f:
                    for match in strings.finditer(f.read()):
                        for text in match.groups():
                            words.update(re.findall(r'\w+', text or ''))
    return words


def main():
    source = sys.argv[1]
    missing, count = [], 0
    for table, folders in TABLES.items():
        with open(os.path.join(source, table), encoding='utf-8') as f:
            reasons = reasons_of(f.read())
        if not reasons:
            missing.append(f'{table}: no reasons')
        count += len(reasons)
        words = words_of(source, folders + WHOLE)
        missing += [f'{table}: {reason} is provoked by no test'
                    for reason in reasons if reason not in words]
    for problem in missing:
        print(problem)
    print(f'{count} reasons: {len(missing)} problems')
    sys.exit(1 if missing else 0)


if __name__ == '__main__':
    main()
