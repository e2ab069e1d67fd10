"""What a launch says beside its numbers: tasks that come to nothing, and what the roster says that no condition can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.definition.model import Organisation, Who, Workflow
from engine.definition.projection_model import Projection
from engine.definition.who import unreadable_attributes
from engine.sentences import Sentence
from engine.store.roster import UnitRow

# How many units a note names; the rest are counted.
_NAMED = 5


@dataclass(kw_only=True)
class OddValues:
    """By level and attribute: at how many units a condition cannot go by the value, and the first of them."""

    organisation: Organisation
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def look_at(self, unit: UnitRow) -> None:
        """Remember what of a unit cannot be read."""
        for name in unreadable_attributes(unit, self.organisation):
            self.found[unit.level, name] += 1
            if self.found[unit.level, name] <= _NAMED:
                self.first.setdefault((unit.level, name), []).append(unit.code)

    def words(self) -> Iterator[Sentence]:
        """One sentence for each attribute."""
        for (level, name), count in self.found.items():
            declared = self.organisation.attributes[level][name]
            expected = "、".join(declared) if isinstance(declared, tuple) else declared
            codes = self.first[level, name]
            more = count - _NAMED
            values: Mapping[str, object] = {
                "level": level,
                "name": name,
                "count": count,
                "expected": expected,
                "zh": "、".join(codes) + ("等" if more > 0 else ""),
                "en": ", ".join(codes) + (f" and {more} more" if more > 0 else ""),
            }
            yield Sentence(_ODD.zh, _ODD.en, values)


def idle_tasks(workflow: Workflow, projection: Projection, owing: Mapping[str, int]) -> Iterator[Sentence]:
    """One sentence for each task that has no period, or that no unit owes. owing: task -> how many units."""
    dated = {one.task for one in projection.occurrences}
    for task in workflow.tasks:
        if task.name not in dated:
            yield Sentence(_NO_PERIOD.zh, _NO_PERIOD.en, {"task": task.name})
        elif not owing[task.name]:
            yield Sentence(_NO_UNIT.zh, _NO_UNIT.en, {"task": task.name, "who": _worded(task.subjects)})


def _worded(who: Who) -> Sentence:
    if who.where is None:
        return Sentence("{zh}", "{en}", {"zh": "、".join(who.terms), "en": ", ".join(who.terms)})
    values = {"zh": "、".join(who.terms), "en": ", ".join(who.terms), "where": who.where}
    return Sentence("{zh}，其中 {where}", "{en} where {where}", values)


_NO_PERIOD = Sentence(
    "任务“{task}”的周期没有一期落在时间之内，不会布置。", "“{task}” has no period within its window; nobody will ever owe it."
)
_NO_UNIT = Sentence("任务“{task}”没有任何单位承担：这里没有选到“{who}”。", "No unit owes “{task}”: there is no such unit here ({who}).")
_ODD = Sentence(
    "“{level}”的属性“{name}”在 {count} 个单位没有填写，或不是规定的写法（{expected}）：{zh}。用它作条件的，选不到这些单位。",
    "The attribute “{name}” of “{level}” is blank or not as declared ({expected}) at {count} unit(s): {en}. A condition on it misses them.",
)
