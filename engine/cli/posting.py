"""What comes back: `mail read`, `mail failures`, `mail retry`; and who wants a digest only: `mail digest`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from engine.cli import layout
from engine.cli.options import Call, argument, command, option
from engine.cli.output import at_desk, emit, emit_each, heading, line, listed
from engine.cli.resting import rest_words
from engine.cli.time import iso, shown
from engine.cli.unaddressed import print_unaddressed, unaddressed_data
from engine.cli.words import REASONS
from engine.errors import CampaignError
from engine.operations import digests, incoming, unreachable
from engine.operations.incoming import Incoming
from engine.operations.unreachable import Failure, Retried, Undelivered
from engine.operations.unreached import unaddressed
from engine.sentences import Sentence, plain
from engine.store.failures import in_batches

_FOLDER = Sentence("文件夹", "FOLDER")
_PERSON = Sentence("人员", "PERSON")
# So many duties are named for one address.
_NAMED = 8
_OUTCOMES = {
    "bounced": Sentence("退信", "came back"),
    "refused": Sentence("对方服务器拒收", "refused by the server"),
    "unanswered": Sentence("试了多次，没有回音", "tried often, and no answer came"),
    "put-off": Sentence("对方服务器连续几天都没有收下", "put off by the server, day after day"),
    "unusable": Sentence("没有交给服务器，地址或信件本身不能用", "no server was asked: the address, or the letter itself, cannot be used"),
    "delayed": Sentence("还没有送到，对方服务器仍在尝试", "late: the server is still trying"),
}
# Words of our own that only a maintainer needs stand in brackets, those of a server after a colon.
_SAID = {"unusable": ("{what}（{words}）", "{what} ({words})")}


class OnOrOff(CampaignError):
    """请写明是改为每周汇总（--on）还是恢复逐日告知（--off），二者只写一个。

    Say whether she is to have the digest (--on) or not (--off), and only one of the two.
    """

    exit_code = 2


@command(
    "mail read",
    "db",
    "asked",
    "as_json",
    more=Sentence(
        "文件夹：收退信的 maildir、mbox 文件，或存有邮件文件的文件夹（smtp 的 CAMPAIGN_SMTP_SENDER 指明退信寄到哪个邮箱）。\n"
        "退信对应的提醒记为“被退回”，活动办公室会收到通知；同一封只算一次；自动回复不算。文件不会被移动或删除。",
        "FOLDER: the maildir or mbox that takes what comes back (CAMPAIGN_SMTP_SENDER says where that is), or a folder of mail files.\n"
        "The notices of a letter that came back are marked as bounced, and the campaign office is told. Each mail counts once; "
        "out-of-office replies do not. No file is moved or deleted.",
    ),
)
@argument("folder", _FOLDER)
def mail_read(call: Call, folder: str) -> None:
    """Take note of what came in. Raises NoMailbox, MailboxUnreadable."""
    with at_desk(call) as desk, in_batches():
        found = incoming.read_mail(desk.house, Path(folder), desk.now)
    if call.as_json:
        emit({**vars(found), "strange": list(found.strange), "unmatched": list(found.unmatched)})
        return
    line(call.say(_read_words(found)))
    if found.strange:
        names = listed(found.strange, call.lang)
        line(call.words("读不懂的不是邮件，或已损坏：{names}。", "No mails, or broken ones: {names}.", names=names))
    if found.unmatched:
        names = listed(found.unmatched, call.lang)
        line(
            call.words(
                "是退信，但说的不是这里寄出的信（别的数据库寄的，或信已不在）：{names}。",
                "Came back, but are about no letter of this database: {names}.",
                names=names,
            )
        )
    if found.bounced:
        line(call.words("谁寄不到、怎样改正：campaign mail failures。", "Whom no letter reaches: `campaign mail failures`."))


def _read_words(found: Incoming) -> Sentence:
    return Sentence(
        "读了 {mails} 封：退信 {bounced} 封，暂缓送达 {delayed} 封，改为每周汇总 {digest} 人；"
        "以前读过 {again} 封，自动回复 {automatic} 封，与寄出的信无关 {unrelated} 封，读不懂 {unreadable} 封。",
        "{mails} mail(s) read: {bounced} came back, {delayed} late, {digest} asked for the digest; {again} read before, {automatic} "
        "automatic, {unrelated} about no letter of ours, {unreadable} unreadable.",
        {**vars(found), "unrelated": found.other + found.foreign},
    )


@command("mail failures", "db", "asked", "as_json")
def mail_failures(call: Call) -> None:
    """List every address that letters do not reach, and whoever is to be told of something and has none."""
    with at_desk(call) as desk:
        found = unreachable.failures(desk.house, desk.now)
        left_alone = unreachable.left_alone(desk.house)
        silent = unaddressed(desk.house, desk.now)
        if call.as_json:
            failed = (_failure_data(call, one, desk.zone) for one in found)
            emit_each(chain(failed, (unaddressed_data(one, desk.zone) for one in silent)))
            return
        for one in found:
            _print(call, one, desk.zone)
        if found:
            line(call.say(_ADVICE))
            click.echo("")
        said = print_unaddressed(call, silent, desk.zone)
        for rest in left_alone:
            line(call.say(rest_words(rest, desk.zone)))
            line(call.say(rest.why), "  ")
        if not (said or found or left_alone):
            line(call.words("没有寄不到的邮件。", "Every letter seems to have arrived."))


def _print(call: Call, one: Failure, zone: ZoneInfo) -> None:
    heading(_who(call, one))
    words = call.words(*_SAID.get(one.outcome, ("{what}：{words}", "{what}: {words}")), what=_OUTCOMES[one.outcome], words=_words_of(one))
    since = call.words("{at}，{n} 封", "{at}, {n} letter(s)", at=shown(one.since, zone), n=one.letters)
    titles = (Sentence("情况", "what"), Sentence("始于", "since"), Sentence("任务", "duties"))
    click.echo(
        layout.definitions([(call.say(title), said) for title, said in zip(titles, (words, since, _duties(call, one)), strict=True)])
    )
    click.echo("")


def _words_of(one: Failure) -> Sentence:
    return REASONS.get(one.words, plain(one.words))


def _failure_data(call: Call, one: Failure, zone: ZoneInfo) -> dict[str, object]:
    return {**vars(one), "since": iso(one.since, zone), "duties": [_duty_data(call, duty) for duty in one.duties]}


def _who(call: Call, one: Failure) -> str:
    place = f"{one.unit} {one.unit_name} {one.post}".strip() or call.words("活动办公室", "the campaign office")
    return f"{place}  {one.person} <{one.address}>"


def _duties(call: Call, one: Failure) -> str:
    if not one.duties:
        return call.words("都已另外告知", "all of it has been told otherwise")
    return listed([f"{duty.name} {call.say(duty.title)}" for duty in one.duties], call.lang, _NAMED)


def _duty_data(call: Call, duty: Undelivered) -> dict[str, object]:
    return {**vars(duty), "title": call.say(duty.title)}


_ADVICE = Sentence(
    "地址有误：在花名册里改正后重新导入（campaign units import），没有送到的会立即再寄。"
    "地址没有错：用 campaign mail retry 人员 --as 您的名字。",
    "A wrong address: correct it in the roster and import that again (`campaign units import`); what did not arrive is sent again at once. "
    "An address that is right: `campaign mail retry PERSON --as YOUR-NAME`.",
)


@command(
    "mail retry",
    "db",
    "by",
    "asked",
    "as_json",
    more=Sentence(
        "人员：姓名、邮箱，或“单位代码/岗位”。退信之后，在花名册换上别的地址之前不再寄给他；地址其实没有错时用这条命令。\n"
        "不写人员：发信渠道的问题已经解决，等着再试的信随下一次 deliver 都再试，不等到时候。",
        "PERSON: a name, an address, or UNIT/POST. After a letter came back no more go there until the roster has another address; this is "
        "for an address that is right after all.\n"
        "Without PERSON: what was wrong with the channel is mended; all letters that wait are tried with the next `deliver`.",
    ),
)
@argument("person", _PERSON, required=False)
def mail_retry(call: Call, person: str | None) -> None:
    """Let letters go to a person's address again, or by a channel. Raises UnknownPerson, WhichPerson, VacantPost."""
    if person is None:
        _retry_all(call)
        return
    with at_desk(call) as desk:
        done = unreachable.retry(desk.house, person, by=call.by, now=desk.now)
    if call.as_json:
        emit(vars(done))
        return
    said = _retried(done)
    line(Sentence(said.zh, said.en, vars(done)).say(call.lang))


