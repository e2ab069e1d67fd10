"""The roster from a file: units and who holds posts, with everything that is wrong told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from engine.errors import FileProblems
from engine.exchange.grid import Complaint
from engine.exchange.headings import SHAPES
from engine.exchange.rows import Row, SheetRows, read_rows
from engine.exchange.sources import open_source
from engine.exchange.template import write_roster, write_roster_template
from engine.org.checks import RosterProblem, check_roster
from engine.org.model import Person, Roster, Tenure, Unit
from engine.progress import Progress, Watch, unwatched
from engine.sentences import Problem, Sentence

__all__ = ["read_roster", "write_roster", "write_roster_template"]

_CHECKING = Sentence("核对花名册", "checking the roster")
# Problems that only mean something when all the codes could be read.
_NEED_ALL_CODES = {"unknown-superior", "unknown-unit", "cycle"}


def read_roster(
    path: Path,
    *,
    levels: frozenset[str] | None = None,
    existing: Roster | None = None,
    besides: Callable[[Roster], Iterable[RosterProblem]] = lambda _: (),
    watch: Watch = unwatched,
) -> Roster:
    """The roster in an .xlsx file, a .csv file, or a folder with units.csv and posts.csv; in the order of its rows.

    levels: the levels there are, None when not known.  existing: what is known already; superiors and posts may refer to it.
    besides: further complaints about the rows.  watch: told how far it has come.
    Raises FileProblems with every problem of the file, whatever its bytes; `line` is the row as Excel shows it.
    """
    source = open_source(path)
    sheets = [read_rows(shape, grid, watch) for shape, grid in source.sheets]
    sheets.sort(key=lambda sheet: SHAPES.index(sheet.shape))
    problems = [*source.problems, *(problem for sheet in sheets for problem in sheet.problems)]
    roster = Roster(
        units=tuple(_unit(row) for row in _rows(sheets, "units")), tenures=tuple(_tenure(row) for row in _rows(sheets, "posts"))
    )
    if not problems and _says_nothing(roster, existing):
        problems.append(_no_units(path))
    else:
        watch(Progress(what=_CHECKING, done=0))
        found = (*check_roster(roster, levels=levels, existing=existing), *besides(roster))
        problems += _placed(sheets, found, problems)
    if problems:
        raise FileProblems(_in_order(problems, sheets), file=str(path))
    return roster


def _rows(sheets: list[SheetRows], table: str) -> list[Row]:
    return [row for sheet in sheets if sheet.shape.table == table for row in sheet.rows]


def _unit(row: Row) -> Unit:
    texts = row.texts
    return Unit(
        code=texts.get("code", ""),
        name=texts.get("name", ""),
        level=texts.get("level", ""),
        kind=texts.get("kind", ""),
        superior=texts.get("superior") or None,
        since=row.days.get("since"),
        until=row.days.get("until"),
        attributes=row.attributes,
    )


def _tenure(row: Row) -> Tenure:
    texts = row.texts
    said = {name: texts.get(name, "") for name in ("email", "telephone", "channels")}
    person = Person(name=texts.get("person", ""), **said)
    return Tenure(
        unit=texts.get("unit", ""),
        post=texts.get("post", ""),
        person=person,
        since=row.days.get("since"),
        until=row.days.get("until"),
    )


def _says_nothing(roster: Roster, existing: Roster | None) -> bool:
    return not roster.units and (not existing or not existing.units or not roster.tenures)


def _no_units(path: Path) -> Problem:
    return Problem(
        file=str(path),
        line=0,
        column=0,
        path="",
        code="no-units",
        message=Sentence("名册中没有单位。", "The roster has no units."),
        hint=Sentence("请在“单位”表的标题下面填写，每个单位一行。", "Fill in the sheet units below its headings, a row for each unit."),
    )


def _placed(sheets: list[SheetRows], found: tuple[RosterProblem, ...], known: list[Problem]) -> list[Problem]:
    """The problems of the roster at their rows, without those that only follow from a cell or heading already complained of."""
    # A file that could not be read at all is none of those whose sheets were.
    read = {sheet.grid.file for sheet in sheets}
    broken = any(problem.file not in read for problem in known)
    broken = broken or any(sheet.shape.table == "units" and not sheet.whole for sheet in sheets)
    wrong = {(problem.path, problem.line, problem.column) for problem in known}
    rows = {table: [(sheet, row) for sheet in sheets if sheet.shape.table == table for row in sheet.rows] for table in ("units", "posts")}
    placed: list[Problem] = []
    for one in found:
        sheet, row = rows[one.table][one.index]
        other = None if one.other is None else rows[one.table][one.other][1].number
        problem = sheet.problem(row.number, one.field, Complaint(code=one.code, message=one.message, hint=_hint(one.hint, other)))
        follows = (broken and one.code in _NEED_ALL_CODES) or (problem.path, problem.line, problem.column) in wrong
        if not follows and _can_be_told(sheet, one):
            placed.append(problem)
    return placed


def _can_be_told(sheet: SheetRows, problem: RosterProblem) -> bool:
    """Whether the column is there, or the sheet's headings are right and it is simply not used."""
    return problem.field in sheet.columns or sheet.whole


def _hint(hint: Sentence | None, other: int | None) -> Sentence | None:
    if hint is None or other is None:
        return hint
    return Sentence("请对照第 {row} 行。{hint}", "Compare row {row}. {hint}", {"row": other, "hint": hint})


def _in_order(problems: list[Problem], sheets: list[SheetRows]) -> tuple[Problem, ...]:
    """Whole files first, then units before posts (what is wrong with units is often the cause), by row and column."""
    ranks = {(sheet.grid.file, sheet.grid.name): rank for rank, sheet in enumerate(sheets, 1)}

    def place(problem: Problem) -> tuple[int, int, int]:
        name = re.split(r"![A-Z]+[0-9]+(?: |$)", problem.path)[0]
        return ranks.get((problem.file, name), 0), problem.line, problem.column

    return tuple(sorted(problems, key=place))
