"""The one table of keys: which element takes which key, written how, and what does not exist yet.

The reader (`shapes`), the JSON Schema (`schema`) and the rewriting of keys (`spelling`) all come from here; the Chinese
spellings stand in `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.definition.words import BEFORE, FIELD_TYPES, KINDS, MODALITIES, ON_HOLIDAY, PARTIAL, TRUE_FALSE, TYPES
from engine.sentences import Sentence

Kind = Literal["text", "integer", "yes_no", "choice", "span", "range"]


@dataclass(frozen=True, kw_only=True)
class Word:
    """One text. `choices`: the words it may be, each with its canonical form; `later`: words of the language that are not built yet.

    name: it names something, and no name holds a comma.
    """

    kind: Kind = "text"
    choices: Mapping[str, str] | None = None
    later: frozenset[str] = frozenset()
    name: bool = False


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a value may be: one text, a list, a mapping of names, or one of some elements - at most one way for each.

    what: how the expected thing is called in a sentence.  least, most: how many entries a list or mapping of names has.
    """

    what: Sentence
    word: Word | None = None
    items: Shape | None = None
    names: Shape | None = None
    elements: tuple[str, ...] = ()
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of an element. Without a shape it belongs to the language but is not built yet."""

    shape: Shape | None = None
    required: bool = False


_YES_NO = {spelling: en for en, zh in TRUE_FALSE.items() for spelling in (en, zh)}


def _word(zh: str, en: str, kind: Kind = "text") -> Shape:
    return Shape(what=Sentence(zh, en), word=Word(kind=kind, choices=_YES_NO if kind == "yes_no" else None))


def _choice(words: Mapping[str, str], *, later: str = "") -> Shape:
    """One of some words, each in English or Chinese."""
    either = tuple(dict.fromkeys((*words, *words.values())))
    listed = Sentence("{zh}", "{en}", {"zh": "、".join(either), "en": ", ".join(either)})
    choices = {word: word for word in words} | {zh: en for en, zh in words.items()}
    return Shape(what=listed, word=Word(kind="choice", choices=choices, later=frozenset(later.split())))


def _names(of: Shape, zh: str, en: str, *, least: int = 0) -> Shape:
    return Shape(what=Sentence(zh, en), names=of, least=least)


def _element(kind: str, zh: str, en: str) -> Shape:
    return Shape(what=Sentence(zh, en), elements=(kind,))


LATER = Key()

TEXT = _word("一段文字", "a text")
_A_NAME = Word(name=True)
NAME = Shape(what=Sentence("一个名称", "a name"), word=_A_NAME)
CHANNEL = Shape(what=Sentence("一个渠道，如 dingtalk（钉钉）", "a channel, such as dingtalk"), word=_A_NAME)
NUMBER = _word("1 到 999999 的整数", "a whole number from 1 to 999999", "integer")
YES_NO = _word("true 或 false（是、否）", "true or false", "yes_no")
SPAN = _word("一段时间，如 7d、3个工作日", "a span such as 7d or 3wd", "span")
RANGE = _word("一个数量要求，如 1000字以上", "a range such as >= 1000 chars", "range")
INSTANT = Shape(what=Sentence("一个时间，或时间的列表", "an instant, or a list of instants"), word=Word(), items=TEXT)
TEXTS = Shape(what=Sentence("一段文字，或文字的列表", "a text, or a list of texts"), word=Word(), items=TEXT)
NAMES = Shape(what=Sentence("一个名称，或名称的列表", "a name, or a list of names"), word=_A_NAME, items=NAME)
TERMS = Shape(
    what=Sentence("一个单位、职务或机构，或它们的列表", "a unit, post or body, or a list of them"),
    word=_A_NAME,
    items=Shape(what=Sentence("一个单位、职务或机构", "a unit, post or body"), word=_A_NAME, elements=("who in a list",)),
)
_WHO = Sentence("一个单位、职务或机构，它们的列表，或 {who, where}", "a unit, post or body, a list of them, or {who, where}")
WHO = Shape(what=_WHO, word=_A_NAME, items=TERMS.items, elements=("who",))
DOUBT = Shape(
    what=Sentence("一段文字，或 {says, read, why, settled}", "a text, or {says, read, why, settled}"), word=Word(), elements=("doubt",)
)
_STEP = Sentence("谁来审核：一个单位或职务，或 {by, title, rework}", "who reviews: a unit or post, or {by, title, rework}")
STEP = Shape(what=_STEP, word=_A_NAME, elements=("step", "who"))
REVIEW = Shape(what=_STEP, word=_A_NAME, elements=("step", "who"), items=STEP, most=1)
PERMISSION = Shape(
    what=Sentence("谁可以批准：一个单位或职务，或 {by, most, times}", "who may grant it: a unit or post, or {by, most, times}"),
    word=_A_NAME,
    items=TERMS.items,
    elements=("permission", "who"),
)
RHYTHM = Shape(
    what=Sentence("一个周期，日期的列表，或 {each, from, until, partial}", "a rhythm, a list of days, or {each, from, until, partial}"),
    word=Word(),
    items=TEXT,
    elements=("rhythm",),
)
LADDER = Shape(
    what=Sentence("提醒的列表", "a list of reminders"),
    items=_element("rung", "{at: -7d} 这样的一条提醒", "one reminder like {at: -7d}"),
    least=0,
)
DELIVERIES = Shape(
    what=Sentence("报送对象的列表", "a list of deliveries"),
    items=_element("delivery", "{to: 上级} 这样的一项", "one delivery like {to: superior}"),
)
LATER_KINDS = "ballot bundle"
_KINDS = _choice(KINDS, later=LATER_KINDS)
RULE_MODALITIES = {word: MODALITIES[word] for word in ("must", "should")}
FIELD_MODALITIES = {word: MODALITIES[word] for word in ("must", "may")}
ITEM = Shape(
    what=Sentence("document，或 {kind: document, ...}", "document, or {kind: document, ...}"), word=_KINDS.word, elements=("item",)
)
PARTS = Shape(
    what=Sentence("要点的列表，或“要点: {length, parts}”", "a list of parts, or part: {length, parts}"),
    items=TEXT,
    names=_element("part", "{length, parts}", "{length, parts}"),
)
FIELD = Shape(
    what=Sentence(
        "{zh} 之一，可选值的列表，或 {{type, choice, ...}}",
        "{en}, a list of labels, or {{type, choice, ...}}",
        _choice(FIELD_TYPES).what.values,
    ),
    word=_choice(FIELD_TYPES).word,
    items=NAME,
    elements=("field",),
)
FIELDS = _names(FIELD, "栏目：名称: 值型", "fields: name: type", least=1)
ATTRIBUTE = Shape(
    what=Sentence("{zh} 之一，或可选值的列表", "{en}, or a list of labels", _choice(TYPES).what.values),
    word=_choice(TYPES).word,
    items=NAME,
)
LEVELS = Shape(what=Sentence("自上而下的层级列表", "the list of levels, from the top down"), items=NAME)
LANGUAGE = Shape(
    what=Sentence("1（本程序读得懂的语言版本）", "1, the version of the language that this program reads"), word=_choice({"1": "1"}).word
)
ANCHOR = Shape(what=Sentence("一个日期，或 undated", "a date, or undated"), word=Word(), elements=("anchor",))
RULES = Shape(
    what=Sentence("条件的列表", "a list of rules"),
    items=Shape(
        what=Sentence("一个条件，或 {that, say, modality}", "an expression, or {that, say, modality}"), word=Word(), elements=("rule",)
    ),
)
TASKS = _names(_element("task", "一项任务", "a task"), "任务：名称: {...}", "tasks: name: {...}")
STAGES = _names(_element("stage", "一个阶段", "a stage"), "阶段：名称: {...}", "stages: name: {...}", least=1)
ARTIFACTS = _names(ITEM, "成套材料：名称: document", "a package: name: document", least=1)


def _keys(built: Mapping[str, Shape], *, required: str = "", later: str = "") -> Mapping[str, Key]:
    needed = required.split()
    return {name: Key(shape=shape, required=name in needed) for name, shape in built.items()} | dict.fromkeys(later.split(), LATER)


_REMARKS = {"title": TEXT, "cite": TEXTS, "doubt": DOUBT, "note": TEXT}
_BLOCK = {
    "window": TEXT,
    "opens": INSTANT,
    "due": INSTANT,
    "tasks": TASKS,
    "ladder": LADDER,
    "allow": _element("allow", "{extend, waive, chase}", "{extend, waive, chase}"),
}
_BLOCK_LATER = "when every gate flows lasts stop"

ELEMENTS: Mapping[str, Mapping[str, Key]] = {
    "file": _keys(
        {
            "workflow": NAME,
            "version": NUMBER,
            "language": LANGUAGE,
            "sources": _names(_element("source", "一份文件", "a source"), "来源：名称: {...}", "sources: name: {...}"),
            "calendar": _element("calendar", "{timezone, holidays, ...}", "{timezone, holidays, ...}"),
            "organisation": _element("organisation", "{levels, posts, ...}", "{levels, posts, ...}"),
            "anchors": _names(ANCHOR, "锚点：名称: 日期", "anchors: name: date"),
            "for": WHO,
            "stages": STAGES,
            **_REMARKS,
            **_BLOCK,
        },
        required="workflow version calendar organisation",
        later=f"{_BLOCK_LATER} tables inputs artifacts extends loosen amends",
    ),
    "stage": _keys({**_REMARKS, **_BLOCK}, later=f"{_BLOCK_LATER} for stages anchors"),
    "task": _keys(
        {
            **_REMARKS,
            "for": WHO,
            "owner": WHO,
            "after": NAMES,
            "opens": INSTANT,
            "due": INSTANT,
            "window": TEXT,
            "grace": SPAN,
            "lock": INSTANT,
            "every": RHYTHM,
            "period": TEXT,
            "modality": _choice(MODALITIES),
            "artifact": ITEM,
            "artifacts": ARTIFACTS,
            "checks": RULES,
            "review": REVIEW,
            "deliver": DELIVERIES,
            "allow": _BLOCK["allow"],
            "ladder": LADDER,
            "urgent": YES_NO,
        },
        later="when results again effective",
    ),
    "source": _keys(dict.fromkeys(("file", "number", "title", "issued", "url"), TEXT)),
    "calendar": _keys(
        {
            "timezone": TEXT,
            "holidays": TEXT,
            "before": _choice(BEFORE),
            "on_holiday": _choice(ON_HOLIDAY),
            "work_ends": TEXT,
            "about": SPAN,
            "attach": YES_NO,
        },
        required="timezone",
    ),
    "organisation": _keys(
        {
            "levels": LEVELS,
            "bodies": _names(_element("body", "{设在: 层级}", "{at: level}"), "机构：名称: {设在: 层级}", "bodies: name: {at: level}"),
            "posts": _names(
                _element("post", "{} 或 {acts, deputy, ...}", "{} or {acts, deputy, ...}"), "职务：名称: {}", "posts: name: {}"
            ),
            "attributes": _names(
                _names(ATTRIBUTE, "属性：名称: 类型", "attributes: name: type"), "层级: {属性: 类型}", "level: {attribute: type}"
            ),
            "groups": _names(WHO, "组别：名称: 单位", "groups: name: who"),
        },
        required="levels",
    ),
    "body": _keys({"at": NAMES, "title": TEXT}, required="at"),
    "post": _keys(
        {"title": TEXT, "acts": YES_NO, "deputy": NAME, "held_by": WHO, "many": YES_NO, "counted": YES_NO}, later="seats not_with"
    ),
    "anchor": _keys({}, later="for from set_by within allow"),
    "who": _keys({"who": TERMS, "where": TEXT}, required="who", later="as_of sample"),
    "who in a list": _keys({}, later="who where as_of sample"),
    "doubt": _keys(dict.fromkeys(("says", "read", "why", "settled"), TEXT), required="says"),
    "rhythm": _keys(
        {
            "each": TEXT,
            "days": TEXTS,
            "from": TEXT,
            "until": TEXT,
            "partial": _choice(PARTIAL),
        },
        later="rounds",
    ),
    "item": _keys(
        {
            **_REMARKS,
            "kind": _KINDS,
            "parts": PARTS,
            "length": RANGE,
            "count": TEXT,
            "formats": TEXTS,
            "fields": FIELDS,
            "agenda": TEXTS,
            "places": TEXTS,
        },
        required="kind",
        later="when template covers criteria revises visible checks one_of at place invite lasts voters options about picks secret of",
    ),
    "field": _keys(
        {**_REMARKS, "type": _choice(FIELD_TYPES), "choice": NAMES, "count": RANGE, "range": RANGE, "modality": _choice(FIELD_MODALITIES)},
        later="when from visible",
    ),
    "rule": _keys({**_REMARKS, "that": TEXT, "say": TEXT, "modality": _choice(RULE_MODALITIES)}, required="that", later="when"),
    "part": _keys({**_REMARKS, "length": RANGE, "parts": PARTS}, later="when"),
    "step": _keys(
        {**_REMARKS, "by": WHO, "rework": SPAN}, required="by", later="when file notice need within silence may places objections"
    ),
    "delivery": _keys({**_REMARKS, "to": WHO}, required="to", later="when via address copies form items"),
    "allow": _keys({"extend": PERMISSION, "waive": PERMISSION, "chase": NUMBER}, later="postpone redo"),
    "permission": _keys({"by": WHO, "most": SPAN, "times": NUMBER}, required="by"),
    "rung": _keys(
        {**_REMARKS, "at": SPAN, "every": SPAN, "most": NUMBER, "to": WHO, "say": NAME, "via": CHANNEL, "when": TEXT}, required="at"
    ),
}


def belongs_to(key: str) -> tuple[str, ...]:
    """The elements that take a key (English spelling), in the order of the table."""
    return tuple(kind for kind, keys in ELEMENTS.items() if key in keys)


def is_built(kind: str) -> bool:
    """Whether anything can be written in an element yet."""
    return any(key.shape is not None for key in ELEMENTS[kind].values())
