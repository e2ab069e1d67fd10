"""What letters say: every notice in the right part, with who, what, where to and why."""

from __future__ import annotations

import re
from datetime import date

import pytest

from engine.operations import launching
from engine.org.model import Person, Roster, Tenure
from engine.store import notices, roster
from tests.operations import world as w
from tests.operations.files import LADDERS, PACKAGE, SPRING, STRICT, head

MORNING = w.at(5, 24, 9)
DAY = w.at(5, 20, 10)

# A comment about each branch, owed by whoever leads the unit above and delivered to the branch.
COMMENT = (
    head("comment")
    + """
sources: {意见: {title: 实施意见}}
tasks:
  点评:
    title: 领导点评
    cite: [三(一)二, 四1]
    for: 党支部
    owner: superior.书记
    every: {each: quarter, partial: drop}
    artifact: document
    deliver: [{to: subject}]
  谈话: {for: 党支部, owner: superior.书记, due: 6月底前, deliver: [{to: subject}]}
  评定: {for: 党支部, owner: superior.书记, due: 6月底前, review: owner.superior, artifact: document, deliver: [{to: subject}]}
"""
)


def flat(text):
    """The text without line ends and blanks, which stand where a line happened to be full."""
    return re.sub(r"\s", "", text)


def fates(world, now, **wanted):
    """What became of the notices with these values: (state, reason)."""
    found = [one for one in world.notices(now) if all(getattr(one, name) == value for name, value in wanted.items())]
    return {(one.state, one.reason) for one in found}


@pytest.fixture
def comment(make_world):
    """The campaign of comments."""
    return make_world(w.launched(COMMENT))


def test_a_result_says_who_did_it_when_and_where_it_is_to_be_had(comment):
    comment.hand_in("G2B1", "点评@2010-Q3", w.at(9, 27, 9), comment.paper(10), by="书记G2")
    comment.deliver(w.at(9, 27, 10))
    (letter,) = comment.channel.to("g2b1@example.org")
    assert letter.subject == "领导点评（2010年第三季度）已作出【春季活动】"
    assert "G2B1 领导点评 2010年第三季度" in letter.text
    text = flat(letter.text)
    assert "上级已办结，送您阅知" in text and "单位G2：领导点评（2010年第三季度，对单位G2B1）" in text
    assert "办理人：书记G2，2010年9月27日（周一）" in text
    assert f"材料：无需上报；如需查看，请向活动办（{w.OFFICE}）索取“G2B1领导点评2010年第三季度”" in text
    assert "依据：《实施意见》三(一)二；四1" in text
    assert "截止" not in text and "逾期" not in text


def test_the_result_of_an_act_is_what_was_said_of_it(comment):
    comment.act("G2B1", "谈话", w.at(6, 3, 9), by="书记G2", say="谈了三件事。")
    comment.deliver(w.at(6, 3, 10))
    (text,) = comment.letters("G2B1")
    assert "办理情况：2010年6月3日（周四），谈了三件事。" in text and "材料：" not in text


def test_a_result_that_was_reviewed_names_its_author_and_who_accepted_it(comment):
    comment.hand_in("G2B1", "评定", w.at(6, 3, 9), comment.paper(10), by="书记G2")
    comment.accept("G2B1", "评定", w.at(6, 4, 9), by="书记S")
    comment.deliver(w.at(6, 4, 10))
    (text,) = comment.letters("G2B1")
    assert "办理人：书记G2，2010年6月3日（周四）；审核人：书记S，2010年6月4日（周五）" in flat(text)


def test_a_result_is_not_told_to_its_author(comment):
    """G1B3 is led by nobody: what its superior writes about it would come back to her."""
    comment.hand_in("G1B3", "点评@2010-Q3", w.at(9, 27, 9), comment.paper(10), by="书记G1")
    comment.deliver(w.at(9, 27, 10))
    assert fates(comment, w.at(9, 27, 10), unit="G1B3", kind=4) == {("suppressed", "own-work")}


