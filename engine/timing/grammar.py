"""The one grammar of date phrases and rhythms, and how a text is made ready for it. Imported only to read words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from engine.timing.errors import PhraseError, PhraseTooLong, RhythmUnreadable, TermRefused, TwoReadings

GRAMMAR = r"""
?phrase: body
    | body ROLL                                 -> rolled

?body: point
    | point _LINE                               -> open_range
    | point (_LINE | _TO) point                 -> between
    | point _BEFORE [INCLUSION]                 -> before
    | point _BEFORE span                        -> earlier
    | day OFF_WORK                              -> before_leaving
    | point _AFTER                              -> after
    | point _AFTER span _WITHIN                 -> within_after
    | _SELF? point _DAY_ON span _WITHIN         -> within_since
    | _SELF? point _FROM                        -> from_on
    | point _ABOUT                              -> about
    | span _WITHIN                              -> within
    | _SELF? TODAY_ON                           -> from_issue
    | _SELF? TODAY_ON (_LINE | _TO) point       -> from_issue_to
    | NOTICE _AFTER                             -> from_receipt
    | _SELF? NOTICE (_AFTER | _DAY_ON) span _WITHIN -> within_receipt
    | AT_ONCE                                   -> at_once
    | UNDATED                                   -> undated
    | OFF_WORK                                  -> only_time
    | clock                                     -> only_time

?point: day
    | day clock                                 -> moment
    | stretch

?day: ISO                                       -> iso
    | [year] month INT DAY                      -> day_of_month
    | [year] month EDGE                         -> month_end
    | [year] month _ORDER number WORKDAY        -> nth_workday
    | [year] FESTIVAL                           -> festival
    | year EDGE                                 -> year_end
    | year? NIAN EDGE                           -> year_end
    | YUE EDGE                                  -> month_end
    | INT DAY                                   -> day_alone
    | NEXT_WEEK WEEKDAY                         -> next_week
    | ANCHOR                                    -> anchor

?stretch: year                                  -> whole_year
    | INT (_LINE | _TO) INT NIAN                -> years
    | [year] month _PORTION?                    -> whole_month
    | [year] INT (_LIST INT)+ YUE _PORTION?     -> months_listed
    | [year] INT (_LINE | _TO) INT YUE _PORTION? -> months_between
    | [year] month INT (_LINE | _TO) INT DAY    -> days_between
    | [year] month PART                         -> month_part
    | PART                                      -> month_part
    | YUE (BEGINNING | MIDDLE)                  -> month_part
    | [year] month (BEGINNING | MIDDLE)         -> month_part
    | year BEGINNING                            -> year_beginning
    | year? NIAN BEGINNING                      -> year_beginning
    | [year] HALF                               -> half
    | [year] QUARTER                            -> quarter

year: INT NIAN | RELATIVE_YEAR
month: INT YUE | RELATIVE_MONTH
number: INT | CN
span: (INT | CN) (DAY | TIAN | WORKDAY | ZHOU | GEYUE | NIAN | XIAOSHI | FENZHONG) | HALF_MONTH
clock: CLOCK | HALF_DAY CLOCK | HALF_DAY? INT HOUR (INT MINUTE)?

?every: _EACH (DAY | TIAN)                      -> each_day
    | _EACH ZHOU                                -> each_week
    | _EACH YUE                                 -> each_month
    | _EACH SEASON                              -> each_quarter
    | _EACH HALF_YEAR                           -> each_half
    | _EACH NIAN                                -> each_year
    | _EACH (INT | CN) (TIAN | DAY | ZHOU | GEYUE | NIAN) -> each_n
    | _EACH ZHOU WEEKDAY clock? before_mark?    -> weekly
    | _EACH YUE EDGE clock? before_mark?        -> monthly_end
    | _EACH YUE INT DAY (_LIST INT DAY)* clock? before_mark? -> monthly
    | _EACH YUE _ORDER number WORKDAY clock? before_mark? -> monthly_workday
    | _EACH SEASON _ORDER number GEYUE INT DAY before_mark? -> quarterly
    | _EACH SEASON _ORDER number GEYUE EDGE before_mark? -> quarterly_end
    | _EACH NIAN INT YUE INT DAY before_mark?   -> yearly
    | _EACH NIAN INT YUE EDGE before_mark?      -> yearly_end
