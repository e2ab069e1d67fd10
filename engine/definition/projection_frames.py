"""The windows of the file and its stages: when a block opens and closes, as its tasks take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.definition.model import Stage, Wording
from engine.definition.projection_model import StageDates
from engine.definition.projection_reading import Words, joined
from engine.sentences import Sentence
from engine.timing.instants import end_of, start_of
from engine.timing.stretches import Stretch

ON_ENTRY = "on_entry"
_NO_WINDOW = Stretch()
_BOTH = (
    Sentence("还不支持“进入时”再加一个日期（后续版本提供）。", "A date beside `on_entry` is not yet supported."),
    Sentence("请只写“进入时”，或只写日期。", "Write `on_entry` alone, or the date alone."),
)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A block's window: `opening` tells by its first day, `closing` by its last; nothing in them where that end was not said."""

    wording: str = ""
    opening: Stretch = _NO_WINDOW
    closing: Stretch = _NO_WINDOW
    on_entry: bool = False

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day, None where an end is open or not dated."""
        return self.opening.first, self.closing.last


def file_frame(words: Words) -> Frame:
    """The window of the file itself."""
    file = words.workflow
    return _frame(words, "", file.window, file.opens, file.due, Frame())


def stage_frame(words: Words, stage: Stage, file: Frame) -> Frame:
    """The window of a stage. Where its window says no beginning (6月底前), it is that of the file."""
    opens = None if stage.opens == ON_ENTRY else stage.opens
    if stage.opens_on_entry and opens is not None:
        words.issue(f"{stage.path}.opens", "not-yet", *_BOTH)
    frame = _frame(words, f"{stage.path}.", stage.window, opens, stage.due, file)
    on_entry = stage.opens_on_entry or stage.opens == ON_ENTRY
    return replace(frame, on_entry=True, opening=_NO_WINDOW) if on_entry else frame


def stage_dates(words: Words, stage: Stage, position: int, frame: Frame) -> StageDates:
    """A stage as it stands on the calendar."""
    return StageDates(
        name=stage.name,
        position=position,
        wording=frame.wording,
        opens=start_of(frame.opening, words.zone),
        closes=end_of(frame.closing, words.zone),
        pending_on=tuple(dict.fromkeys((*frame.opening.pending_on, *frame.closing.pending_on))),
        on_entry=frame.on_entry,
    )


def _frame(words: Words, path: str, window: str | None, opens: Wording | None, due: Wording | None, around: Frame) -> Frame:
    # What falls due with the file's own window is told at its stages, where it has any.
    is_end = bool(path) or not words.workflow.stages
    context = replace(words.context, window=around.days)
    whole = _NO_WINDOW
    if window is not None:
        whole = words.read(f"{path}window", window, context, words.days, is_end=is_end)
    opening = whole if opens is None else words.read(f"{path}opens", opens, context, words.days)
    within = replace(context, opens=opening.first)
    for key, read in (("opens", opening), ("window", whole)):
        if "opens" in read.pending_on:
            words.circle(f"{path}{key}", ("opens", "opens"))
    closing = whole if due is None else words.read(f"{path}due", due, within, words.days, is_end=is_end)
    if window is not None and opening.first is None and not opening.pending_on:
        opening = around.opening
    said = [joined(wording) for wording in (window, opens, due) if wording is not None]
    return Frame(wording="；".join(said), opening=opening, closing=closing)
