"""The plan as a chart for a terminal: stages as bars, deadlines as marks, columns that meet also under Chinese text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.definition.timeline_rows import TimelineRow, timeline
from engine.sentences import Lang, Sentence

__all__ = ["TimelineRow", "draw", "timeline"]

_NARROWEST = 60
_WIDEST_LABEL = 28
_ZERO_WIDTH = ("Mn", "Me", "Cf")
_LEGEND = Sentence(
    "[==] 阶段  -* 期限  ! 截止，之后不收  “n次”后为末次期限",
    '[==] stage  -* due  ! nothing taken after  "nx": how often, and the last due',
)
_DUE = Sentence("期限", "due")
_ACROSS = Sentence("贯穿各阶段", "Across the stages")
_UNDATED = Sentence("尚未确定日期", "Not dated yet")
# What a date may wait for that is no name of the file.
WAITS = {
    "undated": Sentence("文件没有写明日期，待指定", "no date in the file; to be set by a named person"),
    "received": Sentence("收到通知之日", "the day the notice is received"),
    "on_entry": Sentence("进入本阶段之日", "the day the case enters the stage"),
}
_OPEN_END = Sentence("不限期", "open end")
_ON_ENTRY = Sentence("到达时开始", "opens on entry")
_NOTHING = Sentence("没有任何可画的日期。", "There is no date to draw.")


def draw(rows: tuple[TimelineRow, ...], width: int = 80, lang: Lang = "zh") -> str:
    """The rows as a chart of at most `width` columns (60 at least), a Chinese character taking two.

    Stages are bars, deadlines marks under their stage, a recurring task one line with a mark for each period; what has no date
    is listed at the end with what it waits for. Only narrow characters are drawn, so that columns meet in every terminal.
    """
    lines = _lines(rows, lang)
    undated = _undated(rows, lang)
    days = [day for line in lines for day in line.days]
    if not days:
        return "\n".join([_NOTHING.say(lang), *undated])
    axis = _axis(lines, days, max(width, _NARROWEST))
    body = [axis.line(line) for line in lines]
    return "\n".join([*axis.head(_DUE.say(lang)), *body, *undated, "", _fit(_LEGEND.say(lang), max(width, _NARROWEST)).rstrip()])


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One line of the chart. `marks`: the dues; `bar`: draw the stretch as a stage's."""

    label: str
    text: str
    bar: bool = False
    opens: date | None = None
    marks: tuple[date, ...] = ()
    locks: tuple[date, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        return (*((self.opens,) if self.opens else ()), *self.marks, *self.locks)


def _lines(rows: tuple[TimelineRow, ...], lang: Lang) -> list[_Line]:
    stages = [row for row in rows if row.kind == "stage"]
    by_task = _tasks(rows)
    across = [rows_ for rows_ in by_task if len({row.stage for row in rows_}) > 1]
    lines: list[_Line] = []
    for number, stage in enumerate(stages, start=1):
        lines.append(_stage_line(stage, number, lang))
        lines += [_task_line(rows_, lang) for rows_ in by_task if rows_ not in across and rows_[0].stage == stage.name]
    lines += [_task_line(rows_, lang) for rows_ in by_task if rows_ not in across and not rows_[0].stage]
    if across:
        lines += [_Line(label=_ACROSS.say(lang), text=""), *(_task_line(rows_, lang) for rows_ in across)]
    return lines


def _tasks(rows: tuple[TimelineRow, ...]) -> list[list[TimelineRow]]:
    """The dated occurrences of each task together."""
    by_task: dict[str, list[TimelineRow]] = {}
    for row in rows:
        if row.kind == "occurrence" and row.due:
            by_task.setdefault(row.name, []).append(row)
    return list(by_task.values())


def _stage_line(row: TimelineRow, number: int, lang: Lang) -> _Line:
    end = _ON_ENTRY if row.on_entry else _UNDATED if row.pending_on else _OPEN_END
    marks = (_day(row.due),) if row.due else ()
    opens = _day(row.opens) if row.opens else None
    return _Line(label=f"{number} {_clean(row.title)}", text=row.due or end.say(lang), bar=True, opens=opens, marks=marks)


def _task_line(rows: list[TimelineRow], lang: Lang) -> _Line:
    marks = tuple(sorted({_day(row.due) for row in rows if row.due}))
    locks = tuple(sorted({_day(row.lock) for row in rows if row.lock}))
    last = max(row.due for row in rows if row.due)
    once = len(rows) == 1
    opens = _day(rows[0].opens) if once and rows[0].opens else None
    times = "" if once else (f"{len(rows)}次 " if lang == "zh" else f"{len(rows)}x ")
    return _Line(label=f"  {_clean(rows[0].title)}", text=times + last, opens=opens, marks=marks, locks=locks)


def _undated(rows: tuple[TimelineRow, ...], lang: Lang) -> list[str]:
    waiting = [row for row in rows if not row.due and row.pending_on]
    if not waiting:
        return []
    labels = [f"  {_clean(row.title)}" + (f" {row.period}" if row.period else "") for row in waiting]
    widest = min(_WIDEST_LABEL, max(map(_columns, labels)))
    return ["", _UNDATED.say(lang), *(f"{_fit(label, widest)}  {_reason(row, lang)}" for label, row in zip(labels, waiting, strict=True))]


def _reason(row: TimelineRow, lang: Lang) -> str:
    known = [WAITS[name].say(lang) for name in row.pending_on if name in WAITS]
    others = [name for name in row.pending_on if name not in WAITS]
    comma = "，" if lang == "zh" else ", "
    named = ["等待：" + "、".join(others) if lang == "zh" else "waits for: " + ", ".join(others)] if others else []
    return comma.join([*known, *named])


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """The months from left to right. `first` is the first of a month, `end` the first day after the last one drawn."""

    first: date
    end: date
    label: int
    chart: int

    def column(self, day: date) -> int:
        return min(self.chart - 1, (day - self.first).days * self.chart // (self.end - self.first).days)

    def line(self, line: _Line) -> str:
        cells = [" "] * self.chart
        for year in range(self.first.year + 1, self.end.year + 1):
            if date(year, 1, 1) < self.end:
                cells[self.column(date(year, 1, 1))] = ":"
        if line.bar:
            self._bar(cells, line)
        else:
            self._task(cells, line)
        return f"{_fit(line.label, self.label)} {''.join(cells)} {line.text}".rstrip()

    def _bar(self, cells: list[str], line: _Line) -> None:
        right = self.column(line.marks[0]) if line.marks else self.chart - 1
        left = self.column(line.opens) if line.opens else right
        if line.days:
            cells[left : right + 1] = "=" * (right + 1 - left)
            cells[right] = "]" if line.marks else ">"
        if line.opens and left < right:
            cells[left] = "["

    def _task(self, cells: list[str], line: _Line) -> None:
        if line.opens and line.marks:
            left, right = self.column(line.opens), self.column(line.marks[0])
            cells[left:right] = "-" * (right - left)
        for lock in line.locks:
            cells[self.column(lock)] = "!"
        for mark in line.marks:
            cells[self.column(mark)] = "*"

    def head(self, due: str) -> list[str]:
        """One line of years and one of months, or of months and of days where there is room; `due` heads the column of dates."""
        months = _months(self.first, self.end)
        wide = self.chart // len(months)
        if wide >= 9:
            upper = [(month, f"{month:%Y-%m}") for month in months]
            lower = [(month.replace(day=day), str(day)) for month in months for day in (1, 11, 21)]
        else:
            upper = [(month, str(month.year)) for month in months if month.month == 1 or month == self.first]
            step = next((step for step in (1, 2, 3, 6) if step * self.chart >= 3 * len(months)), 12)
            lower = [(month, str(month.month)) for month in months if (month.month - 1) % step == 0 or month == self.first]
        return [self._ticks(upper), f"{self._ticks(lower).ljust(self.label + self.chart + 2)}{due}"]

    def _ticks(self, ticks: list[tuple[date, str]]) -> str:
        """Labels at their columns. The very first gives way where it would touch the second."""
        places = [(self.column(day), text) for day, text in ticks]
        if len(places) > 1 and places[0][0] + len(places[0][1]) >= places[1][0]:
            places = places[1:]
        cells = ""
        for column, text in places:
            if column >= len(cells) and column + len(text) <= self.chart + 1:
                cells = cells.ljust(column) + text + " "
        return (" " * (self.label + 1) + cells).rstrip()


def _axis(lines: list[_Line], days: list[date], width: int) -> _Axis:
    label = min(_WIDEST_LABEL, max(_columns(line.label) for line in lines))
    text = max(_columns(line.text) for line in lines)
    last = max(days)
    end = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _Axis(first=min(days).replace(day=1), end=end, label=label, chart=width - label - text - 2)


def _months(first: date, end: date) -> list[date]:
    months = [first]
    while (following := (months[-1] + timedelta(days=32)).replace(day=1)) < end:
        months.append(following)
    return months


def _day(shown: str) -> date:
    return date.fromisoformat(shown[:10])


def _clean(title: str) -> str:
    return " ".join(title.split())


def _columns(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(map(_column_count, text))


def _column_count(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fit(text: str, columns: int) -> str:
    """The text padded to so many columns, or cut to them with `..` at its end."""
    if _columns(text) <= columns:
        return text + " " * (columns - _columns(text))
    kept = "".join(_upto(text, columns - 2)) + ".."
    return kept + " " * (columns - _columns(kept))


def _upto(text: str, columns: int) -> Iterable[str]:
    used = 0
    for character in text:
        used += _column_count(character)
        if used > columns:
            return
        yield character
