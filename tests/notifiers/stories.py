"""The campaign the sample letters come from, played by the program: `python -m tests.notifiers.stories` writes the samples anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.evidence.vault import Vault
from engine.operations import launching, moving, requests
from engine.operations.asking import Lookup
from engine.operations.campaigns import TaskRef, running
from engine.operations.composing import to_tell
from engine.operations.context import House
from engine.operations.granting import Request
from engine.operations.letters import view
from engine.operations.recipients import gather, office_recipient
from engine.org.model import Person, Roster, Tenure, Unit
from engine.store import roster
from engine.store.schema import create_database
from notifiers.errors import Lang
from notifiers.samples import write_samples
from notifiers.views import LetterView
from tests.operations import world as w

WORKFLOW = """
workflow: sample
version: 1
title: {title}
sources: {{plan: {{title: {source}}}}}
calendar: {{timezone: Asia/Shanghai, holidays: CN}}
window: 2010年5月中旬—2010年底
organisation:
  levels: [{top}, {mid}, {low}]
  posts: {{{head}: {{acts: true, deputy: {deputy}}}, {deputy}: {{}}}}
allow: {{extend: {{by: superior, most: 1mo}}, waive: superior}}
tasks:
  plan:
    title: {plan}
    cite: {cite}
    owner: {low}
    due: 6月10日前
    lock: 6月25日前
    artifact: {{kind: document, length: 1000字以上}}
    review: superior
  package:
    title: {package}
    owner: {low}
    due: 6月10日前
    artifacts: {{{package_items}}}
  act: {{title: {act}, owner: {low}, due: 6月10日前}}
  meeting: {{title: {meeting}, owner: {mid}, due: 6月10日前, review: superior}}
  comment:
    title: {comment}
    for: {low}
    owner: superior.{head}
    every: {{each: quarter, partial: drop}}
    artifact: document
    deliver: [{{to: subject}}, {{to: {top}}}]
"""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What everything is called in one language."""

    words: Mapping[str, str]
    office: str
    units: tuple[str, str, str]
    low: str
    items: tuple[str, ...]
    long: str
    people: tuple[str, ...]
    other: str
    families: str
    said: str
    reasons: tuple[str, str, str, str, str]
    remark: str
    plea: str
    refusal: str


ZH = Names(
    words={
        "title": "在全校党的基层组织和党员中深入开展创先争优活动",
        "source": "深入开展创先争优活动的实施意见",
        "top": "学校",
        "mid": "党总支",
        "low": "党支部",
        "head": "书记",
        "deputy": "组织员",
        "plan": "创先争优活动总结",
        "cite": "[三(一)二, 四1]",
        "package": "建立述职、考核、评议制度",
        "package_items": "述职制度: document, 考核制度: document, 评议制度: document",
        "act": "党员公开承诺",
        "meeting": "召开动员会",
        "comment": "领导点评",
    },
    office="党委工作部",
    units=("开放大学党委", "信息工程学院党总支", "文学院党总支"),
    low="{n}级本科生党支部",
    items=("述职制度", "考核制度", "评议制度"),
    long="机电与自动化工程学院智能制造与机器人工程系研究生与博士后联合第二党支部",
    people=("何东升", "陈慧敏", "王立国", "李四", "赵晓燕", "钱卫东"),
    other="{name}建华",
    families="孙周吴郑冯蒋沈韩杨朱秦许吕张孔曹严华金魏陶姜戚谢邹喻柏",
    said="已在公开栏公布。",
    reasons=(
        "工作目标不具体。\n请写明做到什么程度，由谁负责。",
        "党员外出实习，下月中旬返校。",
        "支部都是离退休党员。",
        "“不足”一节仍是空话。",
        "支部书记住院，准予补报。",
    ),
    remark="措施具体，可以推广。",
    plea="请本周五下班前报来，有困难请来电说明。",
    refusal="学校六月下旬要汇总，不能再晚。",
)
EN = Names(
    words={
        "title": "Spring safety check",
        "source": "Safety plan 2010",
        "top": "federation",
        "mid": "region",
        "low": "club",
        "head": "head",
        "deputy": "secretary",
        "plan": "Safety report",
        "cite": "['part III, item 2', 'part IV']",
        "package": "House rules",
        "package_items": "fire: {kind: document, title: fire rules}, aid: {kind: document, title: first aid}, visitors: document",
        "act": "Public pledge",
        "meeting": "Opening meeting",
        "comment": "Leader's comment",
    },
    office="Campaign Office",
    units=("Lake District Federation", "Northern Region", "Southern Region"),
    low="Club No. {n}",
    items=("fire", "aid", "visitors"),
    long="Rowing, Sailing and Canoeing Club of the United Lakeside Villages and Neighbouring Hamlets, Second Section",
    people=("Ann Archer", "Bob Baker", "Carl Cook", "Dora Dyer", "Eve Ellis", "Frank Frost"),
    other="{name}. Hill",
    families="ABCDEFGHIJKLMNOPQRSTUVWXYZÅ",
    said="Pinned to the notice board.",
    reasons=(
        "The aims are vague.\nSay what is to be reached, and who sees to it.",
        "Away until mid-June.",
        "Nobody is left to do it.",
        "Still vague.",
        "The head was in hospital; a late report is allowed.",
    ),
    remark="Clear measures, worth copying.",
    plea="Please send it by Friday, or call if you cannot.",
    refusal="The federation needs it before the end of June.",
)
NAMES: Mapping[Lang, Names] = {"zh": ZH, "en": EN}
# Units 1 to 6 stand under the first of the two in the middle, the others under the second.
LOWS = tuple(f"L{n:02}" for n in range(1, 31))


