"""Every key of the table either changes what the program does, or is here said to be mere description, with the reason.

What the program does is taken from the plan of a launch over a small tree, from what operations read of a task, and from what
is noted; not from the compiled file itself, in which a key can stand without anybody ever asking for it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache

import pytest

from engine.definition.keys import ELEMENTS
from engine.definition.model import Allowances, Item, Organisation, Permission, Task, Who, Workflow
from engine.definition.projection import project
from engine.definition.who import Seat, acting_posts, seat
from engine.evidence.field_words import asked_of
from engine.evidence.fields import field_title, read_values, too_few_rows
from engine.evidence.rules import judge_rules
from engine.operations import planning
from engine.operations.census import Census
from engine.operations.loading import check_bytes
from engine.operations.papers import demand
from engine.sentences import Sentence, plain
from engine.store.roster import UnitRow

LAUNCH = datetime(2031, 2, 1, tzinfo=UTC)


def unit(number: int, code: str, level: str, superior: UnitRow | None, **attributes: str) -> UnitRow:
    path = f"{superior.path if superior else ''}{number:05}"
    values = {"id": number, "code": code, "name": code, "level": level, "kind": "", "path": path, "since": None, "until": None}
    return UnitRow(**values, attributes=attributes, superior=superior)  # type: ignore[arg-type]  # one dict for short


TOP = unit(1, "S", "校", None)
A, B = unit(2, "A", "院", TOP, 类型="文科", 人数="12"), unit(3, "B", "院", TOP, 类型="理科", 人数="3")
UNITS = (TOP, A, B, unit(4, "A1", "班", A), unit(5, "B1", "班", B))


def plan(
    tasks: str = "{甲: {owner: 班}}",
    *,
    top: str = "window: 2031年3月—6月底",
    calendar: str = "",
    organisation: str = "",
    bodies: str = "{办公室: {at: 校}}",
    posts: str = "{书记: {}, 联络员: {}}",
    attributes: str = "{院: {类型: [文科, 理科], 人数: number}}",
    groups: str = "{基层: [院, 班]}",
) -> str:
    """A small valid file, one part of it as a test wants it."""
    organised = organisation or f"{{levels: [校, 院, 班], bodies: {bodies}, posts: {posts}, attributes: {attributes}, groups: {groups}}}"
    written = f"tasks: {tasks}\n" if tasks else ""
    return (
        f"workflow: w\nversion: 1\nlanguage: 1\ncalendar: {{timezone: Asia/Shanghai{calendar}}}\n"
        f"organisation: {organised}\n{top}\n{written}"
    )


def of(keys: str, **parts: str) -> str:
    """A file whose one task has these keys beside its owner."""
    return plan(f"{{甲: {{owner: 班{', ' if keys else ''}{keys}}}}}", **parts)


def of_item(keys: str) -> str:
    return of(f"artifact: {{kind: document{keys}}}")


def of_field(keys: str) -> str:
    return of_item(f", fields: {{甲: {{{keys}}}}}")


def ruled(rule: str) -> str:
    return of(f"artifact: {{kind: document, fields: {{甲: number}}}}, checks: [{{{rule}}}]")


def staged(keys: str, tasks: str = "{甲: {owner: 班}}") -> str:
    return plan("", top=f"window: 2031年3月—6月底\nstages: {{一: {{{keys}, tasks: {tasks}}}}}")


HOLIDAY = "{甲: {owner: 班, due: 2025-10-01}}"
YEAR = "window: 2025年9月—10月底"
IN_MAY = "due: 5月20日前"

# For each key that does something: two files that differ in it, and in nothing else but what it cannot do without.
CASES: dict[tuple[str, str], tuple[str, str]] = {
    ("file", "sources"): (
        of("due: issued + 3d"),
        of("due: issued + 3d", top="window: 2031年3月—6月底\nsources: {文: {issued: 2031-03-05}}"),
    ),
    ("file", "calendar"): (plan(), plan().replace("Asia/Shanghai", "Europe/Berlin")),
    ("file", "organisation"): (plan("{甲: {owner: 基层}}"), plan("{甲: {owner: 基层}}", groups="{基层: 院}")),
    ("file", "anchors"): (
        of("due: 大会 - 3d", top="window: 2031年3月—6月底\nanchors: {大会: undated}"),
        of("due: 大会 - 3d", top="window: 2031年3月—6月底\nanchors: {大会: 2031-05-12}"),
    ),
    ("file", "for"): (plan("{甲: {owner: 基层}}"), plan("{甲: {owner: 基层}}", top="window: 2031年3月—6月底\nfor: 班")),
    ("file", "stages"): (plan(), staged("window: 2031年3月")),
    ("file", "title"): (plan(), plan(top="window: 2031年3月—6月底\ntitle: 春季")),
    ("file", "doubt"): (plan(), plan(top="window: 2031年3月—6月底\ndoubt: 起止不明")),
    ("file", "window"): (plan(), plan(top="window: 2031年3月—5月底")),
    ("file", "opens"): (plan(top="due: 2031年6月底"), plan(top="opens: 2031年3月\ndue: 2031年6月底")),
    ("file", "due"): (plan(top="opens: 2031年3月"), plan(top="opens: 2031年3月\ndue: 2031年6月底")),
    ("file", "tasks"): (plan(), plan("{甲: {owner: 院}}")),
    ("file", "ladder"): (plan(), plan(top="window: 2031年3月—6月底\nladder: [{at: -5d}]")),
    ("file", "allow"): (plan(), plan(top="window: 2031年3月—6月底\nallow: {waive: superior}")),
    ("stage", "title"): (staged("window: 3月"), staged("window: 3月, title: 动员")),
    ("stage", "doubt"): (staged("window: 3月"), staged("window: 3月, doubt: 不明")),
    ("stage", "window"): (staged("window: 3月"), staged("window: 4月")),
    ("stage", "opens"): (staged("due: 4月底"), staged("due: 4月底, opens: 4月5日")),
    ("stage", "due"): (staged("opens: 4月5日"), staged("opens: 4月5日, due: 4月底")),
    ("stage", "tasks"): (staged("window: 3月"), staged("window: 3月", "{甲: {owner: 院}}")),
    ("stage", "ladder"): (staged("window: 3月"), staged("window: 3月, ladder: [{at: -5d}]")),
    ("stage", "allow"): (staged("window: 3月"), staged("window: 3月, allow: {waive: superior}")),
    ("task", "title"): (of(""), of("title: 方案")),
    ("task", "doubt"): (of(""), of("doubt: 不明")),
    ("task", "for"): (plan("{甲: {for: 班, owner: superior}}"), plan("{甲: {for: 院, owner: superior}}")),
    ("task", "owner"): (plan("{甲: {for: 班, owner: superior}}"), plan("{甲: {for: 班, owner: unit}}")),
    ("task", "after"): (plan("{甲: {owner: 班}, 乙: {owner: 班}}"), plan("{甲: {owner: 班}, 乙: {owner: 班, after: 甲}}")),
    ("task", "opens"): (of(""), of("opens: 4月5日")),
    ("task", "due"): (of(""), of(IN_MAY)),
    ("task", "window"): (of(""), of("window: 4月")),
    ("task", "grace"): (of(""), of("grace: 2d")),
    ("task", "lock"): (of(""), of("lock: 6月底")),
    ("task", "every"): (of(""), of("every: month")),
    ("task", "period"): (of("due: period.end + 9d, period: 3月"), of("due: period.end + 9d, period: 4月")),
    ("task", "modality"): (of(""), of("modality: should")),
    ("task", "artifact"): (of(""), of("artifact: document")),
    ("task", "artifacts"): (of(""), of("artifacts: {正文: document}")),
    ("task", "checks"): (of("artifact: {kind: document, fields: {甲: number}}"), ruled("that: 甲 > 1")),
    ("rule", "that"): (ruled("that: 甲 > 1"), ruled("that: 甲 > 2")),
    ("rule", "say"): (ruled("that: 甲 > 1"), ruled("that: 甲 > 1, say: 要大于一")),
    ("rule", "title"): (ruled("that: 甲 > 1"), ruled("that: 甲 > 1, title: 大于一")),
    ("rule", "modality"): (ruled("that: 甲 > 1"), ruled("that: 甲 > 1, modality: should")),
    ("rule", "doubt"): (ruled("that: 甲 > 1"), ruled("that: 甲 > 1, doubt: 不明")),
    ("task", "review"): (of(""), of("review: 校")),
    ("task", "deliver"): (of(""), of("deliver: [{to: 办公室}]")),
    ("task", "allow"): (of(""), of("allow: {waive: superior}")),
    ("task", "ladder"): (of(""), of("ladder: [{at: -5d}]")),
    ("task", "urgent"): (of(""), of("urgent: true")),
    ("source", "issued"): (
        of("due: issued + 3d", top="window: 2031年3月—6月底\nsources: {文: {issued: 2031-03-05}}"),
        of("due: issued + 3d", top="window: 2031年3月—6月底\nsources: {文: {issued: 2031-03-06}}"),
    ),
    ("calendar", "timezone"): (plan(), plan().replace("Asia/Shanghai", "Europe/Berlin")),
    ("calendar", "holidays"): (plan(HOLIDAY, top=YEAR), plan(HOLIDAY, top=YEAR, calendar=", holidays: CN")),
    ("calendar", "before"): (of(IN_MAY), of(IN_MAY, calendar=", before: excludes")),
    ("calendar", "on_holiday"): (of("due: 2031-05-18"), of("due: 2031-05-18", calendar=", on_holiday: next")),
    ("calendar", "work_ends"): (
        of("due: 5月20日下班前", calendar=", work_ends: 17:30"),
        of("due: 5月20日下班前", calendar=", work_ends: 18:00"),
    ),
    ("calendar", "about"): (of("due: 5月20日左右"), of("due: 5月20日左右", calendar=", about: 5d")),
    ("calendar", "attach"): (of(IN_MAY), of(IN_MAY, calendar=", attach: true")),
    ("organisation", "levels"): (
        plan(organisation="{levels: [校, 院, 班], posts: {书记: {}}}"),
        plan(organisation="{levels: [校, 院, 组, 班], posts: {书记: {}}}").replace("owner: 班", "owner: 院"),
    ),
    ("organisation", "bodies"): (of("review: 办公室"), of("review: 办公室", bodies="{办公室: {at: 院}}")),
    ("organisation", "posts"): (plan(), plan(posts="{联络员: {}}")),
    ("organisation", "attributes"): (plan(), plan(attributes="{院: {类型: [工科], 人数: number}}")),
    ("organisation", "groups"): (plan("{甲: {owner: 基层}}"), plan("{甲: {owner: 基层}}", groups="{基层: 班}")),
    ("body", "at"): (of("review: 办公室"), of("review: 办公室", bodies="{办公室: {at: 院}}")),
    ("post", "acts"): (plan(), plan(posts="{书记: {}, 联络员: {acts: true}}")),
    ("post", "deputy"): (plan(), plan(posts="{书记: {deputy: 联络员}, 联络员: {}}")),
    ("post", "held_by"): (plan(), plan(posts="{书记: {}, 联络员: {held_by: superior.书记}}")),
    ("post", "many"): (plan(posts="{学员: {}, 书记: {}}"), plan(posts="{学员: {many: true}, 书记: {}}")),
    ("post", "counted"): (plan(posts="{群众: {}, 书记: {}}"), plan(posts="{群众: {counted: true}, 书记: {}}")),
    ("who", "who"): (plan("{甲: {owner: {who: 班}}}"), plan("{甲: {owner: {who: 院}}}")),
    ("who", "where"): (plan("{甲: {owner: {who: 院}}}"), plan("{甲: {owner: {who: 院, where: 人数 > 10}}}")),
    ("doubt", "says"): (of("doubt: {says: 尽快}"), of("doubt: {says: 从速}")),
    ("doubt", "settled"): (of("doubt: {says: 尽快}"), of("doubt: {says: 尽快, settled: 办公室}")),
    ("rhythm", "each"): (of("every: {each: month}"), of("every: {each: quarter}")),
    ("rhythm", "days"): (of("every: {days: [4月10日]}"), of("every: {days: [4月10日, 5月10日]}")),
    ("rhythm", "from"): (of("every: {each: month}"), of("every: {each: month, from: 3月15日}")),
    ("rhythm", "until"): (of("every: {each: month}"), of("every: {each: month, until: 4月底}")),
    ("rhythm", "partial"): (of("every: {each: half}"), of("every: {each: half, partial: drop_first}")),
    ("item", "title"): (of_item(""), of_item(", title: 方案")),
    ("item", "doubt"): (of_item(""), of_item(", doubt: 不明")),
    ("item", "parts"): (of_item(""), of_item(", parts: [目标]")),
    ("item", "length"): (of_item(""), of_item(", length: 800字以上")),
    ("item", "count"): (of_item(", length: 800字以上"), of_item(", length: 800字以上, count: han")),
    ("item", "formats"): (of_item(""), of_item(", formats: [pdf]")),
    ("item", "kind"): (of("artifact: document"), of("artifact: {kind: meeting}")),
    ("item", "fields"): (of_item(""), of_item(", fields: {甲: text}")),
    ("item", "agenda"): (of("artifact: {kind: meeting}"), of("artifact: {kind: meeting, agenda: [通报]}")),
    ("item", "places"): (of("artifact: {kind: publication}"), of("artifact: {kind: publication, places: [公告栏]}")),
    ("field", "type"): (of_field("modality: may"), of_field("modality: may, type: date")),
    ("field", "choice"): (of_field("modality: may"), of_field("modality: may, choice: [一, 二]")),
    ("field", "count"): (of_field("type: date"), of_field('type: date, count: ">= 2"')),
    ("field", "range"): (of_field("type: number"), of_field("type: number, range: 1..9")),
    ("field", "modality"): (of_field("type: date"), of_field("type: date, modality: may")),
    ("field", "title"): (of_field("type: date"), of_field("type: date, title: 日子")),
    ("field", "note"): (of_field("type: date"), of_field("type: date, note: 只写一个")),
    ("field", "doubt"): (of_field("type: date"), of_field("type: date, doubt: 不明")),
    ("part", "doubt"): (of_item(", parts: {甲: {length: 80字以上}}"), of_item(", parts: {甲: {length: 80字以上, doubt: 不明}}")),
    ("part", "title"): (of_item(", parts: {甲: {length: 80字以上}}"), of_item(", parts: {甲: {length: 80字以上, title: 目标}}")),
    ("part", "length"): (of_item(", parts: {甲: {length: 80字以上}}"), of_item(", parts: {甲: {length: 90字以上}}")),
    ("part", "parts"): (of_item(", parts: {甲: {length: 80字以上}}"), of_item(", parts: {甲: {length: 80字以上, parts: [乙]}}")),
    ("step", "doubt"): (of("review: {by: 校}"), of("review: {by: 校, doubt: 不明}")),
    ("step", "by"): (of("review: {by: 校}"), of("review: {by: 院}")),
    ("step", "rework"): (of("review: {by: 校}"), of("review: {by: 校, rework: 3d}")),
    ("delivery", "doubt"): (of("deliver: [{to: 办公室}]"), of("deliver: [{to: 办公室, doubt: 不明}]")),
    ("delivery", "to"): (of("deliver: [{to: 办公室}]"), of("deliver: [{to: superior}]")),
    ("allow", "extend"): (of("allow: {waive: superior}"), of("allow: {waive: superior, extend: superior}")),
    ("allow", "waive"): (of("allow: {extend: superior}"), of("allow: {extend: superior, waive: superior}")),
    ("allow", "chase"): (of("allow: {waive: superior}"), of("allow: {waive: superior, chase: 1}")),
    ("permission", "by"): (of("allow: {extend: {by: superior}}"), of("allow: {extend: {by: 校}}")),
    ("permission", "most"): (of("allow: {extend: {by: superior}}"), of("allow: {extend: {by: superior, most: 10d}}")),
    ("permission", "times"): (of("allow: {extend: {by: superior}}"), of("allow: {extend: {by: superior, times: 2}}")),
    ("rung", "doubt"): (of("ladder: [{at: -3d}]"), of("ladder: [{at: -3d, doubt: 不明}]")),
    ("rung", "at"): (of("ladder: [{at: -3d}]"), of("ladder: [{at: -5d}]")),
    ("rung", "every"): (of("ladder: [{at: +3d}]"), of("ladder: [{at: +3d, every: 2wd, most: 3}]")),
    ("rung", "most"): (of("ladder: [{at: +3d, every: 2wd, most: 3}]"), of("ladder: [{at: +3d, every: 2wd, most: 4}]")),
    ("rung", "say"): (of("ladder: [{at: +3d}]"), of("ladder: [{at: +3d, say: 最后催办}]")),
    ("rung", "via"): (of("ladder: [{at: +3d}]"), of("ladder: [{at: +3d, via: 钉钉}]")),
    ("rung", "when"): (of("ladder: [{at: +3d}]"), of("ladder: [{at: +3d, when: attempt > 1}]")),
    ("rung", "to"): (of("ladder: [{at: +3d}]"), of("ladder: [{at: +3d, to: superior}]")),
}

_PLACE = "the place in the notice, for whoever compares the two"
_REMARK = "a remark for readers of the file"
_SHOWN = "a longer name for readers of the file"
_PAPER = "which paper the file was written from"
DESCRIPTIVE: dict[tuple[str, str], str] = {
    ("file", "workflow"): "the identity of the file: under which name it is kept",
    ("file", "version"): "the identity of the file: which version is kept",
    ("file", "language"): "only 1 is read; any other is refused",
    ("doubt", "read"): "how a doubt was read, for whoever settles it",
    ("doubt", "why"): "why there is a doubt, for whoever settles it",
    **{("source", key): _PAPER for key in ("file", "number", "title", "url")},
    **{(kind, "cite"): _PLACE for kind in ELEMENTS if "cite" in ELEMENTS[kind]},
    **{(kind, "note"): _REMARK for kind in ELEMENTS if "note" in ELEMENTS[kind] and kind != "field"},
    **{(kind, "title"): _SHOWN for kind in ("body", "post", "step", "delivery", "rung")},
}
BUILT = {(kind, name) for kind, keys in ELEMENTS.items() for name, key in keys.items() if key.shape}


@cache
def effect(text: str) -> str:
    """All that the program does with a file, as one text."""
    checked = check_bytes(text.encode(), "plan.yaml")
    assert checked.sound and checked.workflow, [problem.message.say("en") for problem in checked.problems]
    workflow = checked.workflow
    projection, issues = project(workflow, received=LAUNCH)
    assert not issues
    census = Census(workflow, date(2031, 2, 1))
    census.take(UNITS)
    stages = planning.new_stages(workflow, projection, LAUNCH)
    occurrences = planning.new_occurrences(workflow, projection, stages, census.by_task, set(), LAUNCH)
    waits = planning.dependencies(workflow, occurrences, census)
    notes = [note.say("en") for note in census.odd.words()]
    open_doubts = [doubt.says for doubt in workflow.doubts if not doubt.settled]
    tasks = [read_by_operations(task, workflow) for task in workflow.tasks]
    answers, sent_along = who_answers(workflow.organisation), workflow.calendar.attach
    return repr((list(census.rows()), stages, occurrences, waits, notes, open_doubts, tasks, answers, sent_along))


def read_by_operations(task: Task, workflow: Workflow) -> object:
    """What handing in, judging, granting, delivering and reminding take from a task."""
    seats = [seats_of(who, workflow.organisation) for who in task.deliver]
    items = [(item.name, item.title, [part.title for part in item.parts], demand(item), asked_in(item)) for item in task.items]
    reminded = [(rung.to and seats_of(rung.to, workflow.organisation), rung.say, rung.via, rung.when) for rung in task.ladder]
    rules = [judge_rules(task.checks, dict.fromkeys(["甲"], Fraction(value)).__getitem__) for value in (1, 2, 3)]
    return seats, items, rules, reminded, task.review and task.review.rework, granted(task.allow, workflow.organisation)


def asked_in(item: Item) -> object:
    """What its fields ask for, in words and by what they turn away."""
    fields = [(field.name, field_title(field).say("zh"), asked_of(field).say("zh")) for field in item.fields]
    empty = [verdict.code for verdict in read_values(item.fields, {}, NOBODY, datetime(2031, 2, 1)).verdicts]  # noqa: DTZ001 - local
    return item.kind, fields, empty, too_few_rows(item, 1)


class Nobody:
    """A roster without anybody."""

    def person(self, text: str) -> Sentence:
        return plain(text)

    def unit(self, text: str) -> Sentence:
        return plain(text)


NOBODY = Nobody()


def granted(allow: Allowances, organisation: Organisation) -> object:
    def terms(permission: Permission | None) -> object:
        return permission and (seats_of(permission.by, organisation), permission.most, permission.times)

    return terms(allow.extend), terms(allow.waive), allow.chases


def seats_of(who: Who, organisation: Organisation) -> list[tuple[str, str]]:
    found = (seat(who, unit, organisation) for unit in UNITS)
    return [(one.unit.code, one.role) for one in found if one]


def who_answers(organisation: Organisation) -> object:
    """The posts that act for a unit and for each post, and who holds what others hold."""
    roles = ("", *(post.name for post in organisation.posts))
    acting = [acting_posts(Seat(TOP, role), organisation) for role in roles]
    return acting, [seats_of(post.held_by, organisation) for post in organisation.posts if post.held_by]


def test_every_key_is_said_to_do_something_or_to_describe() -> None:
    assert CASES.keys() | DESCRIPTIVE.keys() == BUILT
    assert not CASES.keys() & DESCRIPTIVE.keys()
    assert all(DESCRIPTIVE.values())


@pytest.mark.parametrize(("kind", "key"), CASES)
def test_a_key_that_is_accepted_changes_what_the_program_does(kind: str, key: str) -> None:
    without, with_it = CASES[kind, key]
    assert without != with_it
    assert effect(without) != effect(with_it)
