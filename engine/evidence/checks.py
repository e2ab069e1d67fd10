"""Judges what is known of a document against what is asked of it: one verdict for each check, passed ones too."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from engine.evidence.facts import DocumentFacts, Section
from engine.evidence.headings import unnumbered
from engine.ranges import Range
from engine.sentences import Outcome, Sentence, Verdict

ACCEPTED = ("docx", "pdf", "txt", "md", "doc")

CountBy = Literal["word", "han"]


@dataclass(frozen=True, kw_only=True)
class PartDemand:
    """A part that must stand under a heading of its own. length: of the part, in chars or in % of its parent; parts: inside it."""

    name: str
    length: Range | None = None
    parts: tuple[PartDemand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DocumentDemand:
    """What is asked of a document. formats: accepted endings, empty for `ACCEPTED`; length: in chars or pages;
    count_by: 字数 as a word processor shows it, or Han characters alone."""

    formats: tuple[str, ...] = ()
    parts: tuple[PartDemand, ...] = ()
    length: Range | None = None
    count_by: CountBy = "word"


def judge_document(facts: DocumentFacts, demand: DocumentDemand) -> tuple[Verdict, ...]:
    """One verdict for each check, in this order: 'format', 'readable', 'length' (if asked), then for every part 'parts' and, if asked,
    'part-length'. What cannot be judged from the facts is 'cannot_tell' and goes to the reviewer."""
    length = () if demand.length is None else (_judge_length(facts, demand.length, demand.count_by),)
    return (_judge_format(facts, demand.formats), _judge_readable(facts), *length, *_judge_parts(facts, demand))


def _judge_format(facts: DocumentFacts, formats: tuple[str, ...]) -> Verdict:
    accepted, actual = [_same(wanted) for wanted in formats or ACCEPTED], _actual_format(facts)
    said = actual or Sentence("内容与后缀名不符的文件", "a file whose content is not what its name says")
    values = {"actual": said, "accepted": Sentence("、".join(accepted), ", ".join(accepted))}
    if actual in accepted:
        return _verdict("pass", "format", "格式符合要求：{actual}。", "The format is accepted: {actual}.", values)
    if facts.reason and facts.reason.code == "wrong-type":
        # What it is instead is what *readable* says.
        return _verdict("fail", "format", "要求的格式是 {accepted}。", "The accepted formats are {accepted}.", values)
    zh = "要求的格式是 {accepted}，报送的是 {actual}。请另存为要求的格式后重新报送。"
    return _verdict("fail", "format", zh, "The accepted formats are {accepted}, this is {actual}. Save it in an accepted format.", values)


def _actual_format(facts: DocumentFacts) -> str:
    """What the bytes are; of kinds that are not read here, what the name says, unless the bytes deny it ('')."""
    if facts.format != "other":
        return facts.format
    return "" if facts.suffix in ACCEPTED or (facts.reason and facts.reason.code == "wrong-type") else _same(facts.suffix)


def _same(format: str) -> str:
    bare = format.strip().lstrip(".").lower()
    return {"jpeg": "jpg", "markdown": "md", "tiff": "tif", "wps": "doc"}.get(bare, bare)


def _judge_readable(facts: DocumentFacts) -> Verdict:
    if facts.reason is not None:
        return replace(facts.reason, code="readable")
    if facts.readable == "yes":
        return _verdict("pass", "readable", "文件可以正常读取。", "The file can be read.", {})
    outcome: Outcome = "fail" if facts.readable == "no" else "cannot_tell"
    return _verdict(outcome, "readable", "文件读不出内容，请查看。", "The content of the file cannot be read; look at it.", {})


def _judge_length(facts: DocumentFacts, wanted: Range, count_by: CountBy) -> Verdict:
    counted = _whole_length(facts, wanted.unit, count_by)
    values: dict[str, object] = {"wanted": wanted.sentence}
    if counted is None:
        zh = "数不出全文的长度（要求{wanted}），由审核人查看。"
        return _verdict("cannot_tell", "length", zh, "The length cannot be counted ({wanted} asked); the reviewer looks.", values)
    tally, short = _tally(counted, wanted), wanted.shortfall(counted) > 0
    values |= {"tally": tally, "how": _how_counted(facts, wanted, count_by), "advice": _advice(short=short), "pages": facts.picture_pages}
    if wanted.contains(counted):
        zh, en = "全文 {tally}，符合要求（{wanted}{how}）。", "The text has {tally}, as asked ({wanted}{how})."
        return _verdict("pass", "length", zh, en, values)
    if short and facts.picture_pages and wanted.unit != "pages":
        zh = "能数出的文字有 {tally}（要求{wanted}），另有 {pages} 页是图片，数不出字数，由审核人查看。"
        en = "The words that can be counted are {tally} ({wanted} asked); {pages} page(s) are pictures, so the reviewer looks."
        return _verdict("cannot_tell", "length", zh, en, values, shortfall=tally)
    zh, en = "全文 {tally}（要求{wanted}{how}）。{advice}", "The text has {tally} ({wanted} asked{how}). {advice}"
    return _verdict("fail", "length", zh, en, values, shortfall=tally)


def _whole_length(facts: DocumentFacts, unit: str, count_by: CountBy) -> int | None:
    if unit == "pages":
        return facts.pages
    if unit not in ("", "chars") or facts.readable != "yes":
        return None
    return facts.han if count_by == "han" else facts.words


def _tally(counted: int, wanted: Range) -> Sentence:
    """`986 字，还差 14 字`."""
    zh, en = ("{n} 页", "{n} pages") if wanted.unit == "pages" else ("{n} 字", "{n} characters")
    short, over = wanted.shortfall(counted), wanted.excess(counted)
    if short:
        return Sentence(f"{zh}，还差 {zh.replace('n', 'missing')}", f"{en}, {{missing}} short", {"n": counted, "missing": short})
    if over:
        return Sentence(f"{zh}，多出 {zh.replace('n', 'over')}", f"{en}, {{over}} too many", {"n": counted, "over": over})
    return Sentence(zh, en, {"n": counted})


def _how_counted(facts: DocumentFacts, wanted: Range, count_by: CountBy) -> Sentence:
    if wanted.unit == "pages":
        return Sentence("", "")
    values = {"words": facts.words, "han": facts.han}
    if count_by == "han":
        return Sentence("，只数汉字；按 Word 的“字数”计为 {words} 字", ", Han characters only; {words} by Word's count", values)
    return Sentence("，按 Word 的“字数”计；其中汉字 {han} 个", ", by Word's count; {han} of them Han characters", values)


def _advice(*, short: bool) -> Sentence:
    if short:
        return Sentence("请补充后重新报送。", "Add what is missing and hand it in again.")
    return Sentence("请精简后重新报送。", "Shorten it and hand it in again.")


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a part stands. section: None where only the heading is known."""

    heading: str
    section: Section | None = None


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """What parts are looked for in: the document or an outer part, and its length."""

    said: Sentence
    places: tuple[_Place, ...]
    words: int | None
    han: int | None


