"""From the value of a cell to what a roster means by it: a text, a day, a set of attributes."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from engine.exchange.grid import CellValue, Complaint, trimmed
from engine.sentences import Sentence
from engine.unseen import has_unseen, marked

MAX_TEXT = 200
MAX_ATTRIBUTES = 32_000

_EXACT_NUMBERS = 10**15
_DAY = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号])")


def text_of(value: CellValue) -> str:
    """The text that the cell shows, as far as that can be known: 7.0 is `7`, a date is `2010-05-11`."""
    value = trimmed(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime) and _is_midnight(value):
        return value.date().isoformat()
    return str(value)


def text_complaint(value: CellValue, limit: int = MAX_TEXT) -> Complaint | None:
    """What forbids the cell's value as a text; None when nothing does."""
    if isinstance(value, str):
        return _letters_complaint(str(trimmed(value)), limit)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _TOO_MANY_DIGITS if not abs(value) < _EXACT_NUMBERS else None
    return Complaint(
        code="became-a-date",
        message=Sentence(
            "Excel 把这里的内容变成了日期或时间：{value}。",
            "Excel has turned this into a date or time: {value}.",
            {"value": text_of(value)},
        ),
        hint=_AS_TEXT,
    )


def day_of(value: CellValue) -> date | Complaint | None:
    """The day in the cell: a date of Excel's, `2010-05-11`, `2010/5/11`, `2010.5.11` or `2010年5月11日`; None when it is blank."""
    value = trimmed(value)
    if value == "":
        return None
    if isinstance(value, datetime):
        return value.date() if _is_midnight(value) else _bad_day(str(value))
    if isinstance(value, date):
        return value
    return _day_in(value) if isinstance(value, str) else _bad_day(text_of(value))


def attributes_of(text: str) -> dict[str, str] | Complaint:
    """The attributes in `key=value; key=value`; full-width ＝ and ；, and line breaks, separate just as well."""
    parts = re.split(r"[;；\r\n]", text)
    complaint = _letters_complaint("".join(parts), MAX_ATTRIBUTES)
    if complaint:
        return complaint
    found: dict[str, str] = {}
    for part in parts:
        if not trimmed(part):
            continue
        key, separator, value = _halves(part)
        if not separator or not key:
            return _not_an_attribute(part.strip())
        if key in found:
            return _attribute_twice(key)
        found[key] = value
    return found


def _halves(part: str) -> tuple[str, str, str]:
    found = re.search(r"[=＝]", part)
    if not found:
        return part, "", ""
    return str(trimmed(part[: found.start()])), found.group(), str(trimmed(part[found.end() :]))


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _EXACT_NUMBERS:
        return str(int(value))
    return format(value, ".15g")


def _is_midnight(value: datetime) -> bool:
    return (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)


def _letters_complaint(text: str, limit: int) -> Complaint | None:
    if len(text) > limit:
        return Complaint(
            code="too-long",
            message=Sentence(
                "内容有 {count} 个字符，最多 {limit} 个。",
                "This has {count} characters; {limit} are allowed.",
                {"count": len(text), "limit": limit},
            ),
            hint=Sentence("请缩短。", "Shorten it."),
        )
    if has_unseen(text):
        return Complaint(
            code="control-character",
            message=Sentence(
                "“{value}”中有换行或不可见的控制字符。",
                '"{value}" holds a line break or an invisible control character.',
                {"value": marked(text)},
            ),
            hint=Sentence("请删去这个单元格的内容，重新输入成一行。", "Clear the cell and type it again on one line."),
        )
    return None


def _day_in(text: str) -> date | Complaint:
    found = _DAY.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if not found:
        return _bad_day(text)
    year, month, day = (int(part) for part in found.groups() if part is not None and part.isdigit())
    try:
        return date(year, month, day)
    except ValueError:
        return _bad_day(text)


def _bad_day(value: str) -> Complaint:
    return Complaint(
        code="bad-date",
        message=Sentence("“{value}”不是日期。", '"{value}" is not a date.', {"value": marked(value[:MAX_TEXT])}),
        hint=Sentence(
            "请写成 2010-05-11、2010/5/11 或 2010年5月11日，不带时间，并确认这一天存在。",
            "Write 2010-05-11, 2010/5/11 or 2010年5月11日, without a time of day, and make sure there is such a day.",
        ),
    )


def _not_an_attribute(part: str) -> Complaint:
    return Complaint(
        code="bad-attribute",
        message=Sentence("“{part}”不是“名称=值”的形式。", '"{part}" is not of the form key=value.', {"part": marked(part[:MAX_TEXT])}),
        hint=Sentence("请写成“名称=值; 名称=值”。", "Write key=value; key=value."),
    )


def _attribute_twice(key: str) -> Complaint:
    return Complaint(
        code="attribute-twice",
        message=Sentence("属性“{key}”写了两遍。", 'The attribute "{key}" is given twice.', {"key": marked(key[:MAX_TEXT])}),
        hint=Sentence("请只保留一个。", "Keep one of them."),
    )


_AS_TEXT = Sentence("请把这一列的单元格格式设为“文本”，再重新输入。", "Format the column as text, then type it again.")
_TOO_MANY_DIGITS = Complaint(
    code="too-many-digits",
    message=Sentence(
        "这个数字超过 15 位，Excel 已经丢掉了后面的数字。", "This number has more than 15 digits; Excel has already lost the last ones."
    ),
    hint=_AS_TEXT,
)
