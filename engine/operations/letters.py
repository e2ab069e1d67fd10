"""What one person is told on one day, as the view a letter is composed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from engine.machine.states import ObligationState
from engine.operations import sentences_kept
from engine.operations.asking import Lookup
from engine.operations.digests import is_for_digest
from engine.operations.instructions import Instructions, cited, day_words, listed, mark_of, office_name, short_day, statements, who_and_when
from engine.operations.office import office_of
from engine.operations.recipients import OFFICE, Parcel, Seat, find_recipient, told_as
from engine.operations.unreached import missed_by
from engine.sentences import Lang, Sentence
from engine.store import chasing, handed_in, journal
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.notices import Decided
from engine.store.obligations import ObligationRow, ball
from notifiers.views import DutyLine, LaggardLine, LetterView

_SECOND = timedelta(seconds=1)
# In which part somebody is told of what others owe.
_LAGGARDS = frozenset({"below", "blocked"})
# So many names stand in a note.
_NAMED = 10
# In which part somebody is still asked to hand something in.
_OWED = frozenset({"returned", "reopened", "overdue", "due_soon", "extended", "denied"})
# In which part somebody is told of what another one handed in.
_SEEN = frozenset({"to_review", "about_you", "delivered"})
# The journal line that tells who did what a part is about.
_EVENTS = {
    **{part: part for part in ("returned", "reopened", "extended", "waived", "asked", "denied")},
    "closed": "returned",
    "passed": "accepted",
    **dict.fromkeys([*_SEEN, "to_name"], "handed_in"),
}


class Past:
    """What has happened to obligations of these cases. Whoever looks at a letter before its time may suppose that more has."""

    def __init__(self, connection: Connection, case_ids: Iterable[int]) -> None:
        self._connection = connection
        self._cases = list(dict.fromkeys(case_ids))

    @cached_property
    def _refused(self) -> dict[tuple[int, int, int], list[dict[str, Any]]]:
        return handed_in.refusals(self._connection, self._cases)

    def last(self, row: ObligationRow, kind: str) -> Any:
        """The last line of that kind in the journal; None where there is none."""
        return journal.last_of(self._connection, row.key, kind)

    def chase(self, row: ObligationRow, at: datetime) -> Any:
        """The line of the chase that was decided at that instant; None where there is none."""
        return chasing.line_of(self._connection, row.campaign_id, row.occurrence_id, row.path, at)

    def artifacts(self, row: ObligationRow) -> Sequence[Any]:
        """What was handed in last."""
        return handed_in.artifacts(self._connection, row, row.version)

    def refusal(self, row: ObligationRow) -> Sequence[dict[str, Any]]:
        """What the checks said of the last hand-in that they turned away."""
        return self._refused.get(row.key, [])


def view(lookup: Lookup, parcel: Parcel, decided: Sequence[Decided], lang: Lang, past: Past | None = None, *, file: str = "") -> LetterView:
    """The letter's view. Every notice stands in exactly one part of it. file: the name of the calendar that goes with it."""
    writer = _Writer(lookup, parcel, lang, past or Past(lookup.connection, (notice.obligation.case_id for notice in decided)))
    parts: dict[str, list[DutyLine | LaggardLine]] = {}
    for notice in decided:
        part = writer.part(notice)
        parts.setdefault(part, []).append(writer.laggard(notice) if part in _LAGGARDS else writer.duty(notice, part))
    recipient, to_office = parcel.recipient, parcel.recipient.person_id == OFFICE
    place = (recipient.unit_name, recipient.post) if lang == "zh" else (recipient.post, recipient.unit_name)
    return LetterView(
        lang=lang,
        recipient_name=recipient.name,
        recipient_post=(" " if lang == "zh" else ", ").join(filter(None, place)),
        campaign_title=lookup.running.title,
        today_text=day_words(lookup.running.day(lookup.now), lang),
        notes=(*writer.notes(decided), *_of_file(file, lang)),
        # Whoever runs the campaign can ask the program; nobody else could.
        full_list="campaign stuck --all" if to_office else "",
        office_name="" if to_office else office_name(writer.office).say(lang),
        office_address="" if to_office else writer.address,
        **{name: tuple(lines) for name, lines in parts.items()},  # type: ignore[arg-type]  # each part holds its own kind of line
    )


def _of_file(file: str, lang: Lang) -> tuple[str, ...]:
    if not file:
        return ()
    zh = "附件“{file}”可以导入手机或电脑的日历；日期有变动或免报时会再附一份，导入后原来的条目随之更新。"
    en = "The attached “{file}” can be taken into your calendar; if a date moves or you are released, another comes and mends the entry."
    return (Sentence(zh, en, {"file": file}).say(lang),)