def test_a_result_that_was_returned_again_is_not_told(comment):
    comment.hand_in("G2B1", "评定", w.at(6, 3, 9), comment.paper(10), by="书记G2")
    comment.accept("G2B1", "评定", w.at(6, 4, 9), by="书记S")
    comment.send_back("G2B1", "评定", w.at(6, 4, 10), by="书记S")
    comment.deliver(w.at(6, 4, 11))
    assert comment.letters("G2B1") == []


def test_who_owes_something_about_another_unit_is_the_debtor(comment):
    comment.go(w.at(9, 23, 9))
    assert "单位G2：领导点评（2010年第三季度，对单位G2B1）" in flat(comment.letters("G2")[-1])
    comment.go(w.at(10, 15, 9))
    letter = comment.channel.to(w.OFFICE)[-1]
    assert "-单位G2（书记G2）未办：对单位G2B1、单位G2B2、单位G2B3的领导点评（2010年第三季度）" in flat(letter.text)
    assert "<strong>单位G2（书记G2）</strong>未办：对单位G2B1、单位G2B2、单位G2B3的领导点评" in letter.html


def test_the_reviewer_is_told_where_the_paper_is_and_how_to_judge(spring):
    spring.hand_in("G2B1", "方案", DAY, spring.paper(120))
    spring.deliver(DAY)
    text = flat(spring.letters("G2")[0])
    assert f"材料：请向活动办（{w.OFFICE}）索取，注明“G2B1方案”" in text
    assert f"审核方式：看过后把意见（通过，或退回并写明理由）发至{w.OFFICE}，注明“G2B1方案”" in text
    assert "上报截止：2010年5月31日（周一）" in text and "上报人：书记G2B1" in text


def test_whoever_handed_it_in_is_not_asked_to_review_it_another_holder_is(spring):
    spring.hand_in("G1B3", "方案", DAY, spring.paper(120), by="书记G1")
    spring.deliver(DAY)
    assert spring.letters("G1") == []
    (letter,) = spring.channel.to("g1.deputy@example.org")
    assert "等您审核" in letter.text and "上报人：书记G1" in letter.text
    assert spring.accept("G1B3", "方案", DAY, by="副书记G1").state == "accepted"


def test_what_its_reviewer_handed_in_goes_to_the_superior_to_name_another(spring):
    """The roster changed after the hand-in: who handed it in leads the reviewing unit now."""
    spring.hand_in("G2B1", "方案", DAY, spring.paper(120))
    author = Person(name="书记G2B1", email="g2b1@example.org")
    with spring.house.database.write() as connection:
        roster.import_roster(connection, Roster(tenures=(Tenure(unit="G2", post="书记", person=author),)), w.BEFORE)
    spring.bring_in("G2,单位G2,党总支,S\n", "G2,书记,书记G2,g2@example.org,,2010-05-01\n", DAY)
    spring.deliver(DAY)
    assert spring.letters("G2B1") == [] and spring.letters("G2") == []
    (letter,) = spring.channel.to("s@example.org")
    assert "上报人就是审核人，请另行指定审核人" in letter.text and letter.subject.startswith("请另行指定审核人：方案")
    assert f"指定方式：把由谁审核告诉活动办（{w.OFFICE}），注明“G2B1方案”" in flat(letter.text)


def test_where_nobody_is_above_the_office_is_asked_to_name_a_reviewer(spring):
    both = Person(name="书记S", email="s@example.org")
    with spring.house.database.write() as connection:
        roster.import_roster(connection, Roster(tenures=(Tenure(unit="G2", post="书记", person=both),)), w.BEFORE)
    spring.bring_in("G2,单位G2,党总支,S\n", "G2,书记,书记G2,g2@example.org,,2010-05-01\n", DAY)
    spring.hand_in("G2", "方案", DAY, spring.paper(120), by="书记S")
    spring.deliver(DAY)
    assert spring.letters("S") == []
    (letter,) = spring.channel.to(w.OFFICE)
    assert "上报人就是审核人，请另行指定审核人" in letter.text and "请联系" not in letter.text
    assert "指定方式" not in letter.text, "the office need not tell itself"


