"""Judging and granting: `review`, `waive`, `extend`."""

from __future__ import annotations

from datetime import date

import click

from engine.cli.errors import error_data, verdict_data, verdict_lines
from engine.cli.options import ACTS, Call, Number, argument, command, option
from engine.cli.output import at_desk, emit, line
from engine.cli.steps import REASON, TASK, UNIT, print_step, stepped_after_unit, stepped_data, task_ref
from engine.cli.time import day
from engine.errors import CampaignError
from engine.operations import granting, judging, requests
from engine.operations.campaigns import TaskRef
from engine.operations.granting import BulkGrant, Request
from engine.sentences import Sentence
from engine.store.failures import in_batches

_EXTENDED = Sentence("已延期", "Extended")
_ASKED = Sentence("已申请延期，等待答复", "More time asked for")
_DENIED = Sentence("已答复不准延期", "More time denied")


class AcceptOrReturn(CampaignError):
    """请写明是通过（--accept）还是退回（--return），二者只写一个。

    Say whether to accept it (--accept) or return it (--return), and only one of the two.
    """

    exit_code = 2


class AskOrDeny(CampaignError):
    """--ask（申请延期）和 --deny（不准延期）只能写一个。

    Give only one of --ask and --deny.
    """

    exit_code = 2


class DeniedUntil(CampaignError):
    """答复不准（--deny）时期限不变，请去掉 --to。

    With --deny the due date stays as it is: leave out --to.
    """

    exit_code = 2


class AskForOne(CampaignError):
    """--ask 和 --deny 一次只办一个单位的一项任务，请写 campaign extend 单位 任务。

    --ask and --deny are for one task of one unit: `campaign extend UNIT TASK`.
    """

    exit_code = 2


class UntilWhen(CampaignError):
    """缺少 --to。请写明延到哪一天，如 --to 2030-05-20。

    --to is missing. Say until when, as in --to 2030-05-20.
    """

    exit_code = 2


class WhatToExtend(CampaignError):
    """请写明给谁延期：campaign extend 单位 任务；一批一起延期时写 campaign extend --task 任务 --under 单位。

    Say what to extend: `campaign extend UNIT TASK`; for many at once `campaign extend --task TASK --under UNIT`.
    """

    exit_code = 2


@command("review", *ACTS)
@argument("unit", UNIT)
@argument("task", TASK)
@option("--accept", words=Sentence("通过", "accept"))
@option("--return", "send_back", words=Sentence("退回，须写理由", "return, with a reason"))
@option(
    "--version",
    words=Sentence("看过的是第几版；已有新版时不予办理", "the version you saw; refused where a newer one came in"),
    value=Sentence("版次", "N"),
    type=Number(),
)
@option("--reason", words=Sentence("退回的理由，或通过时的意见", "why, or a remark on accepting"), value=REASON, default="")
def review(call: Call, unit: str, task: str, accept: bool, send_back: bool, version: int | None, reason: str) -> None:
    """Judge what was handed in. Raises Refused, StillUsed."""
    if accept == send_back:
        raise AcceptOrReturn
    ref = task_ref(task)
    with at_desk(call) as desk:
        who = {"by": call.by, "behalf": call.behalf}
        if accept:
            answer = judging.accept(desk.house, call.campaign, unit, ref, **who, version=version, comment=reason, now=desk.now)
        else:
            answer = judging.send_back(desk.house, call.campaign, unit, ref, **who, version=version, reason=reason, now=desk.now)
    print_step(call, answer, Sentence("已通过", "Accepted") if accept else Sentence("已退回", "Returned"))


@command("waive", *ACTS)
@argument("unit", UNIT)
@argument("task", TASK)
@option("--reason", words=Sentence("为什么免报", "why"), value=REASON, default="")
@option("--evidence", words=Sentence("依据，如批文文号", "what it rests on"), value=Sentence("依据", "TEXT"), default="")
def waive(call: Call, unit: str, task: str, reason: str, evidence: str) -> None:
    """Release from a duty. Raises Refused."""
    request = Request(by=call.by, behalf=call.behalf, reason=reason)
    with at_desk(call) as desk:
        ref = task_ref(task)
        answer = granting.waive(desk.house, call.campaign, unit, ref, evidence=evidence, request=request, now=desk.now)
    print_step(call, answer, Sentence("已免报", "Waived"))


