#!/usr/bin/python3
"""Checks a rendered report strictly.

Usage: html_check.py FILE...

Every element is closed in order; ids are unique; every internal link, label
and aria reference has its target; headings do not skip a level; every table
has a caption and only scoped headers; every chart has a title, a description
and a table in the same figure; what is quoted names whom it is from; nothing is fetched and nothing runs; text stands out
from its ground by day and by night and is no smaller than 14 pixels.
"""
import html.parser
import re
import sys

VOID = {'meta', 'br', 'hr', 'rect', 'line', 'circle', 'path'}
SVG_VOID = {'rect', 'line', 'circle', 'path'}
FORBIDDEN = {'script', 'link', 'img', 'iframe', 'object', 'embed', 'form'}


def contrast(one, other):
    """The contrast of two colours as WCAG computes it, 1 to 21."""
    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else ''.join(2 * digit for digit in colour[1:])
        parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Checker(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__(convert_charrefs=True)
        self.name, self.problems = name, []
        self.stack, self.ids, self.references = [], {}, []
        self.level = 0
        self.figure = None
        self.table = None
        self.counts = {'figure': 0, 'table': 0, 'svg': 0, 'section': 0, 'blockquote': 0}

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
            self.figure = {'svg': 0, 'table': 0, 'figcaption': 0, 'blockquote': 0, 'cite': 0}
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
            quotes = self.figure['blockquote']
            if self.figure['figcaption'] != 1 or self.figure['table'] != (0 if quotes else 1):
                self.problem('a figure without its caption and table')
            if self.figure['cite'] != quotes:
                self.problem('a quotation without its respondent')
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

    def colours(self, css):
        """Text of every kind stands out from its ground, by day and by night."""
        found = [dict(re.findall(r'--([\w-]+):(#[0-9a-f]{3,6})', block))
                 for block in re.findall(r':root\{([^}]*)\}', css)]
        if len(found) != 2:
            self.problem(f'{len(found)} sets of colours, not one for day and one for night')
            return
        for colours in found:
            for text, ground in (('ink', 'page'), ('faint', 'page'), ('accent', 'page'), ('warn', 'page'),
                                 ('ink', 'wash'), ('faint', 'wash'), ('accent', 'wash'),
                                 ('banner-ink', 'banner')):
                if contrast(colours[text], colours[ground]) < 4.5:
                    self.problem(f'{text} on {ground}: {contrast(colours[text], colours[ground]):.1f}')
        screen = css.split('@media print')[0]
        for size in re.findall(r'font-size:([\d.]+)px', screen):
            if float(size) < 14:
                self.problem(f'type of {size} pixels on a screen')

    def handle_data(self, data):
        if self.stack and self.stack[-1] == 'style':
            self.colours(data)

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
