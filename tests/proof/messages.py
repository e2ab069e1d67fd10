"""Letters as DESIGN.md sections 2 and 7 and the README promise them: to whom, on which day, saying what; and why something is not told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.proof import dates, wording
from tests.proof.fates import OFFICE, RESULTS, Letter, Notice, Seat, ball, more_telling, told_as, why_not, why_not_she
from tests.proof.model import Told
from tests.proof.people import People
from tests.proof.server import GROUP, MAIL

FIRST_WAIT = timedelta(minutes=5)
# By how much the waits grow, up to how long: of what was put off, and of what may have arrived.
WAITS = {"later": (2, timedelta(hours=4)), "unknown": (4, timedelta(days=1))}
# When what nobody answers, or all that is put off for an address, has been tried often enough.
MOST, DAYS = 8, 5
# What a server says to letters for an address: in the words of the ledger what comes of that, and whether the address is no good.
ANSWERS = {
    "busy": ("later", False),
    "lost": ("unknown", False),
    "full": ("failed", False),
    "unknown": ("failed", True),
}
MOODS = tuple(ANSWERS)


@dataclass(frozen=True, kw_only=True)
class Hers:
    """A notice for somebody. reason: why she cannot be told.  naming: she has to name a reviewer for it."""

    notice: Notice
    person: str
    reason: str = ""
    naming: bool = False


@dataclass(kw_only=True)
class Messages:
    """The mail of one campaign. addresses: by name. moods: of the server, by address. on: whether mail is let go.

    group: who is to be told by the group where no mail reaches her.
    """

    model: People
    addresses: dict[str, str]
    on: bool = False
    moods: dict[str, str] = field(default_factory=dict)
    hours: dates.Hours = field(default_factory=dates.Hours)
    digest: set[str] = field(default_factory=set)
    group: set[str] = field(default_factory=set)
    dead: set[tuple[str, str]] = field(default_factory=set)
    notices: list[Notice] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    read: int = 0

    # --- what happens ---------------------------------------------------------------------------------------------------------

    def take_in(self) -> None:
        """What has been decided meanwhile. What lay before the launch is never told."""
        for told in self.model.told[self.read :]:
            self._add(told)
        self.read = len(self.model.told)

    def _add(self, told: Told) -> None:
        notice = Notice(told=told, place=len(self.notices))
        self.notices.append(notice)
        if told.before_launch:
            notice.ends("suppressed", "before-launch")

    def end(self) -> None:
        """The campaign is closed: nothing that waits goes out any more."""
        self.take_in()
        for notice in self.notices:
            if notice.state in ("decided", "composed"):
                notice.ends("suppressed", "campaign-over")
        for letter in self.letters:
            letter.state = "over" if letter.state == "waiting" else letter.state

    def deliver(self, now: datetime) -> None:
        """Two rounds, as of a program that goes on: what one round finds out, the office hears in the next."""
        self.take_in()
        for _ in range(0 if self.model.over else 2):
            self._round(now)

    def _round(self, now: datetime) -> None:
        self._send(now)
        self._tell_again(now)
        if not self.on or self._all_quiet(now):
            return
        for person, hers in self._sorted(now).items():
            if person != OFFICE:
                self._tell(person, hers, now)
        self._send(now)
        # The office comes last: it hears of whoever could not be told.
        self._tell(OFFICE, self._sorted(now).get(OFFICE, []), now)
        self._send(now)

    # --- at which hours -------------------------------------------------------------------------------------------------------

    def _all_quiet(self, now: datetime) -> bool:
        """Whether nothing of all that waits may go: then nobody asks either whether it is still so."""
        return self._quiet([notice for notice in self.notices if notice.state == "decided"], now)

    def _quiet(self, notices: list[Notice], now: datetime) -> bool:
        """Whether these wait for the hours of the office. What may go takes along what stands with it."""
        return dates.opening(now, self.hours) is not None and not any(self._goes_at_any_hour(notice) for notice in notices)

    def _goes_at_any_hour(self, notice: Notice) -> bool:
        """What is urgent; and a reminder, which in a rehearsal goes at whatever hour people say, unless the office has named hours."""
        return self._urgent(notice) or (notice.told.kind == "rung" and not self.hours.named)

    # --- who ------------------------------------------------------------------------------------------------------------------

    def _sorted(self, now: datetime) -> dict[str, list[Hers]]:
        """What waits for each; for '' what nobody is there to be told of."""
        found: defaultdict[str, list[Hers]] = defaultdict(list)
        for notice in self.notices:
            if notice.state == "decided":
                hers = self._whose(notice, now)
                found[hers.person].append(hers)
        return found

    def _whose(self, notice: Notice, now: datetime) -> Hers:
        """Whoever answers for the seat; a review is never asked of whom it judges, and what stands above a void goes to the office."""
        duty = self.model.duties[notice.told.key]
        person, reason = self._at(notice.told.unit, now)
        if reason == "vacant" and notice.seat != ball(duty, self.model):
            return Hers(notice=notice, person=OFFICE)
        if duty.state == "submitted" and notice.seat == (duty.judge, ""):
            mine = {duty.handed_by, *self.model.owners(duty, now)}
            if person in mine:
                return self._another(notice, mine, now)
        return Hers(notice=notice, person=person, reason=reason)

    def _at(self, unit: str | None, now: datetime) -> tuple[str, str]:
        """Who is told at a unit today, and why nobody can be."""
        if unit is None:
            return OFFICE, ""
        names = self.model.holders(unit, now)
        return self._first(names) if names else ("", "vacant")

    def _first(self, names: list[str]) -> tuple[str, str]:
        """The first of these who can be reached."""
        found = next((name for name in names if self._reachable(name)), "")
        if found:
            return found, ""
        return names[0], "bad-address" if any(self.addresses[name] for name in names) else "no-address"

    def _reachable(self, name: str) -> bool:
        return bool(self._channel(name))

    def _channel(self, name: str) -> str:
        """By which she is told today; '' where by none."""
        address = self.addresses[name]
        if address and (name, address) not in self.dead:
            return MAIL
        return GROUP if name in self.group else ""

    def _another(self, notice: Notice, mine: set[str], now: datetime) -> Hers:
        """Another holder of the post; else somebody above, or the office, who has to name a reviewer."""
        unit = notice.told.unit
        others = [name for name in self.model.holders(unit, now) if name not in mine]
        if others:
            person, reason = self._first(others)
            return Hers(notice=notice, person=person, reason=reason)
        while unit is not None and self.model.superiors[unit] is not None:
            unit = self.model.superiors[unit]
            fresh = [name for name in self.model.holders(unit, now) if name not in mine and self._reachable(name)]
            if fresh:
                return Hers(notice=notice, person=fresh[0], naming=True)
        return Hers(notice=notice, person=OFFICE, naming=True)

    # --- what -----------------------------------------------------------------------------------------------------------------

    def _tell(self, person: str, hers: list[Hers], now: datetime) -> None:
        """One letter of all she has to know, if there is any, and she has had none today; what cannot wait goes all the same."""
        left = self._not_twice(person, self._still_true(person, hers, now), now)
        if any(one.reason for one in left):
            self._nobody_told(left, now)
            return
        left, weekly = self._not_too_often(person, left, now)
        at_once = any(one.notice.told.kind == "returned" or self._urgent(one.notice) for one in left)
        if left and not self._quiet([one.notice for one in left], now) and (at_once or not self._had_one(person, now)):
            self._write(person, left, now, weekly=weekly, at_once=at_once)

    def _still_true(self, person: str, hers: list[Hers], now: datetime) -> list[Hers]:
        left = []
        for one in hers:
            told = one.notice.told
            reason = why_not(told, self.model) or why_not_she(told, person, self.model, now)
            if reason:
                one.notice.ends("suppressed", reason)
            else:
                left.append(one)
        return left

    def _not_twice(self, person: str, hers: list[Hers], now: datetime) -> list[Hers]:
        """A duty is named once in a letter, beside what came of it; and nobody is blamed for a review that she may not do."""
        about: defaultdict[tuple[object, ...], list[Hers]] = defaultdict(list)
        for one in hers:
            told = one.notice.told
            about[told.key, told.kind in RESULTS, told_as(told, person, self.model, now)].append(one)
        last = [max(some, key=lambda one: more_telling(one.notice)) for some in about.values()]
        to_name = {one.notice.told.key for one in last if one.naming}
        left = [one for one in last if one.naming or one.notice.told.key not in to_name]
        for one in hers:
            if one not in left:
                one.notice.ends("suppressed", "superseded")
        return left

    def _nobody_told(self, hers: list[Hers], now: datetime) -> None:
        for one in hers:
            one.notice.ends("suppressed", one.reason)
            self._tell_office(one.notice, now)

    def _tell_office(self, notice: Notice, now: datetime) -> None:
        """Once for a duty and its deadline."""
        told = notice.told
        known = any(one.told.kind == "unreached" and (one.told.key, one.told.deadline) == (told.key, told.deadline) for one in self.notices)
        if told.kind != "unreached" and not known:
            self._add(Told(key=told.key, kind="unreached", at=now, unit=None, deadline=told.deadline))

    def _not_too_often(self, person: str, hers: list[Hers], now: datetime) -> tuple[list[Hers], bool]:
        """Whoever wants a digest hears once a week of what is not hers to do. (what is told now, whether that is in it.)"""
        weekly = [one for one in hers if self._for_digest(person, one.notice, now)]
        last = max((letter.day for letter in self.letters if self._reached(letter, person) and letter.weekly), default=None)
        if weekly and person in self.digest and last is not None and dates.day_of(now) - last < timedelta(days=7):
            return [one for one in hers if one not in weekly], False
        return hers, bool(weekly)

    def _for_digest(self, person: str, notice: Notice, now: datetime) -> bool:
        """A result, or what somebody else still owes; nothing urgent, and nothing for the office."""
        told, duty = notice.told, self.model.duties[notice.told.key]
        if person == OFFICE or duty.task.urgent:
            return False
        below = told.kind == "rung" and told_as(told, person, self.model, now) != ball(duty, self.model)
        return below or told.kind in RESULTS

    def _urgent(self, notice: Notice) -> bool:
        return self.model.duties[notice.told.key].task.urgent

    def _reached(self, letter: Letter, person: str) -> bool:
        """Whether it is hers, and has gone to her by the channel of today or is on its way."""
        return (letter.person, letter.channel) == (person, self._channel(person)) and letter.state in ("waiting", "sent")

    def _had_one(self, person: str, now: datetime) -> bool:
        return any(self._reached(letter, person) and letter.day == dates.day_of(now) for letter in self.letters)

    def _write(self, person: str, hers: list[Hers], now: datetime, *, weekly: bool, at_once: bool) -> None:
        day = dates.day_of(now)
        letter = Letter(
            person=person,
            address=self.addresses[person],
            channel=self._channel(person),
            day=day,
            number=1 + sum((one.person, one.day) == (person, day) for one in self.letters),
            weekly=weekly,
            at_once=at_once,
            notices=[one.notice for one in hers],
            says=[wording.line(one.notice.told, self._told_as(person, one, now), self.model, now, naming=one.naming) for one in hers],
            next_try=now,
            outcomes=[],
        )
        self.letters.append(letter)
        for one in hers:
            one.notice.ends("composed")
            one.notice.letter = letter

    def _told_as(self, person: str, one: Hers, now: datetime) -> Seat:
        return told_as(one.notice.told, person, self.model, now)

    # --- how ------------------------------------------------------------------------------------------------------------------

    def _send(self, now: datetime) -> None:
        """What waits and may be tried, looked at once more: what is not so any more, or is of another day, is written anew."""
        if not self.on:
            return
        waiting = [one for one in self.letters if one.state == "waiting" and one.next_try <= now]
        # What cannot wait goes before the rest, and counts as the last one that was given up.
        for letter in sorted(waiting, key=lambda one: (not one.at_once, one.next_try)):
            untrue = [notice for notice in letter.notices if why_not(notice.told, self.model)]
            if self._tried_enough(letter, now):
                self._give_up(letter, now)
            elif not letter.lost and (untrue or letter.day != dates.day_of(now)):
                self._dissolve(letter)
            elif self._quiet(letter.notices, now):
                letter.next_try = dates.opening(now, self.hours) or now
            else:
                self._try(letter, now)

    def _tried_enough(self, letter: Letter, now: datetime) -> bool:
        """Nobody answers any more; or all that is for her has been put off day after day, and another day has come."""
        if letter.lost:
            return letter.outcomes.count("unknown") >= MOST or now - letter.lost >= timedelta(days=DAYS)
        if letter.outcomes[-1:] != ["later"] or letter.day == dates.day_of(now):
            return False
        hers = [one for one in self.letters if (one.person, one.address) == (letter.person, letter.address)]
        ended = [place for place, one in enumerate(hers) if one.state in ("sent", "failed")]
        since = hers[ended[-1] + 1 :] if ended else hers
        return len({one.day for one in since if "later" in one.outcomes}) >= DAYS

    def _give_up(self, letter: Letter, now: datetime) -> None:
        reason = "unanswered" if letter.lost else "busy"
        letter.outcomes.append("given-up")
        letter.state = "failed"
        for notice in letter.notices:
            notice.ends("failed", reason)
        # What was put off goes on by the group, where she has one; what nobody answered may have come.
        self._came_back(letter, now, dead=not letter.lost and letter.channel == MAIL and letter.person in self.group)

    def _dissolve(self, letter: Letter) -> None:
        letter.state = "dropped"
        for notice in letter.notices:
            reason = why_not(notice.told, self.model)
            notice.letter = letter if reason else None
            notice.ends(*(("suppressed", reason) if reason else ("decided", "")))

    def _try(self, letter: Letter, now: datetime) -> None:
        mood = self.moods.get(letter.address, "") if letter.channel == MAIL else ""
        outcome, dead = ANSWERS.get(mood, ("sent", False))
        letter.outcomes.append(outcome)
        if outcome in ("later", "unknown"):
            letter.lost = letter.lost or (now if outcome == "unknown" else None)
            growth, longest = WAITS[outcome]
            letter.next_try = now + min(FIRST_WAIT * growth ** (len(letter.outcomes) - 1), longest)
            return
        letter.state = outcome
        for notice in letter.notices:
            notice.ends(outcome, mood)
        if outcome == "failed":
            self._came_back(letter, now, dead=dead)

    def _came_back(self, letter: Letter, now: datetime, *, dead: bool) -> None:
        """To an address that is none nothing goes any more: she is told by the group, or the office is told of all that stood in it."""
        letter.open, letter.dead = True, dead
        if dead:
            self.dead.add((letter.person, letter.address))
        for notice in letter.notices:
            hers = self._whose(notice, now)
            if dead and hers.person == letter.person and not hers.reason:
                notice.ends("decided")
                notice.letter = None
            else:
                self._tell_office(notice, now)

    def _tell_again(self, now: datetime) -> None:
        """What did not arrive, as soon as another address would take it; unless a later letter got through to the same one."""
        for letter in [one for one in self.letters if one.open]:
            for notice in letter.notices:
                hers = self._whose(notice, now)
                if self._is_lost(notice, letter) and not hers.reason and self._is_another_way(hers.person, letter):
                    notice.ends("decided")
                    notice.letter = None
            left = any(self._is_lost(notice, letter) for notice in letter.notices)
            letter.open = left and (letter.dead or not self._got_through_after(letter))

    def _is_another_way(self, person: str, letter: Letter) -> bool:
        other = letter.dead and person != OFFICE and self._channel(person) != letter.channel
        return other or self.addresses[person] != letter.address

    @staticmethod
    def _is_lost(notice: Notice, letter: Letter) -> bool:
        return notice.letter is letter and notice.state == "failed"

    def _got_through_after(self, letter: Letter) -> bool:
        later = self.letters[self.letters.index(letter) + 1 :]
        same = (letter.person, letter.address, letter.channel, "sent")
        return any((one.person, one.address, one.channel, one.state) == same for one in later)
