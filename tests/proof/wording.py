"""What a letter says, in essence: under which heading, whose duty it is, by when, and by when it was to be before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from tests.proof import dates
from tests.proof.fates import Seat, ball
from tests.proof.model import Duty, Told
from tests.proof.people import People

Line = tuple[str, ...]
HEADINGS = {
    "returned": "被退回，请修改后重新上报",
    "reopened": "已重新开放，请补办",
    "overdue": "已经逾期，请尽快办理",
    "today": "今天到期",
    "soon": "即将到期",
    "to_review": "等您审核",
    "to_name": "请另行指定审核人",
    "closed": "被退回，但截止时间已过",
    "extended": "已延期",
    "waived": "已免报",
    "passed": "已审核通过",
    "blocked": "贵单位要进入下一阶段，只等别处办完下列工作",
    "below": "下级单位尚未完成的工作",
}
OWED = ("returned", "reopened", "overdue", "today", "soon", "extended")
PERIODS = {"": "", "2031-Q2": "2031年第二季度", "2031-Q3": "2031年第三季度"}
_HEADING = re.compile(r"[一二三四五六七八九十]+、(.+)（\d+ 项）")
_DUTY = re.compile(r"\d+\. (.+)")
_DATED = re.compile(r" +((?:截止日期|上报截止|新的期限|原定日期)：.+)")
_DEBTOR = re.compile(r"(单位\w+?)(?:（[^（）]*）)?(未办|未审核)：(.+?)，((?:截止日期：|\d+ ?年 ?\d+ ?月 ?\d+ ?日（周.）起待审核).*)")
# The first duty of a line, and each further one, are worded differently.
_FIRST = re.compile(r"(?:对?(?P<about>单位[\w、]+)的)?(?P<task>\w+?)(?:（(?P<period>\w+)）)?")
_OTHER = re.compile(r"(?P<task>\w+?)(?:（(?:(?P<period>\d\w+))?，?(?:对(?P<about>单位[\w、]+))?）)?")


def line(told: Told, seat: Seat, model: People, now: datetime, *, naming: bool) -> Line:
    """One duty in a letter. seat: as whom she is told of it."""
    duty = model.duties[told.key]
    part = _part(told, seat, duty, model, now, naming=naming)
    if part in ("below", "blocked"):
        return HEADINGS[part], _laggard(duty, model, now)
    return HEADINGS[part], f"单位{duty.owner}：{_name(duty)}", *_dates(duty, part, now)


def _part(told: Told, seat: Seat, duty: Duty, model: People, now: datetime, *, naming: bool) -> str:
    if told.kind == "returned":
        return "closed" if duty.state == "lapsed" else "returned"
    if told.kind in ("extended", "waived", "passed", "blocked"):
        return told.kind
    if told.kind == "reopened" and duty.state == "open":
        return "reopened"
    if seat != ball(duty, model):
        return "below"
    if duty.state == "submitted":
        return "to_name" if naming else "to_review"
    left = _left(duty, now)
    return "returned" if duty.state == "returned" else "overdue" if left < 0 else "today" if left == 0 else "soon"


def _left(duty: Duty, now: datetime) -> int:
    return (duty.due - dates.day_of(now)).days


def _name(duty: Duty) -> str:
    about = f"对单位{duty.unit}" if duty.unit != duty.owner else ""
    more = "，".join(filter(None, (PERIODS[duty.period], about)))
    return f"{duty.task.name}（{more}）" if more else duty.task.name


def _dates(duty: Duty, part: str, now: datetime) -> Iterator[str]:
    """By when, how far off that is, and what it was before somebody gave more time."""
    if part == "extended":
        yield f"新的期限：{_day(duty.due)}，{_far(_left(duty, now))}"
    elif part in OWED:
        yield f"截止日期：{_day(duty.due)}，{_far(_left(duty, now))}"
    elif part in ("to_review", "to_name"):
        yield f"上报截止：{_day(duty.due)}"
    if (part in OWED or part in ("to_review", "to_name")) and duty.due != duty.declared:
        yield f"原定日期：{_day(duty.declared)}"


def _laggard(duty: Duty, model: People, now: datetime) -> str:
    holder = model.holder(duty)
    about = f"单位{duty.unit}的" if duty.unit != holder else ""
    period = f"（{PERIODS[duty.period]}）" if duty.period else ""
    if duty.state == "submitted":
        assert duty.handed_at is not None
        return f"单位{holder}未审核：{about}{duty.task.name}{period}，{_day(dates.day_of(duty.handed_at))}起待审核"
    owes = f"{'对' if about else ''}{about}{duty.task.name}{period}"
    before = f"，原定日期：{_day(duty.declared)}" if duty.due != duty.declared else ""
    return f"单位{holder}未办：{owes}，截止日期：{_day(duty.due)}{before}，{_far(_left(duty, now))}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"


def _far(days: int) -> str:
    if days < 0:
        return f"已逾期{-days}天"
    return {0: "今天到期", 1: "明天到期"}.get(days, f"还有{days}天")


def read(text: str) -> list[Line]:
    """The same of a letter as it was written, in its order."""
    found: list[list[str]] = []
    heading = ""
    for row in _unbroken(text):
        if match := _HEADING.fullmatch(row):
            heading = match[1]
        elif row.startswith("另请注意"):
            heading = ""
        elif heading and row.startswith("- "):
            found += [[heading, each] for each in _debts(row[2:].replace(" ", ""))]
        elif heading and (match := _DUTY.fullmatch(row)):
            found.append([heading, match[1]])
        elif heading and (match := _DATED.fullmatch(row)):
            found[-1].append(match[1])
    return [tuple(part.replace(" ", "") for part in line) for line in found]


def _debts(row: str) -> Iterator[str]:
    """All that stands in one line because one unit owes it since one day, duty by duty."""
    debtor = _DEBTOR.fullmatch(row)
    if debtor is None:
        yield row
        return
    unit, verb, duties, since = debtor.groups()
    towards = "" if verb == "未审核" else "对"
    for place, duty in enumerate(duties.split("；")):
        found = (_OTHER if place else _FIRST).fullmatch(duty)
        assert found is not None, row
        period = f"（{found['period']}）" if found["period"] else ""
        for about in (found["about"] or "").split("、"):
            yield f"{unit}{verb}：{f'{towards}{about}的' if about else ''}{found['task']}{period}，{since}"


def _unbroken(text: str) -> list[str]:
    """Its rows; an entry of a list that was too long for one is one all the same."""
    rows: list[str] = []
    for row in text.splitlines():
        if rows and rows[-1].startswith("- ") and row.startswith("  "):
            rows[-1] += row.strip()
        else:
            rows.append(row)
    return rows