@command(
    "extend",
    *ACTS,
    more=Sentence(
        "责任人用 --ask 申请，批准人直接办延期，或用 --deny 答复不准。"
        "一批一起延期：campaign extend --task 任务[@考核期] --under 单位，该单位及其下级尚未完成的都延。",
        "Whoever owes it asks with --ask; whoever may grant it extends it, or denies it with --deny. "
        "Many at once: `campaign extend --task TASK[@PERIOD] --under UNIT`, for all at or below it that have not done it.",
    ),
)
@argument("unit", UNIT, required=False)
@argument("task", TASK, required=False)
@option("--to", "to_day", words=Sentence("新期限（含当日）", "the new due day, included"), value=Sentence("日期", "DATE"))
@option("--ask", words=Sentence("由责任人申请：批准人会收到信", "asked by whoever owes it: whoever may grant it is told"))
@option("--deny", words=Sentence("不准申请的延期，须写理由", "deny what was asked for, with a reason"))
@option("--reason", words=Sentence("为什么延期", "why"), value=REASON, default="")
@option("--task", "bulk_task", words=Sentence("整批延期的任务", "the task to extend for many"), value=TASK)
@option("--under", words=Sentence("整批延期的范围", "for this unit and what is below it"), value=UNIT)
def extend(
    call: Call,
    unit: str | None,
    task: str | None,
    to_day: str | None,
    ask: bool,
    deny: bool,
    reason: str,
    bulk_task: str | None,
    under: str | None,
) -> int:
    """Give a later due to one obligation, or to many; ask for it, or deny it. Raises Refused, NothingUnder, LockFirst."""
    request = Request(by=call.by, behalf=call.behalf, reason=reason)
    if unit is not None and task is not None and bulk_task is None and under is None:
        _extend_one(call, unit, task_ref(task), to_day, _which(ask, deny), request)
        return 0
    if ask or deny:
        raise AskForOne
    if bulk_task is None or under is None or unit is not None:
        raise WhatToExtend
    return _extend_many(call, task_ref(bulk_task), under, _day(to_day), request)


def _which(ask: bool, deny: bool) -> str:
    if ask and deny:
        raise AskOrDeny
    return "ask" if ask else "deny" if deny else "grant"


def _day(text: str | None) -> date:
    if text is None:
        raise UntilWhen
    return day(text)


def _extend_one(call: Call, unit: str, ref: TaskRef, to_day: str | None, which: str, request: Request) -> None:
    # What is left out is said before anything is opened.
    if which == "deny" and to_day is not None:
        raise DeniedUntil
    until = date.min if which == "deny" else _day(to_day)
    with at_desk(call) as desk:
        where = (desk.house, call.campaign, unit, ref)
        match which:
            case "deny":
                answer, said = requests.deny(*where, request=request, now=desk.now), _DENIED
            case "ask":
                answer, said = requests.ask(*where, to=until, request=request, now=desk.now), _ASKED
            case _:
                answer, said = granting.extend(*where, to=until, request=request, now=desk.now), _EXTENDED
    print_step(call, answer, said)


def _extend_many(call: Call, ref: TaskRef, under: str, to: date, request: Request) -> int:
    with at_desk(call) as desk, in_batches():
        lines = granting.extend_under(desk.house, call.campaign, ref, under, to=to, request=request, now=desk.now)
    granted = sum(one.answer is not None for one in lines)
    if call.as_json:
        emit([_grant_data(call, one) for one in lines])
    else:
        for one in lines:
            _print_grant(call, one)
        values = {"granted": granted, "refused": len(lines) - granted}
        line(call.words("已延期 {granted} 个单位，未准 {refused} 个。", "{granted} extended, {refused} refused.", **values))
    return 0 if granted == len(lines) else 1


def _grant_data(call: Call, one: BulkGrant) -> dict[str, object]:
    return {
        "unit": one.unit,
        "name": one.name,
        "answer": stepped_data(call, one.answer) if one.answer else None,
        "refusals": [verdict_data(verdict, call.lang) for verdict in one.refusals],
        "error": error_data(one.error, call.lang) if one.error else None,
    }


def _print_grant(call: Call, one: BulkGrant) -> None:
    if one.answer is not None:
        line(stepped_after_unit(call, one.answer, _EXTENDED), "    ")
        return
    why = one.error.say(call.lang) if one.error is not None and not one.refusals else ""
    line(call.words("{unit} {name}  未准。{why}", "{unit} {name}  refused. {why}", unit=one.unit, name=one.name, why=why), "    ")
    if one.refusals:
        click.echo(verdict_lines(one.refusals, call.lang, "    "))
