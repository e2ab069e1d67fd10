"""The reminders as readings: an author sees on which day each rung of a ladder falls."""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.model import HOUSE_LADDER, Rung
from engine.definition.projection_dates import Finish, rung_path
from engine.definition.projection_model import OVERLAPS, Reading
from engine.definition.projection_names import Draft
from engine.sentences import Sentence
from engine.timing.ladders import RungTime

# Remarks of these kinds only inform; they are no warnings.
INFORMING = frozenset({"rung-example", "rung-moved", "rung-repeats", OVERLAPS})


def note_rungs(finish: Finish, drafts: Iterable[Draft]) -> None:
    """Note when every rung that the author wrote fires for the first dated occurrence that takes it; the house's own are not shown."""
    seen: set[str] = set()
    for draft in drafts:
        if draft.pending_on or draft.task.ladder == HOUSE_LADDER:
            continue
        for index, rung in enumerate(draft.task.ladder):
            path = rung_path(draft.task, index)
            times = () if path in seen else finish.times(draft.task, index, rung, draft.due)
            if times:
                seen.add(path)
                finish.words.readings.append(_reading(finish, draft, rung, path, times))


def _reading(finish: Finish, draft: Draft, rung: Rung, path: str, times: Iterable[RungTime]) -> Reading:
    fired = list(times)
    first = fired[0]
    shown = f"{first.at.astimezone(finish.words.zone):%Y-%m-%d %H:%M}"
    noted: list[tuple[str, Sentence]] = []
    if not path.startswith(f"{draft.task.path}."):
        noted.append(("rung-example", Sentence("以“{task}”为例", 'shown for "{task}"', {"task": draft.task.name})))
    if first.moved_from:
        values = {"day": first.moved_from}
        noted.append(("rung-moved", Sentence("{day}是休息日，已调到工作日", "{day} is no working day; moved to one", values)))
    if len(fired) > 1:
        last = fired[-1].at.astimezone(finish.words.zone)
        by_days = last.time() == first.at.astimezone(finish.words.zone).time()
        counted: dict[str, object] = {"count": len(fired), "last": f"{last:%Y-%m-%d}" if by_days else f"{last:%Y-%m-%d %H:%M}"}
        noted.append(("rung-repeats", Sentence("共{count}次，末次{last}", "{count} times, the last on {last}", counted)))
    return Reading(
        path=f"{path}.at",
        wording=rung.at,
        opens=shown,
        due=shown,
        remarks=tuple(remark for _, remark in noted),
        codes=tuple(code for code, _ in noted),
        period=draft.name,
    )
