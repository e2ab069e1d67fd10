"""Clock and mail: `sweep`, `deliver`, `run`, `mail on`, `mail off`."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from engine.cli import layout
from engine.cli import table as commands
from engine.cli.options import ACTS, Call, command
from engine.cli.output import Desk, at_desk, emit, line
from engine.cli.progress import watched
from engine.cli.resting import rest_data, rest_words
from engine.cli.time import iso, shown, shown_exactly
from engine.clock import system_now
from engine.operations.launching import switch_mail
from engine.operations.put_off import put_off
from engine.operations.sweeping import seen_by
from engine.operations.sweeping import sweep as sweep_all
from engine.operations.telling import deliver as deliver_all
from engine.sentences import Sentence, plain
from engine.store.failures import in_batches
from engine.wiring.house import is_rehearsal, mail_folder, move_clock, open_house
from engine.wiring.post import open_post, unsendable
from engine.wiring.variables import strange_variables


@command(
    "sweep",
    "db",
    "asked",
    "as_json",
    more=Sentence(
        "办理此刻或之前到期的一切；停机不会漏，重复运行不会重做。",
        "Does all that is due at or before now: an outage loses nothing, a second run repeats nothing.",
    ),
)
def sweep(call: Call) -> None:
    """Do all that is due."""
    with at_desk(call) as desk, in_batches():
        with watched(call.lang) as watch:
            swept = sweep_all(desk.house, desk.now, seen_by(watch))
        move_clock(desk.house, desk.now)
    if call.as_json:
        emit({"now": iso(desk.now, desk.zone), "bells": swept.bells, "moved": swept.moved, "next_at": iso(swept.next_at, desk.zone)})
        return
    at = call.words("{at}：", "{at}: ", at=shown_exactly(desk.now, desk.zone))
    line(f"{at}{call.say(swept.words)}")
    if swept.next_at is not None:
        line(call.words("下一件到期在 {at}。", "The next thing falls due on {at}.", at=shown(swept.next_at, desk.zone)))


@command(
    "deliver",
    "db",
    "asked",
    "as_json",
    more=Sentence(
        "演练的信件写成文件。正式发信由环境变量配置：CAMPAIGN_NOTIFIER、CAMPAIGN_SMTP_HOST 等、CAMPAIGN_SENDER；"
        "密码用 CAMPAIGN_SMTP_PASSWORD 或 CAMPAIGN_SMTP_PASSWORD_FILE。",
        "A rehearsal's letters become files. A live house is told how by CAMPAIGN_NOTIFIER, CAMPAIGN_SMTP_HOST and its kin, and "
        "CAMPAIGN_SENDER; the password by CAMPAIGN_SMTP_PASSWORD or CAMPAIGN_SMTP_PASSWORD_FILE.",
    ),
)
def deliver(call: Call) -> int:
    """Send the letters that wait; 1 where one did not go. Raises NoNotifier, NoSender and what is wrong with the channel."""
    _warn_of_variables(call)
    with at_desk(call) as desk, open_post(call.settings, desk.house) as post, in_batches():
        move_clock(desk.house, desk.now)
        delivered = deliver_all(desk.house, post, desk.now.astimezone(desk.zone))
        waiting = put_off(desk.house, post.channels, desk.now)
        folder = str(mail_folder(call.settings)) if "maildir" in post.channels or is_rehearsal(desk.house) else None
    code = 1 if delivered.trouble is not None or delivered.rests else 0
    if call.as_json:
        trouble = None if delivered.trouble is None else call.say(delivered.trouble)
        instants = {"next_try": iso(delivered.next_try, desk.zone), "opens_at": iso(delivered.opens_at, desk.zone)}
        rests = [rest_data(call, rest, desk.zone) for rest in delivered.rests]
        more = {"trouble": trouble, "folder": folder, "rests": rests, "misworded": list(delivered.misworded), "put_off": waiting}
        emit({**vars(delivered), **more, **instants})
        return code
    line(call.say(delivered.words))
    if delivered.nobody_told is not None:
        line(call.say(delivered.nobody_told))
    if delivered.house_words is not None:
        line(call.say(delivered.house_words))
    if delivered.trouble is not None:
        line(call.say(delivered.trouble))
    for rest in delivered.rests:
        line(call.say(rest_words(rest, desk.zone)))
    if delivered.slowed:
        line(call.say(_SLOWED))
    if delivered.next_try is not None:
        line(_still_waiting(call, delivered.waiting, delivered.next_try, desk))
    if delivered.opens_at is not None:
        line(_until_opening(call, delivered.quiet, delivered.opens_at, desk))
    for reason, count in waiting.items():
        line(call.words(_PUT_OFF[reason].zh, _PUT_OFF[reason].en, n=count))
    if delivered.held:
        line(call.words("要寄出暂存的提醒：campaign mail on。", "To let go what is held: `campaign mail on`."))
    if folder and delivered.sent:
        line(call.words("信件在 {folder}。", "The letters are in {folder}.", folder=folder))
    return code


@command(
    "run",
    "db",
    more=Sentence(
        "到点就办，至少每 30 秒看一次；收到 SIGTERM、SIGHUP 或 Ctrl-C 时办完手上这一批再停。",
        "Acts when something falls due and looks at least every 30 seconds; on SIGTERM, SIGHUP or Ctrl-C it finishes the batch in hand.",
    ),
)
def run(call: Call) -> None:
    """Keep sweeping and delivering until told to stop. Raises what is wrong with the database or the channel before it begins."""

    _warn_of_variables(call)

    def tell(said: Sentence) -> None:
        click.echo(f"{system_now().astimezone():%Y-%m-%d %H:%M:%S}  {call.say(said)}")

    with open_house(call.settings) as house, open_post(call.settings, house) as post:
        if is_rehearsal(house):
            tell(Sentence("这是演练数据库，按虚拟时钟办理。", "This is a rehearsal; it goes by its virtual clock."))
        commands.scheduler().keep_going(house, post, system_now, tell)


_SLOWED = Sentence(
    "已到限速（CAMPAIGN_MAIL_RATE、CAMPAIGN_MAIL_RATE_DOMAIN），其余的依次稍后寄出。",
    "As many as may go in that time have gone (CAMPAIGN_MAIL_RATE, CAMPAIGN_MAIL_RATE_DOMAIN); the others follow in their turn.",
)


# Why nothing has gone to somebody for whom something waits.
_PUT_OFF = {
    "letter-today": Sentence(
        "收件人今天已有过一封信（每人每天一封），等到明天的 {n} 处。", "Had a letter today (one a day): {n}, who are written to tomorrow."
    ),
    "digest": Sentence("只要每周汇总、不到一周的 {n} 处，到时再寄。", "Have the weekly digest, and had one within the week: {n}."),
}


def _still_waiting(call: Call, waiting: int, first: datetime, desk: Desk) -> str:
    # The minute is rounded up: whoever tries when it is shown must not be too early.
    shown_at = shown_exactly(first + timedelta(seconds=59), desk.zone)
    at = plain(shown_at) if first > desk.now else Sentence("下一次 deliver 时", "with the next `deliver`")
    return call.words("还有 {n} 封等着再试，最早的一封：{at}。", "{n} letter(s) wait to be tried again, the first: {at}.", n=waiting, at=at)


def _until_opening(call: Call, quiet: int, opens: datetime, desk: Desk) -> str:
    return call.words(
        "现在不在发信时间之内：{n} 条不急的提醒等到 {at} 再写成信（campaign mail hours）。",
        "Letters do not go at this hour: {n} notice(s) that are not urgent wait until {at} (`campaign mail hours`).",
        n=quiet,
        at=shown_exactly(opens, desk.zone),
    )


def _warn_of_variables(call: Call) -> None:
    """Say on standard error which variables look like settings and have no effect."""
    for said in strange_variables(call.settings):
        click.echo(layout.indented(call.words("注意：{said}", "Note: {said}", said=said), ""), err=True)


@command("mail on", *ACTS)
def mail_on(call: Call) -> None:
    """Let the campaign's mail go out."""
    _switch(call, on=True)


@command("mail off", *ACTS)
def mail_off(call: Call) -> None:
    """Hold the campaign's mail."""
    _switch(call, on=False)


def _switch(call: Call, *, on: bool) -> None:
    with at_desk(call) as desk:
        campaign = switch_mail(desk.house, call.campaign, on=on, by=call.by, behalf=call.behalf, now=desk.now)
        trouble = unsendable(call.settings, desk.house) if on else None
    if call.as_json:
        emit({"campaign": campaign.name, "mail_on": on})
        return
    said = (
        Sentence("活动“{name}”的邮件已放行，下次 deliver 时寄出。", "Mail of “{name}” goes out with the next `deliver`.")
        if on
        else Sentence("活动“{name}”的邮件已暂停。", "Mail of “{name}” is held.")
    )
    line(Sentence(said.zh, said.en, {"name": campaign.name}).say(call.lang))
    if trouble is not None:
        line(call.words("可是现在寄不出去：{why}", "But as things are set none can leave: {why}", why=trouble))
