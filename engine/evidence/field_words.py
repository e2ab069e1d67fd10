"""What a field asks for, in words: for the empty table, for a letter, for a list."""

from __future__ import annotations

from engine.definition.model import Field
from engine.ranges import parse_range
from engine.sentences import Sentence, enumerated, plain

_TYPES = {
    "text": Sentence("文字", "text"),
    "number": Sentence("数值", "a number"),
    "date": Sentence("日期，如 2031-09-01", "a date such as 2031-09-01"),
    "time": Sentence("日期和时间，如 2031-09-01 09:30", "a date and time such as 2031-09-01 09:30"),
    "span": Sentence("时长，如 3d、2小时", "a span such as 3d or 2h"),
    "yes_no": Sentence("是或否", "yes or no"),
    "person": Sentence("姓名或邮箱", "a name or e-mail address"),
    "unit": Sentence("单位代码或名称", "a unit's code or name"),
    "file": Sentence("文件", "a file"),
}


def asked_of(field: Field) -> Sentence:
    """`日期，如 2031-09-01；可不填`."""
    kind = _TYPES[field.type]
    if field.ordered:
        kind = Sentence("依次写明：{all}", "in this order: {all}", {"all": enumerated(field.choice)})
    elif field.choice:
        kind = Sentence("可选：{all}", "one of: {all}", {"all": enumerated(field.choice)})
    more = [kind]
    if field.count and not field.ordered:
        more.append(Sentence("{n} 个，用、或；隔开", "{n} of them, separated by ;", {"n": parse_range(field.count).sentence}))
    if field.range:
        more.append(parse_range(field.range).sentence)
    if not field.must:
        more.append(Sentence("可不填", "may be left blank"))
    if field.note:
        more.append(plain(field.note))
    return _joined(more)


def _joined(parts: list[Sentence]) -> Sentence:
    names = {f"p{place}": part for place, part in enumerate(parts)}
    return Sentence("；".join(f"{{{name}}}" for name in names), "; ".join(f"{{{name}}}" for name in names), names)
