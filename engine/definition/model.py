"""The compiled workflow: plain frozen data, unevaluated. Dates, spans, ranges and expressions stay in the author's wording.

Everything here turns into JSON and back without loss (`codec`), so a stored version needs no parser to be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.definition.words import Spelling
from engine.ranges import parse_range

Modality = Literal["must", "should", "may"]
ItemKind = Literal["document", "form", "ledger", "meeting", "publication"]
FieldType = Literal["text", "number", "date", "time", "span", "yes_no", "person", "unit", "file"]
# What only shows the author the file again; a stored version does without it.
FOR_THE_AUTHOR = {"stored": False}
Wording = str | tuple[str, ...]  # an instant as written; a list means the latest counts


@dataclass(frozen=True, kw_only=True)
class Who:
    """Which units or posts (LANGUAGE section 6): dotted terms, and a condition on each unit found."""

    terms: tuple[str, ...]
    where: str | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document the workflow was written from. `issued` is a wording or `undated`."""

    name: str
    file: str = ""
    number: str = ""
    title: str = ""
    issued: str = "undated"
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A passage that can be read in two ways; `settled` is who settled it, empty while open. `path` is where it stands."""

    path: str
    says: str
    read: str = ""
    why: str = ""
    settled: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The calendar every date of the file is read in. attach: whoever owes something is sent its entry with the first letter about it."""

    timezone: str
    holidays: str | None = None
    before: Literal["includes", "excludes"] = "includes"
    on_holiday: Literal["keep", "next", "previous"] = "keep"
    work_ends: str | None = None
    about: str = "3d"
    attach: bool = False


@dataclass(frozen=True, kw_only=True)
class Post:
    """A function at a unit. `acts`: may act for the unit. `deputy`: the post that stands in. `held_by`: whoever holds that one.

    many: several persons hold it at one unit.  counted: only their number is known.
    """

    name: str
    title: str = ""
    acts: bool = False
    deputy: str | None = None
    held_by: Who | None = None
    many: bool = False
    counted: bool = False


