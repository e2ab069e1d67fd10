"""Writing rosters: the empty one for somebody to fill in, and full ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine.errors import CampaignError
from engine.exchange.cells import attributes_of, text_complaint, text_of
from engine.exchange.files import creating, replacing
from engine.exchange.grid import column_letters
from engine.exchange.headings import POSTS, SHAPES, UNITS, Column, SheetShape
from engine.exchange.tables import column_width, display_width, put_text, workbook_at
from engine.org.model import Roster, Tenure, Unit
from engine.sentences import Lang

_LAST_ROW = 1_048_575
_LIST_COLUMN = 10  # K on the sheet of notes, out of the way of the text
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # Excel believes in 29 February 1900; from the day after on, all agree


class UnwritableRoster(CampaignError):
    """“{text}”无法原样写进名册（{field}）：去掉首尾空格、换行和控制字符，属性名中不要有等号和分号，并且不要太长。

    "{text}" cannot be written into a roster as it is ({field}): no blanks around it, no line breaks or control characters, no equals
    signs or semicolons in attributes, and not too long.
    """


class NoWorkbook(CampaignError):
    """花名册只能写成 .xlsx 文件，{file} 不是。请把文件名的结尾改成 .xlsx。

    A roster is written as .xlsx only, and {file} is not. Let the file name end in .xlsx.
    """

    exit_code = 2


def write_roster_template(path: Path, lang: Lang, levels: Sequence[str] = (), posts: Sequence[str] = ()) -> None:
    """An empty roster (.xlsx) to fill in: both sheets with headings, and a third one with notes and examples.

    levels, posts: offered as drop-down lists where given. Codes and telephones are formatted as text.
    Raises FileExists, CannotWrite, NoRoom, NoWorkbook.
    """
    _check_suffix(path)
    with creating(path) as temporary, workbook_at(temporary, path) as workbook:
        styles = _styles(workbook)
        sheets = {shape.table: _sheet(workbook, shape, lang, styles) for shape in SHAPES}
        notes = workbook.add_worksheet(_NOTES_NAME[lang])
        _write_notes(notes, lang, levels, posts, styles["bold"])
        _offer(sheets["units"], UNITS, "level", len(levels), _LIST_COLUMN, lang)
        _offer(sheets["posts"], POSTS, "post", len(posts), _LIST_COLUMN + 1, lang)


def write_roster(path: Path, roster: Roster, lang: Lang) -> None:
    """Write a whole roster as .xlsx, so that `read_roster` gives it back exactly; an existing file is replaced, mode 0600.

    Raises UnwritableRoster for texts that would come back changed, CannotWrite, NoRoom, NoWorkbook.
    """
    _check_suffix(path)
    with replacing(path) as temporary, workbook_at(temporary, path) as workbook:
        styles = _styles(workbook)
        _fill(_sheet(workbook, UNITS, lang, styles), UNITS, [_unit_cells(unit) for unit in roster.units], styles)
        _fill(_sheet(workbook, POSTS, lang, styles), POSTS, [_tenure_cells(tenure) for tenure in roster.tenures], styles)


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise NoWorkbook(file=str(path))


def _styles(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    return {
        "bold": workbook.add_format({"bold": True}),
        "text": workbook.add_format({"num_format": "@"}),
        "attributes": workbook.add_format({"num_format": "@"}),
        "day": workbook.add_format({"num_format": "yyyy-mm-dd"}),
    }


def _sheet(workbook: xlsxwriter.Workbook, shape: SheetShape, lang: Lang, styles: Mapping[str, Format]) -> Worksheet:
    sheet: Worksheet = workbook.add_worksheet(shape.name(lang))
    for place, column in enumerate(shape.columns):
        sheet.set_column(place, place, column.width, styles[column.content])
        put_text(sheet, 0, place, column.heading(lang), styles["bold"])
    sheet.freeze_panes(1, 0)
    return sheet


def _fill(sheet: Worksheet, shape: SheetShape, rows: Sequence[Mapping[str, str | date | None]], styles: Mapping[str, Format]) -> None:
    for number, cells in enumerate(rows, 1):
        for place, column in enumerate(shape.columns):
            _put(sheet, number, place, column, cells[column.field], styles[column.content])


def _put(sheet: Worksheet, row: int, place: int, column: Column, value: str | date | None, style: Format) -> None:
    if isinstance(value, date) and value >= _FIRST_EXCEL_DAY:
        sheet.write_datetime(row, place, datetime.combine(value, time()), style)
    elif value is not None:
        put_text(sheet, row, place, value if isinstance(value, str) else value.isoformat(), style)


def _unit_cells(unit: Unit) -> dict[str, str | date | None]:
    texts = {"code": unit.code, "name": unit.name, "level": unit.level, "kind": unit.kind, "superior": unit.superior or ""}
    attributes = "; ".join(f"{key}={value}" for key, value in unit.attributes.items())
    if attributes_of(attributes) != dict(unit.attributes):
        raise UnwritableRoster(text=attributes, field="attributes")
    return {**_checked(texts), "attributes": attributes, "since": unit.since, "until": unit.until}


def _tenure_cells(tenure: Tenure) -> dict[str, str | date | None]:
    person = tenure.person
    texts = {
        "unit": tenure.unit,
        "post": tenure.post,
        "person": person.name,
        "email": person.email,
        "telephone": person.telephone,
        "channels": person.channels,
    }
    return {**_checked(texts), "since": tenure.since, "until": tenure.until}


def _checked(texts: Mapping[str, str]) -> Mapping[str, str]:
    for field, text in texts.items():
        if text_of(text) != text or text_complaint(text):
            raise UnwritableRoster(text=text, field=field)
    return texts


_NOTES_NAME: dict[Lang, str] = {"zh": "说明", "en": "notes"}
_NOTES: dict[Lang, tuple[str, ...]] = {
    "zh": (
        "怎样填写",
        "“单位”表每个单位一行：代码、名称、级别必填；上级填上级单位的代码，最上面的单位不填。",
        "“任职”表每人每岗一行：单位填代码；岗位空缺时不写；地址用来发送通知，也用来认人。",
        "渠道通常不填；要用别的渠道告知的，按先后写，如“钉钉=13800001111、邮件”；写“默认”恢复。",
        "起始和截止都含当日，写成 2010-05-11 或 2010年5月11日；不填表示没有限定。",
        "属性写成“名称=值; 名称=值”。代码按文本填写，007 与 7 不同。不要使用公式。",
        "",
        "示例（单位）",
    ),
    "en": (
        "How to fill this in",
        "Sheet units, one row a unit: code, name and level are needed; superior is the code of the unit above, blank at the very top.",
        "Sheet posts, one row a person and post: unit is a code; leave vacant posts out; the address gets the mail and tells people apart.",
        "Channels may stay blank; else in order of preference, as in: dingtalk=13800001111, smtp. Write default to go back.",
        "From and until are inclusive: 2010-05-11 or 2010/5/11; blank means no limit.",
        "Attributes are key=value; key=value. Codes are text: 007 is not 7. Do not use formulas.",
        "",
        "Example (units)",
    ),
}
_EXAMPLES: dict[Lang, tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...], str]] = {
    "zh": (
        (("01", "示例学院", "学院", "教学", "", "2010-05-11", "", "电话=5551234"), ("0101", "示例教研室", "教研室", "", "01", "", "", "")),
        (("01", "联系人", "张三", "zhang@example.org", "5551234", "", "2010-05-11", ""),),
        "示例（任职）",
    ),
    "en": (
        (
            ("01", "Sample School", "school", "teaching", "", "2010-05-11", "", "phone=5551234"),
            ("0101", "Sample Team", "team", "", "01", "", "", ""),
        ),
        (("01", "contact", "Jo Sample", "jo@example.org", "5551234", "", "2010-05-11", ""),),
        "Example (posts)",
    ),
}


def _write_notes(sheet: Worksheet, lang: Lang, levels: Sequence[str], posts: Sequence[str], bold: Format) -> None:
    units, tenures, posts_title = _EXAMPLES[lang]
    lines: list[tuple[str, ...]] = [(line,) for line in _NOTES[lang]]
    lines += [tuple(column.heading(lang) for column in UNITS.columns), *units, (), (posts_title,)]
    lines += [tuple(column.heading(lang) for column in POSTS.columns), *tenures]
    lists = {_LIST_COLUMN: (UNITS.column("level"), levels), _LIST_COLUMN + 1: (POSTS.column("post"), posts)}
    offered = {place: (column.heading(lang), *values) for place, (column, values) in lists.items() if column and values}
    titles = {0, len(_NOTES[lang]) - 1, len(_NOTES[lang]) + len(units) + 2}
    for row in range(max(len(lines), *(len(values) for values in offered.values()), 0)):
        for place, text in enumerate(lines[row] if row < len(lines) else ()):
            put_text(sheet, row, place, text, bold if row in titles else None)
        for place, values in offered.items():
            put_text(sheet, row, place, values[row] if row < len(values) else "", bold if row == 0 else None)
    sheet.set_column(0, len(UNITS.columns) - 1, 16)
    for place, values in offered.items():
        sheet.set_column(place, place, column_width(max(map(display_width, values))))


def _offer(sheet: Worksheet, shape: SheetShape, field: str, count: int, list_column: int, lang: Lang) -> None:
    """A drop-down list on a column, taken from the sheet of notes: a list within the rule itself may have 255 characters only."""
    if not count:
        return
    place = next(place for place, column in enumerate(shape.columns) if column.field == field)
    letter = column_letters(list_column + 1)
    source = f"='{_NOTES_NAME[lang]}'!${letter}$2:${letter}${count + 1}"
    sheet.data_validation(1, place, _LAST_ROW, place, {"validate": "list", "source": source})
