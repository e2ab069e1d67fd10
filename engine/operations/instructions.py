"""What somebody has to do about one duty, in words: what to send, where to, under which mark; where the paper is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.definition.model import Item, Task, Workflow
from engine.evidence.fields import field_title
from engine.ranges import parse_range
from engine.sentences import Lang, Sentence, plain
from engine.store.obligations import ObligationRow

_ALL_ZH = ("", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")
_ALL_EN = ("", "it", "both", "all three", "all four", "all five", "all six", "all seven", "all eight", "all nine", "all ten")
_WEEKDAYS = {"zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def day_words(day: date, lang: Lang) -> str:
    """`2010年12月31日（周五）` / `31 Dec 2010 (Fri)`."""
    weekday = _WEEKDAYS[lang][day.weekday()]
    return f"{day.year}年{day.month}月{day.day}日（{weekday}）" if lang == "zh" else f"{day.day} {day:%b} {day.year} ({weekday})"


def short_day(day: date, lang: Lang) -> str:
    """`6月15日` / `15 Jun`."""
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%b}"


def who_and_when(name: str, day: date, lang: Lang) -> str:
    """`吴刚，2010年12月31日（周五）` / `Ann Archer, 31 Dec 2010 (Fri)`."""
    return ("，" if lang == "zh" else ", ").join((name, day_words(day, lang)))


def listed(names: Sequence[str], lang: Lang) -> str:
    """Names one after the other."""
    return ("、" if lang == "zh" else ", ").join(names)


def office_name(name: str) -> Sentence:
    """The office by its own name; where nobody gave it one, as everybody calls it."""
    return Sentence(name, name) if name else Sentence("活动办公室", "the campaign office")


def mark_of(row: ObligationRow, unit_code: str, lang: Lang) -> str:
    """`GB05-01 领导点评 2010年第三季度`: what to write on a paper, so that the office knows it."""
    return " ".join(filter(None, (unit_code, row.title, row.period_zh if lang == "zh" else row.period_en)))


def cited(workflow: Workflow, task: Task, lang: Lang) -> str:
    """Where the duty is written; with the document's name where there is only one."""
    places = ("；" if lang == "zh" else "; ").join(task.cite)
    if len(workflow.sources) != 1 or not places:
        return places
    title = workflow.sources[0].title or workflow.sources[0].name
    return f"《{title}》{places}" if lang == "zh" else f"“{title}”: {places}"


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """The sentences about one duty. `address`: the campaign office's, '' where it has none; `mark`: what to write on the paper."""

    task: Task
    office: str
    address: str
    mark: str
    lang: Lang

    def hand_in(self) -> str:
        """How it is handed in."""
        if not self.task.items:
            return self._say(_ACT if self.address else _ACT_BY_HAND)
        if len(self.task.items) > 1:
            return self._say(_SEND_ALL if self.address else _GIVE_ALL, **self._package())
        return self._say(_SEND if self.address else _GIVE, what=self._paper())

    def hand_in_before(self, closing: bool) -> str:
        """The same; closing: nothing is taken after the due."""
        return f"{self.hand_in()}{self._say(_NOT_LATER) if closing else ''}"

    def judge(self) -> str:
        """How a judgement is given."""
        return self._say(_JUDGE if self.address else _JUDGE_BY_HAND)

    def answer(self) -> str:
        """How whoever may grant more time answers."""
        return self._say(_ANSWER if self.address else _ANSWER_BY_HAND)

    def name_reviewer(self) -> str:
        """Whom to tell who reviews instead."""
        return self._say(_NAME)

    def ask_for_it(self) -> str:
        """Where whoever reviews it gets it."""
        return self._say(_ASK)

    def fetch_it(self) -> str:
        """Where whoever is told the result gets it."""
        return self._say(_FETCH)

    def closed(self, when: str) -> str:
        """What is said of a duty whose closing time has passed."""
        return self._say(_CLOSED, when=when)

    def _say(self, sentence: Sentence, **more: str) -> str:
        office = office_name(self.office).say(self.lang)
        place = office if not self.address else f"{office}（{self.address}）" if self.lang == "zh" else f"{office} ({self.address})"
        values = {"office": office, "place": place, "address": self.address, "mark": self.mark, **more}
        return Sentence(sentence.zh, sentence.en, values).say(self.lang)

    def _paper(self) -> str:
        asked = demand_words(self.task.items[0]).say(self.lang)
        if self.lang == "zh":
            return f"材料（{asked}）" if asked else "材料"
        return f"it ({asked})" if asked else "it"

    def _package(self) -> dict[str, str]:
        """Every item with what it must be, so that nobody learns it only by being refused."""
        count, words = len(self.task.items), _ALL_ZH if self.lang == "zh" else _ALL_EN
        number = words[count] if count < len(words) else str(count) if self.lang == "zh" else f"all {count}"
        return {"number": number, "names": listed([_named(item, self.lang) for item in self.task.items], self.lang)}


