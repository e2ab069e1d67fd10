"""The command table: every command with its one line, and the module that is loaded when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from engine.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One command. module: where the function of its name stands (`take-back` is `take_back`); '' for a group of commands.

    otherwise: the command of a group that is meant where none of it is named.
    """

    module: str
    brief: Sentence
    otherwise: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Commands that are used at one time of a campaign's life."""

    title: Sentence
    names: tuple[str, ...]


def _entry(module: str, zh: str, en: str) -> Entry:
    return Entry(module=f"engine.cli.{module}" if module else "", brief=Sentence(zh, en))


COMMANDS: dict[str, Entry] = {
    "check": _entry("checking", "检查工作流文件，列出每个日期的读法", "check a workflow file and show how every date reads"),
    "schema": _entry("checking", "输出工作流文件的 JSON Schema", "print the JSON Schema of workflow files"),
    "timeline": _entry("checking", "把工作流画成时间表", "draw a workflow as a chart"),
    "demo": _entry("demo", "演示：一场两年的活动，约半分钟到一分钟", "a two-year campaign played in half a minute to a minute"),
    "init": _entry("beginning", "建立数据库（只有这条命令会建立）", "make the database (nothing else does)"),
    "template": Entry(module="", brief=Sentence("空白表格", "empty tables to fill in"), otherwise="task"),
    "template roster": _entry("units", "生成空白花名册", "write an empty roster"),
    "template task": _entry("filling_in", "生成一项任务要填的表格", "write the table to fill in for a task"),
    "units": _entry("", "单位和任职", "units and who holds posts"),
    "units import": _entry("units", "导入花名册", "bring a roster in"),
    "units tree": _entry("units", "显示组织树", "show the tree of units"),
    "load": _entry("launching", "载入工作流文件", "load a workflow file"),
    "launch": _entry("launching", "发动活动（先预览，--yes 才执行）", "launch a campaign (a preview first, --yes to act)"),
    "withdraw": _entry("launching", "撤销尚无人报送的发动", "take back a launch that nobody has answered"),
    "close": _entry("launching", "结束活动", "end a campaign"),
    "stuck": _entry("asking", "谁卡住了：在哪一步、因为什么、谁能解决", "who is stuck, where, why, and who can unblock it"),
    "status": _entry("viewing", "活动概况，或一个单位的任务", "the campaign at a glance, or what one unit owes"),
    "journal": _entry("viewing", "流水：谁在何时办了什么", "the journal: who did what, when"),
    "notices": _entry("noticing", "提醒及其去向，或核对（--reconcile）", "notices and what became of them, or compare them (--reconcile)"),
    "explain-notice": _entry("explaining", "为什么有（或没有）这封信", "why there is a mail, or is not"),
    "tomorrow": _entry("foreseeing", "明天会给谁寄什么，不寄出", "who would get what tomorrow, without sending it"),
    "preview": _entry("previewing", "看一封信：任何提醒或通知，不寄出", "see any notice as the letter it would be, without sending it"),
    "show": _entry("showing", "看一份报送：文件、检查结论、与谁相近", "one hand-in: files, what the checks said, what it is close to"),
    "collect": _entry("collecting", "取出报送的材料，存到一个文件夹", "copy what was handed in into a folder"),
    "ics": _entry("calendars", "一个单位或一个人的期限，写成日历文件（.ics）", "the deadlines of a unit or a person, as a calendar (.ics)"),
    "submit": _entry("handing_in", "报送材料", "hand in"),
    "take-back": _entry("handing_in", "撤回尚未审核的材料", "take back what nobody has judged"),
    "review": _entry("judging", "审核：通过或退回", "accept, or return"),
    "waive": _entry("judging", "免报", "release from a duty"),
    "extend": _entry("judging", "延期", "give a later due date"),
    "chase": _entry("chasing", "催办逾期的单位（先预览，--yes 才执行）", "chase those who are late (a preview first, --yes to act)"),
    "advance": _entry("moving", "让一个单位进入下一阶段，或说明差什么", "move a unit on, or say what is in the way"),
    "override": _entry("moving", "强制放行，或重新开放已失效的任务", "force a unit on, or reopen what has lapsed"),
    "sweep": _entry("ringing", "办理到期事项", "do all that is due"),
    "deliver": _entry("ringing", "寄出待发的信件", "send the letters that wait"),
    "run": _entry("ringing", "持续运行：按时办理并寄信，直到收到停止信号", "keep doing both until told to stop"),
    "mail": _entry("", "放行或暂停邮件；发信时间；渠道；退信和每周汇总", "let mail go out, or hold it; hours; channels; what came back"),
    "mail on": _entry("ringing", "放行邮件", "let mail go out"),
    "mail off": _entry("ringing", "暂停邮件", "hold mail"),
    "mail hours": _entry("hours", "发信时间：从几点到几点，是否只在工作日", "at which hours letters go, and whether on working days only"),
    "mail channels": _entry(
        "channels", "有哪些渠道；某人走哪些渠道，按先后", "the channels there are, and by which of them a person is told"
    ),
    "mail read": _entry("posting", "读退信和退订，记入去向", "read what came back, and who wants fewer letters"),
    "mail failures": _entry("posting", "谁的邮件寄不到：地址、原因、涉及的任务", "whom no letter reaches: address, reason, duties"),
    "mail retry": _entry("posting", "地址没有错：重新寄给这个人", "the address is right: write to it again"),
    "mail digest": _entry("posting", "某人的结果和下级情况改为每周一封", "results and summaries once a week for a person"),
    "backup": _entry("keeping", "备份到一个文件", "back everything up into one file"),
    "upgrade": _entry("upgrading", "升级旧版本程序的数据库", "bring an older program's database up to date"),
    "restore": _entry("keeping", "从备份恢复成新的数据库", "make a database out of a backup"),
    "doctor": _entry("examining", "体检：数据库的大小、设置、索引、时钟和计数", "sizes, settings, indexes, clock and counts, examined"),
}

