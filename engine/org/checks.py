"""What can be wrong with a roster as a whole: every problem at once, each at its row and field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.names import Guesses
from engine.org.model import Roster, Tenure, Unit, person_key
from engine.sentences import Sentence, plain

Table = Literal["units", "posts"]

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_LONGEST_ADDRESS = 254
_CYCLE_SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class RosterProblem:
    """Something wrong in one row of a roster.

    table, index: which tuple of the roster, counted from 0.  field: the field of the row (`code`, `superior`, `email` ...).
    other: the index of the earlier row of the same table that it collides with.
    """

    table: Table
    index: int
    field: str
    code: str
    message: Sentence
    hint: Sentence | None = None
    other: int | None = None


def check_roster(roster: Roster, *, levels: frozenset[str] | None = None, existing: Roster | None = None) -> tuple[RosterProblem, ...]:
    """Everything wrong with the rows of `roster`, units first, in the order of the rows.

    levels: the levels there are; None when that is not known yet.  existing: what is known already; superiors and posts may
    refer to its units, and a unit of the same code is the newer word on that unit.
    """
    known = existing.units if existing else ()
    units = [*_units_alone(roster.units, levels), *tree_problems(roster.units, known)]
    codes = {unit.code: None for unit in (*roster.units, *known) if unit.code}
    posts = [*_tenures_alone(roster.tenures), *_unknown_units(roster.tenures, codes), *_collisions(roster.tenures)]
    return (*_in_order(units), *_in_order(posts))


def tree_problems(units: Sequence[Unit], existing: Iterable[Unit] = ()) -> tuple[RosterProblem, ...]:
    """What keeps `units`, together with `existing` ones, from being a tree: codes used twice, missing superiors, cycles."""
    superiors = {unit.code: unit.superior for unit in existing}
    first: dict[str, int] = {}
    found: list[RosterProblem] = []
    for index, unit in enumerate(units):
        if unit.code in first:
            found.append(_duplicate_code(index, unit, first[unit.code]))
        elif unit.code:
            first[unit.code] = index
            superiors[unit.code] = unit.superior
    found += _missing_superiors(units, superiors)
    found += [_cycle(first, loop) for loop in _loops(superiors) if any(code in first for code in loop)]
    return tuple(_in_order(found))


def is_address(text: str) -> bool:
    """Whether the text is one plain e-mail address (ASCII, a domain with a dot)."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _in_order(problems: Iterable[RosterProblem]) -> list[RosterProblem]:
    return sorted(problems, key=lambda problem: problem.index)


def _units_alone(units: Sequence[Unit], levels: frozenset[str] | None) -> Iterator[RosterProblem]:
    guesses = Guesses(sorted(levels or ()))
    for index, unit in enumerate(units):
        for name, value in (("code", unit.code), ("name", unit.name), ("level", unit.level)):
            if not value:
                yield _empty("units", index, name)
        if levels is not None and unit.level and unit.level not in levels:
            yield _unknown_level(index, unit.level, guesses.nearest(unit.level), levels)
        yield from _backwards("units", index, unit.since, unit.until)


def _tenures_alone(tenures: Sequence[Tenure]) -> Iterator[RosterProblem]:
    for index, tenure in enumerate(tenures):
        for name, value in (("unit", tenure.unit), ("post", tenure.post), ("person", tenure.person.name)):
            if not value:
                yield _empty("posts", index, name)
        if tenure.person.email and not is_address(tenure.person.email):
            yield _bad_address(index, tenure.person.email)
        yield from _backwards("posts", index, tenure.since, tenure.until)


_MISSING = {
    "code": Sentence("没有填代码。", "The code is missing."),
    "name": Sentence("没有填名称。", "The name is missing."),
    "level": Sentence("没有填级别。", "The level is missing."),
    "unit": Sentence("没有填单位。", "The unit is missing."),
    "post": Sentence("没有填岗位。", "The post is missing."),
    "person": Sentence("没有填姓名。", "The person is missing."),
}
_FILL_IN = Sentence("请填写；这一行如果是多余的，请整行删除。", "Fill it in, or delete the whole row if it is not needed.")
_VACANT = Sentence("请填写任职人员；岗位空缺时，请删除这一行。", "Name who holds the post; if it is vacant, delete this row.")


