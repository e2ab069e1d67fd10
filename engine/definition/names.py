"""Names in a workflow file: how they may look, that each means one thing, and that what is referred to exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.definition.possible_keys import did_you_mean
from engine.definition.report import Report, Spot
from engine.definition.shapes import Value, not_yet
from engine.definition.words import RESERVED
from engine.sentences import Sentence, plain

_NAME = re.compile(r"[^\W\d]\w*")
_WORKFLOW = re.compile(r"\w[\w-]*")
# What the database keeps: a name is part of paths and keys there, a title is a line of its own.
LONGEST_NAME = 80
LONGEST_TITLE = 200


class Registry:
    """The names that share one space, because a reference or an expression may use any of them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._taken: dict[str, tuple[Sentence, Spot]] = {}

    def declare(self, name: str, spot: Spot, what: Sentence) -> None:
        """Take a name for a level, post, body, group, anchor, stage or task; a second taker is reported."""
        if not check_name(name, spot, self.report):
            return
        if name in self._taken:
            other, first = self._taken[name]
            values = {"name": plain(name), "what": other, "line": first.line}
            message = Sentence(
                "名称“{name}”已经在第 {line} 行用作{what}。", "The name `{name}` is already that of a {what} on line {line}.", values
            )
            self.report.add("name-taken", spot, message, Sentence("请换一个名称。", "Choose another name."))
            return
        self._taken[name] = (what, spot)


def check_name(name: str, spot: Spot, report: Report) -> bool:
    """Whether a name is spelled as names are and is no word of the language; reported if not."""
    values = {"name": plain(name[:60])}
    if _NAME.fullmatch(name) is None:
        message = Sentence(
            "“{name}”不能作名称：名称只能用文字、数字和下划线，不能以数字开头。",
            "`{name}` cannot be a name: names consist of letters, digits and `_` and do not begin with a digit.",
            values,
        )
        report.add("bad-name", spot, message, Sentence("完整的说法可以写在 title 里。", "The full wording can be written as its `title`."))
        return False
    if name in RESERVED:
        message = Sentence("“{name}”是本语言的词，不能作名称。", "`{name}` is a word of the language and cannot be a name.", values)
        report.add("reserved-name", spot, message, Sentence("请换一个名称。", "Choose another name."))
        return False
    return not _too_long(name, spot, report)


def _too_long(name: str, spot: Spot, report: Report) -> bool:
    if len(name) <= LONGEST_NAME:
        return False
    values = {"name": plain(name[:20]), "length": len(name), "most": LONGEST_NAME}
    message = Sentence(
        "名称“{name}……”有 {length} 个字，最多 {most} 个。", "The name `{name}...` has {length} characters; at most {most}.", values
    )
    report.add("name-too-long", spot, message, Sentence("完整的说法可以写在 title 里。", "The full wording can be written as its `title`."))
    return True


def check_titles(root: Value, report: Report) -> None:
    """No title is longer than the database can keep."""
    for element in root.walk():
        title = element.entries.get("title") if element.kind else None
        if title and len(title.text) > LONGEST_TITLE:
            values = {"length": len(title.text), "most": LONGEST_TITLE}
            message = Sentence("标题有 {length} 个字，最多 {most} 个。", "The title has {length} characters; at most {most}.", values)
            report.add("title-too-long", title.spot, message, Sentence("其余的请写在 note 里。", "Put the rest into its `note`."))


def check_workflow_name(value: Value, report: Report) -> None:
    """The name of the workflow itself may also have hyphens."""
    if _WORKFLOW.fullmatch(value.text) is None:
        message = Sentence(
            "工作流的名称只能用文字、数字、下划线和连字符。", "The name of a workflow consists of letters, digits, `_` and `-`."
        )
        report.add("bad-name", value.spot, message)
        return
    _too_long(value.text, value.spot, report)


def check_cites(root: Value, report: Report) -> None:
    """With several sources the first word of each citation is the name of one."""
    sources = root.entries.get("sources")
    names = tuple(sources.entries) if sources else ()
    if len(names) < 2:
        return
    for element in root.walk():
        cite = element.entries.get("cite") if element.kind else None
        for leaf in cite.leaves if cite else ():
            first = leaf.text.split()[0]
            if first not in names:
                _unknown_source(first, leaf, names, report)


