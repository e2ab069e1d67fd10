"""What a check says of near-copies: how much of a text stands in others', and where; never whose they are."""

from __future__ import annotations

from collections.abc import Sequence

from engine.evidence.copies import Copy, Passage
from engine.sentences import Sentence, Verdict

CODE = "near-copy"
_BEGINNING = 12
# So many passages are kept, so long each: enough to see what was taken over, and to find it in the files.
_MOST_PASSAGES = 3
_LONGEST_EXCERPT = 120

_OTHERS = Sentence("其他单位报送的材料", "what other units handed in")
_ONE = Sentence("另一单位报送的材料", "what another unit handed in")
_OWN = Sentence("本单位上一期的材料", "what the unit handed in for the last period")


def judge_copies(text: str, others: Sequence[Copy], own: Copy | None, *, reviewed: bool) -> tuple[Verdict, ...]:
    """One verdict on what others have handed in, and one on the unit's own text of the last period where that is nearly the same.

    It goes to the reviewer, and tells nobody whose text the other one is; where nobody reviews it is only noted, and holds up nothing.
    text: the one handed in.
    """
    found = [_alike(text, max(others, key=_weight), _OTHERS if len(others) > 1 else _ONE, reviewed)] if others else []
    if own is not None:
        found.append(_alike(text, own, _OWN, reviewed))
    return tuple(found) or (_NOTHING,)


def _weight(copy: Copy) -> tuple[int, int]:
    return copy.percent, copy.passages[0].signs


_NOTHING = Verdict(
    outcome="pass",
    code=CODE,
    sentence=Sentence(
        "没有发现与其他单位或上一期相近的段落。", "No passage was found that is close to another unit's or to the last period's."
    ),
)


_LOOKS = Sentence("由审核人查看", "The reviewer looks")
_NOTED = Sentence("这项任务不须审核，只作记录", "Nobody reviews this task; it is only noted")


def _alike(text: str, copy: Copy, where: Sentence, reviewed: bool) -> Verdict:
    longest = copy.passages[0]
    values = {
        "where": where,
        "percent": copy.percent,
        "signs": longest.signs,
        "begin": _shortened(text[longest.start : longest.end], _BEGINNING),
        "what": _LOOKS if reviewed else _NOTED,
    }
    zh = "与{where}相近：除去大家共有的文字，有 {percent}% 相同或只改动了个别字词，最长一段 {signs} 字，从“{begin}”起；{what}。"
    en = (
        "Close to {where}: leaving out what all have in common, {percent}% is the same or nearly so; the longest passage has {signs} "
        "characters and begins “{begin}”. {what}."
    )
    return Verdict(outcome="cannot_tell" if reviewed else "pass", code=CODE, sentence=Sentence(zh, en, values))


def excerpts(text: str, other: str, copy: Copy) -> list[dict[str, object]]:
    """The longest passages as they are kept: where they stand in both texts (characters from 0, the end excluded), and their words."""
    return [_excerpt(text, other, passage) for passage in copy.passages[:_MOST_PASSAGES]]


def _excerpt(text: str, other: str, passage: Passage) -> dict[str, object]:
    return {
        "start": passage.start,
        "end": passage.end,
        "other_start": passage.other_start,
        "other_end": passage.other_end,
        "characters": passage.signs,
        "text": _shortened(text[passage.start : passage.end], _LONGEST_EXCERPT),
        "other": _shortened(other[passage.other_start : passage.other_end], _LONGEST_EXCERPT),
    }


def _shortened(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}……"