def _named(item: Item, lang: Lang) -> str:
    name, asked = item.title or item.name, demand_words(item).say(lang)
    return name if not asked else f"{name}（{asked}）" if lang == "zh" else f"{name} ({asked})"


def demand_words(item: Item) -> Sentence:
    """Length, parts and fields of one item; '' where it only has to be there."""
    length = parse_range(item.length).sentence if item.length else None
    parts = [part.title or part.name for part in item.parts]
    said = [length] if length else []
    if parts:
        said.append(Sentence(f"含{listed(parts, 'zh')}", f"with {listed(parts, 'en')}"))
    if fields := [field_title(field) for field in item.fields if field.must]:
        names = {"zh": listed([one.say("zh") for one in fields], "zh"), "en": listed([one.say("en") for one in fields], "en")}
        rows = parse_range(item.rows).sentence if item.rows else plain("")
        each = Sentence("{rows} 行，每行写明{zh}", "{rows} rows, each with {en}", {**names, "rows": rows})
        said.append(each if item.rows else Sentence("写明{zh}", "giving {en}", names))
    return Sentence("，".join(one.say("zh") for one in said), ", ".join(one.say("en") for one in said))


def statements(artifacts: Sequence[Any], lang: Lang) -> str:
    """What was said of acts that were done: day and sentence."""
    said = [(day_words(one.on_day, lang), one.statement) for one in artifacts if one.on_day is not None]
    return "\n".join(f"{day}，{words}" if lang == "zh" else f"{day}: {words}" for day, words in said)


_SEND = Sentence("把{what}发至 {address}，注明“{mark}”", "send {what} to {address}, marked “{mark}”")
_SEND_ALL = Sentence(
    "把{names}{number}份材料（一次交齐）发至 {address}，注明“{mark}”", "send {number} together to {address}, marked “{mark}”: {names}"
)
_GIVE_ALL = Sentence(
    "请把{names}{number}份材料（一次交齐）交给{office}，注明“{mark}”", "hand {number} together to {office}, marked “{mark}”: {names}"
)
_GIVE = Sentence("请把{what}交给{office}，注明“{mark}”", "hand {what} to {office}, marked “{mark}”")
_ACT = Sentence(
    "请回信（{address}）写明办理日期和一句说明，注明“{mark}”", "reply ({address}) with the day and one sentence, marked “{mark}”"
)
_ACT_BY_HAND = Sentence("请把办理日期和一句说明告诉{office}，注明“{mark}”", "tell {office} the day and one sentence, marked “{mark}”")
_NOT_LATER = Sentence("；期限一过不再受理", "; nothing is taken after the due date")
_JUDGE = Sentence(
    "看过后把意见（通过，或退回并写明理由）发至 {address}，注明“{mark}”",
    "after reading, send your opinion (accepted, or returned with the reason) to {address}, marked “{mark}”",
)
_JUDGE_BY_HAND = Sentence(
    "看过后把意见（通过，或退回并写明理由）告诉{office}，注明“{mark}”",
    "after reading, tell {office} your opinion (accepted, or returned with the reason), marked “{mark}”",
)
_ANSWER = Sentence(
    "把答复（准，或不准并写明理由）发至 {address}，注明“{mark}”",
    "send your answer (granted, or denied with the reason) to {address}, marked “{mark}”",
)
_ANSWER_BY_HAND = Sentence(
    "把答复（准，或不准并写明理由）告诉{office}，注明“{mark}”",
    "tell {office} your answer (granted, or denied with the reason), marked “{mark}”",
)
_ASK = Sentence("请向{place}索取，注明“{mark}”", "ask {place} for it, marked “{mark}”")
_FETCH = Sentence("无需上报；如需查看，请向{place}索取“{mark}”", "nothing to hand in; to see it, ask {place} for “{mark}”")
_NAME = Sentence("把由谁审核告诉{place}，注明“{mark}”", "tell {place} who is to review it, marked “{mark}”")
_CLOSED = Sentence(
    "{when}已经截止，不再受理；确需补报，请向{place}询问",
    "it closed on {when} and is not taken any more; if it must still go in, ask {place}",
)
