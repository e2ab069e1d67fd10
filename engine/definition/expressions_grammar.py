"""The grammar of expressions (LANGUAGE section 15) and the builder of their tree. Importing this loads the parser library."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import cache
from typing import cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from engine.definition.expressions_tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Day,
    Expr,
    ExpressionError,
    Index,
    Member,
    Name,
    Negative,
    Not,
    Number,
    Operation,
    Or,
    Span,
    SpanUnit,
    Text,
    Where,
    parts_of,
)
from engine.sentences import Sentence

LONGEST = 2000
DEEPEST = 100

# The five words end where no letter follows, so that `order` is a name; nobody may be named like one of them.
# A day and a span are tried before a number, and `8months` is refused, not cut.
_GRAMMAR = r"""
start: _value
_value: where | _or
where: _postfix _WHERE _or
_or: or_ | _and
or_: _and (_OR _and)+
_and: and_ | _not
and_: _not (_AND _not)+
_not: not_ | _comparison
not_: NOT _not
_comparison: compare | _sum
compare: _sum (COMPARISON | IN) _sum
_sum: sum | _product
sum: _sum (PLUS | MINUS) _product
_product: product | _unary
product: _product FACTOR _unary
_unary: negative | _postfix | _literal
negative: MINUS _unary
_postfix: name | member | index | call | "(" _value ")"
member: _postfix "." NAME
index: _postfix "[" _value "]"
call: NAME "(" (_value ("," _value)*)? ")"
_literal: number | text | day | span
name: NAME
number: NUMBER
text: TEXT
day: DAY
span: SPAN
_OR: /or(?!\w)/
_AND: /and(?!\w)/
_WHERE: /where(?!\w)/
NOT: /not(?!\w)/
IN: /in(?!\w)/
COMPARISON: "==" | "!=" | "<=" | ">=" | "<" | ">"
PLUS: "+"
MINUS: "-"
FACTOR: "*" | "/"
NAME: /(?!(?:or|and|not|in|where)(?!\w))[^\W\d]\w*/
DAY.3: /[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\w)/
SPAN.2: /[0-9]+(?:min|mo|wd|h|d|w|y)(?!\w)/
NUMBER: /[0-9]+(?:\.[0-9]+)?(?:%|(?!\w))/
TEXT: /'(?:[^']|'')*'/
%ignore /\s+/
"""


class _Refusal(Exception):
    """A literal that is written well and means nothing; the parser adds the whole text."""

    def __init__(self, position: int, reason: Sentence) -> None:
        super().__init__(position)
        self.position = position
        self.reason = reason


def _place(token: Token) -> int:
    # Every token here comes from a text, so it has a place.
    return (token.start_pos or 0) + 1


@v_args(inline=True)
class _Builder(Transformer[Token, Expr]):
    """Builds nodes while the parser runs, from the inside out, so that no depth of nesting calls for recursion."""

    def start(self, value: Expr) -> Expr:
        return value

    def name(self, token: Token) -> Expr:
        return Name(word=str(token), at=_place(token))

    def number(self, token: Token) -> Expr:
        digits = str(token)
        value = Fraction(digits[:-1]) / 100 if digits.endswith("%") else Fraction(digits)
        return Number(value=value, at=_place(token))

    def text(self, token: Token) -> Expr:
        return Text(value=str(token)[1:-1].replace("''", "'"), at=_place(token))

    def day(self, token: Token) -> Expr:
        try:
            return Day(value=date.fromisoformat(str(token)), at=_place(token))
        except ValueError as error:
            raise _Refusal(_place(token), _no_such_day(str(token))) from error

    def span(self, token: Token) -> Expr:
        digits = str(token).rstrip("abcdefghijklmnopqrstuvwxyz")
        return Span(count=int(digits), unit=cast(SpanUnit, str(token)[len(digits) :]), at=_place(token))

    def member(self, of: Expr, word: Token) -> Expr:
        return Member(of=of, word=str(word), at=of.at)

    def index(self, of: Expr, key: Expr) -> Expr:
        return Index(of=of, key=key, at=of.at)

    def call(self, function: Token, *arguments: Expr) -> Expr:
        return Call(function=str(function), arguments=arguments, at=_place(function))

    def where(self, of: Expr, condition: Expr) -> Expr:
        return Where(of=of, condition=condition, at=of.at)

    def or_(self, *operands: Expr) -> Expr:
        return Or(operands=operands, at=operands[0].at)

    def and_(self, *operands: Expr) -> Expr:
        return And(operands=operands, at=operands[0].at)

    def not_(self, token: Token, operand: Expr) -> Expr:
        return Not(operand=operand, at=_place(token))

    def negative(self, token: Token, operand: Expr) -> Expr:
        return Negative(operand=operand, at=_place(token))

    def compare(self, left: Expr, operator: Token, right: Expr) -> Expr:
        return Compare(operator=cast(Comparison, str(operator)), left=left, right=right, at=_place(operator))

    def sum(self, left: Expr, operator: Token, right: Expr) -> Expr:
        return Arithmetic(operator=cast(Operation, str(operator)), left=left, right=right, at=_place(operator))

    def product(self, left: Expr, operator: Token, right: Expr) -> Expr:
        return Arithmetic(operator=cast(Operation, str(operator)), left=left, right=right, at=_place(operator))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


def read(text: str) -> Expr:
    """The tree of a text. ExpressionError with the place where it stops making sense."""
    if len(text) > LONGEST:
        raise ExpressionError(text=text, position=LONGEST + 1, reason=_too_long())
    try:
        tree = cast(Expr, _parser().parse(text))
    except _Refusal as refusal:
        raise ExpressionError(text=text, position=refusal.position, reason=refusal.reason) from None
    except UnexpectedInput as error:
        position = _stop(error, text)
        raise ExpressionError(text=text, position=position, reason=_misplaced(text, position)) from None
    _refuse_depth(tree, text)
    return tree


def _stop(error: UnexpectedInput, text: str) -> int:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(text) + 1
    if isinstance(error, UnexpectedToken):
        return _place(error.token)
    return cast(int, cast(UnexpectedCharacters, error).pos_in_stream) + 1


def _refuse_depth(tree: Expr, text: str) -> None:
    """Whoever walks the tree may then do so by recursion."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise ExpressionError(text=text, position=node.at, reason=_too_deep())
        waiting.extend((part, depth + 1) for part in parts_of(node))