def test_an_escalation_to_whoever_stands_in_for_a_vacant_post_is_her_own_duty_and_no_laggard(spring):
    """G1 stands in for the vacant G1B3."""
    for now in (w.at(6, 4, 9), w.at(6, 7, 9)):
        spring.go(now)
    own, below = spring.letters("G1")[-1].split("下级单位尚未完成的工作")
    assert "单位G1B3：方案" in own
    assert "单位G1B1（书记G1B1）未办：方案" in below and "单位G1B3" not in below.split("另请注意")[0]
    assert "单位G1B3的书记岗位目前空缺，因此发给您" in below


SUPERIORS_ALONE = head("alone") + "tasks:\n  方案: {owner: 党支部, due: 5月20日前, ladder: [{at: +1d, to: superior}]}\n"


def test_what_is_late_at_a_vacant_post_is_told_although_only_superiors_are_to_be_told(make_world):
    world = make_world(w.launched(SUPERIORS_ALONE))
    world.go(w.at(5, 21, 9))
    (letter,) = world.letters("G1")
    assert "单位G1B3：方案" in letter.split("下级单位尚未完成的工作")[0]
    assert not [one for one in world.notices(w.at(5, 21, 9)) if one.unit == "G1B3" and one.state == "suppressed"]


def test_the_last_try_is_told_in_the_whole_sentence_of_the_check(spring):
    w.refused(lambda: spring.hand_in("G2B1", "方案", DAY, spring.paper(86)))
    spring.go(MORNING)
    text = flat(spring.letters("G2B1")[0])
    assert "上次未收：全文86字，还差14字（要求不少于100字" in text and "尚缺" not in text


def test_a_package_is_asked_for_all_at_once_and_what_was_missing_is_named(make_world):
    world = make_world(w.launched(PACKAGE))
    w.refused(lambda: world.hand_in("G2B1", "成套", w.at(6, 1), {"报告": world.paper(60)}))
    world.go(w.at(6, 23, 9))
    text = flat(world.letters("G2B1")[0])
    assert f"上报方式：把报告（不少于50字）、附表两份材料（一次交齐）发至{w.OFFICE}，注明“G2B1成套”" in text
    assert "上次未收：" in text and "附表" in text.split("上次未收：")[1].split("上报方式")[0]


def test_an_act_is_answered_by_a_letter_with_the_day_and_a_sentence(make_world):
    world = make_world(w.launched(STRICT))
    world.go(w.at(6, 3, 9))
    text = flat(world.letters("G2B1")[0])
    assert f"办理方式：请回信（{w.OFFICE}）写明办理日期和一句说明，注明“G2B1快报”" in text


def test_without_an_office_nobody_is_told_to_type_a_command(make_world):
    world = make_world(w.launched(SPRING, office=""))
    world.go(MORNING)
    text = world.letters("G2B1")[0]
    assert "请把材料（不少于 100 字）交给活动办公室" in text and "如有疑问，请联系活动办公室。" in text
    assert "campaign" not in text


def test_a_reminder_of_what_was_returned_says_so(spring):
    spring.hand_in("G2B1", "方案", DAY, spring.paper(120))
    spring.send_back("G2B1", "方案", DAY, reason="太泛")
    spring.go(w.at(5, 21))
    spring.go(w.at(5, 28, 9))
    letter = spring.channel.to("g2b1@example.org")[-1]
    assert "被退回，请修改后重新上报" in letter.text and "退回人：书记G2" in letter.text and "太泛" in letter.text
    assert letter.subject == "被退回，还有 3 天：方案【春季活动】"


def test_what_was_returned_after_the_lock_is_told_with_the_closing_time(make_world):
    world = make_world(w.launched(STRICT.replace("lock: due + 5d", "lock: due + 5d, artifact: document, review: superior")))
    world.hand_in("G2B1", "快报", w.at(6, 14), world.paper(10))
    world.send_back("G2B1", "快报", w.at(6, 21, 9), reason="没有数字")
    world.go(w.at(6, 21, 10))
    assert world.state("G2B1", "快报", w.at(6, 21, 10)) == "lapsed"
    letter = world.channel.to("g2b1@example.org")[-1]
    assert "没有数字" in letter.text and "已经截止，不再受理" in letter.text and "请修改后重新上报" not in letter.text
    assert letter.subject.startswith("被退回，截止时间已过：快报")


