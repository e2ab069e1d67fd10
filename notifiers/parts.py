"""The parts of a letter, in their order, with as many of their lines as anybody reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from notifiers.errors import Lang
from notifiers.views import DutyLine, LaggardLine, LetterView

# More than this nobody reads in a letter; the rest is counted, and the letter says where the whole list is.
SHOWN = 20
_COMMA: Mapping[Lang, str] = {"zh": "、", "en": ", "}


@dataclass(frozen=True, kw_only=True)
class DebtorLine(LaggardLine):
    """All that one unit further down owes since the same day. about: every unit that this duty is about.

    others: its further duties.  told: how many duties are in it.
    """

    others: tuple[LaggardLine, ...] = ()
    told: int = 1


@dataclass(frozen=True, kw_only=True)
class Section:
    """What a template sees of one part of the letter: the lines shown, how many duties there are, how many are left out."""

    kind: str
    lines: tuple[DutyLine | DebtorLine, ...]
    count: int

    @property
    def more(self) -> int:
        """How many duties were left out."""
        return self.count - sum(line.told if isinstance(line, DebtorLine) else 1 for line in self.lines)


Parts = Mapping[str, tuple[DutyLine | LaggardLine, ...]]


def ordered(view: LetterView) -> Parts:
    """The parts in the order of the letter, the most pressing first, and so within each part."""
    return {
        "returned": _by_day(view.returned),
        "reopened": _by_day(view.reopened),
        "overdue": _by_day(view.overdue),
        "due_today": tuple(line for line in view.due_soon if line.days == 0),
        "due_soon": _by_day(line for line in view.due_soon if line.days != 0),
        "to_review": view.to_review,
        "to_name": view.to_name,
        "asked": view.asked,
        "closed": view.closed,
        "extended": _by_day(view.extended),
        "denied": view.denied,
        "waived": view.waived,
        "passed": view.passed,
        "about_you": view.about_you,
        "delivered": view.delivered,
        "blocked": _by_day(view.blocked),
        "below": _by_day(view.below),
    }


_Line = TypeVar("_Line", DutyLine, LaggardLine)


def _by_day(lines: Iterable[_Line]) -> tuple[_Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.days is None, line.days or 0)))


def section(kind: str, lines: Sequence[DutyLine | LaggardLine], lang: Lang) -> Section:
    """One part as it is shown."""
    shown: list[DutyLine | DebtorLine] = [line for line in lines if isinstance(line, DutyLine)]
    shown += _debtors([line for line in lines if isinstance(line, LaggardLine)], lang)
    return Section(kind=kind, lines=tuple(shown[:SHOWN]), count=len(lines))


def _debtors(lines: Iterable[LaggardLine], lang: Lang) -> list[DebtorLine]:
    """A line for each unit and day: who is told of many would look for the units, not read the same words again and again."""
    found: dict[LaggardLine, dict[LaggardLine, list[str]]] = {}
    for line in lines:
        debtor = replace(line, task_title="", period_title="", task="", say="", about="")
        found.setdefault(debtor, {}).setdefault(replace(line, about=""), []).append(line.about)
    return [_debtor(duties, lang) for duties in found.values()]


def _debtor(duties: Mapping[LaggardLine, Sequence[str]], lang: Lang) -> DebtorLine:
    shown = [(duty, abouts[:SHOWN]) for duty, abouts in duties.items()][:SHOWN]
    first, *others = [replace(duty, about=_COMMA[lang].join(filter(None, abouts))) for duty, abouts in shown]
    return DebtorLine(**asdict(first), others=tuple(others), told=sum(len(abouts) for _, abouts in shown))