def _empty(table: Table, index: int, name: str) -> RosterProblem:
    hint = _VACANT if name == "person" else _FILL_IN
    return RosterProblem(table=table, index=index, field=name, code=f"empty-{name}", message=_MISSING[name], hint=hint)


def _backwards(table: Table, index: int, since: date | None, until: date | None) -> Iterator[RosterProblem]:
    if since is not None and until is not None and since > until:
        yield RosterProblem(
            table=table,
            index=index,
            field="until",
            code="from-after-until",
            message=Sentence(
                "截止日期 {until} 早于起始日期 {since}。",
                "The last day {until} is before the first day {since}.",
                {"since": since.isoformat(), "until": until.isoformat()},
            ),
            hint=Sentence("请核对这两个日期，可能填反了。", "Check both dates; they may be the wrong way round."),
        )


def _unknown_level(index: int, level: str, close: str | None, levels: frozenset[str]) -> RosterProblem:
    return RosterProblem(
        table="units",
        index=index,
        field="level",
        code="unknown-level",
        message=Sentence("没有“{level}”这个级别。", 'There is no level "{level}".', {"level": level}),
        hint=_did_you_mean(close)
        or Sentence("可以填写的级别有：{levels}。", "The levels are: {levels}.", {"levels": ", ".join(sorted(levels))}),
    )


def _bad_address(index: int, address: str) -> RosterProblem:
    return RosterProblem(
        table="posts",
        index=index,
        field="email",
        code="bad-email",
        message=Sentence("“{address}”不是正确的电子邮件地址。", '"{address}" is not an e-mail address.', {"address": address}),
        hint=Sentence(
            "请填写一个地址，例如 zhang@example.org；不要加姓名，标点用半角。",
            "Give one address such as zhang@example.org, without a name and in half-width characters.",
        ),
    )


def _duplicate_code(index: int, unit: Unit, other: int) -> RosterProblem:
    return RosterProblem(
        table="units",
        index=index,
        field="code",
        code="duplicate-code",
        message=Sentence("代码“{code}”已经用过了。", 'The code "{code}" is already taken.', {"code": unit.code}),
        hint=Sentence("每个单位要有自己的代码，请改正或删除这一行。", "Every unit needs a code of its own: change it, or delete this row."),
        other=other,
    )


def _missing_superiors(units: Sequence[Unit], known: Mapping[str, object]) -> Iterator[RosterProblem]:
    guesses = Guesses(known)
    for index, unit in enumerate(units):
        if unit.superior is not None and unit.superior not in known:
            yield RosterProblem(
                table="units",
                index=index,
                field="superior",
                code="unknown-superior",
                message=Sentence("上级“{code}”不存在。", 'There is no superior "{code}".', {"code": unit.superior}),
                hint=_did_you_mean(guesses.nearest(unit.superior)) or _NAME_A_CODE,
            )


def _unknown_units(tenures: Sequence[Tenure], known: Mapping[str, object]) -> Iterator[RosterProblem]:
    guesses = Guesses(known)
    for index, tenure in enumerate(tenures):
        if tenure.unit and tenure.unit not in known:
            yield RosterProblem(
                table="posts",
                index=index,
                field="unit",
                code="unknown-unit",
                message=Sentence("没有代码为“{code}”的单位。", 'There is no unit with the code "{code}".', {"code": tenure.unit}),
                hint=_did_you_mean(guesses.nearest(tenure.unit)) or _NAME_A_CODE,
            )


_NAME_A_CODE = Sentence("请填写单位表中的代码（不是名称）。", "Give a code (not a name) from the sheet of units.")


def _did_you_mean(close: str | None) -> Sentence | None:
    return None if close is None else Sentence("是不是“{close}”？请改正。", 'Did you mean "{close}"? Correct it.', {"close": close})