def _retried(done: Retried) -> Sentence:
    if done.notices:
        return Sentence(
            "以后照常寄给{name} <{address}>；没有送到的 {notices} 条提醒随下一次 deliver 再寄。",
            "Letters go to {name} <{address}> again; {notices} notice(s) that did not arrive go out with the next `deliver`.",
        )
    if done.reports:
        return Sentence(
            "以后照常寄给{name} <{address}>；没有要补寄的提醒。",
            "Letters go to {name} <{address}> again; no notice waits to be sent again.",
        )
    if done.corrected:
        return Sentence(
            "退信的是{name}以前的邮箱；现在的是 {address}，信照常寄到那里，没有送到的随下一次 deliver 再寄，不用这条命令。",
            "What came back had gone to another address of {name}; she has {address} now, letters go there as always, and what did not "
            "arrive goes out with the next `deliver`: there was nothing to do.",
        )
    return Sentence(
        "没有待处理的退信是寄给{name} <{address}> 的，不用改动。",
        "Nothing that came back keeps letters from {name} <{address}>; nothing was changed.",
    )


def _retry_all(call: Call) -> None:
    with at_desk(call) as desk:
        done = unreachable.retry_all(desk.house, by=call.by, now=desk.now)
    if call.as_json:
        emit({"channels": list(done.channels), "letters": done.letters})
        return
    if not (done.channels or done.letters):
        line(call.words("没有等着再试的信。", "No letter waits to be tried again."))
        return
    line(call.words("{n} 封等着再试的信随下一次 deliver 就试。", "{n} letter(s) are tried with the next `deliver`.", n=done.letters))


