"""At which hours letters go: `mail hours`."""

from __future__ import annotations

from engine.cli.options import Call, argument, command, option
from engine.cli.output import at_desk, emit, line
from engine.operations.hours import Changed, NoHoursGiven, SendingHours, change_hours, hours_of, sending_hours
from engine.sentences import Sentence

_HOURS = Sentence("时间", "HOURS")


@command(
    "mail hours",
    "db",
    "by",
    "asked",
    "as_json",
    more=Sentence(
        "时间：从几点到几点，如 08:00-20:00，按活动的时区；全天是 00:00-24:00，不能跨过午夜。不写时间：只显示现在的规定。\n"
        "发信时间以外，不急的信不写也不寄，等到开始发信时再按那时的情况写；写明 urgent（紧急）的任务随时寄。\n"
        "没有规定时：提醒按提醒阶梯的时刻寄（没能按时寄出的等到 07:00），退回、通过这些即办即告的在 07:00-22:00 寄；"
        "规定以后，提醒也守这个时间。\n"
        "演练里没有规定时，提醒在 --now 所写的时刻就寄。",
        "HOURS: from when until when, as in 08:00-20:00, in the campaign's time zone; the whole day is 00:00-24:00, and they cannot run "
        "over midnight. Without HOURS: shows those that hold now.\n"
        "Outside them a letter that is not urgent is neither written nor sent; it is written when they begin, as things stand by then. "
        "Tasks that are `urgent: true` are told of at any hour.\n"
        "Where none are named, reminders go when their ladder says so (one that could not go then waits until 07:00), and what is told at "
        "once (returned, accepted and so on) from 07:00 to 22:00; once they are named, reminders keep to them too.\n"
        "In a rehearsal in which none are named reminders go at whatever instant --now says.",
    ),
)
@argument("hours", _HOURS, required=False)
@option("--working-days", words=Sentence("只在工作日（按工作流的节假日）", "on working days only (by the holidays of the workflow)"))
@option("--default", words=Sentence("恢复为没有规定", "name none any more"))
def mail_hours(call: Call, hours: str | None, working_days: bool, default: bool) -> None:
    """Show or change the hours. Raises HoursUnreadable, HoursBackwards, NoHoursGiven, NoActor."""
    if (default and (hours is not None or working_days)) or (working_days and hours is None):
        raise NoHoursGiven
    wanted = None if hours is None else hours_of(hours, working_days=working_days)
    with at_desk(call) as desk:
        if wanted is None and not default:
            with desk.house.database.read() as connection:
                found = Changed(hours=sending_hours(connection))
        else:
            found = change_hours(desk.house, wanted, by=call.by, now=desk.now)
    if call.as_json:
        emit(_data(found))
        return
    line(call.say(_words(found.hours)))


def _words(found: SendingHours) -> Sentence:
    if found.hours.always:
        return Sentence("信件在任何时刻都可以寄。", "Letters go at any hour.")
    if found.by_office:
        return Sentence(
            "不急的信只在 {hours} 寄；急件随时寄。",
            "Letters that are not urgent go at {hours}; urgent ones at any hour.",
            {"hours": found.words},
        )
    return Sentence(
        "没有规定发信时间：提醒按提醒阶梯的时刻寄，退回、通过这些即办即告的在 {hours} 寄；急件随时寄。",
        "No sending hours are named: reminders go when their ladder says so, what is told at once (returned, accepted and so on) "
        "at {hours}; urgent ones at any hour.",
        {"hours": found.words},
    )


def _data(found: Changed) -> dict[str, object]:
    one = found.hours
    return {"hours": str(one.hours), "working_days": one.hours.working_days, "by_office": one.by_office, "changed": found.changed}