SECTIONS: tuple[Section, ...] = (
    Section(title=Sentence("先看一看", "A first look"), names=("demo",)),
    Section(title=Sentence("编写和检查", "Writing and checking"), names=("check", "schema", "timeline")),
    Section(
        title=Sentence("准备和发动", "Preparing and launching"),
        names=("init", "template", "units", "load", "launch", "withdraw", "close"),
    ),
    Section(
        title=Sentence("查看", "Looking"),
        names=("stuck", "status", "journal", "notices", "explain-notice", "tomorrow", "preview", "show", "collect", "ics"),
    ),
    Section(
        title=Sentence("办理", "Acting"),
        names=("submit", "take-back", "review", "waive", "extend", "chase", "advance", "override"),
    ),
    Section(title=Sentence("时钟和邮件", "Clock and mail"), names=("sweep", "deliver", "run", "mail")),
    Section(title=Sentence("备份和体检", "Keeping"), names=("backup", "restore", "doctor", "upgrade")),
)

# Who rings the bell is no command, and does not know that there are any: `run` looks it up here as a command is looked up.
_SCHEDULER = "engine.scheduler"


def below(group: str) -> tuple[str, ...]:
    """The names directly below a group; '' for the outermost one."""
    if not group:
        return tuple(name for section in SECTIONS for name in section.names)
    return tuple(name.removeprefix(f"{group} ") for name in COMMANDS if name.startswith(f"{group} "))


def load(name: str) -> object:
    """The command of that name out of its module."""
    return getattr(import_module(COMMANDS[name].module), name.replace("-", "_").replace(" ", "_"))


def scheduler() -> ModuleType:
    """The room that rings the bell."""
    return import_module(_SCHEDULER)


def tables() -> ModuleType:
    """What writes spreadsheets: only those who ask for one pay for it."""
    return import_module("engine.exchange.tables")


def program_version() -> str:
    """The version of the program; looking it up costs more than any other answer of the command line."""
    from importlib.metadata import version

    return version("campaign")
