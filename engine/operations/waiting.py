"""What has to be done before something else, in words."""

from __future__ import annotations

from engine.operations.campaigns import obligation_title
from engine.operations.directory import Directory
from engine.sentences import Sentence
from engine.store.codes import Upstream
from engine.store.obligations import Waiting


def waiting_words(waiting: Waiting, directory: Directory) -> Sentence:
    """What must be done first: `9 个支部中 2 个未报` with the names of some, or the task's name where it is about the unit itself."""
    if waiting.reading is Upstream.SAME:
        return obligation_title(waiting)
    names = [directory.unit(unit_id).name for unit_id in waiting.units]
    more = Sentence("等", " and others") if waiting.undone > len(names) else Sentence("", "")
    values = {"title": obligation_title(waiting), "total": waiting.total, "undone": waiting.undone, "more": more}
    return Sentence(
        "{title}：{total} 个单位中 {undone} 个未完成（{names}{more}）",
        "{title}: {undone} of {total} units have not done it ({names}{more})",
        {**values, "names": Sentence("、".join(names), ", ".join(names))},
    )