_WIDE = {
    "（": "(",
    "）": ")",
    "【": "[",
    "】": "]",
    "，": ",",
    "．": ".",
    "。": ".",
    "‘": "'",
    "’": "'",
    "“": "'",
    "”": "'",
    '"': "'",
    "＝": "==",
    "=": "==",
    "≠": "!=",
    "＞": ">",
    "＜": "<",
    "≥": ">=",
    "≤": "<=",
    "％": "%",
    "－": "-",
    "＋": "+",
    "×": "*",
    "÷": "/",
    "！": "not",
    "!": "not",
    "&": "and",
    "|": "or",
}


def _misplaced(text: str, position: int) -> Sentence:
    if position > len(text):
        return Sentence("写到这里还没有完，请补全。", "it stops before it is complete; write the rest.")
    found = _word_at(text, position)
    if found == "'" and text.count("'") % 2:
        return Sentence("引号没有配对，文字前后各写一个 '。", "a quotation mark is missing; write a ' before and after the text.")
    if found in _WIDE:
        return Sentence(
            "“{found}”这里不能用，请改写为半角的 {meant}。",
            "“{found}” cannot be used here; write {meant}.",
            {"found": found, "meant": _WIDE[found]},
        )
    return Sentence("“{found}”不应出现在这里。", "“{found}” does not belong here.", {"found": found})


def _word_at(text: str, position: int) -> str:
    word = re.match(r"\w+", text[position - 1 :])
    return word.group() if word else text[position - 1]


def _no_such_day(day: str) -> Sentence:
    return Sentence("没有 {day} 这一天。", "there is no day {day}.", {"day": day})


def _too_long() -> Sentence:
    return Sentence(
        "超过了 {most} 个字符，请拆开来写。", "it is longer than {most} characters; write it in several pieces.", {"most": LONGEST}
    )


def _too_deep() -> Sentence:
    return Sentence(
        "嵌套超过了 {most} 层，请拆开来写。", "it is nested more than {most} deep; write it in several pieces.", {"most": DEEPEST}
    )