@command(
    "mail digest",
    "db",
    "by",
    "asked",
    "as_json",
    more=Sentence(
        "每周汇总：通过、延期、免报这些结果和下级未完成的情况，每周至多一封；本人该办的事照常提醒，不能退订。\n"
        "人员：姓名、邮箱、“单位代码/岗位”，或信件“退订”中的标记（digest-…）。",
        "The digest: results (accepted, extended, waived) and what others below still owe, at most one letter a week. What she owes "
        "herself is told as always: duties cannot be unsubscribed from.\n"
        "PERSON: a name, an address, UNIT/POST, or the mark out of a letter's List-Unsubscribe (digest-...).",
    ),
)
@argument("person", _PERSON)
@option("--on", words=Sentence("改为每周汇总", "the digest only"))
@option("--off", words=Sentence("恢复逐日告知", "everything as it happens"))
def mail_digest(call: Call, person: str, on: bool, off: bool) -> None:
    """Put a person on the digest, or take her off it. Raises UnknownPerson, WhichPerson, VacantPost."""
    if on == off:
        raise OnOrOff
    with at_desk(call) as desk:
        done = digests.switch(desk.house, person, on=on, by=call.by, now=desk.now)
    if call.as_json:
        emit({"person": done.name, "digest": done.on, "changed": done.changed})
        return
    state = Sentence("每周汇总一封", "has the weekly digest") if on else Sentence("随时告知", "is told as things happen")
    again = "" if done.changed else Sentence("（原来就是）", " (as before)")
    line(
        call.words(
            "{name}：结果和下级的情况{state}{again}；本人该办的事照常提醒。",
            "{name} {state}{again}; what she owes herself is told as always.",
            name=done.name,
            state=state,
            again=again,
        )
    )
