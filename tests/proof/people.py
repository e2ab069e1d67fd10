"""What people do in the model: each act may be, and changes what it says, or it raises No and changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.proof import dates
from tests.proof.model import DONE, FINISHED, OWED, REMINDED, Duty, Key, Model, No, Told

OFFICE = "管理员"
POSTS = ("书记", "副书记")


class People(Model):
    """A campaign with the people in it. `by` is a person's name."""

    def _set(self, duty: Duty, state: str, now: datetime) -> None:
        """A new state, and what follows for the case and for those who wait."""
        duty.state = state
        for other in self.downstream(duty):
            if other.state == "open" and other.version == 0 and self.waits(other):
                other.state = "scheduled"
        case = self.cases[duty.unit]
        owes = case.stage == FINISHED or bool(self.debts(duty.unit, case.stage))
        case.clear = None if owes else case.clear or now
        self._open(now, now)

    def _tell(self, duty: Duty, kind: str, unit: str | None, now: datetime) -> None:
        self.told.append(Told(key=duty.key, kind=kind, at=now, unit=unit, deadline=duty.deadline, visit=duty.version))

    def hand_in(self, key: Key, by: str, content: object, verdict: str, now: datetime) -> str:
        """verdict: of the checks; what they turn away is no version, what they cannot judge goes to the reviewer."""
        duty = self._begin(key, now)
        if duty.state in ("submitted", "accepted") and content == duty.content:
            return "unchanged"
        self._expect(duty.state not in ("open", "returned") or content != duty.returned)
        self._expect(duty.state in ("open", "returned") and verdict != "fail")
        self._expect(by in self.holders(duty.owner, now) and (duty.lock is None or now < duty.lock))
        mine = {by, *self.owners(duty, now)}
        duty.judge = self._fresh_eyes(duty, mine, now)
        duty.version, duty.handed_by, duty.handed_at, duty.content = duty.version + 1, by, now, content
        reviewed = (duty.task.reviewed and duty.judge is not None) or verdict != "pass"
        self._set(duty, "submitted" if reviewed else "accepted", now)
        if reviewed and duty.judge is not None:
            self._tell(duty, "to_review", duty.judge, now)
        return duty.state

    def _fresh_eyes(self, duty: Duty, mine: set[str], now: datetime) -> str | None:
        """Nobody judges his own work; it passes to the superior."""
        at = duty.named
        while at is not None and self.holders(at, now) and set(self.holders(at, now)) <= mine:
            at = self.superiors[at]
        return at or duty.named

    def take_back(self, key: Key, by: str, now: datetime) -> str:
        """What nobody has judged."""
        duty = self._begin(key, now)
        self._expect(duty.state == "submitted" and by in self.holders(duty.owner, now) and (duty.lock is None or now < duty.lock))
        self._set(duty, "open", now)
        return duty.state

    def accept(self, key: Key, by: str, now: datetime) -> str:
        """By whoever judges, never her own work."""
        duty = self._begin(key, now)
        self._expect(duty.state == "submitted" and self._judges(duty, by, now))
        duty.accepted_by = by
        self._set(duty, "accepted", now)
        self._tell(duty, "passed", duty.owner, now)
        return duty.state

    def _judges(self, duty: Duty, by: str, now: datetime) -> bool:
        own = by == duty.handed_by or by in self.owners(duty, now)
        return by in self.holders(duty.judge or duty.owner, now) and not own

    def send_back(self, key: Key, by: str, now: datetime) -> str:
        """Also what was accepted, if nothing rests on it."""
        duty = self._begin(key, now)
        used = duty.state == "accepted" and any(other.version or other.state == "accepted" for other in self.downstream(duty))
        self._expect(duty.state in ("submitted", "accepted") and self._judges(duty, by, now) and not used)
        duty.attempt += 1
        duty.returned = duty.content
        self._tell(duty, "returned", duty.owner, now)
        self._set(duty, "returned", now)
        again = self._mended_by(duty, now)
        if duty.task.reviewed and duty.task.rework and again > duty.due and dates.end(again) > now:
            self._give(duty, again, now)
        return duty.state

    def _mended_by(self, duty: Duty, now: datetime) -> date:
        """The span of `rework` from today; from the lock on nothing is taken, so it ends there at the latest."""
        again = dates.day_of(now) + timedelta(days=duty.task.rework)
        lock = self._lock(duty, again)
        return again if lock is None else min(again, dates.due_day(lock))

    def _lock(self, duty: Duty, due: date) -> datetime | None:
        """A relative lock moves with the due; one that an override has lifted does not come back."""
        return None if duty.lock is None else dates.lock(duty.task, due)

    def _give(self, duty: Duty, due: date, now: datetime) -> None:
        """Another due: lateness, a relative lock and the rungs to come follow it."""
        duty.due, duty.late, duty.lock = due, dates.late(duty.task, due), self._lock(duty, due)
        duty.rungs = [rung for rung in dates.rungs(duty.task, due) if rung[0] >= now]

    def _grants(self, duty: Duty, by: str, now: datetime) -> bool:
        """The superior; asked about itself, the one above it."""
        above = self.superiors[duty.unit]
        granter = self.superiors[duty.owner] if above == duty.owner else above
        return granter is not None and by in self.holders(granter, now)

    def extend(self, key: Key, by: str, to: date, now: datetime) -> str:
        """Later than now and than the due, not further than the file allows, nor past a lock."""
        duty = self._begin(key, now)
        most, times = duty.task.extend
        self._expect(duty.state in OWED and most > 0 and duty.extensions < times and self._grants(duty, by, now))
        self._expect(to > duty.due and dates.end(to) > now and to <= duty.declared + timedelta(days=most))
        lock = self._lock(duty, to)
        self._expect(lock is None or lock >= dates.end(to))
        duty.extensions += 1
        self._tell(duty, "extended", duty.owner, now)
        self._give(duty, to, now)
        return duty.state

    def chase(self, unit: str, by: str, now: datetime) -> str:
        """Whoever is late there and below, once a day and three times in all; by somebody who stands above or runs the campaign."""
        self._expect(not self.over)
        self._expect(by == OFFICE or any(by in self.at(at, post, now) for at in (unit, *self._above(unit)) for post in POSTS))
        self.sweep(now)
        late = [one for one in self.duties.values() if unit in (one.unit, *self._above(one.unit)) and one.overdue_since(now)]
        self._expect(bool(late))
        for duty in late:
            days = [dates.day_of(at) for at in duty.chased]
            if duty.state in REMINDED and len(days) < 3 and dates.day_of(now) not in days:
                duty.chased.append(now)
                self._tell(duty, "chased", self.holder(duty), now)
        return ""

    def waive(self, key: Key, by: str, now: datetime) -> str:
        """Where the file allows it; what is owed only in principle always."""
        duty = self._begin(key, now)
        allowed = duty.task.waive or duty.task.modality == "should"
        self._expect(duty.state not in DONE and allowed and self._grants(duty, by, now))
        self._set(duty, "waived", now)
        self._tell(duty, "waived", duty.owner, now)
        return duty.state

    def reopen(self, key: Key, now: datetime) -> str:
        """By override; its lock is lifted, and it is reminded of like any other."""
        duty = self._begin(key, now)
        self._expect(duty.state == "lapsed")
        duty.lock = None
        duty.attempt += 1
        self._set(duty, "open", now)
        self._tell(duty, "reopened", duty.owner, now)
        return duty.state

    def move(self, units: list[str], superior: str, now: datetime) -> None:
        """Below another unit: who owes and who judges is settled, whom one waits for is not. A campaign that is over stays as it ended."""
        if self.over:
            return
        self.superiors.update(dict.fromkeys(units, superior))
        for duty in self.duties.values():
            if duty.state == "open" and duty.version == 0 and self.waits(duty):
                duty.state = "scheduled"
        self._open(now, now)

    def override(self, unit: str, now: datetime) -> str:
        """A stage on, whatever is owed."""
        self._expect(not self.over)
        self.sweep(now)
        self._expect(unit in self.cases and self.cases[unit].stage != FINISHED)
        self._enter(unit, self._following(self.cases[unit].stage), now)
        self._open(now, now)
        return "moved"

    def advance(self, unit: str, now: datetime) -> str:
        """The clock moves whoever may move, so nobody is left to be moved by hand."""
        self._expect(not self.over and unit in self.cases)
        before = self.cases[unit].stage
        self.sweep(now)
        self._expect(self.cases[unit].stage != before)
        return "moved"

    def _begin(self, key: Key, now: datetime) -> Duty:
        self._expect(not self.over)
        self.sweep(now)
        self._expect(key in self.duties)
        return self.duties[key]

    @staticmethod
    def _expect(holds: bool) -> None:
        if not holds:
            raise No
