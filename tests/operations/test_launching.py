"""Launching over a tree, and what can be taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.errors import CampaignError
from engine.operations import launching
from engine.operations.campaigns import CampaignOver, NoCampaign, UnknownUnitCode, WhichCampaign
from engine.operations.census import UnknownLevel
from engine.operations.ending import Answered, EndingNeedsReason, close, withdraw
from engine.operations.launch_plan import NameTaken, NobodyOwes, NotDatable, NothingLoaded, UnknownWorkflow
from engine.operations.naming import BlankName, LongName
from engine.operations.viewing import read_journal
from engine.org.model import Roster, Unit
from engine.store import roster
from engine.store import tables as t
from engine.store.codes import Bell
from notifiers.base import NotSent
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING, STRICT, WALK, head


@pytest.fixture
def bare(make_world: MakeWorld) -> w.World:
    """A house with a roster and nothing else."""
    return make_world(w.empty())


@pytest.fixture
def loaded(bare: w.World) -> w.World:
    """The spring campaign, not launched yet."""
    w.load(bare.house, SPRING, bare.folder)
    return bare


def test_a_preview_changes_nothing_at_all(loaded):
    before = loaded.rows()
    report = w.start(loaded.house, sure=False)
    assert not report.done
    assert loaded.rows() == before


def test_a_preview_tells_what_the_launch_then_makes(loaded):
    preview = w.start(loaded.house, sure=False)
    report = w.start(loaded.house)
    assert report.done
    assert {**vars(preview), "done": True} == vars(report)
    made = loaded.rows("cases", "obligation", "occurrence")
    assert (len(made["cases"]), len(made["obligation"]), len(made["occurrence"])) == (
        preview.cases,
        preview.obligations,
        preview.occurrences,
    )
    with loaded.house.database.read() as connection:
        rungs = (t.agenda.c.kind == Bell.RUNG, t.agenda.c.at >= w.BEFORE)
        told = select(func.min(t.agenda.c.at), func.count()).select_from(t.agenda)
        told = told.join(t.obligation, t.obligation.c.deadline_id == t.agenda.c.deadline_id).where(*rungs)
        assert tuple(connection.execute(told).one()) == (preview.first_reminder, preview.reminders)


def test_a_name_is_kept_as_long_as_the_database_keeps_it_and_without_blanks_around_it(loaded):
    assert w.start(loaded.house, name=f" {'春' * 120} ", sure=False).name == "春" * 120
    assert w.start(loaded.house, name="x", behalf="员" * 200, sure=False).name == "x"
    with pytest.raises(LongName):
        w.start(loaded.house, name="春" * 121)
    with pytest.raises(LongName):
        w.start(loaded.house, name="x", behalf="员" * 201)
    for blank in ("", " ", "\u3000"):
        with pytest.raises(BlankName):
            w.start(loaded.house, name=blank)


def test_the_counts_of_a_launch_are_true(loaded):
    report = w.start(loaded.house)
    rows = loaded.rows("cases", "obligation", "occurrence")
    # 8 plans, 1 meeting, 8 comments in each of two quarters, 6 reports, 2 roll-ups.
    assert (report.cases, report.obligations, report.occurrences) == (9, 8 + 1 + 8 * 2 + 6 + 2, 6)
    assert tuple(len(rows[name]) for name in ("cases", "obligation", "occurrence")) == (9, 33, 6)
    assert (report.skipped, report.past_due) == (0, 0)


def test_the_reminders_announced_are_those_decided_if_nobody_does_anything(loaded):
    report = w.start(loaded.house)
    loaded.sweep(w.at(3, 1, year=2011))
    told = [notice for notice in loaded.notices(w.at(3, 1, year=2011)) if notice.state == "decided"]
    opened = {(notice.unit, notice.task, notice.period) for notice in told}
    # What waits for something else is not open and is not reminded of: the two roll-ups, with seven rungs each.
    assert report.reminders - 2 * 7 == len(told)
    assert len(opened) == 31
    assert report.first_reminder == min(notice.due_at for notice in told)


def test_vacancies_and_missing_addresses_are_listed_before_the_launch(loaded):
    report = w.start(loaded.house, sure=False)
    assert [(seat.unit, seat.post) for seat in report.vacant] == [("G1B3", "书记")]
    assert [(seat.unit, seat.post) for seat in report.unreachable] == [("G2B3", "书记")]


def test_who_has_nobody_to_owe_is_told_by_name(bare):
    text = head("top") + "tasks: {点评: {for: [学校, 党总支], owner: superior.书记}}\n"
    w.load(bare.house, text, bare.folder)
    report = w.start(bare.house, sure=False)
    assert report.obligations == 2
    assert ["S" in note.say("zh") for note in report.notes] == [True]


@pytest.mark.parametrize(("instant", "past_due"), [(w.at(5, 31, 23, 59, 59), 0), (w.at(6, 1), 9), (w.at(6, 1, 0, 0, 1), 9)])
def test_past_due_is_what_was_due_at_or_before_the_launch(loaded, instant, past_due):
    assert w.start(loaded.house, instant, sure=False).past_due == past_due


@pytest.mark.parametrize(("instant", "skipped"), [(w.at(5, 31, 23, 59, 59), 0), (w.at(6, 1), 2), (w.at(6, 1, 0, 0, 1), 2)])
def test_past_periods_are_left_out_when_she_says_skip(loaded, instant, skipped):
    report = w.start(loaded.house, instant, past="skip")
    assert report.skipped == skipped
    assert report.obligations == (33 if not skipped else 24)
    loaded.sweep(instant)
    assert loaded.stage("G1B1", instant) == ("推进" if skipped else "动员")


def test_past_periods_are_owed_and_overdue_since_they_were_due_when_she_says_owe(loaded):
    now = w.at(7, 1)
    w.start(loaded.house, now, past="owe")
    loaded.sweep(now)
    assert loaded.stuck(now)["G1B1"].since == w.at(6, 1)
    assert loaded.state("G1B1", "方案", now) == "open"


def test_reminders_from_before_the_launch_are_suppressed_with_that_reason(loaded):
    now = w.at(5, 28, 8, 30)
    w.start(loaded.house, now)
    launching.switch_mail(loaded.house, None, on=True, by=w.ADMIN, now=now)
    loaded.sweep(now)
    mine = [notice for notice in loaded.notices(now) if notice.unit == "G1B1"]
    assert [(notice.due_at, notice.state, notice.reason) for notice in mine] == [
        (w.at(5, 24, 8, 30), "suppressed", "before-launch"),
        (w.at(5, 28, 8, 30), "decided", ""),
    ]


def test_a_launch_over_a_part_of_the_tree_takes_that_part_alone(loaded):
    report = w.start(loaded.house, at="G1", sure=True)
    assert (report.unit, report.cases) == ("G1", 4)


def test_a_level_that_the_workflow_does_not_name_is_refused_with_the_unit(bare):
    w.load(bare.house, WALK.replace("[学校, 党总支, 党支部]", "[学校, 分会, 党支部]"), bare.folder)
    before = bare.rows()
    with pytest.raises(UnknownLevel) as caught:
        w.start(bare.house)
    assert "G1" in caught.value.say("zh") and "党总支" in caught.value.say("zh")
    assert bare.rows() == before


def test_a_launch_in_which_nobody_owes_anything_is_refused(bare):
    with bare.house.database.write() as connection:
        roster.import_roster(connection, Roster(units=(Unit(code="G3", name="空总支", level="党总支", superior="S"),)), w.BEFORE)
    w.load(bare.house, WALK, bare.folder)
    before = bare.rows()
    with pytest.raises(NobodyOwes):
        w.start(bare.house, at="G3")
    assert bare.rows() == before


def test_a_name_that_is_taken_is_refused_and_another_name_is_not(loaded):
    w.start(loaded.house)
    with pytest.raises(NameTaken):
        w.start(loaded.house)
    assert w.start(loaded.house, name="再来一次").name == "再来一次"
    with pytest.raises(WhichCampaign):
        loaded.stuck(w.BEFORE)


def test_nothing_loaded_and_nothing_launched_are_said_so(bare):
    with pytest.raises(NothingLoaded):
        w.start(bare.house)
    with pytest.raises(NoCampaign):
        bare.stuck(w.BEFORE)


def test_an_unknown_workflow_or_unit_is_refused_with_the_nearest_name(loaded):
    with pytest.raises(UnknownWorkflow) as workflow:
        w.start(loaded.house, workflow="sprig")
    with pytest.raises(UnknownUnitCode) as place:
        w.start(loaded.house, at="G9")
    assert "spring" in workflow.value.say("zh")
    assert "G" in place.value.say("en")


def test_a_launch_nobody_has_answered_can_be_withdrawn_and_is_silent_from_then_on(spring):
    spring.sweep(w.at(5, 24, 9))
    withdraw(spring.house, None, by=w.ADMIN, reason="发错了", now=w.at(5, 24, 10))
    assert spring.deliver(w.at(5, 24, 11)).sent == 0
    assert spring.sweep(w.at(12, 31)).bells == 0
    assert {(notice.state, notice.reason) for notice in spring.notices(w.at(12, 31))} == {("suppressed", "campaign-over")}
    assert spring.journal("withdrawn")[0].data == {"reason": "发错了"}


def test_a_launch_that_somebody_answered_cannot_be_withdrawn(spring):
    spring.act("S", "动员会", w.at(5, 20))
    before = spring.rows()
    with pytest.raises(Answered):
        withdraw(spring.house, None, by=w.ADMIN, reason="发错了", now=w.at(5, 21))
    assert spring.rows() == before


def test_what_the_checks_turned_away_is_no_answer(spring):
    w.refused(lambda: spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(10)))
    withdraw(spring.house, None, by=w.ADMIN, reason="发错了", now=w.at(5, 21))
    assert spring.journal("withdrawn")


def test_what_was_due_when_a_campaign_is_closed_is_done_before(spring):
    late = w.at(6, 10)
    close(spring.house, None, by=w.ADMIN, reason="结束", now=late)
    assert spring.state("G1B1", "方案", late) == "open"
    assert len(spring.stuck(late)) == 9
    kinds = [line.kind for line in read_journal(spring.house, None)]
    assert kinds[-1] == "closed" and "late" in kinds
    before = spring.rows()
    spring.sweep(w.at(12, 1))
    assert spring.rows() == before


def test_whoever_closes_without_a_reason_does_nothing_at_all(spring):
    before = spring.rows()
    with pytest.raises(EndingNeedsReason):
        close(spring.house, None, by=w.ADMIN, reason=" ", now=w.at(6, 10))
    assert spring.rows() == before


def test_nothing_goes_out_after_a_campaign_is_closed_not_even_what_was_composed(make_world):
    world = make_world(w.launched(SPRING))
    world.sweep(w.at(5, 24, 9))
    world.channel.fail(NotSent("busy"), times=100)
    assert world.deliver(w.at(5, 24, 9)).later > 0
    close(world.house, None, by=w.ADMIN, reason="提前结束", now=w.at(5, 24, 10))
    world.go(w.at(5, 26, 9))
    assert world.channel.sent == []
    assert {notice.state for notice in world.notices(w.at(5, 26))} == {"suppressed"}


@pytest.mark.parametrize(
    "act",
    [
        lambda world, now: world.act("S", "动员会", now),
        lambda world, now: world.hand_in("G1B1", "方案", now, world.paper(120)),
        lambda world, now: world.override("G1B1", now),
        lambda world, now: world.waive("G1B1", "总结", now),
        lambda world, now: launching.switch_mail(world.house, None, on=True, by=w.ADMIN, now=now),
        lambda world, now: close(world.house, "spring", by=w.ADMIN, reason="", now=now),
    ],
)
def test_nothing_is_taken_after_a_campaign_is_closed_but_all_of_it_can_be_read(spring, act):
    close(spring.house, None, by=w.ADMIN, reason="提前结束", now=w.at(5, 20))
    before = spring.rows()
    with pytest.raises(CampaignOver):
        act(spring, w.at(5, 21))
    assert spring.rows() == before
    assert spring.state("S", "动员会", w.at(5, 21)) == "open"


def test_a_campaign_that_is_over_makes_room_for_the_next(make_world):
    world = make_world(w.launched(STRICT))
    close(world.house, None, by=w.ADMIN, reason="重来", now=w.at(5, 20))
    w.start(world.house, w.at(5, 21), name="第二次")
    world.sweep(w.at(5, 21))
    assert world.stage("G1B1", w.at(5, 21)) == "春季活动"


def test_every_refusal_is_a_sentence_in_both_languages():
    for error in (NothingLoaded(), NoCampaign()):
        assert isinstance(error, CampaignError)
        assert error.say("zh") != error.say("en")


def test_a_date_that_cannot_be_laid_out_on_the_day_of_receipt_is_refused(bare):
    text = head("late").replace("2010年5月中旬—2010年底", "接到通知后") + "tasks: {月报: {owner: 党支部, every: month}}\n"
    w.load(bare.house, text, bare.folder)
    before = bare.rows()
    with pytest.raises(NotDatable) as caught:
        w.start(bare.house)
    assert "tasks.月报.every" in caught.value.say("zh") and "end" in caught.value.say("en")
    assert bare.rows() == before
