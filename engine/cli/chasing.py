"""Chasing by hand: `chase`."""

from __future__ import annotations

from engine.cli.options import ACTS, Call, argument, command, option
from engine.cli.output import at_desk, emit, line, warn_if_behind
from engine.cli.steps import TASK, UNIT, task_ref
from engine.operations.chasing import Chase, Chased, ChasedTask, chase_laggards, what_would_be_chased
from engine.sentences import Sentence
from engine.store.failures import in_batches


@command(
    "chase",
    *ACTS,
    more=Sentence(
        "不写单位就是整个活动；写了单位，就是它和它的下级。只催已经逾期的，一天最多一次；"
        "总次数由工作流里“准许”的“催办”定（不写是 3 次）。不加 --yes 只预览。",
        "Without a unit it is the whole campaign, else the unit and all below it. Only what is overdue is chased, once a day at most, and "
        "in all as often as the workflow says (`chase` under `allow`; three times if it says nothing). Without --yes it only shows whom.",
    ),
)
@argument("unit", UNIT, required=False)
@option("--task", "task", words=Sentence("只催这一项", "only this task"), value=TASK)
@option(
    "--say", "words", words=Sentence("附一句话，写进信里", "a word of your own, for the letter"), value=Sentence("话", "TEXT"), default=""
)
@option("--yes", "sure", words=Sentence("确认催办", "do it"))
def chase(call: Call, unit: str | None, task: str | None, words: str, sure: bool) -> None:
    """Preview whom to chase, or chase them. Raises NotAbove, NobodyLate, WordsTooLong."""
    ref = None if task is None else task_ref(task)
    asked = Chase(under=unit or "", ref=ref, by=call.by, behalf=call.behalf, words=words)
    with at_desk(call) as desk, in_batches():
        if sure:
            came_to = chase_laggards(desk.house, call.campaign, asked, desk.now)
        else:
            warn_if_behind(call, desk)
            came_to = what_would_be_chased(desk.house, call.campaign, asked, desk.now)
    if call.as_json:
        emit(_data(came_to))
    else:
        _print(call, came_to)


def _data(came_to: Chased) -> dict[str, object]:
    return {
        "campaign": came_to.campaign,
        "unit": came_to.unit,
        "done": came_to.done,
        "chased": came_to.chased,
        "tasks": [vars(task) for task in came_to.tasks],
    }


def _print(call: Call, came_to: Chased) -> None:
    title = _DONE if came_to.done else _PREVIEW
    line(call.words(title.zh, title.en, unit=came_to.unit, n=came_to.chased))
    for task in came_to.tasks:
        line(_task(call, task, done=came_to.done), "    ", first="  ")
    if not came_to.done:
        line(
            call.words("以上只是预览，什么都没有改动；加上 --yes 才催办。", "This was a preview; nothing was changed. Add --yes to chase.")
        )
    elif not came_to.chased:
        line(call.words("没有新的催办：今天都已经催过，或者已经催满。", "Nobody is chased anew: all were chased today, or often enough."))
    elif not came_to.mail_on:
        line(call.words("邮件还没有放行，催办先压着。", "Mail is held, and so is this."))
    else:
        line(call.words("随各人的下一封信寄出（每人每天一封）。", "It goes out with each person's next letter (one a day)."))


_DONE = Sentence("已催办“{unit}”及其下级的 {n} 项逾期任务：", "Chased: {n} overdue task(s) at and below “{unit}”.")
_PREVIEW = Sentence("预览：催办“{unit}”及其下级的 {n} 项逾期任务：", "Preview: chasing {n} overdue task(s) at and below “{unit}”.")


def _task(call: Call, task: ChasedTask, *, done: bool) -> str:
    name = f"{task.title}@{task.period}" if task.period else task.title
    said = Sentence(
        "{name}：逾期 {late} 个，催办 {chased} 个{today}{used_up}", "{name}: {late} late, {chased} chased{today}{used_up}"
    ) if done else Sentence(
        "{name}：逾期 {late} 个，可催 {chased} 个{today}{used_up}", "{name}: {late} late, {chased} to chase{today}{used_up}"
    )  # fmt: skip
    today = Sentence("；今天已催过 {n} 个", "; {n} chased today already", {"n": task.today}) if task.today else ""
    used_up = Sentence("；已催满 {most} 次的 {n} 个", "; {n} chased {most} time(s), no more", {"n": task.used_up, "most": task.most})
    values = {"name": name, "late": task.late, "chased": task.chased, "today": today, "used_up": used_up if task.used_up else ""}
    return call.words(said.zh, said.en, **values)
