"""Papers for journeys: documents of an exact length, with the headings that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from engine.definition.model import Item, Part
from engine.evidence.counting import count_words
from engine.exchange.forms import write_form
from engine.operations.assigning import HandIn
from engine.operations.journey_file import Filled

_NUMBERS = "一二三四五六七八九十"
# Sentences are put together of these, so that no two papers are copies of each other; every sign of them counts as one.
_WHEN = ("年初", "三月里", "五一前后", "暑假以前", "开学以后", "国庆前", "入冬以来", "期末之前")
_WHO = ("支部书记", "党员骨干", "青年教师", "老党员代表", "学生党员", "组织委员", "教研室主任", "入党积极分子")
_DID = ("走访了", "逐项核对了", "专门讨论了", "重新整理了", "带头承担了", "集中检查了", "公开承诺了", "分头联系了")
_WHAT = (
    "困难学生的宿舍",
    "值班和考勤安排",
    "征求来的意见",
    "实验室安全台账",
    "新生入学教育",
    "退休教师的愿望",
    "对口村的图书角",
    "下季度的党课",
)
_SO = ("已经见到成效", "还要继续改进", "群众比较满意", "下月再作检查", "责任落实到人", "不足之处已记下", "做法值得坚持", "结果已经公布")
SHORTEST = 60
_USUAL = 320


@dataclass(frozen=True, kw_only=True)
class Papers:
    """Makes what a story hands in: documents of a length, the tables of ledgers, the files of fields.

    folder: where.  mark: a name that no other hand-in of the story has.
    """

    folder: Path
    mark: str
    chars: int = 0
    parts: Sequence[str] | None = None
    about: str = ""

    def of(self, items: Iterable[Item], unit: str, filled: Filled) -> HandIn:
        """The hand-in of a unit: every item, with what is entered in it."""
        files: dict[str, Path] = {}
        values: dict[str, tuple[str, ...]] = {}
        for item in items:
            files |= self._files(item, unit, filled)
            if item.kind != "ledger" and filled:
                values |= {name: said(texts, unit) for name, texts in filled[0].items() if _has(item, name)}
        return HandIn(files=files, values=values)

    def _files(self, item: Item, unit: str, filled: Filled) -> dict[str, Path]:
        path = self.folder / f"{self.mark}_{item.name}"
        if item.kind == "document":
            about = f"{self.about}：{item.title or item.name}" if self.about else ""
            found = {item.name: write_paper(path.with_suffix(".txt"), item, chars=self.chars, parts=self.parts, about=about)}
        elif item.kind == "ledger":
            rows = [{name: said(texts, unit) for name, texts in row.items()} for row in filled]
            found = {item.name: _table(path.with_suffix(".csv"), item, rows)}
        else:
            found = {}
        for field in item.fields:
            if field.type == "file" and field.must:
                found[field.name] = path.with_name(f"{path.name}_{field.name}.txt")
                found[field.name].write_text("照片和记录。\n", encoding="utf-8")
        return found


def _has(item: Item, name: str) -> bool:
    return any(name in (field.name, field.zh, field.title) for field in item.fields)


def said(texts: Sequence[str], unit: str) -> tuple[str, ...]:
    """What is entered, with the unit's own code in its place."""
    return tuple(text.replace("{unit}", unit) for text in texts)


def _table(path: Path, item: Item, rows: Sequence[Mapping[str, Sequence[str]]]) -> Path:
    path.unlink(missing_ok=True)
    write_form(path, item, rows, "zh")
    return path


def write_paper(path: Path, item: Item, *, chars: int = 0, parts: Sequence[str] | None = None, about: str = "") -> Path:
    """Write a .txt of exactly `chars` characters as a word processor counts them (0: 320), with a heading for each part.

    Papers of different names are not like each other.
    parts: the headings, None for those that the item asks for.  about: a first line. ValueError where it cannot be so short.
    """
    names = tuple(parts) if parts is not None else tuple(map(_heading, item.parts))
    headings = [f"{_NUMBERS[number]}、{name}" for number, name in enumerate(names)]
    lines = [*([about] if about else []), *headings]
    left = (chars or _USUAL) - sum(map(count_words, lines))
    words = _sentences(Random(path.name))
    if left < SHORTEST:
        raise ValueError(f"{path.name}: {chars} characters hold no text beside {lines}")
    path.write_text("\n".join(_body(about, headings, left, words)) + "\n", encoding="utf-8")
    return path


def _heading(part: Part) -> str:
    return part.title or part.name


def _body(about: str, headings: list[str], left: int, words: Iterator[str]) -> list[str]:
    sections = headings or [""]
    share, rest = divmod(left, len(sections))
    lines = [about]
    for number, heading in enumerate(sections):
        lines += [heading, "".join(islice(words, share + (rest if number == 0 else 0)))]
    return [line for line in lines if line]


def _sentences(chance: Random) -> Iterator[str]:
    """Signs of sentences without end, the same for the same beginning of chance."""
    while True:
        when, who, did, what, so = (chance.choice(words) for words in (_WHEN, _WHO, _DID, _WHAT, _SO))
        yield from f"{when}，{who}{did}{what}，{so}。"
