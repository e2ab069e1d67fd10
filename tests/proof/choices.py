"""What a history chooses from: plans of a few parameters, and when something happens."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.proof.plan import LEAF, MIDDLE, Plan, Task, windows

DUE = {"计划": date(2031, 3, 20), "落实": date(2031, 8, 20)}
MODALITIES = st.sampled_from(("must", "must", "should", "may"))
LOCKS = ("", "", "due", "due + 5d")
LATER = st.sampled_from(
    [timedelta(), timedelta(), timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=9)]
)
LEAPS = st.sampled_from([timedelta(hours=8, minutes=30), timedelta(days=2), timedelta(days=11), timedelta(days=40)])
LAUNCHES = st.sampled_from(("2031-02-20", "2031-03-03", "2031-03-03", "2031-03-10", "2031-03-24", "2031-04-05", "2031-08-25", "2032-02-02"))
# For how long a program is off, and what happens before that (some number of something).
YEARS = st.lists(st.tuples(st.sampled_from((2, 12, 26, 40, 40)), st.integers(1, 99), st.integers(0, 999)), min_size=8, max_size=8)
BATCHES = st.sampled_from((1, 2, 3, 5000))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Two or three stages with two to six tasks."""
    stages = draw(st.sampled_from((2, 2, 3)))
    found = [draw(first_tasks()), draw(second_tasks())]
    for others, often in ((papers(), 4), (checks(), 4), (roll_ups(), 2), (rhythms(), 4), (reports(), 4)):
        found += [draw(others)] if draw(st.integers(1, often)) == often else []
    if stages == 3:
        found.append(draw(last_tasks()))
    known = {task.name for task in found}
    # Who waits for what is not in this plan waits for the plan instead.
    kept = [task if set(task.after) <= known | {"below.计划"} else _instead(task) for task in found]
    return Plan(
        windows=windows(stages, draw(st.sampled_from(("gap", "next", "over")))),
        entry=stages == 3 and draw(st.booleans()),
        tasks=tuple(kept),
    )


def _instead(task: Task) -> Task:
    return Task(name=task.name, stage=task.stage, subjects=task.subjects, after=("计划",), ladder=task.ladder)


def first_tasks() -> st.SearchStrategy[Task]:
    """What the branches owe first; everybody else waits for it."""
    return st.builds(
        Task,
        name=st.just("计划"),
        stage=st.just(0),
        modality=MODALITIES,
        due=st.just(DUE["计划"]),
        reviewed=st.sampled_from((True, True, False)),
        rework=st.sampled_from((0, 10)),
        grace=st.sampled_from((0, 2)),
        lock=st.sampled_from((*LOCKS, "2031-03-26")),
        extend=st.sampled_from(((0, 0), (30, 2), (30, 1))),
        waive=st.booleans(),
        ladder=st.sampled_from(("chase", "early", "named", "house")),
    )


def second_tasks() -> st.SearchStrategy[Task]:
    """What follows from it, perhaps only for whoever has come so far."""
    return st.builds(
        Task,
        name=st.just("落实"),
        stage=st.just(1),
        modality=MODALITIES,
        due=st.just(DUE["落实"]),
        reviewed=st.booleans(),
        lock=st.sampled_from((*LOCKS, "2031-08-28")),
        on_entry=st.booleans(),
        after=st.sampled_from(((), ("计划",), ("计划",))),
        extend=st.sampled_from(((0, 0), (15, 1))),
        ladder=st.sampled_from(("once", "chase")),
    )


def papers() -> st.SearchStrategy[Task]:
    """A document of the general branches."""
    return st.builds(
        Task,
        name=st.just("材料"),
        stage=st.just(0),
        subjects=st.just((MIDDLE,)),
        document=st.just(True),
        reviewed=st.booleans(),
        modality=MODALITIES,
    )


def checks() -> st.SearchStrategy[Task]:
    """What a superior owes for each of those below."""
    return st.builds(
        Task,
        name=st.just("检查"),
        stage=st.just(0),
        by_superior=st.just(True),
        modality=MODALITIES,
        ladder=st.sampled_from(("chase", "named")),
    )


def roll_ups() -> st.SearchStrategy[Task]:
    """What waits for those below: directly, for all of them, or for what is owed about them."""
    after = st.sampled_from((("below.计划",), ("计划",), ("检查",), ("检查", "below.计划")))
    return st.builds(
        Task, name=st.just("汇总"), stage=st.just(1), subjects=st.just((MIDDLE,)), after=after, modality=MODALITIES, waive=st.booleans()
    )


def rhythms() -> st.SearchStrategy[Task]:
    """Once a quarter, in principle."""
    return st.builds(
        Task, name=st.just("季评"), stage=st.just(1), by_superior=st.booleans(), quarterly=st.just(True), modality=st.just("should")
    )


def reports() -> st.SearchStrategy[Task]:
    """Bound to no stage."""
    due = st.sampled_from((date(2031, 3, 15), date(2031, 4, 10), date(2031, 8, 25)))
    return st.builds(
        Task,
        name=st.just("报告"),
        stage=st.none(),
        subjects=st.just((MIDDLE, LEAF)),
        due=due,
        urgent=st.booleans(),
        ladder=st.sampled_from(("once", "chase")),
    )


def last_tasks() -> st.SearchStrategy[Task]:
    """What ends in a lock."""
    lock = st.sampled_from(("due", "due + 5d"))
    return st.builds(
        Task, name=st.just("收官"), stage=st.just(2), due=st.just(date(2032, 1, 20)), lock=lock, extend=st.sampled_from(((0, 0), (20, 1)))
    )
