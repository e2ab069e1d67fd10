"""What a letter is composed from: its facts, every text of them ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from notifiers.errors import Lang


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """One duty in a letter; every text is ready to be shown, '' where there is nothing to say.

    unit_name: who owes it.  about: the unit it is about, where that is another one.
    due_text: date with weekday.  due_day: the same without year and weekday.  original_due_text: only when the date was moved.
    days: until due, negative when overdue, None when undated or not the reader's.  act: a day and a sentence are told, no paper.
    wanted: until when more time is asked for.  chased: who asked for it by hand, when and in which words.
    tried: what the checks said of the last try, one sentence a line.  done: day and sentence of an act.
    by: who returned it, handed it in or decided.  how: what the reader has to do.  paper: where what was handed in is to be had.
    mark: what to write on a paper; stands in `how` and `paper`, and is not broken.  cite: where the duty is written.
    note: what the office has to say of it.  task: its name in the workflow.  say: in which words of the office's the reminder is.
    """

    unit_name: str
    task_title: str
    period_title: str = ""
    about: str = ""
    due_text: str = ""
    due_day: str = ""
    original_due_text: str = ""
    days: int | None = None
    act: bool = False
    tried: str = ""
    done: str = ""
    reason: str = ""
    chased: str = ""
    wanted: str = ""
    by: str = ""
    how: str = ""
    paper: str = ""
    mark: str = ""
    cite: str = ""
    note: str = ""
    task: str = ""
    say: str = ""


@dataclass(frozen=True, kw_only=True)
class LaggardLine:
    """One duty that a unit further down still owes, for its superior's summary.

    unit_name: who has to act.  who: her name.  about: the unit it is about, where that is another one.
    reviewing: it has been handed in, and what is owed is the review.  waits_from: since which day; then it has no due day.
    original_due_text: only when the date was moved.
    """

    unit_name: str
    task_title: str
    period_title: str = ""
    about: str = ""
    due_text: str = ""
    original_due_text: str = ""
    days: int | None = None
    who: str = ""
    reviewing: bool = False
    waits_from: str = ""
    task: str = ""
    say: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterView:
    """All that one person is told on one day. full_list: the command that shows the whole list, for whoever can type it.

    reopened: it had lapsed and may be done after all.
    asked: more time is asked for, which the reader may grant.  denied: it was not.  passed: accepted by a reviewer.
    blocked: what others owe that holds the reader's unit, which owes nothing itself.
    closed: returned, and too late to be mended.  to_name: a reviewer has to be named.  about_you: done about the reader's own unit.
    office_name: whom to ask; '' in a letter to the office itself.
    """

    lang: Lang
    recipient_name: str
    recipient_post: str = ""
    campaign_title: str
    today_text: str
    returned: tuple[DutyLine, ...] = ()
    reopened: tuple[DutyLine, ...] = ()
    closed: tuple[DutyLine, ...] = ()
    overdue: tuple[DutyLine, ...] = ()
    due_soon: tuple[DutyLine, ...] = ()
    to_review: tuple[DutyLine, ...] = ()
    to_name: tuple[DutyLine, ...] = ()
    asked: tuple[DutyLine, ...] = ()
    extended: tuple[DutyLine, ...] = ()
    denied: tuple[DutyLine, ...] = ()
    waived: tuple[DutyLine, ...] = ()
    passed: tuple[DutyLine, ...] = ()
    about_you: tuple[DutyLine, ...] = ()
    delivered: tuple[DutyLine, ...] = ()
    blocked: tuple[LaggardLine, ...] = ()
    below: tuple[LaggardLine, ...] = ()
    notes: tuple[str, ...] = ()
    full_list: str = ""
    office_name: str
    office_address: str = ""
