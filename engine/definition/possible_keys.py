"""What an author could have written where a key is unknown, and how the author of a file spells keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from engine.definition.keys import ELEMENTS, Shape, belongs_to
from engine.definition.source import Entry, Listing, Node, Table
from engine.definition.words import KEYS, Spelling, chinese, english, spellings
from engine.names import nearest
from engine.sentences import Sentence, plain

_MOST_LISTED = 8
_HOMES = {
    "file": "文件",
    "stage": "阶段",
    "task": "任务",
    "source": "来源",
    "calendar": "日历",
    "organisation": "组织",
    "body": "机构",
    "post": "职务",
    "anchor": "锚点",
    "who": "对象",
    "who in a list": "对象",
    "doubt": "存疑",
    "rhythm": "周期",
    "item": "材料",
    "field": "栏目",
    "part": "要点",
    "rule": "检查",
    "step": "审核",
    "delivery": "报送",
    "allow": "准许",
    "permission": "准许",
    "rung": "提醒",
}


def did_you_mean(written: str, known: Mapping[str, object] | tuple[str, ...]) -> Sentence | None:
    """The nearest known name as advice, None if nothing is near."""
    guess = nearest(written, known)
    return None if guess is None else Sentence("是不是“{guess}”？", "Did you mean `{guess}`?", {"guess": plain(guess)})


def suggestion(written: str, kind: str, spelling: Spelling) -> Sentence | None:
    """Advice about a key that an element does not know: the nearest one; else where it belongs and what can stand here."""
    table, meant = ELEMENTS[kind], english(written)
    if meant in table:
        return did_you_mean(chinese(meant, kind), spellings(meant, kind))
    guess = nearest(written, [spelled for key in table for spelled in spellings(key, kind)])
    homes = [home for home in belongs_to(meant) if written in spellings(meant, home)]
    if guess and not homes:
        return did_you_mean(written, (guess,))
    listed = _listed(kind, spelling, first=english(guess, kind) if guess else "")
    if not homes:
        return listed
    values = {"homes": Sentence("、".join(dict.fromkeys(_HOMES[home] for home in homes)), ", ".join(homes)), "listed": listed or plain("")}
    return Sentence("它可以写在：{homes}。{listed}", "It belongs to: {homes}. {listed}", values)


def _listed(kind: str, spelling: Spelling, *, first: str) -> Sentence | None:
    """The keys an element takes, the nearest first."""
    built = [key for key, found in ELEMENTS[kind].items() if found.shape]
    if not built:
        return None
    ordered = [spelling.key(key, kind) for key in sorted(built, key=lambda key: key != first)]
    shown, more = ordered[:_MOST_LISTED], len(ordered) > _MOST_LISTED
    values = {"zh": "、".join(shown) + ("等" if more else ""), "en": ", ".join(shown) + (" and others" if more else "")}
    return Sentence("这里可以写：{zh}。", "Possible here: {en}.", values)


def own_spelling(root: Table) -> Spelling:
    """The author's spelling of each key; of a key that is not written, the one that most keys of the file have."""
    in_chinese, in_english = Counter[str](), Counter[str]()
    for kind, known in known_keys(root):
        for entry in known:
            name = english(entry.key.text, kind)
            if name in KEYS:
                (in_english if entry.key.text == name else in_chinese)[name] += 1
    mostly = in_chinese.total() > in_english.total()
    return Spelling(in_chinese=frozenset(key for key in KEYS if _is_chinese(in_chinese[key], in_english[key], mostly=mostly)))


def _is_chinese(zh: int, en: int, *, mostly: bool) -> bool:
    return zh > en if zh != en else mostly


def known_keys(root: Table) -> Iterator[tuple[str, list[Entry]]]:
    """Every element of a file with those of its entries whose keys belong to the language, as opposed to the names that authors give."""
    waiting: list[tuple[Node, Shape | None, str]] = [(root, None, "file")]
    while waiting:
        node, shape, kind = waiting.pop()
        if isinstance(node, Listing) and shape and shape.items:
            waiting.extend((item, shape.items, "") for item in node.items)
        elif isinstance(node, Table) and shape and shape.names:
            waiting.extend((entry.value, shape.names, "") for entry in node.entries)
        elif isinstance(node, Table) and any(entry.key.text == "per" for entry in node.entries):
            continue  # its other keys are the author's labels
        elif isinstance(node, Table) and (element := kind or best_element(node, shape.elements if shape else ())):
            table = ELEMENTS[element]
            known = [entry for entry in node.entries if english(entry.key.text, element) in table]
            yield element, known
            waiting.extend((entry.value, table[english(entry.key.text, element)].shape, "") for entry in known)


def best_element(node: Table, kinds: tuple[str, ...]) -> str | None:
    """Of several elements that may stand here the one with most of the keys written, its own required one above all."""

    def likeness(kind: str) -> tuple[int, int]:
        table = ELEMENTS[kind]
        keys = {english(entry.key.text, kind) for entry in node.entries}
        return sum(name in keys for name, key in table.items() if key.required), sum(name in table for name in keys)

    return max(kinds, key=likeness, default=None)
