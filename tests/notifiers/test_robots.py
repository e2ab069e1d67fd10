"""The robots of DingTalk, WeCom and Feishu: what their codes mean, how much fits, and that a group knows who is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.base import Letter, Notifier, NotSent
from notifiers.errors import Lang
from notifiers.posting import NotPosted
from notifiers.registry import make
from notifiers.robots import Pace, cut, signature, size
from notifiers.samples import samples
from notifiers.texts import compose
from notifiers.wrap import unwrap, wrap
from tests.notifiers import gallery
from tests.notifiers.letters import NOW, letter
from tests.notifiers.services import ROBOTS, Meet, Service, options, said, service


def heard(state: Service) -> str:
    """All that the group was last told, the title first."""
    values: Any = state.taken[-1].values
    if "content" in values:
        post = values["content"]["post"]["zh_cn"]
        return f"{post['title']}\n\n{post['content'][-1][0]['text']}"
    told: str = values[values["msgtype"]]["content"]
    return told


def failure(notifier: Notifier, one: Letter | None = None) -> NotSent:
    with pytest.raises(NotSent) as raised:
        notifier.send(one or letter(), NOW)
    return raised.value


def meaning(error: NotSent) -> tuple[str, bool, bool]:
    return error.cause, error.permanent, error.unknown


CODES = [
    ("dingtalk", -1, "busy", False),
    ("dingtalk", 130101, "busy", False),
    ("dingtalk", 410100, "busy", False),
    ("dingtalk", 310000, "login", False),
    ("dingtalk", 300001, "login", False),
    ("dingtalk", 300005, "login", False),
    ("dingtalk", 400101, "login", False),
    ("dingtalk", 400102, "login", False),
    ("dingtalk", 460101, "content", True),
    ("dingtalk", 430102, "content", True),
    ("dingtalk", 999999, "refused", False),
    ("wecom", -1, "busy", False),
    ("wecom", 45009, "busy", False),
    ("wecom", 45033, "busy", False),
    ("wecom", 93000, "login", False),
    ("wecom", 93004, "login", False),
    ("wecom", 60020, "login", False),
    ("wecom", 40058, "content", True),
    ("wecom", 45002, "content", True),
    ("wecom", 999999, "refused", False),
    ("feishu", 11232, "busy", False),
    ("feishu", 19001, "login", False),
    ("feishu", 19021, "login", False),
    ("feishu", 19022, "login", False),
    ("feishu", 19024, "login", False),
    ("feishu", 9499, "content", True),
    ("feishu", 19002, "content", True),
    ("feishu", 999999, "refused", False),
]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("name", "code", "cause", "permanent"), CODES)
def test_a_code_that_is_not_zero_is_a_failure_whatever_the_status(
    meet: Meet, name: str, code: int, cause: str, permanent: bool, status: int
) -> None:
    notifier, state = meet(name)
    state.replies.append(said(status, errcode=code, errmsg="不行\n", code=code, msg="不行\n"))
    error = failure(notifier)
    assert meaning(error) == (cause, permanent, False)
    assert error.reason == f"{code} 不行"


def test_feishu_says_bad_request_also_to_whoever_hurries(meet: Meet) -> None:
    notifier, state = meet("feishu")
    state.replies.append(said(400, code=9499, msg="too many request", data={}))
    assert meaning(failure(notifier)) == ("busy", False, False)


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
@pytest.mark.parametrize(("late", "taken"), [(timedelta(minutes=59), True), (timedelta(minutes=60), True), (timedelta(minutes=61), False)])
def test_a_signature_is_good_for_an_hour(meet: Meet, name: str, late: timedelta, taken: bool) -> None:
    notifier, state = meet(name)
    state.at = NOW + late
    if taken:
        notifier.send(letter(), NOW)
    else:
        assert meaning(failure(notifier)) == ("login", False, False)
    assert len(state.taken) == taken


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_a_wrong_secret_and_a_missing_keyword_are_matters_of_configuration(meet: Meet, name: str) -> None:
    notifier, state = meet(name)
    state.keyword = "监控报警"
    assert meaning(failure(notifier)) == ("login", False, False)
    state.secret = "another"
    assert meaning(failure(notifier)) == ("login", False, False)


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_a_robot_without_a_secret_is_not_signed(name: str) -> None:
    with service(name) as state:
        state.secret = ""
        notifier = make(name, options(state))
        notifier.send(letter(), NOW)
        notifier.close()
    assert "sign" not in state.taken[0].path and "sign" not in state.taken[0].values


def test_the_signatures_are_those_that_openssl_makes() -> None:
    # printf '1599360473000\nSECx' | openssl dgst -sha256 -hmac SECx -binary | base64, as DingTalk wants it; and
    # openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '1599360473\nSECx' | xxd -p) -binary < /dev/null, as Feishu does.
    assert signature("SECx", "1599360473000\nSECx") == "kZClFWJgWKbpyiNuCYzh2LpxohAhwJ2TFVhsZ+jjN8o="
    assert signature("1599360473\nSECx") == "UT7c9LEqNJ/xtO0WKPu5SWF8sS2TLQBpIirCKM2ectc="


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize(("lang", "begins"), [("zh", "李四：【创先争优】"), ("en", "李四: 【创先争优】")])
def test_what_is_said_to_a_group_begins_with_the_name_of_whom_it_is_for(meet: Meet, name: str, lang: Lang, begins: str) -> None:
    notifier, state = meet(name)
    notifier.send(letter(lang=lang), NOW)
    assert heard(state).startswith(begins)
    assert "li.si@example.org" not in state.taken[0].body.decode()


CALLS = '<@all> @所有人 @all <at user_id="all">所有人</at> **粗** [链](https://example.org) `x`\n# 题\n > 引\n'


@pytest.mark.parametrize("length", [1, 900])
def test_no_words_of_a_letter_call_anybody_in_wecom(meet: Meet, length: int) -> None:
    notifier, state = meet("wecom")
    notifier.send(letter(to_name="<@all>", text=CALLS + "字" * length), NOW)
    values = state.taken[0].values
    assert values["msgtype"] == ("text" if length == 1 else "markdown")
    assert "<@" not in heard(state) and "mentioned_list" not in str(values)


def test_a_long_letter_to_wecom_shows_its_signs_and_makes_nothing_of_them(meet: Meet) -> None:
    notifier, state = meet("wecom")
    notifier.send(letter(text=CALLS + "campaign stuck S --as 周敏 *.txt a_b\n" + "字" * 900), NOW)
    shown = heard(state)
    assert not [sign for sign in ("**", "`", "](", "<", "\n#", "\n >") if sign in shown]
    assert "\ncampaign stuck S --as 周敏 *.txt a_b\n" in shown


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_what_looks_like_a_call_stays_as_it_is_where_it_calls_nobody(meet: Meet, name: str) -> None:
    notifier, state = meet(name)
    notifier.send(letter(text=CALLS), NOW)
    assert CALLS.strip() in heard(state)
    values = state.taken[0].values
    assert values.get("at", {"isAtAll": False}) == {"isAtAll": False}
    assert values.get("msg_type", "post") == "post"


FOLDED = wrap("1. 党支部：总结\n   上报方式：" + "把材料发至办公室，" * 9 + "\n   依据：" + "send it to the office " * 6)


@pytest.mark.parametrize("name", ROBOTS)
def test_a_phone_folds_the_lines_not_the_letter(meet: Meet, name: str) -> None:
    notifier, state = meet(name)
    notifier.send(letter(text=FOLDED), NOW)
    assert len(FOLDED.split("\n")) > 5
    assert heard(state).partition("\n\n")[2] == unwrap(FOLDED) and len(unwrap(FOLDED).split("\n")) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ROBOTS)
def test_every_sample_is_within_the_limits_and_none_is_folded(name: str, lang: Lang) -> None:
    with service(name) as state:
        for title, view in samples(lang).items():
            notifier = make(name, options(state))
            notifier.send(gallery.letter(title, lang, compose(view)), NOW)
            notifier.close()
            assert not [line for line in heard(state).split("\n") if line.endswith(" ")]


def most_that_is_whole(meet: Meet, name: str) -> int:
    """The length of the longest letter, in Chinese characters and lines of ten, of which nothing is cut."""
    notifier, state = meet(name)
    low, high = 1, 8000
    while low < high:
        middle = (low + high + 1) // 2
        notifier = make(name, options(state))
        notifier.send(letter(text=ruled(middle)), NOW)
        notifier.close()
        low, high = (middle, high) if heard(state).endswith("终") else (low, middle - 1)
    return low


def ruled(length: int) -> str:
    text = "字" * (length - 1) + "终"
    return "\n".join(text[at : at + 10] for at in range(0, length, 10))


@pytest.mark.parametrize(("name", "most"), [("dingtalk", 20_000), ("wecom", 4_096), ("feishu", 20_000)])
def test_a_letter_is_cut_only_where_the_service_would_refuse_it(meet: Meet, name: str, most: int) -> None:
    longest = most_that_is_whole(meet, name)
    notifier, state = meet(name)
    for length, whole in ((longest - 1, True), (longest, True), (longest + 1, False)):
        notifier.send(letter(text=ruled(length)), NOW)
        assert heard(state).endswith("终") == whole
    counted = len(heard(state).encode()) if name == "wecom" else len(state.taken[-2].body)
    assert most - 120 < counted <= most


@pytest.mark.parametrize(("length", "kind"), [(1, "text"), (600, "text"), (900, "markdown"), (5000, "markdown")])
def test_wecom_gets_plain_text_as_long_as_it_fits(meet: Meet, length: int, kind: str) -> None:
    notifier, state = meet("wecom")
    notifier.send(letter(text=ruled(length)), NOW)
    assert state.taken[0].values["msgtype"] == kind


@pytest.mark.parametrize(("bytes_", "kind"), [(2047, "text"), (2048, "text"), (2049, "markdown")])
def test_wecom_counts_bytes(meet: Meet, bytes_: int, kind: str) -> None:
    notifier, state = meet("wecom")
    bare = letter(to_name="李", subject="题", text="")
    notifier.send(replace(bare, text="x" * (bytes_ - size("李：题\n\n"))), NOW)
    assert (state.taken[0].values["msgtype"], size(heard(state))) == (kind, bytes_)


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "行没有写出。全文请向创先争优活动办公室（office@example.org）索取。"),
        ("en", "more line(s) are left out. Ask 创先争优活动办公室 (office@example.org) for the whole letter."),
    ],
)
def test_a_letter_that_is_cut_says_so_in_its_language_and_who_has_the_rest(meet: Meet, name: str, lang: Lang, words: str) -> None:
    notifier, state = meet(name)
    text = "\n".join(f"第 {number} 行，" + "字" * 30 for number in range(1, 501))
    notifier.send(letter(lang=lang, text=text), NOW)
    *lines, empty, note = heard(state).split("\n")
    assert note.endswith(words) and empty == ""
    whole = lines[2:]
    assert whole == text.split("\n")[: len(whole)]
    assert f" {500 - len(whole)} " in note


def office_letter(text: str) -> Letter:
    return letter(text=text, reply_to="ask@example.org")


@pytest.mark.parametrize(("length", "kept"), [(19, 19), (20, 20), (21, 0)])
def test_a_text_is_cut_at_the_very_byte(length: int, kept: int) -> None:
    text = "x" * length
    whole = cut(text, office_letter(text), lambda shorter: len(shorter) <= 20 or "……" in shorter)
    assert (whole == text) == bool(kept)


def test_an_empty_line_before_the_cut_is_not_left_standing() -> None:
    text = "一\n\n\n二\n三"
    found = cut(text, office_letter(text), lambda shorter: "二" not in shorter)
    assert found.startswith("一\n\n……") and "还有 2 行" in found and "ask@example.org" in found


def test_a_letter_to_the_office_does_not_tell_it_to_ask_itself() -> None:
    mine = replace(office_letter("一\n二"), to_address="ask@example.org")
    assert cut("一\n二", mine, lambda shorter: "二" not in shorter) == "一\n\n……群消息放不下，还有 1 行没有写出。"


def test_an_office_without_a_name_is_called_what_it_is() -> None:
    mine = replace(office_letter("一\n二"), sender_name=" ")
    assert cut("一\n二", mine, lambda shorter: "二" not in shorter).endswith("全文请向活动办公室（ask@example.org）索取。")


@given(st.text(min_size=1, max_size=200), st.integers(150, 400))
@settings(max_examples=80, deadline=None)
def test_whatever_the_text_what_is_cut_fits_and_is_a_beginning(text: str, most: int) -> None:
    found = cut(text, office_letter(text), lambda shorter: len(shorter.encode("utf-8", "replace")) <= most)
    assert len(found.encode("utf-8", "replace")) <= most
    shown = found.rpartition("\n\n……")[0] if found != text else found
    assert text.startswith((shown, shown.removesuffix("…")))


def fits(most: int, text: str) -> bool:
    return size(text) <= most


@pytest.mark.parametrize("pair", ["e\u0301", "👩\u200d💻", "❤\ufe0f"])
def test_a_first_line_that_is_too_long_is_not_cut_within_a_character(pair: str) -> None:
    text = pair * 200
    for most in range(200, 230):
        found = cut(text, office_letter(text), partial(fits, most))
        assert size(found) <= most
        shown = found.partition("…")[0]
        assert shown == pair * (len(shown) // len(pair)) and shown


def test_no_more_letters_a_minute_than_the_service_takes() -> None:
    seconds = [0.0]
    pace = Pace(20, clock=lambda: seconds[0])
    for number in range(20):
        seconds[0] = float(number)
        pace.take()
    for at, free in ((20.0, False), (59.9, False), (60.0, True), (60.5, False), (61.0, True)):
        seconds[0] = at
        assert takes(pace) == free


def takes(pace: Pace) -> bool:
    try:
        pace.take()
    except NotPosted as error:
        assert meaning(error) == ("busy", False, False)
        return False
    return True


@pytest.mark.parametrize(("name", "most"), [("dingtalk", 20), ("wecom", 20), ("feishu", 100)])
def test_the_letter_above_the_limit_waits_and_the_service_is_not_asked(meet: Meet, name: str, most: int) -> None:
    notifier, state = meet(name)
    for number in range(most):
        notifier.send(letter(message_id=f"<{number}@example.org>"), NOW)
    assert meaning(failure(notifier)) == ("busy", False, False)
    assert len(state.heard) == most


def test_the_letters_of_a_campaign_fit_into_a_message_of_wecom_but_for_a_list_of_many_debtors() -> None:
    with service("wecom") as state:
        cut_short = []
        for title, view in samples("zh").items():
            composed = compose(view)
            notifier = make("wecom", options(state))
            notifier.send(gallery.letter(title, "zh", composed), NOW)
            notifier.close()
            if not heard(state).endswith(unwrap(composed.text).strip()):
                cut_short.append(title)
    assert cut_short == ["many"]
