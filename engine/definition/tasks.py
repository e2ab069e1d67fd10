"""From one task of the file to the compiled task, with what it takes over from its stage and the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, cast

from engine.definition.items import read_items
from engine.definition.model import HOUSE_LADDER, After, Allowances, Modality, Permission, Review, Rhythm, Rung, Task, Who, Wording
from engine.definition.names import split_below
from engine.definition.parties import Parties
from engine.definition.report import Report
from engine.definition.rules import read_rules
from engine.definition.shapes import Value
from engine.definition.words import english_word
from engine.sentences import Sentence
from engine.timing.ladders import MOST_REPEATS
from engine.timing.spans import parse_span

_EACH = re.compile(
    r"day|week|month|quarter|half|year|[1-9]\d*\s*(d|w|mo|y)|每(日|天|周|月|季度|半年|年|[两一二三四五六七八九十\d]+(周|个月|年|天|日))"
)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a block gives to the tasks in it: its ladder and allowances as far as they are written, nearest first."""

    ladder: tuple[Rung, ...] = HOUSE_LADDER
    allow: Allowances = field(default_factory=Allowances)

    def within(self, block: Value, parties: Parties, subjects: Who | None) -> Taken:
        """What a block or task inside goes by: its own where written, verb by verb for `allow`."""
        ladder, allow = block.entries.get("ladder"), block.entries.get("allow")
        own = _allow(allow, parties, subjects) if allow else Allowances()
        return Taken(
            ladder=read_ladder(ladder, parties, subjects) if ladder else self.ladder,
            allow=Allowances(
                extend=own.extend or self.allow.extend, waive=own.waive or self.allow.waive, chase=own.chase or self.allow.chase
            ),
        )


def read_task(value: Value, name: str, stage: str | None, taken: Taken, parties: Parties) -> Task | None:
    """The compiled task; None where nobody is known to owe it, which is reported."""
    report = parties.report
    check_ends(value, report)
    _check_period(value, report)
    both = parties.of_task(value)
    subjects, owner = both if both else (None, None)
    own = taken.within(value, parties, subjects)
    review, deliver = _review(value, parties, subjects), _deliver(value, parties, subjects)
    items, every = read_items(value, name, report), _rhythm(value, report)
    not_negative(value, "grace", report)
    if subjects is None or owner is None:
        return None
    return Task(
        name=name,
        path=value.spot.path,
        stage=stage,
        subjects=subjects,
        owner=owner,
        title=value.word("title"),
        cite=value.words("cite"),
        note=value.word("note"),
        after=tuple(After(name=split_below(term)[1], below=split_below(term)[0]) for term in value.words("after")),
        opens=wording(value, "opens"),
        due=wording(value, "due"),
        window=value.word("window") or None,
        grace=value.word("grace") or None,
        lock=wording(value, "lock"),
        every=every,
        period=value.word("period") or None,
        modality=cast(Modality, value.word("modality", "must")),
        items=items,
        checks=read_rules(value),
        review=review,
        deliver=deliver,
        allow=own.allow,
        ladder=own.ladder,
        urgent=value.word("urgent") == "true",
    )


def wording(value: Value, key: str) -> Wording | None:
    """An instant as written, one text or several; 未定 is `undated`."""
    texts = tuple(english_word(text) for text in value.words(key))
    found = value.entries.get(key)
    if not texts or found is None:
        return None
    return texts if found.items else texts[0]


def check_ends(value: Value, report: Report) -> None:
    """A window gives both ends; only `opens: on_entry`, which is no date, may stand beside it."""
    window = value.entries.get("window")
    if window is None:
        return
    for key in ("opens", "due"):
        other = value.entries.get(key)
        if other and not (key == "opens" and tuple(map(english_word, other.texts)) == ("on_entry",)):
            report.add("said-twice", other.spot, _ENDS, _ENDS_HINT)


def not_negative(value: Value, key: str, report: Report, *, least: int = 0) -> None:
    """A span that says how long something lasts cannot look back."""
    found = value.entries.get(key)
    if found and parse_span(found.text).count < least:
        report.add("bad-span", found.spot, _NEGATIVE if least == 0 else _NOT_POSITIVE)


def _check_period(value: Value, report: Report) -> None:
    if "every" in value.entries and "period" in value.entries:
        report.add("said-twice", value.entries["period"].spot, _PERIOD, _PERIOD_HINT)


def _rhythm(task: Value, report: Report) -> Rhythm | None:
    value = task.entries.get("every")
    if value is None:
        return None
    if value.kind != "rhythm":
        return _short_rhythm(value)
    if not any(value.written(key) for key in ("each", "days", "rounds")):
        report.add("rhythm", value.spot, _NO_RHYTHM)
    if value.written("each") and value.written("days"):
        report.add("rhythm", value.entries.get("days", value).spot, _TWO_RHYTHMS)
    return Rhythm(
        each=value.word("each") or None,
        days=value.words("days"),
        since=value.word("from") or None,
        until=value.word("until") or None,
        partial=cast(Literal["keep", "drop", "drop_first", "drop_last"], value.word("partial", "keep")),
    )


def _short_rhythm(value: Value) -> Rhythm:
    """`quarter` and 每季度 are periods; every other short form names days."""
    return Rhythm(each=value.text) if value.text and _EACH.fullmatch(value.text) else Rhythm(days=value.texts)


