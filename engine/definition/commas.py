"""Lists of names that were written with the commas of a Chinese keyboard, which YAML takes for letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definition.report import Report, Spot
from engine.definition.source import Listing, Node, Scalar
from engine.sentences import Sentence, plain

_COMMAS = "，、"
_NAME = re.compile(rf"[^{_COMMAS}\s](?:[^{_COMMAS}]*[^{_COMMAS}\s])?")
_LONGEST = 60
_MESSAGE = Sentence(
    "“{written}”里用了全角标点“{comma}”，被读成一个名称，而不是几个。",
    "`{written}` has the full-width `{comma}`, so it is read as one name instead of several.",
)
_HINT = Sentence("请用半角逗号：[{names}]。", "Use a plain comma: [{names}].")


def parted(nodes: tuple[Node, ...], spot: Spot, report: Report) -> tuple[Node, ...]:
    """The members of a list of names, each name apart; the first one that was several is reported. What stands in quotes was meant so."""
    found = [tuple(_names(node)) for node in nodes]
    runs = [node for node, names in zip(nodes, found, strict=True) if isinstance(node, Scalar) and len(names) > 1]
    if not runs:
        return nodes
    first = runs[0]
    comma = next(character for character in first.text if character in _COMMAS)
    names = ", ".join(node.text for part in found for node in part if isinstance(node, Scalar))
    values = {"written": plain(first.text[:_LONGEST]), "comma": comma}
    place = Spot(line=first.line, column=first.column, path=spot.path)
    report.add("full-width-comma", place, Sentence(_MESSAGE.zh, _MESSAGE.en, values), Sentence(_HINT.zh, _HINT.en, {"names": plain(names)}))
    return tuple(node for names in found for node in names)


def several(node: Scalar) -> Listing | None:
    """The list that was meant by one text with such commas; None where it is one name."""
    if len(tuple(_names(node))) < 2:
        return None
    return Listing(items=(node,), line=node.line, column=node.column)


def _names(node: Node) -> Iterator[Node]:
    if not isinstance(node, Scalar) or not node.plain or not any(comma in node.text for comma in _COMMAS):
        yield node
        return
    for name in _NAME.finditer(node.text):
        start = node.start + name.start()
        yield Scalar(
            text=name[0], line=node.line, column=node.column + name.start(), start=start, end=start + len(name[0]), plain=node.plain
        )
