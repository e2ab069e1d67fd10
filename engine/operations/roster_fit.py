"""Whether a roster fits the workflow that it is meant for: posts and attributes that the workflow does not know, or not so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.definition.expressions import UNKNOWN
from engine.definition.model import Organisation
from engine.definition.who_units import facts_of
from engine.names import nearest
from engine.org.checks import RosterProblem
from engine.org.model import Roster, Unit
from engine.sentences import Sentence

_SHOWN = 3
_KINDS = {
    "number": Sentence("数值，如 12、0.5 或 30%", "a number, such as 12, 0.5 or 30%"),
    "date": Sentence("日期，如 2010-05-11", "a day, such as 2010-05-11"),
    "yes_no": Sentence("是 或 否", "yes or no"),
}


@dataclass(frozen=True, kw_only=True)
class StrangePost:
    """A post that stands in the roster and not in the workflow. units: the first codes; count: of how many."""

    post: str
    units: Sequence[str]
    count: int


def known_posts(organisation: Organisation) -> tuple[str, ...]:
    """What may stand in the column of posts: posts that persons hold, and bodies."""
    posts = [post.name for post in organisation.posts if not post.counted and post.held_by is None]
    return (*posts, *(body.name for body in organisation.bodies))


def posts_words(found: Iterable[StrangePost], organisation: Organisation) -> Iterator[Sentence]:
    """`J11 书记：工作流没有这个岗位（有：负责人、安全员）`, one sentence for each post."""
    known = known_posts(organisation)
    for one in found:
        more = one.count - len(one.units)
        values = {
            "units": Sentence("、".join(one.units), ", ".join(one.units)),
            "more": Sentence("（另有 {n} 处）", " and {n} more", {"n": more}) if more else Sentence("", ""),
            "post": one.post,
            "known": Sentence("、".join(known), ", ".join(known)) if known else Sentence("无", "none"),
        }
        yield Sentence(
            "{units}{more} {post}：工作流没有这个岗位（有：{known}）。",
            "{units}{more} {post}: the workflow has no such post (it has: {known}).",
            values,
        )


def strange_posts(roster: Roster, organisation: Organisation) -> tuple[StrangePost, ...]:
    """The posts of a roster that the workflow does not declare, in the order of its rows."""
    known = frozenset(known_posts(organisation))
    found: dict[str, dict[str, None]] = {}
    for tenure in roster.tenures:
        if tenure.post not in known:
            found.setdefault(tenure.post, {})[tenure.unit] = None
    return tuple(StrangePost(post=post, units=tuple(units)[:_SHOWN], count=len(units)) for post, units in found.items())


@dataclass(frozen=True, kw_only=True)
class _Alone:
    """A unit of a roster as an expression looks at it, without the units above."""

    code: str
    name: str
    level: str
    kind: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    superior: None = None


def attribute_problems(roster: Roster, organisation: Organisation) -> Iterator[RosterProblem]:
    """Attributes that the workflow does not declare for the unit's level, and values that are not of the declared type or labels."""
    for index, unit in enumerate(roster.units):
        if unit.level in organisation.levels:
            for name, value in unit.attributes.items():
                yield from _attribute(index, unit, name, value, organisation)


def _attribute(index: int, unit: Unit, name: str, value: str, organisation: Organisation) -> Iterator[RosterProblem]:
    declared = organisation.attributes.get(unit.level, {})
    if name not in declared:
        yield _problem(index, "unknown-attribute", *_undeclared(name, unit.level, tuple(declared)))
    elif value and not _fits(unit, name, value, organisation):
        yield _problem(index, "bad-attribute-value", *_other_value(name, value, declared[name]))


def _problem(index: int, code: str, message: Sentence, hint: Sentence) -> RosterProblem:
    return RosterProblem(table="units", index=index, field="attributes", code=code, message=message, hint=hint)


def _fits(unit: Unit, name: str, value: str, organisation: Organisation) -> bool:
    declared = organisation.attributes[unit.level][name]
    if isinstance(declared, tuple):
        return value in declared
    seen = _Alone(code=unit.code, name=unit.name, level=unit.level, kind=unit.kind, attributes={name: value})
    return declared not in _KINDS or facts_of(seen, organisation)(name) is not UNKNOWN


def _undeclared(name: str, level: str, declared: tuple[str, ...]) -> tuple[Sentence, Sentence]:
    close = nearest(name, declared)
    known = Sentence("、".join(declared) or "无", ", ".join(declared) or "none")
    message = Sentence(
        "工作流没有给“{level}”规定属性“{name}”。",
        'The workflow declares no attribute "{name}" for "{level}".',
        {"level": level, "name": name},
    )
    if close:
        return message, Sentence("是不是“{close}”？请改正。", 'Did you mean "{close}"? Correct it.', {"close": close})
    return message, Sentence(
        "有：{known}。请改正或删去，或在工作流的组织、属性（organisation.attributes）中补上。",
        "There are: {known}. Correct or remove it, or add it to organisation.attributes of the workflow.",
        {"known": known},
    )


def _other_value(name: str, value: str, declared: tuple[str, ...] | str) -> tuple[Sentence, Sentence]:
    message = Sentence("属性“{name}”不能是“{value}”。", 'The attribute "{name}" cannot be "{value}".', {"name": name, "value": value})
    wanted = Sentence("、".join(declared), ", ".join(declared)) if isinstance(declared, tuple) else _KINDS[declared]
    return message, Sentence("应当填写：{wanted}。", "Write: {wanted}.", {"wanted": wanted})