def person(names: Names, code: str) -> str:
    """Who leads a unit. Whoever leads the top leads the second of the two in the middle too."""
    place = {"T": 0, "M2": 0, "M1": 1, "M1d": 2}.get(code)
    if place is not None:
        return names.people[place]
    number = int(code[1:])
    return names.people[3:][number - 1] if number <= 3 else names.other.format(name=names.families[number - 4])


def people(names: Names) -> Roster:
    """Thirty units at the bottom, one of them with nobody to lead it and one with a very long name."""
    words = names.words
    units = [
        Unit(code="T", name=names.units[0], level=words["top"], superior=None),
        *(Unit(code=f"M{n}", name=names.units[n], level=words["mid"], superior="T") for n in (1, 2)),
        *(Unit(code=code, name=_name(names, code), level=words["low"], superior="M1" if code <= "L06" else "M2") for code in LOWS),
    ]
    leaders = [Tenure(unit=one.code, post=words["head"], person=_person(names, one.code)) for one in units if one.code != "L05"]
    return Roster(units=tuple(units), tenures=(*leaders, Tenure(unit="M1", post=words["deputy"], person=_person(names, "M1d"))))


def _name(names: Names, code: str) -> str:
    return names.long if code == "L06" else names.low.format(n=1999 + int(code[1:]))


def _person(names: Names, code: str) -> Person:
    email = {"M2": "t"}.get(code, code.lower())
    return Person(name=person(names, code), email=f"{email}@example.org")


@dataclass(kw_only=True)
class Story:
    """The campaign being played; `letters`: those that were kept as samples."""

    world: w.World
    lang: Lang
    letters: dict[str, LetterView] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """What everything is called."""
        return NAMES[self.lang]

    def day(self, now: datetime, **kept: str) -> None:
        """What the program does at that instant; of its letters these are kept, by whom they are for (a unit's code, or office)."""
        self.world.sweep(now)
        views = self.views(now)
        for name, code in kept.items():
            self.letters[name] = views[self.names.office if code == "office" else person(self.names, code)]
        self.world.deliver(now)

    def views(self, now: datetime) -> dict[str, LetterView]:
        """What each person would be told now, by name."""
        with self.world.house.database.read() as connection:
            [campaign] = running(connection)
            lookup = Lookup(connection, campaign, now)
            waiting = gather(connection, campaign, now)
            each = [waiting.parcel(lookup, bundle) for bundle in waiting.bundles(office_recipient(connection))]
            told = [(parcel, to_tell(lookup, parcel)[0]) for parcel in each]
            return {parcel.recipient.name: view(lookup, parcel, decided, self.lang) for parcel, decided in told if decided}

    def hands_in(self, code: str, task: str, now: datetime, *, characters: int = 1100, by: str = "") -> None:
        """Somebody hands in all that a task asks for, or says that it was done."""
        who = person(self.names, by or code)
        if task in ("act", "meeting"):
            self.world.act(code, task, now, by=who, say=self.names.said)
            return
        items = self.names.items if task == "package" else ("",)
        self.world.hand_in(code, task, now, {item: self.world.paper(characters, f"{code}{task}{item}.txt") for item in items}, by=who)


@contextmanager
def told(lang: Lang, *, office: bool = True) -> Iterator[Story]:
    """The campaign, launched with its mail on."""
    names = NAMES[lang]
    with TemporaryDirectory() as place:
        folder = Path(place)
        address = {"office_name": names.office, "office_address": "office@example.org"} if office else {}
        database = create_database(str(folder / "sample.db"), {"kind": "rehearsal", **address})
        with database.write() as connection:
            roster.import_roster(connection, people(names), w.BEFORE)
        house = House(database=database, vault=Vault(folder / "files"))
        w.load(house, WORKFLOW.format_map(names.words), folder)
        w.start(house)
        launching.switch_mail(house, None, on=True, by=w.ADMIN, now=w.BEFORE)
        yield Story(world=w.World(house=house, folder=folder), lang=lang)
        database.dispose()


