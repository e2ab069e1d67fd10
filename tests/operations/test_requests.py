"""Asking for more time: whoever may grant it is told, and whoever asked hears the answer, be it yes or no."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.operations import requests
from engine.operations.campaigns import TaskRef
from engine.operations.granting import Request
from engine.store.codes import NoticeKind
from notifiers.base import NotSent
from tests.operations import world as w
from tests.operations.files import SPRING

ASKED = w.at(10, 20, 10)
ANSWERED = w.at(10, 21, 10)
LATER = date(2010, 11, 15)


@pytest.fixture
def autumn(make_world):
    world = make_world(w.launched(SPRING))
    world.go(w.at(10, 20, 9))
    return world


def ask(world, to=LATER, now=ASKED, *, by="书记G2B2", reason="外出学习"):
    request = Request(by=by, behalf=None, reason=reason)
    return requests.ask(world.house, None, "G2B2", TaskRef.parse("总结"), to=to, request=request, now=now)


def deny(world, now=ANSWERED, *, by="书记G2", reason="时间足够"):
    request = Request(by=by, behalf=None, reason=reason)
    return requests.deny(world.house, None, "G2B2", TaskRef.parse("总结"), request=request, now=now)


def told(world, kind):
    return [(line.recipient, line.state, line.reason) for line in world.notices(w.at(12, 1)) if line.kind == kind]


def text_to(world, code):
    return "".join(world.letters(code)[-1].split())


def test_whoever_may_grant_it_is_told_who_asks_until_when_and_why(autumn):
    assert ask(autumn).due == "2010-10-31"
    autumn.deliver(w.at(10, 21, 9))
    text = text_to(autumn, "G2")
    assert "申请延期，等您答复" in text and "申请延至：2010年11月15日（周一）" in text
    assert "申请人：书记G2B2" in text and "理由：外出学习" in text and "把答复（准，或不准并写明理由）发至" in text


def test_nothing_moves_until_it_is_granted(autumn):
    before = autumn.duty("G2B2", "总结", ASKED).due
    ask(autumn)
    assert autumn.duty("G2B2", "总结", ASKED).due == before
    autumn.extend("G2B2", "总结", LATER, w.at(10, 21))
    assert autumn.duty("G2B2", "总结", ASKED).due != before


def test_who_is_denied_hears_why_and_that_it_is_still_due(autumn):
    ask(autumn)
    deny(autumn)
    autumn.deliver(w.at(10, 21, 11))
    text = text_to(autumn, "G2B2")
    assert "延期申请未获批准" in text and "理由：时间足够" in text and "仍须按期完成" in text


@pytest.mark.parametrize("answer", [deny, lambda world: world.extend("G2B2", "总结", LATER, w.at(10, 21, 10))])
def test_what_was_answered_before_the_letter_went_is_asked_nobody(autumn, answer):
    ask(autumn)
    answer(autumn)
    autumn.deliver(w.at(10, 22, 9))
    assert told(autumn, NoticeKind.ASKED) == [("单位G2 书记G2", "suppressed", "answered")]
    assert not any("等您答复" in text for text in autumn.letters("G2"))


def test_what_was_answered_while_the_server_put_its_letter_off_is_asked_nobody(autumn):
    """It stood in a letter already, which had something else to say, too."""
    autumn.deliver(w.at(10, 21, 7))
    autumn.channel.sent.clear()
    ask(autumn)
    autumn.channel.fail(NotSent("450 later", cause="recipient"), address="g2@example.org")
    at = w.at(10, 22, 9)
    autumn.deliver(at)
    deny(autumn, at)
    autumn.deliver(at + timedelta(minutes=5))
    assert not any("申请延期" in text for text in autumn.letters("G2"))
    assert [line[1:] for line in told(autumn, NoticeKind.ASKED)] == [("suppressed", "answered")]


def test_who_asks_again_while_the_server_puts_the_letter_off_is_asked_for_once(autumn):
    ask(autumn)
    autumn.channel.fail(NotSent("450 later", cause="recipient"), address="g2@example.org")
    at = w.at(10, 22, 9)
    autumn.deliver(at)
    ask(autumn, date(2010, 11, 10), at)
    for minutes in (5, 10, 20, 60):
        autumn.deliver(at + timedelta(minutes=minutes))
    texts = [text for text in autumn.letters("G2") if "申请延期" in text]
    assert ["11月10日" in "".join(text.split()) for text in texts] == [True]
    assert sorted(line[1:] for line in told(autumn, NoticeKind.ASKED)) == [("sent", ""), ("suppressed", "superseded")]


def test_what_was_granted_after_all_is_not_denied_any_more(autumn):
    ask(autumn)
    deny(autumn, w.at(10, 21, 23))
    autumn.extend("G2B2", "总结", LATER, w.at(10, 21, 23))
    autumn.deliver(w.at(10, 22, 9))
    assert "未获批准" not in text_to(autumn, "G2B2") and "11月15日" in text_to(autumn, "G2B2")
    assert told(autumn, NoticeKind.DENIED) == [("单位G2B2 书记G2B2", "suppressed", "superseded")]


def test_who_asks_again_is_asked_for_once(autumn):
    ask(autumn)
    ask(autumn, date(2010, 11, 10), w.at(10, 20, 11))
    autumn.deliver(w.at(10, 21, 9))
    assert [state for _, state, _ in told(autumn, NoticeKind.ASKED)] == ["suppressed", "sent"]
    assert "申请延至：2010年11月10日（周三）" in text_to(autumn, "G2")


def test_without_a_question_there_is_no_answer(autumn):
    assert w.codes(w.refused(lambda: deny(autumn))) == ["not-asked"]


def test_one_question_has_one_answer(autumn):
    ask(autumn)
    deny(autumn)
    assert w.codes(w.refused(lambda: deny(autumn))) == ["not-asked"]


def test_only_whoever_owes_it_asks_and_only_whoever_may_grant_it_denies(autumn):
    assert w.codes(w.refused(lambda: ask(autumn, by="书记G2B1"))) == ["not-owner"]
    ask(autumn)
    assert w.codes(w.refused(lambda: deny(autumn, by="书记G1"))) == ["not-entitled"]


def test_without_a_reason_neither_is_taken(autumn):
    assert w.codes(w.refused(lambda: ask(autumn, reason=" "))) == ["no-reason"]
    ask(autumn)
    assert w.codes(w.refused(lambda: deny(autumn, reason=""))) == ["no-reason"]


@pytest.mark.parametrize(("to", "code"), [(date(2010, 10, 31), "not-later"), (date(2010, 11, 21), "too-far")])
def test_what_could_not_be_granted_cannot_be_asked_for(autumn, to, code):
    assert w.codes(w.refused(lambda: ask(autumn, to))) == [code]


def test_who_has_handed_in_meanwhile_is_not_asked_for(autumn):
    ask(autumn)
    autumn.act("G2B2", "总结", w.at(10, 20, 12))
    autumn.deliver(w.at(10, 21, 9))
    assert told(autumn, NoticeKind.ASKED) == [("单位G2 书记G2", "suppressed", "handed-in")]
