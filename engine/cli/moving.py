"""Moving one unit on: `advance`, `override`."""

from __future__ import annotations

from engine.cli.options import ACTS, Call, argument, command, option
from engine.cli.output import at_desk, emit, line
from engine.cli.steps import REASON, TASK, UNIT, print_step, task_ref
from engine.errors import CampaignError
from engine.operations import moving
from engine.operations.moving import Moved
from engine.sentences import Sentence


class LeaveOrTask(CampaignError):
    """--leave 用于强制放行，--task 用于重新开放，请只写一个。

    --leave is for forcing a unit on, --task for reopening; give only one.
    """

    exit_code = 2


@command(
    "advance",
    *ACTS,
    more=Sentence(
        "条件不满足时逐条说明还差什么，以 1 结束。", "Where something is in the way, each condition is listed with what is missing."
    ),
)
@argument("unit", UNIT)
def advance(call: Call, unit: str) -> None:
    """Move a unit a stage on. Raises Refused with every unmet condition."""
    with at_desk(call) as desk:
        moved = moving.advance(desk.house, call.campaign, unit, by=call.by, behalf=call.behalf, now=desk.now)
    _print_moved(call, moved)


@command(
    "override",
    *ACTS,
    more=Sentence(
        "强制放行会永远记在流水里，欠的任务仍然要做；写明 --leave，重复运行也只走一步。改写 --task 则重新开放一项已失效的任务。",
        "Forcing a unit on is shown for ever in the journal, and what is owed is still owed; with --leave it moves once, however often it "
        "is run. With --task instead it reopens an obligation that has lapsed.",
    ),
)
@argument("unit", UNIT)
@option("--reason", words=Sentence("为什么", "why"), value=REASON, default="")
@option(
    "--leave",
    words=Sentence("让它离开的阶段（默认：现在的）", "the stage it is to leave (by default the one it is in)"),
    value=Sentence("阶段", "STAGE"),
)
@option("--task", words=Sentence("重新开放这项任务", "reopen this task"), value=TASK)
def override(call: Call, unit: str, reason: str, leave: str | None, task: str | None) -> None:
    """Force a unit on, or reopen what has lapsed. Raises LeaveOrTask, NeedsReason, StandsElsewhere, Refused."""
    if leave is not None and task is not None:
        raise LeaveOrTask
    with at_desk(call) as desk:
        if task is None:
            who = {"by": call.by, "behalf": call.behalf}
            _print_moved(call, moving.override(desk.house, call.campaign, unit, **who, reason=reason, now=desk.now, leave=leave))
            return
        ref = task_ref(task)
        answer = moving.reopen(desk.house, call.campaign, unit, ref, by=call.by, behalf=call.behalf, reason=reason, now=desk.now)
        print_step(call, answer, Sentence("已重新开放", "Reopened"))


def _print_moved(call: Call, moved: Moved) -> None:
    left, entered = call.say(moved.left), call.say(moved.entered)
    if call.as_json:
        emit({"unit": moved.unit, "name": moved.name, "left": left, "entered": entered, "forced": moved.forced})
        return
    mark = Sentence("（强制）", " (forced)") if moved.forced else Sentence("", "")
    values = {"unit": moved.unit, "name": moved.name, "left": left, "entered": entered, "mark": mark}
    line(call.words("{unit} {name}：由“{left}”进入“{entered}”{mark}。", "{unit} {name}: from “{left}” to “{entered}”{mark}.", **values))