before_mark: _BEFORE

ROLL: /,?遇(法定)?节假日(顺延|提前)/
ISO.5: /[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])/
CLOCK.5: /[0-9]{1,2}:[0-9]{2}(?![0-9])/
QUARTER.4: /第?[1-4一二三四]季度/
FESTIVAL.4: /元旦节?|三八|五一|五四|七一|八一|教师节|国庆节?|春节|清明节?|端午节?|中秋节?/
UNDATED.4: /适时|另行通知|酌情|不定期|定期|undated|未定/
OFF_WORK.4: "下班前"
INT: /[0-9]+/
CN: /[一二两三四五六七八九十]{1,3}/
WEEKDAY: /[一二三四五六日天]/
INCLUSION: /\(不?含当[日天]\)/
RELATIVE_YEAR: /今年|明年/
RELATIVE_MONTH: /本月|当月|次月/
NEXT_WEEK: "次周"
HALF: /[上下]半年/
HALF_YEAR: "半年"
HALF_MONTH: "半个月"
HALF_DAY: /[上下]午/
PART: /上中旬|中下旬|上旬|中旬|下旬/
TODAY_ON: "即日起"
NOTICE: /[接收]到通知/
AT_ONCE: "立即"
ANCHOR: /[\uE000-\uF8FF]/
EDGE: /[底末]/
BEGINNING: "初"
MIDDLE: "中"
NIAN: "年"
YUE: "月"
GEYUE: "个月"
DAY: /[日号]/
TIAN: "天"
ZHOU: "周"
WORKDAY: /个?工作日/
XIAOSHI: "小时"
FENZHONG: "分钟"
HOUR: /[时点]/
MINUTE: "分"
SEASON: /季度?/
_LINE: /[—–―─]{1,2}|[~-]/
_TO: /[至到]/
_LIST: /[、,]/
_PORTION: "份"
_ORDER: "第"
_EACH: "每"
_SELF: "自"
_FROM: "起"
_DAY_ON: "之日起"
_BEFORE: /[之以]?前/
_AFTER: /[之以]?后/
_ABOUT.4: /左右|前后/
_WITHIN: /[之以]?内/
_GAP: /[ ]+/
%ignore _GAP
"""

LONGEST_TEXT = 200
Start = Literal["phrase", "every"]
_QUOTES = frozenset("“”‘’\"'「」『』")
_BEFORE_BASE = frozenset("—–―─~-至到自")
_SPACES = frozenset(" \t\r\n\u3000\xa0")
_PRIVATE = range(0xE000, 0xF900)
_TERMS = re.compile(r"[上下本这新]?(?:个)?学[期年](?:[初末底中])?|[寒暑]假")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A text made ready: `clean` is what the grammar reads, `places` the column from 1 in `text` of each character of it and of its end."""

    text: str
    clean: str
    places: tuple[int, ...]
    anchors: tuple[str, ...]

    def place(self, clean_position: int) -> int:
        """The column, from 1, in the author's text of a position, from 0, in the clean one."""
        return self.places[min(max(clean_position, 0), len(self.places) - 1)]

    def place_of(self, node: Tree[Token] | Token) -> int:
        """The column of the first character of a node."""
        token = first_token(node)
        return self.place(token.start_pos or 0) if token is not None else 1


def first_token(node: Tree[Token] | Token) -> Token | None:
    """The first token of a node, or None where it has none."""
    if isinstance(node, Token):
        return node
    return next((found for child in node.children if child is not None if (found := first_token(child)) is not None), None)


