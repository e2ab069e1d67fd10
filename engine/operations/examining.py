"""The doctor: how large everything is, and what is wrong with it, what that means, and what to do. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.operations.campaigns import Running, running
from engine.operations.context import House
from engine.operations.resting import Rest, rests
from engine.sentences import Sentence, plain
from engine.store import campaigns, health, journal, recounting
from engine.store import house as facts
from engine.store.database import Connection
from engine.store.failures import shown
from engine.store.recounting import Difference, Differences

# A letter that goes out some minutes early or late harms nobody; a minute more and the order of the journal is in doubt.
SKEW = timedelta(minutes=2)
SHOWN = 5
FILES_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong. meaning: what it is and what follows; advice: what to do; examples: the first few of `count`."""

    code: str
    meaning: Sentence
    advice: Sentence
    count: int = 1
    examples: tuple[Sentence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What was found. rows: by what they are; sizes: bytes; settings: the database's, by name; files: whether each was read."""

    where: str
    rehearsal: bool
    rows: Mapping[str, int]
    sizes: Mapping[str, int]
    settings: Mapping[str, str]
    files: bool
    findings: tuple[Finding, ...]


def examine(
    house: House,
    clock: datetime,
    *,
    files: bool,
    unsendable: Sentence | None = None,
    strange: Sequence[Sentence] = (),
    deaf: Sequence[tuple[str, Sentence]] = (),
) -> Diagnosis:
    """Look at everything; with `files` every artifact is read and its digest computed again. clock: this machine's own.

    unsendable: why no letter could leave the house as things are set.  strange: variables of the environment that set nothing.
    deaf: the channels that were called in vain, and what came of it.
    """
    database = house.database
    with database.read() as connection:
        rehearsal = facts.is_rehearsal(connection)
        settings = health.settings(database, connection)
        findings = [*_damage(house, connection), *_settings(settings), *_indexes(connection)]
        findings += _clocks(house, connection, clock, rehearsal)
        alive = running(connection)
        findings += (one for campaign in alive for one in _counts(connection, campaign))
        findings += _unfinished(connection)
        findings += (one for campaign in alive for one in _miswordings(connection, campaign))
        if unsendable is not None and alive and not rehearsal:
            findings.append(_no_mail(unsendable))
        findings += map(_resting, rests(connection))
        findings += _strange(strange)
        findings += map(_deaf, deaf)
        if files:
            findings += _files(house, connection)
        held, size = house.vault.sizes()
        return Diagnosis(
            where=shown(database.url),
            rehearsal=rehearsal,
            rows={**health.rows(connection), "artifacts": held},
            sizes={**health.sizes(database, connection), "artifacts": size},
            settings={setting.name: setting.value for setting in settings},
            files=files,
            findings=tuple(findings),
        )


def _unfinished(connection: Connection) -> Iterator[Finding]:
    for row in campaigns.all_campaigns(connection):
        if row.state == campaigns.LAUNCHING:
            values = {"name": row.name}
            yield Finding(
                code="unfinished-launch",
                meaning=Sentence(
                    "活动“{name}”还没有发动完，对谁都不起作用。", "The launch of “{name}” is not finished; nobody sees any of it.", values
                ),
                advice=Sentence(
                    "如果发动已经中断：再运行 campaign launch 从头发动，或用 campaign withdraw --campaign {name} --yes 清掉。",
                    "If it was cut off: run `campaign launch` again to begin anew, or clear it away with "
                    "`campaign withdraw --campaign {name} --yes`.",
                    values,
                ),
            )


def _no_mail(unsendable: Sentence) -> Finding:
    return Finding(
        code="no-mail",
        meaning=Sentence("信件寄不出去，提醒都会积压。", "No letter can leave: every reminder piles up."),
        advice=unsendable,
    )


def _miswordings(connection: Connection, campaign: Running) -> Iterator[Finding]:
    found = journal.misworded(connection, campaign.id)
    if found:
        yield Finding(
            code="mail-text",
            meaning=Sentence(
                "活动“{name}”有 {n} 封信用不上自己的邮件模板，改用了程序自带的文字。",
                "“{name}”: {n} letter(s) could not be written with its own mail templates and went out in the program's own words.",
                {"name": campaign.name, "n": sum(found.values())},
            ),
            advice=Sentence(
                "用 campaign preview 看一封这样的信，它会说错在哪里；改正模板，把版本（version）加一再载入，从下一次发动起用。",
                "`campaign preview` of such a letter says what is wrong. Correct the template, raise `version` and load again: it is used "
                "from the next launch on.",
            ),
            count=len(found),
            examples=tuple(Sentence("{place}：{n} 封", "{place}: {n} letter(s)", {"place": place, "n": n}) for place, n in found.items())[
                :SHOWN
            ],
        )


def _resting(rest: Rest) -> Finding:
    return Finding(
        code="channel-rests",
        meaning=Sentence(
            "渠道 {channel} 从 {since}（UTC）起一封信也没有收下，连试 {tries} 次都不成；停到 {until}（UTC）再试，走它的提醒在等待。",
            "The channel {channel} has taken no letter since {since} (UTC), in {tries} attempt(s); it is left alone until {until} (UTC), "
            "and what goes by it waits.",
            {"channel": rest.channel, "since": _utc(rest.since), "tries": rest.tries, "until": _utc(rest.until)},
        ),
        advice=Sentence(
            "{why}。解决以后它会自己再试；要马上试：campaign mail retry。",
            "{why}. It is tried again by itself; to try at once: `campaign mail retry`.",
            {"why": rest.why},
        ),
    )


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _deaf(one: tuple[str, Sentence]) -> Finding:
    return Finding(
        code="channel-out-of-reach",
        meaning=Sentence(
            "试着联系渠道 {name}，没有成功；走它的信会等着再试。",
            "The channel {name} was called in vain: its letters wait and are tried again.",
            {"name": one[0]},
        ),
        advice=one[1],
    )


def _strange(variables: Sequence[Sentence]) -> Iterator[Finding]:
    if variables:
        yield Finding(
            code="unknown-variable",
            meaning=Sentence(
                "有环境变量像是本程序的设置，可是名称不对，不起作用。",
                "Variables of the environment look like settings of this program and are none: they have no effect.",
            ),
            advice=Sentence("请改正它们的名称，或去掉。", "Correct their names, or remove them."),
            count=len(variables),
            examples=tuple(variables),
        )


def _damage(house: House, connection: Connection) -> Iterator[Finding]:
    lines = health.damage(house.database, connection, SHOWN)
    if lines:
        yield Finding(
            code="damaged",
            meaning=Sentence(
                "数据库文件已经损坏，读出的内容不可信。", "The database file is damaged: what is read from it cannot be trusted."
            ),
            advice=Sentence(
                "停止一切写入，保留这个文件，用 campaign restore 恢复最近的备份，并检查磁盘。",
                "Let nobody write, keep the file, put the last backup back with `campaign restore`, and have the disk examined.",
            ),
            count=len(lines),
            examples=tuple(map(plain, lines)),
        )


def _settings(settings: Iterable[health.Setting]) -> Iterator[Finding]:
    for setting in settings:
        if not setting.sound:
            yield Finding(
                code="unsafe-setting",
                meaning=Sentence(
                    "数据库设置 {name} 是 {value}，应为 {wanted}：{why}",
                    "The database setting {name} is {value} and has to be {wanted}: {why}",
                    {"name": setting.name, "value": setting.value or "-", "wanted": setting.wanted, "why": _WHY[setting.name]},
                ),
                advice=_MEND_SQLITE if setting.name in health.SQLITE else _MEND_SERVER,
            )


def _indexes(connection: Connection) -> Iterator[Finding]:
    names = health.missing_indexes(connection)
    if names:
        yield Finding(
            code="missing-index",
            meaning=Sentence(
                "缺少索引或唯一约束：查询会越来越慢，提醒可能重复。",
                "Indexes or unique keys are missing: answers grow slower, and a notice could be decided twice.",
            ),
            advice=Sentence(
                "用 campaign backup 备份，再用 campaign restore 恢复到一个新的数据库：那里索引齐全。",
                "Make a backup with `campaign backup` and put it into a new database with `campaign restore`: there they are all in place.",
            ),
            count=len(names),
            examples=tuple(map(plain, names)),
        )


def _clocks(house: House, connection: Connection, clock: datetime, rehearsal: bool) -> Iterator[Finding]:
    there = health.server_clock(house.database, connection)
    if there is not None and abs(there - clock.timestamp()) > SKEW.total_seconds():
        yield Finding(
            code="clock-skew",
            meaning=Sentence(
                "本机的时钟与数据库服务器相差 {seconds} 秒：从不同的机器办理，先后会乱。",
                "This machine and the database server are {seconds} seconds apart: steps of several machines get out of order.",
                {"seconds": round(abs(there - clock.timestamp()))},
            ),
            advice=_SET_CLOCKS,
        )
    written = journal.last_instant(connection)
    if not rehearsal and written is not None and written - clock > SKEW:
        yield Finding(
            code="journal-ahead",
            meaning=Sentence(
                "流水最后一行记于 {at}（UTC），比本机的时钟晚：在时钟走到那里之前，一切都按那一刻办理。",
                "The last line of the journal is of {at} (UTC), ahead of this machine's clock: until then all is done as of that instant.",
                {"at": _utc(written)},
            ),
            advice=_SET_CLOCKS,
        )


def _counts(connection: Connection, campaign: Running) -> Iterator[Finding]:
    for found in recounting.differences(connection, campaign.id):
        if found.count:
            yield _count(campaign, found)


def _count(campaign: Running, found: Differences) -> Finding:
    return Finding(
        code=f"wrong-{found.kind}",
        meaning=Sentence(
            "活动“{name}”：{what}",
            "“{name}”: {what}",
            {"name": campaign.name, "what": _KEPT[found.kind]},
        ),
        advice=Sentence(
            "这是程序的错误：请先备份，再连同这份报告告诉维护者；报送的材料不受影响。",
            "This is a fault of the program: make a backup and tell its maintainers, with this report. What was handed in is whole.",
        ),
        count=found.count,
        examples=tuple(_difference(campaign, one) for one in found.first),
    )


def _difference(campaign: Running, one: Difference) -> Sentence:
    where = plain(one.task) if one.stage is None else campaign.stage_title(one.stage)
    return Sentence(
        "{unit} {where}：记为 {kept}，实为 {counted}",
        "{unit} {where}: kept as {kept}, counted {counted}",
        {"unit": one.unit or _TOP, "where": where, "kept": one.kept, "counted": one.counted},
    )


def _files(house: House, connection: Connection) -> Iterator[Finding]:
    found = ((name, code, house.vault.trouble(digest)) for digest, name, code in health.kept_files(connection))
    lost = [_lost_file(name, code, why) for name, code, why in found if why is not None]
    if lost:
        yield Finding(
            code="lost-file",
            meaning=Sentence(
                "有材料已经丢失、读不了，或内容与报送时不同。",
                "Artifacts are lost, cannot be read, or are no longer what was handed in.",
            ),
            advice=Sentence(
                "读不了的，请检查文件夹和权限；其余从备份中找回，找不回的，请退回原单位重新报送。",
                "Where they cannot be read, check the folder and its permissions. Fetch the others out of a backup; what cannot be "
                "found has to be returned to its unit and handed in again.",
            ),
            count=len(lost),
            examples=tuple(lost[:FILES_SHOWN]),
        )


def _lost_file(name: str, code: str, why: Sentence) -> Sentence:
    return Sentence("{unit} {file}：{why}", "{unit} {file}: {why}", {"unit": code, "file": name, "why": why})


# What is counted above the root is the root itself.
_TOP = Sentence("（最上级单位）", "(the top unit)")
_SET_CLOCKS = Sentence(
    "让两台机器都与时间服务器同步（例如 chrony 或 systemd-timesyncd）。",
    "Let the machines follow a time server (chrony or systemd-timesyncd, say).",
)
_MEND_SQLITE = Sentence(
    "不要用别的程序改动这个文件的设置；关闭所有使用它的程序后，再运行一次任何 campaign 命令。",
    "Let no other program change this file's settings; close whatever uses it, and run any campaign command once more.",
)
_MEND_SERVER = Sentence(
    "请数据库管理员改正服务器、数据库或用户的这项设置（ALTER SYSTEM、ALTER DATABASE、ALTER ROLE）。",
    "Ask the database administrator to mend it for the server, the database or the user (ALTER SYSTEM, ALTER DATABASE, ALTER ROLE).",
)
_LOSES = Sentence("断电会丢失已经办完的事项", "a power cut loses what was already done")
_WHY: dict[str, Sentence] = {
    "journal_mode": Sentence("读的人会挡住写的人，断电也更危险", "readers hold up writers, and a power cut is more dangerous"),
    "synchronous": _LOSES,
    "fsync": _LOSES,
    "synchronous_commit": _LOSES,
    "full_page_writes": Sentence("断电会损坏数据库", "a power cut damages the database"),
    "foreign_keys": Sentence("记录之间可能互相对不上", "rows could come to speak of rows that are not there"),
    "default_transaction_isolation": Sentence("两人同时办理时会出错", "two who act at the same time would fail"),
}
_KEPT: dict[str, Sentence] = {
    "progress": Sentence("各单位在各阶段尚缺任务的计数不对，可能挡住或放走不该的单位。",
                         "what units still miss in a stage is counted wrongly: a unit could be held, or let go, that should not."),
    "tally": Sentence("各阶段单位数的计数不对，概况中的数字不可信。",
                      "how many units stand in a stage is counted wrongly: the figures at a glance cannot be trusted."),
    "ready": Sentence("可以进入下一阶段的名单不对，有单位会停着不动，或被多看一次。",
                      "the list of who may move on is wrong: a unit could stand still, or be looked at for nothing."),
    "overdue": Sentence("逾期名单不对，stuck 会漏掉或多列单位。",
                        "the list of what is overdue is wrong: `stuck` would leave units out, or name too many."),
    "waits": Sentence("任务还要等几项的计数不对，有任务会打不开，或开得太早。",
                      "how many others a task waits for is counted wrongly: it could never open, or open too early."),
}  # fmt: skip
