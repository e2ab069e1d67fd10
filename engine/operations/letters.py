"""What one person is told on one day, as the view a letter is composed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.definition.model import Item
from engine.machine.states import STATE_WORDS, ObligationState
from engine.operations import sentences_kept
from engine.operations.asking import Lookup
from engine.operations.campaigns import Running
from engine.ranges import parse_range
from engine.sentences import Lang, Sentence
from engine.store import handed_in, journal
from engine.store.codes import NoticeKind
from engine.store.notices import Decided
from engine.store.obligations import ObligationRow, ball
from notifiers.texts import DutyLine, LaggardLine, LetterView

_SECOND = timedelta(seconds=1)
_WEEKDAYS = {"zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


# The journal line that tells who did what a notice is about, and the word for what came of it.
_EVENTS = {
    NoticeKind.RETURNED: "returned",
    NoticeKind.EXTENDED: "extended",
    NoticeKind.WAIVED: "waived",
    NoticeKind.TO_REVIEW: "handed_in",
    NoticeKind.ACCEPTED: "accepted",
}
_RESULTS = {
    NoticeKind.EXTENDED: Sentence("已延期", "extended"),
    NoticeKind.WAIVED: Sentence("已免报", "waived"),
    NoticeKind.ACCEPTED: Sentence("已办结，结果送达", "done; this is its result"),
}
_HAND_IN = Sentence("把材料{asked}发至 {address}，注明“{unit} {name}”", "send it{asked} to {address}, marked “{unit} {name}”")
_JUDGE = Sentence(
    "看过后把意见（通过，或退回并写明理由）发至 {address}，注明“{unit} {name}”",
    "send your judgement (accepted, or returned with the reason) to {address}, marked “{unit} {name}”",
)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told. `stands_in_for`: units whose own post is vacant. `reason`: why nobody can be told ('' where somebody can)."""

    unit_name: str
    post: str
    person_id: int | None = None
    name: str = ""
    address: str = ""
    stands_in_for: tuple[str, ...] = ()
    reason: str = ""


def day_text(instant: datetime | None, campaign: Running, lang: Lang, *, is_end: bool = True) -> str:
    """`2010年12月31日（周五）` / `31 Dec 2010 (Fri)`; of an end the last day that is in time."""
    if instant is None:
        return Sentence("期限未定", "no date yet").say(lang)
    day = (instant - _SECOND if is_end else instant).astimezone(campaign.zone)
    weekday = _WEEKDAYS[lang][day.weekday()]
    return f"{day.year}年{day.month}月{day.day}日（{weekday}）" if lang == "zh" else f"{day.day} {day:%b} {day.year} ({weekday})"


def view(
    lookup: Lookup,
    recipient: Recipient,
    office: Recipient,
    decided: Sequence[Decided],
    lang: Lang,
) -> LetterView:
    """The letter's view. Every notice stands in exactly one part of it."""
    writer = _Writer(lookup, office, lang)
    campaign, now = lookup.running, lookup.now
    parts: dict[str, list[DutyLine | LaggardLine]] = {}
    for notice in decided:
        part = writer.part(notice)
        parts.setdefault(part, []).append(writer.laggard(notice) if part == "below" else writer.duty(notice, part))
    return LetterView(
        lang=lang,
        recipient_name=recipient.name,
        recipient_post=" ".join(filter(None, (recipient.unit_name, recipient.post))),
        campaign_title=campaign.title,
        today_text=day_text(now, campaign, lang, is_end=False),
        notes=writer.notes(recipient),
        full_list="campaign stuck --all",
        office_name=office.name,
        office_address=office.address,
        **{name: tuple(lines) for name, lines in parts.items()},  # type: ignore[arg-type]  # each part holds its own kind of line
    )