def letters(lang: Lang) -> dict[str, LetterView]:
    """Every sample letter of one language, as the program writes it."""
    with told(lang) as story:
        _june(story)
        _later(story)
        found = dict(story.letters)
    with told(lang, office=False) as story:
        story.day(w.at(6, 3, 9), no_office="L01")
        return {**found, **story.letters}


def _june(story: Story) -> None:
    world, names = story.world, story.names
    story.day(w.at(6, 3, 9), soon="L01", stand_in="M1", long_names="L06")
    for task in ("plan", "package", "act"):
        story.hands_in("L01", task, w.at(6, 4, 10))
    story.hands_in("L05", "plan", w.at(6, 4, 10), by="M1")
    story.hands_in("M2", "meeting", w.at(6, 4, 10))
    story.day(w.at(6, 4, 11), review="M1", own_review="M1d", name_reviewer="office")
    asked = Request(by=person(names, "L04"), behalf=None, reason=names.reasons[1])
    requests.ask(world.house, None, "L04", TaskRef.parse("plan"), to=date(2010, 6, 20), request=asked, now=w.at(6, 5, 9))
    story.day(w.at(6, 5, 9), asked="M1")
    world.send_back("L01", "plan", w.at(6, 7, 9), by=person(names, "M1"), reason=names.reasons[0])
    world.waive("L03", "package", w.at(6, 7, 9), by=person(names, "M1"), reason=names.reasons[2])
    denied = Request(by=person(names, "M1"), behalf=None, reason=names.refusal)
    requests.deny(world.house, None, "L04", TaskRef.parse("plan"), request=denied, now=w.at(6, 7, 9))
    world.extend("L02", "act", date(2010, 6, 18), w.at(6, 7, 9), by=person(names, "M1"), reason=names.reasons[1])
    story.day(w.at(6, 7, 10), returned="L01", waived="L03", extended="L02", denied="L04")
    for task in ("plan", "package"):
        story.hands_in("L02", task, w.at(6, 8, 9))
    for code, task in (("L03", "act"), ("L04", "package"), ("L04", "act")):
        story.hands_in(code, task, w.at(6, 8, 9))
    w.refused(lambda: story.hands_in("L04", "plan", w.at(6, 8, 10), characters=986))
    world.accept("L02", "plan", w.at(6, 8, 11), by=person(names, "M1"), comment=names.remark)
    story.day(w.at(6, 8, 12), passed="L02")
    story.day(w.at(6, 9, 9), tomorrow="L03", returned_tomorrow="L01")
    story.day(w.at(6, 10, 9), today="L07")
    story.day(w.at(6, 11, 9), overdue="L04")
    story.day(w.at(6, 17, 9), extended_tomorrow="L02")


def _later(story: Story) -> None:
    world, names = story.world, story.names
    story.day(w.at(6, 21, 9), superior="M1", many="M2", office="office")
    story.hands_in("M1", "meeting", w.at(6, 22, 9))
    story.day(w.at(6, 22, 10), review_act="T")
    world.chase("L07", w.at(6, 22, 11), by=person(names, "M2"), words=names.plea)
    story.day(w.at(6, 22, 12), chased="L07")
    story.hands_in("L01", "plan", w.at(6, 24, 9), characters=1280)
    story.day(w.at(6, 25, 9), extended_below="M1")
    world.send_back("L01", "plan", w.at(6, 28, 9), by=person(names, "M1"), reason=names.reasons[3])
    story.day(w.at(6, 28, 10), closed="L01")
    again = {"by": names.office, "behalf": "owner", "reason": names.reasons[4]}
    moving.reopen(world.house, None, "L01", TaskRef.parse("plan"), now=w.at(6, 29, 9), **again)
    story.day(w.at(6, 29, 10), reopened="L01")
    story.day(w.at(9, 23, 9), about="M1")
    story.hands_in("L01", "comment@2010-Q3", w.at(9, 27, 10), by="M1")
    story.day(w.at(9, 27, 11), result="L01", delivered="T")
    story.day(w.at(10, 15, 9), debtors="office")
    story.day(w.at(1, 4, 9, year=2011), blocked="M1")


if __name__ == "__main__":
    write_samples({lang: letters(lang) for lang in NAMES})
