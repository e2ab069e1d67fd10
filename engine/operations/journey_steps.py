"""One step of a journey: done by the same operations as a command, and compared with what the story expects of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from engine.errors import CampaignError, Refused
from engine.operations import asking, granting, handing_in, judging, moving, viewing
from engine.operations.asking import Board
from engine.operations.assigning import HandIn
from engine.operations.campaigns import TaskRef, choose, obligation_of, task_of, unit_of
from engine.operations.context import House
from engine.operations.granting import Request
from engine.operations.journey_file import Expected, JourneyStep, day_of
from engine.operations.journey_papers import Papers
from engine.operations.moving import Moved
from engine.operations.stepping import Stepped
from engine.operations.viewing import CampaignStatus
from engine.sentences import Verdict


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a step came to: a state, a refusal, a board or the counts. `error`: why it was refused, None where it was not."""

    state: str = ""
    error: CampaignError | None = None
    verdicts: tuple[Verdict, ...] = ()
    stepped: Stepped | None = None
    moved: Moved | None = None
    board: Board | None = None
    status: CampaignStatus | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    def differs_from(self, expected: Expected) -> str | None:
        """What is otherwise than expected, in a few words; None where all is as the story says."""
        if self.error is not None and expected.refused is None:
            told = [f"{verdict.code}: {verdict.sentence.say('en')}" for verdict in self.verdicts]
            return f"refused: {self.error} {'; '.join(told)}"
        if expected.refused is not None:
            return self._differs_from_refusal(expected)
        if expected.boards is not None and self.blocked() != dict(expected.boards):
            return f"stuck: {self.blocked()}"
        if expected.counts is not None and dict(self.counts) != dict(expected.counts):
            return f"stages: {dict(self.counts)}"
        return f"state: {self.state}" if expected.state not in (None, self.state) else None

    def _differs_from_refusal(self, expected: Expected) -> str | None:
        assert expected.refused is not None
        codes = sorted(verdict.code for verdict in self.verdicts) or ([self.error.code] if self.error else [])
        if codes != sorted(expected.refused.codes):
            return f"refused: {codes}"
        shorts = [verdict.shortfall.say("zh") for verdict in self.verdicts if verdict.shortfall is not None]
        return f"short: {shorts}" if expected.refused.short and expected.refused.short not in shorts else None

    def blocked(self) -> dict[str, tuple[str, ...]]:
        """Unit -> what makes it stuck, TASK[@PERIOD]."""
        units = self.board.units if self.board else ()
        return {one.unit: tuple(f"{b.task}@{b.period}" if b.period else b.task for b in one.causes) for one in units}


@dataclass(frozen=True, kw_only=True)
class _Doing:
    """A step about to be done."""

    house: House
    step: JourneyStep
    papers: Path
    now: datetime

    @property
    def ref(self) -> TaskRef:
        return TaskRef.parse(self.step.word("task"))

    @property
    def unit(self) -> str:
        return self.step.word("unit")

    @property
    def who(self) -> tuple[str | None, str | None]:
        """By whom, and on whose behalf."""
        return self.step.word("by") or None, self.step.word("for") or None


def do_step(house: House, step: JourneyStep, papers: Path, now: datetime) -> Answer:
    """Do it; a refusal is an answer too."""
    try:
        return _DOERS[step.kind](_Doing(house=house, step=step, papers=papers, now=now))
    except Refused as refused:
        return Answer(error=refused, verdicts=refused.verdicts)
    except CampaignError as error:
        return Answer(error=error)


def _stepped(answer: Stepped) -> Answer:
    return Answer(state=answer.state, stepped=answer)


def _hand_in(it: _Doing) -> Answer:
    by, behalf = it.who
    return _stepped(handing_in.submit(it.house, None, it.unit, it.ref, _given(it), by=by, behalf=behalf, now=it.now))


def _given(it: _Doing) -> HandIn:
    """The day and sentence of an act, or papers made for it: `chars` long, with these `parts` and `items`, and what is entered."""
    with it.house.database.read() as connection:
        running = choose(connection, None)
        task = task_of(running, it.ref.task)
        day = running.day(it.now)
    if not task.items:
        return HandIn(on_day=day, statement=it.step.word("say"))
    wanted = it.step.lists.get("items", tuple(item.name for item in task.items))
    papers = Papers(
        folder=it.papers,
        mark=f"{it.unit}_{it.now:%Y%m%d%H%M}",
        chars=int(it.step.word("chars", "0")),
        parts=it.step.lists.get("parts"),
        about=it.unit,
    )
    return papers.of((item for item in task.items if item.name in wanted), it.unit, it.step.filled)


def _take_back(it: _Doing) -> Answer:
    by, behalf = it.who
    return _stepped(handing_in.take_back(it.house, None, it.unit, it.ref, by=by, behalf=behalf, now=it.now))


def _accept(it: _Doing) -> Answer:
    by, behalf = it.who
    comment = it.step.word("say")
    version = _newest(it)
    return _stepped(judging.accept(it.house, None, it.unit, it.ref, by=by, behalf=behalf, version=version, comment=comment, now=it.now))


def _newest(it: _Doing) -> int | None:
    """The version that the judge of the story has before her."""
    with it.house.database.read() as connection:
        _, row = obligation_of(connection, choose(connection, None), unit_of(connection, it.unit), it.ref)
    return row.version or None


def _return(it: _Doing) -> Answer:
    by, behalf = it.who
    reason = it.step.word("reason")
    return _stepped(judging.send_back(it.house, None, it.unit, it.ref, by=by, behalf=behalf, version=None, reason=reason, now=it.now))


def _request(it: _Doing) -> Request:
    by, behalf = it.who
    return Request(by=by, behalf=behalf, reason=it.step.word("reason"))


def _extend(it: _Doing) -> Answer:
    to = day_of(it.step.word("to"))
    return _stepped(granting.extend(it.house, None, it.unit, it.ref, to=to, request=_request(it), now=it.now))


def _waive(it: _Doing) -> Answer:
    evidence = it.step.word("evidence")
    return _stepped(granting.waive(it.house, None, it.unit, it.ref, evidence=evidence, request=_request(it), now=it.now))


def _advance(it: _Doing) -> Answer:
    moved = moving.advance(it.house, None, it.unit, by=it.step.word("by"), now=it.now)
    return Answer(state=moved.entered.say("zh"), moved=moved)


def _override(it: _Doing) -> Answer:
    moved = moving.override(it.house, None, it.unit, by=it.step.word("by"), reason=it.step.word("reason"), now=it.now)
    return Answer(state=moved.entered.say("zh"), moved=moved)


def _stuck(it: _Doing) -> Answer:
    return Answer(board=asking.stuck(it.house, None, now=it.now, under=it.step.word("under") or None))


def _stages(it: _Doing) -> Answer:
    status = viewing.campaign_status(it.house, None, it.now)
    counts = [(title.say("zh"), n) for title, _, _, n in status.stages] + [(title.say("zh"), n) for title, n in status.outside]
    return Answer(status=status, counts={title: n for title, n in counts if n})


_DOERS: Mapping[str, Callable[[_Doing], Answer]] = {
    "hand in": _hand_in,
    "take back": _take_back,
    "accept": _accept,
    "return": _return,
    "extend": _extend,
    "waive": _waive,
    "advance": _advance,
    "override": _override,
    "stuck": _stuck,
    "stages": _stages,
}