def parse(text: str, start: Start, anchors: Iterable[str] = ()) -> tuple[Tree[Token], Source]:
    """The tree of a text. Raises PhraseError (RhythmUnreadable for a rhythm) with the position; TermRefused; TwoReadings."""
    source = prepare(text, anchors)
    try:
        return _tree(source.clean, start), source
    except UnexpectedInput as error:
        refused = RhythmUnreadable if start == "every" else PhraseError
        raise refused(text=text, position=source.place(_position(error, source.clean))) from None


def prepare(text: str, anchors: Iterable[str] = ()) -> Source:
    """Quotes and spaces taken out, full-width characters made plain, names of anchors replaced by one mark each."""
    if len(text) > LONGEST_TEXT:
        raise PhraseTooLong(text=text[:20], position=LONGEST_TEXT + 1, most=LONGEST_TEXT)
    kept = _cleaned(text)
    clean, places = "".join(char for char, _ in kept), [place for _, place in kept]
    used: list[str] = []
    at = 0
    while at < len(clean):
        found = _anchor_at(clean, at, anchors) if at == 0 or clean[at - 1] in _BEFORE_BASE else None
        if found is not None:
            name, squeezed = found
            if is_phrase(squeezed):
                raise TwoReadings(text=text, position=places[at], name=name)
            clean = clean[:at] + chr(_PRIVATE.start + len(used)) + clean[at + len(squeezed) :]
            del places[at + 1 : at + len(squeezed)]
            used.append(name)
        at += 1
    end = max((place for _, place in kept), default=0) + 1
    source = Source(text=text, clean=clean, places=(*places, end), anchors=tuple(used))
    _refuse_terms(source)
    return source


def is_phrase(text: str) -> bool:
    """Whether the text is a date phrase by itself, so that an anchor should not bear it as its name."""
    try:
        parse(text, "phrase")
    except PhraseError:
        return False
    return True


@cache
def parser() -> Lark:
    """The parser, built at the first use and kept."""
    return Lark(GRAMMAR, parser="lalr", start=["phrase", "every"], maybe_placeholders=True)


@lru_cache(maxsize=2048)
def _tree(clean: str, start: Start) -> Tree[Token]:
    return parser().parse(clean, start=start)


def _cleaned(text: str) -> list[tuple[str, int]]:
    kept: list[tuple[str, int]] = []
    gap = False
    for place, char in enumerate(text, 1):
        if char in _QUOTES or char in _SPACES:
            gap = True
            continue
        if ord(char) in _PRIVATE:
            raise PhraseError(text=text, position=place)
        plain = chr(ord(char) - 0xFEE0) if 0xFF01 <= ord(char) <= 0xFF5E else char
        # Two numbers that a space kept apart must not grow into one.
        if gap and kept and _is_word(kept[-1][0]) and _is_word(plain):
            kept.append((" ", place))
        kept.append((plain, place))
        gap = False
    return kept


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def _anchor_at(clean: str, at: int, anchors: Iterable[str]) -> tuple[str, str] | None:
    best: tuple[str, str] | None = None
    for name in anchors:
        squeezed = "".join(char for char, _ in _cleaned(name))
        after = clean[at + len(squeezed) : at + len(squeezed) + 1]
        cut = after and _is_word(after) and _is_word(squeezed[-1:] or " ")
        if squeezed and clean.startswith(squeezed, at) and not cut and (best is None or len(squeezed) > len(best[1])):
            best = name, squeezed
    return best


def _refuse_terms(source: Source) -> None:
    found = _TERMS.search(source.clean)
    if found is not None:
        raise TermRefused(text=source.text, position=source.place(found.start()), term=found[0])


def _position(error: UnexpectedInput, clean: str) -> int:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(clean)
    if isinstance(error, UnexpectedToken):
        return error.token.start_pos or 0
    return error.pos_in_stream if isinstance(error, UnexpectedCharacters) and error.pos_in_stream is not None else len(clean)
