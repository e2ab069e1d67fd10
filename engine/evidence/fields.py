"""From the texts that somebody enters to typed values, and a judgement on each field. Pure: names are looked up by `Naming`.

A value is kept as plain JSON: a number as its exact decimal text, a day as 2031-09-01, a time as 2031-09-01 09:30 in the campaign's zone,
a span as 3d, yes and no as a truth value, a person or unit by its number. A file is kept beside the values, not among them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Protocol

from engine.days import read_day, read_moment
from engine.definition.model import Field, Item
from engine.errors import CampaignError
from engine.names import nearest
from engine.ranges import Range, parse_range
from engine.sentences import Sentence, Verdict, enumerated, plain
from engine.timing.spans import parse_span
from engine.unseen import has_unseen, marked

Value = str | int | bool
Values = Mapping[str, tuple[Value, ...]]
LONGEST = 20_000
MOST_VALUES = 1_000
_YES_NO = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,10})?%?")
_SHOWN = 60


class Naming(Protocol):
    """Who is meant by a name: the number of the person or unit, or the sentence that says why none is."""

    def person(self, text: str) -> int | Sentence: ...

    def unit(self, text: str) -> int | Sentence: ...


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was entered in one field: its texts, and where (`台账!B3`; '' where it has no place but the field)."""

    texts: tuple[str, ...] = ()
    place: str = ""


_NOTHING = Entry()


@dataclass(frozen=True, kw_only=True)
class Entered:
    """The typed values by field, and a verdict on whatever is wrong."""

    values: Values
    verdicts: tuple[Verdict, ...]


def read_values(fields: Sequence[Field], given: Mapping[str, Entry], naming: Naming, now: datetime, *, place: str = "") -> Entered:
    """Every field read and judged.

    now: the local instant of handing in; a day that should have been lies not after it.  place: where what is missing should stand.
    """
    values: dict[str, tuple[Value, ...]] = {}
    verdicts: list[Verdict] = []
    for field in fields:
        if field.type == "file":
            continue
        entry = given.get(field.name, _NOTHING)
        read = [_read(field, text, naming, now) for text in entry.texts[:MOST_VALUES]]
        wrong = [one for one in read if isinstance(one, Sentence)]
        good = tuple(one for one in read if not isinstance(one, Sentence))
        verdicts += [_wrong(field, one, entry.place or place) for one in wrong]
        verdicts += [] if wrong else _judge(field, good, entry.place or place)
        if good:
            values[field.name] = good
    return Entered(values=values, verdicts=tuple(verdicts))


def _read(field: Field, text: str, naming: Naming, now: datetime) -> Value | Sentence:
    """One value, or what is wrong with it."""
    text = text.strip()
    if len(text) > LONGEST:
        return Sentence("有 {n} 个字，最多 {most} 个", "it has {n} characters, {most} at most", {"n": len(text), "most": LONGEST})
    shown = {"text": plain(marked(text[:_SHOWN]))}
    if has_unseen(text, besides="\n"):
        return Sentence("有不可见的控制字符：{text}", "it holds an invisible control character: {text}", shown)
    if field.choice:
        return text if text in field.choice else _no_choice(text, field.choice)
    match field.type:
        case "number":
            return _number(text) or Sentence("“{text}”不是数字", "“{text}” is no number", shown)
        case "date" | "time":
            return _instant(field, text, now)
        case "span":
            return _span(text) or Sentence("“{text}”不是时长，写成 3d、2小时", "“{text}” is no span such as 3d or 2h", shown)
        case "yes_no":
            found = _YES_NO.get(text.casefold())
            return Sentence("“{text}”应当写是或否", "“{text}” should be yes or no", shown) if found is None else found
        case "person":
            return naming.person(text)
        case "unit":
            return naming.unit(text)
        case _:
            return text


def _no_choice(text: str, choice: tuple[str, ...]) -> Sentence:
    close = nearest(text, choice)
    values = {"text": plain(marked(text[:_SHOWN])), "close": plain(close or ""), "choice": enumerated(choice)}
    if close:
        return Sentence("“{text}”不在可选之列，是不是“{close}”", "“{text}” is not offered; did you mean “{close}”", values)
    return Sentence("“{text}”不在可选之列，可以写：{choice}", "“{text}” is not offered; there are: {choice}", values)


def _number(text: str) -> str | None:
    """Its exact decimal text; a share becomes the number it is."""
    bare = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        number = Decimal(bare.removesuffix("%")) / (100 if bare.endswith("%") else 1)
    except InvalidOperation:
        return None
    return format(number.normalize() + 0, "f")