def _unknown_source(first: str, leaf: Value, names: tuple[str, ...], report: Report) -> None:
    message = Sentence(
        "没有叫“{name}”的来源；来源不止一个时，依据要先写来源的名称。",
        "There is no source `{name}`; with several sources a citation begins with the name of one.",
        {"name": plain(first)},
    )
    listed = {"names": "、".join(names), "guess": did_you_mean(first, names) or plain("")}
    report.add("unknown-source", leaf.spot, message, Sentence("来源有：{names}。{guess}", "The sources: {names}. {guess}", listed))


def check_after(tasks: Mapping[str, Value], stages: Mapping[str, Value], homes: Mapping[str, str | None], report: Report) -> None:
    """Every name in `after` is a task or a stage, and nothing waits for itself. `homes`: the stage of each task."""
    edges: dict[str, list[tuple[str, Value]]] = {name: [] for name in tasks}
    for name, task in tasks.items():
        after = task.entries.get("after")
        for leaf in after.leaves if after else ():
            edges[name].extend((target, leaf) for target in _targets(leaf, tasks, stages, homes, report))
    _report_cycles(edges, report)


def _targets(
    leaf: Value, tasks: Mapping[str, Value], stages: Mapping[str, Value], homes: Mapping[str, str | None], report: Report
) -> list[str]:
    """The tasks about the same unit that a name in `after` waits for. What units below owe can never come back to this one."""
    below, name = split_below(leaf.text)
    if name in tasks:
        return [] if below else [name]
    if name in stages and not below:
        return [task for task, home in homes.items() if home == name]
    if name.rpartition(".")[2] in tasks:
        report.add("not-yet", leaf.spot, *not_yet(leaf.text))
        return []
    known = tuple(tasks) if below else (*tasks, *stages)
    message = Sentence("没有叫“{name}”的任务或阶段。", "There is no task or stage `{name}`.", {"name": plain(name)})
    report.add("unknown-task", leaf.spot, message, did_you_mean(name, known))
    return []


def split_below(term: str) -> tuple[bool, str]:
    """`below.report` -> (True, 'report'); the word may be Chinese."""
    for word in ("below.", "下级."):
        if term.startswith(word):
            return True, term.removeprefix(word)
    return False, term


def _report_cycles(edges: Mapping[str, list[tuple[str, Value]]], report: Report) -> None:
    left = _without_ends(dict(edges))
    while left:
        ring = _ring(left)
        names = [name for name, _ in ring]
        values = {"ring": plain(" → ".join([*names, names[0]]))}
        message = Sentence("先后次序成了循环：{ring}。", "These wait for each other in a circle: {ring}.", values)
        hint = Sentence("去掉其中一处 after。", "Remove one of these `after`.")
        report.add("after-cycle", ring[0][1].spot, message, hint)
        left = _without_ends({name: targets for name, targets in left.items() if name not in names})


def _without_ends(edges: dict[str, list[tuple[str, Value]]]) -> dict[str, list[tuple[str, Value]]]:
    """What is left when all that waits for nothing left has been taken away, again and again."""
    waiting = {name: len(targets) for name, targets in edges.items()}
    waited_for: dict[str, list[str]] = {}
    for name, targets in edges.items():
        for target, _ in targets:
            waited_for.setdefault(target, []).append(name)
    free = [name for name in waiting if not waiting[name]] + [target for target in waited_for if target not in edges]
    gone: set[str] = set()
    while free:
        done = free.pop()
        gone.add(done)
        for name in waited_for.get(done, ()):
            waiting[name] -= 1
            if not waiting[name]:
                free.append(name)
    return {name: [edge for edge in targets if edge[0] not in gone] for name, targets in edges.items() if name not in gone}


def _ring(edges: Mapping[str, list[tuple[str, Value]]]) -> list[tuple[str, Value]]:
    """One circle, from its first task in the file on; each with the place where it names the next."""
    walked: dict[str, Value] = {}
    name = next(iter(edges))
    while name not in walked:
        following, leaf = edges[name][0]
        walked[name] = leaf
        name = following
    steps = list(walked.items())
    ring = steps[[step for step, _ in steps].index(name) :]
    first = min(range(len(ring)), key=lambda at: (ring[at][1].spot.line, ring[at][1].spot.column))
    return ring[first:] + ring[:first]


def duplicates(leaves: Iterable[Value], report: Report) -> None:
    """Every entry of a list that has been there before is reported."""
    seen: set[str] = set()
    for leaf in leaves:
        if leaf.text in seen:
            values = {"name": plain(leaf.text)}
            report.add("duplicate-entry", leaf.spot, Sentence("“{name}”在这里写了两次。", "`{name}` is written twice here.", values))
        seen.add(leaf.text)
