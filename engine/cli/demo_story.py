"""What the demo says while the campaign is played: months, incidents, boards, letters, and what became of every notice."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from engine.cli import layout
from engine.cli.errors import verdict_lines
from engine.cli.lists import helpers_words
from engine.cli.options import Call
from engine.cli.output import heading, line, table
from engine.cli.words import NOTICE_STATES, REASONS
from engine.definition.timeline import draw, timeline
from engine.operations import viewing
from engine.operations.asking import Board
from engine.operations.burden import burden_of
from engine.operations.context import House
from engine.operations.journey_file import Journey, JourneyStep
from engine.operations.journey_steps import Answer
from engine.operations.journeys import Happening, Played
from engine.operations.launch_plan import LaunchReport
from engine.operations.loading import check_file
from engine.operations.viewing import CampaignStatus
from engine.sentences import Sentence, plain

# The letters of that morning tell superiors of what is overdue below them.
_SHOWN = "20110110-083000_secretary.gb06"
_LONGEST_BOARD = 3


class Teller:
    """Tells the story to the terminal while it is played."""

    def __init__(self, call: Call, house: House, journey: Journey) -> None:
        self.call = call
        self.house = house
        self.journey = journey
        self.zone = ZoneInfo("Asia/Shanghai")
        self.stages: tuple[str, ...] = ()
        self.names: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.handed_in = 0
        self.letters = 0
        self.month = ""
        self.window = -1
        self.blocked = ""

    def begin(self) -> None:
        """Who is in it, and the plan as it was understood."""
        checked = check_file(self.journey.workflow)
        assert checked.workflow is not None and checked.projection is not None
        self.zone = ZoneInfo(checked.workflow.calendar.timezone)
        self.titles = {task.name: task.title or task.name for task in checked.workflow.tasks}
        self.stages = tuple(stage.title or stage.name for stage in checked.workflow.stages)
        heading(self.say(_TITLE, title=self.journey.title))
        line(self.say(_INTRODUCTION))
        self.section(Sentence("一、计划读成了什么", "1. The plan as it was understood"))
        values = {
            "tasks": len(checked.workflow.tasks),
            "dates": len(checked.projection.occurrences),
            "doubts": len(checked.workflow.doubts),
        }
        line(self.say(_PLAN, **values))
        click.echo("")
        click.echo(draw(timeline(checked.workflow, checked.projection), width=layout.terminal_width(), lang=self.call.lang))

    def say(self, sentence: Sentence, **values: object) -> str:
        """A sentence in the language of the demo, with these values."""
        return Sentence(sentence.zh, sentence.en, values).say(self.call.lang)

    def section(self, title: Sentence) -> None:
        """A short heading with room above it."""
        click.echo("")
        heading(f"== {title.say(self.call.lang)} ==")

    def watch(self, happening: Happening) -> None:
        """Take in one happening, and say what is worth saying of it."""
        if happening.launched is not None:
            self.launched(happening.launched)
            return
        self.turn(happening.at)
        if happening.habit is not None and happening.habit[0].kind == "hand in":
            self.handed_in += happening.habit[1]
        if happening.delivered is not None:
            self.letters += happening.delivered.sent
        if happening.step is not None:
            self.step(happening.at, *happening.step)

    def launched(self, report: LaunchReport) -> None:
        """What the launch made."""
        self.section(Sentence("二、发动", "2. The launch"))
        line(self.say(_LAUNCHED, units=report.cases, duties=report.obligations, reminders=report.reminders))
        self.names = {one.code: one.name for one in viewing.read_tree(self.house, self.local_start().date())}
        for title, seats in ((_VACANT, report.vacant), (_UNREACHABLE, report.unreachable)):
            for seat in seats:
                line(self.say(title, seat=f"{seat.unit} {seat.name} {seat.post}"), "    ", first="  - ")

    def local_start(self) -> datetime:
        """The first instant of the story."""
        return self.journey.begins.replace(tzinfo=self.zone)

    def turn(self, at: datetime) -> None:
        """A new month closes the last one with a line; a new stage opens a section."""
        month = at.astimezone(self.zone).strftime("%Y-%m")
        if month == self.month:
            return
        status = viewing.campaign_status(self.house, None, at)
        if self.month:
            self.month_line(self.month, status)
        self.month = month
        opened = [number for number, (_, opens, _, _) in enumerate(status.stages) if opens is not None and opens <= at]
        if opened and opened[-1] != self.window:
            self.window = opened[-1]
            number = "三四五六七"[self.window] if self.call.lang == "zh" else str(3 + self.window)
            title = {"number": number, "stage": self.stages[self.window]}
            self.section(Sentence("{number}、阶段“{stage}”", "{number}. The stage “{stage}”", title))
            self.columns()

    def columns(self) -> None:
        """The heading of the lines of months."""
        stages = [self.call.words("阶段{n}", "stage {n}", n=number) for number in range(1, len(self.stages) + 1)]
        others = [self.call.words(zh, en) for zh, en in (("完成", "done"), ("卡住", "stuck"), ("累计报送", "handed in"), ("信件", "mail"))]
        click.echo(layout.pad(self.call.words("月底", "month"), 9) + "".join(_right(word, 10) for word in (*stages, *others)))

    def month_line(self, month: str, status: CampaignStatus) -> None:
        """How many units stand where at the end of a month, and what has been done so far."""
        counts = [n for _, _, _, n in status.stages]
        numbers = [*counts, status.finished, status.stuck, self.handed_in, self.letters]
        click.echo(layout.pad(month, 9) + "".join(_right(str(number), 10) for number in numbers))

    def step(self, at: datetime, step: JourneyStep, answer: Answer) -> None:
        """One incident of the story, where it is worth a line."""
        if step.kind == "hand in" and answer.error is None:
            self.handed_in += 1
        unblocking = step.kind == "hand in" and step.word("unit") == self.blocked
        if answer.board is not None:
            self.board(at, answer.board)
        elif answer.error is not None or unblocking or step.kind in ("return", "extend", "waive", "override"):
            self.incident(at, step, answer)
        if answer.status is not None and self.blocked:
            self.released(at)
        if step.kind == "advance" and answer.error is not None:
            self.blocked = step.word("unit")

    def incident(self, at: datetime, step: JourneyStep, answer: Answer) -> None:
        """Who did what to whom, and why it was refused."""
        unit, task = step.word("unit"), step.word("task")
        name, _, period = task.partition("@")
        what = f"“{self.titles.get(name, name)}”{period}" if task else ""
        values = {
            "day": f"{at.astimezone(self.zone):%Y-%m-%d}",
            "unit": f"{unit} {self.names.get(unit, '')}",
            "what": what,
            "by": step.word("by"),
        }
        said = _INCIDENTS[step.kind]
        line(self.say(said, **values), "    ", first="  > ")
        if step.word("reason"):
            line(self.call.words("理由：{reason}", "reason: {reason}", reason=step.word("reason")), "      ", first="    ")
        if answer.error is not None:
            line(self.call.words("被拒，原因：", "Refused, because:"), "    ", first="    ")
            click.echo(verdict_lines(answer.verdicts, self.call.lang, indent="      "))

    def released(self, at: datetime) -> None:
        """Where the unit that could not move on stands now."""
        found = viewing.unit_status(self.house, None, self.blocked, at)
        values = {"unit": f"{self.blocked} {found.name}", "stage": found.stage, "day": f"{found.entered_at.astimezone(self.zone):%Y-%m-%d}"}
        line(self.say(_RELEASED, **values), "    ", first="  > ")
        self.blocked = ""

    def board(self, at: datetime, board: Board) -> None:
        """The stuck board of that day: units, what makes them stuck, and who can help."""
        click.echo("")
        day = f"{at.astimezone(self.zone):%Y-%m-%d}"
        heading(self.call.words("看板 {day}：卡住的单位 {n} 个", "The board of {day}: {n} unit(s) stuck", day=day, n=len(board.units)))
        for unit in board.units:
            line(f"{unit.unit} {unit.name}", "    ", first="  * ")
            found = unit.causes
            for blocker in found[:_LONGEST_BOARD]:
                line(blocker.message.say(self.call.lang), "      ", first="    - ")
            if len(found) > _LONGEST_BOARD:
                line(self.call.words("另有 {n} 项", "and {n} more", n=len(found) - _LONGEST_BOARD), "      ", first="    - ")
            who = helpers_words([helper for blocker in found[:_LONGEST_BOARD] for helper in blocker.can_unblock[:1]], self.call.lang)
            line(self.call.words("可解决：{who}", "can unblock: {who}", who=who), "      ", first="      ")
        click.echo("")

    def end(self, played: Played, mail: Path) -> None:
        """The last month, the letters, and what became of every notice."""
        status = viewing.campaign_status(self.house, None, played.ended)
        self.month_line(self.month, status)
        number = len(self.stages) + 3
        self.section(Sentence("{zh}、信件", "{en}. The letters", {"zh": "〇一二三四五六七八九"[number], "en": number}))
        files = sorted(mail.glob("*.eml"))
        line(self.say(_LETTERS, n=len(files), folder=mail))
        found = burden_of(self.house, None, played.ended)
        line(self.say(_BURDEN, people=found.people, a_month=f"{float(found.a_month):.1f}", most=found.most, month=found.month))
        self.letter(files)
        self.section(
            Sentence(
                "{zh}、每条提醒的去向", "{en}. What became of every notice", {"zh": "〇一二三四五六七八九"[number + 1], "en": number + 1}
            )
        )
        self.notices(status.notices)

    def letter(self, files: Sequence[Path]) -> None:
        """One letter as its reader sees it: the first that tells a superior of somebody who is late."""
        chosen = next((file for file in files if file.name.startswith(_SHOWN)), files[0])
        letter = email.message_from_bytes(chosen.read_bytes(), policy=email.policy.default)
        body = letter.get_body(("plain",))
        text = body.get_content().strip().splitlines() if body else []
        click.echo("")
        line(self.call.words("其中一封：{name}", "One of them: {name}", name=chosen.name))
        click.echo("")
        for written in (f"To: {letter['To']}", f"Subject: {letter['Subject']}", "", *text):
            click.echo(f"  {written}".rstrip())

    def notices(self, told: dict[str, int]) -> None:
        """Counts by state and reason; they add up to all that was decided."""
        rows = []
        for name, n in sorted(told.items(), key=lambda one: -one[1]):
            state, _, reason = name.partition(":")
            words = REASONS.get(reason, plain(reason)).say(self.call.lang) if reason else ""
            rows.append((NOTICE_STATES[state].say(self.call.lang), words, str(n)))
        ended = sum(n for name, n in told.items() if not name.startswith(("decided", "composed")))
        rows.append((self.call.words("合计", "total"), "", str(sum(told.values()))))
        table([self.call.words(zh, en) for zh, en in (("去向", "state"), ("原因", "reason"), ("条数", "count"))], rows)
        line(self.say(_RECONCILED, n=sum(told.values()), open=sum(told.values()) - ended))


def _right(text: str, columns: int) -> str:
    return " " * max(columns - layout.width(text), 0) + text


_TITLE = Sentence("演示：{title}", "Demo: {title}")
_INTRODUCTION = Sentence(
    "一所虚构的开放大学按实施意见开展两年的活动，从头到尾演一遍。时钟是虚拟的，人名都是编的，信件只写成文件，一封也不会寄出。约半分钟到一分钟。",
    "A made-up university runs a campaign of two years, played from beginning to end. The clock is virtual, all names are invented, "
    "letters become files and none is sent. It takes half a minute to a minute.",
)
_PLAN = Sentence(
    "工作流文件里有 {tasks} 项任务，按日历排出 {dates} 个期次；原文有 {doubts} 处存疑，都已由党委工作部认定。",
    "The workflow file has {tasks} tasks, which make {dates} occurrences on the calendar; {doubts} doubtful passages, all settled.",
)
_LAUNCHED = Sentence(
    "{units} 个单位参加，共承担 {duties} 件任务。如果谁也不办，一共会有 {reminders} 条提醒。"
    "发动前还查出（下面逐月列出进展，没有动静的月份略去）：",
    "{units} units take part and owe {duties} duties. If nobody did anything there would be {reminders} notices. "
    "Found beforehand (months in which nothing happened are left out below):",
)
_VACANT = Sentence("岗位空缺：{seat}（提醒由上级书记收）", "vacant: {seat} (the superior is told instead)")
_UNREACHABLE = Sentence("没有邮箱：{seat}（提醒会记为送不到）", "no address: {seat} (its notices are noted as not deliverable)")
_RELEASED = Sentence(
    "欠的都补齐了，{day} 自动放行：{unit} 进入“{stage}”。",
    "Nothing is missing any more; released on {day}: {unit} is in “{stage}”.",
)
_LETTERS = Sentence(
    "一共 {n} 封，都是 .eml 文件，双击可用邮件程序打开：{folder}",
    "{n} in all, .eml files that any mail program opens: {folder}",
)
_BURDEN = Sentence(
    "{people} 位书记等任职人员平均每人每月收到 {a_month} 封，最多的一位一个月收到 {most} 封（{month}）；谁也没有一天收到两封。",
    "The {people} people in office had {a_month} a month on average, the most in one month was {most} ({month}); nobody had two on a day.",
)
_RECONCILED = Sentence(
    "决定要发的 {n} 条，每条都有去向；没有下落的 {open} 条。", "{n} were decided, and each has come to an end; unknown: {open}."
)
_INCIDENTS = {
    "hand in": Sentence("{day} {by} 报送 {unit} 的{what}", "{day} {by} hands in {what} of {unit}"),
    "return": Sentence("{day} {by} 退回 {unit} 的{what}", "{day} {by} returns {what} of {unit}"),
    "accept": Sentence("{day} {by} 审核 {unit} 的{what}", "{day} {by} judges {what} of {unit}"),
    "extend": Sentence("{day} {by} 为 {unit} 的{what}办延期", "{day} {by} extends {what} of {unit}"),
    "waive": Sentence("{day} {by} 免去 {unit} 的{what}", "{day} {by} releases {unit} from {what}"),
    "advance": Sentence("{day} {by} 申请让 {unit} 进入下一阶段", "{day} {by} asks to move {unit} on"),
    "override": Sentence("{day} {by} 强制放行 {unit}（永久留痕）", "{day} {by} forces {unit} on (recorded for ever)"),
    "take back": Sentence("{day} {unit} 撤回{what}", "{day} {unit} takes back {what}"),
}
