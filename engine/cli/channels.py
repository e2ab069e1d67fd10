"""The channels: which the house has, and by which of them somebody is told: `mail channels`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from engine.cli import layout
from engine.cli.options import Call, argument, command, option
from engine.cli.output import SEPARATOR, Desk, at_desk, emit, heading, line
from engine.errors import CampaignError
from engine.operations.channels import Way
from engine.operations.own_channels import TellsBy, tell_by, told
from engine.sentences import Sentence, enumerated, plain
from engine.wiring.post import NoNotifier, channel_names, faults
from notifiers.registry import CALLED, NOTIFIERS

_USUAL = Sentence("默认", "the usual one")
_SOUND = Sentence("可以使用", "ready")


class ForWhom(CampaignError):
    """--set 要写明是谁的渠道：campaign mail channels 人员 --set 钉钉=13800001111、邮件。

    With --set say whose channels they are: `campaign mail channels PERSON --set dingtalk=13800001111,smtp`.
    """

    exit_code = 2


@command(
    "mail channels",
    "db",
    "by",
    "asked",
    "as_json",
    more=Sentence(
        "不写人员：本库有哪些渠道（CAMPAIGN_NOTIFIER，第一个是默认的），设置对不对；有不对的，退出码为 1。\n"
        "写人员（姓名、邮箱或“单位代码/岗位”）：用哪些渠道告知，按先后；前一个永久拒收的，改走后一个。\n"
        "--set 改渠道，写法同花名册“渠道”一栏：钉钉=13800001111、邮件。群渠道的 = 后面写手机号或群里的用户编号，机器人会 @ 本人；"
        "写“默认”恢复。",
        "Without PERSON: the channels of the house (CAMPAIGN_NOTIFIER, the usual one first) and whether their settings will do; 1 where "
        "some will not.\n"
        "With PERSON (a name, an address or UNIT/POST): by which channels she is told, in her order; where one refuses her for good, the "
        "next is used.\n"
        "--set changes that, as in the column `channels` of a roster: dingtalk=13800001111,smtp. Behind = stands the mobile number or "
        "the id by which the robot of a group calls her; `default` goes back.",
    ),
)
@argument("person", Sentence("人员", "PERSON"), required=False)
@option("--set", "wish", words=Sentence("改为这些渠道，按先后", "these channels, in order"), value=Sentence("渠道", "CHANNELS"))
def mail_channels(call: Call, person: str | None, wish: str | None) -> int:
    """Show or change channels. Raises NoNotifier, ForWhom, UnknownPerson, UnknownChannel and their kin."""
    if person is None and wish is not None:
        raise ForWhom
    with at_desk(call) as desk:
        if person is None:
            return _of_house(call, desk)
        names = channel_names(call.settings, desk.house)
        if wish is None:
            found = told(desk.house, person, names, desk.now)
        else:
            found = tell_by(desk.house, person, wish, names, by=call.by, now=desk.now)
    if call.as_json:
        emit(_data(found))
    else:
        _print(call, found)
    return 0


def _of_house(call: Call, desk: Desk) -> int:
    found = faults(call.settings, desk.house)
    if not found:
        raise NoNotifier(channels=enumerated(NOTIFIERS))
    if call.as_json:
        said = [(name, None if fault is None else call.say(fault)) for name, fault in found]
        emit([{"channel": name, "usual": not place, "fault": fault} for place, (name, fault) in enumerate(said)])
    else:
        rows = [(call.say(_called(name)), call.say(_state(place, fault))) for place, (name, fault) in enumerate(found)]
        click.echo(layout.definitions(rows))
    return 1 if any(fault for _, fault in found) else 0


def _state(place: int, fault: Sentence | None) -> Sentence:
    said = fault or _SOUND
    return said if place else Sentence("{usual}，{said}", "{usual}; {said}", {"usual": _USUAL, "said": said})


def _called(name: str) -> Sentence:
    called = CALLED.get(name)
    return Sentence(f"{called[0]} {name}", name) if called else plain(name)


def _data(found: TellsBy) -> dict[str, object]:
    return {
        "person": found.name,
        "channels": [vars(one) for one in found.named],
        "ways": [vars(way) for way in found.ways],
        "changed": found.changed,
    }


def _print(call: Call, found: TellsBy) -> None:
    heading(found.name)
    between = call.say(SEPARATOR)
    named = [call.say(_called(one.name)) + (f" @{one.contact}" if one.contact else "") for one in found.named]
    order = between.join(named) or call.words("没有指定，走默认的渠道", "none named: the house's usual one")
    ways = between.join(_ways(call, found.ways)) or call.words("没有一个寄得到", "none that reaches her")
    click.echo(layout.definitions([(call.words("指定的先后", "her order"), order), (call.words("现在能走", "that reach her"), ways)]))
    if found.ways[1:]:
        line(
            call.words(
                "先走第一个；它永久拒收时，同样的内容由下一个另写一封。",
                "Letters go by the first; if that refuses her for good, by the next one, in a new letter.",
            )
        )


def _ways(call: Call, ways: Sequence[Way]) -> Iterator[str]:
    for way in ways:
        where = f"@{way.contact}" if way.contact else f"<{way.address}>" if way.address else ""
        yield " ".join(filter(None, (call.say(_called(way.channel)) or call.say(_USUAL), where)))