class _Writer:
    """Puts notices into words."""

    def __init__(self, lookup: Lookup, parcel: Parcel, lang: Lang, past: Past) -> None:
        self.past = past
        self.campaign = lookup.running
        self.office, self.address = office_of(lookup.connection)
        self.lang: Lang = lang
        self.now = lookup.now
        self.lookup = lookup
        self.parcel = parcel

    def part(self, notice: Decided) -> str:
        """Which part of the letter a notice belongs to."""
        row = notice.obligation
        match notice.kind:
            case NoticeKind.RETURNED:
                return "closed" if row.state is ObligationState.LAPSED else "returned"
            case NoticeKind.REOPENED if row.state is ObligationState.OPEN:
                return "reopened"
            case NoticeKind.EXTENDED:
                return "extended"
            case NoticeKind.WAIVED:
                return "waived"
            case NoticeKind.ASKED:
                return "asked"
            case NoticeKind.DENIED:
                return "denied"
            case NoticeKind.PASSED:
                return "passed"
            case NoticeKind.BLOCKED:
                return "blocked"
            case NoticeKind.ACCEPTED:
                return "about_you" if notice.unit_id == row.unit_id else "delivered"
        return self._part_of_rung(notice)

    def _part_of_rung(self, notice: Decided) -> str:
        row = notice.obligation
        if self._seat_told(notice) != ball(row):
            return "below"
        if row.state is ObligationState.SUBMITTED:
            return "to_name" if notice.id in self.parcel.naming else "to_review"
        if row.state is ObligationState.RETURNED:
            return "returned"
        return "overdue" if row.due_at is not None and row.due_at <= self.now else "due_soon"

    def _seat_told(self, notice: Decided) -> Seat:
        return told_as(self.lookup, self.parcel.recipient.person_id, notice)

    def days(self, row: ObligationRow) -> int | None:
        """Days until it is due; negative when overdue."""
        if row.due_at is None:
            return None
        return (self.campaign.day(row.due_at - _SECOND) - self.campaign.day(self.now)).days

    def duty(self, notice: Decided, part: str) -> DutyLine:
        """A duty of the recipient's own, or one she is told of."""
        row = notice.obligation
        dated = part in _OWED or part in ("to_review", "to_name", "asked")
        line = self.past.last(row, _EVENTS[part]) if part in _EVENTS else None
        return DutyLine(
            unit_name=self._owner(row),
            about=self._about(row),
            task_title=row.title,
            period_title=self._period(row),
            due_text=self._end(row.due_at) if dated else "",
            due_day=self._short(row.due_at) if dated else "",
            original_due_text=self._first_due(row) if dated else "",
            days=self.days(row) if part in _OWED else None,
            act=not self.campaign.workflow.task(row.task).items,
            task=row.task,
            say=self._say(notice),
            by=self._by(row, part, line),
            reason="" if line is None else str(line.data.get("comment" if part == "passed" else "reason", "")),
            chased=self._chased(notice),
            wanted=self._wanted(part, line),
            **self._words(row, part),
        )

    def _words(self, row: ObligationRow, part: str) -> dict[str, str]:
        """What has to be done about it, and where the paper is."""
        task = self.campaign.workflow.task(row.task)
        mark = mark_of(row, self.lookup.directory.unit(row.unit_id).code, self.lang)
        say = Instructions(task=task, office=self.office, address=self.address, mark=mark, lang=self.lang)
        words = {"mark": mark, "cite": cited(self.campaign.workflow, task, self.lang)}
        if part in _OWED:
            return {**words, "tried": self._tried(row), "how": say.hand_in_before(row.due_at is not None and row.due_at == row.lock_at)}
        if part == "closed":
            return {**words, "how": say.closed(self._end(row.lock_at))}
        if part == "asked":
            return {**words, "how": say.answer()}
        if part == "to_name" and self.parcel.recipient.person_id != OFFICE:
            return {**words, "how": say.name_reviewer()}
        if part not in _SEEN:
            return words
        done = statements(self.past.artifacts(row), self.lang)
        paper = "" if done else say.ask_for_it() if part == "to_review" else say.fetch_it()
        return {**words, "done": done, "paper": paper, "how": say.judge() if part == "to_review" else ""}

    def _tried(self, row: ObligationRow) -> str:
        """Everything that the last hand-in was turned away for."""
        return "\n".join(verdict.sentence.say(self.lang) for verdict in sentences_kept.back(self.past.refusal(row)) if not verdict.allowed)

    def _by(self, row: ObligationRow, part: str, line: Any) -> str:
        """Who did what this is about; of a result also when, and who accepted it."""
        if line is not None and part == "passed":
            return self._who_and_when(line)
        if line is None or part not in ("about_you", "delivered"):
            # Whoever forces something answers for it herself, on whose behalf ever.
            return "" if line is None else str((line.actor if part == "reopened" else line.principal) or "")
        done = self._who_and_when(line)
        accepted = self.past.last(row, "accepted")
        if accepted is None or accepted.id < line.id:
            return done
        judge = self._who_and_when(accepted)
        return f"{done}；审核人：{judge}" if self.lang == "zh" else f"{done}; accepted by {judge}"

    def _wanted(self, part: str, line: Any) -> str:
        return day_words(date.fromisoformat(line.data["to"]), self.lang) if part == "asked" and line is not None else ""

    def _chased(self, notice: Decided) -> str:
        """Who asked for it by hand, and in which words."""
        row = notice.obligation
        if notice.kind != NoticeKind.CHASED:
            return ""
        line = self.past.chase(row, notice.due_at)
        return "\n".join(filter(None, (self._who_and_when(line), str(line.data["words"]))))

    def _who_and_when(self, line: Any) -> str:
        return who_and_when(line.principal or "", self.campaign.day(line.recorded_at), self.lang)

    def _end(self, instant: datetime | None) -> str:
        """Of an end the last day that is in time, with its time of day where it has one."""
        if instant is None:
            return Sentence("期限未定", "no date yet").say(self.lang)
        clock = self._clock(instant)
        return f"{day_words(self.campaign.day(instant - _SECOND), self.lang)}{clock if self.lang == 'zh' else clock and f', {clock}'}"

    def _first_due(self, row: ObligationRow) -> str:
        """The day before anybody moved it; '' where nobody has."""
        return self._end(row.original_due_at) if row.original_due_at != row.due_at else ""

    def _short(self, instant: datetime | None) -> str:
        return "" if instant is None else f"{short_day(self.campaign.day(instant - _SECOND), self.lang)} {self._clock(instant)}".rstrip()

    def _clock(self, instant: datetime) -> str:
        """A day ends at midnight, which goes without saying."""
        last = (instant - _SECOND).astimezone(self.campaign.zone)
        return "" if (last.hour, last.minute, last.second) == (23, 59, 59) else f"{last:%H:%M}"

    def _period(self, row: ObligationRow) -> str:
        return row.period_zh if self.lang == "zh" else row.period_en

    def _owner(self, row: ObligationRow) -> str:
        return self._seat(row.owner_id, row.owner_role)

    def _seat(self, unit_id: int, role: str) -> str:
        """A unit, with the department of it that is meant."""
        name = self.lookup.directory.unit(unit_id).name
        body = next((body for body in self.campaign.organisation.bodies if body.name == role), None)
        return name if body is None else f"{name}{'' if self.lang == 'zh' else ', '}{body.title or body.name}"

    def _about(self, row: ObligationRow, holder: int | None = None) -> str:
        """The unit it is about, where that is not the one that has to act."""
        return self.lookup.directory.unit(row.unit_id).name if row.unit_id != (holder or row.owner_id) else ""

    def laggard(self, notice: Decided) -> LaggardLine:
        """A duty that somebody further down still owes."""
        row = notice.obligation
        unit_id, role = ball(row)
        reviewing = row.state is ObligationState.SUBMITTED
        return LaggardLine(
            unit_name=self._seat(unit_id, role),
            about=self._about(row, unit_id),
            task_title=row.title,
            period_title=self._period(row),
            due_text="" if reviewing else self._end(row.due_at),
            original_due_text="" if reviewing else self._first_due(row),
            days=None if reviewing else self.days(row),
            who=self._holder(unit_id, role),
            reviewing=reviewing,
            waits_from=self._handed_in(row) if reviewing else "",
            task=row.task,
            say=self._say(notice),
        )

    def _say(self, notice: Decided) -> str:
        """In whose words the file wants this reminder: they are said to whomever the ladder names, else to the owner, not to a reviewer."""
        row = notice.obligation
        if notice.kind != NoticeKind.RUNG:
            return ""
        rung = self.campaign.workflow.task(row.task).ladder[notice.rung]
        return rung.say if rung.to is not None or row.state is not ObligationState.SUBMITTED else ""

    def _handed_in(self, row: ObligationRow) -> str:
        line = self.past.last(row, "handed_in")
        return "" if line is None else day_words(self.campaign.day(line.recorded_at), self.lang)

    def _holder(self, unit_id: int, role: str) -> str:
        """Who has to act, by name; where the post is vacant that comes first, it is what has to be seen to."""
        first = self.lookup.helpers(unit_id, role)[0]
        vacant = Sentence("岗位空缺，请明确人选", "post vacant, please name somebody").say(self.lang)
        if not first.vacant:
            return first.person
        stands_in = f"，现由{first.person}代" if self.lang == "zh" else f"; {first.person} stands in"
        return vacant + stands_in if first.person else vacant

    def notes(self, decided: Sequence[Decided]) -> tuple[str, ...]:
        """Why a letter comes to somebody who does not hold the post, or what she is told of does not reach whoever does."""
        unreached = [notice for notice in decided if notice.kind == NoticeKind.UNREACHED]
        decided = [notice for notice in decided if notice.kind != NoticeKind.UNREACHED]
        return (*self._unreached(unreached), *self._why_she(decided), *self._why_once_a_week(decided))

    def _why_once_a_week(self, decided: Sequence[Decided]) -> tuple[str, ...]:
        recipient = self.parcel.recipient
        if not recipient.digest or not any(is_for_digest(self.lookup, recipient, notice) for notice in decided):
            return ()
        zh = "按您的要求，办理结果和下级的情况每周汇总一次；您自己该办的事照常提醒。"
        en = "As you asked, results and what others owe come once a week; what you owe yourself is told in good time, as always."
        return (Sentence(zh, en).say(self.lang),)

    def _unreached(self, decided: Sequence[Decided]) -> tuple[str, ...]:
        """Whom nobody could tell, and as what: the office passes it on, and sees to the roster."""
        missed = missed_by(self.lookup, [(notice.id, notice.obligation) for notice in decided])
        names = [one.words.say(self.lang) for one in missed.untold]
        more = Sentence("等 {n} 处", " and others ({n} in all)", {"n": len(names)}) if len(names) > _NAMED else ""
        said = Sentence(
            "上面的事没有通知到{names}{more}，请转告；在花名册里补上或改正以后，下一次提醒就直接寄到。",
            "This has not reached {names}{more}. Please pass it on; once the roster is right, the next reminder goes there.",
            {"names": listed(names[:_NAMED], self.lang), "more": more},
        )
        since = Sentence(
            "有 {n} 项先前的信没有送到，已改寄别人或别的地址，不必转告。",
            "Of {n} item(s) an earlier letter did not arrive; it has gone to somebody else, or to another address: nothing to pass on.",
            {"n": missed.told_since},
        )
        return (*((said.say(self.lang),) if names else ()), *((since.say(self.lang),) if missed.told_since else ()))

    def _why_she(self, decided: Sequence[Decided]) -> tuple[str, ...]:
        seats = dict.fromkeys(self._seat_told(notice) for notice in decided if notice.id not in self.parcel.naming)
        if self.parcel.recipient.person_id == OFFICE:
            return tuple(dict.fromkeys(self._why_the_office(*seat) for seat in seats))
        posts: dict[str, list[str]] = {}
        for seat in seats:
            found = find_recipient(self.lookup, seat).stands_in_for
            if found is not None:
                posts.setdefault(found[1], []).append(found[0])
        return tuple(self._vacant(post, list(dict.fromkeys(units))) for post, units in posts.items())

    def _why_the_office(self, unit_id: int | None, role: str) -> str:
        office = office_name(self.office)
        if unit_id is None:
            zh, en = "这些单位的上级不由系统催办，因此发给{office}。", "Nobody above these units is mailed, so this comes to {office}."
            return Sentence(zh, en, {"office": office}).say(self.lang)
        post = find_recipient(self.lookup, (unit_id, role)).post or self._acting()
        zh, en = "上级{post}岗位空缺，因此发给{office}。", "The superior's post ({post}) is vacant, so this comes to {office}."
        return Sentence(zh, en, {"office": office, "post": post}).say(self.lang)

    def _acting(self) -> str:
        posts = self.campaign.organisation.posts
        first = next((post for post in posts if post.acts), posts[0] if posts else None)
        return "" if first is None else first.title or first.name

    def _vacant(self, post: str, units: Sequence[str]) -> str:
        values = {"units": listed(units, self.lang), "post": post, "office": office_name(self.office)}
        return Sentence(
            "{units}的{post}岗位目前空缺，因此发给您；请尽快明确人选并告知{office}。",
            "The post of {post} at {units} is vacant, so this comes to you; please name somebody and tell {office}.",
            values,
        ).say(self.lang)
