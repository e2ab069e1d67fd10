"""Whether an expression about a unit makes sense: names, types, labels, functions. Found at load, so that no unit has to find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.definition import expressions_sentences as said
from engine.definition.expressions import parse_expression
from engine.definition.expressions_evaluate import MOST_DIGITS, is_of_a_set
from engine.definition.expressions_scope import ANY, DATE, NUMBER, TEXT, YES_NO, Inside, NotYet, Scope, Type, TypedNames, UnknownName
from engine.definition.expressions_tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Day,
    Expr,
    ExpressionError,
    Index,
    Member,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Span,
    Text,
    Where,
    dotted,
)
from engine.definition.model import Organisation
from engine.names import nearest
from engine.sentences import Sentence

_OF_VALUES = ("if", "known", "round", "floor", "ceil", "abs", "min", "max")
_OF_SETS = ("count", "share", "sum", "avg", "all", "any")
_OF_DATES = ("days", "workdays")
_ONE: tuple[int, int | None] = (1, 1)
_MANY: tuple[int, int | None] = (2, None)
_ARITIES = {"if": (3, 3), "known": _ONE, "round": (1, 2), "floor": _ONE, "ceil": _ONE, "abs": _ONE, "min": _MANY, "max": _MANY}


@dataclass(frozen=True, kw_only=True)
class ExpressionIssue:
    """Something wrong in an expression. position: of the character in the text, counted from 1.

    code: unreadable, unknown-name, unknown-function, unknown-label, wrong-type, wrong-arguments, not-a-condition, not-yet.
    """

    code: str
    message: Sentence
    hint: Sentence | None = None
    position: int = 1


def check_expression(
    expression: Expr | str,
    organisation: Organisation,
    *,
    standpoint: tuple[str, ...] | None = None,
    elsewhere: frozenset[str] = frozenset(),
    besides: Mapping[str, Type] | None = None,
    condition: bool = True,
) -> tuple[ExpressionIssue, ...]:
    """What is wrong with an expression about a unit; nothing if all is well. Never raises for what an author wrote.

    standpoint: the levels the unit may be of (all of them when None).  elsewhere: names of tasks, stages and flows of the
    file, which are known but cannot be read yet.  besides: further names, with their types.  condition: it has to come out true or false.
    """
    try:
        tree = parse_expression(expression) if isinstance(expression, str) else expression
    except ExpressionError as error:
        return (unreadable(error),)
    return check_in(tree, Scope(organisation, standpoint, elsewhere, besides), condition=condition)


def unreadable(error: ExpressionError) -> ExpressionIssue:
    """What could not be read at all, as an issue."""
    return ExpressionIssue(code="unreadable", message=error.sentence, position=error.position)


def check_in(tree: Expr, names: TypedNames, *, condition: bool) -> tuple[ExpressionIssue, ...]:
    """What is wrong with an expression over these names. condition: it has to come out true or false."""
    checker = _Checker(names)
    found = checker.type_of(tree)
    if condition and found.name not in ("yes_no", "any"):
        checker.report("not-a-condition", tree, said.not_a_condition(), said.write_a_comparison())
    return tuple(sorted(checker.issues, key=lambda issue: issue.position))


class _Checker:
    """Walks a tree once and keeps what it finds; what is wrong has the type `any`, so that one slip is told once."""

    def __init__(self, scope: TypedNames) -> None:
        self.scope: TypedNames = scope
        self.issues: list[ExpressionIssue] = []

    def report(self, code: str, node: Expr, message: Sentence, hint: Sentence | None = None) -> Type:
        self.issues.append(ExpressionIssue(code=code, message=message, hint=hint, position=node.at))
        return ANY

    def type_of(self, expr: Expr) -> Type:
        match expr:
            case Number():
                return NUMBER
            case Text():
                return TEXT
            case Day():
                return DATE
            case Not():
                return self._conditions(expr.operand)
            case And() | Or():
                return self._conditions(*expr.operands)
            case Compare():
                return self._comparison(expr)
            case Arithmetic():
                return self._calculation(expr)
            case Negative():
                return self._numbers(expr.operand)
            case Call():
                return self._call(expr)
            case Name() | Member():
                return self._one(expr)
            case Span() | Index() | Where():
                return self.report("not-yet", expr, said.not_yet_construct(expr))

    def _one(self, expr: Expr) -> Type:
        found = self._name(expr)
        return self.report("set-read-as-one", expr, said.a_set(dotted(expr) or ""), said.count_it()) if found.many else found

    def _set(self, expr: Expr) -> Type:
        """The type of the members of a set; ANY where it is none, which is reported."""
        if isinstance(expr, Where):
            found = self._set(expr.of)
            self._within(found, lambda: self._expect(expr.condition, "yes_no"))
            return found
        found = self._name(expr) if isinstance(expr, Name | Member) else self.type_of(expr)
        if found.name == "any" or found.many:
            return found
        return self.report("not-a-set", expr, said.not_a_set())

    def _within(self, member: Type, look: Callable[[], object]) -> None:
        """Look at something from inside a set; not where it is unknown what is in it."""
        if member.name == "any":
            return
        outer = self.scope
        self.scope = Inside(member, outer)
        look()
        self.scope = outer

    def _conditions(self, *operands: Expr) -> Type:
        for operand in operands:
            self._expect(operand, "yes_no")
        return YES_NO

    def _numbers(self, *operands: Expr) -> Type:
        for operand in operands:
            self._expect(operand, "number")
        return NUMBER

    def _calculation(self, expr: Arithmetic) -> Type:
        """A length of time on either side is told alone: what it is added to is no number and need not be one."""
        operands = (expr.left, expr.right)
        if not any(isinstance(operand, Span) for operand in operands):
            return self._numbers(*operands)
        for operand in operands:
            self.type_of(operand)
        return ANY

    def _expect(self, expr: Expr, wanted: str) -> None:
        found = self.type_of(expr)
        if found.name not in (wanted, "any"):
            self.report("wrong-type", expr, said.expected(wanted, found.name))

    def _name(self, expr: Expr) -> Type:
        path = dotted(expr)
        if path is None:
            return self.report("not-yet", expr, said.not_yet_construct(expr))
        try:
            return self.scope.type_of(path)
        except NotYet as refusal:
            return self.report("not-yet", expr, said.not_yet_name(refusal.name))
        except UnknownName as refusal:
            guess = nearest(refusal.name, refusal.known)
            return self.report("unknown-name", expr, said.unknown_name(path), said.did_you_mean(guess, refusal.known))

    def _comparison(self, expr: Compare) -> Type:
        if expr.operator == "in":
            return self._membership(expr)
        left, right = self.type_of(expr.left), self.type_of(expr.right)
        if "any" in (left.name, right.name):
            return YES_NO
        if left.name != right.name:
            self.report("wrong-type", expr, said.cannot_compare(left.name, right.name), said.how_to_ask(left.name, right.name))
        elif expr.operator not in ("==", "!=") and left.name not in ("number", "date"):
            self.report("wrong-type", expr, said.no_order(left.name))
        else:
            self._label(left, expr.right)
            self._label(right, expr.left)
        return YES_NO

    def _membership(self, expr: Compare) -> Type:
        left, right = self.type_of(expr.left), self._set(expr.right)
        if "any" not in (left.name, right.name) and left.name != right.name:
            self.report("wrong-type", expr, said.cannot_compare(left.name, right.name))
        self._label(right, expr.left)
        return YES_NO

    def _label(self, type_: Type, other: Expr) -> None:
        if type_.labels and isinstance(other, Text) and other.value not in type_.labels:
            guess = nearest(other.value, type_.labels)
            self.report("unknown-label", other, said.unknown_label(other.value), said.did_you_mean(guess, type_.labels))

    def _call(self, expr: Call) -> Type:
        if expr.function in _OF_SETS or is_of_a_set(expr):
            return self._of_set(expr)
        if expr.function in _OF_DATES:
            return self.report("not-yet", expr, said.not_yet_name(expr.function))
        if expr.function not in _OF_VALUES:
            guess = nearest(expr.function, (*_OF_VALUES, *_OF_SETS, *_OF_DATES))
            hint = said.did_you_mean(guess, _OF_VALUES)
            return self.report("unknown-function", expr, said.unknown_function(expr.function), hint)
        least, most = _ARITIES[expr.function]
        if len(expr.arguments) < least or (most is not None and len(expr.arguments) > most):
            return self.report("wrong-arguments", expr, said.wrong_count(expr.function, least, most))
        return self._result(expr)

    def _of_set(self, expr: Call) -> Type:
        wanted = 1 if expr.function == "count" else 2
        if len(expr.arguments) != wanted:
            return self.report("wrong-arguments", expr, said.wrong_count(expr.function, wanted, wanted))
        member = self._set(expr.arguments[0])
        if expr.function == "count":
            return NUMBER
        if expr.function in ("all", "any", "share"):
            self._within(member, lambda: self._expect(expr.arguments[1], "yes_no"))
            return NUMBER if expr.function == "share" else YES_NO
        self._within(member, lambda: self._expect(expr.arguments[1], "number"))
        return NUMBER

    def _result(self, expr: Call) -> Type:
        match expr.function:
            case "if":
                return self._choice(expr)
            case "known":
                return self._known(expr)
            case "round":
                return self._round(expr)
            case "min" | "max":
                return self._outermost(expr)
            case _:
                return self._numbers(*expr.arguments)

    def _choice(self, expr: Call) -> Type:
        condition, then, otherwise = expr.arguments
        self._expect(condition, "yes_no")
        return self._same(expr, self.type_of(then), self.type_of(otherwise))

    def _known(self, expr: Call) -> Type:
        self.type_of(expr.arguments[0])
        return YES_NO

    def _round(self, expr: Call) -> Type:
        for digits in expr.arguments[1:]:
            if not isinstance(digits, Number) or digits.value.denominator != 1 or digits.value > MOST_DIGITS:
                self.report("wrong-arguments", digits, said.wrong_digits(MOST_DIGITS))
        return self._numbers(expr.arguments[0])

    def _outermost(self, expr: Call) -> Type:
        types = [self.type_of(argument) for argument in expr.arguments]
        result = types[0]
        for type_ in types[1:]:
            result = self._same(expr, result, type_)
        if result.name not in ("number", "date", "any"):
            return self.report("wrong-type", expr, said.no_order(result.name))
        return result

    def _same(self, expr: Expr, one: Type, other: Type) -> Type:
        """The one type of two alternatives. Labels of both together are the labels of the result."""
        if "any" in (one.name, other.name):
            return ANY
        if one.name != other.name:
            return self.report("wrong-type", expr, said.cannot_compare(one.name, other.name))
        return one.joined(other)