def _instant(field: Field, text: str, now: datetime) -> str | Sentence:
    values = {"text": plain(marked(text[:_SHOWN])), "now": f"{now:%Y-%m-%d %H:%M}"}
    if field.type == "date":
        day = read_day(text)
        if day is None:
            return Sentence("“{text}”不是日期，写成 2031-09-01", "“{text}” is no date; write it like 2031-09-01", values)
        later, said = day > now.date(), day.isoformat()
    else:
        moment = read_moment(text)
        if moment is None:
            zh, en = "“{text}”不是时间，写成 2031-09-01 09:30", "“{text}” is no time; write it like 2031-09-01 09:30"
            return Sentence(zh, en, values)
        later, said = moment > now, f"{moment:%Y-%m-%d %H:%M}"
    return Sentence("“{text}”还没有到（现在是 {now}）", "“{text}” has not come yet (it is {now})", values) if field.past and later else said


def _span(text: str) -> str | None:
    try:
        span = parse_span(text)
    except CampaignError:
        return None
    return f"{span.count}{span.unit}" if span.count >= 0 else None


def _judge(field: Field, values: tuple[Value, ...], place: str) -> list[Verdict]:
    """Whether there are as many as asked for, in the order and range asked for."""
    many = parse_range(field.count) if field.count else Range(low=int(field.must), high=1)
    if field.ordered:
        many = Range(low=len(field.choice), high=len(field.choice))
    if not values:
        return [_missing(field, place)] if field.must and (many.least or 0) > 0 else []
    found = [_wrong(field, _how_many(many, len(values)), place)] if not many.contains(len(values)) else []
    if field.ordered and not found and values != field.choice:
        found.append(_wrong(field, _order(field), place))
    if len(set(values)) < len(values) and (field.choice or field.type in ("person", "unit")):
        found.append(_wrong(field, Sentence("写了重复的", "something is given twice"), place))
    return found + [_wrong(field, one, place) for value in values if (one := _out_of_range(field, value))]


def _how_many(wanted: Range, found: int) -> Sentence:
    values = {"n": found, "wanted": wanted.sentence}
    return Sentence("写了 {n} 个（要求{wanted} 个）", "{n} given, {wanted} asked for", values)


def _order(field: Field) -> Sentence:
    return Sentence("应当依次是：{all}", "it should be, in this order: {all}", {"all": enumerated(field.choice)})


def _out_of_range(field: Field, value: Value) -> Sentence | None:
    wanted = parse_range(field.range) if field.range else None
    if wanted is None or wanted.contains(Fraction(str(value))):
        return None
    values = {"value": value, "wanted": wanted.sentence}
    return Sentence("{value} 超出要求（{wanted}）", "{value} is not within what is asked ({wanted})", values)


def field_title(field: Field) -> Sentence:
    """A field as people read it."""
    if field.zh:
        return Sentence(field.zh, field.en)
    return plain(field.title or field.name)


def _missing(field: Field, place: str) -> Verdict:
    values = {"field": field_title(field), "place": _place(place)}
    return Verdict(
        outcome="fail",
        code="field-missing",
        sentence=Sentence("{place}“{field}”没有填。", "{place}“{field}” is not filled in.", values),
        shortfall=Sentence("缺“{field}”", "“{field}” is missing", values),
    )


def _wrong(field: Field, why: Sentence, place: str) -> Verdict:
    values = {"field": field_title(field), "why": why, "place": _place(place)}
    return Verdict(outcome="fail", code="field", sentence=Sentence("{place}“{field}”：{why}。", "{place}“{field}”: {why}.", values))


def _place(place: str) -> Sentence:
    return Sentence("{at}，", "{at}, ", {"at": place}) if place else plain("")


def no_file(field: Field) -> Verdict:
    """A field whose file is not there."""
    return _missing(field, "")


def too_few_rows(item: Item, rows: int) -> Verdict | None:
    """A ledger with fewer or more rows than asked for; without a number it needs one."""
    wanted = parse_range(item.rows) if item.rows else Range(low=1)
    if wanted.contains(rows):
        return None
    values = {
        "n": rows,
        "wanted": wanted.sentence,
        "missing": wanted.shortfall(rows),
        "advice": _TOGETHER if wanted.shortfall(rows) else plain(""),
    }
    short = Sentence("还差 {missing} 行", "{missing} row(s) short", values) if wanted.shortfall(rows) else None
    said = Sentence("有 {n} 行（要求{wanted} 行）。{advice}", "There are {n} row(s) ({wanted} asked). {advice}", values)
    return Verdict(outcome="fail", code="rows", sentence=said, shortfall=short)


_TOGETHER = Sentence("请把各行写在一张表里一次报送。", "Write them into one table and hand that in.")