def _judge_parts(facts: DocumentFacts, demand: DocumentDemand) -> Iterator[Verdict]:
    if facts.sections:
        places = tuple(_Place(heading=section.heading, section=section) for section in facts.sections)
    else:
        places = tuple(_Place(heading=heading) for heading in facts.headings)
    whole = _Whole(said=Sentence("全文", "the whole text"), places=places, words=facts.words, han=facts.han)
    for part in demand.parts:
        yield from _judge_part(facts, part, whole, demand.count_by)


def _judge_part(facts: DocumentFacts, part: PartDemand, whole: _Whole, count_by: CountBy) -> Iterator[Verdict]:
    at = _find(part.name, whole.places) if facts.readable == "yes" else None
    place = None if at is None else whole.places[at]
    yield _missing(facts, part.name) if place is None else _present(part.name, place)
    if part.length is not None:
        yield _judge_part_length(part.name, part.length, place, whole, count_by)
    inner = whole if at is None else _inside(part.name, whole.places, at)
    for below in part.parts:
        yield from _judge_part(facts, below, inner, count_by)


def _find(name: str, places: tuple[_Place, ...]) -> int | None:
    """The place of the best heading with these words: the same words before more words, a sure heading before a mere line."""
    wanted = _letters(name)
    found = [(rank, index) for index, place in enumerate(places) if (rank := _rank(wanted, place)) is not None]
    return min(found)[1] if found else None


def _rank(wanted: str, place: _Place) -> tuple[bool, bool, int] | None:
    heading = _letters(unnumbered(place.heading))
    exact, section = wanted in (heading, _letters(place.heading)), place.section
    # The title of a report often names all its parts ("成绩、问题和措施"); that proves none of them.
    if wanted not in heading or (section is not None and section.sign == "title" and not exact):
        return None
    return not exact, section is not None and section.sign in ("line", "title"), section.depth if section else 0