@pytest.fixture
def report(spring):
    """Of all that G2B1 has to do only the report is left."""
    spring.hand_in("G2B1", "方案", DAY, spring.paper(120))
    spring.accept("G2B1", "方案", DAY)
    spring.deliver(DAY)
    return spring


def test_a_waiver_asks_for_nothing_and_names_no_day(report):
    report.waive("G2B1", "总结", w.at(6, 8), reason="合并")
    report.deliver(w.at(6, 8, 9))
    letter = report.channel.to("g2b1@example.org")[-1]
    assert "目前状态：无需上报" in letter.text and "批准人：书记G2" in letter.text and "截止" not in letter.text
    assert letter.subject == "已免报：总结【春季活动】"


def test_an_extension_says_until_when_and_how(report):
    report.extend("G2B1", "总结", date(2010, 11, 15), w.at(10, 21))
    report.deliver(w.at(10, 21, 9))
    letter = report.channel.to("g2b1@example.org")[-1]
    text = flat(letter.text)
    assert "新的期限：2010年11月15日（周一），还有" in text and f"请回信（{w.OFFICE}）写明办理日期" in text
    assert letter.subject == "已延期至11月15日：总结【春季活动】"


def test_an_extension_of_what_has_been_handed_in_meanwhile_is_not_told(report):
    report.extend("G2B1", "总结", date(2010, 11, 15), w.at(10, 21))
    report.act("G2B1", "总结", w.at(10, 21))
    report.deliver(w.at(10, 21, 9))
    assert not any("延期" in text for text in report.letters("G2B1"))


def test_the_vacancy_note_names_the_post_and_the_office(spring):
    spring.go(MORNING)
    text = flat(spring.letters("G1")[0])
    assert "单位G1B3的书记岗位目前空缺，因此发给您；请尽快明确人选并告知活动办。" in text


def test_the_office_is_told_why_it_is_and_of_a_vacancy_what_to_do(make_world):
    world = make_world(w.launched(SPRING, who="full"))
    world.go(w.at(6, 4, 9))
    world.go(w.at(6, 7, 9))
    (letter,) = world.channel.to(w.OFFICE)
    assert "这些单位的上级不由系统催办，因此发给活动办。" in letter.text
    assert "请联系" not in letter.text


def test_where_nobody_is_above_to_be_told_of_a_laggard_the_office_is(make_world):
    world = make_world(w.launched(LADDERS, who="deserted"))
    world.go(w.at(6, 11, 9))
    (letter,) = world.channel.to(w.OFFICE)
    text = flat(letter.text)
    assert "上级书记岗位空缺，因此发给活动办。" in text
    assert "单位G1（岗位空缺，请明确人选）未办：上报" in text


def test_a_person_has_one_letter_a_day_whatever_campaigns_run(spring):
    w.load(spring.house, SPRING.replace("workflow: spring", "workflow: second").replace("春季活动", "另一活动"), spring.folder)
    w.start(spring.house, workflow="second", name="second")
    launching.switch_mail(spring.house, "second", on=True, by=w.ADMIN, now=w.BEFORE)
    for hour in (9, 10):
        spring.go(w.at(5, 24, hour))
    assert len(spring.letters("G2B1")) == 1
    spring.go(w.at(5, 25, 9))
    first, second = spring.letters("G2B1")
    assert "春季活动" in first and "另一活动" in second


def test_whichever_campaign_waits_longest_comes_first(spring):
    """Else somebody who is told of one campaign every day would never hear of the other."""
    w.load(spring.house, SPRING.replace("workflow: spring", "workflow: second"), spring.folder)
    w.start(spring.house, workflow="second", name="second")
    launching.switch_mail(spring.house, "second", on=True, by=w.ADMIN, now=w.BEFORE)
    spring.go(MORNING)
    with spring.house.database.read() as connection:
        assert notices.waiting_longest(connection) == (2,)
    spring.sweep(w.at(5, 28, 9))
    with spring.house.database.read() as connection:
        assert notices.waiting_longest(connection) == (2, 1)
