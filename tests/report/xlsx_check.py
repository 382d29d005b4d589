#!/usr/bin/python3
"""Reads the workbook of a report as others do, and holds its sheets of data to
the ministry's rules for machine-readable statistics (2020).

Usage: xlsx_check.py REPORT.xlsx REPORT-CSV.zip

The data must say what the CSV of the same report does. Each rule is tried: a
violation is planted in the data, and the rule has to find it.
"""

import csv
import io
import re
import sys
import zipfile

import openpyxl

DATA, COLUMNS, NUMBERS, COVER = "データ", "データ項目", "図の数値", "表紙と目次"
# Columns of the data that hold numbers; every other one holds texts.
NUMERIC = {"調査年度（西暦）", "複数回答", "順番", "数値", "架空データ"}
# What may be empty: a value is a number, or a text, or a symbol says why not.
OPTIONAL = {"単位", "数値", "文字", "記号"}
LINE_ENDS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")
LAYOUT = re.compile(r"^\s|\s$|\s\s|\u3000|\t")
ERAS = re.compile(r"^(明治|大正|昭和|平成|令和)(\d+|元)年度?$")


def records(sheet):
    """The header, and each record as (row number, cells by column)."""
    rows = sheet.iter_rows()
    header = [cell.value for cell in next(rows)]
    return header, [(row[0].row, dict(zip(header, row))) for row in rows]


# --- the rules: each yields what it finds ---

def header_first(sheet):
    header, _ = records(sheet)
    if any(not isinstance(title, str) or not title.strip() for title in header):
        yield "a column has no heading in the first row"
    if len(set(header)) != len(header):
        yield "two columns have one heading"


def nothing_merged(sheet):
    yield from (f"{area} is merged" for area in sheet.merged_cells.ranges)


def numbers_are_numbers(sheet):
    header, rows = records(sheet)
    for number, cells in rows:
        for title in set(header) & NUMERIC:
            cell = cells[title]
            if cell.value is not None and not (
                    cell.data_type == "n" and isinstance(cell.value, (int, float))):
                yield f"{cell.coordinate} is no number: {cell.value!r} of row {number}"
        for title in set(header) - NUMERIC:
            if cells[title].value is not None and not isinstance(cells[title].value, str):
                yield f"{cells[title].coordinate} is no text"


def one_datum_a_cell(sheet):
    header, rows = records(sheet)
    for _, cells in rows:
        for title in header:
            value = cells[title].value
            if isinstance(value, str) and LINE_ENDS.search(value):
                yield f"{cells[title].coordinate} has several lines"
        if "数値" in cells:
            if cells["数値"].value is not None and cells["文字"].value is not None:
                yield f"{cells['数値'].coordinate} stands beside a text"
            if cells["列の符号"].value == "names" and "、" in (cells["文字"].value or ""):
                yield f"{cells['文字'].coordinate} holds several names"


def no_layout_by_blanks(sheet):
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and LAYOUT.search(cell.value):
                yield f"{cell.coordinate} is laid out by blanks: {cell.value!r}"


def nothing_left_out(sheet):
    header, rows = records(sheet)
    for _, cells in rows:
        for title in header:
            if title not in OPTIONAL and cells[title].value is None:
                yield f"{cells[title].coordinate} is empty"
        if "数値" in cells and all(cells[title].value is None for title in ("数値", "文字", "記号")):
            yield f"{cells['数値'].coordinate}: neither a value nor why there is none"


def no_formula(sheet):
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                yield f"{cell.coordinate} is a formula"


def no_object(sheet):
    if sheet._charts or sheet._images:
        yield f"{sheet.title} holds drawings"


def units_said(sheet):
    for _, cells in records(sheet)[1]:
        if "数値" in cells and cells["数値"].value is not None and not cells["単位"].value:
            yield f"{cells['数値'].coordinate} has no unit"


def common_characters(sheet):
    """Characters that every machine shows alike: of JIS X 0208, as CP932 writes
    them, without the rows that makers added."""
    for row in sheet.iter_rows():
        for cell in row:
            for character in cell.value if isinstance(cell.value, str) else "":
                try:
                    lead = character.encode("cp932")[0]
                except UnicodeEncodeError:
                    lead = 0xFA
                if lead == 0x87 or 0xED <= lead <= 0xEE or 0xFA <= lead <= 0xFC:
                    yield f"{cell.coordinate} has {character!r}"


def western_years(sheet):
    for _, cells in records(sheet)[1]:
        year = cells.get("調査年度（西暦）")
        if year is not None and not (isinstance(year.value, int) and 1900 < year.value < 2200):
            yield f"{year.coordinate} is no Western year"
        label = cells.get("行の名称")
        if label is not None and ERAS.match(label.value or "") and \
                not re.search(r"\d{4}", f"{label.value}{cells['行の符号'].value}"):
            yield f"{label.coordinate} has a year of an era alone"


