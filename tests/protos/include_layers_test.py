#!/usr/bin/python3
"""The layer test refuses what it should: a small house, broken in one place."""
import os
import subprocess
import sys
import tempfile
import unittest

CHECKER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       'include_layers.py')
LADDER = ('services/base', 'services/text', 'services/importing',
          'services/access', 'services/registry', 'services/survey', 'services/indicator',
          'services/report', 'services/platform', 'gateway',
          'tools/welfarectl')


def house():
    """Every module with two rooms, `low/` below `high/`."""
    files = {}
    for module in LADDER:
        name = module.split('/')[-1]
        files[f'{module}/README.md'] = (
            '## Rooms\n\n| room | what |\n|---|---|\n'
            '| `low/` | l |\n| `high/` | h |\n\n## Decisions\n')
        files[f'{module}/CMakeLists.txt'] = (
            f'welfare_add_library(NAME {name}_core\n  SOURCES low/low.cc\n'
            ')\n')
        files[f'{module}/low/low.cc'] = '#include "services/base/low/low.h"\n'
        files[f'{module}/high/high.cc'] = f'#include "{module}/low/low.h"\n'
    return files


class IncludeLayers(unittest.TestCase):

    def check(self, change=None, remove=()):
        files = {**house(), **(change or {})}
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                if path in remove:
                    continue
                full = os.path.join(folder, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, 'w', encoding='utf-8') as f:
                    f.write(text)
            done = subprocess.run([sys.executable, CHECKER, folder],
                                  capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def refuses(self, why, change=None, remove=()):
        code, said = self.check(change, remove)
        self.assertNotEqual(code, 0, said)
        self.assertIn(why, said)
        # One cause, one problem.
        self.assertLessEqual(said.count('\n'), 2, said)

    def test_takes_a_house_in_order(self):
        code, said = self.check()
        self.assertEqual(code, 0, said)

    def test_an_arrow_up(self):
        self.refuses('`high/` stands above `low/`', {
            'services/survey/low/low.cc':
                '#include "services/survey/high/high.h"\n'})

    def test_a_room_that_no_row_names(self):
        self.refuses('no row for `cellar/`',
                     {'services/report/cellar/wine.cc': ''})

    def test_a_unit_of_the_folder_itself_that_no_row_names(self):
        self.refuses('no row for `main`', {'gateway/main.cc': ''})

    def test_a_row_without_a_room(self):
        self.refuses('`high/` is not there',
                     remove=('services/report/high/high.cc',))

    def test_a_module_without_a_table(self):
        self.refuses('services/registry/README.md: no table of rooms',
                     {'services/registry/README.md': 'Rooms: none.\n'})

    def test_a_core_without_files(self):
        self.refuses('registry_core has no files',
                     {'services/registry/CMakeLists.txt':
                          'welfare_add_library(NAME registry)\n'})

    def test_a_drawer(self):
        units = {f'services/survey/high/u{i}.cc': '' for i in range(13)}
        self.refuses('services/survey/high/: 14 units', units)

    def test_a_drawer_with_a_reason(self):
        units = {f'services/survey/high/u{i}.cc': '' for i in range(13)}
        units['services/survey/README.md'] = (
            house()['services/survey/README.md'] +
            'Over a dozen: `high/` because each is one question.\n')
        code, said = self.check(units)
        self.assertEqual(code, 0, said)

    def test_a_reason_that_nothing_needs(self):
        self.refuses('`high/` needs no excuse', {
            'services/survey/README.md':
                house()['services/survey/README.md'] +
                'Over a dozen: `high/` because it was once.\n'})

    def test_a_long_file(self):
        self.refuses('gateway/high/high.cc: 601 lines',
                     {'gateway/high/high.cc': '\n' * 601})

    def test_a_long_test(self):
        self.refuses('tests/a_test.cc: 601 lines',
                     {'tests/a_test.cc': '\n' * 601})

    def test_a_core_that_touches_the_world(self):
        self.refuses('a pure library knows no gRPC', {
            'services/indicator/low/low.cc': '#include <grpcpp/grpcpp.h>\n'})

    def test_a_second_reader_of_yaml(self):
        self.refuses('YAML is read by services/yaml', {
            'services/report/high/high.cc': '#include <yaml-cpp/yaml.h>\n'})

    def test_a_second_reader_of_tokens(self):
        self.refuses('a pure library knows no JSON', {
            'services/access/high/high.cc': '#include <simdjson.h>\n'})

    def test_an_access_that_includes_the_platform(self):
        self.refuses('access includes base, vocabulary and access only', {
            'services/access/metadata/m.cc':
                '#include "services/platform/low/low.h"\n',
            'services/access/README.md':
                house()['services/access/README.md'].replace(
                    '| `high/`', '| `metadata/` | m |\n| `high/`')})

    def test_a_service_that_includes_another(self):
        self.refuses("a service does not include another's code", {
            'services/report/high/high.cc':
                '#include "services/survey/low/low.h"\n'})


if __name__ == '__main__':
    unittest.main()