def _review(task: Value, parties: Parties, subjects: Who | None) -> Review | None:
    found = task.entries.get("review")
    value = found.items[0] if found and found.items else found
    if value is None:
        return None
    by = value.entries.get("by") if value.kind == "step" else value
    who = parties.seen_from(by, subjects) if by else None
    not_negative(value, "rework", parties.report, least=1)
    if who is None:
        return None
    return Review(by=who, title=value.word("title"), rework=value.word("rework") or None, cite=value.words("cite"), note=value.word("note"))


def _deliver(task: Value, parties: Parties, subjects: Who | None) -> tuple[Who, ...]:
    found = task.entries.get("deliver")
    receivers = [entry.entries["to"] for entry in (found.items if found else ()) if "to" in entry.entries]
    return tuple(who for receiver in receivers if (who := parties.seen_from(receiver, subjects)))


def _allow(value: Value, parties: Parties, subjects: Who | None) -> Allowances:
    extend, waive = value.entries.get("extend"), value.entries.get("waive")
    for key in ("most", "times"):
        if waive and key in waive.entries:
            parties.report.add("misplaced-key", waive.entries[key].key, _OF_WAIVING, _OF_WAIVING_HINT)
    return Allowances(
        extend=_permission(extend, parties, subjects) if extend else None,
        waive=_permission(waive, parties, subjects) if waive else None,
        chase=int(value.word("chase") or 0) or None,
    )


def _permission(value: Value, parties: Parties, subjects: Who | None) -> Permission | None:
    by = value.entries.get("by") if value.kind == "permission" else value
    who = parties.seen_from(by, subjects) if by else None
    not_negative(value, "most", parties.report, least=1)
    times = value.word("times")
    return Permission(by=who, most=value.word("most") or None, times=int(times) if times else None) if who else None


def read_ladder(value: Value, parties: Parties, subjects: Who | None) -> tuple[Rung, ...]:
    """The rungs of a block or task, in the order written."""
    return tuple(rung for entry in value.items if (rung := _rung(entry, parties, subjects)))


def _rung(value: Value, parties: Parties, subjects: Who | None) -> Rung | None:
    to, most = value.entries.get("to"), value.entries.get("most")
    not_negative(value, "every", parties.report, least=1)
    if most and not value.written("every"):
        parties.report.add("rhythm", most.key, _MOST, _MOST_HINT)
    _check_repeats(value, parties.report)
    parties.condition(value, subjects)
    who = parties.seen_from(to, subjects) if to else None
    if "at" not in value.entries:
        return None
    return Rung(
        at=value.word("at"),
        every=value.word("every") or None,
        most=int(most.text) if most else None,
        to=who,
        say=value.word("say"),
        via=value.word("via"),
        when=value.word("when") or None,
        title=value.word("title"),
        cite=value.words("cite"),
        note=value.word("note"),
        path=value.spot.path,
    )


def _check_repeats(value: Value, report: Report) -> None:
    """Whoever repeats by the hour says how often, or somebody is told hundreds of times."""
    every, most = value.entries.get("every"), value.entries.get("most")
    if every and not most and parse_span(every.text).is_clock:
        report.add("rhythm", every.spot, _HOURLY, _HOURLY_HINT)
    if most and int(most.text) > MOST_REPEATS:
        report.add("rhythm", most.spot, _TOO_MANY, _TOO_MANY_HINT)


_ENDS = Sentence("起止时间写了两次：已有 window（时间），它给出了开始和期限。", "This end is said twice: `window` gives both ends already.")
_ENDS_HINT = Sentence("删去一处。", "Remove one of them.")
_NEGATIVE = Sentence("这里的时间长度不能是负数。", "This span cannot be negative.")
_NOT_POSITIVE = Sentence("这里的时间长度必须大于零。", "This span must be longer than nothing.")
_PERIOD = Sentence(
    "周期性任务的考核期由 every（周期）给出，不能再写 period。", "A recurring task has its periods from `every`; `period` cannot be added."
)
_PERIOD_HINT = Sentence("删去 period（考核期）。", "Remove `period`.")
_OF_WAIVING = Sentence("免报没有多久和几次可言。", "A waiver has no length and is granted once.")
_OF_WAIVING_HINT = Sentence("most（最多）和 times（次数）请写在 extend（延期）里。", "Write `most` and `times` under `extend`.")
_NO_RHYTHM = Sentence("没有写多久一次：写 each（周期）或 days（日子）。", "It does not say how often: write `each` or `days`.")
_TWO_RHYTHMS = Sentence("each（周期）和 days（日子）只能写一个。", "Write `each` or `days`, not both.")
_MOST = Sentence("most（至多几次）要和 every（多久一次）一起写。", "`most` needs an `every` to count.")
_HOURLY = Sentence("按小时或分钟重复的提醒，要写明至多几次。", "A reminder that repeats in hours or minutes says how often at most.")
_HOURLY_HINT = Sentence("加上 most（最多），如 most: 3。", "Add `most`, as in most: 3.")
_TOO_MANY = Sentence(f"一条提醒至多重复 {MOST_REPEATS} 次。", f"A reminder is repeated {MOST_REPEATS} times at most.")
_TOO_MANY_HINT = Sentence("写一个较小的数。", "Give a smaller number.")
_MOST_HINT = Sentence("加上 every，或删去 most。", "Add `every`, or remove `most`.")
