"""Keeping a version of a workflow."""

from __future__ import annotations

import pytest

from engine.errors import FileProblems
from engine.operations.loading import FileUnreadable, OpenDoubts, VersionTaken, load
from engine.operations.people import NoActor
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING, WALK


@pytest.fixture
def bare(make_world: MakeWorld) -> w.World:
    """A house with a roster and nothing else."""
    return make_world(w.empty())


def test_a_loaded_version_is_kept_with_its_source_and_who_loaded_it(bare):
    loaded = w.load(bare.house, SPRING, bare.folder)
    assert (loaded.name, loaded.version, loaded.stages, loaded.tasks, loaded.again) == ("spring", 1, 2, 5, False)
    (row,) = bare.rows("workflow")["workflow"]
    assert SPRING in row
    (line,) = [row for row in bare.rows("event")["event"] if "loaded" in row]
    assert line is not None


def test_the_same_file_again_is_the_same_version_and_writes_nothing(bare):
    first = w.load(bare.house, SPRING, bare.folder)
    before = bare.rows("workflow", "event")
    again = w.load(bare.house, SPRING, bare.folder, w.at(5, 3))
    assert again.again and again.digest == first.digest
    assert bare.rows("workflow", "event") == before


def test_a_changed_file_under_the_same_version_is_refused_and_the_first_one_stays(bare):
    w.load(bare.house, SPRING, bare.folder)
    before = bare.rows()
    with pytest.raises(VersionTaken):
        w.load(bare.house, SPRING.replace("100字", "90字"), bare.folder)
    assert bare.rows() == before


def test_a_changed_file_with_a_raised_version_stands_beside_the_first(bare):
    w.load(bare.house, SPRING, bare.folder)
    raised = w.load(bare.house, SPRING.replace("version: 1", "version: 2").replace("100字", "90字"), bare.folder)
    assert (raised.version, raised.again) == (2, False)
    assert len(bare.rows("workflow")["workflow"]) == 2


def test_a_file_with_an_open_doubt_is_not_loaded_until_somebody_settles_it(bare):
    doubtful = WALK.replace("甲: {owner: 党支部}", "甲: {owner: 党支部, doubt: {says: 另行通知, read: 五月底, why: 原文如此}}")
    with pytest.raises(OpenDoubts) as caught:
        w.load(bare.house, doubtful, bare.folder)
    assert "另行通知" in caught.value.say("zh")
    assert bare.rows("workflow")["workflow"] == []
    settled = doubtful.replace("why: 原文如此", "why: 原文如此, settled: 李明")
    assert not w.load(bare.house, settled, bare.folder).again


def test_a_broken_file_is_refused_with_every_error_at_its_place_and_nothing_is_kept(bare):
    before = bare.rows()
    broken = SPRING.replace("review: superior}", "reveiw: superior}").replace("due: 10月底前", "due: 10月底钱")
    with pytest.raises(FileProblems) as caught:
        w.load(bare.house, broken, bare.folder)
    places = {(problem.path, problem.line > 0) for problem in caught.value.problems}
    assert ("stages.动员.tasks.方案.reveiw", True) in places
    assert all(problem.severity == "error" for problem in caught.value.problems)
    assert bare.rows() == before


def test_bytes_that_are_no_workflow_are_refused_in_words(bare):
    with pytest.raises(FileProblems):
        w.load(bare.house, "]: {", bare.folder)


def test_a_file_that_is_not_there_is_one_sentence(bare):
    with pytest.raises(FileUnreadable):
        load(bare.house, bare.folder / "nowhere.yaml", by=w.ADMIN, now=w.BEFORE)


@pytest.mark.parametrize("nobody", [None, "", "  "])
def test_nobody_loads_without_a_name(bare, nobody):
    file = bare.folder / "w.yaml"
    file.write_text(SPRING, encoding="utf-8")
    with pytest.raises(NoActor):
        load(bare.house, file, by=nobody, now=w.BEFORE)
