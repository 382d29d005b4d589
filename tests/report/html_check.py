#!/usr/bin/python3
"""Checks a rendered report strictly.

Usage: html_check.py FILE...

Every element is closed in order; ids are unique; every internal link, label
and aria reference has its target; headings do not skip a level; every table
has a caption and only scoped headers; every chart has a title, a description
and a table in the same figure; nothing is fetched and nothing runs.
"""
import html.parser
import sys

VOID = {'meta', 'br', 'hr', 'rect', 'line', 'circle', 'path'}
SVG_VOID = {'rect', 'line', 'circle', 'path'}
FORBIDDEN = {'script', 'link', 'img', 'iframe', 'object', 'embed', 'form'}


class Checker(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__(convert_charrefs=True)
        self.name, self.problems = name, []
        self.stack, self.ids, self.references = [], {}, []
        self.level = 0
        self.figure = None
        self.table = None
        self.counts = {'figure': 0, 'table': 0, 'svg': 0, 'section': 0}

    def problem(self, what):
        self.problems.append(f'{self.name}:{self.getpos()[0]}: {what}')

    def handle_startendtag(self, tag, attrs):
        if tag not in SVG_VOID:
            self.problem(f'<{tag}/> closes itself')
        self.attributes(tag, dict(attrs))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.attributes(tag, attrs)
        if tag in FORBIDDEN:
            self.problem(f'<{tag}> must not be in a report')
        if tag in self.counts:
            self.counts[tag] += 1
        if tag in ('h1', 'h2', 'h3'):
            level = int(tag[1])
            if level > self.level + 1:
                self.problem(f'<{tag}> after <h{self.level}>')
            self.level = level
        if tag == 'figure':
            self.figure = {'svg': 0, 'table': 0, 'figcaption': 0}
        if self.figure is not None and tag in self.figure:
            self.figure[tag] += 1
        if tag == 'table':
            self.table = {'caption': 0, 'columns': 0}
        if self.table is not None:
            if tag == 'caption':
                self.table['caption'] += 1
            if tag == 'th' and attrs.get('scope') not in ('row', 'col', 'colgroup'):
                self.problem('<th> without scope')
        if tag == 'svg' and (attrs.get('role') != 'img' or
                             not attrs.get('aria-labelledby')):
            self.problem('<svg> without role or label')
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.problem(f'</{tag}> inside <{self.stack[-1:]}>')
            return
        self.stack.pop()
        if tag == 'figure':
            if self.figure['figcaption'] != 1 or self.figure['table'] != 1:
                self.problem('a figure without its caption and table')
            self.figure = None
        if tag == 'table':
            if self.table['caption'] != 1:
                self.problem('a table without a caption')
            self.table = None

    def attributes(self, tag, attrs):
        for name, value in attrs.items():
            if name == 'id':
                if value in self.ids:
                    self.problem(f'id {value} stands twice')
                self.ids[value] = True
            elif name == 'href':
                if not value.startswith('#'):
                    self.problem(f'link to the outside: {value}')
                self.references.append(value[1:])
            elif name == 'aria-labelledby':
                self.references.extend(value.split())
            elif name == 'src' or name.startswith('on'):
                self.problem(f'{name} must not be in a report')

    def finish(self):
        self.close()
        if self.stack:
            self.problem(f'not closed: {self.stack}')
        for reference in self.references:
            if reference not in self.ids:
                self.problem(f'nothing has the id {reference}')
        return self.problems


def main():
    problems = []
    for name in sys.argv[1:]:
        with open(name, encoding='utf-8') as f:
            checker = Checker(name)
            checker.feed(f.read())
            problems += checker.finish()
        print(name, checker.counts)
    print('\n'.join(problems))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