@dataclass(frozen=True, kw_only=True)
class Body:
    """A department or group: one at each unit of the levels `at`."""

    name: str
    at: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Levels from the top down; attributes are typed per level (a tuple of labels, or a type's name)."""

    levels: tuple[str, ...]
    posts: tuple[Post, ...] = ()
    bodies: tuple[Body, ...] = ()
    attributes: Mapping[str, Mapping[str, tuple[str, ...] | str]] = field(default_factory=dict)
    groups: Mapping[str, Who] = field(default_factory=dict)

    @cached_property
    def deputies(self) -> frozenset[str]:
        """The posts that stand in for others."""
        return frozenset(post.deputy for post in self.posts if post.deputy is not None)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A named day: an instant as written, or `undated`."""

    name: str
    at: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A heading that a document must have, with its own length where one is asked for."""

    name: str
    length: str | None = None
    parts: tuple[Part, ...] = ()
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value that is entered. `choice`: the labels it may be; `count`: how many values (a RANGE, one where nothing is said).

    `range`: which numbers are taken (a RANGE).  `ordered`: all labels, in their order.  `past`: a day or time that has been.
    `ready`: its kind of item brings it along; `zh`, `en`: how people read it there.
    """

    name: str
    type: FieldType = "text"
    choice: tuple[str, ...] = ()
    count: str | None = None
    range: str | None = None
    must: bool = True
    ordered: bool = False
    past: bool = False
    ready: bool = False
    zh: str = ""
    en: str = ""
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""

    @property
    def several(self) -> bool:
        """Whether more than one value may be entered: then it is a set."""
        return self.ordered or (self.count is not None and parse_range(self.count).most != 1)


@dataclass(frozen=True, kw_only=True)
class Item:
    """What proves a task done. `length` is a RANGE as written; `count`: what a word processor shows, or Han characters alone.

    `rows`: how many rows a ledger needs (a RANGE).  `fields`: what is entered, the ready ones of its kind first; of a ledger in each row.
    """

    name: str
    kind: ItemKind = "document"
    title: str = ""
    parts: tuple[Part, ...] = ()
    length: str | None = None
    count: Literal["word", "han"] = "word"
    formats: tuple[str, ...] = ()
    rows: str | None = None
    fields: tuple[Field, ...] = ()
    cite: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition on what is handed in: `that` an expression as written, `say` what is said where it does not hold.

    modality: must is refused where it does not hold, should goes to the reviewer.
    """

    that: str
    say: str = ""
    modality: Literal["must", "should"] = "must"
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Review:
    """Who accepts. `rework`: the new due after a return (a SPAN), never before the old one."""

    by: Who
    title: str = ""
    rework: str | None = None
    cite: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Who may grant an extension or a waiver, how far (`most`, a SPAN) and how often (`times`)."""

    by: Who
    most: str | None = None
    times: int | None = None


@dataclass(frozen=True, kw_only=True)
class Allowances:
    """What may be granted; absent is not allowed. chase: how often one who is late may be chased by hand; None where nothing is said."""

    extend: Permission | None = None
    waive: Permission | None = None
    chase: int | None = None

    @property
    def chases(self) -> int:
        """How often one who is late may be chased by hand."""
        return HOUSE_CHASES if self.chase is None else self.chase


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One reminder or escalation: `at` a SPAN from the due day; without `to` whoever holds the ball. say: in whose words.

    via: the channel by which it goes, '' for whoever's own.  when: a condition on the unit it is about; only where that is so it is told.
    path: where it is written; '' in the house's own ladder, and where the file is not at hand.
    """

    at: str
    every: str | None = None
    most: int | None = None
    to: Who | None = None
    say: str = ""
    via: str = ""
    when: str | None = None
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""
    path: str = field(default="", compare=False, metadata=FOR_THE_AUTHOR)


# How often one who is late may be chased by hand, where the file says nothing.
HOUSE_CHASES = 3
# Who is told when, where the file says nothing (LANGUAGE section 12).
HOUSE_LADDER = (
    Rung(at="-7d"),
    Rung(at="-1d"),
    Rung(at="0d"),
    Rung(at="+1wd", every="3wd", most=3),
    Rung(at="+5wd", to=Who(terms=("superior",))),
)


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often: `each` (calendar periods) or `days` (wordings of days)."""

    each: str | None = None
    days: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    partial: Literal["keep", "drop", "drop_first", "drop_last"] = "keep"


@dataclass(frozen=True, kw_only=True)
class After:
    """What must be done before the task opens: a task about the same unit, a stage, or a task of all units directly below."""

    name: str
    below: bool = False


@dataclass(frozen=True, kw_only=True)
class Task:
    """Who owes what, by when, how often, proven by which items. `stage`: where it is written, None at file level.

    `opens`: a wording, or `on_entry`. No items: an act, the owner states day and sentence.
    """

    name: str
    path: str
    stage: str | None
    subjects: Who
    owner: Who
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""
    after: tuple[After, ...] = ()
    opens: Wording | None = None
    due: Wording | None = None
    window: str | None = None
    grace: str | None = None
    lock: Wording | None = None
    every: Rhythm | None = None
    period: str | None = None
    modality: Modality = "must"
    items: tuple[Item, ...] = ()
    checks: tuple[Rule, ...] = ()
    review: Review | None = None
    deliver: tuple[Who, ...] = ()
    allow: Allowances = field(default_factory=Allowances)
    ladder: tuple[Rung, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A state of the case, with its window and its gate."""

    name: str
    path: str
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""
    window: str | None = None
    opens: Wording | None = None
    due: Wording | None = None
    opens_on_entry: bool = False


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """One version of the declared plan. `ladder` and `allow` of blocks are already copied to the tasks that take them (nearest wins).

    spelling: how the author writes keys, for what is said about the file.
    """

    name: str
    version: int
    language: int
    calendar: Calendar
    organisation: Organisation
    title: str = ""
    cite: tuple[str, ...] = ()
    note: str = ""
    window: str | None = None
    opens: Wording | None = None
    due: Wording | None = None
    sources: tuple[Source, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    subjects: Who | None = None
    stages: tuple[Stage, ...] = ()
    tasks: tuple[Task, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    spelling: Spelling = field(default=Spelling(), compare=False, metadata=FOR_THE_AUTHOR)

    def task(self, name: str) -> Task:
        """The task of that name. KeyError if there is none."""
        return {task.name: task for task in self.tasks}[name]