class _Writer:
    """Puts notices into words."""

    def __init__(self, lookup: Lookup, office: Recipient, lang: Lang) -> None:
        self.connection = lookup.connection
        self.campaign = lookup.running
        self.office = office
        self.lang: Lang = lang
        self.now = lookup.now
        self.lookup = lookup

    def part(self, notice: Decided) -> str:
        """Which part of the letter a notice belongs to."""
        row = notice.obligation
        if notice.kind == NoticeKind.RETURNED:
            return "returned"
        if notice.kind in (NoticeKind.EXTENDED, NoticeKind.WAIVED, NoticeKind.ACCEPTED):
            return "told"
        if (notice.unit_id, notice.role) != ball(row):
            return "below"
        if row.state is ObligationState.SUBMITTED:
            return "to_review"
        days = self.days(row)
        return "overdue" if days is not None and days < 0 else "due_soon"

    def days(self, row: ObligationRow) -> int | None:
        """Days until it is due; negative when overdue."""
        if row.due_at is None:
            return None
        return (self.campaign.day(row.due_at - _SECOND) - self.campaign.day(self.now)).days

    def duty(self, notice: Decided, part: str) -> DutyLine:
        """A duty of the recipient's own."""
        row = notice.obligation
        moved = row.original_due_at is not None and row.original_due_at != row.due_at
        by, reason = self._told_by(notice)
        return DutyLine(
            unit_name=self.lookup.directory.unit(row.unit_id).name,
            task_title=row.title,
            period_title=row.period_zh if self.lang == "zh" else row.period_en,
            due_text=day_text(row.due_at, self.campaign, self.lang),
            original_due_text=day_text(row.original_due_at, self.campaign, self.lang) if moved else "",
            days=self.days(row),
            state_text=_RESULTS.get(NoticeKind(notice.kind), STATE_WORDS[row.state]).say(self.lang),
            shortfall=self._shortfall(row) if part in ("overdue", "due_soon", "returned") else "",
            reason=reason,
            by=by,
            how=self._how(row, part),
            cite="、".join(self.campaign.workflow.task(row.task).cite),
        )

    def _shortfall(self, row: ObligationRow) -> str:
        refused = handed_in.refusals(self.connection, [row.case_id]).get(row.key, [])
        failing = [verdict for verdict in sentences_kept.back(refused) if not verdict.allowed]
        return (failing[0].shortfall or failing[0].sentence).say(self.lang) if failing else ""

    def _told_by(self, notice: Decided) -> tuple[str, str]:
        """Who did what this notice is about, and the reason given."""
        returned = notice.obligation.state is ObligationState.RETURNED
        kind = "returned" if returned and notice.kind == NoticeKind.RUNG else _EVENTS.get(NoticeKind(notice.kind))
        line = journal.last_of(self.connection, notice.obligation.key, kind) if kind else None
        return ("", "") if line is None else (line.actor or "", str(line.data.get("reason", "")))

    def _how(self, row: ObligationRow, part: str) -> str:
        unit = self.lookup.directory.unit(row.unit_id).code
        name = f"{row.task}@{row.period}" if row.period else row.task
        if part == "told":
            return ""
        if not self.office.address:
            return f"campaign review {unit} {name} --accept" if part == "to_review" else f"campaign submit {unit} {name} ..."
        asked = self._asked(row)
        values = {"address": self.office.address, "unit": unit, "name": name, "asked": asked}
        return (_JUDGE if part == "to_review" else _HAND_IN).say(self.lang).format_map({**values, "asked": asked.say(self.lang)})

    def _asked(self, row: ObligationRow) -> Sentence:
        """What the paper must be, so that nobody learns it only by being refused."""
        task = self.campaign.workflow.task(row.task)
        demands = [(item, _demand(item)) for item in task.items]
        named = len(task.items) > 1
        zh = [f"{item.title or item.name}：{said.say('zh')}" if named else said.say("zh") for item, said in demands if said.zh]
        en = [f"{item.title or item.name}: {said.say('en')}" if named else said.say("en") for item, said in demands if said.zh]
        return Sentence(f"（{'；'.join(zh)}）" if zh else "", f" ({'; '.join(en)})" if en else "")

    def laggard(self, notice: Decided) -> LaggardLine:
        """A duty that somebody further down still owes."""
        row = notice.obligation
        holder = self.lookup.helpers(*ball(row))
        return LaggardLine(
            unit_name=self.lookup.directory.unit(row.unit_id).name,
            task_title=row.title,
            period_title=row.period_zh if self.lang == "zh" else row.period_en,
            due_text=day_text(row.due_at, self.campaign, self.lang),
            days=self.days(row),
            who="、".join(f"{one.unit_name} {one.post} {one.person}".strip() for one in holder[:2]),
        )

    def notes(self, recipient: Recipient) -> tuple[str, ...]:
        """Why a letter comes to somebody who does not hold the post."""
        if not recipient.stands_in_for:
            return ()
        names = recipient.stands_in_for
        values = {"unit": Sentence("、".join(names), ", ".join(names))}
        return (
            Sentence(
                "{unit}的相应岗位目前空缺，因此发给您；请尽快明确人选并告知活动办公室。",
                "The post at {unit} is vacant, so this comes to you; please name somebody and tell the campaign office.",
                values,
            ).say(self.lang),
        )


def _demand(item: Item) -> Sentence:
    """Length and parts of one item; '' where it only has to be there."""
    length = parse_range(item.length).sentence if item.length else None
    parts = [part.title or part.name for part in item.parts]
    zh = [*([length.say("zh")] if length else []), *([f"含{'、'.join(parts)}"] if parts else [])]
    en = [*([length.say("en")] if length else []), *([f"with {', '.join(parts)}"] if parts else [])]
    return Sentence("，".join(zh), ", ".join(en))