def _loops(superiors: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Every circle of superiors, once. A unit has one superior, so following the superiors finds them all in O(n)."""
    walk_of: dict[str, int] = {}
    for number, start in enumerate(superiors):
        code: str | None = start
        while code is not None and code in superiors and code not in walk_of:
            walk_of[code] = number
            code = superiors[code]
        if code is not None and walk_of.get(code) == number:
            yield _loop_from(code, superiors)


def _loop_from(start: str, superiors: Mapping[str, str | None]) -> tuple[str, ...]:
    loop = [start]
    code = superiors[start]
    while code is not None and code != start:
        loop.append(code)
        code = superiors[code]
    return tuple(loop)


def _cycle(rows: Mapping[str, int], loop: tuple[str, ...]) -> RosterProblem:
    """The problem of one circle, told from the unit of it that is written first."""
    top = min((code for code in loop if code in rows), key=rows.__getitem__)
    start = loop.index(top)
    turned = [*loop[start:], *loop[:start], top]
    itself = Sentence("单位“{code}”的上级是它自己。", 'The unit "{code}" is its own superior.', {"code": top})
    circle = Sentence("上级关系绕成了一圈：{path}。", "The superiors go round in a circle: {path}.", {"path": _path(turned)})
    return RosterProblem(
        table="units",
        index=rows[top],
        field="superior",
        code="cycle",
        message=itself if len(loop) == 1 else circle,
        hint=Sentence("请改正其中一个单位的上级；最上面的单位不填上级。", "Correct one of these superiors; the topmost unit has none."),
    )


def _path(codes: list[str]) -> str:
    if len(codes) > _CYCLE_SHOWN:
        half = _CYCLE_SHOWN // 2
        codes = [*codes[:half], f"… ({len(codes) - 2 * half}) …", *codes[-half:]]
    return " → ".join(codes)


def _collisions(tenures: Sequence[Tenure]) -> Iterator[RosterProblem]:
    """Rows that say the same twice, two terms of one person in one post, and one address under two names."""
    rows: dict[tuple[str, str, str], int] = {}
    names: dict[str, int] = {}
    for index, tenure in enumerate(tenures):
        if not (tenure.unit and tenure.post and tenure.person.name):
            continue
        key = person_key(tenure.person, tenure.unit)
        known = rows.setdefault((tenure.unit, tenure.post, key), index)
        named = names.setdefault(key, index)
        if tenures[named].person.name != tenure.person.name:
            yield _two_names(index, tenure, named, tenures[named].person.name)
        elif known != index:
            term, other = (tenure.since, tenure.until), (tenures[known].since, tenures[known].until)
            yield _same_row(index, known) if term == other else _two_terms(index, tenure, known, tenures[known])


def _same_row(index: int, other: int) -> RosterProblem:
    return RosterProblem(
        table="posts",
        index=index,
        field="person",
        code="same-row-twice",
        message=Sentence("同一个人的同一任职写了两遍。", "The same person in the same post is written down twice."),
        hint=Sentence("请删除其中一行。", "Delete one of the two rows."),
        other=other,
    )


def _two_terms(index: int, tenure: Tenure, other: int, first: Tenure) -> RosterProblem:
    """A tenure is kept by unit, post and person: of two terms one would be lost."""
    return RosterProblem(
        table="posts",
        index=index,
        field="until" if tenure.since == first.since else "since",
        code="two-terms",
        message=Sentence(
            "“{person}”在 {unit} 任“{post}”写了两段任期（{first} 和 {second}），每人每个岗位只能记一段。",
            '"{person}" is given two terms as "{post}" of {unit} ({first} and {second}); only one is kept for a person in a post.',
            {
                "person": tenure.person.name,
                "unit": tenure.unit,
                "post": tenure.post,
                "first": _term(first),
                "second": _term(tenure),
            },
        ),
        hint=Sentence(
            "请只留现在的一段（都已结束的留最近一段），删除另一行；前后相接的合成一行。",
            "Keep the present one (if both are over, the latest) and delete the other row; two that follow each other become one row.",
        ),
        other=other,
    )


def _term(tenure: Tenure) -> Sentence:
    """`2020-01-01—2022-12-31`, with nothing at an open end."""
    if tenure.since is None and tenure.until is None:
        return Sentence("没有写日期", "no dates")
    return plain("—".join("" if day is None else day.isoformat() for day in (tenure.since, tenure.until)))


def _two_names(index: int, tenure: Tenure, other: int, name: str) -> RosterProblem:
    return RosterProblem(
        table="posts",
        index=index,
        field="email",
        code="one-address-two-names",
        message=Sentence(
            "地址“{address}”同时属于“{first}”和“{second}”。",
            'The address "{address}" is given to both "{first}" and "{second}".',
            {"address": tenure.person.email, "first": name, "second": tenure.person.name},
        ),
        hint=Sentence(
            "系统按地址认人：请各填各的地址，合用信箱的只填一人，姓名写法不同的请统一。",
            "People are known by their address: give each their own, fill in a shared one for one person only, or write the name alike.",
        ),
        other=other,
    )