def nothing_hidden(sheet):
    if sheet.sheet_state != "visible":
        yield f"{sheet.title} is hidden"
    for name, sized in (*sheet.row_dimensions.items(), *sheet.column_dimensions.items()):
        if sized.hidden:
            yield f"row or column {name} is hidden"


def set_value(column, value):
    def plant(sheet):
        header = [cell.value for cell in sheet[1]]
        cell = sheet.cell(2, header.index(column) + 1)
        kept = cell.value
        cell.value = value
        return lambda: setattr(cell, "value", kept)
    return plant


def merge_headings(sheet):
    kept = sheet["B1"].value
    sheet.merge_cells("A1:B1")

    def undo():
        sheet.unmerge_cells("A1:B1")
        sheet["B1"].value = kept
    return undo


def unname(sheet):
    kept, sheet["C1"].value = sheet["C1"].value, None
    return lambda: setattr(sheet["C1"], "value", kept)


def draw(sheet):
    sheet._charts.append(object())
    return sheet._charts.pop


def hide(sheet):
    sheet.column_dimensions["B"].hidden = True
    return lambda: setattr(sheet.column_dimensions["B"], "hidden", False)


RULES = {
    header_first: unname,
    nothing_merged: merge_headings,
    numbers_are_numbers: set_value("調査年度（西暦）", "2025"),
    one_datum_a_cell: set_value("表の題", "一つ\n二つ"),
    no_layout_by_blanks: set_value("表の題", "合　計"),
    nothing_left_out: set_value("表の題", None),
    no_formula: set_value("数値", "=1+1"),
    no_object: draw,
    units_said: set_value("単位", None),
    common_characters: set_value("表の題", "①"),
    western_years: set_value("調査年度（西暦）", 7),
    nothing_hidden: hide,
}


def data_as_csv(sheet):
    """{(table, row, column): (number, texts, symbol)} of the sheet of data."""
    found = {}
    for _, cells in records(sheet)[1]:
        value = {title: cell.value for title, cell in cells.items()}
        key = (value["表の符号"], value["行の符号"], value["列の符号"])
        number, texts, symbol = found.get(key, (None, [], None))
        if value["文字"] is not None:
            texts = [*texts, value["文字"]]
        found[key] = (value["数値"] if number is None else number, texts, value["記号"] or symbol)
    return found


def plain(text):
    """A text of the CSV as the data hold it."""
    text = re.sub("[①-⑳]", lambda sign: f"({ord(sign.group()) - ord('①') + 1})", text)
    text = re.sub("[Ⅰ-Ⅹ]", lambda sign: "I II III IV V VI VII VIII IX X".split()[ord(sign.group()) - ord("Ⅰ")], text)
    return re.sub(r"\s+", " ", text.replace("\u3000", " ")).strip()


def compare(sheet, archive):
    """What the data and the CSV of the report say differently."""
    found = data_as_csv(sheet)
    seen = 0
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            if name.endswith("dictionary.csv") or "/" in name or not name.endswith(".csv"):
                continue
            rows = list(csv.reader(io.StringIO(files.read(name).decode("utf-8-sig"))))
            header = rows[0]
            begin = 4 if "previous_synthetic" in header else 3
            for row in rows[1:]:
                symbols = dict(one.split("=") for one in row[-1].split())
                for column, value in list(zip(header, row))[begin + 2:-1]:
                    key = (row[0], row[begin], column)
                    seen += 1
                    if key not in found:
                        yield f"{key} is missing"
                        continue
                    number, texts, symbol = found[key]
                    is_number = re.fullmatch(r"-?\d+(\.\d+)?", value) and not texts
                    same = (number == float(value) if is_number
                            else value == "" and number is None and not texts
                            or "、".join(texts) == plain(value.lstrip("'")))
                    if not same:
                        yield f"{key}: {value!r} in CSV, {number!r} {texts!r} in the workbook"
                    if symbols.get(column) != symbol:
                        yield f"{key}: symbol {symbols.get(column)} in CSV, {symbol} in the workbook"
    if seen != len(found):
        yield f"{seen} values in CSV, {len(found)} in the workbook"


# --- the sheets that people read ---

PIXELS_OF_INCH, EMU_OF_PIXEL = 96, 9525
A4 = (11.69, 8.27)  # inches, landscape
USUAL_ROW, USUAL_COLUMN = 20, 64  # pixels


def tops_of(sheet):
    """Where each row begins, in pixels, and one behind the last."""
    tops = [0]
    for row in range(1, 1100):
        height = sheet.row_dimensions[row].height if row in sheet.row_dimensions else None
        tops.append(tops[-1] + (USUAL_ROW if height is None else round(height * PIXELS_OF_INCH / 72)))
    return tops