def _letters(text: str) -> str:
    """Letters and digits alone, so that spaces, signs, case and width do not matter."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _inside(name: str, places: tuple[_Place, ...], at: int) -> _Whole:
    outer = places[at].section
    said = Sentence("“{name}”", '"{name}"', {"name": name})
    if outer is None or outer.sign in ("line", "title"):
        return _Whole(said=said, places=places, words=outer.words if outer else None, han=outer.han if outer else None)
    end = at + 1
    while end < len(places) and _depth(places[end]) > outer.depth:
        end += 1
    return _Whole(said=said, places=places[at + 1 : end], words=outer.words, han=outer.han)


def _depth(place: _Place) -> int:
    return place.section.depth if place.section else 0


def _present(name: str, place: _Place) -> Verdict:
    values = {"name": name, "heading": place.heading}
    if place.section is not None and not place.section.words:
        zh = "有“{name}”的标题（{heading}），但下面没有文字，由审核人查看。"
        return _verdict("cannot_tell", "parts", zh, '"{name}" has a heading ({heading}) but no words under it; the reviewer looks.', values)
    return _verdict("pass", "parts", "有“{name}”（{heading}）。", '"{name}" is there ({heading}).', values)


def _missing(facts: DocumentFacts, name: str) -> Verdict:
    values, shortfall = {"name": name}, Sentence("缺“{name}”", 'missing "{name}"', {"name": name})
    mentioned = _letters(name) in _letters(facts.text)
    if facts.readable != "yes" or facts.text_cut or facts.picture_pages:
        zh, en = "看不出是否写了“{name}”，由审核人查看。", 'Whether "{name}" is there cannot be told; the reviewer looks.'
        return _verdict("cannot_tell", "parts", zh, en, values)
    if mentioned and not facts.outlined:
        zh = "文件没有标题，但文中提到了“{name}”，由审核人查看。"
        en = 'The document has no headings, but its text mentions "{name}"; the reviewer looks.'
        return _verdict("cannot_tell", "parts", zh, en, values)
    if mentioned:
        zh = "缺“{name}”：文中提到了，但没有写成标题。请把这一部分单列出来，加上标题“{name}”，再重新报送。"
        en = 'Missing "{name}": the text mentions it, but no heading does. Give this part a heading of its own and hand it in again.'
    else:
        zh = "缺“{name}”：没有找到写明这一部分的标题。请补写这一部分，加上标题“{name}”，再重新报送。"
        en = 'Missing "{name}": no heading names this part. Write it under a heading of its own and hand it in again.'
    return _verdict("fail", "parts", zh, en, values, shortfall=shortfall)


def _judge_part_length(name: str, wanted: Range, place: _Place | None, whole: _Whole, count_by: CountBy) -> Verdict:
    values: dict[str, object] = {"name": name, "wanted": wanted.sentence, "whole": whole.said}
    section = place.section if place else None
    measured = _part_length(section, wanted.unit, whole, count_by) if section else None
    if section is None or measured is None:
        zh = "数不出“{name}”的长度（要求{wanted}），由审核人查看。"
        en = 'The length of "{name}" cannot be counted ({wanted} asked); the reviewer looks.'
        return _verdict("cannot_tell", "part-length", zh, en, values)
    tally = _share_tally(measured, wanted) if wanted.unit == "%" else _tally(int(measured), wanted)
    values |= {"tally": tally, "measured": _part_measured(tally, wanted, whole)}
    if wanted.contains(measured):
        zh, en = "“{name}”{measured}，符合要求（{wanted}）。", '"{name}" has {measured}, as asked ({wanted}).'
        return _verdict("pass", "part-length", zh, en, values)
    if section.sign in ("line", "title"):
        zh = "“{name}”大约{measured}（要求{wanted}），但标题不明显，数得不一定准，由审核人查看。"
        en = '"{name}" has about {measured} ({wanted} asked), but its heading is not certain; the reviewer looks.'
        return _verdict("cannot_tell", "part-length", zh, en, values, shortfall=tally)
    values["advice"] = _advice(short=wanted.low is not None and measured <= wanted.low)
    zh, en = "“{name}”{measured}（要求{wanted}）。{advice}", '"{name}" has {measured} ({wanted} asked). {advice}'
    return _verdict("fail", "part-length", zh, en, values, shortfall=tally)


def _part_length(section: Section, unit: str, whole: _Whole, count_by: CountBy) -> int | Fraction | None:
    """The length of a part in chars, or its share of what it stands in, in %."""
    counted, entire = (section.han, whole.han) if count_by == "han" else (section.words, whole.words)
    if unit == "%":
        return Fraction(counted * 100, entire) if entire else None
    return counted if unit in ("", "chars") else None


def _part_measured(tally: Sentence, wanted: Range, whole: _Whole) -> Sentence:
    if wanted.unit == "%":
        return Sentence("占{whole}的 {tally}", "{tally} of {whole}", {"tally": tally, "whole": whole.said})
    return Sentence("有 {tally}", "{tally}", {"tally": tally})


def _share_tally(share: int | Fraction, wanted: Range) -> Sentence:
    """`28.6%，还差 1.4 个百分点`; the share is cut, the difference rounded up, so that a near miss never looks like a hit."""
    if wanted.low is not None and share <= wanted.low and not wanted.contains(share):
        tenths = math.floor(share * 10)
        values = {"share": _tenths(tenths), "missing": _tenths(max(1, wanted.low * 10 - tenths))}
        return Sentence("{share}%，还差 {missing} 个百分点", "{share}%, {missing} points short", values)
    if wanted.high is not None and not wanted.contains(share):
        tenths = math.ceil(share * 10)
        values = {"share": _tenths(tenths), "over": _tenths(max(1, tenths - wanted.high * 10))}
        return Sentence("{share}%，多出 {over} 个百分点", "{share}%, {over} points too many", values)
    return Sentence("{share}%", "{share}%", {"share": _tenths(math.floor(share * 10))})


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def _verdict(outcome: Outcome, code: str, zh: str, en: str, values: Mapping[str, object], *, shortfall: Sentence | None = None) -> Verdict:
    return Verdict(outcome=outcome, code=code, sentence=Sentence(zh, en, values), shortfall=shortfall)
