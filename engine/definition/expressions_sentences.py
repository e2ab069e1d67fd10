"""What is said about expressions that do not make sense."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.expressions_tree import Expr, Index, Span, Where
from engine.sentences import Sentence

_TYPES = {
    "number": Sentence("数字", "a number"),
    "text": Sentence("文字", "a text"),
    "date": Sentence("日期", "a date"),
    "yes_no": Sentence("是或否", "a yes or no"),
    "span": Sentence("时长", "a length of time"),
    "unit": Sentence("单位", "a unit"),
    "person": Sentence("人员", "a person"),
    "time": Sentence("时间", "a time"),
    "row": Sentence("台账的一行", "a row of a ledger"),
}
_LISTED = 12


def _type(name: str) -> Sentence:
    return _TYPES.get(name, Sentence("不明类型", "something else"))


def not_a_condition() -> Sentence:
    """The whole comes out as a number or a text."""
    return Sentence("条件的结果必须是“是”或“否”。", "A condition has to come out true or false.")


def write_a_comparison() -> Sentence:
    """What to write instead."""
    return Sentence("请写成比较，例如 level == '党支部'。", "Write a comparison, such as level == 'branch'.")


def not_yet_construct(expr: Expr) -> Sentence:
    """Something the grammar has and the engine cannot do."""
    match expr:
        case Span():
            what = Sentence("时长", "a length of time")
        case Where():
            what = Sentence("“where”选出的集合", "a set chosen by `where`")
        case Index():
            what = Sentence("方括号", "square brackets")
        case _:
            what = Sentence("这种写法", "this construct")
    return Sentence("条件里暂时还不能使用{what}。", "A condition cannot use {what} yet.", {"what": what})


def a_set(path: str) -> Sentence:
    """A set where one value is needed."""
    return Sentence("“{path}”有许多个，这里只能是一个。", "`{path}` is many; here it has to be one.", {"path": path})


def count_it() -> Sentence:
    """What can be done with a set."""
    return Sentence("可以用 count、share、all、any、sum、avg 或 in。", "Use count, share, all, any, sum, avg or `in`.")


def not_a_set() -> Sentence:
    """One value where a set is needed."""
    return Sentence("这里要的是许多个（集合），写的只有一个。", "A set is needed here; this is one value.")


def not_yet_name(name: str) -> Sentence:
    """A name that stands for something a condition cannot look at."""
    return Sentence("条件里暂时还不能引用“{name}”。", "`{name}` cannot be used in a condition yet.", {"name": name})


def unknown_name(path: str) -> Sentence:
    """A name nobody declared."""
    return Sentence(
        "“{name}”没有定义：它不是这里的单位所具有的属性。",
        "`{name}` is not defined: the units in question have no such attribute.",
        {"name": path},
    )


def unknown_label(label: str) -> Sentence:
    """A label that is not among those declared."""
    return Sentence("没有“{label}”这个选项，比较永远不会成立。", "There is no label '{label}', so this could never hold.", {"label": label})


def unknown_function(name: str) -> Sentence:
    """A function that does not exist."""
    return Sentence("没有“{name}”这个函数。", "There is no function `{name}`.", {"name": name})


def did_you_mean(guess: str | None, known: Iterable[str]) -> Sentence:
    """The likeliest name, or a list of those there are."""
    if guess is not None:
        return Sentence("是不是要写“{guess}”？", "Did you mean `{guess}`?", {"guess": guess})
    names = [*known]
    shown = {"zh": "、".join(names[:_LISTED]), "en": ", ".join(names[:_LISTED])}
    return Sentence("可以使用的有：{zh}。", "There are: {en}.", shown)


def expected(wanted: str, found: str) -> Sentence:
    """A value of one type where another is needed."""
    return Sentence(
        "这里需要{wanted}，写的却是{found}。", "Here {wanted} is needed, not {found}.", {"wanted": _type(wanted), "found": _type(found)}
    )


def cannot_compare(left: str, right: str) -> Sentence:
    """Two types that have nothing in common."""
    return Sentence(
        "{left}和{right}不能放在一起。",
        "This puts {left} beside {right}, which have nothing in common.",
        {"left": _type(left), "right": _type(right)},
    )


def how_to_ask(left: str, right: str) -> Sentence | None:
    """The usual slip: `rural == 'yes'`, `staff > '50'`, `founded < '2011-07-01'`."""
    if "text" not in (left, right):
        return None
    if "yes_no" in (left, right):
        return Sentence("是或否的属性直接写名称，否定写 not 名称。", "Write the attribute by itself, or `not` before it.")
    if "number" in (left, right) or "date" in (left, right):
        return Sentence("数字和日期不加引号。", "Numbers and dates are written without quotation marks.")
    return None


def no_order(name: str) -> Sentence:
    """Greater and smaller of what has no order."""
    return Sentence(
        "{type}没有大小先后之分，只能用 == 或 !=。",
        "There is no greater or smaller for {type}; only == and != are possible.",
        {"type": _type(name)},
    )


def wrong_count(function: str, least: int, most: int | None) -> Sentence:
    """Too few or too many arguments."""
    if most is None:
        values: dict[str, object] = {"function": function, "least": least}
        return Sentence("“{function}”至少要 {least} 个参数。", "`{function}` takes at least {least} arguments.", values)
    if least == most:
        values = {"function": function, "most": most}
        return Sentence("“{function}”的参数应当是 {most} 个。", "`{function}` takes {most} argument(s).", values)
    values = {"function": function, "least": least, "most": most}
    return Sentence("“{function}”的参数应当是 {least} 至 {most} 个。", "`{function}` takes {least} to {most} arguments.", values)


def wrong_digits(most: int) -> Sentence:
    """The second argument of `round`."""
    return Sentence(
        "“round”的位数要写成 0 到 {most} 的整数。", "The digits of `round` are a whole number from 0 to {most}.", {"most": most}
    )