def width_of(sheet, right):
    """How wide the columns before `right` are, in pixels."""
    wide = {}
    for dimension in sheet.column_dimensions.values():
        for column in range(dimension.min, dimension.max + 1):
            wide[column] = int(dimension.width * 7 + 0.5)
    return sum(wide.get(column, USUAL_COLUMN) for column in range(1, right + 1))


def paper(sheet):
    """Printed on paper of its width no chart is cut, by a break or by the end of the paper."""
    tops, margins = tops_of(sheet), sheet.page_margins
    places = []
    for chart in sheet._charts:
        start, end = chart.anchor._from, chart.anchor.to
        top, bottom = (tops[at.row] + at.rowOff / EMU_OF_PIXEL for at in (start, end))
        places.append((top, bottom, width_of(sheet, end.col) + end.colOff / EMU_OF_PIXEL))
    wide = max([width_of(sheet, sheet.max_column)] + [right for _, _, right in places])
    if not (sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0):
        yield f"{sheet.title} does not fit the width of its paper"
    scale = min(1, (A4[0] - margins.left - margins.right) * PIXELS_OF_INCH / wide)
    room = (A4[1] - margins.top - margins.bottom) * PIXELS_OF_INCH / scale
    begins = [0] + [tops[one.id] for one in sheet.row_breaks.brk]
    for top, bottom, _ in places:
        begin = max(one for one in begins if one <= top)
        if any(top < one < bottom for one in begins) or bottom - begin > room:
            yield f"{sheet.title}: the chart from {top:.0f} to {bottom:.0f} is cut, paper begins at {begin}"


def width_of_text(text):
    return sum(1 if ord(sign) < 0x2000 else 2 for sign in text)


def labels(text):
    """Labels of the columns of a chart overlap nowhere."""
    if '<c:barDir val="col"/>' not in text:
        return
    series = re.findall(r"<c:ser>.*?</c:ser>", text, re.S)
    first, last = map(int, re.search(r"<c:cat>.*?\$(\d+):\$[A-Z]+\$(\d+)</c:f>", series[0], re.S).groups())
    pitch = 500 / ((last - first + 1) * (len(series) + 0.6))
    for one in series:
        for label in re.findall(r"<c:dLbl>.*?</c:dLbl>", one, re.S):
            words = "".join(re.findall(r"<a:t>([^<]*)</a:t>", label))
            if width_of_text(words) * 6.5 > pitch and len(series) > 1:
                yield f"the label {words} is wider than a column of {pitch:.0f} pixels"


def look(path, book):
    """What the sheets say, how they are printed, and their charts."""
    names = book.sheetnames
    if names[0] != COVER or names[-3:] != [NUMBERS, DATA, COLUMNS]:
        yield f"sheets {names}"
    pages = names[1:-3]
    if len(pages) < 20:
        yield f"{len(pages)} pages"
    charts = 0
    for name in (COVER, *pages):
        sheet = book[name]
        charts += len(sheet._charts)
        yield from paper(sheet)
        said = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
        if not any(isinstance(value, str) and "架空データ" in value for value in said):
            yield f"{name} is not marked"
        if any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row):
            yield f"{name} holds a formula"
        if "架空データ" not in (sheet.oddHeader.right.text or ""):
            yield f"{name} is printed without its mark"
    if charts < 40:
        yield f"{charts} charts"
    with zipfile.ZipFile(path) as parts:
        for part in parts.namelist():
            text = parts.read(part).decode("utf-8")
            if part.startswith("xl/drawings/drawing"):
                frames, words = text.count("<xdr:graphicFrame"), len(re.findall(r'descr="[^"]+', text))
                if frames != words:
                    yield f"{part}: {frames} charts, {words} described"
            if part.startswith("xl/charts/chart"):
                yield from (f"{part}: {words}" for words in labels(text))
                for reference in re.findall(r"<c:f>([^<]+)</c:f>", text):
                    title, area = reference.rsplit("!", 1)
                    cells = book[title.strip("'")][area.replace("$", "")]
                    if not isinstance(cells, tuple):
                        cells = ((cells,),)
                    if all(cell.value is None for row in cells for cell in row):
                        yield f"{part}: {reference} is empty"


def main(path, archive):
    book = openpyxl.load_workbook(path)
    faults = list(look(path, book))
    for name in (DATA, COLUMNS):
        for rule in RULES:
            faults += [f"{name}: {words}" for words in list(rule(book[name]))[:5]]
    faults += list(compare(book[DATA], archive))[:10]
    for rule, plant in RULES.items():
        undo = plant(book[DATA])
        if not list(rule(book[DATA])):
            faults.append(f"{rule.__name__} overlooks what was planted")
        undo()
    for name in book.sheetnames[1:-3]:
        book[name].row_breaks.brk = []
    if not any(list(paper(book[name])) for name in book.sheetnames[1:-3]):
        faults.append("paper overlooks that breaks are missing")
    print("\n".join(faults) or f"{path}: {len(book.sheetnames)} sheets, nothing found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
